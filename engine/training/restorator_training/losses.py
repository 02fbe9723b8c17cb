# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training makes smaller: of a batch's random generator, each object gives the loss of one
batch, a tensor with its gradient."""

import functools

import torch

from restorator_training import colour, diffusion
from restorator_training.data import filling

# Where ᾱ is under this, x̂₀ is the prediction's error many times over: see NoiseError.sampled().
LEAST_BAR = 0.005


def has_bfloat16():
    """Whether bfloat16 is quick here; emulated, it is slower than float32 by far."""
    return torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()


class Loss:
    """Of a stage's batches from `data` and a network in training."""

    def __init__(self, stage, network, data):
        self.training, self.network, self.data = stage.training, network, data
        self.device = next(network.parameters()).device

    def tensors(self, *arrays):
        return [torch.from_numpy(array).to(self.device) for array in arrays]

    def prepare(self, grey, position, rng, pixel=None):
        """What network.prepare() gives of a batch, in the recipe's precision."""
        narrow = self.training.precision == "bfloat16" and has_bfloat16()
        torch.manual_seed(int(rng.integers(2 ** 31)))  # for the dropout
        with torch.autocast(self.device.type, torch.bfloat16, enabled=narrow):
            return self.network.prepare(grey, position, self.training.dropout, pixel)


class EnlargerError(Loss):
    """The mean squared error of the enlarged luma alone."""

    def __call__(self, rng):
        enlarger = self.network.enlarger
        grey, fine = self.tensors(*self.data.luma_batch(enlarger.factor, rng))
        return (enlarger(grey) - fine).square().mean()


class FillError(Loss):
    """The mean squared error of the filled luma alone."""

    @functools.cached_property
    def holes(self):
        return filling.Holes(self.data.luma, self.training.holes, self.network.fill.reach,
                             self.training.seed)

    def __call__(self, rng):
        patches, lacking = self.tensors(*self.holes.batch(
            self.training.batch, self.training.points, rng))
        return (self.network.fill(patches) - lacking).square().mean()


class JoinedError(Loss):
    """The mean squared error of what becomes of hidden cells, and of the result on their ring: of a
    single pass."""

    def __call__(self, rng):
        grey, position, colours, ring, fill, weight = self.tensors(*self.data.joined_batch(rng))
        prepared, base = self.network.prepare(grey, position, self.training.dropout)
        error = self.network.single_pass(prepared) + base - colours
        count = fill.shape[1]
        inner, outer = error[:, :count], error[:, count:]
        joined = weight.unsqueeze(-1) * (inner - ring @ outer)
        joined = joined + (1 - weight.unsqueeze(-1)) * (fill - colours[:, :count])
        return joined.square().mean() + self.training.joined * outer.square().mean()


class ColourError(Loss):
    """The mean squared error of the colours of a single pass."""

    def __call__(self, rng):
        grey, position, colours = self.tensors(*self.data.batch(rng))
        prepared, base = self.prepare(grey, position, rng)
        return (self.network.single_pass(prepared) + base - colours).square().mean()


class NoiseError(Loss):
    """The mean absolute error of the predicted noise; every point has its own timestep and noise,
    since the decoder works point by point."""

    def __init__(self, stage, network, data):
        super().__init__(stage, network, data)
        self.bars = torch.from_numpy(diffusion.alpha_bars(network.process)).float().to(self.device)

    def __call__(self, rng):
        grey, position, colours = self.tensors(*self.data.batch(rng))
        prepared, base = self.prepare(grey, position, rng)
        steps = len(self.bars)
        step, noise = self.tensors(rng.integers(0, steps, position.shape[:2]),
                                   rng.standard_normal(colours.shape, dtype="float32"))
        bar = self.bars[step].unsqueeze(-1)
        value = bar.sqrt() * (colours - base) + (1 - bar).sqrt() * noise
        every = torch.arange(steps, dtype=torch.float64, device=self.device)
        times = self.network.time(every / (steps - 1))
        loss = (self.network.decoder(prepared, times, value, step) - noise).abs().mean()
        sampled = self.training.sampled
        if sampled:
            some = slice(sampled.points)
            loss = loss + sampled.weight * self.sampled(
                [rows[:, some] for rows in prepared], colours[:, some] - base[:, some], rng)
        return loss

    def sampled(self, prepared, wanted, rng):
        """The mean squared error of what the sampler makes of noise, with setup B.

        The first steps, whose x̂₀ is thousands of times the prediction's error, teach nothing:
        they are taken without their gradients.
        """
        steps = len(self.bars)

        def noise(_):
            return self.tensors(rng.standard_normal(wanted.shape, dtype="float32"))[0]

        def predict(x, t):
            with torch.set_grad_enabled(bool(self.bars[t] > LEAST_BAR)):
                when = torch.tensor([t / (steps - 1)], dtype=torch.float64, device=self.device)
                return self.network.decoder(prepared, self.network.time(when), x)

        made = diffusion.sample(predict, noise(0), noise, diffusion.SETUPS["B"],
                                self.network.process)
        return (made - wanted).square().mean()


class Compared:
    """Results and truths (n, p, 3), gamma-coded, 0…1, by what the losses of photographs need."""

    def __init__(self, result, truth):
        self.result, self.truth = result, truth

    @staticmethod
    def differences(colours):
        """Y, and R − Y and B − Y."""
        weights = torch.as_tensor(colour.LUMA, device=colours.device)
        luma = colours @ weights
        return luma, torch.stack([colours[..., 0] - luma, colours[..., 2] - luma], -1)

    @functools.cached_property
    def luma(self):
        return self.differences(self.result)[0] - self.differences(self.truth)[0]

    @functools.cached_property
    def chroma(self):
        return self.differences(self.result)[1] - self.differences(self.truth)[1]

    @staticmethod
    def lab(colours):
        """a* and b*, (n, p, 2). Out of gamut the slope of the curves stays finite."""
        matrix = torch.as_tensor(colour.TO_XYZ / colour.WHITE[:, None], dtype=torch.float32)
        rgb = colours.clamp(0.002, 1.3)
        light = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        xyz = light @ matrix.t().to(colours.device)
        f = torch.where(xyz > colour.EPSILON, xyz.clamp(min=1e-4) ** (1 / 3),
                        (colour.KAPPA * xyz + 16) / 116)
        return torch.stack([500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)

    @functools.cached_property
    def truth_lab(self):
        return self.lab(self.truth)

    @functools.cached_property
    def lab_error(self):
        return self.lab(self.result) - self.truth_lab


def chroma_error(compared):
    """The mean squared error of R − Y and B − Y, values −1…1: the picture's light has no part."""
    return 4 * compared.chroma.square().mean()


def luma_error(compared):
    """The mean squared error of the luma, values −1…1."""
    return 4 * compared.luma.square().mean()


def lab_error(compared):
    """The mean squared error of a* and b*, in units of 2000, weighed as CIEDE2000 weighs
    differences of chroma and of hue by the chroma that the truth has."""
    truth, error = compared.truth_lab, compared.lab_error
    chroma = (truth.square().sum(-1) + 1).sqrt()
    along = ((error * truth).sum(-1) / chroma).square()
    across = (error.square().sum(-1) - along).clamp(min=0)
    return (along / (1 + 0.008 * chroma) ** 2 + across / (1 + 0.004 * chroma) ** 2).mean() / 2000


def pair_error(compared):
    """The mean squared error of the differences between near points, in units of 2000: blotches
    are such differences where the truth has none. The second half of the points is near the first.
    """
    half = compared.lab_error.shape[1] // 2
    between = compared.lab_error[:, :half] - compared.lab_error[:, half:]
    return between.square().sum(-1).mean() / 2000


class PhotographError(Loss):
    """The weighted sum of a recipe's `losses`, of a single pass."""

    TERMS = {"chroma": chroma_error, "luma": luma_error, "lab": lab_error, "pairs": pair_error}

    def __call__(self, rng):
        grey, position, pixel, colours = self.tensors(*self.data.batch(rng))
        prepared, base = self.prepare(grey, position, rng, pixel)
        result = self.network.single_pass(prepared) + base
        compared = Compared(result / 2 + 0.5, colours / 2 + 0.5)
        weights = {name: getattr(self.training.losses, name) for name in self.TERMS}
        return sum(weight * self.TERMS[name](compared) for name, weight in weights.items()
                   if weight)


def loss(stage, network, data):
    """The loss that a stage asks for."""
    training = stage.training
    if training.part:
        kind = {"enlarger": EnlargerError, "fill": FillError}[training.part]
    elif training.joined is not None:
        kind = JoinedError
    elif stage.photographs:
        kind = PhotographError
    else:
        kind = NoiseError if network.process.kind == "diffusion" else ColourError
    return kind(stage, network, data)
