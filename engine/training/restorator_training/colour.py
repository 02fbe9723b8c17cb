# SPDX-License-Identifier: GPL-3.0-or-later
"""CIELAB of gamma-coded sRGB under D65, and the mode *colour*."""

import numpy as np

# Of R'G'B': what the network sees of a picture, and what the mode *colour* keeps of it.
LUMA = np.array([0.2989, 0.5870, 0.1140], dtype=np.float32)
TO_XYZ = np.array([[0.4123908, 0.3575843, 0.1804808],
                   [0.2126390, 0.7151687, 0.0721923],
                   [0.0193308, 0.1191948, 0.9505322]])
WHITE = TO_XYZ.sum(1)
EPSILON, KAPPA = 216 / 24389, 24389 / 27


def with_chroma(rgb, share):
    """Colours (…, 3) with their luma and so much of their chroma: a number, or one each, (…, 1)."""
    luma = (rgb @ LUMA)[..., None]
    return luma + share * (rgb - luma)


def to_light(rgb):
    """sRGB, 0…1 → linear light, 0…1."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)


def from_light(light):
    """The inverse of `to_light`."""
    return np.where(light <= 0.0031308, 12.92 * light,
                    1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055)


def to_lab(rgb):
    """(…, 3), 0…1 → L* 0…100, a*, b*."""
    xyz = to_light(rgb) @ TO_XYZ.T / WHITE
    f = np.where(xyz > EPSILON, np.cbrt(xyz), (KAPPA * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]),
                     200 * (f[..., 1] - f[..., 2])], -1)


def from_lab(lab):
    """The inverse of `to_lab`; out of gamut the result leaves 0…1."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], -1)
    cube = f ** 3
    xyz = np.where(cube > EPSILON, cube, (116 * f - 16) / KAPPA) * WHITE
    return from_light(xyz @ np.linalg.inv(TO_XYZ).T)


def into_gamut(lab):
    """sRGB (…, 3), 0…1, of colours whose chroma shrinks at constant L* and hue until they fit."""
    low, high = np.zeros(lab.shape[:-1]), np.ones(lab.shape[:-1])

    def shrunk(share):
        return from_lab(lab * np.stack([np.ones_like(share), share, share], -1))

    def fits(rgb):
        return np.all((rgb >= -1e-4) & (rgb <= 1 + 1e-4), axis=-1)

    low = np.where(fits(shrunk(high)), 1.0, low)
    for _ in range(12):
        middle = (low + high) / 2
        inside = fits(shrunk(middle))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.clip(shrunk(low), 0, 1)


def own_tone(picture, restored):
    """The picture's L* with the restored a*b*, as sRGB (…, 3), 0…1."""
    lab = to_lab(np.clip(restored, 0, 1))
    lab[..., 0] = to_lab(picture)[..., 0]
    return into_gamut(lab)


def ciede2000(one, other):
    """The colour difference of CIELAB colours (…, 3), all weights 1.

    Source: G. Sharma, W. Wu, E. N. Dalal, The CIEDE2000 color-difference formula, Color Research
    and Application 30 (2005).
    """
    mean_chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma ** 7 / (mean_chroma ** 7 + 25.0 ** 7))

    def polar(lab):
        a, b = lab[..., 1] * stretch, lab[..., 2]
        return lab[..., 0], np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360

    (l1, c1, h1), (l2, c2, h2) = polar(one), polar(other)
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(c1 * c2 == 0, 0, turn)
    lightness, chroma = l2 - l1, c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = np.radians(np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2))
    t = (1 - 0.17 * np.cos(h - np.radians(30)) + 0.24 * np.cos(2 * h)
         + 0.32 * np.cos(3 * h + np.radians(6)) - 0.20 * np.cos(4 * h - np.radians(63)))
    degrees = np.degrees(h) % 360
    blue = np.radians(30 * np.exp(-(((degrees - 275) / 25) ** 2)))
    rotation = -2 * np.sqrt(c ** 7 / (c ** 7 + 25.0 ** 7)) * np.sin(2 * blue)
    lightness = lightness / (1 + 0.015 * (l - 50) ** 2 / np.sqrt(20 + (l - 50) ** 2))
    chroma, hue = chroma / (1 + 0.045 * c), hue / (1 + 0.015 * c * t)
    return np.sqrt(lightness ** 2 + chroma ** 2 + hue ** 2 + rotation * chroma * hue)
