#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pages of results and of the models' cards from a few small pictures: TAP.

    results.py RESTORATOR MODELS
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import zlib

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / "tests/training"), str(TOP / "scripts")]
sys.dont_write_bytecode = True

import results
import tap

PROGRAM, MODELS = sys.argv[1:]
SMALL = ["--pixels", "20", "--local-side", "64", "--sweep-pictures", "1", "--sweep-pixels", "2"]
# The pages are about models by their names: these are tiny ones.
IDS = {"portrait": "tiny-diffusion", "portrait-masking-8": "tiny-single",
       "portrait-masking-32": "tiny-single", "repair": "tiny-single"}


def png(path, seed, side=256):
    """A few broad waves of colour."""
    def sample(x, y, c):
        return (x * (3 + seed + c) // 5 + y * (5 - c) // 5 + 40 * c * seed) % 256

    rows = b"".join(b"\0" + bytes(sample(x, y, c) for x in range(side) for c in range(3))
                    for y in range(side))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    path.write_bytes(b"\x89PNG\r\n\x1a\n"
                     + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def run(folder, script, *words):
    environment = dict(os.environ, RESTORATOR_MODELS=str(folder / "models"),
                       XDG_DATA_HOME=str(folder / "none"))
    return subprocess.run(
        [sys.executable, TOP / "scripts" / script, PROGRAM, folder / "photos", "--docs",
         folder / "docs", "--work", folder / "work", *words], env=environment, check=True,
        capture_output=True, text=True).stdout


def pictures_and_models_are_made(folder):
    photos, models = folder / "photos/portraits/val", folder / "models"
    photos.mkdir(parents=True)
    models.mkdir()
    for name, source in IDS.items():
        shutil.copy(pathlib.Path(MODELS) / f"{source}.safetensors", models / f"{name}.safetensors")
    made = []
    for seed in range(3):
        png(folder / f"{seed}.png", seed)
        made.append(photos / f"{seed:02}.jpg")
        subprocess.run([PROGRAM, "restore", folder / f"{seed}.png", made[-1], "--model",
                        models / "portrait.safetensors", "--strength", "0", "--quiet"], check=True)
    for number in range(3, 41):
        shutil.copy(made[number % 3], photos / f"{number:02}.jpg")


def referred(folder, page):
    """The text of a page, all of whose links lead to files that hold something."""
    text = (folder / "docs" / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (folder / "docs" / link).stat().st_size > 500, link
    return text


def results_are_those_of_evaluate(folder):
    run(folder, "results.py", *SMALL)
    text = referred(folder, "results.md")
    for heading in ("DDPM against DDIM", "Whole pictures", "Regions of highest variance",
                    "A local region", "The sweep", "Time of A against B"):
        assert f"\n## {heading}\n" in text, heading
    told = folder / "told.json"
    subprocess.run([PROGRAM, "evaluate", folder / "photos/portraits/val", "--pixels", "20",
                    "--model", folder / "models/portrait.safetensors", "--preset", "b", "--json",
                    told], check=True, capture_output=True)
    figure = json.loads(told.read_text(encoding="utf-8"))
    row = [cell.strip() for cell in re.search(r"^\| B \|.*$", text, re.M)[0].split("|")]
    assert row[2:5] == [str(figure["passes"]), f"{figure['mse']:.5f}", f"**{figure['ratio']:.3f}**"]
    rows = (folder / "docs/results/sweep.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == results.SETUPS + 1
    worse = sum(float(line.split(",")[rows[0].split(",").index("ratio")]) > 1 for line in rows[1:])
    assert f"**{worse} of {results.SETUPS}** setups" in text


def tell(path, card):
    """Gives a model's file another card."""
    data = path.read_bytes()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:end])
    header["__metadata__"]["card"] = json.dumps(card)
    text = json.dumps(header, separators=(",", ":")).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data[end:])


def a_finished_sweep_is_not_measured_again(folder):
    sweep, = (folder / "work").glob("sweep-*.csv")
    lines = sweep.read_text(encoding="utf-8").splitlines()
    # Another error in one row shows whether the row was kept.
    column = lines[0].split(",").index("mse")
    cells = lines[5].split(",")
    cells[column] = "0.000123"
    lines[5] = ",".join(cells)
    sweep.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # Nor does it matter what is told of the model since.
    tell(folder / "models/portrait.safetensors", {"title": "Measured"})
    os.environ["RESTORATOR_MODELS"] = str(folder / "models")
    tools = results.Tools(PROGRAM, folder / "work", folder / "docs/results")
    with contextlib.redirect_stdout(sys.stderr):
        models = tools.models()
        text = results.sweep(tools, models, folder / "photos/portraits/val", 1, 2)
    assert "0.000123" in (folder / "docs/results/sweep.csv").read_text(encoding="utf-8")
    assert "| 0.00012 |" in text


def cards_are_shown_with_examples(folder):
    run(folder, "models.py")
    text = referred(folder, "models.md")
    for name in IDS:
        assert f"(`{name}`)" in text and f"models/{name}.jpg" in text, name
    # Without old portraits there are no examples of them, and nothing fails.
    shutil.copy(folder / "models/repair.safetensors", folder / "models/photo.safetensors")
    run(folder, "models.py")
    assert "models/photo.jpg" not in referred(folder, "models.md")


def photographs_are_measured_by_kind(folder):
    photos, models = folder / "photos", folder / "models"
    shutil.copy(models / "repair.safetensors", models / "photo.safetensors")
    tell(models / "photo.safetensors", {"title": "Photograph", "figures": [
        {"set": "old/groups", "protocol": "old", "pictures": 2, "window": 2.3, "skin_like": 3,
         "faces": 4, "blotches": 21.5},
        {"set": "white hair", "protocol": "old", "pictures": 5, "window": 2.3, "white": 4,
         "heads": 5}]})
    run(folder, "photographs.py", "--pixels", "20")
    text = referred(folder, "photographs.md")
    assert "3 of 4" in text and "21.5" in text and "4 of 5 white" in text
    path = folder / "kind.json"
    subprocess.run([PROGRAM, "evaluate", photos / "portraits/val", "--protocol", "colour",
                    "--pixels", "20", "--json", path, "--model", models / "photo.safetensors"],
                   check=True, capture_output=True)
    figure = json.loads(path.read_text(encoding="utf-8"))
    assert f"**{figure['ciede2000'] / figure['ciede2000_grey']:.3f}**" in text
    assert "people/val" not in text and "Sheets" not in text
    (photos / "old/groups").mkdir(parents=True)
    for number in range(17):
        shutil.copy(photos / "portraits/val/00.jpg", photos / f"old/groups/{number:02}.jpg")
    run(folder, "photographs.py", "--pixels", "20")
    text = referred(folder, "photographs.md")
    assert "9 of 17 pictures" in text and "results/old-groups.jpg" in text


def hints_are_added_to_the_results(folder):
    for kind in ("people", "scenes"):
        (folder / "photos" / kind / "val").mkdir(parents=True)
        shutil.copy(folder / "photos/portraits/val/00.jpg", folder / "photos" / kind / "val")
    for _ in range(2):  # the second takes the place of the first
        run(folder, "hints.py", "--counts", "1", "3", "--most", "1")
    text = referred(folder, "results.md")
    assert text.count("## Colour hints") == 1 and "results/hints.jpg" in text
    assert text.rstrip().endswith("public domain.")
    for count in (1, 3):
        kept, = (folder / "work").glob(f"hints-{count}-{12 * '?'}.json")
        each = json.loads(kept.read_text(encoding="utf-8"))["each"]
        after = sum(one["ciede2000"] for one in each) / 2
        before = sum(one["ciede2000_unhinted"] for one in each) / 2
        assert f"| {count} | {before:.2f} | {after:.2f} | **{100 * (after / before - 1):+.0f} %** |" \
            in text, text


if __name__ == "__main__":
    tap.run([pictures_and_models_are_made, results_are_those_of_evaluate,
             a_finished_sweep_is_not_measured_again, photographs_are_measured_by_kind,
             cards_are_shown_with_examples, hints_are_added_to_the_results])
