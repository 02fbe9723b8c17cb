/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much a partial result's points vary with the seed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/encoder.h"
#include "network/model.h"
#include "parameters/parameters.h"
#include "region/partial.h"

typedef struct {
  rst_partial *p;
  const rst_hooks *hooks;
  rst_grid grid;
  size_t count;
  float *mask, *luma;            /* (rows, columns): above 0 where the deviation is missing */
  float *colours;                /* (rows, columns, 3), as the next two */
  float *mean, *squares;
  uint32_t *known; /* (rows, columns): indices in the area, of those found */
} lattice;

static size_t index_of_point(const lattice *l, size_t point) {
  int x, y;

  rst_partial_locate(&l->grid, (uint32_t)point, &x, &y);
  return rst_partial_index(l->p, x, y);
}

/* Finished points whose deviation is not known. */
static bool find_missing(lattice *l) {
  bool missing = false;

  for (size_t point = 0; point < l->count; point++) {
    const size_t i = index_of_point(l, point);
    int x, y;

    l->mask[point] = (l->p->state[i] & (RST_POINT_COVERED | RST_POINT_MIXED)) ==
                       (RST_POINT_COVERED | RST_POINT_MIXED) &&
                     l->p->deviation[i] < 0;
    if (!(l->mask[point] > 0))
      continue;
    rst_partial_locate(&l->grid, (uint32_t)point, &x, &y);
    l->luma[point] = rst_partial_luma(l->p, x, y);
    missing = true;
  }
  return missing;
}

static void add_result(lattice *l, int number) {
  const rst_partial *p = l->p;

  for (size_t point = 0; point < l->count; point++) {
    float *colour = l->colours + 3 * point;
    int x, y;

    if (!(l->mask[point] > 0))
      continue;
    rst_partial_locate(&l->grid, (uint32_t)point, &x, &y);
    if (number == 1) /* there already */
      memcpy(colour, p->mixed + 3 * rst_partial_index(p, x, y), 3 * sizeof *colour);
    else
      rst_mix(p->part.mode, p->parameters.saturation, 1, rst_partial_rgba(p, x, y), colour, colour);
    rst_deviation_add(number, 3, colour, l->mean + 3 * point, l->squares + 3 * point);
  }
}

static rst_status add_results(rst_session *session, lattice *l, int seeds, rst_error *error) {
  RST_FREED rst_parameters *parameters = rst_parameters_copy(&l->p->parameters);
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_status status = RST_OK;

  if (!parameters)
    return rst_fail_memory(error);
  hooks.cancel = l->hooks ? l->hooks->cancel : NULL;
  for (int number = 1; number <= seeds && status == RST_OK; number++) {
    if (number > 1)
      status = rst_sample(session, l->p->encoding, parameters, &l->grid, l->mask, l->colours,
                          &hooks, error);
    if (status == RST_OK)
      add_result(l, number);
    parameters->seed = rst_next_seed(parameters->seed);
  }
  return status;
}

static void keep(lattice *l, int seeds) {
  size_t count = 0;

  for (size_t point = 0; point < l->count; point++) {
    const size_t i = index_of_point(l, point);
    float of[3];

    if (!(l->mask[point] > 0))
      continue;
    rst_deviation_get(seeds, 3, l->squares + 3 * point, of);
    l->p->deviation[i] = fmaxf(of[0], fmaxf(of[1], of[2]));
    l->known[count++] = (uint32_t)i;
  }
  if (l->hooks && l->hooks->batch)
    l->hooks->batch(l->hooks->user, l->known, count);
}

static bool begin(rst_partial *p, int seeds) {
  const size_t pixels = rst_partial_pixels(p);

  if (!p->deviation)
    p->deviation = rst_zeros(pixels, sizeof *p->deviation);
  if (!p->deviation)
    return false;
  for (size_t i = 0; p->seeds != seeds && i < pixels; i++)
    p->deviation[i] = -1;
  p->seeds = seeds;
  return true;
}

rst_status rst_partial_deviate(rst_session *session, rst_partial *partial, int seeds,
                               const rst_rectangle *area, int step, const rst_hooks *hooks,
                               rst_error *error) {
  lattice l = {.p = partial};
  rst_hooks storage;
  rst_status status = RST_OK;

  if (!session || !partial || !partial->encoding || seeds < 2 || seeds > RST_SEEDS_MAX ||
      !rst_good_step(step) || !rst_complete_hooks(&hooks, &storage))
    return rst_fail_call(error, "rst_partial_deviate");
  l.hooks = hooks;
  if (!rst_partial_place(partial, area, step, &l.grid))
    return RST_OK;
  l.count = (size_t)l.grid.columns * (size_t)l.grid.rows;
  l.mask = rst_floats(11 * l.count);
  l.known = rst_array(l.count, sizeof *l.known);
  if (!l.mask || !l.known || !begin(partial, seeds)) {
    status = rst_fail_memory(error);
  } else {
    l.grid.luma = l.luma = l.mask + l.count;
    l.colours = l.mask + 2 * l.count;
    l.mean = l.mask + 5 * l.count;
    l.squares = l.mask + 8 * l.count;
    /* All seeds of a single pass have the same result. */
    if (partial->encoding->model->process == RST_SINGLE_PASS)
      seeds = 1;
    if (find_missing(&l)) {
      status = add_results(session, &l, seeds, error);
      if (status == RST_OK)
        keep(&l, seeds);
    }
  }
  free(l.mask);
  free(l.known);
  return status;
}

int rst_partial_get_seeds(const rst_partial *partial) {
  return partial->seeds;
}

float rst_partial_get_deviation(const rst_partial *partial, int x, int y, int coarsest) {
  const rst_partial *p = partial;

  if (p->seeds == 0 || rst_partial_get_coverage(p, x, y) <= 0)
    return -1;
  for (int step = 1; step <= coarsest; step *= 2) {
    const int u = x & -step, v = y & -step;

    if (u >= p->area.x && v >= p->area.y && p->deviation[rst_partial_index(p, u, v)] >= 0)
      return p->deviation[rst_partial_index(p, u, v)];
  }
  return -1;
}
