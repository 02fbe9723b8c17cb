# SPDX-License-Identifier: GPL-3.0-or-later
"""Views that wait to be looked at, since they take longer to make than to learn from: each is seen
some times, in pieces, and one without faces for longer, the more it is mistaken."""

import numpy as np

from restorator_training.faces import views

SEEN = 160       # pixels of a piece of a view
KEPT = 16000     # views
REMEMBERED = 4   # places of which the least instructive is given to a new view
CHANGED = 0.5    # of the pieces have other contrasts than their view


class Pool:
    def __init__(self, source, kept=KEPT):
        """source: views.Views."""
        self.source, self.kept = source, kept
        self.grey, self.faces, self.unknown = [], [], []
        self.mistaken = np.full(kept, np.nan)  # the last loss; NaN: not seen

    def place(self, rng):
        """For a new view: of a few, one with faces that was seen, or the best known without."""
        if len(self.grey) < self.kept:
            self.grey.append(None)
            self.faces.append(None)
            self.unknown.append(None)
            return len(self.grey) - 1
        some = rng.integers(self.kept, size=REMEMBERED)
        key = np.where([len(self.faces[i]) > 0 for i in some], 0, self.mistaken[some])
        key = np.where(np.isnan(self.mistaken[some]), np.inf, key)
        return some[np.argmin(key)]

    def add(self, rng):
        grey, faces, unknown = self.source.view(rng)
        i = self.place(rng)
        self.grey[i] = np.rint(255 * np.clip(grey, 0, 1)).astype(np.uint8)
        self.faces[i], self.unknown[i] = faces, unknown
        self.mistaken[i] = np.nan

    def piece(self, i, rng):
        """Of a view: grey (SEEN, SEEN), −1…1, label and box as targets() has them."""
        x, y = rng.integers(0, views.SIDE - SEEN + 1, 2)
        grey = self.grey[i][y:y + SEEN, x:x + SEEN].astype(np.float32) / 255
        unknown = self.unknown[i][y:y + SEEN, x:x + SEEN]
        faces = self.faces[i] - np.float32([x, y, 0, 0, 0])
        if rng.random() < 0.5:
            grey, unknown = grey[:, ::-1], unknown[:, ::-1]
            faces[:, 0] = SEEN - faces[:, 0]
        if rng.random() < CHANGED:
            grey = np.clip((grey - 0.5) * rng.uniform(0.6, 1.2) + 0.5 + rng.uniform(-0.15, 0.15),
                           0, 1)
        return 2 * grey - 1, *views.targets(faces, unknown)

    def batch(self, count, rng):
        """Which views, and (n, SEEN, SEEN), (n, h, w) and (n, h, w, 4) of them."""
        chosen = rng.integers(len(self.grey), size=count)
        parts = zip(*(self.piece(i, rng) for i in chosen))
        return chosen, [np.stack(part).astype(np.float32) for part in parts]
