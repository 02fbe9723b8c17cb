# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain of convolutions, as finders are. For training each but the last is normalised
by its batch; the file has these statistics in the kernels."""

import json
import os

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save as to_bytes
from torch import nn

from restorator_training.network import Conv


class Chain(nn.Module):
    """layers: of each convolution, kernel, stride, channels and, where it is not 1, dilation.
    inputs: channels that go in."""

    def __init__(self, layers, inputs=1):
        super().__init__()
        self.layers = layers
        before = [inputs, *[layer[2] for layer in layers]]
        self.conv = nn.ModuleList([
            Conv(kernel, one, channels, stride, *dilation)
            for (kernel, stride, channels, *dilation), one in zip(layers, before)])
        self.norm = nn.ModuleList([nn.BatchNorm2d(layer[2]) for layer in layers[:-1]])

    def forward(self, picture):
        """(n, inputs, h, w) → (n, channels, h / cell, w / cell)."""
        for layer, norm in zip(self.conv, self.norm):
            picture = F.relu(norm(layer(picture)))
        return self.conv[-1](picture)

    def tensors(self, name):
        """The file's: the normalisation in the kernels and biases."""
        result = {}
        for j, layer in enumerate(self.conv):
            kernel, bias = layer.kernel.detach(), layer.bias.detach()
            if j < len(self.norm):
                norm = self.norm[j]
                factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                kernel, bias = kernel * factor, (bias - norm.running_mean) * factor + norm.bias
            result[f"{name}.conv{j}.kernel"] = kernel.detach().float().contiguous()
            result[f"{name}.conv{j}.bias"] = bias.detach().float().contiguous()
        return result


def pixels(cells, cell=4):
    """What a chain says of each cell's pixels, (n, cell², h, w), pixel by pixel: (n, h · cell,
    w · cell)."""
    return F.pixel_shuffle(cells, cell)[:, 0]


def save(path, chain, name, settings, card):
    """Writes the model file (docs/model-file.md); what was there before stays until it is whole.
    settings: what its description has beside the layers."""
    tensors = chain.tensors("finder")
    description = {
        "format": 1, "name": name, "parameters": sum(t.numel() for t in tensors.values()),
        "finder": {**settings, "layers": [
            dict(zip(("kernel", "stride", "channels", "dilation"), layer))
            for layer in chain.layers]}}
    metadata = {"restorator": json.dumps(description), "card": json.dumps(card)}
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        file.write(to_bytes(tensors, metadata))
    os.replace(partial, path)


def load(path):
    """The chain of a finder's file, (n, inputs, h, w) → (n, channels, h / cell, w / cell), to be
    used and not trained: the normalisation is in its kernels."""
    with safe_open(path, "pt") as file:
        layers = json.loads(file.metadata()["restorator"])["finder"]["layers"]
        result = Chain([(one["kernel"], one["stride"], one["channels"], one.get("dilation", 1))
                        for one in layers])
        for j, layer in enumerate(result.conv):
            layer.kernel.data = file.get_tensor(f"finder.conv{j}.kernel")
            layer.bias.data = file.get_tensor(f"finder.conv{j}.bias")
    result.norm = nn.ModuleList([nn.Identity() for _ in result.norm])
    return result.eval()
