# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a colour photograph look like an old monochrome print, at random."""

import numpy as np

# Linear-light weights of red, green and blue: emulsions that see all light, and early ones that
# are blind to red.
PANCHROMATIC = np.array([0.30, 0.59, 0.11], dtype=np.float32)
BLUE_SENSITIVE = np.array([0.05, 0.45, 0.50], dtype=np.float32)


def emulsion(picture, ageing, rng):
    """Gamma-coded sRGB (h, w, 3), 0…1 → the tones of a plate (h, w), 0…1."""
    kind = rng.random()
    weights = (1 - kind) * PANCHROMATIC + kind * BLUE_SENSITIVE
    weights = (weights * rng.uniform(*ageing["sensitivity"], 3)).astype(np.float32)
    light = np.minimum(np.square(picture) * np.sqrt(np.sqrt(picture)) @ weights, 1)
    tones = light ** np.float32(rng.uniform(*ageing["exponent"]) / 2.2)
    black, white = rng.uniform(*ageing["black"]), rng.uniform(*ageing["white"])
    return black + (white - black) * tones


def blur(grey):
    """3×3 box average, edge repeated."""
    for axis in (0, 1):
        padded = np.pad(grey, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        n = grey.shape[axis]
        grey = sum(np.take(padded, np.arange(k, k + n), axis) for k in range(3)) / 3
    return grey


def print_and_time(grey, ageing, rng):
    """What lens, paper and years add to the network's input (size, size), 0…1."""
    if rng.random() < ageing["blur"]:
        grey = blur(grey)
    across = (np.arange(grey.shape[0]) + 0.5) / grey.shape[0] * 2 - 1
    distance = (across ** 2 + across[:, None] ** 2) / 2
    grey = grey * (1 - rng.uniform(0, ageing["vignette"]) * distance)
    grey = grey + rng.uniform(-1, 1) * ageing["gradient"] * across
    grey = grey + rng.uniform(0, ageing["grain"]) * rng.standard_normal(grey.shape)
    return np.clip(grey, 0, 1)
