/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory runs out at the allocations that a preview makes for a result: it says so, and works on as
 * soon as there is memory again. The linker puts the functions below in the place of
 * the C library's and of GLib's that may fail (--wrap), for the engine and the preview alone.
 */
#include "host.h"

#include <stdlib.h>

#define WRAPPED(type, name, ...)   \
  type __real_##name(__VA_ARGS__); \
  type __wrap_##name(__VA_ARGS__)

WRAPPED(void *, malloc, size_t size);
WRAPPED(void *, calloc, size_t number, size_t size);
WRAPPED(void *, realloc, void *memory, size_t size);
WRAPPED(void *, aligned_alloc, size_t alignment, size_t size);
WRAPPED(gpointer, g_try_malloc_n, gsize number, gsize size);
WRAPPED(gpointer, g_try_malloc0_n, gsize number, gsize size);

static int left; /* allocations until one fails; 0 or below: none */

static gboolean fails(void) {
  return g_atomic_int_add(&left, -1) == 1;
}

void *__wrap_malloc(size_t size) {
  return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size) {
  return fails() ? NULL : __real_calloc(number, size);
}

void *__wrap_realloc(void *memory, size_t size) {
  return fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

gpointer __wrap_g_try_malloc_n(gsize number, gsize size) {
  return fails() ? NULL : __real_g_try_malloc_n(number, size);
}

gpointer __wrap_g_try_malloc0_n(gsize number, gsize size) {
  return fails() ? NULL : __real_g_try_malloc0_n(number, size);
}

/* Runs the main loop until the result is there or has failed. */
static preview_status end(preview_fixture *b) {
  const guint timer = g_timeout_add(5, tick, NULL);
  preview_status status;

  do {
    g_main_context_iteration(NULL, TRUE);
    preview_get_status(b->preview, &status);
  } while (status.phase != PREVIEW_EXACT && status.phase != PREVIEW_FAILED);
  g_source_remove(timer);
  return status;
}

/* One preview after the other, so that each comes to an allocation from a fresh start; of the later
 * ones every second. */
static void test_setup(gconstpointer setup) {
  int failed = 0, at = 0;
  gboolean fired = TRUE;

  while (fired) {
    photo *p = photo_new(40, 30);

    select_ellipse(p, 8, 4, 20, 18);

    preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");
    const viewport view = {40, 30, 0, 0, 1};

    preview_set_viewport(b->preview, &view);
    g_atomic_int_set(&left, at += at < 20 ? 1 : 2);
    set(b, setup);

    const preview_status status = end(b);

    fired = g_atomic_int_get(&left) <= 0;
    g_atomic_int_set(&left, 0);
    if (status.phase == PREVIEW_FAILED) {
      failed++;
      g_assert_cmpint(status.error.code, ==, RST_NO_MEMORY);
      set(b, "start 12 step-skip 4 strength 0.5");
    }
    finish(b, setup);
    if (at % 8 == 1)
      check_exact(b, setup);
    preview_fixture_free(b);
  }
  g_test_message("fewer than %d allocations, %d failures", at, failed);
  g_assert_cmpint(failed, >, 5);
}

/* No preview at all where there is no memory for it. */
static void test_new(void) {
  photo *p = photo_new(40, 30);
  const rst_picture picture = picture_of(p);
  const rst_rectangle box = whole(p);
  int failed = 0;

  for (int at = 1; at <= 40; at++) {
    preview *made = NULL;
    rst_error error = RST_ERROR_INIT;

    g_atomic_int_set(&left, at);

    const rst_status status = preview_new(&picture, &box, 2, NULL, NULL, &made, &error);

    g_atomic_int_set(&left, 0);
    if (status == RST_OK) {
      preview_free(made);
    } else {
      g_assert_cmpint(error.code, ==, RST_NO_MEMORY);
      failed++;
    }
  }
  g_assert_cmpint(failed, >, 0);
  photo_free(p);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/memory/new", test_new);
  g_test_add_data_func("/memory/colour", "start 12 step-skip 4 mode colour", test_setup);
  g_test_add_data_func("/memory/match", "start 12 step-skip 4 match on", test_setup);
  return g_test_run();
}
