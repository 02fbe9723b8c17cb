/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What finding and mending share: boxes, a picture's luma as samples, and the cells of a chain of
 * convolutions over them.
 */
#ifndef RST_SAMPLES_H
#define RST_SAMPLES_H

#include <math.h>
#include <stdbool.h>

#include "network/chain.h"
#include "restorator.h"

/* A caller's box, NULL for `whole`, all of the picture. False where it reaches beyond it. */
bool rst_box_in(const rst_picture *picture, const rst_rectangle **box, rst_rectangle *whole);

/* The whole cells that hold a rectangle of samples, with what the chain looks at round them, as far
 * as a map of `width` × `height` reaches, whose last cells may reach beyond it. */
void rst_cells_seen(const rst_chain *chain, const rst_rectangle *wanted, int width, int height,
                    rst_rectangle *seen);
/* The cells of a last map, whose first one is at a multiple of the cell's size, that hold a
 * rectangle. */
void rst_cells_of(int cell, const rst_rectangle *wanted, rst_rectangle *cells);
/* The index of sample (x, y) among `cells` that have a value for each of their samples. */
static inline size_t rst_cell_index(int cell, const rst_rectangle *cells, int x, int y) {
  return (((size_t)(y / cell - cells->y) * (size_t)cells->width + (size_t)(x / cell - cells->x)) *
            (size_t)cell +
          (size_t)(y % cell)) *
           (size_t)cell +
         (size_t)(x % cell);
}

/* How sure it is, 0…255, where the odds have that logarithm: the share of a third of it, so that what
 * is nearly sure keeps its differences. */
static inline double rst_sureness(double odds) {
  return 255 / (1 + exp(-odds / 3));
}

/* Luma, −1…1, of a picture whose samples are the means of `factor` × `factor` pixels; NaN where all
 * of them are transparent. */
typedef struct rst_plane {
  int full_width, full_height; /* of the whole picture, in samples */
  rst_rectangle box; /* samples that are here */
  float *luma; /* owned */
} rst_plane;

/* Sets the full size, and no samples. */
void rst_plane_size(const rst_picture *picture, int factor, rst_plane *plane);
/* Reads a rectangle, of which what lies beyond the picture is left out. Errors: RST_HOST_FAILED,
 * RST_CANCELLED, RST_NO_MEMORY. */
rst_status rst_plane_read(const rst_picture *picture, int factor, const rst_rectangle *box,
                          const rst_cancel *cancel, rst_plane *plane, rst_error *error);
/* A sample that it has, and those after it in its row. */
static inline const float *rst_plane_at(const rst_plane *plane, int x, int y) {
  return plane->luma + (size_t)(y - plane->box.y) * (size_t)plane->box.width + (x - plane->box.x);
}
void rst_plane_clear(rst_plane *plane);
/* Copies a rectangle of it into every `step`th value of `to`: its edge repeated beyond, 0 for NaN. */
void rst_plane_copy(const rst_plane *plane, const rst_rectangle *box, int step, float *to);

#endif
