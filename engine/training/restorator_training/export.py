# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a model file with its recipe's card and freshly measured figures."""

import argparse
import json
import pathlib

import torch

from restorator_training import diffusion, model_file
from restorator_training import recipe as recipes
from restorator_training.data import dataset
from restorator_training.measure import compare_old, evaluate, historic, kinds
from restorator_training.network import Network

# Setups of 100 steps, and CIEDE2000, are measured on so many pixels of each picture.
PIXELS = 2000
# A setup is recommended up to this many times the smallest error.
RECOMMENDED = 1.05
SHARES = (0.25, 0.5, 0.75)


def setups(network):
    """Name of the preset → setup, best first as a rule."""
    if network.process.kind == "single pass":
        return {"single-pass": None}
    return {name.lower(): diffusion.SETUPS[name] for name in ("B", "A", "DDPM", "DDIM")}


def errors(setup, mse, bicubic):
    """A figure's setup and mean squared errors."""
    return {"setup": setup, "mse": round(mse, 6), "bicubic": round(bicubic, 6),
            "ratio": round(mse / bicubic, 4)}


def reference_figure(network, loaded, folder, setup, pixels=None, hidden=None):
    """hidden: the cells of a side of the grid, and the share of them that the network misses."""
    size = network.description.input.size
    protocol = evaluate.Protocol(loaded, size, pixels, hidden)
    figure = {"set": folder, "protocol": "reference", "pictures": len(loaded), "input": size,
              "output": evaluate.TRUTH}
    if hidden is not None:
        figure |= {"grid": hidden[0], "hidden": hidden[1]}
    if pixels is not None:
        figure["pixels"] = pixels
    name, values = setup
    return figure | errors(name, protocol.measure(network, values), protocol.bicubic)


def aged_figure(network, loaded, folder, setup):
    """As reference_figure(), on the pictures made old; `bicubic` is the old ones' error."""
    size = network.description.input.size
    protocol = compare_old.Protocol(loaded, size)
    name, values = setup
    return {"set": folder, "protocol": "aged", "pictures": len(loaded), "input": size,
            "output": evaluate.TRUTH} | errors(name, protocol.measure(network, values),
                                               protocol.bicubic)


def colour_figure(network, loaded, folder, setup):
    protocol = evaluate.ColourProtocol(loaded, network.description.input.size, PIXELS)
    name, values = setup
    difference, grey, chroma = protocol.measure(network, values)
    return {"set": folder, "protocol": "user", "pictures": len(loaded), "output": loaded.shape[1],
            "pixels": PIXELS, "setup": name, "ciede2000": round(difference, 2),
            "grey": round(grey, 2), "ratio": round(difference / grey, 3),
            "chroma": round(chroma, 2)}


def kind_figure(network, root, folder):
    """Of a single pass, on a folder of photographs at their own sizes."""
    kind = kinds.Kind(root / folder, network.description.input.size, dataset.part_of(folder))
    difference, grey, chroma = kind.measure(network)
    return {"set": folder, "protocol": "own size", "pictures": len(kind.views),
            "pixels": kinds.PIXELS, "setup": "single-pass", "ciede2000": round(difference, 2),
            "grey": round(grey, 2), "ratio": round(difference / grey, 3),
            "chroma": round(chroma, 2)}


def historic_figure(network, folder, setup):
    name, values = setup
    protocol = historic.Protocol(folder, network.description.input.size)
    good, faces = protocol.measure(network, values)
    return {"set": folder.name, "protocol": "historic", "pictures": len(protocol.names),
            "window": historic.FACE_WIDTHS, "setup": name, "skin_like": good, "faces": faces}


def figures(recipe, network, root, twin=None):
    """Measures a network on the recipe's validation folder, and on the other folders of pictures
    beside it, where they are there.

    twin: another network, trained without hidden cells, to stand beside where cells are hidden.
    """
    last = recipe.stages[-1]
    if last.photographs:
        return [kind_figure(network, root, folder) for folder in last.folders]
    validation = last.validation
    loaded = dataset.validation(root, validation)
    every = list(setups(network).items())
    measured = [reference_figure(network, loaded, validation, setup,
                                 PIXELS if setup[1] is not None and setup[1].skip == 1 else None)
                for setup in every]
    if last.masking:
        # Of several grids the first one is the model's own.
        grid = last.masking.grid
        grid = grid[0] if isinstance(grid, tuple) else grid
        for one in (network, twin) if twin else (network,):
            for share in SHARES:
                setup = next(iter(setups(one).items()))
                figure = reference_figure(one, loaded, validation, setup,
                                          None if setup[1] is None else PIXELS, (grid, share))
                if one is twin:
                    figure["model"] = one.description.name
                measured.append(figure)
    if last.ageing:
        measured.append(aged_figure(network, loaded, validation, every[0]))
    measured.append(colour_figure(network, loaded, validation, every[0]))
    if (root / "scenes/val").is_dir():
        scenes = dataset.load(root / "scenes/val")
        measured.append(reference_figure(network, scenes, "scenes/val", every[0]))
    if (root / "historic/faces.json").is_file():
        measured.append(historic_figure(network, root / "historic", every[0]))
    return measured


def line(figure):
    """A figure for people to read."""
    return ", ".join(f"{key} {value}" for key, value in figure.items())


def judged(recipe, measured):
    """The setups to recommend, and those that are worse than bicubic enlargement."""
    def short(figure):
        return {key: figure[key] for key in ("setup", "mse", "bicubic")}

    plain = [figure for figure in measured if figure["set"] == recipe.stages[-1].validation
             and figure["protocol"] == "reference" and "hidden" not in figure]
    if not plain:
        return {}
    best = min(figure["ratio"] for figure in plain)
    return {"recommended": [short(f) for f in plain
                            if f["ratio"] <= RECOMMENDED * best and f["ratio"] < 1],
            "discouraged": [short(f) for f in plain if f["ratio"] > 1]}


def card(recipe, network, root, twin=None):
    """The recipe's card with figures; `root` holds the recipe's folders of pictures."""
    measured = figures(recipe, network, root, twin)
    return {**recipe.card, "figures": measured, **judged(recipe, measured)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", help="one that ships, by its name, or a file")
    parser.add_argument("weights", type=pathlib.Path, help="the model file to read")
    parser.add_argument("model", type=pathlib.Path, help="the file to write")
    parser.add_argument("--pictures", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--twin", type=pathlib.Path, metavar="MODEL", help="a model trained "
                        "without hidden cells, whose figures stand beside those with them")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = recipes.load(recipes.find(arguments.recipe))
    network = Network(recipe.stages[-1].network)
    other, old = model_file.load(arguments.weights)
    network.load_state_dict(other.state_dict())
    made = {key: old[key] for key in ("minutes", "iterations") if key in old}
    twin = model_file.load(arguments.twin)[0] if arguments.twin else None
    whole = {**card(recipe, network.eval(), arguments.pictures, twin), **made}
    model_file.save(arguments.model, network, whole)
    print(json.dumps(whole, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
