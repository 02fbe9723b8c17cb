# SPDX-License-Identifier: GPL-3.0-or-later
"""Holes in pictures, as the fill of a hidden region meets them near the border.

The engine continues the surroundings into a hole with their slopes (a plate under tension,
engine/src/region/poisson.h). A small network sees the filled luma and the hole round a pixel and
adds what the plate lacks: edges that go on, and less where it overshoots.
"""

import numpy as np
from PIL import Image, ImageDraw
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import spsolve

from restorator_training.data import masking

SIDE = 144  # of a view, in pixels
ROOM = 256  # of the picture that it is cut from
# Pixels to a sample of the network's input, of which the plate's stiffness is two, are four in
# pictures of 256 × 256; others come before in other windows.
STIFFNESS = (8, 8, 8, 8, 8, 4, 16, 32)
# Where a picture is larger than its detail, scratches are wide beside its edges.
ENLARGED = 0.4
SHARES = 0.02, 0.13
THIN = 0.35


def laplacian(side):
    """Of the grid of a picture, (side², side²), sparse."""
    cells = np.arange(side * side).reshape(side, side)
    pairs = [(cells[:, :-1], cells[:, 1:]), (cells[:-1], cells[1:])]
    ends = [np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1)]
    rows, columns = np.concatenate(ends), np.concatenate(ends[::-1])
    beside = coo_array((np.ones(len(rows)), (rows, columns)), shape=(side * side,) * 2).tocsr()
    return diags_array(beside.sum(1)) - beside


class Plates:
    """The plate's systems for views, by stiffness."""

    def __init__(self):
        first = laplacian(SIDE).tocsr()
        second = first @ first
        self.systems = {stiffness: (first + stiffness ** 2 * second).tocsr()
                        for stiffness in set(STIFFNESS)}

    def fill(self, luma, hole, stiffness):
        """A view (SIDE, SIDE) with its hole filled."""
        unknown = hole.ravel()
        rows = self.systems[stiffness][unknown]
        filled = np.where(unknown, 0, luma.ravel())
        filled[unknown] = spsolve(rows[:, unknown].tocsc(), -(rows @ filled))
        return filled.reshape(SIDE, SIDE)


def view(luma, rng):
    """A part (SIDE, SIDE) about the middle of a picture's luma, sometimes enlarged."""
    if rng.random() < ENLARGED:
        side = round(ROOM / rng.uniform(1, 2))
        top, left = rng.integers(0, ROOM - side + 1, 2)
        part = Image.fromarray(luma[top:top + side, left:left + side])
        luma = np.asarray(part.resize((ROOM, ROOM), Image.BICUBIC))
    top, left = rng.integers((ROOM - SIDE) * 3 // 8, (ROOM - SIDE) * 5 // 8 + 1, 2)
    return luma[top:top + SIDE, left:left + SIDE]


def hole(rng):
    """Scratches and mostly stains over some of a view, (SIDE, SIDE), bool."""
    picture = Image.new("L", (ROOM, ROOM))
    draw = ImageDraw.Draw(picture)
    share, thin = rng.uniform(*SHARES), rng.random() < THIN
    while True:
        drawn = (np.asarray(picture) > 0)[-SIDE:, -SIDE:]
        if drawn.mean() >= share:
            return drawn
        (masking.scratch if thin or rng.random() < 0.7 else masking.stain)(draw, ROOM, rng)


class Holes:
    """So many filled views of pictures, luma 0…1, and what they were.

    luma: gives a picture's (ROOM, ROOM) from a random generator. reach: of the patches, in pixels.
    """

    def __init__(self, luma, count, reach, seed):
        plates = Plates()
        self.reach = reach
        self.truth, filled, holes = (
            np.zeros((count, SIDE, SIDE), dtype=kind) for kind in (np.float16, np.float16, bool))
        for i in range(count):
            rng = np.random.default_rng((seed, i))
            self.truth[i] = view(luma(rng), rng)
            holes[i] = hole(rng)
            filled[i] = plates.fill(self.truth[i].astype(float), holes[i],
                                    int(rng.choice(STIFFNESS)))
        self.inside = [np.argwhere(one) for one in holes]
        # With `reach` pixels more all round, which the patches at the edge see.
        edge = [(0, 0), (reach, reach), (reach, reach)]
        self.filled = np.pad(filled, edge, mode="edge")
        self.holes = np.pad(holes, edge)

    def patches(self, i, cells, turn=0):
        """Of pixels (n, 2) of view i: the filled luma round them less their own, and the hole,
        (n, 2 (2 reach + 1)²), and what their own lacks, (n). turn: one of the eight."""
        window = np.arange(2 * self.reach + 1)
        rows = cells[:, 0, None, None] + window[:, None]
        columns = cells[:, 1, None, None] + window
        own = self.filled[i][tuple((cells + self.reach).T)].astype(np.float32)
        both = [self.filled[i][rows, columns].astype(np.float32) - own[:, None, None],
                self.holes[i][rows, columns].astype(np.float32)]
        for k, patch in enumerate(both):
            patch = np.rot90(patch, turn % 4, (1, 2))
            both[k] = (patch[:, :, ::-1] if turn >= 4 else patch).reshape(len(cells), -1)
        return np.concatenate(both, 1), self.truth[i][tuple(cells.T)].astype(np.float32) - own

    def batch(self, views, points, rng):
        """Patches and what is lacking, of random pixels of random views."""
        parts = []
        for i in rng.integers(0, len(self.inside), views):
            cells = self.inside[i]
            parts.append(self.patches(i, cells[rng.integers(0, len(cells), points)],
                                      rng.integers(8)))
        return [np.concatenate(part) for part in zip(*parts)]
