# SPDX-License-Identifier: GPL-3.0-or-later
"""Random views of pictures: a part, mirrored, turned, lighter or darker, grey, old, with holes."""

import numpy as np
from PIL import Image

from restorator_training.colour import LUMA, with_chroma
from restorator_training.data import ageing, backdrop, masking
from restorator_training.data.resampling import bilinear, box_matrix

SIDE = 256  # of the squares that pictures are cut to


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
    side = SIDE * rng.uniform(*augmentation.crop)
    left, top = rng.uniform(0, 1, 2) * (SIDE - side)
    if augmentation.mirror and rng.random() < 0.5:
        picture = picture[:, ::-1]
    return picture, side, left, top


def look(picture, augmentation, rng):
    """One random view of a picture (h, w, channels): its pixels, 0…1, then in pixels of the picture
    the view's side, its corner (x, y), and that of its pixels."""
    picture, side, left, top = framed(picture, augmentation, rng)
    if augmentation.turn is not None:
        picture = turned(picture, augmentation.turn, augmentation.stretch, rng)
    # A table of 256 entries takes the place of a power at every pixel. Of a matte it moves the soft
    # edge alone.
    gamma = np.exp(rng.uniform(*np.log(augmentation.gamma)))
    table = (np.arange(256, dtype=np.float32) / 255) ** np.float32(gamma)
    low_x, high_x = max(int(left), 0), min(int(left + side) + 1, SIDE)
    low_y, high_y = max(int(top), 0), min(int(top + side) + 1, SIDE)
    return table[picture[low_y:high_y, low_x:high_x]], side, (left, top), (low_x, low_y)


def sample(picture, stage, size, rng):
    """One random view: input (size, size), points (n, 2), colours (n, 3), all float32, −1…1."""
    augmentation, old = stage.augmentation, stage.ageing
    view, side, (left, top), (low_x, low_y) = look(picture, augmentation, rng)
    truth = view
    if picture.shape[2] == 4:
        view, truth = backdrop.posed(view[..., :3], view[..., 3], (low_x, low_y), SIDE,
                                   old.studio, rng)
    position = rng.random((stage.training.points, 2), dtype=np.float32)
    hidden = masking.hidden(size, stage.masking, rng) if stage.masking else None
    if hidden is not None and hidden.any():
        masking.draw_into(position, hidden, stage.masking.inside, rng)
    x, y = left + side * position[:, 0] - 0.5, top + side * position[:, 1] - 0.5
    colours = bilinear(truth, x - low_x, y - low_y)

    if old and rng.random() < old.engraved:
        # Nobody knows the colours of a drawing: the truth is the drawing.
        grey = ageing.engraving(view @ LUMA, rng)
        colours = np.repeat(bilinear(grey[..., None], x - low_x, y - low_y), 3, axis=1)
    elif old:
        grey = ageing.faded(ageing.plate(view, old, rng), old, rng)
        colours = muted(colours, old.cool)
    else:
        grey = view @ LUMA
    colours = with_chroma(colours, augmentation.chroma)
    across = box_matrix(left - low_x, side, size, grey.shape[1])
    down = box_matrix(top - low_y, side, size, grey.shape[0])
    grey = down @ grey @ across.T
    if old:
        grey = ageing.print_and_time(grey, old, rng)
    grey = 2 * grey - 1
    if hidden is not None:
        grey[hidden] = 0
    return grey, position, 2 * colours.astype(np.float32) - 1


def luma_sample(picture, augmentation, size, fine, rng):
    """One random view's luma twice, (size, size) and (fine, fine), float32, −1…1."""
    picture, side, left, top = framed(picture, augmentation, rng)
    gamma = np.exp(rng.uniform(*np.log(augmentation.gamma)))
    luma = (picture @ (LUMA / 255)) ** np.float32(gamma)

    def shrunk(to):
        return 2 * (box_matrix(top, side, to, SIDE) @ luma @ box_matrix(left, side, to, SIDE).T) - 1

    return shrunk(size), shrunk(fine)
