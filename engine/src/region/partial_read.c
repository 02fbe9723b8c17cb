/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a partial result: each pixel's own point, or the nearest coarser lattice's.
 */
#include <string.h>

#include "base/status.h"
#include "region/partial.h"
#include "region/seam.h"

/* Rows of lattices that have points, from the finest on. */
typedef struct {
  int step;
  size_t first; /* the index of the area's first column in that row */
} lattice_row;

/* A column's or row's place on the lattice of `step`, a power of two. */
static int on_lattice(int at, int step) {
  return at & -step;
}

static int find_rows(const rst_partial *p, int y, int coarsest, lattice_row *rows) {
  int count = 0;

  for (int step = 1; step <= coarsest; step *= 2) {
    const int v = on_lattice(y, step);

    if (v >= p->area.y && p->finished[v - p->area.y].covered > 0)
      rows[count++] = (lattice_row){step, rst_partial_index(p, p->area.x, v)};
  }
  return count;
}

static void read_row(const rst_partial *p, int x, int y, int count, int coarsest, float *colours,
                     float *coverage) {
  const bool matched = rst_partial_is_matched(p);
  lattice_row rows[RST_LATTICE_BITS + 1];
  const int row_count =
    find_rows(p, y, coarsest < RST_LATTICE_MAX ? coarsest : RST_LATTICE_MAX, rows);

  for (int k = 0; k < count; k++) {
    const size_t at = rst_partial_index(p, x + k, y);
    bool found = false;

    for (int r = 0; r < row_count && !found && (p->state[at] & RST_POINT_COVERED) != 0; r++) {
      const int u = on_lattice(x + k, rows[r].step);
      const size_t i = rows[r].first + (size_t)(u - p->area.x);

      found = u >= p->area.x && (p->state[i] & (RST_POINT_COVERED | RST_POINT_MIXED)) ==
                                  (RST_POINT_COVERED | RST_POINT_MIXED);
      if (found)
        memcpy(colours + 3 * (size_t)k, p->mixed + 3 * i, 3 * sizeof *colours);
    }
    coverage[k] = found ? p->coverage[at] : 0;
    if (found && matched)
      rst_seam_join(p->weight[at], p->offset + 3 * at, colours + 3 * (size_t)k);
  }
  if (p->hints) {
    rst_grid grid;

    rst_grid_pixels(&grid, x, y, count, 1);
    rst_hint_field_apply(p->hints, &grid, rst_partial_rgba(p, x, y), coverage, colours);
  }
}

rst_status rst_partial_read(const rst_partial *partial, const rst_rectangle *area, int coarsest,
                            float *colours, float *coverage, rst_error *error) {
  if (!partial || !area || !colours || !coverage || area->x < partial->area.x ||
      area->y < partial->area.y || area->width < 1 || area->height < 1 ||
      area->width > partial->area.x + partial->area.width - area->x ||
      area->height > partial->area.y + partial->area.height - area->y || coarsest < 1)
    return rst_fail_call(error, "rst_partial_read");
  for (int row = 0; row < area->height; row++) {
    const size_t first = (size_t)row * (size_t)area->width;

    read_row(partial, area->x, area->y + row, area->width, coarsest, colours + 3 * first,
             coverage + first);
  }
  return RST_OK;
}
