# SPDX-License-Identifier: GPL-3.0-or-later
"""Random views for the face finder: pieces of pictures with faces, faces composed into groups that
never were, and pieces without any, all of them grown old."""

import dataclasses
import json
import pathlib

import cv2
import numpy as np

from restorator_training.data import ageing
from restorator_training.data.photographs import aged
from restorator_training.recipe import Print

SIDE = 192           # pixels of a view
CELL = 8             # pixels of a cell of the network's last map
SIZE = 16            # a face's width and height are told as logarithms of their share of this
FOUND = 12.0, 34.0   # widths of faces that a view's network has to find
UNSURE = 8.5, 52.0   # beyond FOUND, and within these, either answer is right
SURE = 0.68          # the teacher's score from which a box is a face; below, either answer is right
PLAIN = 0.9          # from here on it is one that is seen from before; others are rare, and taken
RARE = 4             # so many times as often: profiles, shadows, hats
CROWD = 40           # a picture with more faces is taken as often as one with so many
LEAST = 9            # pixels of a picture: of smaller faces the teacher is not sure
MIDDLE = 0.3         # a cell is a face's where its centre is so many widths from the face's
TILT = 20            # degrees
GROUPED = 0.5, 0.22  # shares of views: pieces of pictures with faces, composed ones
OLD = 0.75           # of views are aged
LOOKS = Print(sensitivity=(0.7, 1.3), exponent=(0.5, 2), black=(-0.08, 0.3), white=(0.65, 1.15),
              blown=0.1, blur=(0, 0, 0, 0.6, 0.8, 1), vignette=0.3, gradient=(0.15, 0.15),
              grain=0.05, clumps=(0, 0.7, 1.2), jpeg=0.25, halftone=0.04)


@dataclasses.dataclass(frozen=True)
class Picture:
    """pixels: (h, w, 3), uint8. boxes: (n, 5): x, y, width, height, the teacher's score."""
    pixels: np.ndarray
    boxes: np.ndarray


def load(folder, labels):
    """The labelled pictures of a folder. labels: JSON, name → boxes."""
    all_boxes = json.loads(pathlib.Path(labels).read_text(encoding="utf-8"))
    pictures = []
    for name in sorted(all_boxes):
        boxes = np.array(all_boxes[name], np.float32).reshape(-1, 5)
        boxes[boxes[:, 2] < LEAST, 4] = np.minimum(boxes[boxes[:, 2] < LEAST, 4], SURE / 2)
        pictures.append(Picture(
            np.ascontiguousarray(cv2.imread(str(folder / name))[..., ::-1]), boxes))
    return pictures


def warped(picture, matrix):
    """A picture moved into a view (SIDE, SIDE, 3)."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    pixels = picture
    if scale < 0.7:  # averaged first: a bilinear sample of what is much larger is noise
        pixels = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        matrix = matrix.copy()
        matrix[:, :2] /= scale
    return cv2.warpAffine(pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REFLECT_101)


def placed(boxes, matrix, scale):
    """Boxes (n, 5) where a matrix (2, 3) of that scale takes them: centre x, y, width, height,
    score."""
    if not len(boxes):
        return np.zeros((0, 5), np.float32)
    centres = boxes[:, :2] + boxes[:, 2:4] / 2
    centres = centres @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate([centres, boxes[:, 2:4] * scale, boxes[:, 4:]], 1).astype(np.float32)


def turn(scale, tilt, mirrored, at, to):
    """The matrix (2, 3) that scales and turns a picture so that `at` comes to `to`."""
    cosine, sine = scale * np.cos(np.radians(tilt)), scale * np.sin(np.radians(tilt))
    matrix = np.array([[cosine, -sine, 0], [sine, cosine, 0]])
    if mirrored:
        matrix[:, 0] *= -1
    matrix[:, 2] = np.array(to) - matrix[:, :2] @ np.array(at)
    return matrix


def width_of_a_face(rng):
    return float(np.exp(rng.uniform(*np.log([10, 40]))))


class Faces:
    """Pictures with faces, and how often each picture and each face is taken."""

    def __init__(self, pictures, weigh):
        """weigh: what the weights of a picture's faces come to for the picture."""
        self.pictures = [one for one in pictures if (one.boxes[:, 4] >= SURE).any()]
        weights = [weigh(sum(self.weights(one))) for one in self.pictures]
        self.cumulative = np.cumsum(weights) / np.sum(weights)

    @staticmethod
    def sure(picture):
        return picture.boxes[picture.boxes[:, 4] >= SURE]

    @classmethod
    def weights(cls, picture):
        return np.where(cls.sure(picture)[:, 4] < PLAIN, RARE, 1)

    def one(self, rng):
        """A picture, and the box of one of its faces."""
        picture = self.pictures[np.searchsorted(self.cumulative, rng.random(), side="right")]
        weights = self.weights(picture)
        return picture, self.sure(picture)[rng.choice(len(weights), p=weights / weights.sum())]


class Views:
    """groups: pictures of many people and of streets; people: with a face or a few each; empty:
    pictures, those of them are used in which the teacher found nothing."""

    def __init__(self, groups, people, empty):
        self.groups = Faces(groups, lambda weight: min(weight, CROWD) ** 0.5)
        self.people = Faces(people, lambda weight: weight)
        self.alone = [one for one in self.people.pictures if len(one.boxes) == 1]
        self.empty = [one for one in empty if not len(one.boxes)]

    def piece(self, faces, rng):
        """A piece of a picture round one of its faces, at a size at which that can be found."""
        one, face = faces.one(rng)
        scale = min(width_of_a_face(rng) / max(face[2], 0.8 * face[3]), 1.6)
        tilt = rng.uniform(-TILT, TILT) if rng.random() < 0.4 else 0
        matrix = turn(scale, tilt, rng.random() < 0.5, face[:2] + face[2:4] / 2,
                      rng.uniform(8, SIDE - 8, 2))
        view = warped(one.pixels, matrix)
        faces = placed(one.boxes, matrix, scale)
        # What is mirrored at the picture's edge has faces that nobody lists.
        inside = cv2.warpAffine(np.ones(one.pixels.shape[:2], np.uint8), matrix, (SIDE, SIDE))
        if rng.random() < 0.5 and not inside.all():
            view = np.where(inside[..., None] > 0, view, np.uint8(rng.integers(256)))
            return view, faces, np.zeros((SIDE, SIDE), bool)
        return view, faces, inside == 0

    def scene(self, rng):
        """A piece of a picture without faces."""
        one = self.empty[rng.integers(len(self.empty))]
        scale = float(np.exp(rng.uniform(*np.log([0.35, 1.5]))))
        height, width = one.pixels.shape[:2]
        matrix = turn(scale, rng.uniform(-10, 10), rng.random() < 0.5,
                      (rng.uniform(0, width), rng.uniform(0, height)), (SIDE / 2, SIDE / 2))
        return warped(one.pixels, matrix)

    def composed(self, rng):
        """People put into a scene, each in an ellipse with a soft rim."""
        view = self.scene(rng).astype(np.float32)
        faces = np.zeros((0, 5), np.float32)
        y, x = np.indices((SIDE, SIDE), dtype=np.float32)
        for _ in range(rng.integers(2, 9)):
            one = self.alone[rng.integers(len(self.alone))]
            face, to, width = one.boxes[0], rng.uniform(4, SIDE - 4, 2), width_of_a_face(rng)
            apart = np.hypot(*(faces[:, :2] - to).T)
            if (apart < 0.75 * (faces[:, 2] + width)).any():
                continue
            scale = width / max(face[2], 0.8 * face[3])
            tilt = rng.uniform(-TILT, TILT) if rng.random() < 0.5 else 0
            matrix = turn(scale, tilt, rng.random() < 0.5, face[:2] + face[2:4] / 2, to)
            person = warped(one.pixels, matrix)
            inside = cv2.warpAffine(np.ones(one.pixels.shape[:2], np.float32), matrix, (SIDE, SIDE))
            across, down = rng.uniform(0.75, 1.3) * width, rng.uniform(0.95, 1.6) * width
            rim = 1 - np.hypot((x - to[0]) / across, (y - to[1]) / down)
            share = (np.clip(rim * rng.uniform(3, 12), 0, 1) * inside)[..., None]
            view = view * (1 - share) + share * person
            faces = np.concatenate([faces, placed(one.boxes, matrix, scale)])
        return view.astype(np.uint8), faces, np.zeros((SIDE, SIDE), bool)

    def view(self, rng):
        """grey (SIDE, SIDE), 0…1; faces (n, 5): centre, width, height, score; nobody knows (SIDE,
        SIDE), bool."""
        draw = rng.random()
        if draw < GROUPED[0]:
            view, faces, unknown = self.piece(
                self.groups if rng.random() < 0.6 else self.people, rng)
        elif draw < sum(GROUPED):
            view, faces, unknown = self.composed(rng)
        else:
            view, faces = self.scene(rng), np.zeros((0, 5), np.float32)
            unknown = np.zeros((SIDE, SIDE), bool)
        colours = view.astype(np.float32) / 255
        draw = rng.random()
        if draw < 0.03:
            grey = ageing.engraving(colours @ np.float32([0.2989, 0.587, 0.114]), rng)
        elif draw < OLD:
            grey = aged(colours, LOOKS, rng)
        else:
            grey = colours @ np.float32([0.2989, 0.587, 0.114])
        return grey.astype(np.float32), faces, unknown


def targets(faces, unknown):
    """What the network should say of a view, `unknown` (side, side) of it being what nobody knows,
    by cell: label (n, n) 1, 0, or −1 where either is right; box (n, n, 4): the centre's way from
    the cell's in cells, logarithms of sizes."""
    cells = len(unknown) // CELL
    label = np.zeros((cells, cells), np.float32)
    box = np.zeros((cells, cells, 4), np.float32)
    centre = (np.arange(cells, dtype=np.float32) + 0.5) * CELL
    label[unknown[CELL // 2::CELL, CELL // 2::CELL]] = -1
    for x, y, width, height, score in sorted(faces.tolist(), key=lambda face: -face[2]):
        size = max(width, 0.8 * height)
        if not UNSURE[0] <= size <= UNSURE[1]:
            continue
        near = np.hypot(centre[None] - x, centre[:, None] - y)
        label[near < 0.6 * size] = np.where(label[near < 0.6 * size] > 0, 1, -1)
        if FOUND[0] <= size <= FOUND[1] and score >= SURE:
            mine = (near < max(MIDDLE * size, CELL * 0.6))
            label[mine] = 1
            box[mine] = np.stack([(x - centre[None] + 0 * centre[:, None]) / CELL,
                                  (y - centre[:, None] + 0 * centre[None]) / CELL,
                                  np.full((cells, cells), np.log(width / SIZE)),
                                  np.full((cells, cells), np.log(height / SIZE))], -1)[mine]
    return label, box
