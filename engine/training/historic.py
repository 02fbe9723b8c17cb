# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours a folder of old portraits: a sheet to look at, and the share of skin-like faces.

The folder has faces.json: name → [x, y, width, height] of the face. The window is the square of 2.3
face widths round the face, edge pixels repeated; the mode is *colour*. A face is skin-like where, in
the middle half of its box, the median CIELAB hue lies in 25°…75° and the median chroma is 8 or more.
"""

import argparse
import json
import pathlib

import numpy as np
import torch
from PIL import Image

import colour
import diffusion
import evaluate
import model_file
import pictures

FACE_WIDTHS = 2.3
SHOWN = 160
COLUMNS = 8


def window(picture, face, size):
    """The window of a face at size×size, (size, size, 3)."""
    x, y, width, height = face
    side = FACE_WIDTHS * width
    down, across = (
        pictures.box_matrix(start, side, size, pixels) for start, pixels in
        ((y + height / 2 - side / 2, picture.shape[0]), (x + width / 2 - side / 2, picture.shape[1])))
    return np.moveaxis(np.tensordot(across, np.tensordot(down, picture, (1, 0)), (1, 1)), 0, 1)


def skin(lab):
    """Median hue in degrees and median chroma of the middle half of the face, and the verdict."""
    half = lab.shape[0] / FACE_WIDTHS / 4
    low, high = round(lab.shape[0] / 2 - half), round(lab.shape[0] / 2 + half)
    a, b = lab[low:high, low:high, 1], lab[low:high, low:high, 2]
    hue, chroma = np.median(np.degrees(np.arctan2(b, a))), np.median(np.hypot(a, b))
    return hue, chroma, bool(25 <= hue <= 75 and chroma >= 8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("sheet", type=pathlib.Path, help="the PNG to write")
    parser.add_argument("--setup", choices=diffusion.SETUPS, default="B")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    network, _ = model_file.load(arguments.model)
    setup = diffusion.SETUPS[arguments.setup]
    faces = json.loads((arguments.folder / "faces.json").read_text(encoding="utf-8"))
    position, tiles, good = evaluate.grid(SHOWN), [], 0
    for name, face in sorted(faces.items()):
        picture = pictures.read(arguments.folder / name) / np.float32(255)
        grey = window(picture, face, network.description["input"]["size"]) @ pictures.LUMA
        before = np.repeat((window(picture, face, SHOWN) @ pictures.LUMA)[..., None], 3, axis=2)
        restored = evaluate.restore(network, grey[None], position, setup)[0]
        after = colour.own_tone(before, restored.reshape(SHOWN, SHOWN, 3))
        hue, chroma, verdict = skin(colour.to_lab(after))
        good += verdict
        print(f"{name}: hue {hue:.0f}°, chroma {chroma:.1f}{'' if verdict else ', not skin-like'}")
        tiles.append(np.concatenate([before, after], 1))
    print(f"{good} of {len(tiles)} skin-like")

    tiles += [np.ones_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.concatenate(tiles[i:i + COLUMNS], 1) for i in range(0, len(tiles), COLUMNS)]
    Image.fromarray(np.rint(np.concatenate(rows) * 255).astype(np.uint8)).save(arguments.sheet)


if __name__ == "__main__":
    main()
