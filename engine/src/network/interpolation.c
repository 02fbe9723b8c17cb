/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/interpolation.h"

#include <math.h>

void rst_catmull_rom(double f, double weight[4]) {
  weight[0] = ((-0.5 * f + 1) * f - 0.5) * f;
  weight[1] = (1.5 * f - 2.5) * f * f + 1;
  weight[2] = ((-1.5 * f + 2) * f + 0.5) * f;
  weight[3] = (0.5 * f - 0.5) * f * f;
}

void rst_interpolate_cubic(const float *values, int size, double x, double y, int reach, int step,
                           double *out) {
  enum { SIDE_MAX = 2 * RST_REACH_MAX + 1, LINES_MAX = 2 * RST_REACH_MAX * RST_STEP_MAX + 4 };
  const double u = x * size - 0.5, v = y * size - 0.5;
  const int i = (int)floor(u) - reach * step, j = (int)floor(v) - reach * step;
  const int side = 2 * reach + 1, count = 2 * reach * step + 4;
  double wx[4], wy[4], lines[LINES_MAX][SIDE_MAX] = {{0}};

  rst_catmull_rom(u - floor(u), wx);
  rst_catmull_rom(v - floor(v), wy);
  for (int r = 0; r < count; r++) {
    const float *row = values + (size_t)rst_clamp_index(j - 1 + r, size) * (size_t)size;

    for (int k = 0; k < side; k++)
      for (int c = 0; c < 4; c++)
        lines[r][k] += wx[c] * row[rst_clamp_index(i - 1 + k * step + c, size)];
  }
  for (int l = 0; l < side; l++)
    for (int k = 0; k < side; k++) {
      double sum = 0;

      for (int r = 0; r < 4; r++)
        sum += wy[r] * lines[l * step + r][k];
      out[l * side + k] = sum;
    }
}
