/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The encoder's matrix products: the only user of OpenBLAS. OpenBLAS runs single-threaded under the engine's
 * own pool. Some of its builds compute wrong results on some processors, so the product of every
 * shape in use is compared once per process with the reference kernel; where one differs, all
 * products are the reference kernel's from then on, and rst_arithmetic() says so.
 */
#ifndef RST_BLAS_H
#define RST_BLAS_H

/* C (m × n) = A (m × k) · B (k × n), row-major without gaps. Always called with the same sizes for
 * the same work, tails padded. Not for work that may be cut anywhere: some of OpenBLAS's kernels
 * add up the first columns of a product in another order than the rest. */
typedef struct rst_gemm {
  int m, n, k;
} rst_gemm;

/* Checks the product of that shape unless that was done; call it before the first use of a
 * shape, outside of hot loops. Any thread. */
void rst_blas_check(const rst_gemm *shape);

void rst_blas_gemm(const rst_gemm *shape, const float *a, const float *b, float *c);

#endif
