# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the face finder.

    python3 -m restorator_training.faces.train PHOTOS LABELS OUT [--minutes N]

LABELS is the folder that faces/labels.py wrote. Goes on from OUT.checkpoint where it is there.
"""

import torch
import torch.nn.functional as F

from restorator_training.chains import run
from restorator_training.faces import network, pool, views

BATCH = 32
NEW = 6       # views an iteration
FIRST = 400   # before the first
RATE = 3e-3
SETS = {"groups": ("groups/train", "places/train", "early-colour/train"),
        "people": ("people/train", "portraits/train"),
        "empty": ("places/train", "scenes/train", "clothes/train", "groups/train")}


def load(photos, labels):
    return views.Views(**{
        kind: [one for folder in folders for one in views.load(
            photos / folder, labels / f"{folder.replace('/', '-')}.json")]
        for kind, folders in SETS.items()})


def losses(said, label, box):
    """said (n, 5, h, w); label (n, h, w); box (n, 4, h, w). The two parts, and of the first what
    each view adds (n)."""
    score = said[:, 0]
    share = torch.sigmoid(score)
    right = torch.where(label > 0, share, 1 - share)
    each = F.binary_cross_entropy_with_logits(score, label.clamp(min=0), reduction="none")
    found = (label > 0).sum().clamp(min=1)
    # Focal (Lin et al. 2017): what is sure already counts little.
    focal = each * (1 - right) ** 2 * (label >= 0)
    off = (F.smooth_l1_loss(said[:, 1:], box, reduction="none", beta=0.1)
           * (label > 0)[:, None]).sum() / found
    return focal.sum() / found, off, focal.detach().sum((1, 2))


def main():
    arguments = run.arguments(__doc__, ("photos", "labels"))
    waiting = pool.Pool(load(arguments.photos, arguments.labels))

    def step(finder, rng, _share):
        for _ in range(NEW if waiting.grey else FIRST):
            waiting.add(rng)
        chosen, (grey, label, box) = waiting.batch(BATCH, rng)
        with torch.autocast("cpu", torch.bfloat16):
            said = finder(torch.from_numpy(grey)[:, None])
        focal, off, each = losses(said.float(), torch.from_numpy(label),
                                  torch.from_numpy(box).permute(0, 3, 1, 2))
        waiting.mistaken[chosen] = each.numpy()
        return focal + off

    def save(finder):
        network.save(arguments.out, finder, 0.5, {"title": "Faces"})

    run.train(network.Finder, step, save, arguments, RATE)


if __name__ == "__main__":
    main()
