# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a model's repairs with classical inpainting.

Each picture of a folder gets seeded scratches and stains over a share of the face (the middle
1 / 2.3 of a portrait, where the pictures were cut 2.3 face widths wide). The damage is filled by
the program `restorator` with its preset `repair`, as `restorator photo` mends damage (`mended`), by
biharmonic inpainting (scikit-image) and by Telea's method (OpenCV, radius 3). Given is the mean
squared error over RGB inside the damage, values 0…1, averaged over the pictures; all fillings see
the same pixels.

Needs scikit-image and opencv-python-headless beside what the training needs.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import cv2
import numpy as np
from PIL import Image, ImageDraw
from skimage.restoration import inpaint_biharmonic

from restorator_training.data import dataset, masking

FACE = 1 / 2.3
SHARES = (0.05, 0.10, 0.20)


def damage(side, share, thin, seed):
    """(side, side), bool: scratches, and unless `thin` stains, over that share of the face."""
    rng = np.random.default_rng(seed)
    picture = Image.new("L", (side, side))
    draw = ImageDraw.Draw(picture)
    low, high = round(side * (1 - FACE) / 2), round(side * (1 + FACE) / 2)
    face = np.zeros((side, side), dtype=bool)
    face[low:high, low:high] = True
    while True:
        drawn = (np.asarray(picture) > 0) & face
        if drawn.sum() >= share * face.sum():
            return drawn
        if thin or rng.random() < 0.7:
            masking.scratch(draw, side, rng)
        else:
            masking.stain(draw, side, rng)


def repair(model):
    """The options that repair what a mask says with a model, but for the mask."""
    return "restore", "--preset", "repair", "--model", model, "--mask"


MEND = ("photo", "--no-tone", "--no-colour", "--no-damage", "--damaged")


def fill(folder, broken, mask, command, options):
    """What the program makes of the damage, which is black in the file, so that nothing of the
    truth can be seen through it."""
    Image.fromarray(broken).save(folder / "in.png")
    Image.fromarray(mask.astype(np.uint8) * 255).save(folder / "mask.png")
    subprocess.run([*command, *options, folder / "mask.png", folder / "in.png", folder / "out.png",
                    "--force"], check=True, capture_output=True)
    return dataset.read(folder / "out.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("command", nargs="+", help="restorator, its path or how to run it")
    parser.add_argument("--model", action="append", help="repeated for several (repair)")
    parser.add_argument("--pictures", type=int, help="only the first so many")
    arguments = parser.parse_args()
    loaded = dataset.load(arguments.folder)[:arguments.pictures]
    ways = {model: repair(model) for model in arguments.model or ["repair"]} | {"mended": MEND}
    with tempfile.TemporaryDirectory() as scratch:
        for share in SHARES:
            sums = {}
            for number, truth in enumerate(loaded):
                mask = damage(truth.shape[0], share, share == SHARES[0], number)
                broken = truth.copy()
                broken[mask] = 0
                biharmonic = inpaint_biharmonic(broken / 255, mask, channel_axis=-1)
                telea = cv2.inpaint(np.ascontiguousarray(broken[..., ::-1]),
                                    mask.astype(np.uint8), 3, cv2.INPAINT_TELEA)[..., ::-1]
                filled = {"biharmonic": np.clip(biharmonic, 0, 1) * 255, "telea": telea}
                for name, options in ways.items():
                    filled[name] = fill(pathlib.Path(scratch), broken, mask, arguments.command,
                                        options)
                for name, picture in filled.items():
                    error = (picture[mask] / 255.0 - truth[mask] / 255.0) ** 2
                    sums[name] = sums.get(name, 0) + error.mean() / len(loaded)
            best = min(sums["biharmonic"], sums["telea"])
            print(json.dumps({"share": share, "pictures": len(loaded),
                              **{name: round(value, 6) for name, value in sums.items()},
                              **{f"{name} of the best": round(sums[name] / best, 3)
                                 for name in ways}}), flush=True)


if __name__ == "__main__":
    main()
