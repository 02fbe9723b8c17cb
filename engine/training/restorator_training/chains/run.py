# SPDX-License-Identifier: GPL-3.0-or-later
"""A training run of a chain: its rate falls to nothing by the end, an average of its weights is
kept, a stop costs minutes."""

import argparse
import math
import pathlib
import time

import numpy as np
import torch

RATE = 2e-3
EVERY = 120  # seconds from checkpoint to checkpoint


def arguments(description, folders=("photos",)):
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    for name in (*folders, "out"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=60, help="of the processor's time")
    return parser.parse_args()


def follow(average, chain, keep):
    for ours, theirs in zip(average.state_dict().values(), chain.state_dict().values()):
        if ours.dtype.is_floating_point:
            ours.lerp_(theirs, 1 - keep)


def train(make, step, save, arguments, rate=RATE):
    """make() → the network; step(network, rng, share of the run that is over) → a batch's loss;
    save(network) writes the file, at each checkpoint, so that there is always one to be tried."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    chain, average, rng = make(), make(), np.random.default_rng(1)
    average.load_state_dict(chain.state_dict())
    optimiser = torch.optim.AdamW(chain.parameters(), rate, weight_decay=0.01)
    checkpoint = pathlib.Path(f"{arguments.out}.checkpoint")
    iteration, spent = 0, 0.0
    if checkpoint.exists():
        there = torch.load(checkpoint, weights_only=False)
        chain.load_state_dict(there["chain"])
        average.load_state_dict(there["average"])
        optimiser.load_state_dict(there["optimiser"])
        iteration, spent = there["iteration"], there["spent"]
        rng = np.random.default_rng(iteration)
    began, last, smooth = time.process_time() - 60 * spent, time.time(), None

    def keep():
        torch.save({"chain": chain.state_dict(), "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(), "iteration": iteration, "spent": spent},
                   checkpoint)
        save(average.eval())

    while (spent := (time.process_time() - began) / 60) < arguments.minutes:
        share = spent / arguments.minutes
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (iteration + 1) / 100) * (1 + math.cos(math.pi * share)) / 2
        loss = step(chain, rng, share)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(chain.parameters(), 5)
        optimiser.step()
        iteration += 1
        with torch.no_grad():
            follow(average, chain, min(0.998, iteration / (iteration + 10)))
        smooth = loss.item() if smooth is None else 0.99 * smooth + 0.01 * loss.item()
        if time.time() - last > EVERY:
            last = time.time()
            keep()
            print(f"{spent:.1f} min  {iteration}  {smooth:.4f}", flush=True)
    keep()
