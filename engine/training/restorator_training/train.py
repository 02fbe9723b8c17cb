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

import cv2
import torch

from restorator_training import export, model_file
from restorator_training import recipe as recipes
from restorator_training.data import dataset
from restorator_training.measure import evaluate, kinds
from restorator_training.network import grown
from restorator_training.recipe import Refused
from restorator_training.run import Run, device
from restorator_training.schema import as_dict, changed, merged

CHECKPOINT_SECONDS = 120
REPORT_SECONDS = 60
# A stage has at least so many iterations, however few minutes are given.
LEAST_ITERATIONS = 20
# Of a stage's training: how many iterations, and until which one the rate would fall.
LENGTHS = {"iterations", "decay"}


def without_length(stage):
    """A stage as a recipe has it, but for its length, which may change while a run is stopped."""
    return merged(stage, {"training": dict.fromkeys(LENGTHS)})


class Training:
    """The stages of a recipe, with the checkpoint."""

    def __init__(self, recipe, root, out, initial, report):
        """root: the folder of the recipe's folders. initial: tensors to begin with, or None."""
        self.recipe, self.stages = recipe, recipe.stages
        self.root, self.report, self.checkpoint = root, report, out / "checkpoint.pt"
        self.index, self.seconds, self.initial, self.resumed = 0, 0.0, initial, None
        self.scale = 1.0
        self.kept = {}  # by a stage's number, the weights that it came to
        if self.checkpoint.exists():
            self.load()

    def load(self):
        state = torch.load(self.checkpoint, weights_only=True, map_location=device())
        if ([without_length(stage) for stage in state["stages"]]
                != [without_length(as_dict(stage)) for stage in self.stages]):
            raise Refused(f"{self.checkpoint} was begun with another recipe: name another --out.")
        self.index, self.seconds, self.resumed = state["index"], state["seconds"], state["run"]
        self.initial, self.kept = state["initial"], state["kept"]
        self.fit(state["scale"])

    def save(self, run):
        partial = self.checkpoint.with_suffix(".partial")
        torch.save({"stages": [as_dict(stage) for stage in self.stages], "index": self.index,
                    "seconds": self.seconds, "scale": self.scale, "initial": self.initial,
                    "kept": self.kept, "run": run.state()}, partial)
        os.replace(partial, self.checkpoint)

    def fit(self, scale):
        """Makes all stages longer or shorter."""
        def scaled(count):
            return max(round(count * scale), LEAST_ITERATIONS) if count else count

        self.scale = scale
        self.stages = tuple(
            stage.changed({"training": {key: scaled(getattr(stage.training, key))
                                        for key in LENGTHS}})
            for stage in self.recipe.stages)

    def fit_minutes(self, minutes):
        """Makes all stages last so long together, by the time of a few iterations."""
        if self.resumed:
            return
        trial = Run(self.stages[0], dataset.drawn(self.root, self.stages[0]))
        trial.step()
        start, steps = time.monotonic(), 5
        for _ in range(steps):
            trial.step()
        each = (time.monotonic() - start) / steps
        whole = sum(stage.training.iterations for stage in self.stages)
        self.fit(minutes * 60 / each / whole)

    def run(self):
        """Trains to the last iteration of the last stage; returns the averaged weights."""
        while True:
            stage = self.stages[self.index]
            if stage.ageing and stage.ageing.studio:
                self.report("cuts the people out of the pictures, about ten a second")
            if any(folder.whitened for folder in stage.pictures):
                self.report("makes the hair of people white, about twelve pictures a second")
            validation = (kinds if stage.photographs else evaluate).Validation(self.root, stage)
            run = Run(stage, dataset.drawn(self.root, stage), self.initial)
            if self.resumed:
                run.resume(self.resumed)
                self.resumed = None
                self.report(f"goes on after iteration {run.iteration}")
            self.train(run, validation)
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
        share = run.training.mix
        if share != 1:
            other = self.kept.get(run.training.mix_with, self.initial)
            mixed = run.average.state_dict()
            for key, tensor in grown(other, run.network).items():
                mixed[key].lerp_(tensor.to(run.device), 1 - share)

    def keep(self, run):
        """Keeps what a stage came to where a later one is mixed with it; the first is 1."""
        number = self.index + 1
        if any(stage.training.mix_with == number for stage in self.stages):
            self.kept[number] = {key: tensor.clone()
                                 for key, tensor in run.average.state_dict().items()}

    def train(self, run, validation):
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
                self.tell(run, f"loss {smooth:.5f}  validation {validation.line(run.average)}")
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
    own = len(dataset.files(arguments.pictures))
    return recipes.for_own_pictures(recipe, own) if own else recipe


def plain(description):
    """A description without what a network may have more of than one that it begins with."""
    return changed(description, {
        "name": "", "format": None, "parameters": None, "input": {"channels": 1},
        "luma": {"reach": 0, "pixel": False, "enlarger": None, "guided": None}, "fill": None})


def may_begin(before, after):
    """Whether a network of the one description may begin with the tensors of the other."""
    return (plain(before) == plain(after) and before.input.channels <= after.input.channels
            and before.luma.reach <= after.luma.reach and before.luma.pixel <= after.luma.pixel
            and before.luma.enlarger in (None, after.luma.enlarger)
            and before.fill in (None, after.fill))


def initial(path, recipe):
    """The tensors of a model with the recipe's network."""
    if path is None:
        return None
    network, _ = model_file.load(path)
    if not may_begin(network.description, recipe.stages[-1].network):
        raise Refused(f"the network of {path} is another one than the recipe's.")
    return network.state_dict()


def main():
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
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
                recipe = recipes.last_alone(recipe)
            training = Training(recipe, arguments.pictures, out, tensors, report)
            if arguments.minutes is not None:
                training.fit_minutes(arguments.minutes)
            average = training.run()
            model = out / f"{recipe.name}.safetensors"
            card = export.card(recipe, average.cpu().eval(), arguments.pictures)
        except Refused as refusal:
            sys.exit(f"train: {refusal}")
        made = {"minutes": round(training.seconds / 60),
                "iterations": sum(stage.training.iterations for stage in training.stages)}
        model_file.save(model, average, {**card, **made})
        for figure in card["figures"]:
            report(export.line(figure))
        report(f"{model} is the model")


if __name__ == "__main__":
    main()
