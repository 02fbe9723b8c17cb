/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes to take apart: a file's, read where they lie, or in memory.
 */
#ifndef BYTES_H
#define BYTES_H

#include <glib.h>
#include <stdbool.h>

typedef struct cli_bytes {
  int fd;                /* −1: in memory */
  const guint8 *memory;
  guint64 size;
} cli_bytes;

/* Whole numbers whose first byte counts the most. */
static inline guint16 bytes_number16(const guint8 *bytes) {
  return (guint16)(bytes[0] << 8 | bytes[1]);
}

static inline guint32 bytes_number32(const guint8 *bytes) {
  return (guint32)bytes_number16(bytes) << 16 | bytes_number16(bytes + 2);
}

/* Those of an open file, whose descriptor stays the caller's. */
cli_bytes bytes_in(int fd);

/* Copies `size` bytes from `offset` on. False where there are not so many. */
bool bytes_take(const cli_bytes *bytes, guint64 offset, void *to, gsize size);
/* The same as a new buffer, with a zero after it, for g_free(); NULL where there are not so
 * many. */
guint8 *bytes_copy(const cli_bytes *bytes, guint64 offset, gsize size);

#endif
