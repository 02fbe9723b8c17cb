/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/sample.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diffusion/course.h"
#include "base/memory.h"
#include "base/status.h"
#include "parameters/parameters.h"

/* One call's work, shared by the threads. */
typedef struct {
  const rst_encoding *encoding;
  const rst_model *model;
  const rst_kernels *kernels;
  const rst_point_set *set;
  const rst_hooks *hooks;
  const rst_sample_observer *observer;
  rst_cancel *cancel;
  float *colours;
  uint32_t seed;
  rst_course course;
  rst_axis axes[2];
  size_t step_size;
  float *steps;                 /* (course.count, step_size) */
  rst_decoder_scratch *scratch; /* of each worker */
  float **noise;                /* of each worker: (3, RST_BATCH) */
  size_t batches;
  atomic_size_t next;           /* the next batch nobody has taken */

  /* Finished batches are reported to the caller's hooks on the caller's thread. */
  pthread_mutex_t lock; /* of all below */
  pthread_cond_t changed;
  size_t *finished;     /* (batches), in the order in which they were finished */
  size_t finished_count, reported_count;
  int working;          /* workers that may still finish batches */
} job;

/* ---- one batch ---- */

static void locate(const job *j, size_t first, rst_batch_points *points, int32_t *noise_column,
                   int32_t *noise_row) {
  const rst_point_set *set = j->set;
  const size_t left = set->count - first;

  points->count = left < RST_BATCH ? (int)left : RST_BATCH;
  for (int p = 0; p < RST_BATCH; p++) {
    /* The tail repeats its last point, so that the noise is defined. */
    const uint32_t point = set->points[first + (size_t)(p < points->count ? p : points->count - 1)];

    points->column[p] = point % (uint32_t)set->columns;
    points->row[p] = point / (uint32_t)set->columns;
    points->luma[p] = set->luma ? set->luma[point] : NAN;
    noise_column[p] =
      (int32_t)((uint32_t)set->column + points->column[p] * (uint32_t)set->column_step);
    noise_row[p] = (int32_t)((uint32_t)set->row + points->row[p] * (uint32_t)set->row_step);
  }
}

/* Noise number `which`: 0 is the first value, 1 … the steps. */
static void draw(const job *j, size_t first, int count, int which, int t, const int32_t *column,
                 const int32_t *row, float *z) {
  const float *given = j->hooks ? j->hooks->noise : NULL;

  if (!given) {
    j->kernels->noise(j->seed, (uint32_t)t, column, row, z);
    for (int p = 0; j->model->bgr && p < RST_BATCH; p++) { /* noise belongs to colours */
      const float red = z[p];

      z[p] = z[2 * RST_BATCH + p];
      z[2 * RST_BATCH + p] = red;
    }
    return;
  }
  given += ((size_t)which * j->set->count + first) * 3;
  for (int c = 0; c < 3; c++)
    for (int p = 0; p < count; p++)
      z[c * RST_BATCH + p] = given[3 * p + (j->model->bgr ? 2 - c : c)];
}

static void clip(float *value) {
  for (int i = 0; i < 3 * RST_BATCH; i++)
    value[i] = fminf(fmaxf(value[i], -1), 1);
}

void rst_sample_colours(const rst_model *model, const rst_sample_moment *m, const float *values,
                        float *colours) {
  for (int p = 0; p < m->count; p++)
    for (int c = 0; c < 3; c++) {
      const float luma = m->luma ? m->luma[p] : 0;

      colours[3 * (size_t)m->points[p] + (size_t)(model->bgr ? 2 - c : c)] =
        (values[c * RST_BATCH + p] + luma) * 0.5f + 0.5f;
    }
}

/* x̂₀ of the step that is about to be taken. */
static void predict_clean(const rst_step *step, const float *value, const float *prediction,
                          float *clean) {
  for (int i = 0; i < 3 * RST_BATCH; i++)
    clean[i] = (float)(step->clean_value * value[i] + step->clean_prediction * prediction[i]);
}

/* Tells the observer, if there is one, of a moment of a batch. */
static void watch(const job *j, rst_sample_moment *m, int step, const float *clean) {
  if (!j->observer)
    return;
  m->step = step;
  m->clean = clean;
  j->observer->watch(j->observer->user, m);
}

/* False where it was cancelled before the end. */
static bool restore_batch(job *j, int worker, size_t batch) {
  rst_decoder_scratch *scratch = &j->scratch[worker];
  float *value = scratch->input, *prediction = scratch->input + 3 * RST_BATCH;
  float *z = j->noise[worker];
  const size_t first = batch * RST_BATCH;
  rst_batch_points points;
  int32_t column[RST_BATCH], row[RST_BATCH];
  float clean[3 * RST_BATCH];
  rst_sample_moment moment;

  locate(j, first, &points, column, row);
  moment = (rst_sample_moment){.first = first,
                               .count = points.count,
                               .points = j->set->points + first,
                               .values = value,
                               .luma = j->model->luma_residual ? scratch->start : NULL};
  rst_decoder_local(j->encoding, j->kernels, j->axes, &points, scratch);
  rst_decoder_begin(j->encoding, j->kernels, j->axes, &points, scratch);
  if (j->course.first_noise)
    draw(j, first, points.count, 0, j->course.first_t, column, row, value);
  else
    memset(value, 0, 3 * RST_BATCH * sizeof *value);
  if (j->course.clip)
    clip(value);
  watch(j, &moment, -1, NULL);
  for (int i = 0; i < j->course.count; i++) {
    const rst_step *step = &j->course.steps[i];

    if (rst_cancelled(j->cancel))
      return false;
    rst_decoder_run(j->model, j->kernels, j->steps + (size_t)i * j->step_size, scratch, NULL, NULL);
    if (step->noisy)
      draw(j, first, points.count, i + 1, step->t, column, row, z);
    if (j->observer)
      predict_clean(step, value, prediction, clean);
    j->course.sampler->advance(step, RST_BATCH, RST_BATCH, value, prediction, z);
    if (step->clip)
      clip(value);
    watch(j, &moment, i, clean);
  }
  if (j->colours)
    rst_sample_colours(j->model, &moment, value, j->colours);
  return true;
}

/* ---- reports, on the caller's thread ---- */

static void report(const job *j, size_t batch, size_t reported) {
  const size_t first = batch * RST_BATCH, left = j->set->count - first;

  if (!j->hooks)
    return;
  if (j->hooks->batch)
    j->hooks->batch(j->hooks->user, j->set->points + first, left < RST_BATCH ? left : RST_BATCH);
  if (j->hooks->progress)
    j->hooks->progress(j->hooks->user, RST_PHASE_SAMPLING, (double)reported / (double)j->batches);
}

/* Reports what has been finished since; with `wait`, until all workers are done. */
static void report_finished(job *j, bool wait) {
  pthread_mutex_lock(&j->lock);
  for (;;) {
    while (wait && j->reported_count == j->finished_count && j->working > 0)
      pthread_cond_wait(&j->changed, &j->lock);
    if (j->reported_count == j->finished_count)
      break;
    {
      const size_t batch = j->finished[j->reported_count++], reported = j->reported_count;

      pthread_mutex_unlock(&j->lock);
      report(j, batch, reported);
      pthread_mutex_lock(&j->lock);
    }
  }
  pthread_mutex_unlock(&j->lock);
}

static void work(void *data, int worker) {
  job *j = data;

  for (;;) {
    const size_t batch = atomic_fetch_add_explicit(&j->next, 1, memory_order_relaxed);

    if (batch >= j->batches || rst_cancelled(j->cancel) || !restore_batch(j, worker, batch))
      break;
    pthread_mutex_lock(&j->lock);
    j->finished[j->finished_count++] = batch;
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
    if (worker == 0)
      report_finished(j, false);
  }
  pthread_mutex_lock(&j->lock);
  j->working--;
  pthread_cond_signal(&j->changed);
  pthread_mutex_unlock(&j->lock);
  if (worker == 0)
    report_finished(j, true);
}

/* ---- the job ---- */

/* All memory of a call, but for the course: tables, steps, each worker's scratch. */
static void take(job *j, rst_arena *arena, int threads, float **rows) {
  size_t floats;

  for (int axis = 0; axis < 2; axis++)
    rst_axis_take(arena, j->model, axis, &j->axes[axis]);
  if (!rst_mul(j->step_size, (size_t)j->course.count, &floats))
    arena->overflow = true;
  j->steps = rst_arena_take(arena, floats);
  *rows = rst_arena_take(arena, (size_t)j->model->position[0].width * RST_BATCH);
  for (int i = 0; i < threads; i++) {
    rst_decoder_take(arena, j->model, &j->scratch[i]);
    j->noise[i] = rst_arena_take(arena, 3 * RST_BATCH);
  }
}

static bool allocate(job *j, rst_session *session, int threads, float **rows) {
  rst_arena arena = {NULL};

  j->scratch = rst_array((size_t)threads, sizeof *j->scratch);
  j->noise = rst_array((size_t)threads, sizeof *j->noise);
  j->finished = rst_array(j->batches, sizeof *j->finished);
  if (!j->scratch || !j->noise || !j->finished)
    return false;
  take(j, &arena, threads, rows);
  arena.base = arena.overflow ? NULL : rst_session_scratch(session, arena.used);
  if (!arena.base)
    return false;
  arena.used = 0;
  take(j, &arena, threads, rows);
  return true;
}

static void run(job *j, rst_pool *pool, float *rows) {
  for (int axis = 0; axis < 2; axis++)
    rst_decoder_tables(j->model, j->kernels, axis, &j->axes[axis], rows);
  for (int i = 0; i < j->course.count; i++)
    rst_decoder_time(j->encoding, j->course.steps[i].time, j->steps + (size_t)i * j->step_size);
  j->working = rst_pool_threads(pool);
  pthread_mutex_init(&j->lock, NULL);
  pthread_cond_init(&j->changed, NULL);
  rst_pool_run(pool, work, j);
  pthread_cond_destroy(&j->changed);
  pthread_mutex_destroy(&j->lock);
}

rst_status rst_sample_points(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_point_set *set,
                             float *colours, const rst_hooks *hooks,
                             const rst_sample_observer *observer, rst_error *error) {
  job j = {
    .encoding = encoding,
    .model = encoding->model,
    .kernels = rst_kernels_best(),
    .set = set,
    .hooks = hooks,
    .observer = observer,
    .cancel = hooks ? hooks->cancel : NULL,
    .colours = colours,
    .seed = (uint32_t)parameters->seed,
    .axes = {{.count = set->columns, .positions = set->x},
             {.count = set->rows, .positions = set->y}},
    .step_size = rst_decoder_step_size(encoding->model),
    .batches = (set->count + RST_BATCH - 1) / RST_BATCH,
  };
  rst_status status = rst_course_make(parameters, encoding->model, &j.course, error);
  float *rows;

  if (status != RST_OK)
    return status;
  if (!allocate(&j, session, rst_pool_threads(session->pool), &rows))
    status = rst_fail_memory(error);
  else
    run(&j, session->pool, rows);
  if (status == RST_OK && j.finished_count < j.batches)
    status = rst_fail_cancelled(error);
  rst_course_clear(&j.course);
  free(j.scratch);
  free(j.noise);
  free(j.finished);
  return status;
}

/* ---- the public call ---- */

void rst_noise(int seed, int column, int row, int t, float z[3]) {
  int32_t columns[RST_BATCH], rows[RST_BATCH];
  float all[3 * RST_BATCH];

  for (int p = 0; p < RST_BATCH; p++) {
    columns[p] = column;
    rows[p] = row;
  }
  rst_kernels_all()[0]->noise((uint32_t)seed, (uint32_t)t, columns, rows, all);
  for (int c = 0; c < 3; c++)
    z[c] = all[c * RST_BATCH];
}
