# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of pictures in memory, shrinking as the engine does it, and training batches."""

import pathlib
import zlib

import numpy as np
from PIL import Image, ImageOps

import ageing
import joining
import masking
import studio
from colour import LUMA, with_chroma
from recipe import Refused

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}
SIDE = 256


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


def load(folder, least=1, smallest=64, part=None):
    """All pictures of a folder, (n, SIDE, SIDE, 3), uint8.

    part: "training" or "validation", for a folder that serves both.
    Refuses a folder with fewer than `least` pictures, with files that cannot be read, or with
    pictures that are under `smallest` pixels wide or high.
    """
    loaded, bad = [], []
    for path in files(folder):
        if part is not None and kept_aside(path) != (part == "validation"):
            continue
        try:
            picture = read(path)
        except OSError:
            bad.append(f"{path.name} cannot be read")
            continue
        if min(picture.shape[:2]) < smallest:
            bad.append(f"{path.name} has a side under {smallest} pixels")
            continue
        loaded.append(square(picture))
    if bad:
        shown = "; ".join(bad[:5]) + ("; …" if len(bad) > 5 else "")
        raise Refused(f"{folder} has {len(bad)} pictures to repair or to take out: {shown}.")
    if len(loaded) < least:
        what = "pictures" if part is None else f"pictures for the {part}"
        raise Refused(f"{folder} has {len(loaded)} {what}; at least {least} are needed.")
    return np.stack(loaded)


def validation(root, recipe):
    """The pictures of a recipe's validation."""
    folder = recipe["validation"]
    return load(pathlib.Path(root) / folder, part="validation" if folder == "." else None)


def box_matrix(start, side, size, pixels):
    """Weights (size, pixels) of the box average of `size` cells over [start, start + side).

    Edges may fall within a pixel; what lies outside the picture repeats its edge.
    """
    edges = start + np.arange(size + 1) * (side / size)
    low, high = edges[:-1, None], edges[1:, None]
    left = np.arange(pixels, dtype=np.float64)
    right = left + 1
    left[0], right[-1] = -np.inf, np.inf
    overlap = np.minimum(high, right) - np.maximum(low, left)
    return (np.maximum(overlap, 0) * (size / side)).astype(np.float32)


def cubic_matrix(size, pixels):
    """Weights (size, pixels) of Catmull-Rom (a = −1/2) over the whole axis, edge repeated."""
    x = (np.arange(size) + 0.5) * (pixels / size) - 0.5
    first = np.floor(x).astype(int)
    t = x - first
    weights = np.stack([((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
                        ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t])
    matrix = np.zeros((size, pixels), dtype=np.float32)
    for k in range(4):
        np.add.at(matrix, (np.arange(size), np.clip(first + k - 1, 0, pixels - 1)), weights[k])
    return matrix


def resize(picture, size):
    """(h, w) or (h, w, c) → (size, size[, c]): the engine's shrinking; enlarging is clamped."""
    def matrix(pixels):
        return box_matrix(0, pixels, size, pixels) if pixels > size else cubic_matrix(size, pixels)
    rows = np.tensordot(matrix(picture.shape[0]), picture, (1, 0))
    return np.clip(np.moveaxis(np.tensordot(matrix(picture.shape[1]), rows, (1, 1)), 0, 1), 0, 1)


def bilinear(picture, x, y):
    """A picture (h, w, c) at pixel coordinates (n,), centres at whole numbers, edge repeated."""
    height, width = picture.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = x.astype(int), y.astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    fx, fy = (x - left)[:, None], (y - top)[:, None]
    return ((1 - fy) * ((1 - fx) * picture[top, left] + fx * picture[top, right])
            + fy * ((1 - fx) * picture[bottom, left] + fx * picture[bottom, right]))


def muted(colours, cool):
    """Colours (n, 3) whose blue is the strongest channel, with only `cool` of their chroma.

    Backdrops of modern portraits are blue; painted ones of old portraits were not.
    """
    bluish = colours[:, 2:] > colours[:, :2].max(1, keepdims=True)
    return np.where(bluish, with_chroma(colours, cool), colours)


def turned(picture, turn, stretch, rng):
    """A picture turned by up to so many degrees and made wider or higher by up to that factor,
    about its centre; beyond its edge it is mirrored."""
    angle = np.radians(rng.uniform(-turn, turn))
    across = stretch ** rng.uniform(-1, 1)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos / across, sin / across], [-sin * across, cos * across]])
    margin = SIDE // 4
    centre = np.full(2, SIDE / 2)
    shift = centre + margin - matrix @ centre
    mirrored = np.pad(picture, [(margin, margin), (margin, margin), (0, 0)], mode="symmetric")
    return np.asarray(Image.fromarray(mirrored).transform(
        (SIDE, SIDE), Image.Transform.AFFINE,
        (*matrix[0], shift[0], *matrix[1], shift[1]), Image.Resampling.BICUBIC))


def framed(picture, augmentation, rng):
    """The picture, perhaps mirrored, and a random square of it: side, left, top, in pixels."""
    side = SIDE * rng.uniform(*augmentation["crop"])
    left, top = rng.uniform(0, 1, 2) * (SIDE - side)
    if augmentation["mirror"] and rng.random() < 0.5:
        picture = picture[:, ::-1]
    return picture, side, left, top


def look(picture, recipe, rng):
    """One random view of a picture (h, w, channels): its pixels, 0…1, then in pixels of the picture
    the view's side, its corner (x, y), and that of its pixels."""
    augmentation = recipe["augmentation"]
    picture, side, left, top = framed(picture, augmentation, rng)
    if "turn" in augmentation:
        picture = turned(picture, augmentation["turn"], augmentation["stretch"], rng)
    # A table of 256 entries takes the place of a power at every pixel. Of a matte it moves the soft
    # edge alone.
    gamma = np.exp(rng.uniform(*np.log(augmentation["gamma"])))
    table = (np.arange(256, dtype=np.float32) / 255) ** np.float32(gamma)
    low_x, high_x = max(int(left), 0), min(int(left + side) + 1, SIDE)
    low_y, high_y = max(int(top), 0), min(int(top + side) + 1, SIDE)
    return table[picture[low_y:high_y, low_x:high_x]], side, (left, top), (low_x, low_y)


def sample(picture, recipe, size, rng):
    """One random view: input (size, size), points (n, 2), colours (n, 3), all float32, −1…1."""
    augmentation = recipe["augmentation"]
    view, side, (left, top), (low_x, low_y) = look(picture, recipe, rng)
    truth = view
    if picture.shape[2] == 4:
        view, truth = studio.posed(view[..., :3], view[..., 3], (low_x, low_y), SIDE,
                                   recipe["ageing"]["studio"], rng)
    position = rng.random((recipe["training"]["points"], 2), dtype=np.float32)
    hidden = masking.hidden(size, recipe["masking"], rng) if "masking" in recipe else None
    if hidden is not None and hidden.any():
        masking.draw_into(position, hidden, recipe["masking"].get("inside", 0), rng)
    x, y = left + side * position[:, 0] - 0.5, top + side * position[:, 1] - 0.5
    colours = bilinear(truth, x - low_x, y - low_y)

    engraved = "ageing" in recipe and rng.random() < recipe["ageing"].get("engraved", 0)
    if engraved:
        # Nobody knows the colours of a drawing: the truth is the drawing.
        grey = ageing.engraving(view @ LUMA, rng)
        colours = np.repeat(bilinear(grey[..., None], x - low_x, y - low_y), 3, axis=1)
    elif "ageing" in recipe:
        grey = ageing.emulsion(view, recipe["ageing"], rng)
        colours = muted(colours, recipe["ageing"].get("cool", 1))
    else:
        grey = view @ LUMA
    colours = with_chroma(colours, augmentation.get("chroma", 1))
    across = box_matrix(left - low_x, side, size, grey.shape[1])
    down = box_matrix(top - low_y, side, size, grey.shape[0])
    grey = down @ grey @ across.T
    if "ageing" in recipe:
        grey = ageing.print_and_time(grey, recipe["ageing"], rng)
    grey = 2 * grey - 1
    if hidden is not None:
        grey[hidden] = 0
    return grey, position, 2 * colours.astype(np.float32) - 1


def luma_sample(picture, recipe, size, fine, rng):
    """One random view's luma twice, (size, size) and (fine, fine), float32, −1…1."""
    augmentation = recipe["augmentation"]
    picture, side, left, top = framed(picture, augmentation, rng)
    gamma = np.exp(rng.uniform(*np.log(augmentation["gamma"])))
    luma = (picture @ (LUMA / 255)) ** np.float32(gamma)

    def shrunk(to):
        return 2 * (box_matrix(top, side, to, SIDE) @ luma @ box_matrix(left, side, to, SIDE).T) - 1

    return shrunk(size), shrunk(fine)


class Pictures:
    """The recipe's folders, from which batches are drawn."""

    def __init__(self, root, recipe):
        least = recipe["training"]["batch"]
        folders = [(load(pathlib.Path(root) / entry["folder"], least, part=entry.get("part")),
                    entry["weight"]) for entry in recipe["pictures"]]
        self.pictures = np.concatenate([pictures for pictures, _ in folders])
        if "studio" in recipe.get("ageing", {}):
            self.pictures = np.stack([np.dstack([p, studio.matte(p)]) for p in self.pictures])
        weights = np.concatenate([np.full(len(p), float(weight)) for p, weight in folders])
        self.cumulative = np.cumsum(weights) / weights.sum()
        self.recipe = recipe
        self.size = recipe["network"]["input"]["size"]

    def chosen(self, rng):
        """The pictures of a batch."""
        numbers = np.searchsorted(
            self.cumulative, rng.random(self.recipe["training"]["batch"]), side="right")
        return [self.pictures[i] for i in numbers]

    def luma(self, rng):
        """The luma of one picture, (SIDE, SIDE), 0…1, perhaps mirrored."""
        number = np.searchsorted(self.cumulative, rng.random(), side="right")
        luma = self.pictures[number] @ (LUMA / 255)
        return np.ascontiguousarray(luma[:, ::-1]) if rng.random() < 0.5 else luma

    def luma_batch(self, factor, rng):
        """Inputs (n, size, size), nothing of them hidden, and their luma at factor times the
        size."""
        views = [luma_sample(picture, self.recipe, self.size, factor * self.size, rng)
                 for picture in self.chosen(rng)]
        return [np.stack(part).astype(np.float32) for part in zip(*views)]

    def joined_batch(self, rng):
        """Inputs (n, size, size, 1), and what joining.sample() gives beyond what is hidden."""
        grey, joined = [], []
        for picture in self.chosen(rng):
            view, side, (left, top), (low_x, low_y) = look(picture, self.recipe, rng)
            across = box_matrix(left - low_x, side, self.size, view.shape[1])
            down = box_matrix(top - low_y, side, self.size, view.shape[0])
            colours = 2 * np.einsum("yh,hwc,xw->yxc", down, view, across, optimize=True) - 1
            hidden, *rest = joining.sample(colours, self.recipe, rng)
            grey.append(np.where(hidden, 0, colours @ LUMA)[..., None])
            joined.append(rest)
        return [np.stack(part).astype(np.float32) for part in (grey, *zip(*joined))]

    def batch(self, rng):
        """Inputs (n, size, size, 1), points (n, p, 2) and colours (n, p, 3)."""
        views = [sample(picture, self.recipe, self.size, rng) for picture in self.chosen(rng)]
        grey, position, colours = (np.stack(part).astype(np.float32) for part in zip(*views))
        return grey[..., None], position, colours
