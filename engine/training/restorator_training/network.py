# SPDX-License-Identifier: GPL-3.0-or-later
"""The network, built from a model file's description.

Parameters carry the model file's own names, shapes and order of axes, so that `state_dict()` is
the table of tensors of the file and nothing has to be converted.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def same_padding(size, kernel, stride):
    """Zeros (before, after) one axis so that the result has ⌈size / stride⌉ samples."""
    zeros = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return zeros // 2, zeros - zeros // 2


class Conv(nn.Module):
    """Square convolution, kernel (height, width, in, out), padded as `same_padding` says."""

    def __init__(self, kernel, inputs, outputs, stride=1, dilation=1):
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(kernel, kernel, inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.stride, self.dilation = stride, dilation
        fan = kernel * kernel
        bound = math.sqrt(6 / (fan * inputs + fan * outputs))
        nn.init.uniform_(self.kernel, -bound, bound)

    def forward(self, picture):
        span = (self.kernel.shape[0] - 1) * self.dilation + 1
        (top, bottom), (left, right) = (
            same_padding(size, span, self.stride) for size in picture.shape[2:])
        kernel = self.kernel.permute(3, 2, 0, 1)
        if (top, left) == (bottom, right):
            return F.conv2d(picture, kernel, self.bias, self.stride, (top, left), self.dilation)
        picture = F.pad(picture, (left, right, top, bottom))
        return F.conv2d(picture, kernel, self.bias, self.stride, dilation=self.dilation)


class Dense(nn.Module):
    """Dense layer, kernel (in, out)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.xavier_uniform_(self.kernel)

    def forward(self, rows):
        return F.linear(rows, self.kernel.t(), self.bias)


def add_layers(module, name, layers):
    """Registers layers as NAME0, NAME1 … and returns them as a list."""
    for i, layer in enumerate(layers):
        module.add_module(f"{name}{i}", layer)
    return layers


class Norm(nn.Module):
    """Batch normalisation with stored statistics, which are set once before the training."""

    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, picture):
        return F.batch_norm(picture, self.mean, self.variance, self.gamma, self.beta, eps=1e-3)


class Stage(nn.Module):
    """Halves the map and gives its local context: (n, channels, h, w), (n, latent, h, w)."""

    def __init__(self, inputs, channels, encoder):
        super().__init__()
        local = encoder.local
        self.down = Conv(3, inputs, channels, stride=2)
        self.before = add_layers(
            self, "before", [Conv(3, channels, channels) for _ in range(encoder.before)])
        self.local = add_layers(
            self, "local",
            [Conv(local.kernel, channels, channels) for _ in range(local.before)]
            + [Conv(local.kernel, channels, encoder.latent)])
        self.after = add_layers(
            self, "after", [Conv(3, channels, channels) for _ in range(encoder.after)])

    def forward(self, picture):
        picture = F.relu(self.down(picture))
        for layer in self.before:
            picture = F.relu(layer(picture))
        context = picture
        for layer in self.local:
            context = F.relu(layer(context))
        for layer in self.after:
            picture = F.relu(layer(picture))
        return picture, context


class GlobalContext(nn.Module):
    """The last map → one vector (n, latent)."""

    def __init__(self, channels, size, encoder):
        super().__init__()
        shape = encoder.global_
        self.conv = Conv(shape.kernel, channels, shape.channels)
        sizes = [size * size * shape.channels, *shape.dense, encoder.latent]
        self.dense = add_layers(self, "dense", [Dense(*pair) for pair in zip(sizes, sizes[1:])])

    def forward(self, picture):
        vector = F.relu(self.conv(picture)).permute(0, 2, 3, 1).flatten(1)
        for layer in self.dense:
            vector = F.relu(layer(vector))
        return vector


class Encoder(nn.Module):
    """Picture (n, channels, size, size), −1…1 → local contexts and the global vector."""

    def __init__(self, description):
        super().__init__()
        encoder = description.encoder
        size, inputs = description.input.size, description.input.channels
        self.norm = Norm(inputs)
        stages = []
        for channels in encoder.stages:
            stages.append(Stage(inputs, channels, encoder))
            inputs, size = channels, -(-size // 2)
        self.stages = add_layers(self, "stage", stages)
        self.add_module("global", GlobalContext(inputs, size, encoder))

    def forward(self, picture):
        picture = self.norm(picture)
        contexts = []
        for stage in self.stages:
            picture, context = stage(picture)
            contexts.append(context)
        return contexts, getattr(self, "global")(picture)


class Features(nn.Module):
    """Local contexts at points (n, p, 2) → local vectors (n, p, latent)."""

    def __init__(self, encoder, features):
        super().__init__()
        sizes = [len(encoder.stages) * encoder.latent, *features.dense, encoder.latent]
        self.dense = add_layers(self, "dense", [Dense(*pair) for pair in zip(sizes, sizes[1:])])

    def forward(self, contexts, position):
        grid = (2 * position - 1).unsqueeze(1)
        rows = torch.cat(
            [F.grid_sample(context, grid, align_corners=False).squeeze(2) for context in contexts],
            dim=1).transpose(1, 2)
        for layer in self.dense:
            rows = F.relu(layer(rows))
        return rows


class LearnedEncoding(nn.Module):
    """Scalars (…) → (…, bands + 1): the scalar itself and one learned wave per band."""

    def __init__(self, bands):
        super().__init__()
        half = bands // 2
        ladder = 10000.0 ** (torch.arange(half + 1, dtype=torch.float64) / (half + 1))
        edges = torch.cat([(1 / ladder).flip(0), ladder[1:]])
        self.register_buffer("centre", (edges[1:] + edges[:-1]) / 2, persistent=False)
        self.register_buffer("reach", (edges[1:] - edges[:-1]) / 2, persistent=False)
        self.frequency = nn.Parameter(torch.zeros(bands))
        self.weight = nn.Parameter(torch.randn(bands, 2))
        self.bias = nn.Parameter(torch.zeros(bands))
        # Waves finer than a picture can show begin nearly closed: to the decoder they are noise.
        self.gate = nn.Parameter((1 / (self.centre / 8).clamp(min=1)).float())

    def forward(self, x):
        frequency = self.centre + torch.tanh(self.frequency.double()) * self.reach
        # Whole turns leave in double, so that float32's sine sees a small angle.
        turns = x.double().unsqueeze(-1) * frequency
        angle = (2 * math.pi * (turns - turns.detach().floor())).float()
        wave = torch.sin(angle) * self.weight[:, 0] + torch.cos(angle) * self.weight[:, 1]
        return torch.cat([x.float().unsqueeze(-1), (wave + self.bias) * torch.tanh(self.gate)], -1)


class FixedEncoding(nn.Module):
    """Scalars (…) → (…, bands): all sines, then all cosines."""

    def __init__(self, bands):
        super().__init__()
        exponent = -2 * torch.arange(bands // 2, dtype=torch.float64) / bands
        self.register_buffer("frequency", 10000.0 ** exponent, persistent=False)

    def forward(self, x):
        angle = x.double().unsqueeze(-1) * self.frequency
        return torch.cat([torch.sin(angle), torch.cos(angle)], -1).float()


def encoding(description):
    """Returns the encoding that a description names and the number of its columns."""
    bands = description.bands
    if description.kind == "learned":
        return LearnedEncoding(bands), bands + 1
    return FixedEncoding(bands), bands


class Position(nn.Module):
    """Points (…, 2), x before y → the encodings of the described axes, concatenated."""

    def __init__(self, description):
        super().__init__()
        self.axes = description.axes
        self.columns = 0
        for axis in self.axes:
            module, columns = encoding(description)
            self.add_module(axis, module)
            self.columns += columns

    def forward(self, position):
        return torch.cat(
            [getattr(self, axis)(position[..., "xy".index(axis)]) for axis in self.axes], -1)


class Block(nn.Module):
    """One block: its result is added to the running one (`residual`) or takes its place. The first
    layer's product is split by what its columns depend on."""

    def __init__(self, point, time, dense, residual):
        super().__init__()
        self.point, self.time, self.residual = point, time, residual
        sizes = [point + time + 6, *dense, 3]
        self.dense = add_layers(self, "dense", [Dense(*pair) for pair in zip(sizes, sizes[1:])])

    def of_point(self, rows):
        return rows @ self.dense[0].kernel[:self.point]

    def of_time(self, rows):
        first = self.dense[0]
        return rows @ first.kernel[self.point:self.point + self.time] + first.bias

    def forward(self, of_point, of_time, value, running):
        kernel = self.dense[0].kernel[self.point + self.time:]
        rows = of_point + of_time + torch.cat([value, running], -1) @ kernel
        for layer in self.dense[1:]:
            rows = layer(F.relu(rows))
        return running + rows if self.residual else rows


class Decoder(nn.Module):
    """Point-wise decoder; see `prepare` and `forward`."""

    def __init__(self, point, time, decoder):
        super().__init__()
        self.blocks = add_layers(
            self, "block", [Block(point, time, decoder.dense, decoder.residual)
                            for _ in range(decoder.blocks)])

    def prepare(self, condition, position_encoded):
        """What does not change between steps: (…, columns) → one (…, width) a block."""
        rows = torch.cat([condition, position_encoded], -1)
        return [block.of_point(rows) for block in self.blocks]

    def forward(self, prepared, time_encoded, value, which=...):
        """Prediction (…, 3) for values (…, 3).

        time_encoded: (k, columns); `which` picks the row of each point (a tensor of the points'
        shape), and without it the rows have to broadcast against the points.
        """
        running = value
        for block, of_point in zip(self.blocks, prepared):
            running = block(of_point, block.of_time(time_encoded)[which], value, running)
        return running


def catmull_rom(picture, position, offsets=((0, 0),)):
    """Pictures (n, h, w) at points (n, p, 2) moved by so many whole pixels (x, y), Catmull-Rom
    (a = −1/2), edge repeated → (n, p, offsets)."""
    n, height, width = picture.shape

    def taps(x, size):
        x = x * size - 0.5
        first = x.floor()
        t = (x - first).unsqueeze(-1)
        weights = torch.cat([
            ((-0.5 * t + 1) * t - 0.5) * t,
            (1.5 * t - 2.5) * t * t + 1,
            ((-1.5 * t + 2) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t], -1)
        return weights, first.long().unsqueeze(-1) + torch.arange(-1, 3, device=x.device)

    across, columns = taps(position[..., 0], width)
    down, rows = taps(position[..., 1], height)
    weights = down.unsqueeze(-1) * across.unsqueeze(-2)

    def moved(x, y):
        cells = ((rows + y).clamp(0, height - 1).unsqueeze(-1) * width
                 + (columns + x).clamp(0, width - 1).unsqueeze(-2)).flatten(1)
        return (picture.flatten(1).gather(1, cells).view(n, -1, 4, 4) * weights).sum((-1, -2))

    return torch.stack([moved(x, y) for x, y in offsets], -1)


def filled(picture, weight):
    """Pictures (n, 1, h, w) without what weighs under 1, by pull-push (Gortler et al. 1996).

    The averages of 2 × 2 pixels, by their weights (n, 1, h, w), are a picture of half the size with
    the weight of their sum, 1 at most; that is filled in the same way, enlarged bilinearly, and
    mixed in with what the weights leave.
    """
    height, width = picture.shape[2:]
    if max(height, width) == 1:
        return picture
    beyond = (0, width % 2, 0, height % 2)
    weights = 4 * F.avg_pool2d(F.pad(weight, beyond), 2)
    values = 4 * F.avg_pool2d(F.pad(weight * picture, beyond), 2)
    half = filled(values / weights.clamp(min=1e-9), weights.clamp(max=1))
    enlarged = F.interpolate(half, scale_factor=2, mode="bilinear", align_corners=False)
    return weight * picture + (1 - weight) * enlarged[:, :, :height, :width]


class Enlarger(nn.Module):
    """The input's luma at `factor` times its size, sharper than interpolation makes it.

    (n, size, size) → (n, factor · size, factor · size): Catmull-Rom, and what convolutions at the
    input's own size add to each of the factor² samples in a pixel (sub-pixel convolution, Shi et
    al. 2016). The first kernel is 5 × 5, the others are 3 × 3; ReLU between them.
    """

    def __init__(self, description):
        super().__init__()
        self.factor = description.factor
        sizes = [1, *description.channels, self.factor ** 2]
        self.conv = add_layers(self, "conv", [
            Conv(3 if i else 5, *pair) for i, pair in enumerate(zip(sizes, sizes[1:]))])
        nn.init.zeros_(self.conv[-1].kernel)

    def forward(self, picture):
        size = self.factor * picture.shape[1]
        centres = (torch.arange(size, device=picture.device) + 0.5) / size
        position = torch.stack(torch.meshgrid(centres, centres, indexing="xy"), -1).flatten(0, 1)
        enlarged = catmull_rom(picture, position.expand(len(picture), -1, -1))
        detail = picture.unsqueeze(1)
        for layer in self.conv[:-1]:
            detail = F.relu(layer(detail))
        detail = F.pixel_shuffle(self.conv[-1](detail), self.factor)
        return enlarged.view(-1, size, size) + detail.squeeze(1)


class Fill(nn.Module):
    """What the plate lacks of the luma, 0…1, at a pixel of a hole: (n, 2 (2 reach + 1)²), the
    filled luma round it less its own, rows first, and then where the hole is, 1, → (n)."""

    def __init__(self, description):
        super().__init__()
        self.reach = description.reach
        side = 2 * self.reach + 1
        sizes = [2 * side * side, *description.dense, 1]
        self.dense = add_layers(self, "dense", [Dense(*pair) for pair in zip(sizes, sizes[1:])])
        nn.init.zeros_(self.dense[-1].kernel)

    def forward(self, patches):
        for layer in self.dense[:-1]:
            patches = F.relu(layer(patches))
        return self.dense[-1](patches)[:, 0]


class Network(nn.Module):
    """The whole network of a `Description`. Pictures are (n, size, size, 1), 0 where they are
    hidden, points (n, p, 2)."""

    def __init__(self, description):
        super().__init__()
        self.description = description
        self.process = description.process
        luma = description.luma
        self.luma_condition = luma.condition
        self.luma_residual = luma.residual
        self.luma_pixel = luma.pixel
        reach = luma.reach
        self.luma_offsets = [(x, y) for y in range(-reach, reach + 1)
                             for x in range(-reach, reach + 1)]
        self.enlarger = Enlarger(luma.enlarger) if luma.enlarger else None
        self.fill = Fill(description.fill) if description.fill else None
        latent = description.encoder.latent
        self.encoder = Encoder(description)
        self.features = Features(description.encoder, description.features)
        self.position = Position(description.position)
        self.time, time_columns = encoding(description.time)
        self.decoder = Decoder(
            2 * latent + self.luma_condition * len(self.luma_offsets) + self.luma_pixel
            + self.position.columns, time_columns, description.decoder)

    def see(self, picture):
        """What the encoder is given, (n, channels, size, size): the picture; or the picture without
        its holes, and where they were."""
        picture = picture.permute(0, 3, 1, 2)
        if self.description.input.channels == 1:
            return picture
        hidden = (picture == 0).to(picture.dtype)
        return torch.cat([filled(picture, 1 - hidden), hidden], 1)

    def encode(self, picture):
        return self.encoder(self.see(picture))

    def luma(self, picture, position):
        """ℓ: the first channel of what is seen, enlarged where so described, at the points and
        round them, (n, p, (2 reach + 1)²)."""
        seen = self.see(picture)[:, 0]
        if self.enlarger is None:
            return catmull_rom(seen, position, self.luma_offsets)
        pixel = self.enlarger.factor
        return catmull_rom(self.enlarger(seen), position,
                           [(pixel * x, pixel * y) for x, y in self.luma_offsets])

    def beyond(self, luma, pixel):
        """What the pixel's own luma is beyond ℓ at each point, (n, p, 1); 0 where it is not known.

        luma: as luma() gives it. pixel: the luma of the picture's pixel, (n, p), −1…1, NaN where it
        is not known; None where none is, or where the network does not look at it.
        """
        middle = luma[..., luma.shape[-1] // 2].unsqueeze(-1)
        if not self.luma_pixel or pixel is None:
            return torch.zeros_like(middle)
        return (pixel.unsqueeze(-1) - middle).nan_to_num(0)

    def condition(self, encoded, position, luma, beyond):
        """(n, p, columns): global vector, local vector and, where described, ℓ and what the pixel's
        own luma is beyond it."""
        contexts, vector = encoded
        parts = [vector.unsqueeze(1).expand(-1, position.shape[1], -1),
                 self.features(contexts, position)]
        if self.luma_condition:
            parts.append(luma)
        if self.luma_pixel:
            parts.append(beyond)
        return torch.cat(parts, -1)

    def prepare(self, picture, position, dropout=0.0, pixel=None):
        """Returns what the decoder needs of each point, and the base that its colour adds to: ℓ, or
        with `luma.pixel` the pixel's own luma where it is known.

        dropout: the share of the global vector to forget, in training: by that vector a picture is
        known again most easily. pixel: as in beyond().
        """
        luma = self.luma(picture, position)
        contexts, vector = self.encode(picture)
        vector = F.dropout(vector, dropout)
        beyond = self.beyond(luma, pixel)
        condition = self.condition((contexts, vector), position, luma, beyond)
        prepared = self.decoder.prepare(condition, self.position(position))
        base = luma[..., luma.shape[-1] // 2].unsqueeze(-1) + beyond
        return prepared, base if self.luma_residual else torch.zeros_like(base)

    def single_pass(self, prepared):
        """The restored value of a single-pass network, (n, p, 3)."""
        rows = prepared[0]
        value = rows.new_zeros(*rows.shape[:-1], 3, dtype=torch.float32)
        return self.decoder(prepared, self.time(torch.zeros(1, device=rows.device)), value)


def with_channels(old, wanted, name):
    """A tensor of the input's channels for one that has more of them."""
    if name == "encoder.stage0.down.kernel":
        more = wanted.shape[2] - old.shape[2]
        return torch.cat([old, old.new_zeros(3, 3, more, old.shape[3])], 2)
    return torch.cat([old, wanted[len(old):].to(old.device)])


def grown(tensors, network):
    """The tensors of a network with fewer channels of the input, a smaller `luma.reach`, or without
    `luma.pixel`, `luma.enlarger` or `fill`, or the same, for this one: what it sees more of counts
    for nothing at first."""
    state = network.state_dict()
    whole = {name: tensor for name, tensor in state.items()
             if name.startswith(("enlarger.", "fill."))} | dict(tensors)
    for name in state:
        if name.startswith("encoder.norm.") or name == "encoder.stage0.down.kernel":
            whole[name] = with_channels(tensors[name], state[name], name)
    before = 2 * network.description.encoder.latent
    offsets = network.luma_offsets if network.luma_condition else []
    own = len(offsets) + network.luma_pixel  # columns of luma: ℓ round the point, the pixel's own
    for name, wanted in state.items():
        if not name.endswith(".dense0.kernel") or not name.startswith("decoder."):
            continue
        old = tensors[name]
        count = own - (len(wanted) - len(old))
        side = math.isqrt(count)
        # ℓ has an odd square of columns: one more is the pixel's own.
        places = [before + i for i, offset in enumerate(offsets)
                  if max(map(abs, offset)) <= (side - 1) // 2]
        places += [before + len(offsets)] * (count - len(places))
        kernel = torch.zeros_like(wanted)
        kernel[:before] = old[:before]
        kernel[places] = old[before:before + count].to(kernel.device)
        kernel[before + own:] = old[before + count:]
        whole[name] = kernel
    return whole
