# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains what finds areas that are lost: torn corners, stains, blots, pieces that came off.

    python3 -m restorator_training.damage.areas PHOTOS OUT [--minutes N]

Goes on from OUT.checkpoint where it is there. The network sees the whole picture, shrunk until its
longer side has SIDE samples or fewer: what tells a torn corner from a pale sky is what else there
is. Marks that are thin at this size are left to the other network (find.py).
"""

import cv2
import numpy as np
import torch

from restorator_training.chains import chain, run
from restorator_training.colour import LUMA
from restorator_training.damage import find, marks, network, views
from restorator_training.data.photographs import aged, compressed
from restorator_training.recipe import Print

SIDE, LEAST, BATCH = 192, 96, 8  # samples of the longer side; pictures
FINE = 3              # areas are drawn so many times as large
DAMAGED = 0.6         # of views
FRAMED = 0.3          # of views have a frame, an oval mat, a caption: clean paper
SEEN = 0.04, 0.1      # of white: below, it is not damaged; above, it is
DEEP = 1.5            # samples from the rim: what has no middle is a line
LOOKS = Print(sensitivity=(0.8, 1.2), exponent=(0.6, 1.6), black=(-0.05, 0.3), white=(0.7, 1.08),
              blown=0.12, blur=(0, 0, 0, 0.6), vignette=0.5, gradient=(0.15, 0.15), grain=0.02,
              clumps=(0,), jpeg=0.15, halftone=0)
CARD = {"title": "Lost areas"}


# ---- how much of a sample is covered, (h, w), 0…1 ----

def filled(shape, outline):
    canvas = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)
    cv2.fillPoly(canvas, [np.rint(np.asarray(outline) * FINE * 16).astype(np.int32)], 255,
                 cv2.LINE_AA, 4)
    return cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA) / np.float32(255)


def torn(shape, rng):
    """A corner, or a piece of an edge."""
    height, width = shape
    reach = min(shape) * np.exp(rng.uniform(*np.log([0.05, 0.45]), 2))
    if rng.random() < 0.7:
        start, end, beyond = (reach[0], -2), (-2, reach[1]), [(-9, -9)]
    else:
        at, half = rng.uniform(0, width), reach[0] * rng.uniform(0.5, 1.5)
        deep = min(reach[1], 0.2 * height)
        start, end = (at - half, -2), (at + half, -2)
        middle = np.array((at + rng.normal(0, half / 3), deep))
        first = marks.rough(np.array(start), middle, rng.uniform(0.02, 0.15), rng)
        rest = marks.rough(middle, np.array(end), rng.uniform(0.02, 0.15), rng)
        return turned(filled(shape, np.concatenate(
            [first, rest, [(at + half, -9), (at - half, -9)]])), rng)
    rim = marks.rough(np.array(start, float), np.array(end, float), rng.uniform(0, 0.12), rng)
    return turned(filled(shape, np.concatenate([rim, beyond])), rng)


def turned(cover, rng):
    """Mirrored at random."""
    cover = cover[::-1] if rng.random() < 0.5 else cover
    return cover[:, ::-1] if rng.random() < 0.5 else cover


def lump(shape, rng, largest=0.22):
    """A round thing with a ragged rim: how far inside its rim a sample is, in its own radius."""
    y, x = np.indices(shape, dtype=np.float32)
    size = min(shape) * np.exp(rng.uniform(*np.log([0.025, largest])))
    dx, dy = x - rng.uniform(0, shape[1]), y - rng.uniform(0, shape[0])
    turn, flat = rng.uniform(0, np.pi), np.exp(rng.uniform(0, 0.8))
    u = (np.cos(turn) * dx + np.sin(turn) * dy) / flat ** 0.5
    v = (np.cos(turn) * dy - np.sin(turn) * dx) * flat ** 0.5
    ragged = marks.noise(max(shape), max(3, size * rng.uniform(0.5, 1.5)), rng)
    return 1 - np.hypot(u, v) / size + rng.uniform(0, 0.4) * ragged[:shape[0], :shape[1]], size


def blot(shape, rng):
    """Ink, mould, emulsion that came off: one or a few, with a rim that is sharp or soft."""
    cover = np.zeros(shape, np.float32)
    for _ in range(int(rng.choice([1, 1, 2, 4]))):
        inside, size = lump(shape, rng)
        soft = 0.7 if rng.random() < 0.7 else rng.uniform(0.7, 4)
        cover = np.maximum(cover, np.clip(0.5 + inside * size / soft, 0, 1))
    return cover


def water(shape, rng):
    """A stain that dried: weak within, strong at its rim."""
    inside, size = lump(shape, rng, 0.35)
    body = np.clip(0.5 + inside * size, 0, 1)
    rim = body * np.exp(-np.maximum(inside * size, 0) / rng.uniform(1, 3))
    return np.clip(body * rng.uniform(0.2, 0.8) + rim * rng.uniform(0.2, 0.8), 0, 1)


def piece(shape, rng):
    """A piece that is gone, or paper and tape that stuck: four to eight sides, rough."""
    middle = rng.random(2) * shape[::-1]
    size, count = min(shape) * np.exp(rng.uniform(*np.log([0.04, 0.25]))), int(rng.integers(4, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    stretch = np.array([np.exp(rng.uniform(-0.7, 0.7)), 1])
    points = middle + size * stretch * np.stack([np.cos(angles), np.sin(angles)], 1) * rng.uniform(
        0.6, 1.3, (count, 1))
    rough = rng.uniform(0, 0.1)
    return filled(shape, np.concatenate([
        marks.rough(one, other, rough, rng, 4)[:-1]
        for one, other in zip(points, np.roll(points, -1, 0))]))


# ---- views ----

def framed(grey, rng):
    """Paper round the picture: straight, arched or oval, dark or light; sometimes with letters."""
    shape = grey.shape
    height, width = shape
    margin = min(shape) * rng.uniform(0.01, 0.14, 4)
    low, high = margin[:2], np.array([width, height]) - margin[2:]
    draw = rng.random()
    if draw < 0.45:
        points = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
        turn = rng.normal(0, 0.015)
        middle = points.mean(0)
        points = middle + (points - middle) @ [[np.cos(turn), np.sin(turn)],
                                               [-np.sin(turn), np.cos(turn)]]
    else:  # a power of 2 is an ellipse, more is a rounded rectangle
        t, power = np.linspace(0, 2 * np.pi, 90), 2 / np.exp(rng.uniform(*np.log([2, 12])))
        unit = np.stack([np.sign(f) * np.abs(f) ** power for f in (np.cos(t), np.sin(t))], 1)
        if draw > 0.8:  # an arch
            unit[:, 1] = np.where(unit[:, 1] > 0, np.sign(unit[:, 1]), unit[:, 1])
        points = (low + high) / 2 + unit * (high - low) / 2
    paper = rng.uniform(0.7, 1) if rng.random() < 0.7 else rng.uniform(0, 0.3)
    inside = filled(shape, points)
    result = grey * inside + np.float32(paper) * (1 - inside)
    if rng.random() < 0.3:
        canvas = np.zeros(shape, np.uint8)
        text = "".join(chr(rng.integers(48, 123)) for _ in range(rng.integers(3, 20)))
        cv2.putText(canvas, text, (int(rng.integers(0, width // 2)), height - 3),
                    int(rng.integers(0, 8)), rng.uniform(0.25, 0.5), 255, 1, cv2.LINE_AA)
        result = result + canvas / np.float32(255) * np.float32(0.5 - paper)
    return result.astype(np.float32)


def damaged(grey, rng):
    """One to three areas on a picture (h, w), 0…1."""
    for _ in range(int(rng.choice([1, 1, 2, 3]))):
        make = (torn, blot, water, piece)[rng.choice(4, p=[0.4, 0.25, 0.2, 0.15])]
        cover = make(grey.shape, rng)
        if make is not water:
            cover = cover * (1 - 0.6 * rng.random() ** 3)
        light = rng.random() < (0.75 if make is torn else 0.55)
        tone = rng.uniform(0.75, 1.03) if light else rng.uniform(-0.03, 0.3)
        value = tone + rng.uniform(0, 0.03) * marks.noise(max(grey.shape), rng.uniform(1, 12), rng)[
            :grey.shape[0], :grey.shape[1]]
        if make is not water and rng.random() < 0.3:  # the paper's edge, or its shadow
            rim = np.roll(cover, tuple(rng.integers(-2, 3, 2)), (0, 1))
            grey = grey + rim * rng.uniform(-0.5, 0.5)
        grey = grey * (1 - cover) + value * cover
    return np.clip(grey, 0, 1).astype(np.float32)


def labels(change):
    """What is lost where a picture (h, w) is changed by so much: 1, 0, −1 where either answer is
    right."""
    seen = (change > SEEN[1]).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    wide = cv2.dilate((cv2.distanceTransform(seen, cv2.DIST_L2, 3) > DEEP).astype(np.uint8),
                      disc, iterations=2) & seen
    return np.where(wide > 0, 1, np.where(cv2.dilate(change, disc) < SEEN[0], 0, -1)).astype(
        np.float32)


class Views:
    def __init__(self, photos, each=900):
        self.pictures = [shrunk(picture) for picture in views.load(photos, each)]
        self.film = marks.Film(photos / "damage" / "train")

    def clean(self, shape, rng):
        """A print (h, w), 0…1."""
        picture = self.pictures[rng.integers(len(self.pictures))]
        height, width = picture.shape[:2]
        share = min(height / shape[0], width / shape[1])
        if rng.random() < 0.3:
            share *= rng.uniform(0.5, 1)
        part = [max(2, int(n * share)) for n in shape]
        top, left = (rng.integers(n - m + 1) for n, m in zip((height, width), part))
        seen = cv2.resize(picture[top:top + part[0], left:left + part[1]], shape[::-1],
                          interpolation=cv2.INTER_AREA) / np.float32(255)
        seen = seen[:, ::-1] if rng.random() < 0.5 else seen
        grey = aged(seen, LOOKS, rng) if rng.random() < 0.7 else seen @ LUMA
        grey = np.clip(grey, 0, 1).astype(np.float32)
        return framed(grey, rng) if rng.random() < FRAMED else grey

    def view(self, shape, rng):
        """grey (h, w), 0…1; label: 1 lost, 0 not, −1 either."""
        grey = self.clean(shape, rng)
        lost = damaged(grey, rng) if rng.random() < DAMAGED else grey
        label = labels(np.abs(lost - grey))
        if rng.random() < 0.3:  # fine marks beside them: not this network's
            side = max(shape)
            square = np.pad(lost, [(0, side - n) for n in shape], mode="edge")
            marked, cover, _ = marks.put(square, self.film, rng)
            lost = marked[:shape[0], :shape[1]]
            label = np.where((label == 0) & (cover[:shape[0], :shape[1]] > 0.05), -1, label)
        lost = lost + np.float32(rng.uniform(0, 0.015)) * rng.standard_normal(shape, np.float32)
        lost = np.clip(lost, 0, 1).astype(np.float32)
        return (compressed(lost, rng) if rng.random() < 0.15 else lost), label.astype(np.float32)


def shrunk(picture):
    """No larger than what is seen of it."""
    scale = 2 * SIDE / max(picture.shape[:2])
    return picture if scale >= 1 else cv2.resize(picture, None, fx=scale, fy=scale,
                                                 interpolation=cv2.INTER_AREA)


def form(rng):
    """A form that pictures have: height, width, multiples of 4."""
    longer = int(rng.integers(LEAST, SIDE + 1))
    shorter = int(longer * rng.choice([rng.uniform(0.55, 1), 0.75, 0.67, 1]))
    shape = [max(48, n // 4 * 4) for n in (longer, shorter)]
    return tuple(shape if rng.random() < 0.6 else shape[::-1])


def main():
    arguments = run.arguments(__doc__)
    data = Views(arguments.photos)

    def step(finder, rng, share):
        shape = form(rng)
        seen = [data.view(shape, rng) for _ in range(BATCH)]
        luma = torch.from_numpy(np.stack([2 * grey - 1 for grey, _ in seen]))
        label = torch.from_numpy(np.stack([one for _, one in seen]))
        return find.loss(finder(luma[:, None]), label)

    def save(finder):
        chain.save(arguments.out, finder, "areas", {"finds": "damage", "threshold": 0.5}, CARD)

    run.train(network.Areas, step, save, arguments)


if __name__ == "__main__":
    main()
