# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes: how a model is made.

A recipe is a JSON file: `network` (the model file's description), `pictures` (folders and their
weights), `validation` (a folder), `augmentation`, perhaps `masking` or `ageing`, `training`,
`card`. Where it has `stages`, a list of changes to all that, the network is trained in each of
them in turn, beginning with the averaged weights of the one before.
"""

import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent / "recipes"
KEYS = {"network", "pictures", "validation", "augmentation", "masking", "ageing", "training",
        "stages", "card"}
NEEDED = {"network", "pictures", "validation", "augmentation", "training"}


class Refused(Exception):
    """A recipe or pictures that cannot be trained with; the message says why."""


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


def load(path):
    """Reads a recipe."""
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} is no recipe: {error}.") from error
    if not isinstance(recipe, dict) or not NEEDED <= recipe.keys() <= KEYS:
        given = recipe.keys() if isinstance(recipe, dict) else set()
        wrong = [f"lacks {key}" for key in sorted(NEEDED - given)]
        wrong += [f"has an unknown {key}" for key in sorted(given - KEYS)]
        raise Refused(f"{path} is no recipe: it {', '.join(wrong) or 'is not an object'}.")
    return recipe


def merged(whole, change):
    """`whole` with the keys of `change`, objects merged key by key."""
    if not isinstance(whole, dict) or not isinstance(change, dict):
        return change
    return {key: merged(whole[key], change[key]) if key in whole and key in change
            else change.get(key, whole.get(key)) for key in {**whole, **change}}


def stages(recipe):
    """The recipe of each stage, in full."""
    whole = {key: value for key, value in recipe.items() if key not in ("stages", "card")}
    return [merged(whole, change) for change in recipe.get("stages", [{}])]


def for_own_pictures(recipe, count):
    """The recipe for a folder that holds nothing but somebody's own pictures."""
    own = {"pictures": [{"folder": ".", "weight": 1, "part": "training"}], "validation": "."}
    changes = [{key: value for key, value in change.items() if key != "pictures"}
               for change in recipe.get("stages", [{}])]
    card = {"title": recipe["network"]["name"], "summary": "Trained on pictures of one's own.",
            "data": [f"{count} pictures of one's own"]}
    return {**recipe, **own, "stages": changes, "card": card}


def named(recipe, name):
    """The recipe of a model with another id."""
    return {**recipe, "network": {**recipe["network"], "name": name},
            "card": {**recipe.get("card", {}), "title": name}}
