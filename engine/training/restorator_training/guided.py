# SPDX-License-Identifier: GPL-3.0-or-later
"""Chroma that follows the picture's luma: a guided filter (He, Sun and Tang 2010) on the network's
answers at the samples of its input, as the engine has it (engine/src/diffusion/guided.c)."""

import torch
import torch.nn.functional as F

from restorator_training.colour import LUMA


def mean(plane, radius):
    """Of planes (n, c, h, w), over the samples at most `radius` away that there are."""
    return F.avg_pool2d(plane, 2 * radius + 1, 1, radius, count_include_pad=False)


def lines(guide, colours, described):
    """guide: luma (n, s, s), 0…1. colours: (n, s, s, 3), 0…1. → slopes of red and of blue less
    luma, then offsets, (n, 4, s, s)."""
    guide, colours = guide.double()[:, None], colours.double()
    luma = colours @ torch.from_numpy(LUMA).to(colours)
    chroma = torch.stack([colours[..., 0] - luma, colours[..., 2] - luma], 1)
    middle, radius = mean(guide, described.radius), described.radius
    variance = (mean(guide * guide, radius) - middle * middle).clamp(min=0)
    offset = mean(chroma, radius)
    slope = (mean(guide * chroma, radius) - middle * offset) / (variance + described.epsilon)
    return mean(torch.cat([slope, offset - slope * middle], 1), radius).float()


def coloured(found, position, pixel):
    """Colours (n, p, 3), 0…1, of points (n, p, 2) whose luma is `pixel` (n, p), 0…1."""
    pixel = pixel.clamp(0, 1)
    red, blue, red_offset, blue_offset = F.grid_sample(
        found, (2 * position - 1).unsqueeze(1), align_corners=False,
        padding_mode="border").squeeze(2).unbind(1)
    red, blue = (pixel + slope * pixel + offset
                 for slope, offset in ((red, red_offset), (blue, blue_offset)))
    return torch.stack([red, (pixel - LUMA[0] * red - LUMA[2] * blue) / LUMA[1], blue], -1)


def restore(network, grey, position, pixel):
    """Colours (n, p, 3), 0…1 unless out of range, by a network that says `luma.guided`, of inputs
    (n, size, size, 1) at points (n, p, 2) with the luma of the picture's pixel (n, p), −1…1."""
    size = grey.shape[1]
    centres = (torch.arange(size, device=grey.device) + 0.5) / size
    samples = torch.stack(torch.meshgrid(centres, centres, indexing="xy"), -1).flatten(0, 1)
    samples = samples.expand(len(grey), -1, -1)
    seen = network.luma(grey, samples)[..., len(network.luma_offsets) // 2]
    prepared, base = network.prepare(grey, samples, pixel=seen)
    colours = (network.single_pass(prepared) + base + 1) / 2
    found = lines((seen.unflatten(1, (size, size)) + 1) / 2, colours.unflatten(1, (size, size)),
                  network.description.luma.guided)
    return coloured(found, position, (pixel + 1) / 2)
