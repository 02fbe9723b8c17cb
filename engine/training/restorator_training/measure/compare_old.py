# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares models on a folder of colour pictures made old by a program of its own.

The program is another one than the training's (ageing.py), in kind as well as in numbers, so that
no model has seen its pictures: named emulsions, the characteristic curve of a plate in density over
the logarithm of the exposure, a print that has faded and yellowed, the round blur of a lens, grain
that clumps, the structure of paper, the fall of light to the corners, and JPEG. What it draws
depends on the number of the picture alone.

The truth is the picture before all that, 178×178 by area. The network sees the 64×64 grey of the
aged one, and its colours at the 178×178 pixels, clipped to 0…1, are compared with the truth by the
mean squared error over RGB. Beside it stands the aged picture itself, enlarged bicubically.
"""

import argparse
import io
import json
import pathlib

import numpy as np
import torch
from PIL import Image

from restorator_training import diffusion, model_file
from restorator_training.colour import LUMA
from restorator_training.data import dataset, resampling
from restorator_training.measure import evaluate

# What a plate sees of red, green and blue light.
EMULSIONS = {"collodion": (0.00, 0.22, 0.78), "orthochromatic": (0.06, 0.58, 0.36),
             "panchromatic": (0.34, 0.46, 0.20)}


def gaussian(picture, deviation):
    """A picture (h, w) blurred, edge repeated."""
    reach = max(int(np.ceil(3 * deviation)), 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(deviation, 1e-6)) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.pad(picture, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)],
                        mode="edge")
        n = picture.shape[axis]
        picture = sum(w * np.take(padded, np.arange(k, k + n), axis)
                      for k, w in enumerate(weights))
    return picture


def clumps(shape, deviation, rng):
    """Noise of standard deviation 1 whose grains are `deviation` pixels wide."""
    noise = gaussian(rng.standard_normal(shape), deviation)
    return noise / noise.std()


def aged(picture, number):
    """A colour picture (h, w, 3), 0…1 → the old print of it, (h, w, 3), 0…1."""
    rng = np.random.default_rng((1839, number))
    side = min(picture.shape[:2])
    light = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    emulsion = list(EMULSIONS)[int(rng.integers(len(EMULSIONS)))]
    exposure = gaussian(light @ np.array(EMULSIONS[emulsion]), side * rng.uniform(0.001, 0.005))
    rows, columns = (np.indices(exposure.shape) + 0.5) / side - 0.5
    exposure *= 1 - rng.uniform(0, 0.5) * (2 * (rows ** 2 + columns ** 2)) ** 2
    # The curve of the plate is a logistic one; the print turns it round.
    stops = np.log2(np.maximum(exposure, 1e-4) / 0.18)
    contrast, speed = rng.uniform(0.55, 1.1), rng.uniform(-0.7, 0.7)
    tone = 1 / (1 + np.exp(-contrast * (stops + speed)))
    density = (1 - tone) * (1 + 0.06 * rng.uniform(0.3, 1) * clumps(tone.shape, side / 300, rng))
    # Silver is lost, most of it where there was little, and the paper turns yellow.
    density = rng.uniform(0.55, 1) * np.maximum(density, 0) ** rng.uniform(1, 1.3)
    paper = 1 + 0.02 * rng.uniform(0, 1) * clumps(tone.shape, side / 120, rng)
    tint = np.array([1, 1 - rng.uniform(0.02, 0.08), 1 - rng.uniform(0.08, 0.3)])
    print_ = np.clip((1 - density)[..., None] * paper[..., None] * tint, 0, 1)
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * print_).astype(np.uint8)).save(
        file, "JPEG", quality=int(rng.integers(45, 90)))
    return np.asarray(Image.open(file)) / np.float32(255)


class Protocol(evaluate.Protocol):
    """The reference's protocol on a folder made old; `bicubic` is the error of the aged input
    enlarged."""

    def __init__(self, loaded, size, pixels=None):
        super().__init__(loaded, size, pixels)
        self.old = [aged(picture / np.float32(255), i) @ LUMA
                    for i, picture in enumerate(loaded)]
        self.grey = np.stack([resampling.resize(grey, size) for grey in self.old])
        enlarged = np.stack([resampling.resize(grey, evaluate.TRUTH) for grey in self.grey])
        chosen = evaluate.some_pixels(evaluate.TRUTH, pixels)
        self.bicubic = self.error(enlarged.reshape(len(loaded), -1)[:, chosen, None])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path, nargs="+")
    parser.add_argument("--sheet", type=pathlib.Path, help="a PNG of the first eight to look at: "
                        "the truth, the old print, what each model makes of it")
    parser.add_argument("--pixels", type=int, help="compare that many pixels of each picture alone")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    loaded, shown = dataset.load(arguments.folder), None
    for path in arguments.model:
        network, _ = model_file.load(path)
        protocol = Protocol(loaded, network.description.input.size, arguments.pixels)
        mse = protocol.measure(network, diffusion.SETUPS["B"])
        print(json.dumps({"model": path.stem, "pictures": len(loaded), "mse": round(mse, 6),
                          "aged": round(protocol.bicubic, 6),
                          "ratio": round(mse / protocol.bicubic, 4)}), flush=True)
        if shown is None:
            shown = [[np.float32(picture) / 255 for picture in loaded[:8]],
                     [np.repeat(grey[..., None], 3, 2) for grey in protocol.old[:8]]]
        if arguments.sheet:
            side = loaded.shape[1]
            made = evaluate.restore(network, protocol.grey[:8], evaluate.grid(side),
                                    diffusion.SETUPS["B"])
            shown.append(np.clip(made, 0, 1).reshape(-1, side, side, 3))
    if arguments.sheet:
        sheet = np.concatenate([np.concatenate(list(row), 1) for row in shown])
        Image.fromarray(np.rint(255 * sheet).astype(np.uint8)).save(arguments.sheet)


if __name__ == "__main__":
    main()
