# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares colour hints with Levin, Lischinski and Weiss 2004, Colorization using optimization.

The program `restorator evaluate --hints N` gives each picture N hints of its true colours. The same
hints go to Levin's method: each pixel's a* and b* are the weighted mean of its neighbours', the
more a neighbour counts the liker its L*, and the hints, 3 × 3 pixels each, are fixed; a sparse
linear system, solved directly (SciPy). With the network's colours as its start it spreads how the
hints differ from these, drawn to 0 by so much (`--pulls`; the best of them counts). Given is the
mean CIEDE2000 to the truth, all with the grey picture's own L*.

Needs SciPy and scikit-image beside what the training needs.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from PIL import Image
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from restorator_training.colour import LUMA

AROUND = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


def neighbour_weights(light):
    """(height, width), 0…1 → the sparse matrix whose rows are a pixel's weights, of sum 1."""
    height, width = light.shape
    index = np.arange(height * width).reshape(height, width)
    padded = np.pad(light, 1, mode="edge")
    window = np.stack([padded[1 + dy:1 + dy + height, 1 + dx:1 + dx + width]
                       for dy, dx in AROUND + [(0, 0)]])
    spread = np.maximum(window.var(0), 1e-5)
    rows, columns, values = [], [], []
    for dy, dx in AROUND:
        here = (slice(max(0, -dy), height - max(0, dy)), slice(max(0, -dx), width - max(0, dx)))
        there = (slice(max(0, dy), height + min(0, dy)), slice(max(0, dx), width + min(0, dx)))
        rows.append(index[here].ravel())
        columns.append(index[there].ravel())
        alike = np.exp(-(light[here] - light[there]) ** 2 / (2 * spread[here]))
        values.append(alike.ravel() + 1e-6)
    matrix = scipy.sparse.csr_matrix((np.concatenate(values),
                                      (np.concatenate(rows), np.concatenate(columns))))
    return scipy.sparse.diags(1 / np.asarray(matrix.sum(1)).ravel()) @ matrix


def spread_known(weights, known, values, pull):
    """Solves for (height, width, 2): `values` where `known` (height, width), else the neighbours'
    mean, drawn to 0 by `pull`."""
    free = ~known.ravel()
    means = scipy.sparse.diags(free.astype(float)) @ weights
    own = scipy.sparse.diags(np.where(free, 1 + pull, 1))
    right = np.where(free[:, None], 0, values.reshape(-1, 2))
    return scipy.sparse.linalg.splu((own - means).tocsc()).solve(right).reshape(values.shape)


def read_hints(text):
    """[(x, y, (a*, b*))] of "X,Y,#rrggbb; …"."""
    hints = []
    for hint in text.split("; "):
        x, y, code = hint.split(",")[:3]
        rgb = np.array([int(code[i:i + 2], 16) for i in (1, 3, 5)]) / 255
        hints.append((int(x), int(y), rgb2lab(rgb[None, None])[0, 0, 1:]))
    return hints


def error(truth, light, chroma):
    """Mean CIEDE2000, of colours that sRGB can show."""
    lab = np.dstack([light, chroma])
    shown = rgb2lab(np.clip(lab2rgb(lab), 0, 1))
    return float(deltaE_ciede2000(truth, shown).mean())


def compare(run, path, entry, pulls, work):
    """Figures of one picture."""
    rgb = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32) / 255
    grey, network = work / "grey.png", work / "network.png"
    luma = np.round(255 * rgb @ LUMA).astype(np.uint8)
    Image.fromarray(luma).convert("RGB").save(grey)
    truth, light = rgb2lab(rgb), rgb2lab(np.dstack([luma / 255] * 3))[..., 0]
    run("restore", grey, network, "--mode", "colour", "--window", "picture", "--quiet")
    start = rgb2lab(np.asarray(Image.open(network).convert("RGB")) / 255)[..., 1:]
    known, values = np.zeros(light.shape, dtype=bool), np.zeros((*light.shape, 2))
    for x, y, chroma in read_hints(entry["hints"]):
        around = (slice(max(0, y - 1), y + 2), slice(max(0, x - 1), x + 2))
        known[around], values[around] = True, chroma
    weights = neighbour_weights(light / 100)
    figures = {"without": entry["ciede2000_unhinted"], "ours": entry["ciede2000"],
               "levin": error(truth, light, spread_known(weights, known, values, 0))}
    difference = np.where(known[..., None], values - start, 0)
    for pull in pulls:
        figures[f"levin, network, {pull:g}"] = error(
            truth, light, start + spread_known(weights, known, difference, pull))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the program restorator")
    parser.add_argument("pictures", nargs="+", type=pathlib.Path)
    parser.add_argument("--model", default="old-photo")
    parser.add_argument("--hints", type=int, default=10)
    parser.add_argument("--pulls", type=float, nargs="+", default=[0, 1e-4, 1e-3, 1e-2],
                        help="how the spread difference to the network's colours is drawn to 0")
    parser.add_argument("--json", type=pathlib.Path, help="receives each picture's figures")
    options = parser.parse_args()

    def run(*arguments):
        subprocess.run([options.program, *map(str, arguments), "--model", options.model],
                       check=True, stdout=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        run("evaluate", *options.pictures, "--protocol", "colour", "--hints", options.hints,
            "--json", work / "figures.json")
        each = json.loads((work / "figures.json").read_text("utf-8"))["each"]
        rows = [compare(run, path, entry, options.pulls, work)
                for path, entry in zip(options.pictures, each)]
    if options.json:
        options.json.write_text(json.dumps(rows), "utf-8")
    for name in rows[0]:
        figures = np.array([row[name] for row in rows])
        first = np.array([row["without"] for row in rows])
        print(f"{name:24} {figures.mean():7.3f} {100 * (figures.mean() / first.mean() - 1):+6.1f} %"
              f"  worse {int((figures > first).sum())}")


if __name__ == "__main__":
    main()
