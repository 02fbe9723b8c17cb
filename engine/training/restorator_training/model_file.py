# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes model files."""

import json
import os

import torch
from safetensors import safe_open
from safetensors.torch import save as to_bytes

from restorator_training.description import Description
from restorator_training.network import Network
from restorator_training.schema import as_dict, read


def count(network):
    """Parameters of a network, the stored statistics of its normalisation included."""
    return sum(tensor.numel() for tensor in network.state_dict().values())


def load(path):
    """Returns the network and the card (a dictionary) of a file."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    network = Network(read(Description, json.loads(metadata["restorator"])))
    network.load_state_dict(tensors)
    return network.eval(), json.loads(metadata.get("card", "{}"))


def save(path, network, card):
    """Writes a file; one that was there before stays whole until the new one is complete."""
    tensors = {name: tensor.detach().float().contiguous()
               for name, tensor in network.state_dict().items()}
    if not all(torch.isfinite(tensor).all() for tensor in tensors.values()):
        raise ValueError("the network holds values that are not finite: it is not written")
    description = dict(as_dict(network.description), format=1, parameters=count(network))
    metadata = {"restorator": json.dumps(description, ensure_ascii=False),
                "card": json.dumps(card, ensure_ascii=False)}
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        file.write(to_bytes(tensors, metadata))
    os.replace(partial, path)
