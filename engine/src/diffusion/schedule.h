/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The noise schedule and the sequence of timesteps, in double.
 */
#ifndef RST_SCHEDULE_H
#define RST_SCHEDULE_H

#include "network/model.h"

/* β_t and ᾱ_t, t = 0 … steps−1.
 * cosine (Nichol and Dhariwal 2021): β_t = 1 − g(t+1)/g(t), g(u) = cos²((u/T + 0.008)/1.008 · π/2),
 * clipped to [0.0001, 0.9999]; with a = 0.0001, b = 0.02: linear linspace(a, b, T), quadratic
 * linspace(√a, √b, T)², sigmoid a + (b − a)/(1 + e^−u), u = linspace(−6, 6, T). */
void rst_schedule_fill(rst_schedule_kind kind, int steps, double *beta, double *alpha_bar);

/* ᾱ_t; 1 for the clean picture, t = −1. */
static inline double rst_alpha_bar(const double *alpha_bar, int t) {
  return t < 0 ? 1.0 : alpha_bar[t];
}

/* Writes the timesteps taken, from start−1 down to end, into `sequence` (start − end places at
 * most) and returns how many there are; 0 ≤ end < start. The step after the last one is end−1.
 * uniform: start−1, then end+1, end+1+K, end+1+2K … below start−1 taken downwards, then end.
 * quadratic: start−1, then end−1+2^i for i = ⌈log₂(start−end+1)⌉−1 … 0, repeats dropped. */
int rst_sequence_fill(rst_sequence kind, int skip, int start, int end, int *sequence);

#endif
