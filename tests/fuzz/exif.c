/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a picture's EXIF block, and as a TIFF file whose directories hold one: malformed, or
 * a block that can be read again.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <vips/vips.h>

#include "io/exif.h"

static void check_block(VipsImage *image, gsize limit) {
  bool shortened, malformed;
  GBytes *block = exif_block(image, limit, &shortened, &malformed);

  if (!block)
    return;
  gsize size;
  const guint8 *data = g_bytes_get_data(block, &size);
  cli_bytes bytes = {.fd = -1, .memory = data, .size = size};
  cli_tiff t;

  if (malformed || size > limit || !tiff_open(&t, &bytes))
    abort();
  g_bytes_unref(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const guint8 pixel[] = {1, 2, 3};
  cli_bytes bytes = {.fd = -1, .memory = data, .size = size};
  cli_tiff t;

  if (VIPS_INIT("fuzz") != 0)
    abort();
  VipsImage *image =
    vips_image_new_from_memory_copy(pixel, sizeof pixel, 1, 1, 3, VIPS_FORMAT_UCHAR);
  vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, data, size);
  exif_describes(image);
  exif_set_resolution(image);
  check_block(image, G_MAXINT32);
  check_block(image, 300);
  if (tiff_open(&t, &bytes)) {
    tiff_pages pages;

    tiff_find_pages(&t, &pages);
    exif_read_tiff(&t, pages.directory, image);
    check_block(image, G_MAXINT32);
  }
  g_object_unref(image);
  return 0;
}
