# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours a folder of old portraits: a sheet to look at, and the share of skin-like faces.

The folder has faces.json: name → [x, y, width, height] of the face. The window is the square of
2.3 face widths round the face, edge pixels repeated; without a face, the whole picture. The mode is
*colour*. A face is skin-like where, in the middle half of its box, the median CIELAB hue lies in
25°…75° and the median chroma is 8 or more.
"""

import argparse
import json
import pathlib

import numpy as np
import torch
from PIL import Image

from restorator_training import colour, diffusion, model_file
from restorator_training.colour import LUMA
from restorator_training.data import dataset, resampling
from restorator_training.measure import evaluate

FACE_WIDTHS = 2.3
SHOWN = 160
COLUMNS = 8


def window(picture, face, size):
    """The window of a face, or of a picture without one, at size×size, (size, size, 3)."""
    if face is None:
        height, width = picture.shape[:2]
        x, y, side = 0, 0, max(width, height)
    else:
        x, y, width, height = face
        side = FACE_WIDTHS * width
    across, down = (
        resampling.box_matrix(start + (length - side) / 2, side, size, pixels)
        for start, length, pixels in ((x, width, picture.shape[1]), (y, height, picture.shape[0])))
    return np.moveaxis(np.tensordot(across, np.tensordot(down, picture, (1, 0)), (1, 1)), 0, 1)


def skin(lab):
    """Median hue in degrees and median chroma of the middle half of the face, and the verdict."""
    half = lab.shape[0] / FACE_WIDTHS / 4
    low, high = round(lab.shape[0] / 2 - half), round(lab.shape[0] / 2 + half)
    a, b = lab[low:high, low:high, 1], lab[low:high, low:high, 2]
    hue, chroma = np.median(np.degrees(np.arctan2(b, a))), np.median(np.hypot(a, b))
    return hue, chroma, bool(25 <= hue <= 75 and chroma >= 8)


class Protocol:
    """A folder of old portraits with faces.json; `shown`: the side of what is computed."""

    def __init__(self, folder, size, shown=SHOWN):
        faces = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
        self.names, self.faces, self.grey, self.before = [], [], [], []
        for path in dataset.files(folder):
            picture, face = dataset.read(path) / np.float32(255), faces.get(path.name)
            self.names.append(path.name)
            self.faces.append(face)
            self.grey.append(window(picture, face, size) @ LUMA)
            self.before.append(
                np.repeat((window(picture, face, shown) @ LUMA)[..., None], 3, axis=2))
        self.position, self.shown = evaluate.grid(shown), shown

    def restored(self, network, setup):
        """Each picture in colour, (shown, shown, 3), 0…1."""
        for grey, before in zip(self.grey, self.before):
            colours = evaluate.restore(network, grey[None], self.position, setup,
                                       pixel=before[..., 0].reshape(1, -1))[0]
            yield colour.own_tone(before, colours.reshape(self.shown, self.shown, 3))

    def measure(self, network, setup=None):
        """How many of how many faces are skin-like."""
        verdicts = [skin(colour.to_lab(after))[2]
                    for face, after in zip(self.faces, self.restored(network, setup)) if face]
        return sum(verdicts), len(verdicts)


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
    protocol = Protocol(arguments.folder, network.description.input.size)
    tiles, good = [], 0
    results = protocol.restored(network, diffusion.SETUPS[arguments.setup])
    for name, face, before, after in zip(protocol.names, protocol.faces, protocol.before, results):
        tiles.append(np.concatenate([before, after], 1))
        if face is None:
            print(f"{name}: no face")
            continue
        hue, chroma, verdict = skin(colour.to_lab(after))
        good += verdict
        print(f"{name}: hue {hue:.0f}°, chroma {chroma:.1f}{'' if verdict else ', not skin-like'}")
    print(f"{good} of {sum(face is not None for face in protocol.faces)} skin-like")

    tiles += [np.ones_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.concatenate(tiles[i:i + COLUMNS], 1) for i in range(0, len(tiles), COLUMNS)]
    Image.fromarray(np.rint(np.concatenate(rows) * 255).astype(np.uint8)).save(arguments.sheet)


if __name__ == "__main__":
    main()
