/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blas.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/kernels.h"
#include "memory.h"
#include "restorator.h"

/* The Fortran interface: some builds of OpenBLAS come without CBLAS. The lengths of the two
 * texts are the hidden arguments of Fortran's calling convention. */
extern void sgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n,
                   const int *k, const float *alpha, const float *a, const int *lda,
                   const float *b, const int *ldb, const float *beta, float *c, const int *ldc,
                   size_t length_a, size_t length_b);
/* Other libraries may take OpenBLAS's place. */
extern void openblas_set_num_threads(int count) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));
extern char *openblas_get_corename(void) __attribute__((weak));

enum { SHAPES_MAX = 256 };

/* What was found out about the library, once per process. */
static struct {
  pthread_mutex_t lock; /* of count, checked and problem's making */
  atomic_bool broken;   /* set after `problem` is written */
  int count;
  rst_gemm checked[SHAPES_MAX];
  char description[128];
  char problem[256];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) {
  const char *core = openblas_get_corename != NULL ? openblas_get_corename() : "unknown core";
  char name[32] = "BLAS", version[32] = "";

  if (openblas_set_num_threads != NULL)
    openblas_set_num_threads(1);
  if (openblas_get_config != NULL)
    sscanf(openblas_get_config(), "%31s %31s", name, version);
  snprintf(state.description, sizeof state.description, "%s %s (%.30s), kernels %s", name,
           version, core, rst_kernels_best()->name);
}

const char *rst_arithmetic(void) {
  pthread_once(&once, start);
  return atomic_load(&state.broken) ? state.problem : state.description;
}

/* Row-major C = op(A)·op(B) is column-major Cᵀ = op(B)ᵀ·op(A)ᵀ on the same memory. */
static void gemm_openblas(const rst_gemm *s, const float *a, const float *b, float *c) {
  const float one = 1, beta = s->accumulate ? 1 : 0;

  sgemm_(s->transpose_b ? "T" : "N", s->transpose_a ? "T" : "N", &s->n, &s->m, &s->k, &one, b,
         &s->ldb, a, &s->lda, &beta, c, &s->ldc, 1, 1);
}

/* Compares one product on repeatable numbers; false where they differ by more than rounding of
 * the sum of absolute products explains, or memory ran out. */
static bool agrees(const rst_gemm *s) {
  const size_t a_rows = (size_t)(s->transpose_a ? s->k : s->m);
  const size_t b_rows = (size_t)(s->transpose_b ? s->n : s->k);
  const size_t a_size = a_rows * (size_t)s->lda, b_size = b_rows * (size_t)s->ldb;
  const size_t c_size = (size_t)s->m * (size_t)s->ldc;
  float *memory = rst_floats(a_size + b_size + 2 * c_size + 3 * RST_ALIGN);
  float *a = memory, *b, *c, *expected;
  uint32_t random = 1;
  bool same = true;

  if (memory == NULL)
    return true; /* the caller's own allocations will tell */
  b = a + (a_size + 15) / 16 * 16;
  c = b + (b_size + 15) / 16 * 16;
  expected = c + (c_size + 15) / 16 * 16;
  for (size_t i = 0; i < (size_t)(b - a) + b_size; i++) {
    random = random * 1664525u + 1013904223u;
    a[i] = (float)(int32_t)random * 0x1p-31f;
  }
  for (size_t i = 0; i < c_size; i++)
    c[i] = expected[i] = (float)(i % 7);
  gemm_openblas(s, a, b, c);
  rst_gemm_reference(s, a, b, expected);
  for (size_t i = 0; i < c_size; i++)
    if (!(fabsf(c[i] - expected[i]) <= 1e-5f * (float)(s->k + 8)))
      same = false;
  free(memory);
  return same;
}

/* Leading dimensions may grow with the picture; arithmetic does not depend on them. */
static bool same_shape(const rst_gemm *s, const rst_gemm *t) {
  return s->transpose_a == t->transpose_a && s->transpose_b == t->transpose_b && s->m == t->m &&
         s->n == t->n && s->k == t->k && s->accumulate == t->accumulate;
}

void rst_blas_check(const rst_gemm *shape) {
  rst_gemm packed = *shape;
  bool known = false;

  pthread_once(&once, start);
  packed.lda = packed.transpose_a ? packed.m : packed.k;
  packed.ldb = packed.transpose_b ? packed.k : packed.n;
  packed.ldc = packed.n;
  pthread_mutex_lock(&state.lock);
  for (int i = 0; i < state.count && !known; i++)
    known = same_shape(&state.checked[i], shape);
  if (!known && !atomic_load(&state.broken)) {
    if (!agrees(&packed)) {
      snprintf(state.problem, sizeof state.problem,
               "reference products, %s: its product %d × %d × %d is wrong on this processor",
               state.description, shape->m, shape->n, shape->k);
      atomic_store(&state.broken, true);
    }
    if (state.count < SHAPES_MAX)
      state.checked[state.count++] = *shape;
  }
  pthread_mutex_unlock(&state.lock);
}

void rst_blas_gemm(const rst_gemm *shape, const float *a, const float *b, float *c) {
  if (atomic_load_explicit(&state.broken, memory_order_relaxed))
    rst_gemm_reference(shape, a, b, c);
  else
    gemm_openblas(shape, a, b, c);
}
