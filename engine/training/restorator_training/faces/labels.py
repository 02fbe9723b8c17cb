# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels for the face finder, from a teacher: YuNet (Wu, Peng and Yu 2023) by way of OpenCV.

    python3 -m restorator_training.faces.labels TEACHER.onnx PHOTOS LABELS FOLDER…

For each folder of PHOTOS a JSON file in LABELS: a picture's name → boxes (x, y, width, height,
score). Each picture is looked at in three sizes, since the teacher misses faces under 12 pixels.
"""

import argparse
import json
import pathlib

import cv2

LEAST = 0.25       # score: below, nothing is listed
SIZES = 2, 1, 0.5  # of the picture
LARGEST = 700      # pixels of a side: a larger picture is not enlarged
SAME = 0.35        # of the smaller box's area: two boxes are of one face


def is_same(a, b):
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return across > 0 and down > 0 and across * down > SAME * min(a[2] * a[3], b[2] * b[3])


def detect(teacher, picture):
    """The boxes in a picture (h, w, 3), the surest first."""
    found = []
    for size in SIZES:
        if size > 1 and max(picture.shape) > LARGEST:
            continue
        seen = cv2.resize(picture, None, fx=size, fy=size,
                          interpolation=cv2.INTER_LINEAR if size > 1 else cv2.INTER_AREA)
        if min(seen.shape[:2]) < 40:
            continue
        teacher.setInputSize(seen.shape[1::-1])
        boxes = teacher.detect(seen)[1]
        found += [] if boxes is None else [[*(box[:4] / size), box[14]] for box in boxes]
    kept = []
    for box in sorted(found, key=lambda box: -box[4]):
        if not any(is_same(box, other) for other in kept):
            kept.append([round(float(value), 2) for value in box])
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("teacher")
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("labels", type=pathlib.Path)
    parser.add_argument("folders", nargs="+")
    arguments = parser.parse_args()
    teacher = cv2.FaceDetectorYN.create(arguments.teacher, "", (320, 320), LEAST, 0.3, 500)
    for folder in arguments.folders:
        boxes = {path.name: detect(teacher, cv2.imread(str(path)))
                 for path in sorted((arguments.photos / folder).iterdir())
                 if path.suffix.lower() in (".jpg", ".jpeg", ".png")}
        (arguments.labels / f"{folder.replace('/', '-')}.json").write_text(
            json.dumps(boxes), encoding="utf-8")
        print(f"{folder}: {sum(map(len, boxes.values()))} boxes in {len(boxes)} pictures")


if __name__ == "__main__":
    main()
