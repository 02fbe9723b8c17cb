/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix products: the only user of OpenBLAS. OpenBLAS runs single-threaded under the engine's
 * own pool. Some of its builds compute wrong results on some processors, so the product of every
 * shape in use is compared once per process with the reference kernel; where one differs, all
 * products are the reference kernel's from then on, and rst_arithmetic() says so.
 */
#ifndef RST_BLAS_H
#define RST_BLAS_H

#include <stdbool.h>

/* C (m × n, row-major) = op(A) (m × k) · op(B) (k × n), plus C where `accumulate`. The leading
 * dimensions are the distances between stored rows. Always called with the same sizes for the same
 * work, however the work is cut (tails are padded): so a point's bits never depend on its
 * neighbours. */
typedef struct rst_gemm {
  bool transpose_a, transpose_b;
  int m, n, k;
  int lda, ldb, ldc;
  bool accumulate;
} rst_gemm;

/* Checks the product of that shape unless that was done; call it before the first use of a
 * shape, outside of hot loops. Any thread. */
void rst_blas_check(const rst_gemm *shape);

void rst_blas_gemm(const rst_gemm *shape, const float *a, const float *b, float *c);

#endif
