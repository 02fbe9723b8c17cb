/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <yyjson.h>

void *rst_array(size_t count, size_t size) {
  size_t bytes;
  void *memory;

  if (!rst_mul(count, size, &bytes) || !rst_add(bytes, RST_ALIGN - 1, &bytes))
    return NULL;
  bytes &= ~(size_t)(RST_ALIGN - 1);
  if (bytes == 0)
    bytes = RST_ALIGN;
  memory = aligned_alloc(RST_ALIGN, bytes);
  if (memory)
    memset(memory, 0, bytes);
  return memory;
}

/* Large pages are given back in a thousandth of the calls: a gigabyte of small ones takes a tenth
 * of a second. */
static void ask_for_large_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  const uintptr_t page = 1 << 21, begin = ((uintptr_t)memory + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)memory + bytes) & ~(page - 1);

  if (end > begin)
    madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}

void *rst_zeros(size_t count, size_t size) {
  void *memory = calloc(count == 0 ? 1 : count, size);

  if (memory)
    ask_for_large_pages(memory, count * size);
  return memory;
}

float *rst_arena_take(rst_arena *arena, size_t count) {
  const size_t step = RST_ALIGN / sizeof(float);
  float *taken = arena->base ? arena->base + arena->used : NULL;
  size_t rounded;

  if (!rst_add(count, step - 1, &rounded) ||
      !rst_add(arena->used, rounded & ~(step - 1), &arena->used) ||
      arena->used > SIZE_MAX / sizeof(float))
    arena->overflow = true;
  return taken;
}

static void *json_malloc(void *context, size_t size) {
  (void)context;
  return malloc(size);
}

static void *json_realloc(void *context, void *memory, size_t old_size, size_t size) {
  (void)context;
  (void)old_size;
  return realloc(memory, size);
}

static void json_free(void *context, void *memory) {
  (void)context;
  free(memory);
}

const yyjson_alc *rst_json_memory(void) {
  static const yyjson_alc memory = {json_malloc, json_realloc, json_free, NULL};
  return &memory;
}
