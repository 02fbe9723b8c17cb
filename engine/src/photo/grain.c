/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fine part of a picture is what it is beyond its own mean over 3 × 3 samples. Where a picture is
 * calm, that is its grain: its variance, and how much neighbours have in common, say which noise has
 * such a fine part. A mended place gets as much of it as its variance lacks.
 */
#include "photo/grain.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"

enum {
  BLOCK = 8, /* samples a side of a place that is calm or not */
  BLOCKS_MAX = 2048,
  ENOUGH = 24, /* samples of a block that have to be known */
  STEPS = 10,  /* of `beside` that are tried */
  SEED = 0,
  STEP = 0 /* of the noise */
};

/* By how much the calmest quarter of blocks of one and the same noise is calmer than all of them. */
static const double calmer = 0.8;
/* Of the fine part's variance: more than that is texture, which noise is not. */
static const double grainiest = 0.03 * 0.03;
static const float least = 0.4f / 255; /* of an amplitude: less cannot be seen */

/* ---- the fine part ---- */

/* NaN at the edge, and where something of 3 × 3 samples is. */
static void take_fine(const float *luma, int width, int height, float *fine) {
  for (int y = 0; y < height; y++, luma += width, fine += width) {
    const float *above = luma - width, *below = luma + width;

    for (int x = 0; x < width; x++)
      fine[x] = NAN;
    for (int x = 1; x < width - 1 && y > 0 && y < height - 1; x++)
      fine[x] = 0.75f * luma[x] - 0.125f * (luma[x - 1] + luma[x + 1] + above[x] + below[x]) -
                0.0625f * (above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1]);
  }
}

/* Sums over a block: of squares, and of products of neighbours. */
typedef struct {
  double squares, products;
  int count, pairs;
} sums;

static sums *aligned_sums(float *at) {
  const size_t beyond = (uintptr_t)at % _Alignof(sums);

  return (sums *)(void *)((char *)at + (beyond == 0 ? 0 : _Alignof(sums) - beyond));
}

static void add_pair(sums *s, float a, float b) {
  if (!isnan(b)) {
    s->products += (double)a * (double)b;
    s->pairs++;
  }
}

static sums sum_block(const float *fine, int width, int x, int y, int right, int bottom) {
  sums s = {0};

  for (int v = y; v < bottom; v++)
    for (int u = x; u < right; u++) {
      const size_t at = (size_t)v * (size_t)width + (size_t)u;
      const float one = fine[at];

      if (isnan(one))
        continue;
      s.squares += (double)one * (double)one;
      s.count++;
      if (u + 1 < right)
        add_pair(&s, one, fine[at + 1]);
      if (v + 1 < bottom)
        add_pair(&s, one, fine[at + (size_t)width]);
    }
  return s;
}

/* ---- what speaks for which noise ---- */

static int by_variance(const void *a, const void *b) {
  const sums *s = a, *t = b;
  const double one = s->squares / s->count, other = t->squares / t->count;

  return (one > other) - (one < other);
}

/* Of the calmest quarter of all blocks, whose sums go into `all`. False where too little is known. */
static bool measure_calm(const float *fine, int width, int height, sums *all, sums *total) {
  int count = 0;

  memset(total, 0, sizeof *total);
  for (int y = 0; y < height; y += BLOCK)
    for (int x = 0; x < width; x += BLOCK) {
      const sums s = sum_block(fine, width, x, y, x + BLOCK < width ? x + BLOCK : width,
                               y + BLOCK < height ? y + BLOCK : height);

      if (s.count >= ENOUGH && count < BLOCKS_MAX)
        all[count++] = s;
    }
  qsort(all, (size_t)count, sizeof *all, by_variance);
  for (int i = 0; i < (count + 3) / 4; i++) {
    total->squares += all[i].squares;
    total->products += all[i].products;
    total->count += all[i].count;
    total->pairs += all[i].pairs;
  }
  return total->count >= ENOUGH && total->pairs > 0;
}

/* Variance, and correlation of neighbours, of the fine part of white noise through that filter. */
static void fine_of_noise(double beside, double *variance, double *correlation) {
  const double line[3] = {beside, 1, beside}, smooth[3] = {0.25, 0.5, 0.25};
  double noise[5][5] = {{0}}, squares = 0, products = 0;

  for (int y = 0; y < 3; y++)
    for (int x = 0; x < 3; x++)
      for (int v = 0; v < 3; v++)
        for (int u = 0; u < 3; u++)
          noise[y + v][x + u] += line[y] * line[x] * ((v == 1 && u == 1) - smooth[v] * smooth[u]);
  for (int y = 0; y < 5; y++)
    for (int x = 0; x < 5; x++) {
      squares += noise[y][x] * noise[y][x];
      products += x < 4 ? noise[y][x] * noise[y][x + 1] : 0;
    }
  *variance = squares;
  *correlation = products / squares;
}

void rst_grain_measure(const float *luma, const unsigned char *mended, int width, int height,
                       float *scratch, rst_grain *grain) {
  double nearest = HUGE_VAL, gain = 1, missing;
  sums beside, own;

  const size_t count = (size_t)width * (size_t)height;
  float *known = scratch + count;

  *grain = (rst_grain){0, 0};
  for (size_t i = 0; i < count; i++)
    known[i] = mended[i] ? NAN : luma[i];
  take_fine(known, width, height, scratch);
  /* What is known is in the fine part now; a block has at least as many samples as its sums need. */
  if (!measure_calm(scratch, width, height, aligned_sums(known), &beside))
    return;
  take_fine(luma, width, height, scratch);
  for (size_t i = 0; i < count; i++)
    scratch[i] = mended[i] ? scratch[i] : NAN;
  own = sum_block(scratch, width, 0, 0, width, height);
  missing = fmin(beside.squares / beside.count / calmer, grainiest) -
            (own.count > 0 ? own.squares / own.count : 0);
  if (!(missing > 0))
    return;
  for (int i = 0; i <= STEPS; i++) {
    const double share = 0.5 * i / STEPS;
    double variance, correlation, off;

    fine_of_noise(share, &variance, &correlation);
    off = fabs(correlation - beside.products / beside.pairs / (beside.squares / beside.count));
    if (off < nearest) {
      nearest = off;
      gain = variance;
      grain->beside = (float)share;
    }
  }
  grain->amplitude = (float)sqrt(missing / gain);
  if (grain->amplitude < least)
    grain->amplitude = 0;
}

/* ---- the noise ---- */

/* A draw has three values: those of three columns. */
enum { DRAW = 3 };

static void draw(const int32_t *columns, const int32_t *rows, int count, int x, int width,
                 float *white) {
  float z[DRAW * RST_BATCH];

  rst_kernels_best()->noise(SEED, STEP, columns, rows, z);
  for (int i = 0; i < count; i++)
    for (int k = 0; k < DRAW; k++) {
      const int at = DRAW * columns[i] + k - x;

      if (at >= 0 && at < width)
        white[at] = z[k * RST_BATCH + i];
    }
}

void rst_grain_draw(int x, int y, int width, int height, float *white) {
  int32_t columns[RST_BATCH], rows[RST_BATCH];
  const int first = (x + DRAW) / DRAW - 1, last = (x + width + DRAW - 1) / DRAW - 1;

  for (int row = y; row < y + height; row++, white += width)
    for (int begin = first; begin <= last; begin += RST_BATCH) {
      const int count = last - begin + 1 < RST_BATCH ? last - begin + 1 : RST_BATCH;

      for (int i = 0; i < RST_BATCH; i++) {
        columns[i] = begin + (i < count ? i : 0);
        rows[i] = row;
      }
      draw(columns, rows, count, x, width, white);
    }
}

float rst_grain_at(const rst_grain *grain, const float *white, int width, int x, int y) {
  const float *middle = white + (size_t)y * (size_t)width + (size_t)x;
  const float *above = middle - width, *below = middle + width;
  const float beside = grain->beside;

  return grain->amplitude * (middle[0] + beside * (middle[-1] + middle[1] + above[0] + below[0]) +
                             beside * beside * (above[-1] + above[1] + below[-1] + below[1]));
}
