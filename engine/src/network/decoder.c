/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/decoder.h"

#include <math.h>
#include <string.h>

#include "network/position_encoding.h"
#include "network/interpolation.h"

/* ---- sizes ---- */

static int widest(const rst_dense_stack *stack, int first, int last) {
  int width = 0;

  for (int i = first; i <= last; i++)
    if (stack->layers[i].out > width)
      width = stack->layers[i].out;
  return width;
}

static int first_width(const rst_model *model, int block) {
  return model->blocks[block].layers[0].out;
}

/* Where in the rows of a block's first kernel each input's columns begin. */
typedef struct {
  int local, position, time, value; /* luma's follow the local vector's */
} layout;

static layout layout_of(const rst_model *model) {
  layout l;

  l.local = model->latent;
  l.position = l.local + model->latent + model->luma_columns;
  l.time = l.position + model->position_width;
  l.value = l.time + model->time.width;
  return l;
}

static const float *first_kernel(const rst_model *model, int block, int row) {
  const rst_dense *layer = &model->blocks[block].layers[0];

  return layer->kernel + (size_t)row * (size_t)layer->out;
}

void rst_decoder_take(rst_arena *arena, const rst_model *model, rst_decoder_scratch *scratch) {
  const rst_dense_stack *features = &model->features;
  /* Luma's columns follow the local vector's, so that one product takes both. */
  const int side = 2 * model->luma_reach + 1;
  const int condition = model->latent + side * side + model->luma_pixel;
  const int feature = widest(features, 1, features->count - 1);
  size_t hidden = 0;

  scratch->gathered = rst_arena_take(arena, (size_t)features->layers[0].out * RST_GATHERED);
  scratch->mixed = rst_arena_take(arena, (size_t)features->layers[0].out * RST_BATCH);
  scratch->input = rst_arena_take(arena, 6 * RST_BATCH);
  scratch->start = rst_arena_take(arena, RST_BATCH);
  for (int k = 0; k < model->block_count; k++) {
    const rst_dense_stack *block = &model->blocks[k];
    const size_t width = (size_t)widest(block, 0, block->count > 1 ? block->count - 2 : 0);

    scratch->base[k] = rst_arena_take(arena, (size_t)first_width(model, k) * RST_BATCH);
    hidden = width > hidden ? width : hidden;
  }
  for (int i = 0; i < 2; i++) {
    scratch->feature[i] =
      rst_arena_take(arena, (size_t)(feature > condition ? feature : condition) * RST_BATCH);
    scratch->hidden[i] = rst_arena_take(arena, hidden * RST_BATCH);
  }
  if (scratch->feature[0]) {
    scratch->luma = scratch->feature[0] + model->latent * RST_BATCH;
    scratch->middle = scratch->luma + side * side / 2 * RST_BATCH;
  }
}

/* ---- position ---- */

void rst_axis_take(rst_arena *arena, const rst_model *model, int axis, rst_axis *to) {
  to->padded = ((size_t)to->count + RST_BATCH - 1) / RST_BATCH * RST_BATCH;
  if (axis >= model->axes)
    return;
  for (int k = 0; k < model->block_count; k++) {
    size_t floats;

    if (!rst_mul((size_t)first_width(model, k), to->padded, &floats))
      arena->overflow = true;
    else
      to->parts[k] = rst_arena_take(arena, floats);
  }
}

void rst_decoder_tables(const rst_model *model, const rst_kernels *kernels, int axis, rst_axis *to,
                        float *rows) {
  const rst_scalar_encoding *encoding = &model->position[axis];
  const int row = layout_of(model).position + axis * encoding->width;
  double frequencies[RST_BANDS_MAX];
  float encoded[RST_BANDS_MAX + 1];

  if (axis >= model->axes)
    return;
  rst_encoding_frequencies(encoding, frequencies);
  for (int first = 0; first < to->count; first += RST_BATCH) {
    const int count = to->count - first < RST_BATCH ? to->count - first : RST_BATCH;

    for (int p = 0; p < count; p++) {
      rst_encode_scalar(encoding, frequencies, to->positions[first + p], encoded);
      for (int i = 0; i < encoding->width; i++)
        rows[i * RST_BATCH + p] = encoded[i];
    }
    for (int k = 0; k < model->block_count; k++)
      kernels->product(encoding->width, first_width(model, k), first_kernel(model, k, row), NULL,
                       false, rows, to->parts[k] + first, to->padded);
  }
}

/* Points that follow one another on a row share the row's part and take the columns' parts from
 * neighbouring places; `base` (width, RST_BATCH) grows by both. */
static void add_positions(int width, const float *columns, size_t columns_padded, const float *rows,
                          size_t rows_padded, const rst_batch_points *points, float *base) {
  for (int first = 0, count; first < points->count; first += count) {
    const uint32_t column = points->column[first], row = points->row[first];

    count = 1;
    while (first + count < points->count && points->row[first + count] == row &&
           points->column[first + count] == column + (uint32_t)count)
      count++;
    for (int o = 0; o < width; o++) {
      const float *part = columns + (size_t)o * columns_padded + column;
      const float of_row = rows ? rows[(size_t)o * rows_padded + row] : 0;
      float *to = base + o * RST_BATCH + first;

      for (int i = 0; i < count; i++)
        to[i] += part[i] + of_row;
    }
  }
}

/* ---- time ---- */

size_t rst_decoder_step_size(const rst_model *model) {
  size_t size = 0;

  for (int k = 0; k < model->block_count; k++)
    size += (size_t)first_width(model, k);
  return size;
}

void rst_decoder_time(const rst_encoding *encoding, double time, float *step) {
  const rst_model *model = encoding->model;
  const layout at = layout_of(model);
  double frequencies[RST_BANDS_MAX];
  float encoded[RST_BANDS_MAX + 1];

  rst_encoding_frequencies(&model->time, frequencies);
  rst_encode_scalar(&model->time, frequencies, time, encoded);
  for (int k = 0; k < model->block_count; k++) {
    const rst_dense *layer = &model->blocks[k].layers[0];

    for (int o = 0; o < layer->out; o++) {
      double sum = layer->bias[o];

      for (int i = 0; i < model->latent; i++)
        sum += (double)encoding->global[i] * first_kernel(model, k, i)[o];
      for (int i = 0; i < model->time.width; i++)
        sum += (double)encoded[i] * first_kernel(model, k, at.time + i)[o];
      *step++ = (float)sum;
    }
  }
}

/* ---- points ---- */

/* Bilinear interpolation in one mixed map, pixel centres at (i + ½)/size, zeros beyond the
 * border; appends the corners that are not zero to `rows` and `factor`. */
static int corners(const float *map, int size, int width, double x, double y, const float **rows,
                   float *factor) {
  const double u = x * size - 0.5, v = y * size - 0.5;
  const int i = (int)floor(u), j = (int)floor(v);
  const double fx = u - i, fy = v - j;
  int count = 0;

  for (int corner = 0; corner < 4; corner++) {
    const int c = i + (corner & 1), r = j + (corner >> 1);

    if (c < 0 || c >= size || r < 0 || r >= size)
      continue;
    rows[count] = map + ((size_t)r * (size_t)size + (size_t)c) * (size_t)width;
    factor[count++] = (float)((corner & 1 ? fx : 1 - fx) * (corner >> 1 ? fy : 1 - fy));
  }
  return count;
}

/* The maps at one point, through the first feature layer: `out` (width). */
static void gather_point(const rst_encoding *encoding, const rst_kernels *kernels, double x,
                         double y, float *out) {
  const rst_model *model = encoding->model;
  const rst_dense *layer = &model->features.layers[0];
  const float *rows[4 * RST_STAGES_MAX];
  float factor[4 * RST_STAGES_MAX];
  int count = 0;

  for (int i = 0; i < model->stage_count; i++)
    count += corners(encoding->mixed[i], model->stages[i].size, layer->out, x, y, rows + count,
                     factor + count);
  kernels->gather(layer->out, count, rows, factor, layer->bias, out);
}

/* The same of all points: `out` (width, RST_BATCH). A few points at a time are turned from rows into
 * columns, as many as share a line of the cache. */
static void gather_maps(const rst_encoding *encoding, const rst_kernels *kernels,
                        const rst_axis axes[2], const rst_batch_points *points, float *gathered,
                        float *out) {
  const int width = encoding->model->features.layers[0].out;

  for (int first = 0; first < points->count; first += RST_GATHERED) {
    const int left = points->count - first, count = left < RST_GATHERED ? left : RST_GATHERED;

    for (int p = 0; p < count; p++)
      gather_point(encoding, kernels, axes[0].positions[points->column[first + p]],
                   axes[1].positions[points->row[first + p]], gathered + (size_t)p * (size_t)width);
    for (int o = 0; o < width; o++)
      for (int p = 0; p < count; p++)
        out[o * RST_BATCH + first + p] = gathered[(size_t)p * (size_t)width + (size_t)o];
  }
}

static void gather_luma(const rst_encoding *encoding, const rst_axis axes[2],
                        const rst_batch_points *points, rst_decoder_scratch *scratch) {
  const rst_model *model = encoding->model;
  const int reach = model->luma_reach, side = 2 * reach + 1;
  double values[(2 * RST_REACH_MAX + 1) * (2 * RST_REACH_MAX + 1)];

  for (int p = 0; p < points->count; p++) {
    rst_interpolate_cubic(encoding->luma, model->luma_factor * model->input_size,
                          axes[0].positions[points->column[p]], axes[1].positions[points->row[p]],
                          reach, model->luma_factor, values);
    for (int i = 0; i < side * side; i++)
      scratch->luma[i * RST_BATCH + p] = (float)values[i];
  }
}

/* The pixel's own luma as what it has beyond ℓ, 0 where it is not known. */
static void add_pixels(const rst_model *model, const rst_batch_points *points,
                       rst_decoder_scratch *scratch) {
  const int side = 2 * model->luma_reach + 1;
  float *beyond = scratch->luma + side * side * RST_BATCH;

  for (int p = 0; p < points->count; p++) {
    beyond[p] = isnan(points->luma[p]) ? 0 : points->luma[p] - scratch->middle[p];
    scratch->start[p] = scratch->middle[p] + beyond[p];
  }
}

void rst_decoder_local(const rst_encoding *encoding, const rst_kernels *kernels,
                       const rst_axis axes[2], const rst_batch_points *points,
                       rst_decoder_scratch *scratch) {
  const rst_model *model = encoding->model;
  const rst_dense_stack *features = &model->features;
  /* the last layer has to end in feature[0] */
  float *first = features->count == 1 ? scratch->feature[0] : scratch->mixed;
  const float *in = first;

  gather_maps(encoding, kernels, axes, points, scratch->gathered, first);
  for (int i = 1; i < features->count; i++) {
    const rst_dense *layer = &features->layers[i];
    float *out = scratch->feature[(features->count - 1 - i) % 2];

    kernels->product(layer->in, layer->out, layer->kernel, layer->bias, true, in, out, RST_BATCH);
    in = out;
  }
  if (!model->luma_condition && !model->luma_residual)
    return;
  gather_luma(encoding, axes, points, scratch);
  if (model->luma_pixel)
    add_pixels(model, points, scratch);
  else
    memcpy(scratch->start, scratch->middle, RST_BATCH * sizeof *scratch->start);
}

void rst_decoder_begin(const rst_encoding *encoding, const rst_kernels *kernels,
                       const rst_axis axes[2], const rst_batch_points *points,
                       rst_decoder_scratch *scratch) {
  const rst_model *model = encoding->model;
  const layout at = layout_of(model);

  for (int k = 0; k < model->block_count; k++) {
    const int width = first_width(model, k);
    float *base = scratch->base[k];

    kernels->product(model->latent + model->luma_columns, width, first_kernel(model, k, at.local),
                     NULL, false, scratch->feature[0], base, RST_BATCH);
    add_positions(width, axes[0].parts[k], axes[0].padded,
                  model->axes > 1 ? axes[1].parts[k] : NULL, axes[1].padded, points, base);
  }
}

/* ---- blocks ---- */

/* A block of one layer, which is its first and its last: no ReLU. `out` (3, RST_BATCH). */
static void run_single_layer(const float *base, const float *step, const float *weight,
                             const float *input, float *out) {
  for (int c = 0; c < 3; c++)
    for (int p = 0; p < RST_BATCH; p++) {
      float sum = base[c * RST_BATCH + p] + step[c];

      for (int i = 0; i < 6; i++)
        sum += weight[3 * i + c] * input[i * RST_BATCH + p];
      out[c * RST_BATCH + p] = sum;
    }
}

void rst_decoder_run(const rst_model *model, const rst_kernels *kernels, const float *step,
                     rst_decoder_scratch *scratch,
                     void (*after_block)(void *user, int block, const float *result), void *user) {
  const int value = layout_of(model).value;
  float *result = scratch->input + 3 * RST_BATCH;

  memcpy(result, scratch->input, 3 * RST_BATCH * sizeof *result);
  for (int k = 0; k < model->block_count; k++) {
    const rst_dense_stack *block = &model->blocks[k];
    const rst_dense *last = &block->layers[block->count - 1];
    float *in = scratch->hidden[0], *out = scratch->hidden[1], *spare;

    if (block->count == 1)
      run_single_layer(scratch->base[k], step, first_kernel(model, k, value), scratch->input, in);
    else
      kernels->first_layer(first_width(model, k), scratch->base[k], step,
                           first_kernel(model, k, value), scratch->input, in);
    step += first_width(model, k);
    if (!model->residual)
      memset(result, 0, 3 * RST_BATCH * sizeof *result);
    for (int i = 1; i < block->count - 1; i++) {
      const rst_dense *layer = &block->layers[i];

      kernels->product(layer->in, layer->out, layer->kernel, layer->bias, true, in, out, RST_BATCH);
      spare = in;
      in = out;
      out = spare;
    }
    if (block->count == 1)
      for (int i = 0; i < 3 * RST_BATCH; i++)
        result[i] += in[i];
    else
      kernels->last_layer(last->in, last->kernel, last->bias, in, result);
    if (after_block)
      after_block(user, k, result);
  }
}
