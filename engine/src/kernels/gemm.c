/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernels.h"

void rst_gemm_reference(const rst_gemm *s, const float *a, const float *b, float *c) {
  for (int i = 0; i < s->m; i++) {
    float *row = c + (long)i * s->ldc;

    if (!s->accumulate)
      for (int j = 0; j < s->n; j++)
        row[j] = 0;
    for (int l = 0; l < s->k; l++) {
      const float factor = s->transpose_a ? a[(long)l * s->lda + i] : a[(long)i * s->lda + l];

      if (s->transpose_b)
        for (int j = 0; j < s->n; j++)
          row[j] += factor * b[(long)j * s->ldb + l];
      else
        for (int j = 0; j < s->n; j++)
          row[j] += factor * b[(long)l * s->ldb + j];
    }
  }
}
