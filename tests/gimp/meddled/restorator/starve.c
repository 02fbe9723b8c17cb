/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linked into a copy of the plug-in in place of the C library's allocation, for the engine and the
 * plug-in alone: the one whose number is in the file "starve" fails, and leaves the file "starved".
 * Of GLib's a failure ends the plug-in, as the word "die" does.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

static int left; /* allocations until one fails; 0 or below: none */

static char *path_of(const char *name) {
  return g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), name, NULL);
}

__attribute__((constructor)) static void read_number(void) {
  g_autofree char *path = path_of("starve"), *text = NULL;

  if (g_file_get_contents(path, &text, NULL, NULL))
    g_atomic_int_set(&left, atoi(text));
}

static gboolean fails(void) {
  if (g_atomic_int_add(&left, -1) != 1)
    return FALSE;
  g_autofree char *path = path_of("starved");
  g_file_set_contents(path, "", 0, NULL);
  return TRUE;
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

char *__wrap_strdup(const char *text) {
  const size_t size = strlen(text) + 1;
  char *copy = __wrap_malloc(size);

  return copy ? memcpy(copy, text, size) : NULL;
}
