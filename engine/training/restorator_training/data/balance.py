# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the cast of a lamp or of an evening from a picture, by its edges (grey edge: van de Weijer,
Gevers and Gijsenij 2007): where colours meet, as much changes in red as in green and in blue, on
average, unless the light is coloured."""

import cv2
import numpy as np

from restorator_training.colour import LUMA, from_light, to_light

BLUR = 1.5   # standard deviation, pixels: edges, not grain
POWER = 5    # of the Minkowski norm: strong edges count most
MOST = 1.35  # a stronger cast than this is what the picture shows, such as grass


def cast(light):
    """How much stronger red, green and blue are than grey's, (3,), of linear light (h, w, 3); their
    mean weighed as luma is 1."""
    smooth = cv2.GaussianBlur(light.astype(np.float32), (0, 0), BLUR)
    down, across = np.gradient(smooth, axis=(0, 1))
    edges = np.sqrt(down ** 2 + across ** 2).reshape(-1, 3).astype(float)
    # Where a channel is at its end nothing is known of it.
    known = ((smooth > 0.002) & (smooth < 0.95)).all(-1).reshape(-1)
    strength = (edges[known] ** POWER).mean(0) ** (1 / POWER) if known.sum() > 100 else np.ones(3)
    strength = strength / max(strength @ LUMA, 1e-9)
    return np.clip(strength, 1 / MOST, MOST)


def balanced(picture, share):
    """A picture (h, w, 3), uint8, without that share of its cast."""
    if not share:
        return picture
    light = to_light(picture.astype(np.float32) / 255)
    gains = cast(light) ** -float(share)
    result = from_light(np.clip(light * (gains / (gains @ LUMA)), 0, 1))
    return np.rint(result * 255).astype(np.uint8)
