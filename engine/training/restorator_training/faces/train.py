# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the face finder.

    python3 -m restorator_training.faces.train PHOTOS LABELS OUT [--minutes N]

LABELS is the folder that faces/labels.py wrote. Goes on from OUT.checkpoint where it is there.
"""

import numpy as np
import torch
import torch.nn.functional as F

from restorator_training.chains import run
from restorator_training.faces import network, views

BATCH = 24
SETS = {"groups": ("groups/train", "places/train", "early-colour/train"),
        "people": ("people/train", "portraits/train"),
        "empty": ("places/train", "scenes/train", "clothes/train", "groups/train")}


def load(photos, labels):
    return views.Views(**{
        kind: [one for folder in folders for one in views.load(
            photos / folder, labels / f"{folder.replace('/', '-')}.json")]
        for kind, folders in SETS.items()})


def losses(said, label, box):
    """said (n, 5, h, w); label (n, h, w); box (n, 4, h, w)."""
    score = said[:, 0]
    share = torch.sigmoid(score)
    right = torch.where(label > 0, share, 1 - share)
    each = F.binary_cross_entropy_with_logits(score, label.clamp(min=0), reduction="none")
    found = (label > 0).sum().clamp(min=1)
    # Focal (Lin et al. 2017): what is sure already counts little.
    focal = (each * (1 - right) ** 2 * (label >= 0)).sum() / found
    off = (F.smooth_l1_loss(said[:, 1:], box, reduction="none", beta=0.1)
           * (label > 0)[:, None]).sum() / found
    return focal, off


def batch(data, rng):
    grey, label, box = [], [], []
    for _ in range(BATCH):
        view, faces, unknown = data.view(rng)
        one = views.targets(faces, unknown)
        grey.append(2 * view - 1)
        label.append(one[0])
        box.append(one[1].transpose(2, 0, 1))
    return [torch.from_numpy(np.stack(each)) for each in (grey, label, box)]


def main():
    arguments = run.arguments(__doc__, ("photos", "labels"))
    data = load(arguments.photos, arguments.labels)

    def step(finder, rng, _share):
        grey, label, box = batch(data, rng)
        return sum(losses(finder(grey[:, None]), label, box))

    def save(finder):
        network.save(arguments.out, finder, 0.5, {"title": "Faces"})

    run.train(network.Finder, step, save, arguments)


if __name__ == "__main__":
    main()
