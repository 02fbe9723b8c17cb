/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way of points from noise to colours, step by step.
 */
#include <stdlib.h>

#include "base/complete.h"
#include "base/memory.h"
#include "diffusion/grid.h"
#include "base/status.h"

typedef struct {
  const rst_trajectory *to;
  const rst_model *model;
  size_t floats; /* of one record: (rows, columns, 3) */
  int *places;   /* (passes): the record of each step; −1: none */
} recorder;

/* Threads record different points, so they never write to the same place. */
static void record(void *user, const rst_sample_moment *m) {
  const recorder *r = user;
  const int place = m->step < 0 ? 0 : r->places[m->step];

  if (place < 0)
    return;
  if (m->step < 0 && r->to->first)
    rst_sample_colours(r->model, m, m->values, r->to->first);
  if (m->step >= 0 && r->to->values)
    rst_sample_colours(r->model, m, m->values, r->to->values + (size_t)place * r->floats);
  if (m->step >= 0 && r->to->clean)
    rst_sample_colours(r->model, m, m->clean, r->to->clean + (size_t)place * r->floats);
}

/* Where each step is recorded; false where the steps are not ascending indices of passes. */
static bool place_steps(const rst_trajectory *to, int passes, int *places) {
  int last = -1;

  for (int i = 0; i < passes; i++)
    places[i] = -1;
  for (int i = 0; i < to->count; i++) {
    const int step = to->steps ? to->steps[i] : i;

    if (step <= last || step >= passes)
      return false;
    places[step] = i;
    last = step;
  }
  return true;
}

rst_status rst_sample_trajectory(rst_session *session, const rst_encoding *encoding,
                                 const rst_parameters *parameters, const rst_grid *grid,
                                 const float *coverage, const rst_trajectory *trajectory,
                                 const rst_hooks *hooks, rst_error *error) {
  rst_trajectory all;
  rst_grid all_grid;
  recorder r = {0};
  const rst_sample_observer observer = {&r, record};
  rst_status status;
  int passes;

  if (!encoding || !rst_complete_grid(&grid, &all_grid) ||
      !rst_complete_trajectory(&trajectory, &all) || trajectory->count < 0)
    return rst_fail_call(error, "rst_sample_trajectory");
  r.to = trajectory;
  r.model = encoding->model;
  status = rst_parameters_steps(parameters, r.model, NULL, &passes, error);
  if (status != RST_OK)
    return status;
  r.places = rst_array((size_t)passes, sizeof *r.places);
  if (!r.places)
    return rst_fail_memory(error);
  r.floats = 3 * (size_t)grid->columns * (size_t)grid->rows;
  status = place_steps(trajectory, passes, r.places)
             ? rst_sample_grid(session, encoding, parameters, grid, coverage, NULL, hooks,
                               &observer, error)
             : rst_fail_call(error, "rst_sample_trajectory");
  free(r.places);
  return status;
}
