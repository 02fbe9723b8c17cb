# SPDX-License-Identifier: GPL-3.0-or-later
"""One stage of a training: its networks, its optimiser and an iteration."""

import math

import numpy as np
import torch

from restorator_training import losses
from restorator_training.network import Network, grown


def device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def learning_rate(iteration, iterations, training):
    """Linear warm-up, then a cosine down to nothing at the end, or at `decay`, beyond it."""
    warm_up = min(training.warm_up, iterations // 4)
    iterations = max(training.decay, iterations)
    if iteration < warm_up:
        return training.learning_rate * (iteration + 1) / warm_up
    left = (iteration - warm_up) / (iterations - warm_up)
    return training.learning_rate * (1 + math.cos(math.pi * left)) / 2


class Run:
    """A stage's state. What an iteration draws depends on the seed and its number alone, so a
    resumed run repeats an uninterrupted one bit for bit on the same number of threads."""

    def __init__(self, stage, data, initial=None):
        """initial: the tensors to begin with, of a network of the same description, or with
        fewer channels of the input, a smaller `luma.reach`, without `luma.pixel`,
        `luma.enlarger` or `fill`."""
        self.stage, self.training, self.data = stage, stage.training, data
        self.device = device()
        torch.manual_seed(self.training.seed)
        self.network = Network(stage.network).to(self.device)
        self.average = Network(stage.network).to(self.device)
        self.loss = losses.loss(stage, self.network, data)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), betas=self.training.betas,
            weight_decay=self.training.weight_decay)
        self.iterations, self.iteration = self.training.iterations, 0
        if initial is None:
            self.set_statistics()
        else:
            self.network.load_state_dict(grown(initial, self.network))
        part, frozen = self.training.part, self.training.frozen
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(name.startswith(part) and not name.startswith(frozen))
        self.average.load_state_dict(self.network.state_dict())

    def set_statistics(self):
        """The normalisation's mean and variance, from a few batches that are not trained on."""
        inputs = np.concatenate([
            self.data.batch(np.random.default_rng((self.training.seed, 0, i)))[0]
            for i in range(8)])
        norm = self.network.encoder.norm
        norm.mean.copy_(torch.from_numpy(inputs.mean((0, 1, 2))))
        norm.variance.copy_(torch.from_numpy(inputs.var((0, 1, 2))))

    def step(self):
        """One iteration; returns the loss."""
        rate = learning_rate(self.iteration, self.iterations, self.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss = self.loss(np.random.default_rng((self.training.seed, self.iteration)))
        self.optimiser.zero_grad()
        loss.backward()
        if self.training.clip is not None:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.training.clip)
        self.optimiser.step()
        self.iteration += 1
        keep = self.kept()
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()),
                                 list(self.network.parameters()), 1 - keep)
        return loss.item()

    def kept(self):
        """How much of the average stays. Short at first, so that it forgets the beginning; in the
        end perhaps a plain mean (stochastic weight averaging, Izmailov et al. 2018)."""
        begin = self.training.mean_from
        if begin is not None and self.iteration > begin:
            return 1 - 1 / (self.iteration - begin)
        return min(self.training.average, self.iteration / (self.iteration + 10))

    def state(self):
        return {"iteration": self.iteration, "network": self.network.state_dict(),
                "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict()}

    def resume(self, state):
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.iteration = state["iteration"]
