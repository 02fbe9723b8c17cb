/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifdef RST_OPENBLAS
#define _GNU_SOURCE /* for the processors that a thread may use */
#include <dlfcn.h>
#include <sched.h>
#include <sys/mman.h>
#endif

#include "kernels/blas.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "restorator.h"

/* ---- what rst_arithmetic() says ---- */

enum { TEXTS = 3, TEXT_SIZE = 256 }; /* before the first product, after it, after a wrong one */

/* A text is written once, then shown. */
static char texts[TEXTS][TEXT_SIZE];
static _Atomic(const char *) shown;
static pthread_once_t once = PTHREAD_ONCE_INIT;

__attribute__((format(printf, 2, 3))) static void show(int text, const char *format, ...) {
  const int length = snprintf(texts[text], TEXT_SIZE, "kernels %s", rst_kernels_best()->name);
  va_list values;

  va_start(values, format);
  vsnprintf(texts[text] + length, TEXT_SIZE - (size_t)length, format, values);
  va_end(values);
  atomic_store(&shown, texts[text]);
}

static bool is_wanted(void) {
#ifdef RST_OPENBLAS
  return strcmp(rst_kernels_best()->name, "generic") == 0;
#else
  return false;
#endif
}

static void show_first(void) {
  show(0, "%s", is_wanted() ? "; the encoder's products: OpenBLAS where found" : "");
}

const char *rst_arithmetic(void) {
  pthread_once(&once, show_first);
  return atomic_load(&shown);
}

/* ---- OpenBLAS ---- */

#ifdef RST_OPENBLAS

/* More than OpenBLAS maps for its code and one thread's buffer, in bytes. */
#define MEMORY_NEEDED ((size_t)512 << 20)

enum { SHAPES_MAX = 256 };

/* The Fortran interface: some builds come without CBLAS. The lengths of the two texts are the
 * hidden arguments of Fortran's calling convention. */
typedef void (*sgemm_function)(const char *trans_a, const char *trans_b, const int *m, const int *n,
                               const int *k, const float *alpha, const float *a, const int *lda,
                               const float *b, const int *ldb, const float *beta, float *c,
                               const int *ldc, size_t length_a, size_t length_b);

/* The lock is held during a product too: for each further one at the same time OpenBLAS would map
 * another buffer, and it tries for ever where that fails. */
static struct {
  pthread_mutex_t lock;
  bool tried;
  sgemm_function sgemm; /* NULL: not in use */
  char name[64];        /* such as "OpenBLAS 0.3.29 (Nehalem)" */
  int count;
  struct {
    rst_gemm shape;
    rst_gemm_function gemm;
  } known[SHAPES_MAX];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Row-major C = A·B is column-major Cᵀ = Bᵀ·Aᵀ on the same memory. The lock is held. */
static void multiply(const rst_gemm *s, const float *a, const float *b, float *c) {
  const float one = 1, zero = 0;

  state.sgemm("N", "N", &s->n, &s->m, &s->k, &one, b, &s->n, a, &s->k, &zero, c, &s->n, 1, 1);
}

static void gemm_openblas(const rst_gemm *s, const float *a, const float *b, float *c) {
  pthread_mutex_lock(&state.lock);
  multiply(s, a, b, c);
  pthread_mutex_unlock(&state.lock);
}

/* OpenBLAS tries for ever to map its buffers, already while it is opened. */
static bool has_memory(void) {
  void *memory =
    mmap(NULL, MEMORY_NEEDED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    return false;
  munmap(memory, MEMORY_NEEDED);
  return true;
}

/* While it is opened OpenBLAS starts a thread, with a buffer, for each further processor that the
 * opening thread may use: that is one meanwhile. NULL where it cannot be opened. */
static void *open_for_one(const char *name) {
  cpu_set_t all, one;
  void *library;
  int first = 0;

  if (sched_getaffinity(0, sizeof all, &all) != 0)
    return NULL;
  while (!CPU_ISSET(first, &all))
    first++;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0)
    return NULL;
  library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  sched_setaffinity(0, sizeof all, &all);
  return library;
}

/* `function` points to a pointer to it: NULL where the library lacks it. */
static void find_function(void *library, const char *name, void *function) {
  void *const found = dlsym(library, name);

  memcpy(function, &found, sizeof found);
}

/* RESTORATOR_OPENBLAS names another file; none where it is empty. */
static void open_library(void) {
  const char *wanted = getenv("RESTORATOR_OPENBLAS");
  const char *file = wanted ? wanted : RST_OPENBLAS;
  char name[16] = "BLAS", version[16] = "";
  void (*set_num_threads)(int count);
  char *(*get_config)(void), *(*get_corename)(void);
  void *library;

  state.tried = true;
  if (*file == '\0') {
    show(1, "; OpenBLAS switched off");
    return;
  }
  if (!has_memory()) {
    show(1, "; too little memory for OpenBLAS");
    return;
  }
  library = open_for_one(file);
  if (!library) {
    show(1, "; no OpenBLAS (%s)", file);
    return;
  }
  find_function(library, "sgemm_", &state.sgemm);
  find_function(library, "openblas_set_num_threads", &set_num_threads);
  find_function(library, "openblas_get_config", &get_config);
  find_function(library, "openblas_get_corename", &get_corename);
  if (!state.sgemm) {
    show(1, "; no sgemm_ in %s", file);
    dlclose(library);
    return;
  }
  if (set_num_threads)
    set_num_threads(1);
  if (get_config)
    sscanf(get_config(), "%15s %15s", name, version);
  snprintf(state.name, sizeof state.name, "%s %s (%.15s)", name, version,
           get_corename ? get_corename() : "unknown core");
  show(1, "; the encoder's products: %s", state.name);
}

/* Whether the library's product is the kernels' but for rounding, on repeatable numbers; false too
 * where memory ran out. */
static bool is_right(const rst_gemm *s) {
  const size_t a_size = (size_t)s->m * (size_t)s->k, b_size = (size_t)s->k * (size_t)s->n;
  const size_t c_size = (size_t)s->m * (size_t)s->n;
  float *a = rst_floats(a_size + b_size + 2 * c_size), *b, *c, *expected;
  uint32_t random = 1;
  bool right = true;

  if (!a)
    return false;
  b = a + a_size;
  c = b + b_size;
  expected = c + c_size;
  for (float *value = a; value < c; value++) {
    random = random * 1664525u + 1013904223u;
    *value = (float)(int32_t)random * 0x1p-31f;
  }
  multiply(s, a, b, c);
  rst_kernels_best()->gemm(s, a, b, expected);
  for (size_t i = 0; i < c_size; i++)
    right = right && fabsf(c[i] - expected[i]) <= 1e-5f * (float)(s->k + 8);
  free(a);
  return right;
}

static rst_gemm_function decide(const rst_gemm *shape) {
  rst_gemm_function gemm = rst_kernels_best()->gemm;

  for (int i = 0; i < state.count; i++)
    if (memcmp(&state.known[i].shape, shape, sizeof *shape) == 0)
      return state.known[i].gemm;
  if (!state.tried)
    open_library();
  if (!state.sgemm || state.count == SHAPES_MAX)
    return gemm;
  if (is_right(shape))
    gemm = gemm_openblas;
  else if (*texts[2] == '\0')
    show(2, "; the encoder's products: %s, but for such as %d × %d × %d, which fail", state.name,
         shape->m, shape->n, shape->k);
  state.known[state.count].shape = *shape;
  state.known[state.count++].gemm = gemm;
  return gemm;
}

rst_gemm_function rst_gemm_for(const rst_gemm *shape) {
  rst_gemm_function gemm;

  if (!is_wanted())
    return rst_kernels_best()->gemm;
  pthread_once(&once, show_first);
  pthread_mutex_lock(&state.lock);
  gemm = decide(shape);
  pthread_mutex_unlock(&state.lock);
  return gemm;
}

#else

rst_gemm_function rst_gemm_for(const rst_gemm *shape) {
  (void)shape;
  return rst_kernels_best()->gemm;
}

#endif
