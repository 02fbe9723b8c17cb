/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/drawing.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "io/file.h"

void drawing_init(cli_drawing *c, int width, int height) {
  gsize size = (gsize)3 * width * height;
  *c = (cli_drawing){width, height, g_malloc(size), NULL};
  memset(c->rgb, 255, size);
}

bool drawing_init_over(cli_drawing *c, VipsImage *image, GError **error) {
  VipsImage *pixels = drawing_srgb(image, error);
  if (!pixels)
    return false;
  *c = (cli_drawing){pixels->Xsize, pixels->Ysize, VIPS_IMAGE_ADDR(pixels, 0, 0), pixels};
  return true;
}

void drawing_clear(cli_drawing *c) {
  if (!c->pixels)
    g_free(c->rgb);
  g_clear_object(&c->pixels);
  c->rgb = NULL;
}

/* Mixes a colour into a pixel: `share` is 0…255. */
static void mix(cli_drawing *c, int x, int y, guint32 colour, int share) {
  if (x < 0 || y < 0 || x >= c->width || y >= c->height)
    return;
  guint8 *pixel = c->rgb + 3 * ((gsize)y * c->width + x);
  for (int i = 0; i < 3; i++) {
    int value = colour >> (16 - 8 * i) & 255;
    pixel[i] = (guint8)((value * share + pixel[i] * (255 - share) + 127) / 255);
  }
}

void drawing_fill(cli_drawing *c, int x, int y, int width, int height, guint32 colour) {
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++)
      mix(c, column, row, colour, 255);
}

void drawing_outline(cli_drawing *c, int x, int y, int width, int height, int thickness,
                     guint32 colour) {
  drawing_fill(c, x, y, width, thickness, colour);
  drawing_fill(c, x, y + height - thickness, width, thickness, colour);
  drawing_fill(c, x, y, thickness, height, colour);
  drawing_fill(c, x + width - thickness, y, thickness, height, colour);
}

bool drawing_text(cli_drawing *c, const char *text, int size, int wrap, int x, int y,
                  cli_align align, guint32 colour, GError **error) {
  if (*text == '\0')
    return true;
  char *markup = g_markup_escape_text(text, -1);
  char *font = g_strdup_printf("Sans %dpx", size);
  VipsAlign lines = align == ALIGN_LEFT     ? VIPS_ALIGN_LOW
                    : align == ALIGN_CENTRE ? VIPS_ALIGN_CENTRE
                                            : VIPS_ALIGN_HIGH;
  VipsImage *drawn = NULL, *mask = NULL;
  int failed = wrap > 0
                 ? vips_text(&drawn, markup, "font", font, "align", lines, "width", wrap, NULL)
                 : vips_text(&drawn, markup, "font", font, "align", lines, NULL);
  g_free(markup);
  g_free(font);
  if (failed == 0)
    mask = vips_image_copy_memory(drawn);
  g_clear_object(&drawn);
  if (!mask)
    return cli_fail_vips(error, _("text"));
  x -= align == ALIGN_LEFT ? 0 : align == ALIGN_CENTRE ? mask->Xsize / 2 : mask->Xsize;
  y -= mask->Ysize / 2;
  for (int row = 0; row < mask->Ysize; row++) {
    const guint8 *values = VIPS_IMAGE_ADDR(mask, 0, row);
    for (int column = 0; column < mask->Xsize; column++)
      mix(c, x + column, y + row, colour, values[column]);
  }
  g_object_unref(mask);
  return true;
}

VipsImage *drawing_srgb(VipsImage *image, GError **error) {
  VipsImage *steps[3] = {NULL}, *pixels = NULL;
  double white = image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255;
  bool profile = vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0;
  VipsArrayDouble *background = vips_array_double_new(&white, 1);
  if ((profile ? vips_icc_transform(image, &steps[0], "srgb", "embedded", TRUE, NULL)
               : vips_copy(image, &steps[0], NULL)) == 0 &&
      (vips_image_hasalpha(steps[0])
         ? vips_flatten(steps[0], &steps[1], "background", background, NULL)
         : vips_copy(steps[0], &steps[1], NULL)) == 0 &&
      vips_colourspace(steps[1], &steps[2], VIPS_INTERPRETATION_sRGB, NULL) == 0)
    pixels = vips_image_copy_memory(steps[2]);
  vips_area_unref(VIPS_AREA(background));
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
    g_clear_object(&steps[i]);
  if (!pixels)
    cli_fail_vips(error, _("sheet"));
  return pixels;
}

bool drawing_image(cli_drawing *c, VipsImage *image, int x, int y, GError **error) {
  g_autoptr(VipsImage) pixels = drawing_srgb(image, error);
  if (!pixels)
    return false;
  for (int row = 0; row < pixels->Ysize; row++) {
    const guint8 *values = VIPS_IMAGE_ADDR(pixels, 0, row);
    for (int column = 0; column < pixels->Xsize; column++, values += 3)
      mix(c, x + column, y + row, (guint32)values[0] << 16 | (guint32)values[1] << 8 | values[2],
          255);
  }
  return true;
}

bool drawing_write(const cli_drawing *c, const char *path, rst_cancel *cancel, GError **error) {
  const cli_format *format = file_output_format(path, error);
  if (!format)
    return false;
  g_autoptr(VipsImage) image = vips_image_new_from_memory(
    c->rgb, (gsize)3 * c->width * c->height, c->width, c->height, 3, VIPS_FORMAT_UCHAR);
  if (!image)
    return cli_fail_vips(error, path);
  image->Type = VIPS_INTERPRETATION_sRGB;
  return file_write(image, format, path, cancel, error);
}
