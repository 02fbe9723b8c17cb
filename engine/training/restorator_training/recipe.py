# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes: how a model is made.

A recipe is a JSON file with what a `Stage` has and a `card`. Where it has `stages`, a list of
changes to all that, the network is trained in each of them in turn, beginning with the averaged
weights of the one before.
"""

import json
import pathlib
from dataclasses import dataclass, field, replace
from typing import Literal

from restorator_training.description import Description
from restorator_training.schema import Refused, as_dict, changed, merged, read

FOLDER = pathlib.Path(__file__).resolve().parent / "recipes"

Range = tuple[float, float]


@dataclass(frozen=True)
class Folder:
    """Pictures to learn from."""
    folder: str
    weight: float | None = None  # of each picture; or
    share: float | None = None   # of the folder, however many it has
    part: Literal["training", "validation"] | None = None  # of a folder that serves both
    only: str | tuple[str, ...] | None = None     # those whose names begin so
    without: str | tuple[str, ...] | None = None  # all but those
    crop: Range | None = None    # another one than `photographs` has
    chroma: float = 1            # of the truth; of photographs alone
    balance: float = 0           # how much of a cast is taken away first (data/balance.py)
    whitened: bool = False       # white hair and beards, where any come (data/white_hair.py)


@dataclass(frozen=True)
class Augmentation:
    """Random views of square pictures."""
    crop: Range               # the side of a view, in that of the picture
    mirror: bool
    gamma: Range
    turn: float | None = None  # degrees, at most
    stretch: float = 1
    chroma: float = 1         # of the truth


@dataclass(frozen=True)
class Masking:
    """What is hidden of the input (data/masking.py)."""
    grid: int | tuple[int, ...] = 0
    share: float = 0
    free: float = 0
    clear: float = 0
    inside: float = 0


@dataclass(frozen=True)
class Studio:
    """Backdrops of old (data/backdrop.py)."""
    changed: float
    oval: float
    kept: float
    clothes: float


@dataclass(frozen=True)
class Ageing:
    """How square pictures grow old, at the size of the network's input (data/ageing.py)."""
    sensitivity: Range
    exponent: Range
    black: Range
    white: Range
    blur: float
    vignette: float
    gradient: float
    grain: float
    engraved: float = 0
    cool: float = 1
    studio: Studio | None = None


@dataclass(frozen=True)
class Print:
    """How a picture grows old at its own size (data/photographs.py). Shares are of the views."""
    sensitivity: Range
    exponent: Range
    black: Range
    white: Range
    blown: float              # share with blown lights or blocked shadows
    blur: tuple[float, ...]   # standard deviations in pixels, one of which is drawn; 0: none
    vignette: float
    gradient: Range           # across and down
    grain: float
    clumps: tuple[float, ...]  # how wide the grains are, as `blur`
    jpeg: float
    halftone: float
    late: float = 1.5         # above 1, emulsions blind to red are rarer than those that see it
    flat: float = 0           # share whose tones lie in a narrow, light band


@dataclass(frozen=True)
class Photographs:
    """Random views of pictures of all sizes and forms (data/photographs.py), in place of
    `augmentation` and `ageing`. Shares are of the views."""
    shorter: int              # the shorter side of a picture in pixels, at most
    whole: float              # of long pictures: all of it, its edges repeated
    beyond: float             # of others: wider than the picture
    crop: Range               # the side of a view, in the picture's shorter side
    tilted: float             # turned
    tilt: float               # by so many degrees at most
    gamma: Range
    aged: float
    engraved: float           # like an engraving
    small: float              # no finer than a small picture
    unknown: float            # the pixel's own luma is not known
    pairs: tuple[float, ...]  # how far from each other near points lie, in the view's side
    print: Print
    drawn: float = 0          # how much of its chroma the truth of an engraving has


@dataclass(frozen=True)
class Sampled:
    """The loss of what the sampler makes of noise."""
    points: int
    weight: float


@dataclass(frozen=True)
class Losses:
    """Weights of the losses of photographs (losses.py)."""
    chroma: float = 0
    luma: float = 0
    lab: float = 0
    pairs: float = 0


@dataclass(frozen=True)
class Training:
    iterations: int
    batch: int
    points: int
    learning_rate: float
    warm_up: int
    average: float
    precision: Literal["float32", "bfloat16"]
    seed: int
    decay: int = 0             # until which iteration the rate would fall
    mean_from: int | None = None  # from which one on the average is the weights' plain mean
    weight_decay: float = 0
    betas: Range = (0.9, 0.999)
    clip: float | None = None  # the gradient's largest norm
    dropout: float = 0
    part: Literal["", "enlarger", "fill"] = ""
    frozen: tuple[str, ...] = ()
    sampled: Sampled | None = None
    losses: Losses | None = None
    holes: int = 0
    joined: float | None = None
    mix: float = 1
    mix_with: int | None = None


@dataclass(frozen=True)
class Stage:
    network: Description
    pictures: tuple[Folder, ...]
    validation: str | tuple[str, ...]
    training: Training
    augmentation: Augmentation | None = None
    masking: Masking | None = None
    ageing: Ageing | None = None
    photographs: Photographs | None = None

    def changed(self, change):
        """The stage with the keys of a change, as a recipe has them."""
        return changed(self, change)

    @property
    def folders(self):
        """Those of the validation."""
        return (self.validation,) if isinstance(self.validation, str) else self.validation


@dataclass(frozen=True)
class Recipe:
    stages: tuple[Stage, ...]
    card: dict = field(default_factory=dict)

    @property
    def name(self):
        return self.stages[-1].network.name


def find(name):
    """The path of a recipe: a file, or the name of one that ships."""
    path = pathlib.Path(name)
    shipped = FOLDER / f"{name}.json"
    if path.is_file():
        return path
    if shipped.is_file():
        return shipped
    names = ", ".join(sorted(file.stem for file in FOLDER.glob("*.json")))
    raise Refused(f"there is no recipe {name}; those that ship are {names}.")


def check(stage):
    """Refuses what the types of a stage's fields do not say."""
    if (stage.photographs is None) == (stage.augmentation is None):
        raise Refused("it needs either augmentation or photographs")
    if (stage.photographs is None) != (stage.training.losses is None):
        raise Refused("losses are those of photographs, which need them")
    if stage.photographs is not None and (stage.masking or stage.ageing):
        raise Refused("photographs take the place of masking and ageing")
    given = {(folder.weight is None, folder.share is None) for folder in stage.pictures}
    if given not in ({(True, False)}, {(False, True)}):
        raise Refused("its pictures need either a weight or a share, all of them the same")


def whole(recipe):
    """A recipe as a file has it, read."""
    if not isinstance(recipe, dict):
        raise Refused("it is not an object")
    changes, card = recipe.get("stages", [{}]), recipe.get("card", {})
    base = {key: value for key, value in recipe.items() if key not in ("stages", "card")}
    if not isinstance(card, dict) or not isinstance(changes, list) or not changes:
        raise Refused("its card is an object, its stages are a list")
    stages = tuple(read(Stage, merged(base, change)) for change in changes)
    for stage in stages:
        check(stage)
    return Recipe(stages, card)


def load(path):
    """Reads a recipe."""
    try:
        return whole(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} is no recipe: {error}.") from error
    except Refused as refused:
        raise Refused(f"{path} is no recipe: {refused}.") from refused


def for_own_pictures(recipe, count):
    """The recipe for a folder that holds nothing but somebody's own pictures."""
    own = (Folder(".", weight=1, part="training"),)
    card = {"title": recipe.name, "summary": "Trained on pictures of one's own.",
            "data": [f"{count} pictures of one's own"]}
    stages = tuple(replace(stage, pictures=own, validation=".") for stage in recipe.stages)
    return Recipe(stages, card)


def named(recipe, name):
    """The recipe of a model with another id."""
    stages = tuple(stage.changed({"network": {"name": name}}) for stage in recipe.stages)
    return Recipe(stages, {**recipe.card, "title": name})


def last_alone(recipe):
    """The recipe's last stage, for a network that knows something."""
    return replace(recipe, stages=recipe.stages[-1:])


__all__ = ["Refused", "as_dict", "find", "for_own_pictures", "last_alone", "load", "merged",
           "named", "whole"]
