/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memfd_create() */
#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"

enum {
  PIPE_MAX = 1 << 30, /* bytes that a pipe may give */
  PATIENCE = 50,      /* milliseconds until a wait asks whether to stop */
};

static bool fail(GError **error, const char *path, const char *fault) {
  g_set_error(error, CLI_ERROR, CLI_FAILED, "%s: %s", path, fault);
  return false;
}

static bool write_whole(int fd, const guint8 *bytes, gsize size) {
  while (size > 0) {
    gssize written = write(fd, bytes, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes += written;
    size -= (gsize)written;
  }
  return true;
}

static bool copy(int from, int to, const char *path, GError **error) {
  static const gsize piece = 1 << 16;
  g_autofree guint8 *bytes = g_malloc(piece);
  gsize size = 0;
  bool good = true;
  for (bool more = true; good && more;) {
    struct pollfd ready = {.fd = from, .events = POLLIN};
    if (interrupt_signal() != 0)
      good = cli_fail_interrupted(error);
    else if (poll(&ready, 1, PATIENCE) > 0) {
      gssize got = read(from, bytes, piece);
      more = got != 0;
      if (got < 0 && errno != EINTR && errno != EAGAIN)
        good = fail(error, path, g_strerror(errno));
      else if (got > 0 && (size += (gsize)got) > PIPE_MAX)
        good = fail(error, path, _("gives more than 1 GiB; write it into a file first"));
      else if (got > 0 && !write_whole(to, bytes, (gsize)got))
        good = fail(error, path, g_strerror(errno));
    }
  }
  return good && (size > 0 || fail(error, path, _("the file is empty")));
}

/* All that a pipe gives, in memory that has a descriptor. */
static int hold(int pipe, const char *path, GError **error) {
  int fd = memfd_create("restorator", MFD_CLOEXEC);
  if (fd < 0)
    fail(error, path, g_strerror(errno));
  else if (!copy(pipe, fd, path, error)) {
    close(fd);
    fd = -1;
  }
  return fd;
}

int input_open(const char *path, GError **error) {
  GStatBuf status;
  /* Without O_NONBLOCK a pipe that nobody writes to would hold the program up in the call. */
  int fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0), held;
  if (fd < 0 || fstat(fd, &status) != 0) {
    fail(error, path, g_strerror(errno));
  } else if (S_ISDIR(status.st_mode)) {
    fail(error, path, _("is a folder"));
  } else if (S_ISREG(status.st_mode)) {
    if (status.st_size > 0)
      return fd;
    fail(error, path, _("the file is empty"));
  } else if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
    held = hold(fd, path, error);
    close(fd);
    return held;
  } else {
    fail(error, path, _("is a device and no file"));
  }
  if (fd >= 0)
    close(fd);
  return -1;
}

/* ---- libvips reads it ---- */

typedef struct place {
  int fd;
  gint64 at;
  guint8 other[8]; /* bytes in place of the file's */
  gint64 other_at;
  gint64 other_size;
} place;

static void put_other(const place *p, guint8 *bytes, gint64 at, gint64 size) {
  const gint64 first = MAX(at, p->other_at), end = MIN(at + size, p->other_at + p->other_size);
  if (first < end)
    memcpy(bytes + (first - at), p->other + (first - p->other_at), (gsize)(end - first));
}

static gint64 on_read(VipsSourceCustom *source, void *buffer, gint64 length, place *p) {
  gssize got;
  (void)source;
  do
    got = pread(p->fd, buffer, (gsize)length, p->at);
  while (got < 0 && errno == EINTR);
  put_other(p, buffer, p->at, got);
  p->at += MAX(got, 0);
  return got;
}

static gint64 on_seek(VipsSourceCustom *source, gint64 offset, int whence, place *p) {
  GStatBuf status;
  (void)source;
  if (whence == SEEK_CUR)
    offset += p->at;
  else if (whence == SEEK_END && fstat(p->fd, &status) == 0)
    offset += status.st_size;
  else if (whence != SEEK_SET)
    return -1;
  return offset < 0 ? -1 : (p->at = offset);
}

VipsSource *input_source_with(int fd, gint64 at, const guint8 *bytes, gsize size) {
  VipsSourceCustom *source = vips_source_custom_new();
  place *p = g_new(place, 1);
  *p = (place){.fd = fd, .other_at = at, .other_size = (gint64)size};
  if (size > 0)
    memcpy(p->other, bytes, size);
  g_object_set_data_full(G_OBJECT(source), "place", p, g_free);
  g_signal_connect(source, "read", G_CALLBACK(on_read), p);
  g_signal_connect(source, "seek", G_CALLBACK(on_seek), p);
  return VIPS_SOURCE(source);
}

VipsSource *input_source(int fd) {
  return input_source_with(fd, 0, NULL, 0);
}
