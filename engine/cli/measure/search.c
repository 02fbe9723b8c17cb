/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/search.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* The largest channel's standard deviation across the results, at pixel i. */
static double spread_of(const float *const *results, int count, size_t i) {
  double largest = 0;
  for (size_t c = 0; c < 3; c++) {
    double mean = 0, squares = 0;
    for (int r = 0; r < count; r++)
      mean += results[r][3 * i + c] / (double)count;
    for (int r = 0; r < count; r++)
      squares += pow(results[r][3 * i + c] - mean, 2) / count;
    largest = fmax(largest, squares);
  }
  return sqrt(largest);
}

/* The standard deviation of one result's values within a window. */
static double deviation_of(const float *result, int width, int x, int y, int side) {
  double sum = 0, squares = 0, values = 3.0 * side * side;
  for (int row = y; row < y + side; row++) {
    const float *value = result + 3 * ((size_t)row * (size_t)width + (size_t)x);
    for (int i = 0; i < 3 * side; i++) {
      sum += value[i];
      squares += (double)value[i] * value[i];
    }
  }
  return sqrt(fmax(squares / values - sum / values * sum / values, 0));
}

static double score_of(const float *const *results, int count, const double *spread, int width,
                       int x, int y, int side) {
  double sum = 0, largest = 0;
  for (int row = y; row < y + side; row++)
    for (int column = x; column < x + side; column++)
      sum += spread[(size_t)row * (size_t)width + (size_t)column];
  for (int r = 0; r < count; r++)
    largest = fmax(largest, deviation_of(results[r], width, x, y, side));
  return largest + sum / ((double)side * side);
}

/* Best first; of equals the upper, then the left one. */
static int by_score(const void *a, const void *b) {
  const cli_region *p = a, *q = b;
  if (p->score != q->score)
    return p->score > q->score ? -1 : 1;
  return p->y != q->y ? (p->y > q->y) - (p->y < q->y) : (p->x > q->x) - (p->x < q->x);
}

static bool overlap(const cli_region *a, const cli_region *b, int side) {
  return abs(a->x - b->x) < side && abs(a->y - b->y) < side;
}

static int take_best(const cli_region *windows, int count, int side, int wanted,
                     cli_region *found) {
  int taken = 0;
  for (int i = 0; i < count && taken < wanted; i++) {
    bool free_of_others = true;
    for (int k = 0; k < taken && free_of_others; k++)
      free_of_others = !overlap(&windows[i], &found[k], side);
    if (free_of_others)
      found[taken++] = windows[i];
  }
  return taken;
}

int search_regions(const float *const *results, int count, int width, int height, int side,
                   int wanted, cli_region *found) {
  int shift = side < 8 ? 1 : side / 8;
  int across = (width - side) / shift + 1, down = (height - side) / shift + 1;
  size_t pixels = (size_t)width * (size_t)height;
  double *spread = calloc(pixels, sizeof *spread);
  cli_region *windows = calloc((size_t)across * (size_t)down, sizeof *windows);
  int taken = -1;
  if (spread && windows) {
    for (size_t i = 0; i < pixels; i++)
      spread[i] = spread_of(results, count, i);
    for (int i = 0; i < across * down; i++) {
      int x = i % across * shift, y = i / across * shift;
      windows[i] = (cli_region){x, y, score_of(results, count, spread, width, x, y, side)};
    }
    qsort(windows, (size_t)across * (size_t)down, sizeof *windows, by_score);
    taken = take_best(windows, across * down, side, wanted, found);
  }
  free(spread);
  free(windows);
  return taken;
}
