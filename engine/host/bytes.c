/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bytes.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

cli_bytes bytes_in(int fd) {
  GStatBuf status;
  return (cli_bytes){.fd = fd, .size = fstat(fd, &status) == 0 ? (guint64)status.st_size : 0};
}

bool bytes_take(const cli_bytes *b, guint64 offset, void *to, gsize size) {
  if (size > b->size || offset > b->size - size)
    return false;
  if (b->fd >= 0)
    return pread(b->fd, to, size, (off_t)offset) == (gssize)size;
  memcpy(to, b->memory + offset, size);
  return true;
}

guint8 *bytes_copy(const cli_bytes *b, guint64 offset, gsize size) {
  if (size > b->size)
    return NULL;
  guint8 *copy = g_malloc(size + 1);
  if (bytes_take(b, offset, copy, size)) {
    copy[size] = 0;
    return copy;
  }
  g_free(copy);
  return NULL;
}
