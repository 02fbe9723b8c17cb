# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the face finder against its teacher, with the program `restorator`.

    python3 -m restorator_training.faces.measure PHOTOS LABELS FOLDER… --command COMMAND…

A face is the teacher's box of a score of 0.7 and more, at least 16 pixels wide. It is found where a
box of ours has its middle within half a width of the face's and between half and twice its size.
Ours is false where it lies on no box of the teacher's, however unsure that is.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

SURE = 0.7
LEAST = 16  # pixels of a face's width


def is_found(face, box):
    x, y = face[0] + face[2] / 2 - box[0] - box[2] / 2, face[1] + face[3] / 2 - box[1] - box[3] / 2
    size, ours = (face[2] * face[3]) ** 0.5, (box[2] * box[3]) ** 0.5
    return (x * x + y * y) ** 0.5 < 0.5 * size and 0.5 < ours / size < 2


def measure(folder, labels, command, sure=()):
    """pictures, faces, found, false, and by its name what is wrong in a picture."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        names = sorted(labels)
        subprocess.run([*command, "faces", *(str(folder / name) for name in names), *sure,
                        "--json", file.name], check=True, stdout=subprocess.DEVNULL)
        found = json.loads(pathlib.Path(file.name).read_text(encoding="utf-8"))["pictures"]
    faces = hits = false = 0
    wrong = {}
    for one in found:
        name = pathlib.Path(one["picture"]).name
        ours = [[face[key] for key in ("x", "y", "width", "height")] for face in one["faces"]]
        there = [face for face in labels[name] if face[4] >= SURE and face[2] >= LEAST]
        missed = [face[:4] for face in there if not any(is_found(face, box) for box in ours)]
        more = [box for box in ours if not any(is_found(face, box) for face in labels[name])]
        faces, hits, false = faces + len(there), hits + len(there) - len(missed), false + len(more)
        if missed or more:
            wrong[name] = {"missed": missed, "false": more}
    return len(found), faces, hits, false, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("labels", type=pathlib.Path)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--sure", action="append", default=[], help="also with this threshold")
    parser.add_argument("--list", action="store_true", help="list what is wrong")
    parser.add_argument("--command", nargs=argparse.REMAINDER, default=["restorator"])
    arguments = parser.parse_args()
    for folder in arguments.folders:
        labels = json.loads((arguments.labels / f"{folder.replace('/', '-')}.json").read_text(
            encoding="utf-8"))
        for sure in [None, *arguments.sure]:
            pictures, faces, hits, false, wrong = measure(
                arguments.photos / folder, labels, arguments.command,
                () if sure is None else ("--sure", sure))
            print(f"{folder}{'' if sure is None else ' --sure ' + sure}: {hits} of {faces} found, "
                  f"{false} false in {pictures} pictures", flush=True)
            if arguments.list:
                for name, what in wrong.items():
                    print(f"  {name}: {what}")


if __name__ == "__main__":
    main()
