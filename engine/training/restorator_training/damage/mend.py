# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the mender.

    python3 -m restorator_training.damage.mend PHOTOS OUT [--minutes N]

Goes on from OUT.checkpoint where it is there.
"""

import numpy as np
import torch
import torch.nn.functional as F

from restorator_training.chains import chain, run
from restorator_training.damage import marks, network, views

SIDE, BATCH, LEVELS = 128, 10, 5
CARD = {"title": "Mending"}


def hole(film, rng):
    """A mask (SIDE, SIDE), 0 or 1, grown as one that was found is."""
    cover = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(int(rng.choice([1, 2, 4, 6]))):
        kind = rng.choice(5, p=[0.4, 0.25, 0.05, 0.15, 0.15])
        cover = np.maximum(cover, (film, marks.scratches, marks.hairs, marks.creases,
                                   marks.spots)[kind](SIDE, rng))
    there = marks.grown(cover > 0.15, int(rng.choice([0, 1, 1, 2, 3])))
    return (there & (there.mean() < 0.6)).astype(np.float32)


def main():
    arguments = run.arguments(__doc__)
    data = views.Views(arguments.photos)

    def step(mender, rng, _share):
        truth = torch.from_numpy(np.stack(
            [2 * data.clean(SIDE, rng, drawn=0.04) - 1 for _ in range(BATCH)]))
        gone = torch.from_numpy(np.stack([hole(data.film, rng) for _ in range(BATCH)]))
        results = network.mended(mender, truth, gone, LEVELS)
        total = 0
        for result in results:
            # A coarser level is there for the finer one: it counts as much as its holes are wide.
            off = F.smooth_l1_loss(result, truth, reduction="none", beta=0.1)
            total = total + (off * gone).sum() / (gone.sum() + 1)
            truth, gone = network.halved(truth, torch.zeros_like(truth))[0], \
                network.halved(truth, gone)[1]
            if not gone.any():
                break
        return total

    def save(mender):
        chain.save(arguments.out, mender, "mend", "mender", {}, CARD)

    run.train(network.Mender, step, save, arguments)


if __name__ == "__main__":
    main()
