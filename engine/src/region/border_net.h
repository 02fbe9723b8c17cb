/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's fill: a small network that sees a hole, filled smoothly, round a pixel near its border,
 * and tells what the filling lacks there.
 */
#ifndef RST_FILL_H
#define RST_FILL_H

#include "region/poisson.h"
#include "network/model.h"

/* From the border on it counts less and less, in pixels, and beyond not at all. */
#define RST_FILL_FADES 8.0f
#define RST_FILL_ENDS 16.0f

/* Adds to the colours (height, width, 3), 0…1, of unknown cells, which a spline in tension has
 * filled, what the model's fill makes of their luma. `distance` (height, width) is each one's from
 * the border, in pixels. Beyond the grid its edge is repeated, as no hole; an ignored cell is a
 * hole of the luma of the pixel that is looked from. Nothing for a model without a fill. Errors:
 * RST_NO_MEMORY, RST_CANCELLED. */
rst_status rst_fill_add(const rst_model *model, int width, int height, const unsigned char *cells,
                        const float *distance, float *colours, const rst_cancel *cancel,
                        rst_error *error);

#endif
