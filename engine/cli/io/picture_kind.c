/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture_kind.h"

#include <glib/gi18n.h>
#include <math.h>

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

void picture_kind_size(VipsImage *image, int *width, int *height) {
  const bool turned = vips_image_get_orientation_swap(image);
  *width = turned ? image->Ysize : image->Xsize;
  *height = turned ? image->Xsize : image->Ysize;
}

/* The box of a shrunk picture that shows that of the picture itself. */
static int crop(VipsImage *small, const rst_rectangle *box, double scale, VipsImage **part) {
  const int x = CLAMP((int)(box->x * scale), 0, small->Xsize - 1);
  const int y = CLAMP((int)(box->y * scale), 0, small->Ysize - 1);
  const int right = CLAMP((int)((box->x + box->width) * scale), x + 1, small->Xsize);
  const int bottom = CLAMP((int)((box->y + box->height) * scale), y + 1, small->Ysize);
  return vips_extract_area(small, part, x, y, right - x, bottom - y, NULL);
}

/* The box with a longer side of SIDE, or as it is where it is smaller. */
static VipsImage *shrink(VipsImage *image, const rst_rectangle *box) {
  VipsImage *small = NULL, *part = NULL, *rgb = NULL, *bytes = NULL, *held = NULL;
  int width, height;
  picture_kind_size(image, &width, &height);
  const double longest = MAX(width, height);
  const int side = (int)MIN(longest, ceil(SIDE * longest / MAX(box->width, box->height)));
  if (vips_thumbnail_image(image, &small, side, "size", VIPS_SIZE_DOWN, NULL) == 0 &&
      crop(small, box, (double)small->Xsize / width, &part) == 0 &&
      vips_colourspace(part, &rgb, VIPS_INTERPRETATION_sRGB, NULL) == 0 &&
      vips_cast_uchar(rgb, &bytes, NULL) == 0)
    held = vips_image_copy_memory(bytes);
  g_clear_object(&small);
  g_clear_object(&part);
  g_clear_object(&rgb);
  g_clear_object(&bytes);
  if (held && held->Bands < 3)
    g_clear_object(&held);
  return held;
}

bool picture_kind_read(VipsImage *image, const rst_rectangle *box, rst_picture_kind *kind,
                       double *sure, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  rst_rectangle whole = {0, 0, 0, 0};
  picture_kind_size(image, &whole.width, &whole.height);
  VipsImage *small = shrink(image, box ? box : &whole);
  if (!small) {
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
    [RST_PICTURE_DRAWING] = N_("a drawing"),
  };
  return _(names[kind]);
}
