/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture's luma as samples, each the mean of some pixels: what finding damage looks at.
 */
#ifndef RST_PLANE_H
#define RST_PLANE_H

#include "restorator.h"

/* Luma, −1…1, of a picture whose samples are the means of `factor` × `factor` pixels; NaN where all
 * of them are transparent. */
typedef struct rst_plane {
  int full_width, full_height; /* of the whole picture, in samples */
  rst_rectangle box; /* samples that are here */
  float *luma; /* of the box, (height, width); owned */
} rst_plane;

/* Sets the full size, and no samples. */
void rst_plane_size(const rst_picture *picture, int factor, rst_plane *plane);
/* Reads a rectangle of samples, of which what lies beyond the picture is left out. Errors:
 * RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
rst_status rst_plane_read(const rst_picture *picture, int factor, const rst_rectangle *box,
                          const rst_cancel *cancel, rst_plane *plane, rst_error *error);
/* A sample that it has, and those after it in its row. */
static inline const float *rst_plane_at(const rst_plane *plane, int x, int y) {
  return plane->luma + (size_t)(y - plane->box.y) * (size_t)plane->box.width + (x - plane->box.x);
}
void rst_plane_clear(rst_plane *plane);
/* Copies a rectangle of it into `to` (height, width): its edge repeated beyond, 0 for NaN. */
void rst_plane_copy(const rst_plane *plane, const rst_rectangle *box, float *to);

#endif
