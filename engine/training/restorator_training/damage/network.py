# SPDX-License-Identifier: GPL-3.0-or-later
"""The damage finder, and the mender.

The mender works on a pyramid: each level halves the one before; from the coarsest up, a level's
hole takes what the coarser one says, and the network adds what it thinks is missing.
"""

import torch
import torch.nn.functional as F

from restorator_training.chains import chain

FINDS = ((5, 2, 16), (3, 2, 40), *(((3, 1, 40),) * 6), (1, 1, 16))
MENDS = ((5, 2, 24), (3, 2, 64), *(((3, 1, 64),) * 5), (1, 1, 16))


class Finder(chain.Chain):
    """Luma (n, 1, h, w), −1…1 → the logits of being damaged (n, h, w)."""

    def __init__(self):
        super().__init__(FINDS)
        with torch.no_grad():
            self.conv[-1].bias[:] = -3  # most pixels are not

    def forward(self, luma):
        return chain.pixels(super().forward(luma))


class Mender(chain.Chain):
    """Luma (n, h, w), −1…1, whose hole is filled, and the hole (n, h, w), 0 or 1 → the luma mended
    there."""

    def __init__(self):
        super().__init__(MENDS, 2)
        with torch.no_grad():
            self.conv[-1].kernel.mul_(0.1)

    def forward(self, luma, hole):
        return luma + hole * chain.pixels(super().forward(torch.stack([luma, hole], 1)))


def halved(luma, hole):
    """The means of the known pixels of 2 × 2, and a hole where none is known."""
    known = F.avg_pool2d((1 - hole)[:, None], 2)[:, 0]
    mean = F.avg_pool2d((luma * (1 - hole))[:, None], 2)[:, 0]
    return mean / known.clamp(min=0.25), (known == 0).float()


def mended(mender, luma, hole, levels):
    """All levels' (luma, mended where the hole is), the finest first. mender: None for what the
    coarser level says alone."""
    pyramid = [(luma * (1 - hole), hole)]
    while len(pyramid) < levels:
        pyramid.append(halved(*pyramid[-1]))
    results = []
    for luma, hole in reversed(pyramid):
        if results:
            below = F.interpolate(results[0][:, None], scale_factor=2, mode="bilinear",
                                  align_corners=False)[:, 0]
        else:
            below = ((luma * (1 - hole)).sum((1, 2), keepdim=True)
                     / (1 - hole).sum((1, 2), keepdim=True).clamp(min=1))
        luma = torch.where(hole > 0, below, luma)
        results.insert(0, mender(luma, hole) if mender else luma)
    return results
