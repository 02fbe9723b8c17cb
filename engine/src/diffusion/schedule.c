/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/schedule.h"

#include <math.h>

static const double pi = 3.14159265358979323846;
static const double beta_first = 0.0001, beta_last = 0.02;

static double linspace(double first, double last, int i, int count) {
  return first + (last - first) * i / (count - 1);
}

/* g(u) of the cosine schedule. */
static double cosine_level(double u, int steps) {
  double c = cos((u / steps + 0.008) / 1.008 * pi / 2);

  return c * c;
}

static double beta_at(rst_schedule_kind kind, int t, int steps) {
  double root;

  switch (kind) {
    case RST_SCHEDULE_LINEAR:
      return linspace(beta_first, beta_last, t, steps);
    case RST_SCHEDULE_QUADRATIC:
      root = linspace(sqrt(beta_first), sqrt(beta_last), t, steps);
      return root * root;
    case RST_SCHEDULE_SIGMOID:
      return beta_first + (beta_last - beta_first) / (1 + exp(-linspace(-6, 6, t, steps)));
    case RST_SCHEDULE_COSINE:
    default:
      return fmin(fmax(1 - cosine_level(t + 1, steps) / cosine_level(t, steps), 0.0001), 0.9999);
  }
}

void rst_schedule_fill(rst_schedule_kind kind, int steps, double *beta, double *alpha_bar) {
  double product = 1;

  for (int t = 0; t < steps; t++) {
    beta[t] = beta_at(kind, t, steps);
    product *= 1 - beta[t];
    alpha_bar[t] = product;
  }
}

static int fill_uniform(int skip, int start, int end, int *sequence) {
  int count = 0, inner = start - 1 - (end + 1); /* how many timesteps lie in between */

  sequence[count++] = start - 1;
  if (inner > 0)
    for (int i = (inner - 1) / skip; i >= 0; i--)
      sequence[count++] = end + 1 + i * skip;
  if (start - 1 > end)
    sequence[count++] = end;
  return count;
}

static int fill_quadratic(int start, int end, int *sequence) {
  int count = 0, powers = 0;

  while (1 << powers < start - end + 1) /* ⌈log₂(start − end + 1)⌉ */
    powers++;
  sequence[count++] = start - 1;
  for (int i = powers - 1; i >= 0; i--) {
    int t = end - 1 + (1 << i);

    if (t < sequence[count - 1])
      sequence[count++] = t;
  }
  return count;
}

int rst_sequence_fill(rst_sequence kind, int skip, int start, int end, int *sequence) {
  return kind == RST_SEQUENCE_QUADRATIC ? fill_quadratic(start, end, sequence)
                                        : fill_uniform(skip, start, end, sequence);
}
