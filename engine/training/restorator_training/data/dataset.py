# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of pictures in memory, and batches of views of them."""

import functools
import pathlib
import zlib

import cv2
import numpy as np
from PIL import Image, ImageOps

from restorator_training.chains import chain
from restorator_training.colour import LUMA
from restorator_training.data import backdrop, photographs, seam, white_hair
from restorator_training.data.augmentation import SIDE, look, luma_sample, sample
from restorator_training.data.balance import balanced
from restorator_training.data.resampling import box_matrix
from restorator_training.recipe import Refused

FACES = pathlib.Path(__file__).resolve().parents[3] / "finders" / "faces.safetensors"
SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}


def files(folder):
    """The picture files of a folder, in the order of their names."""
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise Refused(f"{folder} is not a folder.")
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def read(path):
    """One picture as displayed, (h, w, 3), uint8."""
    with Image.open(path) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))


def square(picture):
    """The centred square of a picture at SIDE×SIDE."""
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    picture = Image.fromarray(picture[top:top + side, left:left + side])
    return np.asarray(picture.resize((SIDE, SIDE), Image.BOX if side > SIDE else Image.BICUBIC))


def kept_aside(path):
    """Whether a picture of somebody's own folder is for the validation: one in eight is."""
    return zlib.crc32(path.name.encode()) % 8 == 0


def shrunk(picture, shorter):
    """A picture whose shorter side is at most so long."""
    side = min(picture.shape[:2])
    if side <= shorter:
        return picture
    size = [round(pixels * shorter / side) for pixels in picture.shape[1::-1]]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def whole(folder, least=1, smallest=64, part=None, fits=lambda name: True):
    """All pictures of a folder as they are, one after the other.

    part: "training" or "validation", for a folder that serves both. fits: by a file's name, whether
    it is wanted.
    Refuses a folder with fewer than `least` pictures, with files that cannot be read, or with
    pictures that are under `smallest` pixels wide or high.
    """
    count, bad = 0, []
    for path in files(folder):
        if not fits(path.name) or (
                part is not None and kept_aside(path) != (part == "validation")):
            continue
        try:
            picture = read(path)
        except OSError:
            bad.append(f"{path.name} cannot be read")
            continue
        if min(picture.shape[:2]) < smallest:
            bad.append(f"{path.name} has a side under {smallest} pixels")
            continue
        count += 1
        yield picture
    if bad:
        shown = "; ".join(bad[:5]) + ("; …" if len(bad) > 5 else "")
        raise Refused(f"{folder} has {len(bad)} pictures to repair or to take out: {shown}.")
    if count < least:
        what = "pictures" if part is None else f"pictures for the {part}"
        raise Refused(f"{folder} has {count} {what}; at least {least} are needed.")


def load(folder, least=1, smallest=64, part=None):
    """The centred squares of all pictures of a folder, (n, SIDE, SIDE, 3), uint8; refuses as
    whole() does."""
    return np.stack([square(picture) for picture in whole(folder, least, smallest, part)])


def part_of(folder):
    """Which part of a folder of the validation serves it: one's own pictures serve both."""
    return "validation" if folder == "." else None


def validation(root, folder):
    """The squares of a folder of the validation."""
    return load(pathlib.Path(root) / folder, part=part_of(folder))


class Drawn:
    """Pictures that batches are drawn from, each by its weight."""

    def __init__(self, stage, pictures, weights):
        self.stage, self.pictures = stage, pictures
        self.cumulative = np.cumsum(weights) / np.sum(weights)
        self.size = stage.network.input.size

    def one(self, rng):
        return self.pictures[np.searchsorted(self.cumulative, rng.random(), side="right")]

    def chosen(self, rng):
        """The pictures of a batch."""
        numbers = np.searchsorted(
            self.cumulative, rng.random(self.stage.training.batch), side="right")
        return [self.pictures[i] for i in numbers]


def weights(entry, count):
    """Of so many pictures of an entry of a recipe."""
    each = entry.weight if entry.share is None else entry.share / count
    return np.full(count, float(each))


class Pictures(Drawn):
    """The squares of a recipe's folders."""

    def __init__(self, root, stage):
        least = stage.training.batch
        folders = [load(pathlib.Path(root) / entry.folder, least, part=entry.part)
                   for entry in stage.pictures]
        loaded = np.concatenate(folders)
        if stage.ageing and stage.ageing.studio:
            loaded = np.stack([np.dstack([p, backdrop.matte(p)]) for p in loaded])
        super().__init__(stage, loaded, np.concatenate(
            [weights(entry, len(folder)) for entry, folder in zip(stage.pictures, folders)]))

    def luma(self, rng):
        """The luma of one picture, (SIDE, SIDE), 0…1, perhaps mirrored."""
        luma = self.one(rng) @ (LUMA / 255)
        return np.ascontiguousarray(luma[:, ::-1]) if rng.random() < 0.5 else luma

    def luma_batch(self, factor, rng):
        """Inputs (n, size, size), nothing of them hidden, and their luma at factor times the
        size."""
        views = [luma_sample(picture, self.stage.augmentation, self.size, factor * self.size, rng)
                 for picture in self.chosen(rng)]
        return [np.stack(part).astype(np.float32) for part in zip(*views)]

    def joined_batch(self, rng):
        """Inputs (n, size, size, 1), and what seam.sample() gives beyond what is hidden."""
        grey, joined = [], []
        for picture in self.chosen(rng):
            view, side, (left, top), (low_x, low_y) = look(picture, self.stage.augmentation, rng)
            across = box_matrix(left - low_x, side, self.size, view.shape[1])
            down = box_matrix(top - low_y, side, self.size, view.shape[0])
            colours = 2 * np.einsum("yh,hwc,xw->yxc", down, view, across, optimize=True) - 1
            hidden, *rest = seam.sample(colours, self.stage, rng)
            grey.append(np.where(hidden, 0, colours @ LUMA)[..., None])
            joined.append(rest)
        return [np.stack(part).astype(np.float32) for part in (grey, *zip(*joined))]

    def batch(self, rng):
        """Inputs (n, size, size, 1), points (n, p, 2) and colours (n, p, 3)."""
        views = [sample(picture, self.stage, self.size, rng) for picture in self.chosen(rng)]
        grey, position, colours = (np.stack(part).astype(np.float32) for part in zip(*views))
        return grey[..., None], position, colours


def wanted(entry):
    """By a file's name, whether an entry of a recipe wants it."""
    return lambda name: (name.startswith(entry.only or "")
                         and not (entry.without and name.startswith(entry.without)))


@functools.cache
def face_finder():
    return chain.load(FACES)


def prepared(pictures, entry, shorter):
    """Pictures as an entry of a recipe wants them, one after the other."""
    for number, picture in enumerate(pictures):
        picture = balanced(shrunk(picture, shorter), entry.balance)
        if entry.whitened:
            picture = white_hair.whitened(picture, face_finder(), np.random.default_rng(number))
        if picture is not None:
            yield picture


class Photographs(Drawn):
    """A recipe's photographs at their own sizes."""

    def __init__(self, root, stage):
        loaded, heavy = [], []
        for entry in stage.pictures:
            crop = entry.crop or stage.photographs.crop
            pictures = whole(pathlib.Path(root) / entry.folder, stage.training.batch,
                             part=entry.part, fits=wanted(entry))
            folder = [(picture, crop, entry.chroma)
                      for picture in prepared(pictures, entry, stage.photographs.shorter)]
            loaded += folder
            if folder:
                heavy.append(weights(entry, len(folder)))
        super().__init__(stage, loaded, np.concatenate(heavy))

    def batch(self, rng):
        """Inputs (n, size, size, 1), points (n, p, 2), the pixels' own luma there (n, p), NaN where
        it is not known, and colours (n, p, 3)."""
        settings, count = self.stage.photographs, self.stage.training.points
        views = [photographs.sample(picture, settings, crop, self.size, count, rng, chroma)
                 for picture, crop, chroma in self.chosen(rng)]
        grey, *rest = (np.stack(part).astype(np.float32) for part in zip(*views))
        return [grey[..., None], *rest]


def drawn(root, stage):
    """What a stage learns from."""
    return (Photographs if stage.photographs else Pictures)(root, stage)
