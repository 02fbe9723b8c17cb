# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a model on colour pictures made grey, kind by kind, at their own sizes.

The window is the picture, a square with its edges repeated, and the mode is *colour*. The program
measures the same: `restorator evaluate FOLDER --protocol colour`.
"""

import pathlib

import numpy as np

from restorator_training import colour
from restorator_training.colour import LUMA
from restorator_training.data import dataset, resampling
from restorator_training.measure import evaluate

PIXELS = 1500
SHOWN = 24  # of each kind, while a training runs


def window(grey, size):
    """A picture (h, w) as the network sees it, (size, size)."""
    height, width = grey.shape
    side = max(height, width)
    down, across = (resampling.window_matrix((pixels - side) / 2, side, size, pixels)
                    for pixels in (height, width))
    return np.clip(down @ grey @ across.T, 0, 1)


class Kind:
    """A folder of colour pictures.

    part: of a folder that serves training and validation. most: only the first so many pictures.
    pixels: so many random ones of each picture are compared, or all where it is None.
    """

    def __init__(self, folder, size, part=None, most=None, pixels=PIXELS):
        self.views = []
        for number, picture in enumerate(dataset.whole(folder, part=part, smallest=32)):
            if most is not None and number >= most:
                continue
            height, width = picture.shape[:2]
            side, truth = max(height, width), picture.reshape(-1, 3) / 255
            rng = np.random.default_rng(number)
            chosen = (np.arange(height * width) if pixels is None
                      else rng.integers(0, height * width, pixels))
            y, x = np.divmod(chosen, width)
            position = np.stack([(x + 0.5 + (side - width) / 2) / side,
                                 (y + 0.5 + (side - height) / 2) / side], -1)
            grey = picture / np.float32(255) @ LUMA
            self.views.append((window(grey, size), position, grey.reshape(-1)[chosen],
                               truth[chosen]))

    def measure(self, network, setup=None):
        """Mean CIEDE2000 of the result and of grey, and the share of the truth's chroma."""
        sums = np.zeros(4)
        for number, (seen, position, pixel, truth) in enumerate(self.views):
            made = evaluate.restore(network, seen[None], position, setup, number, pixel[None])[0]
            grey = np.repeat(pixel[:, None].astype(float), 3, 1)
            lab, plain, wanted = map(colour.to_lab, (colour.own_tone(grey, made), grey, truth))
            sums += [colour.ciede2000(lab, wanted).mean(), colour.ciede2000(plain, wanted).mean(),
                     np.hypot(lab[:, 1], lab[:, 2]).mean(),
                     np.hypot(wanted[:, 1], wanted[:, 2]).mean()]
        difference, grey, chroma, of_truth = sums / len(self.views)
        return difference, grey, chroma / of_truth


class Validation:
    """A stage's folders of the validation, a few pictures of each."""

    def __init__(self, root, stage):
        self.kinds = {folder: Kind(pathlib.Path(root) / folder, stage.network.input.size,
                                   dataset.part_of(folder), SHOWN) for folder in stage.folders}

    def line(self, network):
        """The error of a network, for people to read."""
        parts = []
        for folder, kind in self.kinds.items():
            difference, grey, chroma = kind.measure(network)
            parts.append(f"{folder} {difference / grey:.3f} of grey, chroma {chroma:.2f}")
        return "; ".join(parts)
