# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a model file on a folder of colour pictures.

The reference's protocol: the truth is the picture at 178×178 by area; the network sees the truth's
64×64 grey; its colours at the 178×178 pixels, clipped to 0…1, are compared with the truth by the
mean squared error over RGB. Beside it stands the error of the grey input enlarged bicubically.

A user's protocol: the truth is the picture at 256×256; the network sees its grey, and gives the
colour to the grey picture's own lightness (mode *colour*). The mean CIEDE2000 to the truth stands
beside grey's, and the mean chroma is given as a share of the truth's.
"""

import argparse
import json
import pathlib

import numpy as np
import torch

from restorator_training import colour, diffusion, guided, model_file
from restorator_training.colour import LUMA
from restorator_training.data import dataset, filling, masking, resampling

TRUTH = 178
VALIDATION_PIXELS = 1000  # while a training runs


def restore(network, grey, position, setup=None, seed=0, pixel=None):
    """Colours (n, p, 3), 0…1 unless out of range, of inputs (n, size, size), 0…1, at points.

    setup: a `diffusion.Setup`; ignored by a single-pass network. pixel: the luma of the picture's
    pixel at each point, (n, p), 0…1, where it is known.
    """
    device = next(network.parameters()).device
    with torch.no_grad():
        grey = torch.from_numpy(np.asarray(2 * grey - 1, dtype=np.float32)).unsqueeze(-1)
        position = torch.from_numpy(np.asarray(position, dtype=np.float32))
        grey, position = grey.to(device), position.expand(len(grey), -1, -1).to(device)
        if pixel is not None:
            pixel = torch.from_numpy(np.asarray(2 * pixel - 1, dtype=np.float32)).to(device)
        if network.description.luma.guided and pixel is not None:
            return guided.restore(network, grey, position, pixel).cpu().numpy()
        prepared, base = network.prepare(grey, position, pixel=pixel)
        if network.process.kind == "single pass":
            value = network.single_pass(prepared)
        else:
            generator = torch.Generator().manual_seed(seed)
            shape = (*prepared[0].shape[:-1], 3)
            steps = network.process.steps

            def noise(_):
                return torch.randn(shape, generator=generator).to(device)

            def predict(x, t):
                time = torch.tensor([t / (steps - 1)], dtype=torch.float64, device=device)
                return network.decoder(prepared, network.time(time), x)

            value = diffusion.sample(predict, noise(0), noise, setup, network.process)
        return ((value + base + 1) / 2).cpu().numpy()


def grid(size):
    """Points (size², 2) of the pixels of a square picture, row by row."""
    centres = (np.arange(size) + 0.5) / size
    return np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)


def some_pixels(size, pixels):
    """The numbers of `pixels` pixels of a square picture, drawn once; of all where it is None."""
    if pixels is None:
        return np.arange(size * size)
    return np.random.default_rng(0).permutation(size * size)[:pixels]


class Protocol:
    """The reference's protocol on a folder.

    pixels: how many pixels of each picture are compared; all of them where it is None.
    hidden: (grid, share): so large a share of the cells of a grid over the input is hidden from
    the network, drawn once for each picture.
    """

    def __init__(self, loaded, size, pixels=None, hidden=None):
        chosen = some_pixels(TRUTH, pixels)
        self.loaded = loaded
        truth = [resampling.resize(picture / np.float32(255), TRUTH) for picture in loaded]
        self.grey = np.stack([resampling.resize(picture @ LUMA, size) for picture in truth])
        self.position = grid(TRUTH)[chosen]
        self.truth = np.stack([picture.reshape(-1, 3)[chosen] for picture in truth])
        enlarged = np.stack([resampling.resize(picture, TRUTH) for picture in self.grey])
        enlarged = enlarged.reshape(len(loaded), -1)[:, chosen]
        self.bicubic = self.error(enlarged[..., None])
        self.bicubic_luma = self.luma_error(enlarged)
        if hidden is not None:
            for i, grey in enumerate(self.grey):
                cells = masking.cells(size, *hidden, np.random.default_rng(i))
                grey[cells] = 0.5  # the middle grey of −1…1

    def error(self, colours):
        return float(np.mean((np.clip(colours, 0, 1) - self.truth) ** 2, dtype=np.float64))

    def luma_error(self, luma):
        return float(np.mean((np.clip(luma, 0, 1) - self.truth @ LUMA) ** 2,
                             dtype=np.float64))

    def measure_luma(self, network):
        """Mean squared error of ℓ, what the network begins with, values 0…1."""
        position = torch.from_numpy(self.position.astype(np.float32))
        with torch.no_grad():
            luma = [network.luma(torch.from_numpy(2 * grey - 1)[None, ..., None], position[None])
                    for grey in self.grey]
        middle = torch.cat(luma)[..., luma[0].shape[-1] // 2]
        return self.luma_error((middle.numpy() + 1) / 2)

    def measure_fill(self, network):
        """Mean squared error of what the fill makes of holes in the pictures, as a share of the
        plate's."""
        def luma(rng):
            return self.loaded[rng.integers(len(self.loaded))] @ (LUMA / 255)

        holes = filling.Holes(luma, len(self.loaded), network.fill.reach, seed=0)
        patches, lacking = (np.concatenate(part) for part in zip(*(
            holes.patches(i, cells) for i, cells in enumerate(holes.inside))))
        with torch.no_grad():
            added = network.fill(torch.from_numpy(patches)).numpy()
        return float(np.square(added - lacking).mean() / np.square(lacking).mean())

    def measure(self, network, setup=None):
        """Mean squared error over RGB, values 0…1."""
        restored = [restore(network, self.grey[i:i + 1], self.position, setup, seed=i)
                    for i in range(len(self.grey))]
        return self.error(np.concatenate(restored))


class ColourProtocol:
    """A user's protocol on a folder; `pixels` as Protocol has it."""

    def __init__(self, loaded, size, pixels=None):
        side = loaded.shape[1]
        chosen = some_pixels(side, pixels)
        grey = [picture / np.float32(255) @ LUMA for picture in loaded]
        self.input = np.stack([resampling.resize(picture, size) for picture in grey])
        self.position = grid(side)[chosen]
        self.truth = colour.to_lab(
            np.stack([picture.reshape(-1, 3)[chosen] for picture in loaded]) / 255)
        self.pixel = np.stack([picture.reshape(-1)[chosen] for picture in grey])
        self.grey = np.repeat(self.pixel[..., None], 3, axis=2)

    def measure(self, network, setup=None):
        """Mean CIEDE2000 of the result and of grey, and the share of the truth's chroma."""
        restored = np.concatenate([
            restore(network, self.input[i:i + 1], self.position, setup, seed=i,
                    pixel=self.pixel[i:i + 1])
            for i in range(len(self.input))])
        lab = colour.to_lab(colour.own_tone(self.grey, restored))

        def chroma(colours):
            return float(np.hypot(colours[..., 1], colours[..., 2]).mean())

        return (float(colour.ciede2000(lab, self.truth).mean()),
                float(colour.ciede2000(colour.to_lab(self.grey), self.truth).mean()),
                chroma(lab) / chroma(self.truth))


class Validation:
    """A stage's folder of the validation, a part of its pixels."""

    def __init__(self, root, stage):
        self.part = stage.training.part
        self.protocol = Protocol(dataset.validation(root, stage.validation),
                                 stage.network.input.size, VALIDATION_PIXELS)

    def line(self, network):
        """The error of a network, for people to read."""
        protocol = self.protocol
        if self.part == "enlarger":
            ratio = protocol.measure_luma(network) / protocol.bicubic_luma
            return f"{ratio:.4f} of bicubic, luma alone"
        if self.part == "fill":
            return f"{protocol.measure_fill(network):.4f} of the plate"
        ratio = protocol.measure(network, diffusion.SETUPS["B"]) / protocol.bicubic
        return f"{ratio:.4f} of bicubic"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--protocol", choices=("reference", "colour"), default="reference")
    parser.add_argument("--setup", action="append", choices=diffusion.SETUPS,
                        help="of a diffusion model; may be repeated (B)")
    parser.add_argument("--hide", metavar="GRID,SHARE", type=lambda text: text.split(","),
                        help="hide that share of the cells of a grid over the input")
    parser.add_argument("--pixels", type=int, help="compare that many pixels of each picture alone")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    network, _ = model_file.load(arguments.model)
    size, loaded = network.description.input.size, dataset.load(arguments.folder)
    single = network.process.kind == "single pass"
    if arguments.protocol == "colour":
        protocol = ColourProtocol(loaded, size, arguments.pixels)
    else:
        hidden = arguments.hide and (int(arguments.hide[0]), float(arguments.hide[1]))
        protocol = Protocol(loaded, size, arguments.pixels, hidden)
    for name in ["single pass"] if single else arguments.setup or ["B"]:
        measured = protocol.measure(network, diffusion.SETUPS.get(name))
        figure = {"set": arguments.folder.name, "setup": name}
        if arguments.protocol == "colour":
            difference, grey, chroma = measured
            figure |= {"ciede2000": round(difference, 3), "grey": round(grey, 3),
                       "ratio": round(difference / grey, 4), "chroma": round(chroma, 3)}
        else:
            figure |= {"mse": round(measured, 6), "bicubic": round(protocol.bicubic, 6),
                       "ratio": round(measured / protocol.bicubic, 4)}
        print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
