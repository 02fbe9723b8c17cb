# SPDX-License-Identifier: GPL-3.0-or-later
"""The face finder: a chain of convolutions. For training each but the last is normalised by its
batch; the file has these statistics in the kernels."""

import json
import os

import torch
import torch.nn.functional as F
from safetensors.torch import save as to_bytes
from torch import nn

from restorator_training.network import Conv

LAYERS = ((3, 2, 16), (3, 2, 24), (3, 2, 48), (3, 1, 48), (3, 1, 48), (3, 1, 48), (1, 1, 5))


class Finder(nn.Module):
    """layers: of each convolution, kernel, stride, channels."""

    def __init__(self, layers=LAYERS):
        super().__init__()
        self.layers = layers
        inputs = [1, *[channels for *_, channels in layers]]
        self.conv = nn.ModuleList([Conv(kernel, before, channels, stride)
                                   for (kernel, stride, channels), before in zip(layers, inputs)])
        self.norm = nn.ModuleList([nn.BatchNorm2d(channels) for *_, channels in layers[:-1]])
        with torch.no_grad():
            self.conv[-1].bias[0] = -4  # most cells are no faces'

    def forward(self, grey):
        """grey (n, 1, h, w), −1…1 → (n, 5, h/8, w/8): the face's logit, then what
        views.targets() has as `box`."""
        for layer, norm in zip(self.conv, self.norm):
            grey = F.relu(norm(layer(grey)))
        return self.conv[-1](grey)

    def tensors(self):
        """The file's: the normalisation in the kernels and biases."""
        result = {}
        for j, layer in enumerate(self.conv):
            kernel, bias = layer.kernel.detach(), layer.bias.detach()
            if j < len(self.norm):
                norm = self.norm[j]
                factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                kernel, bias = kernel * factor, (bias - norm.running_mean) * factor + norm.bias
            result[f"finder.conv{j}.kernel"] = kernel.detach().float().contiguous()
            result[f"finder.conv{j}.bias"] = bias.detach().float().contiguous()
        return result


def save(path, finder, threshold, card):
    """Writes the model file (docs/model-file.md); what was there before stays until it is whole."""
    tensors = finder.tensors()
    description = {
        "format": 1, "name": "faces", "parameters": sum(t.numel() for t in tensors.values()),
        "finder": {"finds": "faces", "threshold": threshold,
                   "layers": [{"kernel": kernel, "stride": stride, "channels": channels}
                              for kernel, stride, channels in finder.layers]}}
    metadata = {"restorator": json.dumps(description), "card": json.dumps(card)}
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        file.write(to_bytes(tensors, metadata))
    os.replace(partial, path)
