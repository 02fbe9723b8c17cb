/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard deviation over several results by Welford's running mean and sum of squares
 * (Technometrics 4, 1962), which loses no digits where the values differ little.
 */
#include <math.h>

#include "restorator.h"

int rst_next_seed(int seed) {
  return seed < INT32_MAX ? seed + 1 : 0;
}

void rst_deviation_add(int result, size_t count, const float *values, float *mean, float *squares) {
  for (size_t i = 0; i < count; i++) {
    const float before = result > 1 ? values[i] - mean[i] : values[i];

    mean[i] = result > 1 ? mean[i] + before / (float)result : values[i];
    squares[i] = result > 1 ? squares[i] + before * (values[i] - mean[i]) : 0;
  }
}

void rst_deviation_get(int results, size_t count, const float *squares, float *deviation) {
  for (size_t i = 0; i < count; i++)
    deviation[i] = results > 1 ? sqrtf(fmaxf(squares[i], 0) / (float)(results - 1)) : 0;
}
