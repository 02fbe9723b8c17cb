/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Callers' structs, each of which begins with its size. A program that was built with an older header
 * hands over smaller ones: what it does not know is as if it were not set.
 */
#ifndef RST_COMPLETE_H
#define RST_COMPLETE_H

#include <string.h>

#include "restorator.h"

/* A struct that begins with its size, as the caller has it. `storage`, of `size` bytes, takes up a
 * smaller one, over what it holds. Returns which of both is whole; NULL for no struct, or one of a
 * newer program. */
static inline const void *rst_complete(const void *given, void *storage, size_t size) {
  size_t its = 0;

  if (!given)
    return NULL;
  memcpy(&its, given, sizeof its);
  if (its == size)
    return given;
  if (its < sizeof its || its > size)
    return NULL;
  memcpy(storage, given, its);
  memcpy(storage, &size, sizeof size);
  return storage;
}

/* Whether a caller's struct, which knows its size, can be filled: it is no larger than `size`. */
static inline bool rst_can_fill(const void *to, size_t size) {
  size_t its = 0;

  if (!to)
    return false;
  memcpy(&its, to, sizeof its);
  return its >= sizeof its && its <= size;
}

/* Fills it from a whole one. */
static inline void rst_hand_over(void *to, const void *whole) {
  size_t its;

  memcpy(&its, to, sizeof its);
  memcpy((char *)to + sizeof its, (const char *)whole + sizeof its, its - sizeof its);
}

/* Points the caller's struct at a whole one. False where it is none. */
#define RST_COMPLETE(type)                                                                \
  static inline bool rst_complete_##type(const rst_##type **given, rst_##type *storage) { \
    memset(storage, 0, sizeof *storage);                                                  \
    *given = (const rst_##type *)rst_complete(*given, storage, sizeof *storage);          \
    return *given != NULL;                                                                \
  }

RST_COMPLETE(grid)
RST_COMPLETE(picture)
RST_COMPLETE(plan)
RST_COMPLETE(record)
RST_COMPLETE(trajectory)

/* NULL, no hooks, is whole. */
static inline bool rst_complete_hooks(const rst_hooks **given, rst_hooks *storage) {
  if (!*given)
    return true;
  memset(storage, 0, sizeof *storage);
  *given = (const rst_hooks *)rst_complete(*given, storage, sizeof *storage);
  return *given != NULL;
}

#endif
