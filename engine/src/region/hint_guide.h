/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What colour hints see of a window: its luma at a bounded size, smoothed with edges kept, and what
 * it costs to go from cell to cell of it.
 */
#ifndef RST_HINT_GUIDE_H
#define RST_HINT_GUIDE_H

#include "region/geodesic.h"

enum { RST_GUIDE_SIDE = RST_TERRAIN_SIDE }; /* cells on a side, at most */

struct rst_hint_guide {
  int x, y;            /* the picture's pixel where the first cell begins */
  int factor;          /* pixels on a cell's side */
  rst_window window;
  rst_terrain terrain; /* costs: lengths in sides of the window */
  float *luma;         /* (height, width), 0…100; owns the costs too */
};

/* Luma, 0…100, of what a pixel (R'G'B'A) shows; a value that is no number counts as 0. */
float rst_hint_luma(const float *rgba);

#endif
