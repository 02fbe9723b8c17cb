/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/lattice.h"

enum {
  FIRST_PASSES = 20 << 10, /* network passes over points that take some 20 ms */
  POINT_PASSES = 4         /* passes that take as long as what a point costs once */
};

void lattice_clear(lattice *l) {
  for (int i = 0; i < l->count; i++)
    part_points_free(l->parts[i]);
  l->count = 0;
}

static void count_restored(void *user, const part_points *part, int x, int y, int step) {
  lattice *l = user;

  l->restored++;
  if (l->trace)
    l->trace(l->trace_user, part, x, y, step);
}

points_job lattice_get_job(lattice *l) {
  return (points_job){l->session, l->cancel, count_restored, l};
}

static rst_rectangle part_box(const part_points *part) {
  return part->part.box;
}

/* ---- how fine ---- */

static gint64 count_covered(const lattice *l, const rst_rectangle *area) {
  gint64 count = 0;

  for (int i = 0; i < l->count; i++) {
    const part_points *part = l->parts[i];
    const rst_rectangle box = part_box(part), inside = rect_intersect(area, &box);

    if (rect_holds(area, &box)) {
      count += rst_partial_count(part->partial, NULL);
      continue;
    }
    for (int y = inside.y; y < inside.y + inside.height; y++)
      for (int x = inside.x; x < inside.x + inside.width; x++)
        count += rst_partial_get_coverage(part->partial, x, y) > 0;
  }
  return count;
}

int lattice_choose_step(const lattice *l, const rst_rectangle *area, int passes) {
  const gint64 points = count_covered(l, area);
  int step = 1;

  while (step < LATTICE_COARSEST && points / (step * step) * (passes + POINT_PASSES) > FIRST_PASSES)
    step *= 2;
  return step;
}

int lattice_choose_side(const lattice *l, int least, int samples) {
  int side = least;

  while (side * side < samples * rst_session_threads(l->session))
    side *= 2;
  return side;
}

/* ---- chunk by chunk ---- */

/* A span cut into about equal pieces of about `side` samples: a narrow remainder would cost a whole
 * batch for a few points. */
typedef struct {
  int begin, end, step, samples, count;
} cuts;

static cuts cut(int begin, int length, int step, int side) {
  const int samples = (begin + length - 1) / step - begin / step + 1;

  return (cuts){begin, begin + length, step, samples, MAX(1, (samples + side / 2) / side)};
}

/* Where the i-th piece begins: at a multiple of the step, but for the first. */
static int cut_at(const cuts *c, int i) {
  const int sample = c->begin / c->step + (int)((gint64)i * c->samples / c->count);

  return CLAMP(sample * c->step, c->begin, c->end);
}

rst_status lattice_walk(part_points *part, const rst_rectangle *area, int step, int side,
                        lattice_work work, void *user, rst_error *error) {
  const rst_rectangle box = part_box(part), inside = rect_intersect(area, &box);
  rst_status status = RST_OK;

  if (rect_is_empty(&inside))
    return RST_OK;

  const cuts columns = cut(inside.x, inside.width, step, side);
  const cuts rows = cut(inside.y, inside.height, step, side);

  for (int row = 0; row < rows.count; row++)
    for (int column = 0; column < columns.count && status == RST_OK; column++) {
      const int x = cut_at(&columns, column), y = cut_at(&rows, row);
      const rst_rectangle chunk = {x, y, cut_at(&columns, column + 1) - x,
                                   cut_at(&rows, row + 1) - y};

      if (!rect_is_empty(&chunk))
        status = work(user, part, &chunk, step, error);
    }
  return status;
}

/* ---- counts ---- */

void lattice_count_points(const lattice *l, gint64 *points, gint64 *done) {
  *points = *done = 0;
  for (int i = 0; i < l->count; i++) {
    gint64 part_done;

    *points += part_points_count(l->parts[i], &part_done);
    *done += part_done;
  }
}

double lattice_get_range(const lattice *l, int seeds) {
  gint64 counts[DEVIATION_RANGES + 1] = {0}, all = 0, within = 0;
  int range = 0;

  for (int i = 0; i < l->count; i++)
    for (int k = 0; k <= DEVIATION_RANGES && rst_partial_get_seeds(l->parts[i]->partial) == seeds;
         k++) {
      counts[k] += l->parts[i]->deviated[k];
      all += l->parts[i]->deviated[k];
    }
  if (all == 0)
    return 0;
  for (within = counts[0]; range < DEVIATION_RANGES - 1 && within < all - all / 100; range++)
    within += counts[range + 1];
  return deviation_ranges[range];
}
