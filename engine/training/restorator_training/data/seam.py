# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a network's result in a hidden region, on the grid of its input: the engine
spreads the difference along the border inward and fills from the surroundings near to it.

A training that measures the joined result teaches what is left to the network: not the tone that
the border gives, but what lies deeper.
"""

import numpy as np

from restorator_training.data import masking

MOST_HIDDEN = 400  # cells of a view, and of their ring: the systems below are dense
MOST_RING = 256
FILL_STIFFNESS = 2  # in cells, as the engine has it
EVEN_DEPTH = 2
STEPS = np.array([(0, 1), (0, -1), (1, 0), (-1, 0)])


def neighbours(of, to, size):
    """Of cells `of` (n, 2) on a grid, with one neighbour after the other: which of them have it,
    and where they and it stand among the cells `to` (m, 2)."""
    places = np.zeros((size, size), dtype=int)
    places[tuple(to.T)] = np.arange(len(to))
    for step in STEPS:
        beside = of + step
        there = np.flatnonzero(((beside >= 0) & (beside < size)).all(1))
        yield there, places[tuple(of[there].T)], places[tuple(beside[there].T)]


def laplacian(of, to, size):
    """Rows of the grid's Laplacian at cells `of` (n, 2), columns at cells `to` (m, 2), which hold
    all their neighbours in the grid."""
    rows = np.zeros((len(of), len(to)))
    for there, own, beside in neighbours(of, to, size):
        rows[there, own] += 1
        rows[there, beside] -= 1
    return rows


def applied(of, to, values, size):
    """laplacian() times values (m, k), without the product: few of its entries are not 0."""
    result = np.zeros((len(of), values.shape[1]))
    for there, own, beside in neighbours(of, to, size):
        result[there] += values[own] - values[beside]
    return result


def widened(mask):
    """A mask and its neighbours."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    return wide


def spread(hidden, ring):
    """The membrane: weights (h, r) of the ring's values in each hidden cell."""
    inner = np.argwhere(hidden)
    rows = laplacian(inner, np.concatenate([inner, ring]), len(hidden))
    return np.linalg.solve(rows[:, :len(inner)], -rows[:, len(inner):])


def plate(hidden, colours):
    """The fill (h, 3) of hidden cells, continuing the colours (size, size, 3) with their slopes:
    (L + s² L²) u = 0 of the grid's Laplacian L."""
    once = widened(hidden)
    twice = widened(once)
    inner, size = np.argwhere(hidden), len(hidden)
    middle = np.concatenate([inner, np.argwhere(once & ~hidden)])
    outer = np.concatenate([middle, np.argwhere(twice & ~once)])
    of_middle = laplacian(middle, outer, size)
    rows = of_middle[:len(inner)] + FILL_STIFFNESS ** 2 * applied(inner, middle, of_middle, size)
    known = colours[tuple(outer[len(inner):].T)]
    return np.linalg.solve(rows[:, :len(inner)], -rows[:, len(inner):] @ known)


def network_weight(hidden, ring):
    """How much of each hidden cell (h) is the network's."""
    away = np.sqrt(((np.argwhere(hidden)[:, None] - ring[None]) ** 2).sum(-1).min(1)) - 0.5
    return 1 / (1 + (EVEN_DEPTH / away) ** 1.5)


def hole(size, stage, rng):
    """What of an input is hidden: some of it, not more than the systems bear."""
    while True:
        hidden = masking.hidden(size, stage.masking, rng)
        ring = widened(hidden) & ~hidden
        if 0 < hidden.sum() <= MOST_HIDDEN and 0 < ring.sum() <= MOST_RING:
            return hidden, np.argwhere(ring)


def sample(colours, stage, rng):
    """Of a view's colours (size, size, 3), −1…1: what is hidden (size, size); points (p, 2), of
    hidden cells and then of the ring, and their colours (p, 3); of the hidden ones the ring's
    weights (h, MOST_RING), the fill (h, 3) and the network's weight (h)."""
    size, count = len(colours), stage.training.points
    hidden, ring = hole(size, stage, rng)
    inner = np.argwhere(hidden)
    chosen = rng.integers(0, len(inner), count)
    weights = np.zeros((count, MOST_RING))
    weights[:, :len(ring)] = spread(hidden, ring)[chosen]
    places = np.concatenate([inner[chosen], ring,
                             np.repeat(ring[:1], MOST_RING - len(ring), axis=0)])
    return (hidden, (places[:, ::-1] + 0.5) / size, colours[tuple(places.T)], weights,
            plate(hidden, colours)[chosen], network_weight(hidden, ring)[chosen])
