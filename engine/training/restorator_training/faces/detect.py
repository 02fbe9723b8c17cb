# SPDX-License-Identifier: GPL-3.0-or-later
"""The face finder at work, for trainings that have to know where a face is; the engine's
(engine/src/region/faces.c) is the one that counts."""

import cv2
import numpy as np
import torch

from restorator_training.colour import LUMA
from restorator_training.faces.labels import is_same
from restorator_training.faces.views import CELL, SIZE

SCALES = 0.5, 0.35, 0.25, 0.18  # for faces of 24 pixels and more
SURE = 0.8  # of a face


def cells(finder, luma, scale):
    """What is surely a face in luma (h, w), −1…1, at a scale, by cell: (n, 5), x, y, width and
    height in pixels, and the logarithm of the odds."""
    seen = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Cells lie where they were trained to where all of them are whole.
    seen = np.pad(seen, [(0, -side % CELL) for side in seen.shape], mode="edge")
    with torch.no_grad():
        odds, *box = finder(torch.from_numpy(seen)[None, None])[0].numpy()
    down, across = np.nonzero(odds > np.log(SURE / (1 - SURE)))
    x, y, width, height = (one[down, across] for one in box)
    width, height = SIZE * np.exp(width), SIZE * np.exp(height)
    return np.stack([(CELL * (across + 0.5 + x) - width / 2) / scale,
                     (CELL * (down + 0.5 + y) - height / 2) / scale, width / scale,
                     height / scale, odds[down, across]], 1)


def boxes(finder, picture):
    """The faces of a picture (h, w, 3), uint8, as cells() has them, the surest box of each, the
    surest face first. finder: of chain.load()."""
    luma = (picture @ LUMA).astype(np.float32) / 127.5 - 1
    every = np.concatenate([cells(finder, luma, scale) for scale in SCALES])
    kept = []
    for box in every[np.argsort(-every[:, 4])]:
        if not any(is_same(box, other) for other in kept):
            kept.append(box)
    return kept


def largest(finder, picture):
    """The largest face's box (x, y, width, height), or None."""
    every = boxes(finder, picture)
    return max(every, key=lambda box: box[2])[:4] if every else None
