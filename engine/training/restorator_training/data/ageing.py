# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a colour photograph look like an old monochrome print, at random."""

import numpy as np

# Linear-light weights of red, green and blue: emulsions that see all light, and early ones that
# are blind to red.
PANCHROMATIC = np.array([0.30, 0.59, 0.11], dtype=np.float32)
BLUE_SENSITIVE = np.array([0.05, 0.45, 0.50], dtype=np.float32)


def plate(picture, ageing, rng, early=1):
    """Gamma-coded sRGB (h, w, 3), 0…1 → the tones of a plate (h, w), 0…1.

    ageing: a recipe's `ageing` or `print`. early: above 1, early emulsions are rarer.
    """
    kind = rng.random() ** early
    weights = (1 - kind) * PANCHROMATIC + kind * BLUE_SENSITIVE
    weights = (weights * rng.uniform(*ageing.sensitivity, 3)).astype(np.float32)
    light = np.minimum(np.square(picture) * np.sqrt(np.sqrt(picture)) @ weights, 1)
    return light ** np.float32(rng.uniform(*ageing.exponent) / 2.2)


def faded(tones, ageing, rng):
    """The tones of a print whose black and white are no longer so."""
    black, white = rng.uniform(*ageing.black), rng.uniform(*ageing.white)
    return black + (white - black) * tones


def blur(grey):
    """3×3 box average, edge repeated, of a picture (h, w)."""
    for axis in (0, 1):
        padded = np.pad(grey, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        n = grey.shape[axis]
        grey = sum(np.take(padded, np.arange(k, k + n), axis) for k in range(3)) / 3
    return grey


def print_and_time(grey, ageing, rng):
    """What lens, paper and years add to the network's input (size, size), 0…1."""
    if rng.random() < ageing.blur:
        grey = blur(grey)
    across = (np.arange(grey.shape[0]) + 0.5) / grey.shape[0] * 2 - 1
    distance = (across ** 2 + across[:, None] ** 2) / 2
    grey = grey * (1 - rng.uniform(0, ageing.vignette) * distance)
    grey = grey + rng.uniform(-1, 1) * ageing.gradient * across
    grey = grey + rng.uniform(0, ageing.grain) * rng.standard_normal(grey.shape)
    return np.clip(grey, 0, 1)


def smooth(grey, reach):
    """Box average over 2 reach + 1 pixels each way, edge repeated, of a picture (h, w)."""
    for axis in (0, 1):
        padded = np.pad(grey, [(reach + 1, reach) if a == axis else (0, 0) for a in (0, 1)],
                        mode="edge")
        total = np.cumsum(padded, axis, dtype=np.float32)
        n = grey.shape[axis]
        grey = (np.take(total, np.arange(n) + 2 * reach + 1, axis)
                - np.take(total, np.arange(n), axis)) / (2 * reach + 1)
    return grey


def engraving(grey, rng):
    """A picture (h, w), 0…1, as if cut into a plate or drawn: outlines and hatching on paper."""
    wide = smooth(grey, int(rng.integers(4, 16)))
    # Division by the surroundings leaves the outlines and lets plain areas become paper.
    lines = np.clip(grey / np.maximum(wide, 0.05), 0, 1) ** rng.uniform(1.5, 5)
    angle, period = rng.uniform(0, np.pi), rng.uniform(2, 6)
    rows, columns = np.indices(grey.shape, dtype=np.float32)
    wave = 0.5 + 0.5 * np.sin((np.cos(angle) * columns + np.sin(angle) * rows)
                              * np.float32(2 * np.pi / period))
    # A stroke is as broad as the place is dark.
    hatching = np.clip((grey - wave) * rng.uniform(2, 6) + rng.uniform(0.5, 1), 0, 1)
    share = rng.uniform(0, 1)
    ink, paper = rng.uniform(0, 0.3), rng.uniform(0.75, 1)
    return ink + (paper - ink) * lines * (1 - share + share * hatching)
