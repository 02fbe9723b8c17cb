/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much of the network's chroma goes for one hint's, over a part of the picture: its contour is
 * where that is one half.
 *
 * Threads: it never changes; any thread may hold and release it.
 */
#ifndef CONTOUR_H
#define CONTOUR_H

#include "preview/tiles.h"

typedef struct contour {
  rst_rectangle area; /* of the picture */
  int width, height;
  float weights[]; /* (height, width), 0…1, evenly over the area */
} contour;

/* Weights are to be filled. NULL where memory ran out. */
contour *contour_new(const rst_rectangle *area, int width, int height);
contour *contour_ref(contour *c);
void contour_unref(contour *c); /* NULL is allowed */

#endif
