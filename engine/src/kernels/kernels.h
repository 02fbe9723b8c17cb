/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops. points.c is compiled once per instruction set and chosen at run time by the
 * processor; the generic build is the reference that tests compare the others with.
 *
 * Layout: an array "per point" is feature-major, (features, RST_BATCH): neighbours in memory are
 * neighbouring points, so every loop runs along points and no lane depends on another.
 */
#ifndef RST_KERNELS_H
#define RST_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Points of one batch; every product has this many, tails are padded. Large enough for the work
 * per batch to vanish beside that per point, small enough for a batch's data to stay in L2. A
 * multiple of twice the longest vector, and no power of two: the rows of an array would else fall
 * into a few sets of the first cache and drive each other out. */
#define RST_BATCH 96

/* The sizes of a product C (m × n) = A (m × k) · B (k × n). */
typedef struct rst_gemm {
  int m, n, k;
} rst_gemm;

typedef struct rst_kernels {
  const char *name; /* "generic", "avx2", "avx512" */

  /* First layer of a decoder block, but for its products with condition and position:
   *   out[o][p] = max(0, base[o][p] + step[o] + Σ_j weight[j][o] · input[j][p])
   * base, out (width, RST_BATCH); step (width); weight (6, width); input (6, RST_BATCH): the
   * value, then the running result. */
  void (*first_layer)(int width, const float *base, const float *step, const float *weight,
                      const float *input, float *out);

  /* A dense layer of all points:
   *   result[o · stride + p] = bias[o] + Σ_i weight[i][o] · input[i][p]
   * and at least 0 where `only_positive` (ReLU); bias NULL is 0. weight (in, out); input (in,
   * RST_BATCH); result (out, stride). A point's bits do not depend on its place. */
  void (*product)(int in, int out, const float *weight, const float *bias, bool only_positive,
                  const float *input, float *result, size_t stride);

  /* A matrix product, row-major without gaps. Each value is one sum along k, whose bits do not
   * depend on its place. */
  void (*gemm)(const rst_gemm *shape, const float *a, const float *b, float *c);

  /* Last layer of a block, added to the running result:
   *   result[c][p] += bias[c] + Σ_o weight[o][c] · in[o][p], c = 0, 1, 2
   * in (width, RST_BATCH); weight (width, 3); result (3, RST_BATCH). */
  void (*last_layer)(int width, const float *weight, const float *bias, const float *in,
                     float *result);

  /* A weighted sum of map rows plus a bias, for one point:
   *   out[o] = max(0, bias[o] + Σ_i factor[i] · rows[i][o]); rows of `width` values. */
  void (*gather)(int width, int count, const float *const *rows, const float *factor,
                 const float *bias, float *out);

  /* Three standard normal values for each of RST_BATCH points, z (3, RST_BATCH): see
   * rst_noise(). The same bits in every build. */
  void (*noise)(uint32_t seed, uint32_t t, const int32_t *column, const int32_t *row, float *z);
} rst_kernels;

/* The best set this processor runs, or the one that the variable RESTORATOR_KERNEL names where it
 * runs that. */
const rst_kernels *rst_kernels_best(void);
/* All sets this processor runs, the generic first; NULL-terminated. For tests and benchmarks. */
const rst_kernels *const *rst_kernels_all(void);

#endif
