/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/mask.h"

#include <glib/gi18n.h>
#include <math.h>

#include "base/error.h"
#include "io/colour_space.h"

/* A value with white at 1. Infinite light is white, and what is no number is black. */
static float value_of(const VipsImage *image, const void *row, int i) {
  const float value = image->BandFmt == VIPS_FORMAT_UCHAR    ? ((const guint8 *)row)[i] / 255.0f
                      : image->BandFmt == VIPS_FORMAT_USHORT ? ((const guint16 *)row)[i] / 65535.0f
                                                             : ((const float *)row)[i];
  return value > 0 ? MIN(value, 1) : 0;
}

/* How light a colour of sRGB is, coded as sRGB is: its luminance. */
static double lightness(const float *rgb) {
  static const double weights[] = {0.2126, 0.7152, 0.0722};
  double light = 0;
  if (rgb[0] == rgb[1] && rgb[1] == rgb[2])
    return rgb[0];
  for (int c = 0; c < 3; c++) {
    const double v = rgb[c]; /* beyond sRGB's colours too */
    light += weights[c] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
  }
  return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* One channel of 16 bits of pixels in memory, as they are seen: by their profile, over black. */
static VipsImage *see(VipsImage *pixels, GError **error) {
  const void *profile = NULL;
  size_t size = 0;
  const int channels = pixels->Bands < 3 ? 1 : 3, width = pixels->Xsize, height = pixels->Ysize;
  if (vips_image_get_typeof(pixels, VIPS_META_ICC_NAME) != 0)
    vips_image_get_blob(pixels, VIPS_META_ICC_NAME, &profile, &size);
  cli_colour_space *space = colour_space_new(profile, size, channels, error);
  if (!space)
    return NULL;
  guint16 *values = g_try_new(guint16, (gsize)width * height);
  if (!values) {
    g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
    colour_space_free(space);
    return NULL;
  }
  g_autofree float *native = g_new(float, (gsize)width *channels),
                   *rgb = g_new(float, (gsize)width * 3);
  for (int y = 0; y < height; y++) {
    const void *row = VIPS_IMAGE_ADDR(pixels, 0, y);
    for (int x = 0; x < width; x++)
      for (int c = 0; c < channels; c++)
        native[x * channels + c] = value_of(pixels, row, x * pixels->Bands + c);
    colour_space_to_srgb(space, width, native, rgb);
    for (int x = 0; x < width; x++) {
      const double alpha =
        pixels->Bands > channels ? value_of(pixels, row, x * pixels->Bands + channels) : 1;
      const double value = lightness(rgb + 3 * x) * alpha;
      values[(gsize)y * width + x] = (guint16)lrint(CLAMP(value, 0, 1) * 65535);
    }
  }
  VipsImage *seen = vips_image_new_from_memory_copy(values, 2 * (gsize)width * height, width,
                                                    height, 1, VIPS_FORMAT_USHORT);
  g_free(values);
  colour_space_free(space);
  return seen;
}

/* The same of a picture that is cropped and not in memory yet. */
static VipsImage *see_box(VipsImage *crop, const char *path, GError **error) {
  g_autoptr(VipsImage) pixels = vips_image_copy_memory(crop);
  if (!pixels) {
    cli_fail_vips(error, path);
    return NULL;
  }
  return see(pixels, error);
}

/* The box of a mask, as one channel: transparent pixels are black. */
static VipsImage *select_box(const cli_image_source *source, const rst_rectangle *box,
                             GError **error) {
  VipsImage *all = image_source_stream(source, error), *crop = NULL, *opaque = NULL, *grey = NULL;
  if (!all)
    return NULL;
  bool deep = all->BandFmt == VIPS_FORMAT_USHORT;
  /* Those libvips sees as they are; what light colours have it rounds to 8 bits. */
  bool plain = all->BandFmt != VIPS_FORMAT_FLOAT && all->Bands < 3 &&
               vips_image_get_typeof(all, VIPS_META_ICC_NAME) == 0;
  if (vips_crop(all, &crop, box->x, box->y, box->width, box->height, NULL) != 0)
    cli_fail_vips(error, source->path);
  else if (!plain)
    grey = see_box(crop, source->path, error);
  else if ((vips_image_hasalpha(crop) ? vips_flatten(crop, &opaque, NULL)
                                      : vips_copy(crop, &opaque, NULL)) != 0 ||
           vips_colourspace(opaque, &grey,
                            deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W, NULL) != 0)
    cli_fail_vips(error, source->path);
  g_object_unref(all);
  g_clear_object(&crop);
  g_clear_object(&opaque);
  return grey;
}

/* The span of an axis (`begin`, `length`) shrinks to where `sums`, one value for each place in it,
 * are not 0. False where all are. */
static bool shrink_span(VipsImage *sums, int *begin, int *length) {
  const guint *values = (const guint *)VIPS_IMAGE_ADDR(sums, 0, 0);
  int first = 0, last = *length - 1;
  while (first <= last && values[first] == 0)
    first++;
  if (first > last)
    return false;
  while (values[last] == 0)
    last--;
  *begin += first;
  *length = last - first + 1;
  return true;
}

static bool shrink_box(const cli_image_source *source, rst_rectangle *box, GError **error) {
  VipsImage *grey = select_box(source, box, error), *selected = NULL, *columns = NULL, *rows = NULL;
  if (!grey)
    return false;
  bool good = (vips_moreeq_const1(grey, &selected, 1, NULL) == 0 &&
               vips_project(selected, &columns, &rows, NULL) == 0) ||
              cli_fail_vips(error, source->path);
  if (good &&
      (!shrink_span(columns, &box->x, &box->width) || !shrink_span(rows, &box->y, &box->height)))
    box->width = box->height = 1;
  g_object_unref(grey);
  g_clear_object(&selected);
  g_clear_object(&columns);
  g_clear_object(&rows);
  return good;
}

static bool check_mask(const cli_image_source *mask, const cli_image_source *picture,
                       GError **error) {
  if (mask->width == picture->width && mask->height == picture->height)
    return true;
  g_set_error(error, CLI_ERROR, CLI_FAILED,
              _("%s: the mask has %d × %d pixels and the picture %d × %d; they must be of one "
                "size"),
              mask->path, mask->width, mask->height, picture->width, picture->height);
  return false;
}

VipsImage *mask_read(const char *path, const cli_image_source *picture, bool shrink,
                     rst_rectangle *box, rst_cancel *cancel, GError **error) {
  cli_image_source source;
  VipsImage *mask = NULL, *pixels = NULL;
  if (image_source_open(&source, path, true, cancel, error) &&
      check_mask(&source, picture, error) && (!shrink || shrink_box(&source, box, error)))
    mask = select_box(&source, box, error);
  if (mask && !(pixels = vips_image_copy_memory(mask)))
    cli_fail_vips(error, path);
  g_clear_object(&mask);
  image_source_clear(&source);
  return pixels;
}
