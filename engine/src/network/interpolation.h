/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values between the samples of a picture, and its luma.
 */
#ifndef RST_INTERPOLATION_H
#define RST_INTERPOLATION_H

#include <stddef.h>

/* An index of 0 … size − 1, the edge's beyond it. */
static inline int rst_clamp_index(int i, int size) {
  return i < 0 ? 0 : i >= size ? size - 1 : i;
}

/* Luma of gamma-coded sRGB, with the weights that the networks were trained with. */
static inline float rst_luma(float r, float g, float b) {
  return 0.2989f * r + 0.5870f * g + 0.1140f * b;
}

/* The colour of that luma whose red and blue are so much beyond it. */
static inline void rst_of_luma(float luma, float red, float blue, float rgb[3]) {
  rgb[0] = luma + red;
  rgb[2] = luma + blue;
  rgb[1] = (luma - 0.2989f * rgb[0] - 0.1140f * rgb[2]) / 0.5870f;
}

/* Weights of the four samples about a position, the second one `fraction` (0…1) before it:
 * Catmull-Rom (Keys 1981, a = −½). They add up to 1. */
void rst_catmull_rom(double fraction, double weight[4]);

/* The values of a square picture (size, size) at (x, y) in [0, 1]² and at the points of the grid
 * round it, up to `reach` (0 … RST_REACH_MAX) steps away on each axis, each of `step` (1 …
 * RST_STEP_MAX) pixels: Catmull-Rom, edge repeated. `out`: (2 reach + 1)², rows first. */
enum { RST_REACH_MAX = 2, RST_STEP_MAX = 4 };
void rst_interpolate_cubic(const float *values, int size, double x, double y, int reach, int step,
                           double *out);

#endif
