/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/part_points.h"

#include <string.h>

/* The first is half a step of 8 bits. */
const float deviation_ranges[DEVIATION_RANGES] = {0.002f, 0.005f, 0.01f, 0.02f, 0.05f,
                                                  0.1f,   0.2f,   0.5f,  1};

/* ---- new and free ---- */

rst_status part_points_restart(part_points *c, const rst_picture *picture,
                               const rst_parameters *parameters, rst_error *error) {
  rst_part part = c->part;
  rst_partial *partial;
  rst_status status;

  part.mode = rst_resolve_mode(parameters, &part.window);
  status = rst_partial_new(parameters, NULL, picture, &part, NULL, &partial, error);
  if (status != RST_OK)
    return status;
  rst_partial_free(c->partial);
  g_clear_pointer(&c->encoding, rst_encoding_unref);
  c->partial = partial;
  rst_partial_get_area(partial, &c->box);
  return RST_OK;
}

rst_status part_points_new(const rst_part *part, const rst_picture *picture,
                           const rst_parameters *parameters, part_points **made, rst_error *error) {
  part_points *c = g_new0(part_points, 1);
  rst_status status;

  c->part = *part;
  status = part_points_restart(c, picture, parameters, error);
  if (status == RST_OK)
    *made = c;
  else
    part_points_free(c);
  return status;
}

void part_points_free(part_points *c) {
  if (!c)
    return;
  rst_partial_free(c->partial);
  rst_encoding_unref(c->encoding);
  g_free(c);
}

/* ---- what stays ---- */

rst_status part_points_set_encoding(part_points *c, rst_encoding *encoding, rst_error *error) {
  const rst_status status = rst_partial_set_encoding(c->partial, encoding, error);

  if (status == RST_OK && !c->encoding)
    c->encoding = rst_encoding_ref(encoding);
  return status;
}

rst_status part_points_adopt(part_points *c, const part_points *from, rst_error *error) {
  rst_status status = RST_OK;

  if (!from->encoding)
    return RST_OK;
  status = part_points_set_encoding(c, from->encoding, error);
  if (status == RST_OK)
    rst_partial_adopt(c->partial, from->partial);
  return status;
}

/* ---- refining ---- */

/* A call of the engine. */
typedef struct {
  part_points *c;
  const points_job *job;
  int step;
  bool changed;
} points_call;

static void locate(const part_points *c, guint32 index, int *x, int *y) {
  *x = c->box.x + (int)(index % (guint32)c->box.width);
  *y = c->box.y + (int)(index / (guint32)c->box.width);
}

static void report_restored(void *user, const guint32 *points, gsize count) {
  const points_call *call = user;

  for (gsize i = 0; i < count && call->job->restored; i++) {
    int x, y;

    locate(call->c, points[i], &x, &y);
    call->job->restored(call->job->user, call->c, x, y, call->step);
  }
}

static gint64 count_finished(const part_points *c) {
  gint64 finished;

  rst_partial_count(c->partial, &finished);
  return finished;
}

rst_status part_points_refine(part_points *c, const points_job *job, const rst_rectangle *area,
                              int step, bool *changed, rst_error *error) {
  const gint64 before = count_finished(c);
  points_call call = {.c = c, .job = job, .step = step};
  const rst_hooks hooks = {
    .size = sizeof hooks, .user = &call, .batch = report_restored, .cancel = job->cancel};
  const rst_status status = rst_partial_refine(job->session, c->partial, area, step, &hooks, error);

  *changed = *changed || count_finished(c) > before;
  return status;
}

rst_status part_points_match(part_points *c, const points_job *job, rst_error *error) {
  points_call call = {.c = c, .job = job, .step = 1};
  const rst_hooks hooks = {
    .size = sizeof hooks, .user = &call, .batch = report_restored, .cancel = job->cancel};

  return rst_partial_match(job->session, c->partial, &hooks, error);
}

/* ---- uncertainty ---- */

static void count_deviations(void *user, const guint32 *points, gsize count) {
  points_call *call = user;
  part_points *c = call->c;

  for (gsize i = 0; i < count; i++) {
    int x, y, range = 0;
    float deviation;

    locate(c, points[i], &x, &y);
    deviation = rst_partial_get_deviation(c->partial, x, y, 1);
    while (range < DEVIATION_RANGES && deviation > deviation_ranges[range])
      range++;
    c->deviated[range]++;
  }
  call->changed = true;
}

rst_status part_points_deviate(part_points *c, const points_job *job, int seeds,
                               const rst_rectangle *area, int step, bool *changed,
                               rst_error *error) {
  points_call call = {.c = c, .job = job, .step = step};
  const rst_hooks hooks = {
    .size = sizeof hooks, .user = &call, .batch = count_deviations, .cancel = job->cancel};
  rst_status status;

  if (rst_partial_get_seeds(c->partial) != seeds)
    memset(c->deviated, 0, sizeof c->deviated);
  status = rst_partial_deviate(job->session, c->partial, seeds, area, step, &hooks, error);
  *changed = *changed || call.changed;
  return status;
}

float part_points_get_deviation(const part_points *c, int seeds, int x, int y, int coarsest) {
  return rst_partial_get_seeds(c->partial) == seeds
           ? rst_partial_get_deviation(c->partial, x, y, coarsest)
           : -1;
}

/* ---- counts ---- */

gint64 part_points_count(const part_points *c, gint64 *done) {
  int64_t covered_done, boundary_done;
  const int64_t covered = rst_partial_count(c->partial, &covered_done);
  const int64_t boundary = rst_partial_count_boundary(c->partial, &boundary_done);

  *done = covered_done + boundary_done;
  return covered + boundary;
}
