/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decoder: condition, position, time and value of a point → the network's prediction.
 *
 * The condition and the position of a point do not change between steps, the time does not change
 * between points. So the first layer of each block, a product with [global, local, ℓ, the pixel's
 * own luma less ℓ, position, time, value, running result], falls into
 *   a part per window and step   bias, global, time     rst_decoder_times()
 *   a part per column and row    position               rst_decoder_tables()
 *   a part per point             local, ℓ, luma         rst_decoder_begin()
 *   what remains                 value, running result  rst_decoder_run()
 */
#ifndef RST_DECODER_H
#define RST_DECODER_H

#include "network/encoder.h"
#include "kernels/kernels.h"
#include "base/memory.h"

/* The positions of a grid as one list a side, in the window, 0…1, and their parts of the first
 * layers: parts[k] (width of block k's first layer, padded count). */
typedef struct rst_axis {
  int count;
  const double *positions; /* (count) */
  size_t padded;
  float *parts[RST_BLOCKS_MAX]; /* unused where the network does not encode this axis */
} rst_axis;

/* One batch of points: point p lies at column[p], row[p] of the axes. */
typedef struct rst_batch_points {
  int count; /* 1 … RST_BATCH; what lies behind in the scratch is padding, its values unused */
  uint32_t column[RST_BATCH], row[RST_BATCH];
  float luma[RST_BATCH]; /* of the pixel at the point, −1…1; NaN: not known */
} rst_batch_points;

/* Points whose maps are gathered before they are turned into columns. */
#define RST_GATHERED 16

/* One thread's memory for a batch. */
typedef struct rst_decoder_scratch {
  float *gathered;                  /* (RST_GATHERED, first feature layer) */
  float *mixed;                     /* (first feature layer, RST_BATCH) */
  float *feature[2];                /* (widest feature layer, RST_BATCH); the local vector ends
                                     * in feature[0] */
  float *luma;                      /* (luma columns, RST_BATCH): ℓ, then how much lighter the
                                     * pixel itself is; behind the local vector */
  float *middle;                    /* (RST_BATCH): ℓ at the points themselves, one row of luma */
  float *start;                     /* (RST_BATCH): what a residual network's result is the
                                     * difference to */
  float *base[RST_BLOCKS_MAX];      /* (first layer, RST_BATCH): parts per point, column, row */
  float *hidden[2];                 /* (widest hidden layer, RST_BATCH) */
  float *input;                     /* (6, RST_BATCH): value, then running result */
} rst_decoder_scratch;

/* Cuts a thread's scratch from an arena (measures where its base is NULL). */
void rst_decoder_take(rst_arena *arena, const rst_model *model, rst_decoder_scratch *scratch);
/* The position's part of the first layers, for both axes: x (0) and y (1). `rows` is scratch of
 * (width of one axis' encoding, RST_BATCH) floats. rst_axis_take() cuts `parts`. */
void rst_axis_take(rst_arena *arena, const rst_model *model, int axis, rst_axis *to);
void rst_decoder_tables(const rst_model *model, const rst_kernels *kernels, int axis, rst_axis *to,
                        float *rows);

/* Floats of one step's part: the first layers of all blocks after one another. */
size_t rst_decoder_step_size(const rst_model *model);
/* bias + global vector's + time's part, for time 0…1; `step` (rst_decoder_step_size()). */
void rst_decoder_time(const rst_encoding *encoding, double time, float *step);

/* Local vectors of a batch: scratch->feature[0] (latent, RST_BATCH), and ℓ: scratch->luma, which
 * a network without ℓ in its condition has at the points themselves alone; scratch->start. */
void rst_decoder_local(const rst_encoding *encoding, const rst_kernels *kernels,
                       const rst_axis axes[2], const rst_batch_points *points,
                       rst_decoder_scratch *scratch);
/* After rst_decoder_local(): the parts per point, scratch->base. */
void rst_decoder_begin(const rst_encoding *encoding, const rst_kernels *kernels,
                       const rst_axis axes[2], const rst_batch_points *points,
                       rst_decoder_scratch *scratch);

/* All blocks on scratch->input's value (3, RST_BATCH): the prediction is left in the running
 * result. `after_block` (NULL: none) sees the running result after each block. */
void rst_decoder_run(const rst_model *model, const rst_kernels *kernels, const float *step,
                     rst_decoder_scratch *scratch,
                     void (*after_block)(void *user, int block, const float *result), void *user);

#endif
