/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Surround suppression, as models of the eye have it that tell an outline from texture (Grigorescu,
 * Petkov and Westenberg 2003, "Contour detection based on nonclassical receptive field inhibition"):
 * from the odds of each sample, a share of what the square round it holds on average is taken away.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "photo/sureness.h"
#include "photo/surround.h"

enum {
  REACH = 24,   /* samples: the square has 49 a side */
  LEVELS = 256, /* of the average */
  STEPS = 10    /* a level's, in the sums */
};

/* What is sure counts no more than this, so that many scratches do not hide each other. */
static const double most = 0.6;
/* How much the odds' logarithm falls where the average is 1. */
static const double suppression = 10;

typedef struct {
  short counted[256]; /* of a byte: its probability, in steps up to `most` */
  unsigned char left[LEVELS][256]; /* of an average and a byte: the byte that is left */
} tables;

static void make_tables(tables *t) {
  t->counted[0] = 0;
  for (int level = 0; level < LEVELS; level++)
    t->left[level][0] = 0;
  for (int byte = 1; byte < 256; byte++) {
    const double odds = rst_odds(byte);

    t->counted[byte] = (short)lrint((LEVELS - 1) * STEPS * fmin(1 / (1 + exp(-odds)) / most, 1));
    for (int level = 0; level < LEVELS; level++)
      t->left[level][byte] = rst_to_byte(odds - suppression * most * level / (LEVELS - 1));
  }
}

/* The part of `wanted`'s surround on one axis. */
static void widen(int from, int size, int length, int *first, int *count) {
  *first = from > REACH ? from - REACH : 0;
  *count = (length - from - size > REACH ? from + size + REACH : length) - *first;
}

void rst_surround(const rst_rectangle *wanted, int width, int height, rst_rectangle *around) {
  widen(wanted->x, wanted->width, width, &around->x, &around->width);
  widen(wanted->y, wanted->height, height, &around->y, &around->height);
}

/* Adds a row of `found` to the sums of columns, or takes it away. */
static void add_row(const tables *t, const unsigned char *found, int width, int sign,
                    int *columns) {
  for (int x = 0; x < width; x++)
    columns[x] += sign * t->counted[found[x]];
}

/* One row, whose squares have `rows` rows, summed in `columns`. offset: of the wanted samples. */
static void suppress_row(const tables *t, const unsigned char *found, const int *columns,
                         int columns_count, int rows, int offset, int width, unsigned char *sure) {
  int sum = 0, first = 0, end = 0;

  for (int x = 0; x < width; x++) {
    const int middle = offset + x;
    unsigned char left;

    while (end < columns_count && end <= middle + REACH)
      sum += columns[end++];
    while (first < middle - REACH)
      sum -= columns[first++];
    left = t->left[sum / ((end - first) * rows * STEPS)][found[middle]];
    sure[x] = found[middle] == 0 ? 0 : left > sure[x] ? left : sure[x];
  }
}

rst_status rst_suppress(const unsigned char *found, const rst_rectangle *around,
                        const rst_rectangle *wanted, const rst_cancel *cancel, unsigned char *sure,
                        rst_error *error) {
  const int offset = wanted->x - around->x, width = around->width;
  tables *t = malloc(sizeof *t);
  int *columns = rst_zeros((size_t)width, sizeof *columns);
  int first = 0, end = 0;

  if (!t || !columns) {
    free(t);
    free(columns);
    return rst_fail_memory(error);
  }
  make_tables(t);
  for (int y = 0; y < wanted->height && !rst_cancelled(cancel); y++) {
    const int middle = wanted->y - around->y + y;

    for (; end < around->height && end <= middle + REACH; end++)
      add_row(t, found + (size_t)end * (size_t)width, width, 1, columns);
    for (; first < middle - REACH; first++)
      add_row(t, found + (size_t)first * (size_t)width, width, -1, columns);
    suppress_row(t, found + (size_t)middle * (size_t)width, columns, width, end - first, offset,
                 wanted->width, sure + (size_t)y * (size_t)wanted->width);
  }
  free(t);
  free(columns);
  return rst_cancelled(cancel) ? rst_fail_cancelled(error) : RST_OK;
}
