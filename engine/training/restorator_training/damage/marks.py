# SPDX-License-Identifier: GPL-3.0-or-later
"""Damage made at random: what dust, hair, scratches, creases, spots, tears and lost corners do to a
picture, each as how much of a pixel is covered (h, w), 0…1."""

import cv2
import numpy as np

FINE = 2   # marks are drawn so many times as large, for soft edges
ROUND = 5  # pixels


def crossing(side, rng):
    """Two points on the rim of a square of that side, or a little within."""
    angle, offset = rng.uniform(0, np.pi), rng.uniform(-0.45, 0.45) * side
    along = np.array([np.cos(angle), np.sin(angle)])
    middle = side / 2 + offset * np.array([-along[1], along[0]])
    reach = side * rng.uniform(0.15, 0.9, 2)
    return middle - reach[0] * along, middle + reach[1] * along


def rough(start, end, roughness, rng, levels=5):
    """A line between two points whose middles are displaced again and again (n, 2)."""
    path = np.stack([start, end])
    for _ in range(levels):
        step = path[1:] - path[:-1]
        across = np.stack([-step[:, 1], step[:, 0]], 1)
        middle = (path[1:] + path[:-1]) / 2 + across * rng.normal(0, roughness, (len(step), 1))
        path = np.insert(path, np.arange(1, len(path)), middle, 0)
    return path


def drawn(paths, widths, side, closed=False):
    """Lines of these widths in pixels, or areas, (side, side), 0…1."""
    canvas = np.zeros((side * FINE, side * FINE), np.uint8)
    for path, width in zip(paths, widths):
        points = np.rint(np.asarray(path) * FINE * 16).astype(np.int32)
        if closed:
            cv2.fillPoly(canvas, [points], 255, cv2.LINE_AA, 4)
        else:
            # A line thinner than the canvas's pixel is one of that, but faint.
            cv2.polylines(canvas, [points], False, int(255 * min(1, width * FINE)),
                          max(1, int(round(width * FINE))), cv2.LINE_AA, 4)
    return cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA) / np.float32(255)


def along(side, rng, low=0.0):
    """How strong a mark is from place to place (side, side), low…1."""
    coarse = rng.uniform(low, 1, (int(rng.integers(3, 12)),) * 2).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def scratches(side, rng):
    start, end = crossing(side, rng)
    paths, widths = [], []
    for _ in range(int(rng.choice([1, 1, 1, 2, 4, 8]))):
        shift = rng.normal(0, side * 0.08, 2)
        paths.append(rough(start + shift, end + shift + rng.normal(0, 4, 2),
                           rng.choice([0, 0.003, 0.02]), rng))
        widths.append(np.exp(rng.uniform(*np.log([0.4, 3.5]))))
    cover = drawn(paths, widths, side)
    return cover * along(side, rng) if rng.random() < 0.5 else cover


def hairs(side, rng):
    paths, widths = [], []
    for _ in range(rng.integers(1, 5)):
        heading = (rng.uniform(0, 2 * np.pi) + rng.normal(0, 0.02) * np.arange(60)
                   + np.cumsum(rng.normal(0, 0.15, 60)))
        step = rng.uniform(0.4, 2.5)
        paths.append(rng.uniform(0, side, 2)
                     + step * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), 0))
        widths.append(rng.uniform(0.5, 2.2))
    return drawn(paths, widths, side)


def creases(side, rng):
    """A fold: its core, where the emulsion is gone in places, and a softer band beside it."""
    start, end = crossing(1.6 * side, rng)
    path = rough(start - 0.3 * side, end - 0.3 * side, rng.uniform(0.005, 0.06), rng, 6)
    paths, widths = [path], [rng.uniform(0.8, 6)]
    for _ in range(rng.integers(0, 4)):
        here = path[rng.integers(len(path))]
        paths.append(rough(here, here + rng.normal(0, side * 0.15, 2), 0.08, rng))
        widths.append(rng.uniform(0.5, 2.5))
    core = drawn(paths, widths, side) * along(side, rng, 0.3)
    return core if rng.random() < 0.5 else core * (blobs(side, rng, 1.5) * 0.5 + 0.5)


def cracks(side, rng):
    """Cracked emulsion: fine lines that fork, all over or in one place."""
    middle, spread = rng.uniform(0, side, 2), side * rng.uniform(0.15, 0.8)
    paths, widths = [], []
    for _ in range(rng.integers(1, 5)):
        start = middle + rng.normal(0, spread / 2, 2)
        stem = rough(start, start + rng.normal(0, spread, 2), rng.uniform(0.03, 0.15), rng, 5)
        paths.append(stem)
        widths.append(rng.uniform(0.5, 2.5))
        for _ in range(rng.integers(0, 9)):
            stem = paths[-1 if rng.random() < 0.5 else rng.integers(len(paths))]
            here = stem[rng.integers(len(stem))]
            paths.append(rough(here, here + rng.normal(0, spread * 0.4, 2),
                               rng.uniform(0.03, 0.15), rng, 4))
            widths.append(widths[-1] * rng.uniform(0.6, 1))
    cover = drawn(paths, widths, side)
    return cover * along(side, rng) if rng.random() < 0.4 else cover


def noise(side, grain, rng):
    """Smooth noise (side, side) of a deviation of 1 whose lumps are so many pixels wide."""
    small = max(3, int(side / grain))
    field = cv2.resize(rng.standard_normal((small, small), dtype=np.float32), (side, side),
                       interpolation=cv2.INTER_CUBIC)
    return (field - field.mean()) / (field.std() + 1e-6)


def blobs(side, rng, grain=None):
    """Irregular patches: where noise is high."""
    field = noise(side, grain or rng.uniform(4, 40), rng) + 0.5 * noise(side, 3, rng)
    return np.clip((field - rng.uniform(0.5, 2)) * rng.uniform(2, 12), 0, 1)


def spots(side, rng):
    """Dust and spots: small ellipses with ragged rims."""
    y, x = np.indices((side, side), dtype=np.float32)
    cover = np.zeros((side, side), np.float32)
    largest = np.exp(rng.uniform(*np.log([1, 16])))
    for _ in range(rng.integers(1, 25 if largest < 4 else 5)):
        size = np.exp(rng.uniform(np.log(0.6), np.log(largest + 0.3)))
        dx, dy = x - rng.uniform(0, side), y - rng.uniform(0, side)
        turn, flat = rng.uniform(0, np.pi), rng.uniform(1, 2.5)
        u = (np.cos(turn) * dx + np.sin(turn) * dy) / flat ** 0.5
        v = (np.cos(turn) * dy - np.sin(turn) * dx) * flat ** 0.5
        away = np.hypot(u, v) - size
        if size > 3:
            away = away + 0.3 * size * rng.uniform(0, 1) * noise(side, max(3, size), rng)
        cover = np.maximum(cover, np.clip(0.5 - away / rng.uniform(0.7, 2), 0, 1))
    return cover


def tears(side, rng):
    """A corner or an edge that is gone."""
    start, end = crossing(2.2 * side, rng)
    path = rough(start - 0.6 * side, end - 0.6 * side, rng.uniform(0.02, 0.12), rng, 6)
    way = path[-1] - path[0]
    beyond = np.array([-way[1], way[0]]) / (np.hypot(*way) + 1e-6) * 4 * side
    return drawn([np.concatenate([path, [path[-1] + beyond, path[0] + beyond]])], [0], side, True)


class Film:
    """Masks of scanned film: dirt, lint, hair, scratches, spots, stains."""

    def __init__(self, folder):
        self.masks = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
                      for path in sorted(folder.iterdir()) if path.suffix == ".png"]

    def __call__(self, side, rng):
        mask = self.masks[rng.integers(len(self.masks))]
        scale = np.exp(rng.uniform(*np.log([0.45, 2])))
        mask = cv2.resize(mask, None, fx=scale, fy=scale,
                          interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        height, width = mask.shape
        top, left = rng.integers(max(1, height - side + 1)), rng.integers(max(1, width - side + 1))
        mask = mask[top:top + side, left:left + side]
        mask = np.pad(mask, [(0, side - n) for n in mask.shape], mode="reflect")
        mask = np.rot90(mask, rng.integers(4))
        mask = mask[:, ::-1] if rng.random() < 0.5 else mask
        return np.clip(mask / np.float32(255) * np.float32(rng.uniform(1, 3)), 0, 1)


def put(grey, film, rng, often=1.0):
    """Damages a picture (side, side), 0…1: the damaged one; how much of each pixel is covered; and
    by how much what is covered differs from what was there, on average round each pixel."""
    side = len(grey)
    kinds = (film, scratches, hairs, creases, cracks, spots, tears)
    shares = np.array([0.34, 0.2, 0.08, 0.12, 0.08, 0.15, 0.03])
    damaged, left = grey, np.ones_like(grey)
    for _ in range(int(rng.choice([1, 2, 3, 5])) if rng.random() < often else 0):
        cover = kinds[rng.choice(len(kinds), p=shares)](side, rng) * (1 - 0.65 * rng.random() ** 2)
        draw = rng.random()
        tone = (rng.uniform(0.75, 1.05) if draw < 0.6 else
                rng.uniform(-0.05, 0.25) if draw < 0.9 else rng.uniform(0, 1))
        value = tone + rng.uniform(0, 0.05) * noise(side, rng.uniform(1, 8), rng)
        if rng.random() < 0.1:  # a shadow or a rim of light beside it
            rim = 0.5 * np.roll(cover, tuple(rng.integers(-3, 4, 2)), (0, 1))
            damaged = damaged * (1 - rim) + rim * (1 - tone)
            left = left * (1 - rim)
        damaged = damaged * (1 - cover) + value * cover
        left = left * (1 - cover)
    damaged = np.clip(damaged, 0, 1).astype(np.float32)
    cover = (1 - left).astype(np.float32)
    change, weight = (cv2.blur(plane, (ROUND, ROUND)) for plane in
                      (cover * np.abs(damaged - grey), cover))
    return damaged, cover, change / np.maximum(weight, 1e-4)
