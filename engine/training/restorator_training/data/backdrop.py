# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the person of a modern portrait into a studio of old: cut out, before a plain or painted
backdrop without colour, perhaps in an oval on paper.

Backdrops of official portraits are blue, or flags and books; those of old portraits were grey. A
network that learns from the former alone paints blotches on the latter.
"""

import cv2
import numpy as np

from restorator_training.colour import LUMA, with_chroma
from restorator_training.data import ageing

SIDE = 128  # of the picture that is cut out; its edge is as soft as two pixels of this
ROUNDS = 4


def layout(side):
    """Where a portrait's person is likely (side, side), in GrabCut's four classes: an ellipse for
    the head, the ground below two lines for the shoulders. As heads lie in pictures that were cut
    for the training (docs/training.md)."""
    down, across = (np.indices((side, side)) + 0.5) / side
    across = np.abs(across - 0.5)
    head = np.hypot(across / 0.25, (down - 0.44) / 0.36)
    shoulders = down - 0.72 - 0.67 * np.maximum(across - 0.2, 0)
    classes = np.full((side, side), cv2.GC_PR_BGD, dtype=np.uint8)
    classes[(head < 1) | (shoulders > 0)] = cv2.GC_PR_FGD
    classes[np.hypot(across / 0.13, (down - 0.46) / 0.2) < 1] = cv2.GC_FGD
    classes[(down > 0.93) & (across < 0.25)] = cv2.GC_FGD
    classes[(head > 1.45) & (shoulders < -0.12)] = cv2.GC_BGD
    return classes


def matte(picture):
    """How much of each pixel of a portrait (h, w, 3), uint8, is the person, (h, w), uint8, 0…255:
    by GrabCut (Rother, Kolmogorov and Blake 2004)."""
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    classes = layout(SIDE)
    cv2.setRNGSeed(1)
    cv2.grabCut(small[..., ::-1].copy(), classes, None, np.zeros((1, 65)), np.zeros((1, 65)),
                ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = np.isin(classes, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    person = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, parts = cv2.connectedComponents(person)
    person = parts == parts[int(0.46 * SIDE), SIDE // 2]
    soft = cv2.GaussianBlur(person.astype(np.float32), (0, 0), 1)
    return np.rint(255 * cv2.resize(soft, picture.shape[1::-1])).astype(np.uint8)


def backdrop(luma, person, down, across, rng):
    """Tones (h, w) of a backdrop, 0…1: plain, lit from a side or from behind, cloudy, with the
    edge that a retoucher's brush leaves round the person. Most are about as light as the one in the
    view: how light a faded backdrop was can be told by what backdrops are alone.

    luma, person: of the view, (h, w), 0…1. down, across: where its pixels are in the picture, 0…1.
    """
    if rng.random() < 0.6:
        own = np.average(luma, weights=1.001 - person)
        tone = np.clip(rng.normal(own, 0.12), 0, 1)
    else:
        tone = rng.uniform(0.03, 1)
    tone = tone + rng.uniform(-0.25, 0.25) * (down - 0.5)
    tone = tone + rng.uniform(-0.25, 0.25) * (across - 0.5)
    glow = np.exp(-np.square(np.hypot(across - 0.5, down - 0.45) / rng.uniform(0.3, 0.7)))
    clouds = cv2.resize(rng.standard_normal((5, 5)).astype(np.float32), person.shape[::-1],
                        interpolation=cv2.INTER_CUBIC)
    edge = ageing.smooth(person, int(rng.integers(4, 24)))
    return np.clip(tone + rng.uniform(-0.3, 0.3) * glow + rng.uniform(0, 0.08) * clouds
                   + rng.choice([0, rng.uniform(-0.2, 0.2)]) * edge, 0, 1)


def oval(down, across, rng):
    """How much of each pixel (h, w) is within an oval, soft at its edge, 0…1. down, across: where
    they are in the picture, 0…1."""
    radius = np.hypot((across - 0.5) / rng.uniform(0.3, 0.5), (down - 0.5) / rng.uniform(0.42, 0.6))
    return np.clip((1 - radius) / rng.uniform(0.02, 0.7) + 0.5, 0, 1)


def posed(view, person, corner, size, studio, rng):
    """A view (h, w, 3), 0…1, in a studio of old: as a plate would see it, and its truth.

    person: (h, w), 0…1. corner: of the view, in pixels (x, y) of a picture with that size.
    studio: in `changed` and `oval` of the views the backdrop is another one, and there is an oval;
    `kept` and `clothes` are how much chroma the truth has of the backdrop and below the chin. The
    plate sees all of it: blue walls were bright on plates, and that is not to be unlearned.
    """
    down, across = (np.indices(person.shape) + 0.5 + np.reshape(corner[::-1], (2, 1, 1))) / size
    person, down, across = (plane.astype(np.float32) for plane in (person, down, across))
    if rng.random() < studio.changed:
        tones = backdrop(view @ LUMA, person, down, across, rng)[..., None]
        view = tones + person[..., None] * (view - tones)
    if rng.random() < studio.oval:
        paper = rng.choice([rng.uniform(0, 0.2), rng.uniform(0.6, 1)])
        view = paper + oval(down, across, rng)[..., None] * (view - paper)
    clothes = np.clip((down - 0.76) / 0.1, 0, 1)
    chroma = studio.kept + person * (1 - clothes * (1 - studio.clothes) - studio.kept)
    return view.astype(np.float32), with_chroma(view, chroma[..., None])
