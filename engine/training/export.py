# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the model file of a training's checkpoint, with its card and freshly measured figures."""

import argparse
import json
import pathlib

import torch

import diffusion
import evaluate
import model_file
import pictures
from network import Network

# Setups of 100 steps are measured on so many pixels of each picture; the others on all.
PIXELS = 2000
# A setup is recommended up to this many times the smallest error.
RECOMMENDED = 1.05


def figures(network, folder):
    """Measures a network on a folder by the reference's protocol, setup by setup.

    A setup goes by the name of its preset.
    """
    loaded = pictures.load(folder)
    size = network.description["input"]["size"]
    if network.process["kind"] == "single pass":
        setups = {"single-pass": None}
    else:
        setups = {name.lower(): diffusion.SETUPS[name] for name in ("B", "A", "DDPM", "DDIM")}
    measured = []
    for name, setup in setups.items():
        pixels = PIXELS if setup is not None and setup.skip == 1 else None
        protocol = evaluate.Protocol(loaded, size, pixels)
        text = f"{len(loaded)} pictures, {size}×{size} grey → {evaluate.TRUTH}×{evaluate.TRUTH} RGB"
        if pixels is not None:
            text += f", {pixels} random pixels of each"
        mse = protocol.measure(network, setup)
        measured.append({"set": "/".join(folder.parts[-2:]), "protocol": text, "setup": name,
                         "mse": round(mse, 6), "bicubic": round(protocol.bicubic, 6),
                         "ratio": round(mse / protocol.bicubic, 4)})
    return measured


def judged(measured):
    """The setups to recommend, and those that are worse than bicubic enlargement."""
    def short(figure):
        return {key: figure[key] for key in ("setup", "mse", "bicubic")}

    best = min(figure["ratio"] for figure in measured)
    return {"recommended": [short(f) for f in measured
                            if f["ratio"] <= RECOMMENDED * best and f["ratio"] < 1],
            "discouraged": [short(f) for f in measured if f["ratio"] > 1]}


def export(recipe, checkpoint, folder, path):
    """Writes `path`; returns the card."""
    state = torch.load(checkpoint, weights_only=True)
    network = Network(recipe["network"])
    network.load_state_dict(state["average"])
    measured = figures(network.eval(), folder)
    card = {**recipe.get("card", {}), "minutes": round(state["seconds"] / 60),
            "iterations": state["iteration"], "figures": measured, **judged(measured)}
    model_file.save(path, network, card)
    return card


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=pathlib.Path)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path, help="the file to write")
    parser.add_argument("--pictures", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = json.loads(arguments.recipe.read_text(encoding="utf-8"))
    card = export(recipe, arguments.checkpoint, arguments.pictures / recipe["validation"],
                  arguments.model)
    print(json.dumps(card, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
