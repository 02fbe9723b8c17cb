# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes dark hair white, and puts beards on chins.

Few of the people in the pictures have white hair, and hardly any a beard, so a network learns that
what is beside a face and as light as it is fair hair. Hair is cut out beside the largest face
(GrabCut, Rother, Kolmogorov and Blake 2004) where it is darker than that, and gets another tone and
no colour but a breath of blue; beards are noise of fibres. The skin's own colours become
stronger: old emulsions show it as light as such hair, and a network that is not sure which of both
it sees makes both pale.
"""

import cv2
import numpy as np

from restorator_training.colour import LUMA
from restorator_training.faces import detect

LEAST = 34      # pixels of a face's width
DARKER = 0.13   # of luma, than the face, has to be what is to be hair
WARMER = 0.35   # of the chroma, more in the middle of the face


def smooth(x):
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def fibres(shape, size, turn, rng):
    """Noise (h, w) of deviation 1 that runs down the picture, turned by `turn`, for a face that is
    `size` pixels wide."""
    length = max(3, int(0.25 * size)) | 1
    way = np.zeros((length, length), np.float32)
    for t in np.linspace(-(length // 2), length // 2, 2 * length):
        way[round(length // 2 + t * np.cos(turn)), round(length // 2 - t * np.sin(turn))] = 1
    noise = cv2.filter2D(rng.standard_normal(shape, dtype=np.float32), -1, way / way.sum())
    noise = cv2.GaussianBlur(noise, (0, 0), max(0.5, 0.012 * size))
    return (noise - noise.mean()) / (noise.std() + 1e-6)


def around(picture, box):
    """Where pixels lie, (h, w) each: right of the face's middle in its widths, below its top in its
    heights."""
    x, y, width, height = box
    down, across = np.indices(picture.shape[:2], dtype=np.float32)
    return (across - x - width / 2) / width, (down - y) / height


def tinted(tones, white, rng):
    """Hair (h, w, 3) of some tones: a little blue where it is white, else a little warm."""
    warm = -rng.uniform(0.02, 0.09) if white else rng.gamma(2, 0.015)
    return tones[..., None] * np.array([1 + 0.8 * warm, 1, 1 - 1.2 * warm], np.float32)


def guided(mask, luma, radius):
    """A mask (h, w) that follows the luma (He, Sun and Tang 2010)."""
    def mean(plane):
        return cv2.blur(plane, (2 * radius + 1, 2 * radius + 1))

    means = mean(luma), mean(mask)
    slope = (mean(luma * mask) - means[0] * means[1]) / (mean(luma ** 2) - means[0] ** 2 + 1e-3)
    return np.clip(mean(slope) * luma + mean(means[1] - slope * means[0]), 0, 1)


def matte(picture, luma, box):
    """How much of each pixel (h, w) is dark hair, and its tone; None where there is none that can
    be told from what is behind."""
    across, down = around(picture, box)
    above = luma[(np.abs(across) < 0.25) & (down > -0.18) & (down < -0.03)]
    face = luma[(np.abs(across) < 0.25) & (down > 0.25) & (down < 0.75)]
    if min(above.size, face.size) <= 60:
        return None
    tone, light = np.median(above), np.median(face)
    if tone > light - DARKER:
        return None
    dark = luma < tone + 0.35 * (light - tone)
    head = np.hypot(across, (down - 0.4) / 0.85)
    inner = np.hypot(across / 0.4, (down - 0.55) / 0.5)
    classes = np.full(luma.shape, cv2.GC_PR_BGD, np.uint8)
    classes[(head < 1) & dark & (inner > 1)] = cv2.GC_PR_FGD
    classes[(np.abs(across) < 0.3) & (down < -0.03) & (down > -0.2) & dark] = cv2.GC_FGD
    classes[(head > 1) | (inner < 1) | (down > 0.75)] = cv2.GC_BGD
    if (classes == cv2.GC_FGD).sum() < 40:
        return None
    near = np.ix_((np.abs(down - 0.4) < 1).any(1), (np.abs(across) < 1.2).any(0))
    part = np.ascontiguousarray(classes[near])
    cv2.setRNGSeed(1)
    cv2.grabCut(np.ascontiguousarray((255 * picture[near][..., ::-1]).astype(np.uint8)), part,
                None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    hair = np.zeros(luma.shape, np.float32)
    hair[near] = np.isin(part, (cv2.GC_FGD, cv2.GC_PR_FGD))
    share = hair.sum() / (box[2] * box[3])
    # A backdrop as dark as hair goes on to where a head ends.
    if not 0.08 < share < 1.1 or hair[(head > 0.93) & (head < 1)].mean() > 0.3:
        return None
    soft = cv2.GaussianBlur(cv2.dilate(hair, np.ones((3, 3))), (0, 0), 1)
    return guided(hair, luma, max(2, int(0.04 * box[2]))) * soft, tone


def with_white_hair(picture, box, rng):
    """A picture (h, w, 3), 0…1, whose dark hair is white or grey; None where that cannot be."""
    luma = (picture @ LUMA).astype(np.float32)
    found = matte(picture, luma, box)
    if found is None:
        return None
    alpha, tone = found
    level, contrast = rng.uniform(0.5, 0.95), rng.uniform(0.8, 2.2)
    tones = level + contrast * (luma - tone)
    tones += 0.05 * rng.uniform(0.3, 1.2) * fibres(luma.shape, box[2], rng.normal(0, 0.4), rng)
    tones = np.where(tones > level + 0.1, level + 0.1 + 0.4 * (tones - level - 0.1), tones)
    return picture + alpha[..., None] * (tinted(np.clip(tones, 0.05, 1), True, rng) - picture)


def outline(across, down, rng):
    """How far within a beard, a moustache or both pixels lie (h, w): above 0, in face widths or
    so."""
    kind = rng.random()
    long = rng.uniform(0.12, 0.75) if rng.random() < 0.6 else rng.uniform(0.05, 0.2)
    field = np.full(across.shape, -1, np.float32)
    if kind < 0.75:
        narrower = 1 - 0.35 * rng.random() * np.clip((down - 1) / long, 0, 1)
        below, above = 0.22 + long, rng.uniform(0.22, 0.45)
        beard = 1 - np.hypot(across / (rng.uniform(0.44, 0.6) * narrower),
                             (down - 0.8) / np.where(down > 0.8, below, above))
        # Cheeks stay free, and mostly the mouth.
        cheek = 0.58 + 0.55 * (0.5 - np.abs(across)) * rng.uniform(0.3, 0.7)
        free = smooth((down - cheek) / 0.08)
        field = np.where(free > 0.01, beard * free - 0.3 * (1 - free), -1)
        if rng.random() < 0.75:
            mouth = 1 - np.hypot(across / 0.2, (down - 0.79) / 0.045)
            field = np.minimum(field, 0.12 - 0.6 * mouth)
    if kind > 0.45:
        droop = 0.09 * np.square(across / 0.2) * rng.uniform(0, 0.8)
        moustache = 1 - np.hypot(across / rng.uniform(0.2, 0.36),
                                 (down - 0.7 - droop) / rng.uniform(0.045, 0.085))
        field = np.maximum(field, 0.5 * moustache)
    return field


def with_beard(picture, box, white, rng):
    """A picture (h, w, 3), 0…1, with a beard or a moustache, white or of any tone."""
    across, down = around(picture, box)
    luma = (picture @ LUMA).astype(np.float32)
    fine = fibres(luma.shape, box[2], rng.normal(0, 0.25), rng)
    coarse = cv2.GaussianBlur(rng.standard_normal(luma.shape, dtype=np.float32), (0, 0),
                              0.07 * box[2])
    coarse /= coarse.std() + 1e-6
    field = outline(across, down, rng) + 0.05 * coarse + 0.045 * fine
    alpha = smooth(0.5 + field / rng.uniform(0.12, 0.28)) * rng.uniform(0.85, 1)
    wide = cv2.GaussianBlur(luma, (0, 0), 0.12 * box[2])
    face = np.median(wide[(np.abs(across) < 0.2) & (down > 0.3) & (down < 0.7)])
    level = rng.uniform(0.55, 0.95) if white else rng.uniform(0.08, 0.5)
    light = np.clip(wide / max(face, 0.1), 0.6, 1.25) ** rng.uniform(0.2, 0.9)
    tones = level * light * (1 - 0.25 * np.clip(down - 1, 0, 1))
    tones = tones + (0.1 * fine + 0.05 * coarse) * rng.uniform(0.4, 1.1) * (0.5 + 0.5 * level)
    return picture + alpha[..., None] * (tinted(np.clip(tones, 0.02, 1), white, rng) - picture)


def warmer(picture, box):
    """A picture (h, w, 3), 0…1, whose face has stronger colours, less so round it."""
    across, down = around(picture, box)
    near = smooth(1.6 - np.hypot(across / 0.62, (down - 0.5) / 0.7))[..., None]
    grey = (picture @ LUMA)[..., None]
    return grey + (picture - grey) * (1 + WARMER * near)


def whitened(picture, finder, rng):
    """A picture (h, w, 3), uint8, with white hair, a beard, or both; None where there is no face
    that is large enough, or where chance has it. finder: of faces (chain.load())."""
    box = detect.largest(finder, picture)
    if box is None or box[2] < LEAST:
        return None
    plain = picture.astype(np.float32) / 255
    result = with_white_hair(plain, box, rng)
    white = result is not None
    if rng.random() < (0.75 if white else 0.4):
        result = with_beard(result if white else plain, box,
                            rng.random() < (0.9 if white else 0.35), rng)
    if result is None:
        return None
    return np.rint(255 * np.clip(warmer(result, box), 0, 1)).astype(np.uint8)
