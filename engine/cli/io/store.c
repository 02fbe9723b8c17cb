/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* O_TMPFILE */
#include "io/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { IN_MEMORY = 128 << 20 }; /* bytes, at most */

static const char key[] = "restorator-store";

/* −1: none, it is in memory. */
static int descriptor_of(VipsImage *stored) {
  return GPOINTER_TO_INT(g_object_get_data(G_OBJECT(stored), key)) - 1;
}

static void close_descriptor(gpointer more) {
  close(GPOINTER_TO_INT(more) - 1);
}

static off_t place_of(const VipsImage *image, int x, int y) {
  return (off_t)(VIPS_IMAGE_SIZEOF_LINE(image) * (guint64)y +
                 VIPS_IMAGE_SIZEOF_PEL(image) * (guint64)x);
}

static bool read_all(int fd, void *to, gsize size, off_t at) {
  for (gsize done = 0; done < size;) {
    const gssize now = pread(fd, (char *)to + done, size - done, at + (off_t)done);
    if (now == 0 || (now < 0 && errno != EINTR))
      return false;
    done += (gsize)MAX(now, 0);
  }
  return true;
}

static bool write_all(int fd, const void *from, gsize size, off_t at) {
  for (gsize done = 0; done < size;) {
    const gssize now = pwrite(fd, (const char *)from + done, size - done, at + (off_t)done);
    if (now < 0 && errno != EINTR)
      return false;
    done += (gsize)MAX(now, 0);
  }
  return true;
}

/* Where large files lie for a while. Where there are no nameless ones the name goes at once. */
static int open_file(void) {
  const char *wish = g_getenv("TMPDIR");
  const char *folder = wish ? wish : g_access("/var/tmp", W_OK) == 0 ? "/var/tmp" : g_get_tmp_dir();
  int fd = g_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  g_autofree char *path = g_build_filename(folder, "restorator-XXXXXX", NULL);
  fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink(path);
  return fd;
}

/* A strip of the image, over its whole width. */
static int write_strip(VipsRegion *region, VipsRect *area, void *fd) {
  for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++)
    if (!write_all(GPOINTER_TO_INT(fd), VIPS_REGION_ADDR(region, area->left, y),
                   VIPS_REGION_SIZEOF_PEL(region) * (gsize)area->width,
                   place_of(region->im, area->left, y))) {
      vips_error_system(errno, "file for pixels", "%s", "");
      return -1;
    }
  return 0;
}

static int read_area(VipsRegion *out, void *sequence, void *fd, void *b, gboolean *stop) {
  const VipsRect *area = &out->valid;
  (void)sequence;
  (void)b;
  (void)stop;
  for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++)
    if (!read_all(GPOINTER_TO_INT(fd), VIPS_REGION_ADDR(out, area->left, y),
                  VIPS_REGION_SIZEOF_PEL(out) * (gsize)area->width,
                  place_of(out->im, area->left, y))) {
      vips_error_system(errno, "file for pixels", "%s", "");
      return -1;
    }
  return 0;
}

static VipsImage *hold_in_file(VipsImage *image) {
  const int fd = open_file();
  if (fd < 0) {
    vips_error_system(errno, "file for pixels", "%s", "");
    return NULL;
  }
  VipsImage *stored = vips_image_new();
  g_object_set_data_full(G_OBJECT(stored), key, GINT_TO_POINTER(fd + 1), close_descriptor);
  if (vips_sink_disc(image, write_strip, GINT_TO_POINTER(fd)) != 0 ||
      vips_image_pipelinev(stored, VIPS_DEMAND_STYLE_THINSTRIP, image, NULL) != 0 ||
      vips_image_generate(stored, NULL, read_area, NULL, GINT_TO_POINTER(fd), NULL) != 0)
    g_clear_object(&stored);
  /* Whom the image told of its progress, and who could stop it, does not live as long. */
  if (stored)
    vips_image_set_progress(stored, FALSE);
  return stored;
}

VipsImage *store_new(VipsImage *image) {
  return VIPS_IMAGE_SIZEOF_IMAGE(image) > IN_MEMORY ? hold_in_file(image)
                                                    : vips_image_copy_memory(image);
}

const void *store_read(VipsImage *stored, int x, int y, int width, void *scratch) {
  const int fd = descriptor_of(stored);
  if (fd < 0)
    return VIPS_IMAGE_ADDR(stored, x, y);
  return read_all(fd, scratch, VIPS_IMAGE_SIZEOF_PEL(stored) * (gsize)width, place_of(stored, x, y))
           ? scratch
           : NULL;
}

bool store_write(VipsImage *stored, int x, int y, int width, const void *pixels) {
  const int fd = descriptor_of(stored);
  const gsize size = VIPS_IMAGE_SIZEOF_PEL(stored) * (gsize)width;
  if (fd >= 0)
    return write_all(fd, pixels, size, place_of(stored, x, y));
  if (pixels != VIPS_IMAGE_ADDR(stored, x, y))
    memcpy(VIPS_IMAGE_ADDR(stored, x, y), pixels, size);
  return true;
}
