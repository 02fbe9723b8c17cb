#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/cli/keeps.py PROGRAM SOURCE BUILD [--write]
#
# What each format keeps of a picture, in both programs, found out with the pictures of
# tests/data/files: TAP that says whether the table in docs/many-pictures.md agrees, or with --write
# the table put there. exiv2 reads what describes a picture.
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
region = "30,30,40x45"
environment = dict(os.environ, RESTORATOR_MODELS=str(source / "tests/data/models"),
                   LC_ALL="C.UTF-8")
inputs = ["profile-metadata.jpg", "orientation-xmp.jpg", "text-utf8.png", "gamma-1.png", "iptc.tif",
          "scanner-matrix.tif", "associated-alpha.tif"]


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


def described(path):
    metadata = GExiv2.Metadata()
    metadata.open_path(str(path))
    return metadata


def says(path, tag, text):
    value = described(path).try_get_tag_string(tag)
    return value is not None and text in value


def info(path):
    return subprocess.run([program, "info", path], env=environment, check=True,
                          capture_output=True, text=True).stdout


def upright(path):
    metadata = described(path)
    width, height = map(int, re.search(r"(\d+) × (\d+)", info(path)).groups())
    turned = [metadata.try_get_tag_string(tag) for tag in ("Exif.Image.Orientation",
                                                           "Xmp.tiff.Orientation")]
    return width < height and all(value in (None, "1") for value in turned)


rows = {
    "profile": ("profile-metadata.jpg",
                lambda path: profile(path) == profile(files / "profile-metadata.jpg")),
    "EXIF": ("profile-metadata.jpg",
             lambda path: says(path, "Exif.Image.Artist", "Jürgen Muster")
             and says(path, "Exif.Image.Rating", "4")
             and says(path, "Exif.Image.XPTitle", "84 0 105 0")),
    "IPTC, from JPEG": ("profile-metadata.jpg",
                        lambda path: says(path, "Iptc.Application2.Caption", "Großmutter 1911")),
    "IPTC, from TIFF": ("iptc.tif",
                        lambda path: says(path, "Iptc.Application2.Caption", "Großmutter 1911")),
    "XMP": ("profile-metadata.jpg", lambda path: says(path, "Xmp.dc.title", "Großmutter")),
    "comment": ("profile-metadata.jpg",
                lambda path: b"from the scanner" in path.read_bytes()),
    "PNG's texts": ("text-utf8.png",
                    lambda path: b"Title\0\0\0de" in path.read_bytes()),
    "orientation: turned, and said so": ("orientation-xmp.jpg", upright),
    "resolution": ("profile-metadata.jpg", lambda path: says(path, "Exif.Image.XResolution", "600/1")),
    "depth of 16 bits": ("scanner-matrix.tif", lambda path: "of 16 bits" in info(path)),
    "alpha": ("associated-alpha.tif", lambda path: "4 of" in info(path)),
    "gamma (gAMA), as a profile": ("gamma-1.png", lambda path: profile(path) is not None),
}


def by_program(folder, ending):
    for name in inputs:
        subprocess.run([program, "restore", files / name, folder / f"{Path(name).stem}.{ending}",
                        "--quiet", "--reduce", "--model", "tiny-single", "--region", region],
                       env=environment, check=True, stderr=subprocess.DEVNULL)


def by_gimp(folder, ending):
    calls = "".join(
        f'(plug-in-restorator-batch #:input "{files / name}" #:output-folder "{folder}" '
        f'#:format "{ending}" #:model "tiny-single" #:region "{region}")' for name in inputs)
    subprocess.run([source / "tests/gimp/run-gimp", build, "-n", "-d", "-f",
                    "--batch-interpreter=plug-in-script-fu-eval", "-b",
                    f"(script-fu-use-v3)\n{calls}", "--quit"], env=environment, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


hosts = [("program", by_program, ending) for ending in ("png", "jpg", "tif", "webp")]
if (build / "plugin/restorator/restorator").exists():
    hosts += [("GIMP's batch", by_gimp, ending) for ending in ("png", "jpg", "tif")]
names = {"png": "PNG", "jpg": "JPEG", "tif": "TIFF", "webp": "WebP"}


def column(host, ending):
    """The row's names, and whether each is kept."""
    with tempfile.TemporaryDirectory() as folder:
        host(Path(folder), ending)
        return {row: check(Path(folder) / f"{Path(name).stem}.{ending}")
                for row, (name, check) in rows.items()}


def read_table():
    """From the page: {(row, column): kept}."""
    text = page.read_text()
    lines = [line.strip("|").split("|") for line in
             text[text.index(begin) + len(begin):text.index(end)].strip().split("\n")]
    heads = [head.strip() for head in lines[0]]
    return {(line[0].strip(), head): cell.strip() == "kept"
            for line in lines[2:] for head, cell in zip(heads[1:], line[1:])}


found = {f"{title}: {names[ending]}": column(host, ending) for title, host, ending in hosts}
if sys.argv[4:] == ["--write"]:
    table = f"| | {' | '.join(found)} |\n|{'---|' * (len(found) + 1)}\n"
    for row in rows:
        cells = ("kept" if kept[row] else "–" for kept in found.values())
        table += f"| {row} | {' | '.join(cells)} |\n"
    text = page.read_text()
    page.write_text(text[:text.index(begin) + len(begin)] + table + text[text.index(end):])
else:
    told = read_table()
    print(f"1..{len(found)}")
    for number, (title, kept) in enumerate(found.items(), 1):
        wrong = [row for row in rows if told.get((row, title)) != kept[row]]
        print(f"{'not ok' if wrong else 'ok'} {number} {title}")
        for row in wrong:
            print(f"# {row} is {'kept' if kept[row] else 'not kept'}")
