/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/pull_push.h"

static size_t area(int size) {
  return (size_t)size * (size_t)size;
}

static int half(int size) {
  return (size + 1) / 2;
}

size_t rst_holes_floats(int size) {
  size_t count = area(size);

  for (; size > 1; size = half(size))
    count += area(half(size));
  return count;
}

/* The picture of half the size; beyond an odd one's edge nothing is seen. */
static void pull(int size, const float *values, const float *weights, float *half_values,
                 float *half_weights) {
  const int side = half(size);

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      float value = 0, weight = 0;

      for (int v = 2 * y; v < 2 * y + 2 && v < size; v++)
        for (int u = 2 * x; u < 2 * x + 2 && u < size; u++) {
          const size_t i = (size_t)v * (size_t)size + (size_t)u;

          value += weights[i] * values[i];
          weight += weights[i];
        }
      *half_values++ = weight > 0 ? value / weight : 0;
      *half_weights++ = weight < 1 ? weight : 1;
    }
}

/* The two samples of half the size next to sample i: the near one counts ¾, the other ¼. */
static void neighbours(int i, int side, size_t *near, size_t *far) {
  const int next = i % 2 == 0 ? i / 2 - 1 : i / 2 + 1;

  *near = (size_t)(i / 2);
  *far = next < 0 ? 0 : next >= side ? (size_t)side - 1 : (size_t)next;
}

static void push(int size, float *values, const float *weights, const float *half_values) {
  const size_t side = (size_t)half(size);

  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++) {
      const size_t i = (size_t)y * (size_t)size + (size_t)x;
      size_t row, row_far, column, column_far;

      neighbours(y, (int)side, &row, &row_far);
      neighbours(x, (int)side, &column, &column_far);

      const float *line = half_values + side * row, *line_far = half_values + side * row_far;
      const float enlarged =
        (9 * line[column] + 3 * line[column_far] + 3 * line_far[column] + line_far[column_far]) /
        16;

      values[i] = weights[i] * values[i] + (1 - weights[i]) * enlarged;
    }
}

void rst_fill_holes(int size, float *values, float *weights) {
  float *half_values = values + area(size), *half_weights = weights + area(size);

  if (size == 1)
    return;
  pull(size, values, weights, half_values, half_weights);
  rst_fill_holes(half(size), half_values, half_weights);
  push(size, values, weights, half_values);
}
