/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The encoder's matrix products, on processors for which the engine has no kernels of its own
 * beyond the generic ones: there OpenBLAS multiplies, where the system has it. It is opened with
 * the first product, never before.
 */
#ifndef RST_BLAS_H
#define RST_BLAS_H

#include "kernels/kernels.h"

typedef void (*rst_gemm_function)(const rst_gemm *shape, const float *a, const float *b, float *c);

/* What multiplies products of that shape, decided once per process and shape: OpenBLAS, or the
 * best kernels' gemm where those are not the generic ones, where the library is missing or memory
 * is short, or where the library's product differs from theirs by more than rounding explains. A
 * value's bits may depend on its place: call it for work that is always cut in the same way, tails
 * padded. Any thread; OpenBLAS's products wait for one another. */
rst_gemm_function rst_gemm_for(const rst_gemm *shape);

#endif
