/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernels.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

extern const rst_kernels rst_kernels_generic;
#ifdef RST_X86
extern const rst_kernels rst_kernels_avx2, rst_kernels_avx512;
#endif

static const rst_kernels *available[4], *chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find(void) {
  const char *wanted = getenv("RESTORATOR_KERNEL");
  int count = 0;

  available[count++] = &rst_kernels_generic;
#ifdef RST_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    available[count++] = &rst_kernels_avx2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    available[count++] = &rst_kernels_avx512;
#endif
  chosen = available[count - 1];
  for (int i = 0; i < count && wanted; i++)
    if (strcmp(available[i]->name, wanted) == 0)
      chosen = available[i];
}

const rst_kernels *const *rst_kernels_all(void) {
  pthread_once(&once, find);
  return available;
}

const rst_kernels *rst_kernels_best(void) {
  pthread_once(&once, find);
  return chosen;
}
