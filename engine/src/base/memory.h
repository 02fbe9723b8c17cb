/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes that cannot overflow, and memory aligned for the kernels.
 */
#ifndef RST_MEMORY_H
#define RST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct yyjson_alc;

#define RST_ALIGN 64

/* a · b and a + b; false where they overflow. */
static inline bool rst_mul(size_t a, size_t b, size_t *product) {
  return !__builtin_mul_overflow(a, b, product);
}
static inline bool rst_add(size_t a, size_t b, size_t *sum) {
  return !__builtin_add_overflow(a, b, sum);
}

/* `count` elements of `size` bytes, zeroed, aligned to RST_ALIGN; NULL where memory ran out or
 * the product overflows. Free with free(). */
void *rst_array(size_t count, size_t size);

/* The same for arrays over a picture's pixels, which no kernel sees: not aligned further than
 * malloc() does, and of zeros that cost nothing before they are touched. So neither a large array's
 * beginning nor its end holds up whoever cancels. */
void *rst_zeros(size_t count, size_t size);

static inline float *rst_floats(size_t count) {
  return rst_array(count, sizeof(float));
}

/* One block cut into float arrays, each aligned: measure first with a NULL base, then allocate
 * `used` floats, then cut again. */
typedef struct rst_arena {
  float *base;
  size_t used; /* floats */
  bool overflow;
} rst_arena;

/* The next `count` floats; NULL while measuring. */
float *rst_arena_take(rst_arena *arena, size_t count);

/* A pointer whose memory is freed where its block ends. */
#define RST_FREED __attribute__((cleanup(rst_free_pointed)))

static inline void rst_free_pointed(void *pointer) {
  void *memory;

  memcpy(&memory, pointer, sizeof memory);
  free(memory);
}

/* The JSON library's memory comes from malloc of this program, so that one hook sees it all. */
const struct yyjson_alc *rst_json_memory(void);

#endif
