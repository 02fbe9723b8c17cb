# SPDX-License-Identifier: GPL-3.0-or-later
"""The damage finder."""

import torch

from restorator_training.chains import chain

# Its samples lie ever farther apart: what is round a scratch, 80 pixels far, tells it from grass.
LAYERS = ((5, 2, 16), (3, 2, 40), *((3, 1, 40, near) for near in (1, 2, 4, 8, 2, 1)), (1, 1, 16))


# These see 100 samples far, half of the picture.
AREAS = ((5, 2, 16), (3, 2, 48), *((3, 1, 48, near) for near in (1, 2, 4, 8, 4, 2, 1)), (1, 1, 16))


class Finder(chain.Chain):
    """Luma (n, 1, h, w), −1…1 → the logits of being damaged (n, h, w)."""

    def __init__(self, layers=LAYERS):
        super().__init__(layers)
        with torch.no_grad():
            self.conv[-1].bias[:] = -3  # most pixels are not

    def forward(self, luma):
        return chain.pixels(super().forward(luma))


class Areas(Finder):
    """The same of a shrunk picture's lost areas."""

    def __init__(self):
        super().__init__(AREAS)
