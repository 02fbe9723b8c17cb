#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/cli/keeps.py PROGRAM SOURCE BUILD [--write]
#
# What becomes of all that a picture carries, from every format that is read to every one that is
# written, by both programs, found out with the pictures of tests/data/files: TAP that says whether
# the table in docs/many-pictures.md agrees, or with --write the table put there. exiv2 reads what
# describes a picture. What is neither kept nor told is an error in any case.
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import gi

gi.require_version("GExiv2", "0.10")
from gi.repository import GExiv2  # noqa: E402

program, source, build = (Path(p).resolve() for p in sys.argv[1:4])
files = source / "tests/data/files"
page = source / "docs/many-pictures.md"
begin, end = "<!-- tests/cli/keeps.py --write -->\n", "<!-- end -->\n"
environment = dict(os.environ, RESTORATOR_MODELS=str(source / "tests/data/models"),
                   LC_ALL="C.UTF-8")
described = {"PNG": "described.png", "JPEG": "described.jpg", "TIFF": "described.tif",
             "WebP": "described.webp", "HEIC": "described.heic", "AVIF": "described.avif"}
endings = {"PNG": "png", "JPEG": "jpg", "TIFF": "tif", "WebP": "webp"}


def profile(path):
    """The ICC profile in a file; None without."""
    data = path.read_bytes()
    if data[:4] == b"\x89PNG":
        at = data.find(b"iCCP")
        if at < 0:
            return None
        chunk = data[at + 4:at + 4 + struct.unpack(">I", data[at - 4:at])[0]]
        return zlib.decompress(chunk[chunk.index(b"\0") + 2:])
    if data[:2] == b"\xff\xd8":
        at = data.find(b"ICC_PROFILE\0")
        return None if at < 0 else data[at + 14:at + struct.unpack(">H", data[at - 2:at])[0] - 2]
    if data[:4] == b"RIFF":
        at = data.find(b"ICCP")
        return None if at < 0 else data[at + 8:at + 8 + struct.unpack("<I", data[at + 4:at + 8])[0]]
    (first,) = struct.unpack("<I", data[4:8])
    for i in range(struct.unpack("<H", data[first:first + 2])[0]):
        tag, _, count, place = struct.unpack("<HHII", data[first + 2 + 12 * i:first + 14 + 12 * i])
        if tag == 34675:
            return data[place:place + count]
    return None


def metadata(path):
    found = GExiv2.Metadata()
    found.open_path(str(path))
    return found


def says(path, tag, text):
    value = metadata(path).try_get_tag_string(tag)
    return value is not None and text in value


def info(path):
    return subprocess.run([program, "info", path], env=environment, check=True,
                          capture_output=True, text=True).stdout


def upright(path):
    width, height = map(int, re.search(r"(\d+) × (\d+)", info(path)).groups())
    found = metadata(path)
    turned = [found.try_get_tag_string(tag) for tag in ("Exif.Image.Orientation",
                                                        "Xmp.tiff.Orientation")]
    return width < height and all(value in (None, "1") for value in turned)


def dots_per_inch(path):
    found = metadata(path)
    above, below = map(int, found.try_get_tag_string("Exif.Image.XResolution").split("/"))
    centimetres = found.try_get_tag_string("Exif.Image.ResolutionUnit") == "3"
    return above / below * (2.54 if centimetres else 1)


def only(*formats):
    return {name: described[name] for name in formats}


class Row:
    """What a picture carries: the file of each format that has it, whether a file that was written
    has it still, and the line that says that it has not (none: it must)."""

    def __init__(self, inputs, check, line=None):
        self.inputs, self.check, self.line = inputs, check, line


rows = {
    "profile": Row(described, lambda path: profile(path) == profile(files / "described.png")),
    "EXIF": Row(described, lambda path: says(path, "Exif.Image.Artist", "Jürgen Muster")
                and says(path, "Exif.Image.Rating", "4")
                and says(path, "Exif.Image.XPTitle", "84 0 105 0")),
    "IPTC": Row(only("PNG", "JPEG", "TIFF"),
                lambda path: says(path, "Iptc.Application2.Caption", "Großmutter 1911")
                and says(path, "Iptc.Application2.Keywords", "Familie"), "left out: .*IPTC"),
    "XMP": Row(described, lambda path: says(path, "Xmp.dc.title", "Großmutter")),
    "comment": Row(only("PNG", "JPEG", "TIFF"),
                   lambda path: b"from the scanner" in path.read_bytes(),
                   "left out: .*(the comment|“Comment”)"),
    "texts": Row(only("PNG"), lambda path: b"Title\0\0\0de" in path.read_bytes(),
                 "left out: .*“Title”"),
    "orientation: turned, and said so": Row(described, upright),
    "resolution": Row(described, lambda path: abs(dots_per_inch(path) - 600) < 0.1),
    "16 bits": Row({"PNG": "deep-clear.png", "TIFF": "deep-clear.tif"},
                   lambda path: "of 16 bits" in info(path), "8 bits"),
    "floats": Row({"TIFF": "floats.tif"}, lambda path: "of 32 bits" in info(path),
                  "floats|finer than"),
    "alpha": Row({"PNG": "deep-clear.png", "TIFF": "deep-clear.tif", "WebP": "clear.webp",
                  "AVIF": "clear.avif"}, lambda path: "4 of" in info(path), "transparency"),
    "gamma (gAMA), as a profile": Row({"PNG": "gamma-1.png"},
                                      lambda path: profile(path) is not None),
    "code points (cICP), as a profile": Row({"PNG": "code-points.png"},
                                            lambda path: profile(path) is not None),
    "the record, added": Row(described, lambda path: "tiny-single" in info(path)),
}


def can_read(name):
    return subprocess.run([program, "info", files / name], env=environment,
                          capture_output=True).returncode == 0


# HEIC and AVIF depend on how libheif is built.
names = sorted({name for row in rows.values() for name in row.inputs.values()})
readable = [name for name in names if can_read(name)]


def by_program(folder, ending):
    """What is said of each file."""
    said = {}
    for name in readable:
        done = subprocess.run([program, "restore", files / name,
                               folder / f"{Path(name).stem}-{name[-3:]}.{ending}", "--model",
                               "tiny-single", "--mode", "colour"], env=environment,
                              capture_output=True, text=True)
        said[name] = done.stderr
    return said


def by_gimp(folder, ending):
    """The same: each batch writes into a folder of its own, and a line of ours goes before."""
    calls = "".join(
        f'(gimp-message "== {name}") (plug-in-restorator-batch #:input "{files / name}" '
        f'#:output-folder "{folder / name}" #:format "{ending}" #:model "tiny-single" '
        '#:mode "colour")' for name in readable)
    done = subprocess.run([source / "tests/gimp/run-gimp", build, "-n", "-d", "-f",
                           "--batch-interpreter=plug-in-script-fu-eval", "-b",
                           f"(script-fu-use-v3)\n{calls}", "--quit"], env=environment, check=True,
                          capture_output=True, text=True, errors="replace")
    said = {}
    for part in re.split("^.*== ", done.stderr, flags=re.MULTILINE)[1:]:
        name, _, lines = part.partition("\n")
        said[name] = lines
        for path in (folder / name).glob("*"):
            path.rename(folder / f"{Path(name).stem}-{name[-3:]}.{ending}")
    return said


hosts = {f"program: {name}": (by_program, ending) for name, ending in endings.items()}
if (build / "plugin/restorator/restorator").exists():
    hosts |= {f"GIMP's batch: {name}": (by_gimp, endings[name]) for name in ("PNG", "JPEG", "TIFF")}


def column(host, ending):
    """{row: {format read: kept, told, refused or lost}}"""
    with tempfile.TemporaryDirectory() as folder:
        said = host(Path(folder), ending)
        found = {}
        for title, row in rows.items():
            found[title] = {}
            for read, name in row.inputs.items():
                if name not in readable:
                    continue
                path = Path(folder) / f"{Path(name).stem}-{name[-3:]}.{ending}"
                told = row.line is not None and re.search(row.line, said.get(name, "")) is not None
                if path.exists() and row.check(path):
                    found[title][read] = "kept"
                elif path.exists():
                    found[title][read] = "told" if told else "lost"
                else: # by another row's fault, which is that row's to tell
                    found[title][read] = "refused" if told else None
        return found


def shown(cell):
    """kept, or where it depends on the format that is read: kept; told from PNG."""
    words = {}
    for read, word in cell.items():
        if word:
            words.setdefault(word, []).append(read)
    if len(words) < 2:
        return next(iter(words), "–")
    first, *others = sorted(words, key=lambda word: -len(words[word]))
    return "; ".join([first] + [f"{word} from {', '.join(words[word])}" for word in others])


def read_cell(text, reads):
    """The same read back, of these formats."""
    first, *others = text.split("; ")
    cell = dict.fromkeys(reads, first)
    for other in others:
        word, _, where = other.partition(" from ")
        cell |= dict.fromkeys(where.split(", "), word)
    return cell


def read_table():
    """From the page: {(row, column): the cell's text}."""
    text = page.read_text()
    lines = [line.strip("|").split("|") for line in
             text[text.index(begin) + len(begin):text.index(end)].strip().split("\n")]
    heads = [head.strip() for head in lines[0]]
    return {(line[0].strip(), head): cell.strip()
            for line in lines[2:] for head, cell in zip(heads[1:], line[1:])}


def check_inputs():
    """Each carries what it is there for; of orientation that it is not upright yet."""
    return [f"{name} has no {title}" for title, row in rows.items() for name in row.inputs.values()
            if name in readable and name[-4:] in (".png", ".jpg", ".tif", "webp")
            and not title.endswith(("added", "as a profile"))
            and row.check(files / name) == title.startswith("orientation")]


wrong = check_inputs()
found = {title: column(*host) for title, host in hosts.items()}
if sys.argv[4:] == ["--write"]:
    lost = [f"{row} from {read}, {title}" for title, kept in found.items()
            for row, cell in kept.items() for read, word in cell.items() if word == "lost"]
    if wrong or lost or readable != names:
        sys.exit("\n".join(wrong + lost + sorted(set(names) - set(readable))))
    table = f"| | from | {' | '.join(found)} |\n|{'---|' * (len(found) + 2)}\n"
    for title, row in rows.items():
        cells = (shown(kept[title]) for kept in found.values())
        table += f"| {title} | {', '.join(row.inputs)} | {' | '.join(cells)} |\n"
    text = page.read_text()
    page.write_text(text[:text.index(begin) + len(begin)] + table + text[text.index(end):])
else:
    told = read_table()
    print(f"1..{len(found) + 1}")
    print(f"{'not ok' if wrong else 'ok'} 1 what the files carry")
    for line in wrong:
        print(f"# {line}")
    for number, (title, kept) in enumerate(found.items(), 2):
        wrong = [f"{row}, from {read}, is {word}" for row, cell in kept.items()
                 for read, word in cell.items()
                 if word and (word == "lost" or
                              read_cell(told.get((row, title), ""), cell)[read] != word)]
        print(f"{'not ok' if wrong else 'ok'} {number} {title}")
        for line in wrong:
            print(f"# {line}")
