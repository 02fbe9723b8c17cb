# SPDX-License-Identifier: GPL-3.0-or-later
"""Random views of photographs at the picture's own density, old and damaged."""

import cv2
import numpy as np

from restorator_training.colour import LUMA
from restorator_training.damage import marks
from restorator_training.data import ageing
from restorator_training.data.photographs import aged, compressed
from restorator_training.recipe import Print

COVERED = 0.08, 0.3  # of a pixel: below, it is not damaged; above, it is, where
SEEN = 0.03, 0.1     # it differs by so much, and by so many
STANDS_OUT = 1.0     # standard deviations of what is round it; between, either answer is right
ROUND = 9            # pixels: what is round a pixel
DEEP = 7             # pixels from the rim of what is damaged: deeper, it may be a picture's area
SIZES = 0.5, 3  # of a picture: scans of many pixels are soft
DAMAGED = 0.65  # of views
OLD = 0.8       # of views
DRAWN = 0.15    # of views have lines that are no damage
LOOKS = Print(sensitivity=(0.8, 1.2), exponent=(0.6, 1.6), black=(-0.05, 0.3), white=(0.7, 1.08),
              blown=0.08, blur=(0, 0, 0, 0.6, 0.8), vignette=0.2, gradient=(0.1, 0.1), grain=0.03,
              clumps=(0, 0.7, 1.2), jpeg=0.2, halftone=0.05)
FOLDERS = ("people/train", "places/train", "groups/train", "scenes/train", "clothes/train",
           "portraits/train", "early-colour/train")


def load(photos, each=900):
    """Pictures (h, w, 3), uint8, of all kinds, of no folder more than so many."""
    pictures = []
    for folder in FOLDERS:
        paths = sorted(path for path in (photos / folder).iterdir()
                       if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
        for path in paths[::max(1, len(paths) // each)]:
            pictures.append(np.ascontiguousarray(cv2.imread(str(path))[..., ::-1]))
    return pictures


def piece(pictures, side, rng):
    """A piece (side, side, 3), 0…1, of a picture at some size."""
    picture = pictures[rng.integers(len(pictures))]
    scale = np.exp(rng.uniform(*np.log(SIZES)))
    scale = max(scale, (side + 1) / min(picture.shape[:2]))
    need = int(np.ceil(side / scale))
    top, left = (rng.integers(n - need + 1) for n in picture.shape[:2])
    seen = cv2.resize(picture[top:top + need, left:left + need], (side, side),
                      interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    if rng.random() < 0.5:
        seen = seen[:, ::-1]
    return seen.astype(np.float32) / 255


def lines(grey, rng):
    """Draws what looks like damage and is none: wires, cloth, letters, stars, hatching."""
    side = len(grey)
    draw = rng.random()
    if draw < 0.3:
        return ageing.engraving(grey, rng).astype(np.float32)
    tone = np.float32(rng.choice([rng.uniform(0, 0.25), rng.uniform(0.75, 1)]))
    if draw < 0.55:  # wires and fences: lines side by side, one way or two
        y, x = np.indices((side, side), dtype=np.float32)
        cover = np.zeros((side, side), np.float32)
        turn, period, width = rng.uniform(0, np.pi), rng.uniform(5, 40), rng.uniform(0.6, 3)
        for angle in (turn, turn + rng.uniform(0.9, 1.6))[:rng.integers(1, 3)]:
            place = (np.cos(angle) * x + np.sin(angle) * y + rng.uniform(0, 40)) % period
            cover = np.maximum(cover, np.clip(width / 2 + 0.5 - np.abs(place - period / 2), 0, 1))
        cover = cover * rng.uniform(0.4, 1)
    elif draw < 0.85:  # letters
        canvas = np.zeros((side, side), np.uint8)
        size = rng.uniform(0.3, 1.2)
        for line in range(10, side, max(8, int(28 * size))):
            text = "".join(chr(rng.integers(48, 123)) for _ in range(rng.integers(4, 30)))
            cv2.putText(canvas, text, (int(rng.integers(-5, 20)), line),
                        int(rng.integers(0, 8)), size, 255, int(rng.integers(1, 3)), cv2.LINE_AA)
        cover = canvas / np.float32(255)
    else:  # checks
        period = int(rng.integers(3, 20))
        y, x = np.indices((side, side)) // period
        cover = ((x + y) % 2 if rng.random() < 0.5 else (x % 2) * 0.5 + (y % 2) * 0.5)
        cover = cover.astype(np.float32) * rng.uniform(0.2, 0.8)
    return (grey * (1 - cover) + tone * cover).astype(np.float32)


def labels(grey, cover, change):
    """What is damaged where a picture (h, w), 0…1, is covered, and changed by so much: 1, 0, −1
    where either answer is right."""
    mean, square = (cv2.blur(plane, (ROUND, ROUND)) for plane in (grey, grey * grey))
    restless = np.sqrt(np.maximum(square - mean * mean, 0))
    covered = cover > COVERED[1]
    deep = cv2.distanceTransform(covered.astype(np.uint8), cv2.DIST_L2, 3) > DEEP
    seen = (change > SEEN[1]) & (change > STANDS_OUT * restless) & ~deep
    return np.where(covered & seen, 1, np.where(
        (cover < COVERED[0]) | (change < SEEN[0]), 0, -1)).astype(np.float32)


class Views:
    def __init__(self, photos, each=900):
        self.pictures = load(photos, each)
        self.film = marks.Film(photos / "damage" / "train")

    def clean(self, side, rng, drawn=DRAWN, old=OLD):
        """A print (side, side), 0…1, without damage; `drawn` of them have lines, `old` are aged."""
        colours = piece(self.pictures, side, rng)
        grey = (aged(colours, LOOKS, rng) if rng.random() < old else colours @ LUMA)
        grey = np.clip(grey, 0, 1).astype(np.float32)
        return lines(grey, rng) if rng.random() < drawn else grey

    def view(self, side, rng, hard=1):
        """grey (side, side), 0…1; label: 1 damaged, 0 not, −1 either. hard: 0…1, below 1 fewer are
        old and have lines: a network that has not seen a scratch yet finds none under grain."""
        grey = self.clean(side, rng, hard * DRAWN, hard * OLD)
        damaged, cover, change = marks.put(grey, self.film, rng, DAMAGED)
        label = labels(grey, cover, change)
        draw = rng.random()
        if draw < 0.4 * hard:
            damaged = cv2.GaussianBlur(damaged, (0, 0), rng.uniform(0.3, 0.9))
        damaged = damaged + np.float32(rng.uniform(0, 0.02 * hard)) * rng.standard_normal(
            damaged.shape, dtype=np.float32)
        damaged = np.clip(damaged, 0, 1)
        if rng.random() < 0.4 * hard:
            damaged = compressed(damaged, rng)
        return damaged.astype(np.float32), label
