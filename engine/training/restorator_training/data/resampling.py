# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures at other sizes and between their pixels, as the engine resamples them."""

import numpy as np


def box_matrix(start, side, size, pixels):
    """Weights (size, pixels) of the box average of `size` cells over [start, start + side).

    Edges may fall within a pixel; what lies outside the picture repeats its edge.
    """
    edges = start + np.arange(size + 1) * (side / size)
    low, high = edges[:-1, None], edges[1:, None]
    left = np.arange(pixels, dtype=np.float64)
    right = left + 1
    left[0], right[-1] = -np.inf, np.inf
    overlap = np.minimum(high, right) - np.maximum(low, left)
    return (np.maximum(overlap, 0) * (size / side)).astype(np.float32)


def cubic_matrix(size, pixels, start=0, side=None):
    """Weights (size, pixels) of Catmull-Rom (a = −1/2) over [start, start + side), or the whole
    axis, edge repeated."""
    x = start + (np.arange(size) + 0.5) * ((pixels if side is None else side) / size) - 0.5
    first = np.floor(x).astype(int)
    t = x - first
    weights = np.stack([((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
                        ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t])
    matrix = np.zeros((size, pixels), dtype=np.float32)
    for k in range(4):
        np.add.at(matrix, (np.arange(size), np.clip(first + k - 1, 0, pixels - 1)), weights[k])
    return matrix


def window_matrix(start, side, size, pixels):
    """Weights (size, pixels) of the window [start, start + side): the engine's shrinking, or
    Catmull-Rom where it enlarges; what lies outside the picture repeats its edge."""
    if side > size:
        return box_matrix(start, side, size, pixels)
    return cubic_matrix(size, pixels, start, side)


def resize(picture, size):
    """(h, w) or (h, w, c) → (size, size[, c]): the engine's shrinking; enlarging is clamped."""
    def matrix(pixels):
        return box_matrix(0, pixels, size, pixels) if pixels > size else cubic_matrix(size, pixels)
    rows = np.tensordot(matrix(picture.shape[0]), picture, (1, 0))
    return np.clip(np.moveaxis(np.tensordot(matrix(picture.shape[1]), rows, (1, 1)), 0, 1), 0, 1)


def bilinear(picture, x, y):
    """A picture (h, w, c) at pixel coordinates (n,), centres at whole numbers, edge repeated."""
    height, width = picture.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = x.astype(int), y.astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    fx, fy = (x - left)[:, None], (y - top)[:, None]
    return ((1 - fy) * ((1 - fx) * picture[top, left] + fx * picture[top, right])
            + fy * ((1 - fx) * picture[bottom, left] + fx * picture[bottom, right]))
