/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matching a part to its surroundings.
 */
#ifndef RST_SEAM_H
#define RST_SEAM_H

#include "restorator.h"

/* The rectangle in which a part of a picture of `width` × `height` pixels is
 * matched: its box with a border, as far as picture and window reach. */
void rst_seam_get_box(const rst_part *part, int width, int height, rst_rectangle *box);
/* Which pixels of a row of that rectangle, `boundary` (width), are on the boundary, where the
 * network's colours are needed too. `rgba`: (height, width, 4) in rows of `stride` pixels, looked
 * at beside covered pixels alone; `coverage`: (height, width), 0 where alpha is, and that of other
 * parts included. */
void rst_seam_find_boundary(const rst_part *part, const rst_rectangle *box, const float *rgba,
                            int stride, const float *coverage, int row, bool *boundary);
/* How the colours of a part are to be matched. `colours`: (height, width, 3), joined with the
 * picture by mode, read on the boundary alone, so that points may come in any order; `weight`:
 * (height, width) and `offset`: (height, width, 3) for rst_seam_join(). `encoding` is the part's.
 * Errors: RST_NO_MEMORY, RST_CANCELLED. */
rst_status rst_seam_spread(const rst_parameters *parameters, const rst_encoding *encoding,
                           const rst_part *part, const rst_rectangle *box, const float *rgba,
                           int stride, const float *coverage, const bool *boundary,
                           const float *colours, float *weight, float *offset,
                           const rst_cancel *cancel, rst_error *error);
/* A covered pixel's colour, joined with the picture by mode, becomes its result: weight · colour +
 * offset, clamped to 0…1. */
void rst_seam_join(float weight, const float offset[3], float colour[3]);

#endif
