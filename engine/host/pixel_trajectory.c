/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pixel_trajectory.h"

#include <math.h>
#include <string.h>

#include "failure.h"

static void clear(void *data) {
  trajectory *t = data;

  g_free(t->timesteps);
  g_free(t->values);
  g_free(t->clean);
}

trajectory *trajectory_ref(trajectory *t) {
  return g_atomic_rc_box_acquire(t);
}

void trajectory_unref(trajectory *t) {
  if (t)
    g_atomic_rc_box_release_full(t, clear);
}

/* Room for what `passes` passes lead through: the state before each, and the result. */
static trajectory *allocate(int x, int y, int passes) {
  trajectory *t = g_atomic_rc_box_new0(trajectory);
  const gsize states = (gsize)passes + 1;

  t->x = x;
  t->y = y;
  t->count = passes + 1;
  t->timesteps = g_try_new(int, states);
  t->values = g_try_new(float, 3 * states);
  t->clean = g_try_new(float, 3 * states);
  if (t->timesteps && t->values && t->clean)
    return t;
  trajectory_unref(t);
  return NULL;
}

/* Of a single pass the result alone, which it gave in one step from nothing. */
static void keep_result(trajectory *t) {
  memmove(t->values, t->values + 3 * (t->count - 1), 3 * sizeof *t->values);
  t->count = 1;
}

rst_status trajectory_new(rst_session *session, const rst_model *model,
                          const rst_encoding *encoding, const rst_parameters *parameters, int x,
                          int y, float luma, rst_cancel *cancel, trajectory **made,
                          rst_error *error) {
  rst_model_info info = {.size = sizeof info};
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_trajectory to = {.size = sizeof to};
  rst_grid grid;
  trajectory *t;
  rst_status status;

  hooks.cancel = cancel;
  rst_model_get_info(model, &info);
  status = rst_parameters_steps(parameters, model, NULL, &to.count, error);
  if (status != RST_OK)
    return status;
  t = allocate(x, y, to.count);
  if (!t)
    return failure_of_memory(error);
  to.first = t->values;
  to.values = t->values + 3;
  to.clean = t->clean;
  rst_grid_pixels(&grid, x, y, 1, 1);
  grid.luma = &luma;
  status = rst_sample_trajectory(session, encoding, parameters, &grid, NULL, &to, &hooks, error);
  if (status != RST_OK) {
    trajectory_unref(t);
    return status;
  }
  rst_parameters_steps(parameters, model, t->timesteps, &to.count, NULL);
  if (info.process == RST_SINGLE_PASS)
    keep_result(t);
  t->timesteps[t->count - 1] = info.process == RST_SINGLE_PASS ? -1 : parameters->end - 1;
  for (int c = 0; c < 3; c++)
    t->clean[3 * (t->count - 1) + c] = NAN;
  *made = t;
  return RST_OK;
}

void trajectory_get_range(const trajectory *t, double *low, double *high) {
  *low = 0;
  *high = 1;
  for (int i = 0; i < 3 * t->count; i++) {
    *low = fmin(*low, floor(2.0 * t->values[i]) / 2);
    *high = fmax(*high, ceil(2.0 * t->values[i]) / 2);
  }
}
