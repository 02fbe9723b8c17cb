/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A library in OpenBLAS's place whose products are wrong where there is more than one row.
 */
#include <stddef.h>

void sgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n, const int *k,
            const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
            const float *beta, float *c, const int *ldc, size_t length_a, size_t length_b);

void sgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n, const int *k,
            const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
            const float *beta, float *c, const int *ldc, size_t length_a, size_t length_b) {
  (void)trans_a, (void)trans_b, (void)alpha, (void)lda, (void)ldb, (void)beta, (void)ldc;
  (void)length_a, (void)length_b;
  for (int i = 0; i < *n; i++)
    for (int j = 0; j < *m; j++) {
      float sum = i > 0 ? 1 : 0;

      for (int l = 0; l < *k; l++)
        sum += b[i * *k + l] * a[l * *m + j];
      c[i * *m + j] = sum;
    }
}
