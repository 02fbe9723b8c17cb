#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks how the C files depend on each other: no circle of files, none of folders, and arrows that
point down.

A unit is a .c file with the header of its name. It depends on another one where it includes that
one's header, and where it uses a function that is defined there. Files are read with regular
expressions, which is enough for one dialect of C that a formatter holds.

    structure.py [TOP]    reads the tree at TOP and reports in TAP
"""
import pathlib
import re
import sys

# Each layer with those below that its files may include. A file belongs to the longest name that
# its path begins with; rooms of one layer (engine/src/base …) may include each other.
LAYERS = {
    "engine/include": (),
    "engine/src": ("engine/include",),
    "engine/host": ("engine/include",),
    "engine/cli": ("engine/include", "engine/host"),
    "ui/preview": ("engine/include", "engine/host"),
    "ui/widgets": ("engine/include", "engine/host", "ui/preview"),
    "ui/app": ("engine/include", "engine/host", "ui/preview", "ui/widgets"),
    "plugin": ("engine/include", "engine/host", "ui/preview", "ui/widgets"),
}
# Where headers are looked for; a file's own root comes first.
ROOTS = ("engine/include", "engine/src", "engine/host", "engine/cli", "ui", "plugin/restorator")
CIRCLE_FREE = ("engine/src", "engine/host", "engine/cli", "ui", "plugin")

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.M)
# A definition begins in the first column, and its body follows the arguments.
DEFINITION = re.compile(r"^(?!static\b|typedef\b|return\b)[A-Za-z_][\w \t*]*?[ *](\w+)\([^;{}]*\)\s*\{", re.M)
USE = re.compile(r"(?<![\w.>])(\w+)\b")


def layer_of(path):
    """The layer of a file, or None."""
    names = [name for name in LAYERS if path.startswith(name + "/")]
    return max(names, key=len) if names else None


def unit_of(path):
    return path.rsplit(".", 1)[0]


class Tree:
    """The C files below the layers: texts, includes, definitions and uses."""

    def __init__(self, top):
        self.texts = {}
        for root in sorted({name.split("/")[0] for name in LAYERS}):
            for file in sorted((top / root).rglob("*.[ch]")):
                path = file.relative_to(top).as_posix()
                if layer_of(path):
                    self.texts[path] = file.read_text(encoding="utf-8")
        self.includes = {path: self.find_includes(path) for path in self.texts}
        self.definers = {}
        for path, text in self.texts.items():
            bare = COMMENT_OR_TEXT.sub(" ", text)
            for name in DEFINITION.findall(bare):
                self.definers.setdefault(name, set()).add(unit_of(path))

    def find_includes(self, path):
        """The files of the tree that a file includes."""
        own = [root for root in ROOTS if path.startswith(root + "/")]
        found = []
        for name in INCLUDE.findall(self.texts[path]):
            for root in own + [root for root in ROOTS if root not in own]:
                if f"{root}/{name}" in self.texts:
                    found.append(f"{root}/{name}")
                    break
        return found

    def visible(self, path):
        """All files that a file includes, by way of others too."""
        seen, todo = set(), [path]
        while todo:
            for name in self.includes[todo.pop()]:
                if name not in seen:
                    seen.add(name)
                    todo.append(name)
        return seen

    def units(self):
        """Each unit with the units that it depends on, and why: {unit: {other: reason}}."""
        graph = {}
        for path, text in self.texts.items():
            unit = unit_of(path)
            edges = graph.setdefault(unit, {})
            for name in self.includes[path]:
                edges.setdefault(unit_of(name), f"includes {name}")
            declared = "\n".join(self.texts[name] for name in self.visible(path))
            declared = set(USE.findall(COMMENT_OR_TEXT.sub(" ", declared)))
            for name in set(USE.findall(COMMENT_OR_TEXT.sub(" ", text))):
                definers = self.definers.get(name, set())
                if len(definers) == 1 and name in declared and unit not in definers:
                    edges.setdefault(next(iter(definers)), f"uses {name}()")
            edges.pop(unit, None)
        return graph


def circles(graph):
    """The strongly connected components of more than one node (Tarjan's algorithm)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in graph:
                continue
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = []
            while not component or component[-1] != node:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def describe(circle, graph):
    return [f"{unit} {reason} ({other})" for unit in circle
            for other, reason in sorted(graph[unit].items()) if other in circle]


def check_circles(graph, prefix):
    part = {unit: edges for unit, edges in graph.items() if unit.startswith(prefix + "/")}
    return [line for circle in circles(part) for line in describe(circle, part)]


def folders(graph):
    """Each folder with those that its units depend on, and an example of why."""
    found = {}
    for unit, edges in graph.items():
        folder = unit.rsplit("/", 1)[0]
        others = found.setdefault(folder, {})
        for other, reason in edges.items():
            if other.rsplit("/", 1)[0] != folder:
                others.setdefault(other.rsplit("/", 1)[0], f"by {unit}, which {reason}")
    return found


def check_layers(tree, layer):
    wrong = []
    for path, names in tree.includes.items():
        for name in names:
            if layer_of(path) == layer and layer_of(name) not in (layer, *LAYERS[layer]):
                wrong.append(f"{path} includes {name}")
    return wrong


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    tree = Tree(top)
    graph = tree.units()
    checks = [(f"no circle of files in {prefix}", check_circles(graph, prefix))
              for prefix in CIRCLE_FREE]
    checks.append(("no circle of folders", [line for circle in circles(folders(graph))
                                            for line in describe(circle, folders(graph))]))
    checks += [(f"{layer} includes only what is below it", check_layers(tree, layer))
               for layer in LAYERS]
    # Regular expressions that find nothing would find no circle either.
    checks.append(("the tree is read", [] if len(tree.definers) > 300 and len(graph) > 100 else
                   [f"{len(tree.definers)} functions in {len(graph)} units"]))
    print(f"1..{len(checks)}")
    for number, (name, wrong) in enumerate(checks, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in checks)


if __name__ == "__main__":
    sys.exit(main())
