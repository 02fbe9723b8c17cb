# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a network as a model file has it (docs/model-file.md)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Input:
    size: int
    channels: int


@dataclass(frozen=True)
class Local:
    before: int
    kernel: int


@dataclass(frozen=True)
class Global:
    channels: int
    kernel: int
    dense: tuple[int, ...]


@dataclass(frozen=True)
class Encoder:
    stages: tuple[int, ...]
    before: int
    after: int
    latent: int
    local: Local
    global_: Global


@dataclass(frozen=True)
class Features:
    kind: Literal["interpolate"]
    dense: tuple[int, ...]


@dataclass(frozen=True)
class Position:
    kind: Literal["learned", "fixed"]
    bands: int
    axes: Literal["x", "xy"]


@dataclass(frozen=True)
class Time:
    kind: Literal["learned", "fixed"]
    bands: int


@dataclass(frozen=True)
class Decoder:
    blocks: int
    dense: tuple[int, ...]
    residual: bool


@dataclass(frozen=True)
class Process:
    kind: Literal["single pass", "diffusion"]
    predicts: Literal["noise"] | None = None
    schedule: Literal["cosine", "linear", "quadratic", "sigmoid"] | None = None
    steps: int | None = None


@dataclass(frozen=True)
class Enlarger:
    factor: int
    channels: tuple[int, ...]


@dataclass(frozen=True)
class Guided:
    radius: int
    epsilon: float


@dataclass(frozen=True)
class Luma:
    condition: bool = False
    residual: bool = False
    reach: int = 0
    pixel: bool = False
    enlarger: Enlarger | None = None
    guided: Guided | None = None


@dataclass(frozen=True)
class Fill:
    reach: int
    dense: tuple[int, ...]


@dataclass(frozen=True)
class Description:
    name: str
    input: Input
    encoder: Encoder
    features: Features
    position: Position
    time: Time
    decoder: Decoder
    process: Process
    colour: Literal["rgb", "bgr"]
    luma: Luma = Luma()
    fill: Fill | None = None
    format: Literal[1] | None = None
    parameters: int | None = None
