# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a model on real old photographs, whose colours nobody knows, with the program
`restorator`, and writes what came out into the model's card.

    python3 -m restorator_training.measure.old_photographs PHOTOS MODEL COMMAND…

PHOTOS has `historic`, `old/groups`, `old/portraits`, `old/scenes`, `old/books`, each with
faces.json: name → boxes (x, y, width, height) of faces. All is in mode *colour*.

Faces: the window is the square of 2.3 face widths (or of 1.84 heights, where the box is high) round
the face, a tenth of its height lower. A face is skin-like where in the middle half of
its box the median CIELAB hue is 25° to 80° and the median chroma 7 to 40.

White hair and beards (boxes in white_hair.json, chosen by eye): their median chroma beside that of
the face, in the face's window. They are white where it is under half.

Blotches: the window is the picture. Where the tone is flat (L*, smoothed by a hundredth of the
longer side, changes by less than 40 over that side) and no face is near, the mean change of a* and
b*, smoothed alike, over the longer side; the median over a folder's pictures.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import cv2
import numpy as np

from restorator_training import colour, model_file
from restorator_training.data import dataset

FOLDERS = ("historic", "old/groups", "old/portraits", "old/scenes", "old/books")
FACE_WIDTHS = 2.3
HUE, CHROMA = (25, 80), (7, 40)
WHITE = 0.5          # of the face's chroma
FLAT = 40            # of L*, over the longer side
LEAST_FLAT = 0.02    # of a picture
WHITE_HAIR = pathlib.Path(__file__).with_name("white_hair.json")


def boxes(folder):
    """By a picture's name, the boxes of its faces: faces.json has one or a list of them."""
    path = folder / "faces.json"
    given = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: [one[:4] for one in (value if not value or isinstance(value[0], list)
                                       else [value])] for name, value in given.items() if value}


def middle(box):
    """The middle half of a box."""
    x, y, width, height = box
    return [round(x + width / 4), round(y + height / 4), round(width / 2), round(height / 2)]


def colours_in(lab, box):
    """The colours (n, 3) of a box in a picture."""
    x, y, width, height = box
    return lab[max(0, y):y + height, max(0, x):x + width].reshape(-1, 3)


def hue_and_chroma(colours):
    """Of the median a* and b*: degrees, and chroma."""
    a, b = np.median(colours[:, 1]), np.median(colours[:, 2])
    return float(np.degrees(np.arctan2(b, a))), float(np.hypot(a, b))


def skin_like(colours):
    hue, chroma = hue_and_chroma(colours)
    return HUE[0] <= hue <= HUE[1] and CHROMA[0] <= chroma <= CHROMA[1]


def slopes(plane):
    """The length of the gradient (h, w) of a plane, over its longer side."""
    down, across = np.gradient(plane)
    return np.hypot(down, across) * max(plane.shape)


def blotches(grey, coloured, faces=()):
    """How much colour changes where tone does not. grey, coloured: CIELAB (h, w, 3); None where
    hardly anything is flat."""
    deviation = max(grey.shape) / 100
    a, b, tone = (cv2.GaussianBlur(plane, (0, 0), deviation)
                  for plane in (coloured[..., 1], coloured[..., 2], grey[..., 0]))
    flat = slopes(tone) < FLAT
    for x, y, width, height in (map(round, box) for box in faces):
        flat[max(0, y - height // 2):y + 2 * height, max(0, x - width // 2):x + 3 * width // 2] = 0
    if flat.mean() <= LEAST_FLAT:
        return None
    return float((slopes(a) + slopes(b))[flat].mean())


class Program:
    """The program, with a model."""

    def __init__(self, command, model, scratch, options=()):
        self.command, self.model, self.options = command, model, options
        self.out = pathlib.Path(scratch) / "out.png"

    def restored(self, path, *options):
        """A picture in mode colour, CIELAB (h, w, 3)."""
        subprocess.run([*self.command, "restore", path, self.out, "--model", self.model, "--mode",
                        "colour", "--force", "--quiet", *self.options, *options],
                       check=True, capture_output=True)
        return colour.to_lab(dataset.read(self.out) / 255)

    def whole(self, path):
        """The window is the picture."""
        return self.restored(path, "--window", "picture")

    def near(self, path, face, parts):
        """The colours (n, 3) in some boxes near a face, in its window."""
        x, y, width, height = face
        side = round(FACE_WIDTHS * max(width, 0.8 * height))
        left, top = round(x + (width - side) / 2), round(y + 0.6 * height - side / 2)
        every = np.array(parts)
        low = np.maximum(every[:, :2].min(0), 0)
        wide, high = (every[:, :2] + every[:, 2:]).max(0) - low
        lab = self.restored(path, f"--region={low[0]},{low[1]},{wide}x{high}",
                            f"--window={left},{top},{side}")
        return np.concatenate([colours_in(lab, part) for part in parts])


def measure_folder(program, folder):
    """The figures of a folder."""
    faces, values, good, count, bad = boxes(folder), [], 0, 0, []
    paths = dataset.files(folder)
    for path in paths:
        picture = dataset.read(path)
        grey = colour.to_lab(picture / 255)
        value = blotches(grey, program.whole(path), faces.get(path.name, ()))
        if value is not None:
            values.append(value)
        for box in faces.get(path.name, ()):
            if min(middle(box)[2:]) < 3:
                continue  # too few pixels to say
            colours = program.near(path, box, [middle(box)])
            verdict = skin_like(colours)
            good, count = good + verdict, count + 1
            if not verdict:
                bad.append(f"{path.name} {box}: hue {hue_and_chroma(colours)[0]:.0f}°, chroma "
                           f"{hue_and_chroma(colours)[1]:.1f}")
    figure = {"set": folder.name if folder.name == "historic" else f"old/{folder.name}",
              "protocol": "old", "pictures": len(paths), "window": FACE_WIDTHS,
              "setup": "single-pass", "skin_like": good, "faces": count}
    if values:
        figure["blotches"] = round(float(np.median(values)), 1)
    return figure, bad


def measure_hair(program, photos):
    """How much of the face's chroma white hair and beards have, each."""
    shares = {}
    for name, parts in json.loads(WHITE_HAIR.read_text(encoding="utf-8")).items():
        path = photos / name
        face = boxes(path.parent)[path.name][0]
        hair, skin = (hue_and_chroma(program.near(path, face, some))[1]
                      for some in (parts["hair"], [middle(face)]))
        shares[name] = hair / max(skin, 1e-6)
    return shares


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("model", help="the model, by its id or its file")
    parser.add_argument("command", nargs="+", help="restorator, its path or how to run it")
    parser.add_argument("--card", type=pathlib.Path, metavar="FILE",
                        help="the model file whose card receives the figures")
    parser.add_argument("--folder", action="append", help="this one alone; may be repeated")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    arguments = parser.parse_args()
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(arguments.command, arguments.model, scratch)
        for name in arguments.folder or FOLDERS:
            if not (arguments.photos / name).is_dir():
                continue
            figure, bad = measure_folder(program, arguments.photos / name)
            figures.append(figure)
            print(json.dumps(figure), *bad, sep="\n  ", flush=True)
        shares = measure_hair(program, arguments.photos) if not arguments.folder else {}
    for name, share in shares.items():
        print(f"{name}: {share:.2f} of the face's chroma")
    white = sum(share < WHITE for share in shares.values())
    if shares:
        figures.append({"set": "white hair", "protocol": "old", "pictures": len(shares),
                        "window": FACE_WIDTHS, "setup": "single-pass", "white": white,
                        "heads": len(shares)})
        print(json.dumps(figures[-1]))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if arguments.card:
        network, card = model_file.load(arguments.card)
        others = [one for one in card.get("figures", []) if one.get("protocol") != "old"]
        model_file.save(arguments.card, network, {**card, "figures": [*others, *figures]})


if __name__ == "__main__":
    main()
