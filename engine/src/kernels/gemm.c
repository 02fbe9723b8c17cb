/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernels.h"

void rst_gemm_reference(const rst_gemm *s, const float *a, const float *b, float *c) {
  for (int i = 0; i < s->m; i++, a += s->k, c += s->n) {
    for (int j = 0; j < s->n; j++)
      c[j] = 0;
    for (int l = 0; l < s->k; l++)
      for (int j = 0; j < s->n; j++)
        c[j] += a[l] * b[(long)l * s->n + j];
  }
}
