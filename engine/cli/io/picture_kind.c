/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture_kind.h"

#include <glib/gi18n.h>

#include "base/error.h"

enum { SIDE = 512 };

/* R'G'B' of 8 bits, with or without alpha, in memory. */
static bool read_small(void *user, int x, int y, int width, int height, float *rgba) {
  VipsImage *small = user;
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++, rgba += 4) {
      const VipsPel *pixel = VIPS_IMAGE_ADDR(small, column, row);
      for (int c = 0; c < 3; c++)
        rgba[c] = (float)pixel[c] / 255;
      rgba[3] = small->Bands > 3 ? (float)pixel[3] / 255 : 1;
    }
  return true;
}

static VipsImage *shrink(VipsImage *image) {
  VipsImage *small = NULL, *rgb = NULL, *bytes = NULL, *held = NULL;
  if (vips_thumbnail_image(image, &small, SIDE, "size", VIPS_SIZE_DOWN, NULL) == 0 &&
      vips_colourspace(small, &rgb, VIPS_INTERPRETATION_sRGB, NULL) == 0 &&
      vips_cast_uchar(rgb, &bytes, NULL) == 0)
    held = vips_image_copy_memory(bytes);
  g_clear_object(&small);
  g_clear_object(&rgb);
  g_clear_object(&bytes);
  if (held != NULL && held->Bands < 3)
    g_clear_object(&held);
  return held;
}

bool picture_kind_read(VipsImage *image, rst_picture_kind *kind, double *sure, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  VipsImage *small = shrink(image);
  if (small == NULL) {
    g_set_error(error, CLI_ERROR, CLI_FAILED, "%s", vips_error_buffer());
    vips_error_clear();
    return false;
  }
  const rst_picture picture = {.size = sizeof picture,
                               .width = small->Xsize,
                               .height = small->Ysize,
                               .user = small,
                               .read = read_small};
  bool good = rst_classify(&picture, NULL, kind, sure, &cause) == RST_OK;
  g_object_unref(small);
  return good || cli_fail_engine(error, &cause);
}

const char *picture_kind_name(rst_picture_kind kind) {
  static const char *const names[] = {
    [RST_PICTURE_MONOCHROME] = N_("monochrome"),
    [RST_PICTURE_TONED] = N_("toned"),
    [RST_PICTURE_COLOURED] = N_("coloured"),
  };
  return _(names[kind]);
}
