/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernels/blas.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "base/memory.h"
#include "restorator.h"

/* The Fortran interface: some builds of OpenBLAS come without CBLAS. The lengths of the two
 * texts are the hidden arguments of Fortran's calling convention. */
extern void sgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n,
                   const int *k, const float *alpha, const float *a, const int *lda, const float *b,
                   const int *ldb, const float *beta, float *c, const int *ldc, size_t length_a,
                   size_t length_b);
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
  snprintf(state.description, sizeof state.description, "%s %s (%.30s), kernels %s", name, version,
           core, rst_kernels_best()->name);
}

const char *rst_arithmetic(void) {
  pthread_once(&once, start);
  return atomic_load(&state.broken) ? state.problem : state.description;
}

/* Row-major C = A·B is column-major Cᵀ = Bᵀ·Aᵀ on the same memory. */
static void gemm_openblas(const rst_gemm *s, const float *a, const float *b, float *c) {
  const float one = 1, zero = 0;

  sgemm_("N", "N", &s->n, &s->m, &s->k, &one, b, &s->n, a, &s->k, &zero, c, &s->n, 1, 1);
}

/* Compares one product on repeatable numbers with the reference: `*same` is false where they
 * differ by more than rounding explains. False where memory ran out. */
static bool compare(const rst_gemm *s, bool *same) {
  rst_arena arena = {NULL};
  float *a, *b, *c, *expected;
  const size_t a_size = (size_t)s->m * (size_t)s->k, b_size = (size_t)s->k * (size_t)s->n;
  const size_t c_size = (size_t)s->m * (size_t)s->n;
  uint32_t random = 1;

  arena.base = rst_floats(a_size + b_size + 2 * c_size + 4 * RST_ALIGN);
  if (arena.base == NULL)
    return false;
  a = rst_arena_take(&arena, a_size);
  b = rst_arena_take(&arena, b_size);
  c = rst_arena_take(&arena, c_size);
  expected = rst_arena_take(&arena, c_size);
  for (float *value = a; value < c; value++) {
    random = random * 1664525u + 1013904223u;
    *value = (float)(int32_t)random * 0x1p-31f;
  }
  gemm_openblas(s, a, b, c);
  rst_gemm_reference(s, a, b, expected);
  *same = true;
  for (size_t i = 0; i < c_size; i++)
    if (!(fabsf(c[i] - expected[i]) <= 1e-5f * (float)(s->k + 8)))
      *same = false;
  free(arena.base);
  return true;
}

static bool was_checked(const rst_gemm *shape) {
  for (int i = 0; i < state.count; i++)
    if (memcmp(&state.checked[i], shape, sizeof *shape) == 0)
      return true;
  return false;
}

void rst_blas_check(const rst_gemm *shape) {
  bool same;

  pthread_once(&once, start);
  pthread_mutex_lock(&state.lock);
  if (!atomic_load(&state.broken) && !was_checked(shape) && compare(shape, &same)) {
    if (!same) {
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
