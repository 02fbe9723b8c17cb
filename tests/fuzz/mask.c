/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the file of a mask: refused with a sentence, or one channel of the box's size.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/file.h"
#include "io/mask.h"

enum { SIDE = 8 }; /* of the picture */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static gboolean begun;
  const cli_image_source picture = {.width = SIDE, .height = SIDE};
  char path[64];
  rst_rectangle box = {1, 2, SIDE - 1, SIDE - 2};
  GError *error = NULL;
  const int fd = memfd_create("mask", 0);

  if (!begun)
    g_set_prgname("fuzz");
  if (!begun && !file_init(1, NULL))
    abort();
  begun = TRUE;
  if (fd < 0 || write(fd, data, size) != (ssize_t)size)
    abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  VipsImage *mask = mask_read(path, &picture, size % 2 == 0, &box, NULL, &error);

  if (!mask == !error || (error && *error->message == '\0') ||
      (mask && (mask->Bands != 1 || mask->Xsize != box.width || mask->Ysize != box.height)))
    abort();
  g_clear_object(&mask);
  g_clear_error(&error);
  close(fd);
  return 0;
}
