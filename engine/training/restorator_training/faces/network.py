# SPDX-License-Identifier: GPL-3.0-or-later
"""The face finder."""

import torch

from restorator_training.chains import chain

# Three halve; five look at what is round a face, farther and farther, and nearer again.
LAYERS = ((3, 2, 16), (3, 2, 24), (3, 2, 48), (3, 1, 48), (3, 1, 48, 2), (3, 1, 48, 3),
          (3, 1, 48, 2), (3, 1, 48), (1, 1, 5))


class Finder(chain.Chain):
    """Grey (n, 1, h, w), −1…1 → (n, 5, h/8, w/8): the face's logit, then what views.targets() has
    as `box`."""

    def __init__(self, layers=LAYERS):
        super().__init__(layers)
        with torch.no_grad():
            self.conv[-1].bias[0] = -4  # most cells are no faces'


def save(path, finder, threshold, card):
    chain.save(path, finder, "faces", {"finds": "faces", "threshold": threshold}, card)
