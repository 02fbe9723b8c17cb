/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "picture.h"

#include <glib/gi18n.h>
#include <math.h>

#include "error.h"

static float largest(const VipsImage *image) {
  return image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255;
}

/* Value i of a row of 8 or 16 bit values, 0…1. */
static float get_value(const VipsImage *image, const void *row, int i) {
  float value = image->BandFmt == VIPS_FORMAT_USHORT ? ((const guint16 *) row)[i]
                                                     : ((const guint8 *) row)[i];
  return value / largest(image);
}

static void set_value(const VipsImage *image, void *row, int i, float value) {
  long level = lrintf(CLAMP(value, 0, 1) * largest(image));
  if (image->BandFmt == VIPS_FORMAT_USHORT)
    ((guint16 *) row)[i] = (guint16) level;
  else
    ((guint8 *) row)[i] = (guint8) level;
}

/* The colours of `count` pixels, (count, channels). */
static void get_colours(const cli_picture *p, const void *row, int count, float *native) {
  for (int i = 0; i < count; i++)
    for (int c = 0; c < p->channels; c++)
      native[i * p->channels + c] = get_value(p->image, row, i * p->image->Bands + c);
}

static VipsImage *grey_to_srgb(VipsImage *grey) {
  bool deep = grey->BandFmt == VIPS_FORMAT_USHORT;
  VipsImage *rgb;
  int failed = vips_image_get_typeof(grey, VIPS_META_ICC_NAME) != 0
                 ? vips_icc_transform(grey, &rgb, "srgb", "embedded", TRUE, "depth",
                                      deep ? 16 : 8, NULL)
                 : vips_colourspace(grey, &rgb,
                                    deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB,
                                    NULL);
  if (failed)
    return NULL;
  VipsImage *pixels = vips_image_copy_memory(rgb);
  g_object_unref(rgb);
  return pixels;
}

bool picture_init(cli_picture *p, VipsImage *image, bool keep_grey, GError **error) {
  *p = (cli_picture) {NULL};
  if (image->Bands < 3 && !keep_grey) {
    p->image = grey_to_srgb(image);
    if (p->image == NULL)
      return cli_fail_vips(error, _("grey to RGB"));
  } else {
    p->image = g_object_ref(image);
  }
  p->channels = p->image->Bands < 3 ? 1 : 3;
  p->alpha = p->image->Bands > p->channels;

  const void *profile = NULL;
  size_t size = 0;
  if (vips_image_get_typeof(p->image, VIPS_META_ICC_NAME) != 0)
    vips_image_get_blob(p->image, VIPS_META_ICC_NAME, &profile, &size);
  p->space = space_new(profile, size, p->channels);
  p->native = g_new(float, (size_t) p->image->Xsize * p->channels);
  p->restored = g_new(float, (size_t) p->image->Xsize * p->channels);
  p->rgb = g_new(float, (size_t) p->image->Xsize * 3);
  return true;
}

void picture_clear(cli_picture *p) {
  g_clear_object(&p->image);
  g_clear_object(&p->patch);
  g_clear_object(&p->mask);
  g_clear_pointer(&p->space, space_free);
  g_clear_pointer(&p->native, g_free);
  g_clear_pointer(&p->restored, g_free);
  g_clear_pointer(&p->rgb, g_free);
}

bool picture_set_mask(cli_picture *p, VipsImage *mask, GError **error) {
  if (mask->Xsize != p->image->Xsize || mask->Ysize != p->image->Ysize) {
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("the mask has %d × %d pixels and the picture %d × %d; they must be of one size"),
                mask->Xsize, mask->Ysize, p->image->Xsize, p->image->Ysize);
    return false;
  }
  VipsImage *opaque = NULL, *grey = NULL;
  if ((vips_image_hasalpha(mask) ? vips_flatten(mask, &opaque, NULL)
                                 : vips_copy(mask, &opaque, NULL)) == 0 &&
      vips_colourspace(opaque, &grey,
                       mask->BandFmt == VIPS_FORMAT_USHORT ? VIPS_INTERPRETATION_GREY16
                                                           : VIPS_INTERPRETATION_B_W, NULL) == 0)
    p->mask = vips_image_copy_memory(grey);
  g_clear_object(&opaque);
  g_clear_object(&grey);
  return p->mask != NULL || cli_fail_vips(error, _("mask"));
}

bool picture_begin(cli_picture *p, const int box[4], double strength, GError **error) {
  VipsImage *crop;
  if (vips_crop(p->image, &crop, box[0], box[1], box[2], box[3], NULL) != 0)
    return cli_fail_vips(error, _("region"));
  p->patch = vips_image_copy_memory(crop);
  g_object_unref(crop);
  if (p->patch == NULL)
    return cli_fail_vips(error, _("region"));
  p->x = box[0];
  p->y = box[1];
  p->strength = strength;
  return true;
}

/* Enlarges by bicubic interpolation. The centres of pixels lie at ½, which vips_resize() does not
 * keep exactly. */
static int enlarge(VipsImage *image, VipsImage **enlarged, int width, int height) {
  VipsInterpolate *bicubic = vips_interpolate_new("bicubic");
  VipsArrayInt *area = vips_array_int_newv(4, 0, 0, width, height);
  int failed = vips_affine(image, enlarged, (double) width / image->Xsize, 0, 0,
                           (double) height / image->Ysize, "interpolate", bicubic, "idx", 0.5,
                           "idy", 0.5, "odx", -0.5, "ody", -0.5, "oarea", area, "extend",
                           VIPS_EXTEND_COPY, NULL);
  vips_area_unref(VIPS_AREA(area));
  g_object_unref(bicubic);
  return failed;
}

/* The box of an image at another size. */
static VipsImage *resample(VipsImage *image, const cli_picture *p, int width, int height) {
  int columns = p->patch->Xsize, rows = p->patch->Ysize;
  bool alpha = vips_image_hasalpha(image);
  VipsImage *steps[7] = {NULL}, *pixels = NULL;
  if (vips_crop(image, &steps[0], p->x, p->y, columns, rows, NULL) == 0 &&
      (alpha ? vips_premultiply(steps[0], &steps[1], NULL)
             : vips_copy(steps[0], &steps[1], NULL)) == 0 &&
      vips_reduce(steps[1], &steps[2], MAX(1, (double) columns / width),
                  MAX(1, (double) rows / height), "kernel", VIPS_KERNEL_CUBIC, NULL) == 0 &&
      enlarge(steps[2], &steps[3], width, height) == 0 &&
      (alpha ? vips_unpremultiply(steps[3], &steps[4], NULL)
             : vips_copy(steps[3], &steps[4], NULL)) == 0 &&
      vips_rint(steps[4], &steps[5], NULL) == 0 &&
      vips_cast(steps[5], &steps[6], image->BandFmt, NULL) == 0)
    pixels = vips_image_copy_memory(steps[6]);
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
    g_clear_object(&steps[i]);
  return pixels;
}

bool picture_sample(cli_picture *sized, const cli_picture *p, int width, int height,
                    GError **error) {
  VipsImage *image = resample(p->image, p, width, height);
  const int whole[4] = {0, 0, width, height};
  bool good = image != NULL || cli_fail_vips(error, _("region"));
  good = good && picture_init(sized, image, true, error) &&
         picture_begin(sized, whole, p->strength, error);
  if (good && p->mask != NULL) {
    sized->mask = resample(p->mask, p, width, height);
    good = sized->mask != NULL || cli_fail_vips(error, _("mask"));
  }
  g_clear_object(&image);
  return good;
}

static bool on_read(void *user, int x, int y, int width, int height, float *rgba) {
  cli_picture *p = user;
  for (int row = y; row < y + height; row++) {
    const void *values = VIPS_IMAGE_ADDR(p->image, x, row);
    get_colours(p, values, width, p->native);
    space_to_srgb(p->space, width, p->native, p->rgb);
    for (int i = 0; i < width; i++, rgba += 4) {
      for (int c = 0; c < 3; c++)
        rgba[c] = p->rgb[3 * i + c];
      rgba[3] = p->alpha ? get_value(p->image, values, i * p->image->Bands + p->channels) : 1;
    }
  }
  return true;
}

/* The box times the mask: the engine asks for pixels outside the box too, where they are hidden
 * from the network. */
static bool on_read_coverage(void *user, int x, int y, int width, int height, float *coverage) {
  cli_picture *p = user;
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++) {
      bool inside = column >= p->x && column < p->x + p->patch->Xsize && row >= p->y &&
                    row < p->y + p->patch->Ysize;
      if (!inside)
        *coverage++ = 0;
      else if (p->mask == NULL)
        *coverage++ = 1;
      else
        *coverage++ = get_value(p->mask, VIPS_IMAGE_ADDR(p->mask, column, row), 0);
    }
  return true;
}

/* Colours go into the picture's space first: strength and coverage then work on its own values,
 * which are never converted and back. */
static bool on_write(void *user, int x, int y, int width, int height, const float *rgb,
                     const float *coverage) {
  cli_picture *p = user;
  for (int row = y; row < y + height; row++, rgb += 3 * width, coverage += width) {
    void *values = VIPS_IMAGE_ADDR(p->patch, x - p->x, row - p->y);
    get_colours(p, VIPS_IMAGE_ADDR(p->image, x, row), width, p->native);
    space_from_srgb(p->space, width, rgb, p->restored);
    for (int i = 0; i < width * p->channels; i++)
      p->restored[i] = CLAMP(p->restored[i], 0, 1);
    rst_apply_strength(p->strength, (size_t) width * p->channels, p->native, p->restored,
                       p->restored);
    space_blend(p->space, width, coverage, p->native, p->restored);
    for (int i = 0; i < width; i++)
      if (coverage[i] > 0)
        for (int c = 0; c < p->channels; c++)
          set_value(p->patch, values, i * p->image->Bands + c, p->restored[i * p->channels + c]);
  }
  return true;
}

void picture_view(cli_picture *p, rst_picture *view) {
  bool whole = p->mask == NULL && p->patch->Xsize == p->image->Xsize &&
               p->patch->Ysize == p->image->Ysize;
  *view = (rst_picture) {
    .size = sizeof *view,
    .width = p->image->Xsize,
    .height = p->image->Ysize,
    .user = p,
    .read = on_read,
    .read_coverage = whole ? NULL : on_read_coverage,
    .write = on_write,
  };
}

VipsImage *picture_result(cli_picture *p, GError **error) {
  VipsImage *result;
  if (vips_insert(p->image, p->patch, &result, p->x, p->y, NULL) != 0) {
    cli_fail_vips(error, _("region"));
    return NULL;
  }
  return result;
}
