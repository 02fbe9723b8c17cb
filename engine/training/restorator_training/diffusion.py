# SPDX-License-Identifier: GPL-3.0-or-later
"""Schedules, step sequences and samplers of a diffusion network, in double where it matters."""

import dataclasses
import math

import numpy as np
import torch


def betas(schedule, steps):
    """The schedule's β, (steps,), float64."""
    a, b = 0.0001, 0.02
    if schedule == "cosine":
        u = np.arange(steps + 1) / steps
        g = np.cos((u + 0.008) / 1.008 * np.pi / 2) ** 2
        return np.clip(1 - g[1:] / g[:-1], 0.0001, 0.9999)
    if schedule == "linear":
        return np.linspace(a, b, steps)
    if schedule == "quadratic":
        return np.linspace(math.sqrt(a), math.sqrt(b), steps) ** 2
    if schedule == "sigmoid":
        return a + (b - a) / (1 + np.exp(-np.linspace(-6, 6, steps)))
    raise ValueError(f"unknown schedule {schedule!r}")


def alpha_bars(process):
    """ᾱ of the steps of a model's process, (steps,), float64."""
    return np.cumprod(1 - betas(process.schedule, process.steps))


@dataclasses.dataclass(frozen=True)
class Setup:
    """A sampler's parameters; `start` 0 stands for all steps of the schedule."""
    sampler: str = "ddim"
    eta: float = 1.0
    skip: int = 1
    sequence: str = "uniform"
    start: int = 0
    end: int = 0
    noise: str = "normal"
    project: bool = False
    clip: bool = False


SETUPS = {
    "DDPM": Setup(sampler="ddpm"),
    "DDIM": Setup(eta=0.0),
    "A": Setup(project=True),
    "B": Setup(project=True, skip=8),
}


def sequence(setup, steps):
    """The timesteps taken, first to last."""
    start, end = setup.start or steps, setup.end
    if start == end + 1:
        return [end]
    if setup.sampler == "ddpm":
        between = range(end + 1, start - 1)
    elif setup.sequence == "uniform":
        between = range(end + 1, start - 1, setup.skip)
    else:
        doublings = math.ceil(math.log2(start - end + 1))
        between = (end - 1 + 2 ** i for i in range(doublings))
    inner = sorted({t for t in between if end < t < start - 1}, reverse=True)
    return [start - 1, *inner, end]


def sample(predict, first, noise, setup, process):
    """Runs the sampler and returns the last value, shaped like `first`.

    predict: (value, timestep) → ε̂.
    first: the first value, (…, 3).
    noise: a function of the step's index that returns standard normal noise, shaped like `first`.
    """
    bars = alpha_bars(process)
    taken = sequence(setup, process.steps)
    x = first.clamp(-1, 1) if setup.clip else first
    for i, t in enumerate(taken):
        s = taken[i + 1] if i + 1 < len(taken) else t - 1
        bar_t, bar_s = bars[t], bars[s] if s >= 0 else 1.0
        eta = 1.0 if setup.sampler == "ddpm" else setup.eta
        variance = eta ** 2 * (1 - bar_s) / (1 - bar_t) * (1 - bar_t / bar_s)
        scale = {"normal": math.sqrt(variance), "squared": variance, "zero": 0.0}[setup.noise]
        eps = predict(x, t)
        z = scale * noise(i)
        # x̂₀ and the direction are combined before they meet float32: 1/√ᾱ reaches thousands.
        direction = math.sqrt(max(1 - bar_s - variance, 0.0))
        ratio = math.sqrt(bar_s / bar_t)
        p = ratio * x + (direction - ratio * math.sqrt(1 - bar_t)) * eps
        if setup.project and setup.sampler == "ddim":
            root = 1 / math.sqrt(bar_t)
            clean = root * x - root * math.sqrt(1 - bar_t) * eps
            offset = (ratio - root) * x + (direction + (root - ratio) * math.sqrt(1 - bar_t)) * eps
            moved = offset + z
            norm = moved.norm(dim=-1, keepdim=True)
            length = offset.norm(dim=-1, keepdim=True)
            x = clean + torch.where(norm > 0, moved * (length / norm.clamp(min=1e-30)), moved)
        else:
            x = p + z
        if setup.clip:
            x = x.clamp(-1, 1)
    return x
