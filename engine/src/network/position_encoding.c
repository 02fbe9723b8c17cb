/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/position_encoding.h"

#include <math.h>

static const double tau = 6.28318530717958647692;

/* Value k of the ladder, ascending, 0 … 2h: 1/f_h … 1/f_1, 1, f_1 … f_h. */
static double ladder(int k, int half) {
  return pow(10000, (double)(k - half) / (half + 1));
}

void rst_encoding_frequencies(const rst_scalar_encoding *encoding, double *frequencies) {
  const int half = encoding->bands / 2;

  if (!encoding->learned) {
    for (int i = 0; i < half; i++)
      frequencies[i] = pow(10000, -2.0 * i / encoding->bands);
    return;
  }
  for (int j = 0; j < encoding->bands; j++) {
    const double low = ladder(j, half), high = ladder(j + 1, half);

    frequencies[j] = (low + high) / 2 + tanh(encoding->frequency[j]) * (high - low) / 2;
  }
}

void rst_encode_scalar(const rst_scalar_encoding *encoding, const double *frequencies, double x,
                       float *encoded) {
  const int half = encoding->bands / 2;

  if (!encoding->learned) {
    for (int i = 0; i < half; i++) {
      encoded[i] = (float)sin(x * frequencies[i]);
      encoded[half + i] = (float)cos(x * frequencies[i]);
    }
    return;
  }
  encoded[0] = (float)x;
  for (int j = 0; j < encoding->bands; j++) {
    const double phase = tau * frequencies[j] * x;
    const double wave = encoding->weight[2 * j] * sin(phase) +
                        encoding->weight[2 * j + 1] * cos(phase) + encoding->bias[j];

    encoded[j + 1] = (float)(wave * tanh(encoding->gate[j]));
  }
}
