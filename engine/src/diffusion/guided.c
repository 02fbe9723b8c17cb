/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/guided.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "parameters/parameters.h"

enum {
  LINE = 4,   /* values of a sample: slope and offset of red less luma, then of blue less luma */
  LOOK = 4096 /* points between two looks at the token */
};

/* ---- the functions ---- */

/* Means over the samples at most `radius` away, of those that there are; one axis, whose samples lie
 * `step` apart in memory. */
static void mean_line(const double *from, int size, size_t step, int radius, double *to) {
  double sum = 0;
  int first = 0, end = 0;

  for (int i = 0; i < size; i++) {
    while (end < size && end <= i + radius)
      sum += from[step * (size_t)end++];
    while (first < i - radius)
      sum -= from[step * (size_t)first++];
    to[step * (size_t)i] = sum / (end - first);
  }
}

/* Of a plane (size, size), in place; `rows` is another for the way. */
static void mean(double *plane, int size, int radius, double *rows) {
  for (size_t y = 0; y < (size_t)size; y++)
    mean_line(plane + y * (size_t)size, size, 1, radius, rows + y * (size_t)size);
  for (size_t x = 0; x < (size_t)size; x++)
    mean_line(rows + x, size, (size_t)size, radius, plane + x);
}

/* Planes (size, size) of one call. */
typedef struct {
  int size, radius;
  double *guide, *mean, *variance; /* of luma, 0…1 */
  double *slope, *offset, *rows;
} filter;

/* The luma that the network saw at each sample, 0…1: ℓ there. */
static void take_guide(const rst_encoding *encoding, double *guide) {
  const int size = encoding->model->input_size, factor = encoding->model->luma_factor;

  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++) {
      double *one = guide + (size_t)y * (size_t)size + (size_t)x;

      rst_interpolate_cubic(encoding->luma, size * factor, (x + 0.5) / size, (y + 0.5) / size, 0, 1,
                            one);
      *one = *one * 0.5 + 0.5;
    }
}

static void measure_guide(filter *f) {
  const size_t count = (size_t)f->size * (size_t)f->size;

  for (size_t i = 0; i < count; i++) {
    f->mean[i] = f->guide[i];
    f->variance[i] = f->guide[i] * f->guide[i];
  }
  mean(f->mean, f->size, f->radius, f->rows);
  mean(f->variance, f->size, f->radius, f->rows);
  for (size_t i = 0; i < count; i++)
    f->variance[i] = fmax(f->variance[i] - f->mean[i] * f->mean[i], 0);
}

/* The functions of one channel of `colours` (size, size, 3), less luma. */
static void fit(filter *f, const float *colours, size_t channel, double epsilon, float *lines) {
  const size_t count = (size_t)f->size * (size_t)f->size;

  for (size_t i = 0; i < count; i++) {
    const float *one = colours + 3 * i;

    f->offset[i] = (double)(one[channel] - rst_luma(one[0], one[1], one[2]));
    f->slope[i] = f->guide[i] * f->offset[i];
  }
  mean(f->offset, f->size, f->radius, f->rows);
  mean(f->slope, f->size, f->radius, f->rows);
  for (size_t i = 0; i < count; i++) {
    f->slope[i] = (f->slope[i] - f->mean[i] * f->offset[i]) / (f->variance[i] + epsilon);
    f->offset[i] -= f->slope[i] * f->mean[i];
  }
  mean(f->slope, f->size, f->radius, f->rows);
  mean(f->offset, f->size, f->radius, f->rows);
  for (size_t i = 0; i < count; i++) {
    lines[LINE * i] = (float)f->slope[i];
    lines[LINE * i + 1] = (float)f->offset[i];
  }
}

/* ---- the samples ---- */

/* Asks the network for each sample of its input, whose luma is the guide: colours (size, size, 3). */
static rst_status ask_samples(rst_session *session, const rst_encoding *encoding,
                              const rst_parameters *parameters, const rst_hooks *hooks,
                              const double *guide, float *colours, rst_error *error) {
  const int size = encoding->model->input_size, count = size * size;
  rst_point_set set = {
    .count = (size_t)count, .columns = size, .rows = size, .column_step = 1, .row_step = 1};
  rst_hooks inner = RST_HOOKS_INIT;
  double *at = rst_array((size_t)size, sizeof *at);
  uint32_t *points = rst_array((size_t)count, sizeof *points);
  float *luma = rst_floats((size_t)count);
  rst_status status;

  if (at && points && luma) {
    for (int i = 0; i < count; i++) {
      points[i] = (uint32_t)i;
      luma[i] = (float)(2 * guide[i] - 1);
    }
    for (int i = 0; i < size; i++)
      at[i] = (i + 0.5) / size;
    set.x = set.y = at;
    set.points = points;
    set.luma = luma;
    if (hooks) {
      inner.user = hooks->user;
      inner.progress = hooks->progress;
      inner.cancel = hooks->cancel;
    }
    status = rst_sample_points(session, encoding, parameters, &set, colours, &inner, NULL, error);
  } else {
    status = rst_fail_memory(error);
  }
  free(at);
  free(points);
  free(luma);
  return status;
}

/* New memory: (size, size, LINE). */
static rst_status make_lines(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_hooks *hooks,
                             float **lines, rst_error *error) {
  const rst_model *model = encoding->model;
  const size_t count = (size_t)model->input_size * (size_t)model->input_size;
  filter f = {.size = model->input_size, .radius = model->guided_radius};
  float *colours = rst_floats(3 * count);
  rst_status status;

  *lines = rst_zeros(LINE * count, sizeof **lines);
  f.guide = rst_array(6 * count, sizeof *f.guide);
  if (*lines && f.guide && colours) {
    f.mean = f.guide + count;
    f.variance = f.mean + count;
    f.slope = f.variance + count;
    f.offset = f.slope + count;
    f.rows = f.offset + count;
    take_guide(encoding, f.guide);
    status = ask_samples(session, encoding, parameters, hooks, f.guide, colours, error);
  } else {
    status = rst_fail_memory(error);
  }
  if (status == RST_OK) {
    measure_guide(&f);
    fit(&f, colours, 0, model->guided_epsilon, *lines);
    fit(&f, colours, 2, model->guided_epsilon, *lines + LINE / 2);
  } else {
    free(*lines);
    *lines = NULL;
  }
  free(f.guide);
  free(colours);
  return status;
}

/* The functions of a window, made where they are not there yet. What another call has made meanwhile
 * has the same bits, but may be read by now. */
static rst_status find_lines(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_hooks *hooks,
                             const float **lines, rst_error *error) {
  rst_line_store *store = encoding->lines;
  float *made;
  rst_status status;

  pthread_mutex_lock(&store->lock);
  *lines = store->values;
  pthread_mutex_unlock(&store->lock);
  if (*lines)
    return RST_OK;
  status = make_lines(session, encoding, parameters, hooks, &made, error);
  if (status != RST_OK)
    return status;
  pthread_mutex_lock(&store->lock);
  if (!store->values) {
    store->values = made;
    made = NULL;
  }
  *lines = store->values;
  pthread_mutex_unlock(&store->lock);
  free(made);
  return RST_OK;
}

/* ---- the points ---- */

/* A position on an axis: the samples before and after it, and how far it is beyond the former. */
typedef struct {
  int before, after;
  float beyond;
} place;

typedef struct {
  const rst_point_set *set;
  const rst_cancel *cancel;
  const float *lines;
  float *colours;
  int size;
  place *columns, *rows; /* of the set's */
  uint32_t *single; /* points that are asked one by one */
  size_t single_count, batches;
  atomic_size_t next;
} work;

static place find_place(double at, int size) {
  const double scaled = at * size - 0.5;
  const int before = (int)floor(scaled);

  return (place){before > 0 ? before : 0, before + 1 < size ? before + 1 : size - 1,
                 (float)(scaled - before)};
}

static bool is_single(const work *w, uint32_t point) {
  return !w->set->luma || isnan(w->set->luma[point]);
}

static void colour_point(const work *w, uint32_t point) {
  const place *x = &w->columns[point % (uint32_t)w->set->columns];
  const place *y = &w->rows[point / (uint32_t)w->set->columns];
  const float *above = w->lines + LINE * (size_t)y->before * (size_t)w->size;
  const float *below = w->lines + LINE * (size_t)y->after * (size_t)w->size;
  const size_t left = LINE * (size_t)x->before, right = LINE * (size_t)x->after;
  const float luma = fminf(fmaxf(w->set->luma[point], -1), 1) * 0.5f + 0.5f;
  float *colour = w->colours + 3 * (size_t)point, line[LINE], red, blue;

  for (int i = 0; i < LINE; i++) {
    const float upper =
      above[left + (size_t)i] * (1 - x->beyond) + above[right + (size_t)i] * x->beyond;
    const float lower =
      below[left + (size_t)i] * (1 - x->beyond) + below[right + (size_t)i] * x->beyond;

    line[i] = upper * (1 - y->beyond) + lower * y->beyond;
  }
  red = line[0] * luma + line[1];
  blue = line[2] * luma + line[3];
  rst_of_luma(luma, red, blue, colour);
}

static size_t batch_size(const work *w, size_t batch) {
  const size_t left = w->set->count - batch * RST_BATCH;

  return left < RST_BATCH ? left : RST_BATCH;
}

static void colour_batches(void *data, int worker) {
  work *w = data;

  (void)worker;
  for (;;) {
    const size_t batch = atomic_fetch_add_explicit(&w->next, 1, memory_order_relaxed);

    if (batch >= w->batches || rst_cancelled(w->cancel))
      break;
    for (size_t i = 0; i < batch_size(w, batch); i++) {
      const uint32_t point = w->set->points[batch * RST_BATCH + i];

      if (!is_single(w, point))
        colour_point(w, point);
    }
  }
}

/* Lists the points whose luma is not known. False where it was cancelled. */
static bool list_single(work *w) {
  for (size_t i = 0; i < w->set->count; i++) {
    if (i % LOOK == 0 && rst_cancelled(w->cancel))
      return false;
    if (is_single(w, w->set->points[i]))
      w->single[w->single_count++] = w->set->points[i];
  }
  return true;
}

static rst_status ask_single(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const work *w, bool all,
                             const rst_hooks *hooks, rst_error *error) {
  rst_point_set single = *w->set;
  rst_hooks inner = RST_HOOKS_INIT;

  single.points = w->single;
  single.count = w->single_count;
  if (hooks) {
    inner.cancel = hooks->cancel;
    inner.user = hooks->user;
    inner.progress = all ? hooks->progress : NULL;
  }
  return rst_sample_points(session, encoding, parameters, &single, w->colours, &inner, NULL, error);
}

static rst_status run(rst_session *session, const rst_encoding *encoding,
                      const rst_parameters *parameters, work *w, const rst_hooks *hooks,
                      rst_error *error) {
  rst_status status = rst_parameters_check(parameters, encoding->model, error);

  if (status != RST_OK)
    return status;
  for (int c = 0; c < w->set->columns; c++)
    w->columns[c] = find_place(w->set->x[c], w->size);
  for (int r = 0; r < w->set->rows; r++)
    w->rows[r] = find_place(w->set->y[r], w->size);
  if (!list_single(w))
    return rst_fail_cancelled(error);
  if (w->single_count < w->set->count)
    status = find_lines(session, encoding, parameters, hooks, &w->lines, error);
  if (status == RST_OK && w->single_count > 0)
    status =
      ask_single(session, encoding, parameters, w, w->single_count == w->set->count, hooks, error);
  if (status != RST_OK)
    return status;
  rst_pool_run(session->pool, colour_batches, w);
  if (rst_cancelled(w->cancel))
    return rst_fail_cancelled(error);
  for (size_t batch = 0; hooks && hooks->batch && batch < w->batches; batch++)
    hooks->batch(hooks->user, w->set->points + batch * RST_BATCH, batch_size(w, batch));
  if (hooks && hooks->progress)
    hooks->progress(hooks->user, RST_PHASE_SAMPLING, 1);
  return RST_OK;
}

rst_status rst_guided_points(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_point_set *set,
                             float *colours, const rst_hooks *hooks, rst_error *error) {
  work w = {.set = set,
            .cancel = hooks ? hooks->cancel : NULL,
            .colours = colours,
            .size = encoding->model->input_size,
            .batches = (set->count + RST_BATCH - 1) / RST_BATCH};
  rst_status status;

  w.columns = rst_array((size_t)set->columns + (size_t)set->rows, sizeof *w.columns);
  w.single = rst_zeros(set->count, sizeof *w.single);
  if (w.columns && w.single) {
    w.rows = w.columns + set->columns;
    status = run(session, encoding, parameters, &w, hooks, error);
  } else {
    status = rst_fail_memory(error);
  }
  free(w.columns);
  free(w.single);
  return status;
}
