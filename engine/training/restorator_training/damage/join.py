# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts both networks into the file that ships.

    python3 -m restorator_training.damage.join FINDER AREAS OUT [--areas-threshold T]

FINDER: find.py's, or a file that ships, whose areas are replaced. AREAS: areas.py's.
"""

import argparse
import json
import os
import pathlib

from safetensors import safe_open
from safetensors.torch import save

from restorator_training.damage import areas


def read(path):
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        return (json.loads(metadata["restorator"]), metadata["card"],
                {name: file.get_tensor(name) for name in file.keys()})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("finder", "areas", "out"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--threshold", type=float, help="FINDER's, if not the one it has")
    parser.add_argument("--areas-threshold", type=float, default=0.9991)
    arguments = parser.parse_args()
    description, card, tensors = read(arguments.finder)
    tensors = {name: one for name, one in tensors.items() if not name.startswith("areas.")}
    lost, _, others = read(arguments.areas)
    tensors |= {name.replace("finder.", "areas.", 1): one for name, one in others.items()
                if name.startswith("finder.")}
    description["finder"]["threshold"] = arguments.threshold or description["finder"]["threshold"]
    description["finder"]["areas"] = {"side": areas.SIDE, "threshold": arguments.areas_threshold,
                                      "layers": lost["finder"]["layers"]}
    description["parameters"] = sum(one.numel() for one in tensors.values())
    partial = f"{arguments.out}.partial"
    with open(partial, "wb") as file:
        file.write(save(tensors, {"restorator": json.dumps(description), "card": card}))
    os.replace(partial, arguments.out)


if __name__ == "__main__":
    main()
