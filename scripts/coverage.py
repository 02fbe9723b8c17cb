#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of what reads others' files the tests have run.

    ./dev shell meson setup -Db_coverage=true -Dui=disabled -Dplugin=disabled build/coverage
    ./dev shell meson test -C build/coverage --suite engine --suite cli
    ./dev shell scripts/coverage.py build/coverage [--missed]

Where a source is compiled several times, a line counts that ran in any of them. What only a sanitizer
makes code of, such as the places of variables, is none.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent

READERS = [
    "engine/src/base/file.c", "engine/src/network/safetensors.c",
    "engine/src/network/description.c", "engine/src/network/weights.c",
    "engine/src/network/model.c", "engine/src/network/finder.c", "engine/src/parameters/json.c",
    "engine/src/parameters/preset.c", "engine/src/parameters/record.c",
    "engine/src/parameters/hints.c", "engine/src/parameters/faces.c",
    "engine/src/parameters/real.c", "engine/src/parameters/parameters.c",
    "engine/host/bytes.c", "engine/host/card.c", "engine/host/png_chunks.c",
    "engine/host/tiff_directory.c", "engine/cli/base/fields.c", "engine/cli/io/colour_space.c",
    "engine/cli/io/exif.c", "engine/cli/io/file_open.c", "engine/cli/io/input.c",
    "engine/cli/io/iptc.c", "engine/cli/io/jpeg.c", "engine/cli/io/loader.c",
    "engine/cli/io/mask.c", "engine/cli/io/metadata.c", "engine/cli/io/png.c",
    "engine/cli/io/record.c", "engine/cli/io/strokes.c", "engine/cli/io/webp.c",
    "engine/cli/io/xmp.c", "engine/cli/restore/options.c",
]


def read_counts(build, notes):
    """Yields (source, line, times) of one compiled file."""
    found = subprocess.run(["gcov", "--json-format", "--stdout", str(notes)], cwd=build,
                           capture_output=True, text=True, check=False)
    if found.returncode != 0:  # of a program that was killed while it wrote them
        print(f"{notes}: {found.stderr.strip()}", file=sys.stderr)
        return
    for text in found.stdout.splitlines():
        for file in json.loads(text)["files"]:
            path = os.path.relpath((build / file["file"]).resolve(), TOP)
            if path in READERS:
                for line in file["lines"]:
                    yield path, line["line_number"], line["count"]


def measure(build):
    """How often each line ran: {source: {line: times}}."""
    times = collections.Counter()
    lines = set()
    for notes in build.rglob("*.gcda"):
        sanitized = re.search(r"-(address|thread)\.a\.p/|/fuzz-replay-", str(notes))
        for path, line, count in read_counts(build, notes):
            times[path, line] += count
            if not sanitized:
                lines.add((path, line))
    return {path: {line: times[path, line] for source, line in lines if source == path}
            for path in READERS}


def ratios(lines):
    """{source: (lines that ran, lines)}"""
    return {path: (sum(count > 0 for count in lines[path].values()), len(lines[path]))
            for path in READERS if lines[path]}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--missed", action="store_true", help="say which lines did not run")
    options = parser.parse_args()
    lines = measure(options.build.resolve())
    for path, (ran, count) in ratios(lines).items():
        print(f"{path}: {ran} of {count}, {100 * ran / count:.1f} %")
        if options.missed and ran < count:
            print("   ", *sorted(line for line, times in lines[path].items() if times == 0))


if __name__ == "__main__":
    main()
