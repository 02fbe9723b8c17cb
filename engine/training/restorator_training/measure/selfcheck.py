# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares this network and these samplers with a folder of golden cases."""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
from safetensors import safe_open

from restorator_training import diffusion, model_file


def read_case(path):
    with safe_open(path, "pt") as file:
        return (json.loads(file.metadata()["case"]),
                {name: file.get_tensor(name) for name in file.keys()})


def setup_of(golden):
    names = {"K": "skip", "steps": "sequence"}
    return diffusion.Setup(**{names.get(key, key): value for key, value in golden.items()})


def run_network(case, tensors, network):
    """Pairs (name, result) for a case that needs a network."""
    kind = case["kind"]
    picture = tensors["input"][None] if "input" in tensors else None
    position = tensors["position"][None] if picture is not None and "position" in tensors else None
    pixel = tensors["pixel"][None] if "pixel" in tensors else None
    if kind == "encoder":
        contexts, vector = network.encode(picture)
        yield from ((f"map{i}", m[0].permute(1, 2, 0)) for i, m in enumerate(contexts))
        yield "global", vector[0]
    elif kind == "condition":
        luma = network.luma(picture, position)
        beyond = network.beyond(luma, pixel)
        yield "condition", network.condition(network.encode(picture), position, luma, beyond)[0]
    elif kind == "encoding":
        yield "position_encoded", network.position(tensors["position"])
        yield "time_encoded", network.time(tensors["time"])
    elif kind == "decoder":
        prepared = network.decoder.prepare(tensors["condition"], tensors["position_encoded"])
        result = network.decoder(prepared, tensors["time_encoded"][None], tensors["value"])
        yield f"block{len(network.decoder.blocks) - 1}", result
    elif kind == "single pass":
        prepared, base = network.prepare(picture, position, pixel=pixel)
        yield "output", (network.single_pass(prepared) + base)[0]
    elif kind == "sampling":
        prepared, base = network.prepare(picture, position, pixel=pixel)
        steps = network.process.steps
        setup = setup_of(case["setup"])
        assert diffusion.sequence(setup, steps) == tensors["steps"].tolist()
        result = diffusion.sample(
            lambda x, t: network.decoder(
                prepared, network.time(torch.tensor([t / (steps - 1)], dtype=torch.float64)), x),
            tensors["start"][None], lambda i: tensors["noise"][i][None], setup, network.process)
        yield "output", (result + base)[0]


def run(case, tensors, folder):
    """Pairs (name, result) of one case."""
    if case["kind"] == "schedule":
        for name in tensors:
            schedule, steps, what = name.split(".")
            beta = diffusion.betas(schedule, int(steps))
            yield name, torch.from_numpy(beta if what == "beta" else np.cumprod(1 - beta))
    elif case["kind"] == "steps":
        for i, golden in enumerate(case["setups"]):
            yield f"{i}.steps", torch.tensor(diffusion.sequence(setup_of(golden), 100))
    else:
        network, _ = model_file.load(folder / case["model"])
        yield from run_network(case, tensors, network)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    done = failed = 0
    torch.set_grad_enabled(False)
    for path in sorted(folder.glob("*.case.safetensors")):
        case, tensors = read_case(path)
        if case["kind"] == "regions":
            continue
        allowed = case.get("relative", case.get("tolerance", 0))
        largest = 0.0
        for name, result in run(case, tensors, folder):
            error = (result.double() - tensors[name].double()).abs()
            if "relative" in case:
                error /= tensors[name].abs()
            largest = max(largest, error.max().item())
        done, failed = done + 1, failed + (not largest <= allowed)
        print(f"{path.name}: {largest:.2g}, allowed {allowed:g}")
    print(f"{done} cases, {failed} failed")
    return 0 if done and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
