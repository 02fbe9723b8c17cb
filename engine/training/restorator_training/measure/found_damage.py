# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures how much damage the program finds, and what it takes for damage that is none.

    python3 -m restorator_training.measure.found_damage PHOTOS COMMAND…

Damaged are the pictures kept aside of PHOTOS: made grey, grained and compressed as scans are, then
with marks of another generator than the training's (restorator_training/damage/marks.py): dust,
fibres that are cubic curves, scratches that come and go, folds with a light and a dark side,
stains with a rim, and torn corners. A pixel is damaged where a mark changes it by SEEN or more;
where it changes it by less, either answer is right. With a tolerance of two pixels: the share of
what is found that is damaged (precision), and of what is damaged that is found (recall).

Clean are the same pictures, only grey, and the engravings and photographs of `historic`: the mean
share of a picture that is found in each folder.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import cv2
import numpy as np

from restorator_training.colour import LUMA
from restorator_training.data import dataset

FOLDERS = ("portraits/val", "people/val", "places/val", "groups/val")
CLEAN = (*FOLDERS[:3], "historic")
EACH = 12            # damaged pictures of a folder
SEEN, FELT = 0.1, 0.03  # of white: damaged from the first on, clean below the second
TOLERANCE = 2        # pixels
FINE = 4             # marks are drawn so many times as large


class Sheet:
    """Where marks are drawn: (height, width), how much of a pixel is covered."""

    def __init__(self, shape):
        self.shape = shape
        self.large = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)

    def curve(self, points, width):
        points = np.rint(np.asarray(points) * FINE).astype(np.int32)
        cv2.polylines(self.large, [points], False, 255, max(1, round(width * FINE)), cv2.LINE_AA)

    def disc(self, x, y, radius):
        cv2.circle(self.large, (round(x * FINE), round(y * FINE)), max(1, round(radius * FINE)),
                   255, -1, cv2.LINE_AA)

    def area(self, points):
        cv2.fillPoly(self.large, [np.rint(np.asarray(points) * FINE).astype(np.int32)], 255,
                     cv2.LINE_AA)

    def cover(self):
        return cv2.resize(self.large, self.shape[::-1],
                          interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def place(shape, rng):
    return rng.random(2) * shape[::-1]


def bezier(points, count=60):
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = points
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d


def dust(shape, rng):
    sheet = Sheet(shape)
    for _ in range(rng.integers(8, 40)):
        sheet.disc(*place(shape, rng), rng.gamma(2, 0.5) + 0.4)
    return sheet.cover()


def fibres(shape, rng):
    sheet = Sheet(shape)
    for _ in range(rng.integers(1, 4)):
        start, reach = place(shape, rng), min(shape) * rng.uniform(0.05, 0.2)
        sheet.curve(bezier(start + np.cumsum(rng.normal(0, reach, (4, 2)), 0)), rng.uniform(0.8, 2))
    return sheet.cover()


def scratches(shape, rng):
    sheet = Sheet(shape)
    for _ in range(rng.integers(1, 4)):
        start, turn = place(shape, rng), rng.uniform(0, 2 * np.pi)
        along = np.array([np.cos(turn), np.sin(turn)])
        at = np.linspace(0, max(shape) * rng.uniform(0.2, 0.9), 200)[:, None]
        bend = rng.normal(0, 0.0004) * at ** 2 * along[::-1] * [-1, 1]
        path, width = start + at * along + bend, rng.uniform(0.8, 2.5)
        wave = np.sin(np.linspace(0, rng.uniform(2, 12), 200) + rng.uniform(0, 6))
        there = wave > rng.uniform(-1.5, 0)
        for first in range(199):
            if there[first]:
                sheet.curve(path[first:first + 2], width)
    return sheet.cover()


def corner(shape, rng):
    sheet, (height, width) = Sheet(shape), shape
    across, down = min(shape) * rng.uniform(0.08, 0.25, 2)
    steps = np.linspace(0, 1, 24)
    rim = np.stack([across * steps, down * (1 - steps)], 1) + rng.normal(0, 1.2, (24, 2))
    points = np.concatenate([rim, [[across, -9], [-9, -9], [-9, down]]])
    if rng.random() < 0.5:
        points[:, 0] = width - points[:, 0]
    if rng.random() < 0.5:
        points[:, 1] = height - points[:, 1]
    sheet.area(points)
    return sheet.cover()


def stain(shape, rng):
    """A few discs that run together, softened, its rim stronger."""
    sheet, middle = Sheet(shape), place(shape, rng)
    size = min(shape) * rng.uniform(0.02, 0.07)
    for _ in range(rng.integers(3, 8)):
        sheet.disc(*(middle + rng.normal(0, size, 2)), size * rng.uniform(0.4, 1))
    body = cv2.GaussianBlur(sheet.cover(), (0, 0), 1.2)
    rim = 4 * body * (1 - body)
    return np.clip(0.55 * body + 0.45 * rim, 0, 1)


def fold(grey, rng):
    """A broken line with a light core, and its shadow beside it."""
    sheet, shade, shape = Sheet(grey.shape), Sheet(grey.shape), grey.shape
    turn = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.15)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    at = np.linspace(-1, 1, 40)[:, None] * max(shape)
    path = (0.2 + 0.6 * rng.random(2)) * shape[::-1] + at * along
    path = path + rng.normal(0, 0.7, (40, 1)) * across
    width = rng.uniform(1, 3.5)
    sheet.curve(path, width)
    shade.curve(path + across * (width + 1), width)
    dark = 0.5 * cv2.GaussianBlur(shade.cover(), (0, 0), 1)
    light = sheet.cover() * rng.uniform(0.6, 1)
    return grey * (1 - dark) * (1 - light) + rng.uniform(0.8, 1) * light


def damaged(grey, rng):
    """A picture (h, w), 0…1, with a few kinds of marks."""
    result = grey.copy()
    for _ in range(rng.integers(2, 5)):
        make = [dust, fibres, scratches, fold, stain, corner][
            rng.choice(6, p=[0.27, 0.2, 0.23, 0.13, 0.1, 0.07])]
        if make is fold:
            result = fold(result, rng)
            continue
        cover = make(grey.shape, rng) * rng.uniform(0.6, 1)
        light = make is corner or rng.random() < 0.65
        tone = rng.uniform(0.82, 1) if light else rng.uniform(0, 0.2)
        result = result * (1 - cover) + tone * cover
    return np.clip(result, 0, 1)


def scanned(grey, rng):
    """Grain and compression (h, w), uint8."""
    grain = rng.normal(0, rng.uniform(0, 0.02), grey.shape).astype(np.float32)
    byte = np.rint(np.clip(grey + grain, 0, 1) * 255).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", byte, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(82, 97))])
    return cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)


def near(mask):
    size = 2 * TOLERANCE + 1
    return cv2.dilate(mask.astype(np.uint8),
                      cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))) > 0


class Program:
    def __init__(self, command, sensitivity, scratch):
        self.command, self.scratch = command, pathlib.Path(scratch)
        self.options = [] if sensitivity is None else [f"--sensitivity={sensitivity}"]

    def find(self, grey):
        """The mask (h, w), bool, of a picture (h, w), uint8."""
        picture, mask = self.scratch / "in.png", self.scratch / "mask.png"
        cv2.imwrite(str(picture), grey)
        mask.unlink(missing_ok=True)
        subprocess.run([*self.command, "damage", picture, "--mask", mask, *self.options],
                       check=True, capture_output=True)
        return cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE) > 127


def made(photos, show=None):
    """Of each damaged picture: as it is (h, w), uint8, what is damaged, and what may be."""
    for number, folder in enumerate(FOLDERS):
        for i, path in enumerate(dataset.files(photos / folder)[:EACH]):
            rng = np.random.default_rng([number, i])
            grey = (dataset.read(path)[..., :3] / np.float32(255) @ LUMA).astype(np.float32)
            if i % 2:
                grey = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).clip(0, 1)
            marked = damaged(grey, rng)
            change = np.abs(marked - grey)
            picture = scanned(marked, rng)
            if show:
                cv2.imwrite(str(show / f"{number}-{i:02}.png"), picture)
            yield picture, change >= SEEN, change >= FELT


def share(part, whole):
    return part / max(whole, 1)


def compared(program, pictures):
    """Precision and recall of what a program finds in pictures, as made() gives them."""
    right = found = wanted = met = 0
    for picture, sure, maybe in pictures:
        mask = program.find(picture)
        found, right = found + mask.sum(), right + (mask & near(maybe)).sum()
        wanted, met = wanted + sure.sum(), met + (sure & near(mask)).sum()
    return share(right, found), share(met, wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("command", nargs="+", help="restorator, its path or how to run it")
    parser.add_argument("--sensitivity", type=float)
    parser.add_argument("--no-clean", action="store_true", help="damaged pictures alone")
    parser.add_argument("--show", type=pathlib.Path, metavar="DIR", help="where to write these")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(arguments.command, arguments.sensitivity, scratch)
        precision, recall = compared(program, made(arguments.photos, arguments.show))
        figures = {"precision": round(precision, 3), "recall": round(recall, 3)}
        for folder in () if arguments.no_clean else CLEAN:
            greys = (np.rint(dataset.read(path)[..., :3] @ LUMA).astype(np.uint8)
                     for path in dataset.files(arguments.photos / folder))
            shares = [program.find(grey).mean() for grey in greys]
            figures[folder] = f"{100 * np.mean(shares):.3f} %"
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
