# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the model of a recipe; goes on where an earlier run of the same recipe stopped."""

import argparse
import math
import os
import pathlib
import re
import sys
import time

# NumPy's products are too small to share between threads; it reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch

import diffusion
import evaluate
import export
import filling
import model_file
import pictures
import recipe as recipes
from network import Network, grown
from recipe import Refused

CHECKPOINT_SECONDS = 120
REPORT_SECONDS = 60
VALIDATION_PIXELS = 1000
# Where ᾱ is under this, x̂₀ is the prediction's error many times over: see Run.sampled().
LEAST_BAR = 0.005
# A stage has at least so many iterations, however few minutes are given.
LEAST_ITERATIONS = 20
# Of a stage's training: how many iterations, and until which one the rate would fall.
LENGTHS = {"iterations", "decay"}


def device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def has_bfloat16():
    """Whether bfloat16 is quick here; emulated, it is slower than float32 by far."""
    return torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()


def learning_rate(iteration, iterations, training):
    """Linear warm-up, then a cosine down to nothing at the end, or where `decay` says, beyond it."""
    warm_up = min(training["warm_up"], iterations // 4)
    iterations = max(training.get("decay", 0), iterations)
    if iteration < warm_up:
        return training["learning_rate"] * (iteration + 1) / warm_up
    left = (iteration - warm_up) / (iterations - warm_up)
    return training["learning_rate"] * (1 + math.cos(math.pi * left)) / 2


class Run:
    """A stage's state. What an iteration draws depends on the seed and its number alone, so a
    resumed run repeats an uninterrupted one bit for bit on the same number of threads."""

    def __init__(self, stage, data, initial=None):
        """initial: the tensors to begin with, of a network of the same description, or with
        fewer channels of the input, a smaller `luma.reach`, without `luma.pixel`,
        `luma.enlarger` or `fill`."""
        self.stage, self.training, self.data = stage, stage["training"], data
        self.device = device()
        torch.manual_seed(self.training["seed"])
        self.network = Network(stage["network"]).to(self.device)
        self.average = Network(stage["network"]).to(self.device)
        self.diffusion = stage["network"]["process"]["kind"] == "diffusion"
        if self.diffusion:
            self.bars = torch.from_numpy(diffusion.alpha_bars(self.network.process))
            self.bars = self.bars.float().to(self.device)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), weight_decay=self.training.get("weight_decay", 0))
        self.iterations, self.iteration = self.training["iterations"], 0
        self.holes = None  # made when they are wanted
        if initial is None:
            self.set_statistics()
        else:
            self.network.load_state_dict(grown(initial, self.network))
        self.part, frozen = self.training.get("part", ""), tuple(self.training.get("frozen", []))
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(name.startswith(self.part) and not name.startswith(frozen))
        self.average.load_state_dict(self.network.state_dict())

    def tensors(self, *arrays):
        return [torch.from_numpy(array).to(self.device) for array in arrays]

    def set_statistics(self):
        """The normalisation's mean and variance, from a few batches that are not trained on."""
        inputs = np.concatenate([
            self.data.batch(np.random.default_rng((self.training["seed"], 0, i)))[0]
            for i in range(8)])
        norm = self.network.encoder.norm
        norm.mean.copy_(torch.from_numpy(inputs.mean((0, 1, 2))))
        norm.variance.copy_(torch.from_numpy(inputs.var((0, 1, 2))))

    def enlarger_loss(self, rng):
        """The mean squared error of the enlarged luma alone."""
        enlarger = self.network.enlarger
        grey, fine = self.tensors(*self.data.luma_batch(enlarger.factor, rng))
        return (enlarger(grey) - fine).square().mean()

    def joined_loss(self, rng):
        """The mean squared error of what becomes of hidden cells, and of the result on their ring:
        of a single pass."""
        grey, position, colours, ring, fill, weight = self.tensors(*self.data.joined_batch(rng))
        prepared, base = self.network.prepare(grey, position, self.training.get("dropout", 0.0))
        error = self.network.single_pass(prepared) + base - colours
        count = fill.shape[1]
        inner, outer = error[:, :count], error[:, count:]
        joined = weight.unsqueeze(-1) * (inner - ring @ outer)
        joined = joined + (1 - weight.unsqueeze(-1)) * (fill - colours[:, :count])
        return joined.square().mean() + self.training["joined"] * outer.square().mean()

    def fill_loss(self, rng):
        """The mean squared error of the filled luma alone."""
        if self.holes is None:
            self.holes = filling.Holes(
                self.data.luma, self.training["holes"], self.network.fill.reach,
                self.training["seed"])
        patches, lacking = self.tensors(*self.holes.batch(
            self.training["batch"], self.training["points"], rng))
        return (self.network.fill(patches) - lacking).square().mean()

    def loss(self, rng):
        if self.part == "enlarger":
            return self.enlarger_loss(rng)
        if self.part == "fill":
            return self.fill_loss(rng)
        if "joined" in self.training:
            return self.joined_loss(rng)
        grey, position, colours = self.tensors(*self.data.batch(rng))
        narrow = self.training["precision"] == "bfloat16" and has_bfloat16()
        torch.manual_seed(int(rng.integers(2 ** 31)))  # for the dropout
        with torch.autocast(self.device.type, torch.bfloat16, enabled=narrow):
            prepared, base = self.network.prepare(
                grey, position, self.training.get("dropout", 0.0))
        if not self.diffusion:
            return (self.network.single_pass(prepared) + base - colours).square().mean()
        # Every point has its own timestep and noise: the decoder works point by point.
        steps = len(self.bars)
        step, noise = self.tensors(rng.integers(0, steps, position.shape[:2]),
                                   rng.standard_normal(colours.shape, dtype=np.float32))
        bar = self.bars[step].unsqueeze(-1)
        value = bar.sqrt() * (colours - base) + (1 - bar).sqrt() * noise
        every = torch.arange(steps, dtype=torch.float64, device=self.device)
        times = self.network.time(every / (steps - 1))
        loss = (self.network.decoder(prepared, times, value, step) - noise).abs().mean()
        if "sampled" in self.training:
            some = slice(self.training["sampled"]["points"])
            loss = loss + self.training["sampled"]["weight"] * self.sampled(
                [rows[:, some] for rows in prepared], colours[:, some] - base[:, some], rng)
        return loss

    def sampled(self, prepared, wanted, rng):
        """The mean squared error of what the sampler makes of noise, with setup B.

        The first steps, whose x̂₀ is thousands of times the prediction's error, teach nothing:
        they are taken without their gradients.
        """
        steps = len(self.bars)

        def noise(_):
            return self.tensors(rng.standard_normal(wanted.shape, dtype=np.float32))[0]

        def predict(x, t):
            with torch.set_grad_enabled(bool(self.bars[t] > LEAST_BAR)):
                when = torch.tensor([t / (steps - 1)], dtype=torch.float64, device=self.device)
                return self.network.decoder(prepared, self.network.time(when), x)

        made = diffusion.sample(predict, noise(0), noise, diffusion.SETUPS["B"],
                                self.network.process)
        return (made - wanted).square().mean()

    def step(self):
        """One iteration; returns the loss."""
        rate = learning_rate(self.iteration, self.iterations, self.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss = self.loss(np.random.default_rng((self.training["seed"], self.iteration)))
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

    def validation(self, protocol):
        """The average's error, for people to read."""
        if self.part == "enlarger":
            ratio = protocol.measure_luma(self.average) / protocol.bicubic_luma
            return f"validation {ratio:.4f} of bicubic, luma alone"
        if self.part == "fill":
            return f"validation {protocol.measure_fill(self.average):.4f} of the plate"
        ratio = protocol.measure(self.average, diffusion.SETUPS["B"]) / protocol.bicubic
        return f"validation {ratio:.4f} of bicubic"

    def state(self):
        return {"iteration": self.iteration, "network": self.network.state_dict(),
                "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict()}

    def resume(self, state):
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.iteration = state["iteration"]


def without_length(stage):
    """A stage but for its length, which may change while a run is stopped."""
    return recipes.merged(stage, {"training": {key: None for key in LENGTHS}})


class Training:
    """The stages of a recipe, with the checkpoint."""

    def __init__(self, recipe, root, out, initial, report):
        """root: the folder of the recipe's folders. initial: tensors to begin with, or None."""
        self.recipe, self.stages = recipe, recipes.stages(recipe)
        self.root, self.report, self.checkpoint = root, report, out / "checkpoint.pt"
        self.index, self.seconds, self.initial, self.resumed = 0, 0.0, initial, None
        self.kept = {}  # by a stage's number, the weights that it came to
        if self.checkpoint.exists():
            self.load()

    def load(self):
        state = torch.load(self.checkpoint, weights_only=True, map_location=device())
        if ([without_length(stage) for stage in state["stages"]]
                != [without_length(stage) for stage in self.stages]):
            raise Refused(f"{self.checkpoint} was begun with another recipe: name another --out.")
        self.index, self.seconds, self.resumed = state["index"], state["seconds"], state["run"]
        self.initial, self.kept = state["initial"], state["kept"]
        self.fit(state["scale"])

    def save(self, run):
        partial = self.checkpoint.with_suffix(".partial")
        torch.save({"stages": self.stages, "index": self.index, "seconds": self.seconds,
                    "scale": self.scale, "initial": self.initial, "kept": self.kept,
                    "run": run.state()}, partial)
        os.replace(partial, self.checkpoint)

    scale = 1.0

    def fit(self, scale):
        """Makes all stages longer or shorter."""
        self.scale = scale
        for stage, whole in zip(self.stages, recipes.stages(self.recipe)):
            for key in LENGTHS & whole["training"].keys():
                stage["training"][key] = max(
                    round(whole["training"][key] * scale), LEAST_ITERATIONS)

    def fit_minutes(self, minutes):
        """Makes all stages last so long together, by the time of a few iterations."""
        if self.resumed:
            return
        trial = Run(self.stages[0], pictures.Pictures(self.root, self.stages[0]))
        trial.step()
        start, steps = time.monotonic(), 5
        for _ in range(steps):
            trial.step()
        each = (time.monotonic() - start) / steps
        whole = sum(stage["training"]["iterations"] for stage in self.stages)
        self.fit(minutes * 60 / each / whole)

    def run(self):
        """Trains to the last iteration of the last stage; returns the averaged weights."""
        protocol = evaluate.Protocol(
            pictures.validation(self.root, self.recipe),
            self.recipe["network"]["input"]["size"], VALIDATION_PIXELS)
        while True:
            stage = self.stages[self.index]
            if "studio" in stage.get("ageing", {}):
                self.report("cuts the people out of the pictures, about ten a second")
            run = Run(stage, pictures.Pictures(self.root, stage), self.initial)
            if self.resumed:
                run.resume(self.resumed)
                self.resumed = None
                self.report(f"goes on after iteration {run.iteration}")
            self.train(run, protocol)
            self.save(run)
            self.mix(run)
            self.keep(run)
            if self.index + 1 == len(self.stages):
                return run.average
            self.index, self.initial = self.index + 1, run.average.state_dict()

    def mix(self, run):
        """Takes the weights between those that a stage began with, or that the stage it names came
        to, and its own, where it says so: a little of what the one learned is kept with most of
        what the other knew."""
        share = run.training.get("mix", 1)
        if share != 1:
            other = self.kept.get(run.training.get("mix_with"), self.initial)
            mixed = run.average.state_dict()
            for key, tensor in grown(other, run.network).items():
                mixed[key].lerp_(tensor.to(run.device), 1 - share)

    def keep(self, run):
        """Keeps what a stage came to where a later one is mixed with it; the first is 1."""
        number = self.index + 1
        if any(stage["training"].get("mix_with") == number for stage in self.stages):
            self.kept[number] = {key: tensor.clone()
                                 for key, tensor in run.average.state_dict().items()}

    def train(self, run, protocol):
        last_save = last_report = time.monotonic()
        clock, smooth = time.process_time(), None
        while run.iteration < run.iterations:
            loss = run.step()
            if not math.isfinite(loss):
                raise FloatingPointError(f"the loss at iteration {run.iteration} is not finite")
            smooth = loss if smooth is None else 0.99 * smooth + 0.01 * loss
            now, last = time.monotonic(), run.iteration == run.iterations
            self.seconds, clock = self.seconds + time.process_time() - clock, time.process_time()
            if now - last_save > CHECKPOINT_SECONDS:
                self.save(run)
                last_save = now
            if run.iteration % 500 == 0 or last:
                self.tell(run, f"loss {smooth:.5f}  {run.validation(protocol)}")
                last_report, clock = now, time.process_time()
            elif now - last_report > REPORT_SECONDS:
                self.tell(run, f"loss {smooth:.5f}")
                last_report = now

    def tell(self, run, text):
        stage = f"stage {self.index + 1}/{len(self.stages)}  " if len(self.stages) > 1 else ""
        self.report(f"{stage}{run.iteration:6d}/{run.iterations}  "
                    f"{self.seconds / 60:6.1f} min  {text}")


def identifier(text):
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise argparse.ArgumentTypeError(
            f"{text} is no id: small letters, digits and single dashes between them")
    return text


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", help="one that ships, by its name, or a file")
    parser.add_argument("--pictures", type=pathlib.Path, required=True, metavar="DIR",
                        help="the folder that holds the recipe's folders of pictures, or pictures "
                             "of one's own: one in eight of these is kept for the validation")
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="DIR",
                        help="for the checkpoint, the log and the model")
    parser.add_argument("--name", type=identifier, metavar="ID",
                        help="the model's id, where it shall not be the recipe's")
    parser.add_argument("--minutes", type=float, metavar="N",
                        help="make the training as long or short as this (about)")
    parser.add_argument("--initial", type=pathlib.Path, metavar="MODEL",
                        help="begin with this model's weights, in the last stage")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if arguments.minutes is not None and not arguments.minutes > 0:
        parser.error("--minutes needs a number above 0")
    if arguments.threads < 1:
        parser.error("--threads needs a number above 0")
    return arguments


def prepared(arguments):
    """The recipe that the arguments ask for."""
    recipe = recipes.load(recipes.find(arguments.recipe))
    if arguments.name is not None:
        recipe = recipes.named(recipe, arguments.name)
    own = len(pictures.files(arguments.pictures))
    return recipes.for_own_pictures(recipe, own) if own else recipe


def initial(path, recipe):
    """The tensors of a model with the recipe's network."""
    if path is None:
        return None
    network, _ = model_file.load(path)
    stage = recipes.stages(recipe)[-1]["network"]
    described, wanted = (
        recipes.merged(description, {"name": None, "format": None, "parameters": None,
                                     "input": {"channels": None},
                                     "luma": {"reach": None, "pixel": None, "enlarger": None},
                                     "fill": None})
        for description in (network.description, stage))
    before, after = (whole.get("luma", {}) for whole in (network.description, stage))
    channels = [whole["input"]["channels"] for whole in (network.description, stage)]
    if (described != wanted or channels[0] > channels[1]
            or before.get("reach", 0) > after.get("reach", 0)
            or before.get("pixel", False) > after.get("pixel", False)
            or any(key in one and one[key] != other.get(key) for one, other, key in
                   ((before, after, "enlarger"), (network.description, stage, "fill")))):
        raise Refused(f"the network of {path} is another one than the recipe's.")
    return network.state_dict()


def main():
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    with (out / "log.txt").open("a", encoding="utf-8") as log:
        def report(line):
            print(line, flush=True)
            print(line, file=log, flush=True)

        try:
            recipe = prepared(arguments)
            tensors = initial(arguments.initial, recipe)
            if tensors is not None:
                recipe = {**recipe, "stages": recipe.get("stages", [{}])[-1:]}
            training = Training(recipe, arguments.pictures, out, tensors, report)
            if arguments.minutes is not None:
                training.fit_minutes(arguments.minutes)
            average = training.run()
            model = out / f"{recipe['network']['name']}.safetensors"
            card = export.card(recipe, average.cpu().eval(), arguments.pictures)
        except Refused as refusal:
            sys.exit(f"train: {refusal}")
        made = {"minutes": round(training.seconds / 60),
                "iterations": sum(stage["training"]["iterations"] for stage in training.stages)}
        model_file.save(model, average, {**card, **made})
        for figure in card["figures"]:
            report(export.line(figure))
        report(f"{model} is the model")


if __name__ == "__main__":
    main()
