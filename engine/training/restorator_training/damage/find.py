# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the damage finder.

    python3 -m restorator_training.damage.find PHOTOS OUT [--minutes N]

Goes on from OUT.checkpoint where it is there.
"""

import numpy as np
import torch
import torch.nn.functional as F

from restorator_training.chains import chain, run
from restorator_training.damage import network, views

SIDE, BATCH = 224, 6  # the network looks 80 pixels far
DAMAGED = 1.5  # a damaged pixel counts so many times
EASY = 0.12    # of the run: by then views are as hard as they get
CARD = {"title": "Damage"}


def loss(logits, label):
    """Cross entropy, and the share of damage not agreed upon (Dice)."""
    known = (label >= 0).float()
    damaged = (label > 0).float()
    each = F.binary_cross_entropy_with_logits(logits, damaged, reduction="none")
    entropy = (each * known * (1 + (DAMAGED - 1) * damaged)).mean()
    sure = torch.sigmoid(logits) * known
    dice = 1 - 2 * (sure * damaged).sum() / (sure.sum() + damaged.sum() + 100)
    return entropy + 0.2 * dice


def main():
    arguments = run.arguments(__doc__)
    data = views.Views(arguments.photos)

    def step(finder, rng, share):
        seen = [data.view(SIDE, rng, min(1, share / EASY)) for _ in range(BATCH)]
        luma = torch.from_numpy(np.stack([2 * grey - 1 for grey, _ in seen]))
        return loss(finder(luma[:, None]), torch.from_numpy(np.stack([one for _, one in seen])))

    def save(finder):
        chain.save(arguments.out, finder, "damage",
                   {"finds": "damage", "threshold": 0.5}, CARD)

    run.train(network.Finder, step, save, arguments)


if __name__ == "__main__":
    main()
