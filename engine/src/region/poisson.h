/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Poisson solver (Pérez, Gangnet and Blake 2003, Poisson image editing), with stiffness that of
 * a thin plate in tension: values that are known along a border, spread smoothly over what it
 * encloses.
 */
#ifndef RST_POISSON_H
#define RST_POISSON_H

#include "restorator.h"

typedef enum rst_cell {
  RST_CELL_IGNORED, /* takes no part: as if it were not there */
  RST_CELL_KNOWN,
  RST_CELL_UNKNOWN
} rst_cell;

/* Solves Laplace's equation on the unknown cells of a (height, width) grid: each becomes the mean
 * of its neighbours (four, those that are not ignored), the known ones staying as they are. With a
 * `stiffness` τ > 0, a length in cells, it solves  τ² Δ²u = Δu  (a thin plate in tension: Smith and
 * Wessel 1990, Gridding with continuous curvature splines in tension; their tension is
 * 1/(1 + τ²)), where the slope at the border is continued as well: over lengths below τ like
 * biharmonic inpainting, over longer ones like the solution without stiffness. The slope comes from
 * known cells beside unknown ones whose four neighbours all take part, so a border two known cells
 * wide is enough.
 * `values` (height, width, 3): known ones in, all others out; unknown cells with no way to a known
 * one become 0, and ignored in `cells`. Errors: RST_NO_MEMORY, RST_CANCELLED. */
rst_status rst_poisson_spread(int width, int height, double stiffness, unsigned char *cells,
                              float *values, const rst_cancel *cancel, rst_error *error);

#endif
