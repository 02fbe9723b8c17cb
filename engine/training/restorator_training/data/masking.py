# SPDX-License-Identifier: GPL-3.0-or-later
"""Hides parts of the network's input: what is hidden is 0, the middle grey of −1…1."""

import numpy as np
from PIL import Image, ImageDraw

# Free forms are drawn so many times finer than the input and hide a cell by half of its area or
# more, as the engine's shrinking does.
FINER = 4


def cells(size, grid, share, rng):
    """That share of the cells of a grid over an input, (size, size), bool."""
    chosen = np.zeros(grid * grid, dtype=bool)
    chosen[rng.permutation(grid * grid)[:round(share * grid * grid)]] = True
    cell = np.arange(size) * grid // size
    return chosen.reshape(grid, grid)[cell][:, cell]


def scratch(draw, side, rng):
    """A long line that wavers, now and then broken."""
    x, y, angle = *rng.uniform(0, side, 2), rng.uniform(0, 2 * np.pi)
    width = side * rng.uniform(0.008, 0.05)
    for _ in range(rng.integers(3, 24)):
        angle += rng.normal(0, 0.25)
        length = side * rng.uniform(0.02, 0.08)
        to = x + length * np.cos(angle), y + length * np.sin(angle)
        if rng.random() < 0.9:
            draw.line([(x, y), to], fill=1, width=max(round(width), 1))
        x, y = to
        width *= rng.uniform(0.85, 1.18)


def outline(centre, radius, rng):
    """The corners of an irregular shape."""
    turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(7, 16)))
    reach = radius * rng.uniform(0.5, 1.3, len(turns))
    return [(centre[0] + r * np.cos(t), centre[1] + r * np.sin(t))
            for r, t in zip(reach, turns)]


def stain(draw, side, rng):
    draw.polygon(outline(rng.uniform(0, side, 2), side * rng.uniform(0.03, 0.2), rng), fill=1)


def lost_corner(draw, side, rng):
    x, y = rng.integers(0, 2, 2) * side
    draw.polygon([(x, y), (abs(x - side * rng.uniform(0.1, 0.5)), y),
                  (abs(x - side * rng.uniform(0.02, 0.3)), abs(y - side * rng.uniform(0.02, 0.3))),
                  (x, abs(y - side * rng.uniform(0.1, 0.5)))], fill=1)


def free_forms(size, rng):
    """Scratches, stains and holes, missing corners: (size, size), bool."""
    side = size * FINER
    picture = Image.new("L", (side, side))
    draw = ImageDraw.Draw(picture)
    for form, most, probability in ((scratch, 8, 0.8), (stain, 4, 0.6), (lost_corner, 2, 0.2)):
        if rng.random() < probability:
            for _ in range(rng.integers(1, most + 1)):
                form(draw, side, rng)
    drawn = np.asarray(picture, dtype=np.float32)
    return drawn.reshape(size, FINER, size, FINER).mean((1, 3)) >= 0.5


def hidden(size, masking, rng):
    """A random part of an input to hide, (size, size), bool.

    masking: a recipe's: `grid` (one, or several to draw from) and `share`, the most of its cells;
    `free`, the probability of free forms in place of the grid; `clear`, that nothing is hidden.
    """
    if rng.random() < masking.clear:
        return np.zeros((size, size), dtype=bool)
    if rng.random() < masking.free:
        return free_forms(size, rng)
    grid = int(rng.choice(np.atleast_1d(masking.grid)))
    return cells(size, grid, rng.uniform(0, masking.share), rng)


def draw_into(position, hidden, share, rng):
    """Moves that share of points (n, 2) into hidden cells, in place."""
    count = round(share * len(position))
    rows, columns = np.nonzero(hidden)
    chosen = rng.integers(0, len(rows), count)
    corners = np.stack([columns[chosen], rows[chosen]], -1)
    position[:count] = (corners + rng.random((count, 2))) / len(hidden)
