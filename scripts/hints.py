#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds to docs/results.md how far colour hints help, on pictures of people and scenes that the models
have not seen, beside Levin, Lischinski and Weiss 2004."""

import argparse
import importlib.util
import json
import pathlib
import random
import subprocess
import sys

from results import Tools, network_sha, table

HEADING = "## Colour hints"
MODEL = "photo"
COUNTS = (1, 3, 10, 50)
SHOWN = (0, 3, 10)
PICTURES = {"people/val": 12, "scenes/val": 8}
FIGURE = "portraits/val"    # whose pictures are in the public domain
SEED = 16
PULLS = (0, 0.0001, 0.001)  # of Levin's method from the network's colours
WORST = 0.01                # CIEDE2000 that is worse
TRAINING = pathlib.Path(__file__).parent.parent / "engine" / "training"


def choose(photos, most, pictures):
    """Pictures drawn by chance, always the same: `most` of a folder at most."""
    dice = random.Random(SEED)
    return [path for folder, count in pictures.items()
            for path in dice.sample(sorted((photos / folder).glob("*.jpg")), min(count, most))]


def kept(path, make):
    """What a run has measured already, or measures now."""
    if not path.exists():
        make(path)
    return json.loads(path.read_text("utf-8"))


def measure(tools, files, key, count):
    return kept(tools.folder / f"hints-{count}-{key}.json", lambda path: tools.run(
        "evaluate", *files, "--protocol", "colour", "--model", MODEL, "--hints", count, "--json",
        path))["each"]


def beside_levin(tools, files, key, count):
    """Each picture's figures of Levin's method; none where SciPy and scikit-image are missing."""
    path = tools.folder / f"levin-{count}-{key}.json"
    have = all(importlib.util.find_spec(name) for name in ("scipy", "skimage", "PIL"))
    if not have and not path.exists():
        return []
    return kept(path, lambda to: subprocess.run(
        [sys.executable, "-m", "restorator_training.measure.compare_hints",
         str(pathlib.Path(tools.program).resolve()), *map(str, files), "--model", MODEL, "--hints",
         str(count), "--pulls", *map(str, PULLS), "--json", str(to.resolve())],
        cwd=TRAINING, env=tools.environment, check=True))


def mean(rows, name):
    return sum(row[name] for row in rows) / len(rows)


def levin_cells(rows):
    """From grey, and from the network's colours with the pull that is best."""
    if not rows:
        return ["–", "–"]
    names = [name for name in rows[0] if name.startswith("levin, network")]
    return [f"{mean(rows, 'levin'):.2f}", f"{min(mean(rows, name) for name in names):.2f}"]


def table_row(each, levin, count):
    before, after = mean(each, "ciede2000_unhinted"), mean(each, "ciede2000")
    worse = sum(one["ciede2000"] > one["ciede2000_unhinted"] + WORST for one in each)
    return [count, f"{before:.2f}", f"{after:.2f}", f"**{100 * (after / before - 1):+.0f} %**",
            f"{worse} of {len(each)}", *levin_cells(levin)]


def figure(tools, photos, key, shown):
    """Of five pictures the one that gains most, with so many hints each; these hints."""
    files = choose(photos, 5, {FIGURE: 5})
    each = measure(tools, files, f"{key}-figure", max(shown))
    gains = [one["ciede2000"] / one["ciede2000_unhinted"] for one in each]
    place = min(range(len(each)), key=gains.__getitem__)
    hints = each[place]["hints"].split("; ")
    words = []
    for count in shown:
        given = "".join(f" --hint {hint}" for hint in hints[:count])
        words += ["--with", f"{count} hints: --model {MODEL}{given}"]
    tools.run("compare", files[place], "-o", tools.pictures / "hints.jpg", "--cell", 256,
              "--options", "--mode colour --window picture", *words)
    return hints


def section(tools, photos, counts, most):
    files = choose(photos, most, PICTURES)
    key = network_sha(tools.models()[MODEL])
    each = {count: measure(tools, files, key, count) for count in counts}
    rows = [table_row(each[count], beside_levin(tools, files, key, count), count)
            for count in counts]
    shown = [count for count in SHOWN if count <= max(counts)]
    hints = figure(tools, photos, key, shown)
    drawn = " and ".join(f"{min(count, most)} of `{folder}`" for folder, count in PICTURES.items())
    return f"""{HEADING}

{len(files)} pictures, {drawn} drawn by chance (seed {SEED}): a part of them, so that the page is made \
within minutes. Model `{MODEL}`, mode *colour*, the window is the picture. Hints are simulated on \
the hidden truth, one after the other (after Zhang et al. 2017): in the middle of the area whose \
colours are the most wrong by then (pixels that hang together, over 10 CIEDE2000 off), of the mean of \
7 × 7 pixels there. Mean CIEDE2000; grey's is {mean(each[counts[0]], "ciede2000_grey"):.2f}. Levin: the same hints by \
colorization using optimization (Levin, Lischinski and Weiss 2004), from grey and from the network's \
colours, the difference to the hints drawn to 0 by the best of {", ".join(f"{pull:g}" for pull in PULLS)} (–: not measured; Levin's needs SciPy \
and scikit-image).

{table(["hints", "without", "with", "", "worse", "Levin, from grey",
        "Levin, from the network's colours"], rows)}

![A picture, and what becomes of it with {", ".join(map(str, shown))} hints](results/hints.jpg)

The picture is of five of `{FIGURE}` the one that gains most with {max(shown)} hints: the truth, which the \
network sees in grey, and with {", ".join(map(str, shown))} hints ({"; ".join(hints)}).
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("photos", type=pathlib.Path,
                        help="a folder that has " + " and ".join(PICTURES))
    parser.add_argument("--docs", type=pathlib.Path, required=True, help="has results.md")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="is kept between runs")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="of hints")
    parser.add_argument("--most", type=int, default=max(PICTURES.values()),
                        help="pictures of a folder")
    arguments = parser.parse_args()
    if not all((arguments.photos / folder).is_dir() for folder in (FIGURE, *PICTURES)):
        print(f"{arguments.photos} lacks some of {', '.join(PICTURES)}: hints are not measured")
        return
    tools = Tools(arguments.program, arguments.work, arguments.docs / "results")
    for made in (tools.folder, tools.pictures):
        made.mkdir(parents=True, exist_ok=True)
    page = arguments.docs / "results.md"
    text = page.read_text("utf-8") if page.exists() else ""
    before, _, after = text.partition(HEADING)
    rest = after[after.find("\n## ") + 1:] if "\n## " in after else \
        after[after.rfind("\nThe pictures are official"):] if after else ""
    if not after:  # before the last paragraph, which names the sources
        last = text.rfind("\nThe pictures are official")
        before, rest = (text[:last + 1], text[last + 1:]) if last >= 0 else (text, "")
    page.write_text(before + section(tools, arguments.photos, arguments.counts,
                                     arguments.most) + "\n" + rest.lstrip("\n"), "utf-8")
    print(page)


if __name__ == "__main__":
    main()
