# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the outcome of `restorator sweep` into a model's card.

`sweep` gets how many setups were measured, on what, how many of them are worse than bicubic
enlargement, and the best of them. `recommended` keeps what it has, presets first, and gets the best
setup where that is none of them; `discouraged` gets every setup that is worse than bicubic. A setup
that is a preset goes by its id, others by their parameters: "noise-stddev zero, stochasticity 0.5,
step-skip 6, project false, clip false".
"""

import argparse
import csv
import json
import pathlib

from restorator_training import model_file

COLUMNS = ("noise-stddev", "stochasticity", "step-skip", "project", "clip")
PRESETS = {("normal", "1.0", "8", "true", "false"): "b",
           ("normal", "1.0", "1", "true", "false"): "a",
           ("normal", "1.0", "1", "false", "false"): "ddpm",
           ("normal", "0.0", "1", "false", "false"): "ddim",
           ("squared", "1.0", "20", "true", "false"): "best"}
SETUPS = 465


def read(path):
    """The rows of a finished sweep, best first."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if len(rows) != SETUPS:
        raise SystemExit(f"{path} has {len(rows)} rows, a finished sweep {SETUPS}.")
    return sorted(rows, key=lambda row: float(row["mse"]))


def entry(row):
    """An entry of `recommended` or `discouraged`."""
    key = tuple(row[column] for column in COLUMNS)
    name = PRESETS.get(key, ", ".join(map(" ".join, zip(COLUMNS, key))))
    return {"setup": name, "mse": round(float(row["mse"]), 6),
            "bicubic": round(float(row["bicubic"]), 6)}


def judged(card, rows, pictures, pixels):
    """The card with the outcome in it."""
    worse = [entry(row) for row in rows if float(row["ratio"]) > 1]
    best = entry(rows[0])
    named = set(PRESETS.values())
    recommended = [one for one in card.get("recommended", []) if one["setup"] in named]
    if best["setup"] not in [one["setup"] for one in recommended]:
        recommended.append(best)
    sweep = {"setups": len(rows), "pictures": pictures, "pixels": pixels, "worse": len(worse),
             "best": best}
    return {**card, "sweep": sweep, "recommended": recommended, "discouraged": worse}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path, help="the model file to write into")
    parser.add_argument("table", type=pathlib.Path, help="the CSV file of a finished sweep")
    parser.add_argument("--pictures", type=int, required=True, help="the sweep was measured on")
    parser.add_argument("--pixels", type=int, required=True, help="of each picture")
    arguments = parser.parse_args()
    network, card = model_file.load(arguments.model)
    card = judged(card, read(arguments.table), arguments.pictures, arguments.pixels)
    model_file.save(arguments.model, network, card)
    print(json.dumps({key: card[key] for key in ("sweep", "recommended", "discouraged")}, indent=2))


if __name__ == "__main__":
    main()
