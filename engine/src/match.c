/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matching a part to its surroundings: what the picture differs on the ring round it, spread
 * inward.
 */
#include <math.h>
#include <stdlib.h>

#include "membrane.h"
#include "memory.h"
#include "status.h"

bool rst_resolve_match(const rst_parameters *parameters) {
  return parameters->match == RST_MATCH_AUTO ? parameters->hide_region
                                             : parameters->match == RST_MATCH_ON;
}

void rst_match_box(const rst_part *part, int width, int height, int box[4]) {
  const rst_window *w = &part->window;
  const int right = w->x + w->side < width ? w->x + w->side : width;
  const int bottom = w->y + w->side < height ? w->y + w->side : height;

  box[0] = part->x > 0 && part->x > w->x ? part->x - 1 : part->x;
  box[1] = part->y > 0 && part->y > w->y ? part->y - 1 : part->y;
  box[2] = (part->x + part->width < right ? part->x + part->width + 1 : right) - box[0];
  box[3] = (part->y + part->height < bottom ? part->y + part->height + 1 : bottom) - box[1];
}

static bool beside_covered(int width, int height, const float *coverage, int x, int y) {
  const float *at = coverage + (size_t)y * (size_t)width + x;

  return (x > 0 && at[-1] > 0) || (x < width - 1 && at[1] > 0) || (y > 0 && at[-width] > 0) ||
         (y < height - 1 && at[width] > 0);
}

void rst_match_ring(int width, int height, const float *rgba, const float *coverage, bool *ring) {
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const size_t i = (size_t)y * (size_t)width + (size_t)x;

      ring[i] = !(coverage[i] > 0) && rgba[4 * i + 3] > 0 &&
                beside_covered(width, height, coverage, x, y);
    }
}

rst_status rst_match_spread(int width, int height, const float *rgba, const float *coverage,
                            const bool *ring, const float *colours, float *difference,
                            const rst_cancel *cancel, rst_error *error) {
  const size_t pixels = (size_t)width * (size_t)height;
  unsigned char *cells = rst_array(pixels, 1);
  rst_status status;

  if (cells == NULL)
    return rst_fail_memory(error);
  for (size_t i = 0; i < pixels; i++) {
    cells[i] = coverage[i] > 0 ? RST_CELL_UNKNOWN : ring[i] ? RST_CELL_KNOWN : RST_CELL_IGNORED;
    for (size_t c = 0; cells[i] == RST_CELL_KNOWN && c < 3; c++)
      difference[3 * i + c] = fminf(fmaxf(rgba[4 * i + c], 0), 1) - colours[3 * i + c];
  }
  status = rst_membrane_spread(width, height, cells, difference, cancel, error);
  free(cells);
  return status;
}
