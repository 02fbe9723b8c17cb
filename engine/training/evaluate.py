# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a model file on a folder of colour pictures by the reference's protocol.

The truth is the picture at 178×178 by area; the network sees the truth's 64×64 grey; its colours at
the 178×178 pixels, clipped to 0…1, are compared with the truth by the mean squared error over RGB.
Beside it stands the error of the grey input enlarged bicubically.
"""

import argparse
import json
import pathlib

import numpy as np
import torch

import diffusion
import model_file
import pictures

TRUTH = 178


def restore(network, grey, position, setup=None, seed=0):
    """Colours (n, p, 3), 0…1 unless out of range, of inputs (n, size, size), 0…1, at points.

    setup: a `diffusion.Setup`; ignored by a single-pass network.
    """
    with torch.no_grad():
        grey = torch.from_numpy(np.asarray(2 * grey - 1, dtype=np.float32)).unsqueeze(-1)
        position = torch.from_numpy(np.asarray(position, dtype=np.float32))
        prepared, base = network.prepare(grey, position.expand(len(grey), -1, -1))
        if network.process["kind"] == "single pass":
            value = network.single_pass(prepared)
        else:
            generator = torch.Generator().manual_seed(seed)
            shape = (*prepared[0].shape[:-1], 3)
            steps = network.process["steps"]

            def noise(_):
                return torch.randn(shape, generator=generator)

            def predict(x, t):
                time = torch.tensor([t / (steps - 1)], dtype=torch.float64)
                return network.decoder(prepared, network.time(time), x)

            value = diffusion.sample(predict, noise(0), noise, setup, network.process)
        return ((value + base + 1) / 2).numpy()


def grid(size):
    """Points (size², 2) of the pixels of a square picture, row by row."""
    centres = (np.arange(size) + 0.5) / size
    return np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)


class Protocol:
    """The reference's protocol on a folder.

    pixels: how many pixels of each picture are compared, drawn once; all of them where it is None.
    """

    def __init__(self, loaded, size, pixels=None):
        chosen = np.arange(TRUTH * TRUTH)
        if pixels is not None:
            chosen = np.random.default_rng(0).permutation(TRUTH * TRUTH)[:pixels]
        truth = [pictures.resize(picture / np.float32(255), TRUTH) for picture in loaded]
        self.grey = np.stack([pictures.resize(picture @ pictures.LUMA, size) for picture in truth])
        self.position = grid(TRUTH)[chosen]
        self.truth = np.stack([picture.reshape(-1, 3)[chosen] for picture in truth])
        enlarged = np.stack([pictures.resize(picture, TRUTH) for picture in self.grey])
        self.bicubic = self.error(enlarged.reshape(len(loaded), -1)[:, chosen, None])

    def error(self, colours):
        return float(np.mean((np.clip(colours, 0, 1) - self.truth) ** 2, dtype=np.float64))

    def measure(self, network, setup=None):
        """Mean squared error over RGB, values 0…1."""
        restored = [restore(network, self.grey[i:i + 1], self.position, setup, seed=i)
                    for i in range(len(self.grey))]
        return self.error(np.concatenate(restored))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--setup", action="append", choices=diffusion.SETUPS,
                        help="of a diffusion model; may be repeated (B)")
    parser.add_argument("--pixels", type=int, help="compare that many pixels of each picture alone")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    network, _ = model_file.load(arguments.model)
    size = network.description["input"]["size"]
    protocol = Protocol(pictures.load(arguments.folder), size, arguments.pixels)
    single = network.process["kind"] == "single pass"
    for name in ["single pass"] if single else arguments.setup or ["B"]:
        mse = protocol.measure(network, diffusion.SETUPS.get(name))
        print(json.dumps({"set": arguments.folder.name, "setup": name, "mse": round(mse, 6),
                          "bicubic": round(protocol.bicubic, 6),
                          "ratio": round(mse / protocol.bicubic, 4)}), flush=True)


if __name__ == "__main__":
    main()
