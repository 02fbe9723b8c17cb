/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fine part of a picture is what it is beyond its own mean over 3 × 3 samples. Where a picture is
 * calm, that is its grain: its variance, and how much neighbours have in common, say which noise has
 * such a fine part. A mended place gets as much of it as its variance lacks.
 */
#include "photo/grain.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "restorator.h"

enum {
  BLOCK = 8, /* samples a side of a place that is calm or not */
  BLOCKS_MAX = 2048,
  ENOUGH = 24, /* samples of a block that have to be known */
  STEPS = 10,  /* of `beside` that are tried */
  SEED = 0,
  STEP = 0 /* of the noise */
};

/* By how much the calmer half of blocks of one and the same noise is calmer than all of them. */
static const double calmer = 0.87;
static const float least = 0.4f / 255; /* of an amplitude: less cannot be seen */

/* ---- the fine part ---- */

/* NaN where not all of 3 × 3 samples are of that kind, or of known ones and that kind. */
static void take_fine(const float *luma, const unsigned char *samples, int width, int height,
                      rst_grain_sample kind, float *fine) {
  static const float weights[3] = {0.25f, 0.5f, 0.25f};

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const size_t at = (size_t)y * (size_t)width + (size_t)x;
      bool good = samples[at] == kind && x > 0 && y > 0 && x < width - 1 && y < height - 1;
      float mean = 0;

      for (int j = -1; j < 2 && good; j++)
        for (int i = -1; i < 2 && good; i++) {
          const size_t other = (size_t)(y + j) * (size_t)width + (size_t)(x + i);

          good = samples[other] == kind || samples[other] == RST_GRAIN_KNOWN;
          mean += weights[i + 1] * weights[j + 1] * luma[other];
        }
      fine[at] = good ? luma[at] - mean : NAN;
    }
}

/* Sums over a block: of squares, and of products of neighbours. */
typedef struct {
  double squares, products, mean;
  int count, pairs;
} sums;

static void add_pair(sums *s, float a, float b) {
  if (!isnan(b)) {
    s->products += (double)a * (double)b;
    s->pairs++;
  }
}

static sums sum_block(const float *luma, const float *fine, int width, int x, int y, int right,
                      int bottom) {
  sums s = {0};

  for (int v = y; v < bottom; v++)
    for (int u = x; u < right; u++) {
      const size_t at = (size_t)v * (size_t)width + (size_t)u;
      const float one = fine[at];

      if (isnan(one))
        continue;
      s.squares += (double)one * (double)one;
      s.mean += (double)luma[at];
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

/* Of the calmer half of all blocks. False where too little is known. */
static bool measure_calm(const float *luma, const float *fine, int width, int height, sums *total) {
  sums all[BLOCKS_MAX];
  int count = 0;

  memset(total, 0, sizeof *total);
  for (int y = 0; y < height; y += BLOCK)
    for (int x = 0; x < width; x += BLOCK) {
      const sums s = sum_block(luma, fine, width, x, y, x + BLOCK < width ? x + BLOCK : width,
                               y + BLOCK < height ? y + BLOCK : height);

      if (s.count >= ENOUGH && count < BLOCKS_MAX)
        all[count++] = s;
    }
  qsort(all, (size_t)count, sizeof *all, by_variance);
  for (int i = 0; i < (count + 1) / 2; i++) {
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

void rst_grain_measure(const float *luma, const unsigned char *samples, int width, int height,
                       float *scratch, rst_grain *grain) {
  double nearest = HUGE_VAL, gain = 1, missing;
  sums beside, own;

  *grain = (rst_grain){0, 0};
  take_fine(luma, samples, width, height, RST_GRAIN_KNOWN, scratch);
  if (!measure_calm(luma, scratch, width, height, &beside))
    return;
  take_fine(luma, samples, width, height, RST_GRAIN_MENDED, scratch);
  own = sum_block(luma, scratch, width, 0, 0, width, height);
  missing = beside.squares / beside.count / calmer - (own.count > 0 ? own.squares / own.count : 0);
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

/* Three columns share a draw. */
static float white(int x, int y) {
  const int column = x / 3;
  float z[3];

  rst_noise(SEED, column, y, STEP, z);
  return z[x - 3 * column];
}

float rst_grain_at(const rst_grain *grain, int x, int y) {
  float sum = 0;

  for (int j = -1; j < 2; j++)
    for (int i = -1; i < 2; i++)
      sum += (i ? grain->beside : 1) * (j ? grain->beside : 1) *
             white(x + i > 0 ? x + i : 0, y + j > 0 ? y + j : 0);
  return grain->amplitude * sum;
}
