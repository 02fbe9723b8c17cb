/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/resize.h"

#include <glib.h>
#include <math.h>

/* Which samples make up a cell, and how much of each. */
typedef struct cell {
  int first, count;
  double *weights;
} cell;

static void average(cell *c, int index, double length, int samples) {
  double begin = index * length, end = (index + 1) * length;
  c->first = (int)begin;
  c->count = MIN((int)ceil(end), samples) - c->first;
  c->weights = g_new(double, c->count);
  for (int i = 0; i < c->count; i++)
    c->weights[i] = MAX(MIN(end, c->first + i + 1) - MAX(begin, c->first + i), 0) / length;
}

static void interpolate(cell *c, int index, double length) {
  double at = (index + 0.5) * length - 0.5, t = at - floor(at);
  c->first = (int)floor(at) - 1;
  c->count = 4;
  c->weights = g_new(double, 4);
  c->weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  c->weights[1] = (1.5 * t - 2.5) * t * t + 1;
  c->weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  c->weights[3] = (0.5 * t - 0.5) * t * t;
}

/* One axis: `lines` lines of `samples` samples, each of `inner` values, become `cells` long. */
static void resize_axis(const float *from, int lines, int samples, int inner, float *to,
                        int cells) {
  g_autofree double *sums = g_new(double, inner);
  for (int i = 0; i < cells; i++) {
    cell c;
    if (samples > cells)
      average(&c, i, (double)samples / cells, samples);
    else
      interpolate(&c, i, (double)samples / cells);
    for (int line = 0; line < lines; line++) {
      for (int v = 0; v < inner; v++)
        sums[v] = 0;
      for (int k = 0; k < c.count; k++) {
        int sample = CLAMP(c.first + k, 0, samples - 1);
        const float *values = from + ((gsize)line * samples + sample) * inner;
        for (int v = 0; v < inner; v++)
          sums[v] += c.weights[k] * values[v];
      }
      for (int v = 0; v < inner; v++)
        to[((gsize)line * cells + i) * inner + v] = (float)sums[v];
    }
    g_free(c.weights);
  }
}

void resize(const float *from, int width, int height, int channels, float *to, int columns,
            int rows) {
  g_autofree float *narrow = g_new(float, (gsize)height *columns *channels);
  resize_axis(from, height, width, channels, narrow, columns);
  resize_axis(narrow, 1, height, columns * channels, to, rows);
  for (gsize i = 0; i < (gsize)rows * columns * channels; i++)
    to[i] = CLAMP(to[i], 0, 1);
}
