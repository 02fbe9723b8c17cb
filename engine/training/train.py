# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the model of a recipe; goes on where an earlier run of the same recipe stopped."""

import argparse
import json
import math
import os
import pathlib
import sys
import time

# NumPy's products are too small to share between threads; it reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch

import diffusion
import evaluate
import export
import pictures
from network import Network

CHECKPOINT_SECONDS = 120
VALIDATION_PIXELS = 1000


def learning_rate(iteration, training):
    """Linear warm-up, then a cosine down to nothing."""
    if iteration < training["warm_up"]:
        return training["learning_rate"] * (iteration + 1) / training["warm_up"]
    left = (iteration - training["warm_up"]) / (training["iterations"] - training["warm_up"])
    return training["learning_rate"] * (1 + math.cos(math.pi * left)) / 2


def tensors(*arrays):
    return [torch.from_numpy(array) for array in arrays]


def without_length(recipe):
    """A recipe but for its number of iterations, which may change while a run is stopped."""
    return {**recipe, "training": {**recipe["training"], "iterations": None}, "card": None}


class Run:
    """A training's state. What an iteration draws depends on the seed and its number alone, so a
    resumed run repeats an uninterrupted one bit for bit on the same number of threads."""

    def __init__(self, recipe, data):
        self.recipe, self.training, self.data = recipe, recipe["training"], data
        torch.manual_seed(self.training["seed"])
        self.network = Network(recipe["network"])
        self.average = Network(recipe["network"])
        self.diffusion = recipe["network"]["process"]["kind"] == "diffusion"
        if self.diffusion:
            self.bars = torch.from_numpy(diffusion.alpha_bars(self.network.process)).float()
        self.optimiser = torch.optim.Adam(self.network.parameters())
        self.iteration, self.seconds = 0, 0.0
        self.set_statistics()
        self.average.load_state_dict(self.network.state_dict())

    def random(self, iteration):
        return np.random.default_rng((self.training["seed"], iteration))

    def set_statistics(self):
        """The normalisation's mean and variance, from a few batches that are not trained on."""
        inputs = np.concatenate([
            self.data.batch(np.random.default_rng((self.training["seed"], 0, i)))[0]
            for i in range(8)])
        norm = self.network.encoder.norm
        norm.mean.copy_(torch.from_numpy(inputs.mean((0, 1, 2))))
        norm.variance.copy_(torch.from_numpy(inputs.var((0, 1, 2))))

    def loss(self, rng):
        grey, position, colours = tensors(*self.data.batch(rng))
        narrow = self.training["precision"] == "bfloat16"
        with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
            prepared, base = self.network.prepare(grey, position)
        if not self.diffusion:
            return (self.network.single_pass(prepared) + base - colours).square().mean()
        # Every point has its own timestep and noise: the decoder works point by point.
        steps = len(self.bars)
        step, noise = tensors(rng.integers(0, steps, position.shape[:2]),
                              rng.standard_normal(colours.shape, dtype=np.float32))
        bar = self.bars[step].unsqueeze(-1)
        value = bar.sqrt() * (colours - base) + (1 - bar).sqrt() * noise
        times = self.network.time(torch.arange(steps, dtype=torch.float64) / (steps - 1))
        return (self.network.decoder(prepared, times, value, step) - noise).abs().mean()

    def step(self):
        """One iteration; returns the loss."""
        rate = learning_rate(self.iteration, self.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss = self.loss(self.random(self.iteration))
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.iteration += 1
        # Short at first, so that the average forgets the beginning.
        keep = min(self.training["average"], self.iteration / (self.iteration + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()),
                                 list(self.network.parameters()), 1 - keep)
        return loss.item()

    def save(self, path):
        partial = path.with_suffix(".partial")
        torch.save({"recipe": self.recipe, "iteration": self.iteration, "seconds": self.seconds,
                    "network": self.network.state_dict(), "average": self.average.state_dict(),
                    "optimiser": self.optimiser.state_dict()}, partial)
        os.replace(partial, path)

    def resume(self, path):
        state = torch.load(path, weights_only=True)
        if without_length(state["recipe"]) != without_length(self.recipe):
            raise pictures.Refused(f"{path} was begun with another recipe: name another --out.")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.iteration, self.seconds = state["iteration"], state["seconds"]


def train(run, out, protocol, report):
    """Runs to the recipe's last iteration."""
    checkpoint = out / "checkpoint.pt"
    last_save, clock = time.monotonic(), time.process_time()
    smooth, setup = None, diffusion.SETUPS["B"]
    iterations = run.training["iterations"]
    while run.iteration < iterations:
        loss = run.step()
        if not math.isfinite(loss):
            raise FloatingPointError(f"the loss at iteration {run.iteration} is not finite")
        smooth = loss if smooth is None else 0.99 * smooth + 0.01 * loss
        now = time.process_time()
        run.seconds, clock = run.seconds + now - clock, now
        if time.monotonic() - last_save > CHECKPOINT_SECONDS:
            run.save(checkpoint)
            last_save = time.monotonic()
        if run.iteration % 500 == 0 or run.iteration == iterations:
            ratio = protocol.measure(run.average, setup) / protocol.bicubic
            report(f"{run.iteration:6d}/{iterations}  {run.seconds / 60:6.1f} min  "
                   f"loss {smooth:.5f}  validation {ratio:.4f} of bicubic")
            clock = time.process_time()
    run.save(checkpoint)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=pathlib.Path, help="a file of the folder recipes")
    parser.add_argument("--pictures", type=pathlib.Path, required=True, metavar="DIR",
                        help="the folder that holds the recipe's folders of pictures")
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="DIR",
                        help="for the checkpoint, the log and the model")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    recipe = json.loads(arguments.recipe.read_text(encoding="utf-8"))
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    with (out / "log.txt").open("a", encoding="utf-8") as log:
        def report(line):
            print(line, flush=True)
            print(line, file=log, flush=True)

        try:
            run = Run(recipe, pictures.Pictures(arguments.pictures, recipe))
            if (out / "checkpoint.pt").exists():
                run.resume(out / "checkpoint.pt")
                report(f"goes on after iteration {run.iteration}")
            protocol = evaluate.Protocol(
                pictures.load(arguments.pictures / recipe["validation"]),
                recipe["network"]["input"]["size"], VALIDATION_PIXELS)
            train(run, out, protocol, report)
        except pictures.Refused as refusal:
            sys.exit(f"train: {refusal}")
        model = out / f"{recipe['network']['name']}.safetensors"
        card = export.export(recipe, out / "checkpoint.pt",
                             arguments.pictures / recipe["validation"], model)
        for figure in card["figures"]:
            report(f"{figure['setup']}: {figure['ratio']:.4f} of bicubic ({figure['protocol']})")


if __name__ == "__main__":
    main()
