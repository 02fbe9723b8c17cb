# SPDX-License-Identifier: GPL-3.0-or-later
"""Random views of photographs of all sizes and forms, and how they grow old at their own size: the
pixel's own luma, which the network sees beside its input, is as old as the picture."""

import cv2
import numpy as np

from restorator_training.colour import LUMA, with_chroma
from restorator_training.data import ageing

LONG = 1.1     # a picture is long where its sides differ by more than a tenth
REACH = 1.25   # how far a view may reach beyond a picture, in its shorter side
LEAST = 48     # pixels of a view's side
COARSE = 5 / 16  # of the input's size: the smallest picture that it may show


def lit(tones, rng):
    """Tones (h, w) whose lights are blown, or whose shadows are blocked."""
    return np.clip((tones - rng.uniform(0, 0.12)) / rng.uniform(0.55, 0.95), 0, 1)


def flat(tones, rng):
    """Tones (h, w) in a narrow, light band, as of an albumen print or a thin negative."""
    low = rng.uniform(0.2, 0.55)
    return low + rng.uniform(0.25, 0.45) * tones


def blurred(picture, deviations, rng):
    """A picture (h, w), blurred by one of these standard deviations in pixels, and which."""
    deviation = float(rng.choice(deviations))
    return (cv2.GaussianBlur(picture, (0, 0), deviation) if deviation else picture), deviation


def compressed(grey, rng):
    """What JPEG leaves of a picture (h, w), 0…1."""
    coded = cv2.imencode(".jpg", np.rint(grey * 255).astype(np.uint8),
                         [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))])[1]
    return cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE) / np.float32(255)


def halftone(grey, rng):
    """A picture (h, w), 0…1, as books print it: dots on a turned grid, as large as it is dark."""
    period, angle = rng.uniform(2.5, 5), rng.uniform(0, np.pi)
    y, x = np.indices(grey.shape, dtype=np.float32)
    along, across = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    turns = np.float32(2 * np.pi / period)
    dots = 0.5 + 0.25 * (np.cos((along * x + across * y) * turns)
                         + np.cos((along * y - across * x) * turns))
    return np.clip((grey - dots) * 3 + 0.5, 0, 1) * np.float32(0.9) + np.float32(0.03)


def aged(picture, old, rng):
    """A colour picture (h, w, 3), 0…1 → an old print of it (h, w), 0…1. old: a recipe's `print`."""
    tones = ageing.plate(picture, old, rng, old.late)
    if rng.random() < old.blown:
        tones = lit(tones, rng)
    if rng.random() < old.flat:
        tones = flat(tones, rng)
    grey, _ = blurred(ageing.faded(tones, old, rng).astype(np.float32), old.blur, rng)
    down, across = (np.linspace(-1, 1, n, dtype=np.float32) for n in grey.shape)
    distance = (across ** 2 + down[:, None] ** 2) / 2
    grey = grey * (1 - np.float32(rng.uniform(0, old.vignette)) * distance)
    for slope, axis in zip(old.gradient, (across, down[:, None])):
        grey = grey + np.float32(rng.uniform(-slope, slope)) * axis
    noise, width = blurred(rng.standard_normal(grey.shape, dtype=np.float32), old.clumps, rng)
    grey = np.clip(grey + np.float32(rng.uniform(0, old.grain) * max(2 * width, 1)) * noise, 0, 1)
    draw = rng.random()
    if draw < old.jpeg:
        return compressed(grey, rng)
    return halftone(grey, rng) if draw < old.jpeg + old.halftone else grey


def tilted(picture, tilt, rng):
    """A picture turned by up to so many degrees about its centre, mirrored beyond its edge."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-tilt, tilt), 1)
    return cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REFLECT_101)


def corner(side, pixels, rng):
    """Where a view of that side begins on an axis of so many pixels: within the picture, or round
    all of it."""
    return int(np.floor(rng.uniform(min(0, pixels - side), max(0, pixels - side) + 1)))


def frame(height, width, settings, crop, rng):
    """A random square of a picture, which may reach beyond it: side, left, top, in pixels."""
    shorter, longer = min(height, width), max(height, width)
    draw = rng.random()
    if longer > LONG * shorter:
        if draw < settings.whole:
            return longer, (width - longer) // 2, (height - longer) // 2
        side = max(LEAST, int(shorter * rng.uniform(*crop)))
    elif draw < settings.beyond:
        side = int(shorter * rng.uniform(1, REACH))
    else:
        side = max(LEAST, int(shorter * rng.uniform(*crop)))
    return side, corner(side, width, rng), corner(side, height, rng)


def view(picture, settings, crop, rng):
    """A random square view of a picture (h, w, 3), uint8: (side, side, 3), 0…1, and how many of its
    pixels repeat the picture's edge: left, top, right, bottom."""
    if rng.random() < settings.tilted:
        picture = tilted(picture, settings.tilt, rng)
    height, width = picture.shape[:2]
    side, left, top = frame(height, width, settings, crop, rng)
    seen = picture[max(0, top):top + side, max(0, left):left + side]
    edges = [max(0, -left), max(0, -top), max(0, left + side - width), max(0, top + side - height)]
    if any(edges):
        seen = cv2.copyMakeBorder(seen, edges[1], edges[3], edges[0], edges[2],
                                  cv2.BORDER_REPLICATE)
    if rng.random() < 0.5:
        seen, edges = seen[:, ::-1], [edges[2], edges[1], edges[0], edges[3]]
    gamma = np.float32(np.exp(rng.uniform(*np.log(settings.gamma))))
    return ((np.arange(256, dtype=np.float32) / 255) ** gamma)[seen], edges


def shrunk(grey, size, coarse):
    """A picture (h, w) at the input's size; coarse: it has never been larger than that."""
    for side in (coarse, size) if coarse else (size,):
        grey = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA
                          if side < len(grey) else cv2.INTER_CUBIC)
    return np.clip(grey, 0, 1)


def points(count, side, edges, distances, rng):
    """Points (count, 2) of a view, in the picture itself: the second half of them near the first,
    by one of these distances, so that what is side by side can be compared."""
    position = rng.random((count, 2), dtype=np.float32)
    half = count // 2
    near = rng.standard_normal((count - half, 2), dtype=np.float32)
    position[half:] = np.clip(
        position[:count - half] + np.float32(rng.choice(distances)) * near, 0, 1)
    low, high = np.array(edges[:2]), np.array(edges[2:])
    return ((low + position * (side - low - high)) / side).astype(np.float32)


def sample(picture, settings, crop, size, count, rng, chroma=1):
    """One random view: input (size, size), points (count, 2), the pixel's own luma there (count),
    NaN where it is not known, colours (count, 3); float32, all but the points −1…1.

    settings: a recipe's `photographs`. crop, chroma: of the folder; how much of its chroma
    the truth has. count: even.
    """
    seen, edges = view(picture, settings, crop, rng)
    if rng.random() < settings.engraved:
        # Nobody knows the colours of a drawing, but strokes are hardly seen at the input's size.
        grey = ageing.engraving(seen @ LUMA, rng).astype(np.float32)
        away = seen - (seen @ LUMA)[..., None]
        seen = np.clip(grey[..., None] + np.float32(settings.drawn) * away, 0, 1)
    elif rng.random() < settings.aged:
        grey = aged(seen, settings.print, rng)
    else:
        grey = seen @ LUMA
    coarse = int(rng.integers(int(COARSE * size), size)) if rng.random() < settings.small else None
    position = points(count, len(seen), edges, settings.pairs, rng)
    at = (position * len(seen) - np.float32(0.5)).reshape(1, -1, 2)

    def there(plane):
        return cv2.remap(np.ascontiguousarray(plane, dtype=np.float32), at[..., 0], at[..., 1],
                         cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]

    pixel = 2 * there(grey) - 1
    if rng.random() < settings.unknown:
        pixel = np.full_like(pixel, np.nan)
    colours = np.clip(with_chroma(there(seen), np.float32(chroma)), 0, 1)
    return 2 * shrunk(grey, size, coarse) - 1, position, pixel, 2 * colours - 1
