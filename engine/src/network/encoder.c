/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/encoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/blas.h"
#include "network/convolution.h"
#include "network/pull_push.h"
#include "network/interpolation.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"

/* Pixels a product. */
enum { ROWS = RST_CONVOLUTION_ROWS };

static void run_dense(const rst_dense *dense, const float *in, float *out) {
  for (int o = 0; o < dense->out; o++) {
    double sum = dense->bias[o];

    for (int i = 0; i < dense->in; i++)
      sum += (double)in[i] * dense->kernel[(size_t)i * (size_t)dense->out + (size_t)o];
    out[o] = sum > 0 ? (float)sum : 0;
  }
}

/* ---- the encoder ---- */

typedef struct {
  float *main, *local; /* the current maps of either path, and where the next goes */
  float *main_next, *local_next;
  float *patches, *products;
  float *seen, *weights; /* the input without holes, and 0 where they were, else 1 */
} workspace;

/* Calls `visit` for each convolution in no particular order. */
static void for_each_conv(const rst_model *model,
                          void (*visit)(void *data, const rst_conv *conv, int in_size),
                          void *data) {
  int size = model->input_size;

  for (int j = 0; j < model->enlarger.count; j++)
    visit(data, &model->enlarger.layers[j], size);
  for (int i = 0; i < model->stage_count; i++) {
    const rst_encoder_stage *stage = &model->stages[i];

    visit(data, &stage->down, size);
    size = stage->size;
    for (int j = 0; j < stage->before.count; j++)
      visit(data, &stage->before.layers[j], size);
    for (int j = 0; j < stage->local.count; j++)
      visit(data, &stage->local.layers[j], size);
    for (int j = 0; j < stage->after.count; j++)
      visit(data, &stage->after.layers[j], size);
  }
  visit(data, &model->global_conv, size);
}

static void measure(void *data, const rst_conv *conv, int in_size) {
  rst_convolution_measure(conv, in_size, in_size, data);
}

static size_t input_values(const rst_model *model) {
  return (size_t)model->input_size * (size_t)model->input_size;
}

static void take_workspace(rst_arena *arena, const rst_model *model,
                           const rst_convolution_sizes *sizes, workspace *w) {
  w->main = rst_arena_take(arena, sizes->map);
  w->local = rst_arena_take(arena, sizes->map);
  w->main_next = rst_arena_take(arena, sizes->map);
  w->local_next = rst_arena_take(arena, sizes->map);
  w->patches = rst_arena_take(arena, sizes->patches);
  w->products = rst_arena_take(arena, sizes->products);
  w->seen = rst_arena_take(arena, rst_holes_floats(model->input_size));
  w->weights = rst_arena_take(arena, rst_holes_floats(model->input_size));
}

static size_t luma_values(const rst_model *model) {
  const size_t side = (size_t)model->luma_factor * (size_t)model->input_size;

  return side * side;
}

static void take_features(rst_arena *arena, const rst_model *model, rst_features *features) {
  features->global = rst_arena_take(arena, (size_t)model->latent); /* first: owns the block */
  for (int i = 0; i < model->stage_count; i++) {
    const size_t size = (size_t)model->stages[i].size;

    features->maps[i] = rst_arena_take(arena, size * size * (size_t)model->latent);
  }
  features->luma = rst_arena_take(arena, luma_values(model));
}

static void swap(float **a, float **b) {
  float *t = *a;

  *a = *b;
  *b = t;
}

static void convolve(const rst_conv *conv, const float *in, int size, workspace *w, float *out) {
  rst_convolve(conv, in, size, size, w->patches, w->products, out);
}

/* A chain of stride-1 convolutions; the result ends in *in, or, its last one, in `last`. */
static bool run_convs(const rst_conv_stack *stack, int size, workspace *w, const rst_cancel *cancel,
                      float **in, float **next, float *last) {
  for (int j = 0; j < stack->count; j++) {
    if (rst_cancelled(cancel))
      return false;
    if (last && j == stack->count - 1) {
      convolve(&stack->layers[j], *in, size, w, last);
    } else {
      convolve(&stack->layers[j], *in, size, w, *next);
      swap(in, next);
    }
  }
  return true;
}

static bool run_stage(const rst_encoder_stage *stage, int in_size, workspace *w,
                      const rst_cancel *cancel, float *map) {
  const size_t values = (size_t)stage->size * (size_t)stage->size * (size_t)stage->channels;

  if (rst_cancelled(cancel))
    return false;
  convolve(&stage->down, w->main, in_size, w, w->main_next);
  swap(&w->main, &w->main_next);
  if (!run_convs(&stage->before, stage->size, w, cancel, &w->main, &w->main_next, NULL))
    return false;
  memcpy(w->local, w->main, values * sizeof *w->local);
  return run_convs(&stage->local, stage->size, w, cancel, &w->local, &w->local_next, map) &&
         run_convs(&stage->after, stage->size, w, cancel, &w->main, &w->main_next, NULL);
}

/* ℓ: the input, interpolated, and the samples that the convolutions add in each of its pixels
 * (sub-pixel convolution, Shi et al. 2016). */
static bool enlarge(const rst_model *model, const float *input, workspace *w,
                    const rst_cancel *cancel, float *luma) {
  const int size = model->input_size, factor = model->luma_factor, side = factor * size;

  memcpy(w->main, input, input_values(model) * sizeof *input);
  if (!run_convs(&model->enlarger, size, w, cancel, &w->main, &w->main_next, NULL))
    return false;
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      const int pixel = y / factor * size + x / factor;
      const int sample = y % factor * factor + x % factor;
      double value;

      rst_interpolate_cubic(input, size, (x + 0.5) / side, (y + 0.5) / side, 0, 1, &value);
      luma[(size_t)y * (size_t)side + (size_t)x] =
        (float)(value + w->main[(size_t)pixel * (size_t)(factor * factor) + (size_t)sample]);
    }
  return true;
}

/* The input as the network takes it: as it is, or with its holes filled. */
static void see(const rst_model *model, const float *input, workspace *w) {
  memcpy(w->seen, input, input_values(model) * sizeof *input);
  if (model->channels == 1)
    return;
  for (size_t i = 0; i < input_values(model); i++)
    w->weights[i] = input[i] == 0 ? 0 : 1;
  rst_fill_holes(model->input_size, w->seen, w->weights);
}

/* One channel of the first map, by the stored statistics. */
static void normalise(const rst_model *model, int channel, const float *values, float *map) {
  const double scale =
    model->norm_gamma[channel] / sqrt(model->norm_variance[channel] + RST_NORM_EPSILON);
  const float mean = model->norm_mean[channel], beta = model->norm_beta[channel];

  for (size_t i = 0; i < input_values(model); i++)
    map[i * (size_t)model->channels + (size_t)channel] = (float)((values[i] - mean) * scale + beta);
}

static bool run_encoder(const rst_model *model, const float *input, workspace *w,
                        const rst_cancel *cancel, rst_features *features) {
  int size = model->input_size;

  see(model, input, w);
  if (model->enlarger.count == 0)
    memcpy(features->luma, w->seen, input_values(model) * sizeof *input);
  else if (!enlarge(model, w->seen, w, cancel, features->luma))
    return false;
  normalise(model, 0, w->seen, w->main);
  if (model->channels > 1) {
    for (size_t i = 0; i < input_values(model); i++)
      w->seen[i] = 1 - w->weights[i];
    normalise(model, 1, w->seen, w->main);
  }
  for (int i = 0; i < model->stage_count; i++) {
    if (!run_stage(&model->stages[i], size, w, cancel, features->maps[i]))
      return false;
    size = model->stages[i].size;
  }
  convolve(&model->global_conv, w->main, size, w, w->main_next);
  for (int j = 0; j < model->global_dense.count; j++) {
    swap(&w->main, &w->main_next);
    run_dense(&model->global_dense.layers[j], w->main,
              j == model->global_dense.count - 1 ? features->global : w->main_next);
  }
  return true;
}

rst_status rst_encoder_run(const rst_model *model, const float *input, const rst_cancel *cancel,
                           rst_features *features, rst_error *error) {
  rst_convolution_sizes sizes = {.map = input_values(model) * (size_t)model->channels};
  rst_arena results = {NULL}, work = {NULL};
  workspace w;
  bool finished;

  for_each_conv(model, measure, &sizes);
  for (int j = 0; j < model->global_dense.count; j++)
    if ((size_t)model->global_dense.layers[j].out > sizes.map)
      sizes.map = (size_t)model->global_dense.layers[j].out;
  take_features(&results, model, features);
  take_workspace(&work, model, &sizes, &w);
  results.base = results.overflow ? NULL : rst_floats(results.used);
  work.base = work.overflow ? NULL : rst_floats(work.used);
  if (!results.base || !work.base) {
    free(results.base);
    free(work.base);
    return rst_fail_memory(error);
  }
  results.used = work.used = 0;
  take_features(&results, model, features);
  take_workspace(&work, model, &sizes, &w);
  finished = run_encoder(model, input, &w, cancel, features);
  free(work.base);
  if (!finished) {
    free(results.base);
    return rst_fail_cancelled(error);
  }
  return RST_OK;
}

/* ---- encodings ---- */

static rst_gemm mix_shape(const rst_model *model) {
  return (rst_gemm){.m = ROWS, .n = model->features.layers[0].out, .k = model->latent};
}

/* The maps' pixels, rounded up to whole products. */
static size_t padded_pixels(const rst_encoder_stage *stage) {
  const size_t pixels = (size_t)stage->size * (size_t)stage->size;

  return (pixels + ROWS - 1) / ROWS * ROWS;
}

static void take_encoding(rst_arena *arena, rst_encoding *encoding) {
  const rst_model *model = encoding->model;

  encoding->input = rst_arena_take(arena, input_values(model));
  encoding->luma = rst_arena_take(arena, luma_values(model));
  encoding->global = rst_arena_take(arena, (size_t)model->latent);
  for (int i = 0; i < model->stage_count; i++)
    encoding->mixed[i] = rst_arena_take(
      arena, padded_pixels(&model->stages[i]) * (size_t)model->features.layers[0].out);
}

/* Rows of the first feature layer that belong to stage i start at i · latent. */
static void mix_maps(rst_encoding *encoding, const rst_features *features, float *rows) {
  const rst_model *model = encoding->model;
  const rst_dense *layer = &model->features.layers[0];
  const size_t latent = (size_t)model->latent, width = (size_t)layer->out;
  const rst_gemm shape = mix_shape(model);
  const rst_gemm_function gemm = rst_gemm_for(&shape);

  for (int i = 0; i < model->stage_count; i++) {
    const float *kernel = layer->kernel + (size_t)i * latent * width;
    const size_t pixels = (size_t)model->stages[i].size * (size_t)model->stages[i].size;

    for (size_t first = 0; first < pixels; first += ROWS) {
      const size_t count = pixels - first < ROWS ? pixels - first : ROWS;

      memcpy(rows, features->maps[i] + first * latent, count * latent * sizeof *rows);
      gemm(&shape, rows, kernel, encoding->mixed[i] + first * width);
    }
  }
}

static rst_status fill_encoding(rst_encoding *encoding, const float *values,
                                const rst_cancel *cancel, rst_error *error) {
  const rst_model *model = encoding->model;
  rst_features features;
  rst_arena arena = {NULL};
  rst_status status;
  float *rows;

  take_encoding(&arena, encoding);
  encoding->memory = arena.overflow ? NULL : rst_floats(arena.used);
  rows = rst_floats((size_t)ROWS * (size_t)model->latent);
  if (!encoding->memory || !rows) {
    free(rows);
    return rst_fail_memory(error);
  }
  arena = (rst_arena){.base = encoding->memory};
  take_encoding(&arena, encoding);
  memcpy(encoding->input, values, input_values(model) * sizeof *values);
  status = rst_encoder_run(model, values, cancel, &features, error);
  if (status == RST_OK) {
    memcpy(encoding->global, features.global, (size_t)model->latent * sizeof(float));
    memcpy(encoding->luma, features.luma, luma_values(model) * sizeof(float));
    mix_maps(encoding, &features, rows);
    free(features.global);
  }
  free(rows);
  return status;
}

static rst_line_store *new_store(void) {
  rst_line_store *store = calloc(1, sizeof *store);

  if (store && pthread_mutex_init(&store->lock, NULL) != 0) {
    free(store);
    return NULL;
  }
  return store;
}

static void free_store(rst_line_store *store) {
  if (!store)
    return;
  pthread_mutex_destroy(&store->lock);
  free(store->values);
  free(store);
}

rst_status rst_encode_values(rst_session *session, rst_model *model, const float *values,
                             const rst_window *window, rst_cancel *cancel, rst_encoding **encoding,
                             rst_error *error) {
  rst_encoding *made;
  rst_status status;

  if (!session || !model || !values || !window || window->side < 1 || !encoding)
    return rst_fail_call(error, "rst_encode_values");
  made = calloc(1, sizeof *made);
  if (!made)
    return rst_fail_memory(error);
  atomic_init(&made->references, 1);
  made->model = rst_model_ref(model);
  made->window = *window;
  made->lines = new_store();
  status = made->lines ? fill_encoding(made, values, cancel, error) : rst_fail_memory(error);
  if (status == RST_OK)
    *encoding = made;
  else
    rst_encoding_unref(made);
  return status;
}

rst_encoding *rst_encoding_ref(rst_encoding *encoding) {
  atomic_fetch_add_explicit(&encoding->references, 1, memory_order_relaxed);
  return encoding;
}

void rst_encoding_unref(rst_encoding *encoding) {
  if (!encoding || atomic_fetch_sub_explicit(&encoding->references, 1, memory_order_acq_rel) != 1)
    return;
  for (int i = 0; i < encoding->view_count; i++)
    rst_encoding_unref(encoding->views[i]);
  free(encoding->views);
  rst_model_unref(encoding->model);
  free_store(encoding->lines);
  free(encoding->memory);
  free(encoding);
}

const float *rst_encoding_input(const rst_encoding *encoding, int *input_size) {
  if (input_size)
    *input_size = encoding->model->input_size;
  return encoding->input;
}

void rst_encoding_window(const rst_encoding *encoding, rst_window *window) {
  *window = encoding->window;
}
