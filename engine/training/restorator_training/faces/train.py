# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the face finder.

    python3 -m restorator_training.faces.train PHOTOS LABELS OUT [--minutes N]

LABELS is the folder that faces/labels.py wrote. Goes on from OUT.checkpoint where it is there.
"""

import argparse
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F

from restorator_training.faces import network, views

BATCH = 24
RATE = 2e-3
EVERY = 120  # seconds from checkpoint to checkpoint
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
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("labels", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=40)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    data = load(arguments.photos, arguments.labels)
    print({kind: len(getattr(data, kind)) for kind in SETS}, flush=True)
    finder, rng = network.Finder(), np.random.default_rng(1)
    average = network.Finder()
    average.load_state_dict(finder.state_dict())
    optimiser = torch.optim.AdamW(finder.parameters(), RATE, weight_decay=0.01)
    checkpoint = pathlib.Path(f"{arguments.out}.checkpoint")
    iteration, spent = 0, 0.0
    if checkpoint.exists():
        there = torch.load(checkpoint, weights_only=False)
        finder.load_state_dict(there["finder"])
        average.load_state_dict(there["average"])
        optimiser.load_state_dict(there["optimiser"])
        iteration, spent = there["iteration"], there["spent"]
        rng = np.random.default_rng(iteration)
    began, last, smooth = time.process_time() - 60 * spent, time.time(), None
    while (spent := (time.process_time() - began) / 60) < arguments.minutes:
        share = spent / arguments.minutes
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (iteration + 1) / 100) * (1 + math.cos(math.pi * share)) / 2
        grey, label, box = batch(data, rng)
        focal, off = losses(finder(grey[:, None]), label, box)
        optimiser.zero_grad()
        (focal + off).backward()
        torch.nn.utils.clip_grad_norm_(finder.parameters(), 5)
        optimiser.step()
        iteration += 1
        with torch.no_grad():
            keep = min(0.998, iteration / (iteration + 10))
            for ours, theirs in zip(average.state_dict().values(), finder.state_dict().values()):
                if ours.dtype.is_floating_point:
                    ours.lerp_(theirs, 1 - keep)
        now = np.array([focal.item(), off.item()])
        smooth = now if smooth is None else 0.99 * smooth + 0.01 * now
        if time.time() - last > EVERY:
            last = time.time()
            torch.save({"finder": finder.state_dict(), "average": average.state_dict(),
                        "optimiser": optimiser.state_dict(), "iteration": iteration,
                        "spent": spent}, checkpoint)
            print(f"{spent:.1f} min  {iteration}  found {smooth[0]:.4f}  box {smooth[1]:.4f}",
                  flush=True)
    network.save(arguments.out, average.eval(), 0.5, {"title": "Faces"})
    torch.save({"finder": finder.state_dict(), "average": average.state_dict(),
                "optimiser": optimiser.state_dict(), "iteration": iteration,
                "spent": spent}, checkpoint)


if __name__ == "__main__":
    main()
