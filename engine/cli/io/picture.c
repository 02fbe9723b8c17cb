/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture.h"

#include <glib/gi18n.h>
#include <math.h>

#include "base/error.h"
#include "io/store.h"

/* Value i of a row, with white at 1; beyond 0…1 in floats alone. Infinite light
 * is white, and what is no number is black. */
static float get_value(const VipsImage *image, const void *row, int i) {
  switch (image->BandFmt) {
    case VIPS_FORMAT_UCHAR:
      return ((const guint8 *)row)[i] / 255.0f;
    case VIPS_FORMAT_USHORT:
      return ((const guint16 *)row)[i] / 65535.0f;
    default: {
      float value = ((const float *)row)[i];
      return isfinite(value) ? value : value > 0 ? 1 : 0;
    }
  }
}

static void set_value(const VipsImage *image, void *row, int i, float value) {
  switch (image->BandFmt) {
    case VIPS_FORMAT_UCHAR:
      ((guint8 *)row)[i] = (guint8)lrintf(CLAMP(value, 0, 1) * 255);
      break;
    case VIPS_FORMAT_USHORT:
      ((guint16 *)row)[i] = (guint16)lrintf(CLAMP(value, 0, 1) * 65535);
      break;
    default:
      ((float *)row)[i] = value;
  }
}

/* The colours of `count` pixels, (count, channels). */
static void get_colours(const cli_picture *p, const void *row, int count, float *native) {
  for (int i = 0; i < count; i++)
    for (int c = 0; c < p->channels; c++)
      native[i * p->channels + c] = get_value(p->held, row, i * p->held->Bands + c);
}

/* `width` pixels of the held rectangle from (x, y) of the picture on; NULL where it cannot be read. */
static const void *held_at(const cli_picture *p, int x, int y, int width) {
  return store_read(p->held, x - p->held_x, y - p->held_y, width, p->row);
}

/* Scratch for rows as wide as what is held. */
static bool make_rows(cli_picture *p, GError **error) {
  const gsize width = (gsize)p->held->Xsize;
  p->native = g_try_new(float, width * p->channels);
  p->restored = g_try_new(float, width * p->channels);
  p->rgb = g_try_new(float, width * 3);
  p->row = g_try_malloc(width * VIPS_IMAGE_SIZEOF_PEL(p->held));
  p->patch_row = g_try_malloc(width * VIPS_IMAGE_SIZEOF_PEL(p->held));
  if (p->native && p->restored && p->rgb && p->row && p->patch_row)
    return true;
  g_set_error_literal(error, CLI_ERROR, CLI_FAILED, _("memory ran out"));
  return false;
}

/* Takes the reference of `held`, a rectangle at (`x`, `y`), and cuts the box out of it. */
static bool begin(cli_picture *p, VipsImage *held, int x, int y, const rst_rectangle *box,
                  double strength, GError **error) {
  const void *profile = NULL;
  size_t size = 0;
  p->held = held;
  p->held_x = x;
  p->held_y = y;
  p->x = box->x;
  p->y = box->y;
  p->strength = strength;
  p->channels = held->Bands < 3 ? 1 : 3;
  p->alpha = held->Bands > p->channels;
  if (vips_image_get_typeof(held, VIPS_META_ICC_NAME) != 0)
    vips_image_get_blob(held, VIPS_META_ICC_NAME, &profile, &size);
  p->space = colour_space_new(profile, size, p->channels, error);
  if (!p->space || !make_rows(p, error))
    return false;

  VipsImage *crop;
  if (vips_crop(held, &crop, box->x - x, box->y - y, box->width, box->height, NULL) == 0) {
    p->patch = store_new(crop);
    g_object_unref(crop);
  }
  return p->patch || cli_fail_vips(error, _("region"));
}

bool picture_open(cli_picture *p, const cli_image_source *source, const rst_rectangle *box,
                  const rst_parameters *parameters, GError **error) {
  rst_rectangle reach;
  int x, y;
  *p = (cli_picture){.width = source->width, .height = source->height};
  rst_reach(parameters, p->width, p->height, box, &reach);
  VipsImage *held = image_source_read(source, &reach, &x, &y, error);
  return held && begin(p, held, x, y, box, parameters->strength, error);
}

void picture_clear(cli_picture *p) {
  g_clear_object(&p->held);
  g_clear_object(&p->patch);
  g_clear_object(&p->mask);
  g_clear_pointer(&p->space, colour_space_free);
  g_clear_pointer(&p->native, g_free);
  g_clear_pointer(&p->restored, g_free);
  g_clear_pointer(&p->rgb, g_free);
  g_clear_pointer(&p->row, g_free);
  g_clear_pointer(&p->patch_row, g_free);
}

void picture_select(cli_picture *p, VipsImage *mask) {
  p->mask = g_object_ref(mask);
}

/* Enlarges by bicubic interpolation. The centres of pixels lie at ½, which vips_resize() does not
 * keep exactly. */
static int enlarge(VipsImage *image, VipsImage **enlarged, int width, int height) {
  g_autoptr(VipsInterpolate) bicubic = vips_interpolate_new("bicubic");
  VipsArrayInt *area = vips_array_int_newv(4, 0, 0, width, height);
  int failed =
    vips_affine(image, enlarged, (double)width / image->Xsize, 0, 0, (double)height / image->Ysize,
                "interpolate", bicubic, "idx", 0.5, "idy", 0.5, "odx", -0.5, "ody", -0.5, "oarea",
                area, "extend", VIPS_EXTEND_COPY, NULL);
  vips_area_unref(VIPS_AREA(area));
  return failed;
}

/* The image at another size. */
static VipsImage *resample(VipsImage *image, int width, int height) {
  bool alpha = vips_image_hasalpha(image), whole = image->BandFmt != VIPS_FORMAT_FLOAT;
  VipsImage *steps[6] = {NULL}, *pixels = NULL;
  if ((alpha ? vips_premultiply(image, &steps[0], NULL) : vips_copy(image, &steps[0], NULL)) == 0 &&
      vips_reduce(steps[0], &steps[1], MAX(1, (double)image->Xsize / width),
                  MAX(1, (double)image->Ysize / height), "kernel", VIPS_KERNEL_CUBIC, NULL) == 0 &&
      enlarge(steps[1], &steps[2], width, height) == 0 &&
      (alpha ? vips_unpremultiply(steps[2], &steps[3], NULL)
             : vips_copy(steps[2], &steps[3], NULL)) == 0 &&
      (whole ? vips_rint(steps[3], &steps[4], NULL) : vips_copy(steps[3], &steps[4], NULL)) == 0 &&
      vips_cast(steps[4], &steps[5], image->BandFmt, NULL) == 0)
    pixels = vips_image_copy_memory(steps[5]);
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
    g_clear_object(&steps[i]);
  return pixels;
}

bool picture_sample(cli_picture *sized, const cli_picture *p, int width, int height,
                    GError **error) {
  const rst_rectangle whole = {0, 0, width, height};
  *sized = (cli_picture){.width = width, .height = height};
  VipsImage *image = resample(p->patch, width, height);
  if (!image)
    return cli_fail_vips(error, _("region"));
  if (!begin(sized, image, 0, 0, &whole, p->strength, error))
    return false;
  if (p->mask) {
    sized->mask = resample(p->mask, width, height);
    return sized->mask || cli_fail_vips(error, _("mask"));
  }
  return true;
}

static bool on_read(void *user, int x, int y, int width, int height, float *rgba) {
  cli_picture *p = user;
  for (int row = y; row < y + height; row++) {
    const void *values = held_at(p, x, row, width);
    if (!values)
      return false;
    get_colours(p, values, width, p->native);
    colour_space_to_srgb(p->space, width, p->native, p->rgb);
    for (int i = 0; i < width; i++, rgba += 4) {
      for (int c = 0; c < 3; c++)
        rgba[c] = p->rgb[3 * i + c];
      rgba[3] = p->alpha ? get_value(p->held, values, i * p->held->Bands + p->channels) : 1;
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
      else if (!p->mask)
        *coverage++ = 1;
      else
        *coverage++ = get_value(p->mask, VIPS_IMAGE_ADDR(p->mask, column - p->x, row - p->y), 0);
    }
  return true;
}

/* What was above white may be so again. */
static void clamp_restored(const cli_picture *p, int width) {
  for (int i = 0; i < width; i++) {
    const float *native = p->native + i * p->channels;
    float *restored = p->restored + i * p->channels, top = 1;
    for (int c = 0; c < p->channels; c++)
      top = native[c] > 1 ? G_MAXFLOAT : top;
    for (int c = 0; c < p->channels; c++)
      restored[c] = CLAMP(restored[c], 0, top);
  }
}

/* Colours go into the picture's space first: strength and coverage then work on its own values,
 * which are never converted and back. */
static bool on_write(void *user, int x, int y, int width, int height, const float *rgb,
                     const float *coverage) {
  cli_picture *p = user;
  for (int row = y; row < y + height; row++, rgb += 3 * width, coverage += width) {
    const void *before = held_at(p, x, row, width);
    if (!before)
      return false;
    get_colours(p, before, width, p->native);
    colour_space_from_srgb(p->space, width, rgb, p->restored);
    clamp_restored(p, width);
    rst_apply_strength(p->strength, (size_t)width * p->channels, p->native, p->restored,
                       p->restored);
    colour_space_blend(p->space, width, coverage, p->native, p->restored);
    void *values = (void *)store_read(p->patch, x - p->x, row - p->y, width, p->patch_row);
    if (!values)
      return false;
    for (int i = 0; i < width; i++)
      if (coverage[i] > 0)
        for (int c = 0; c < p->channels; c++)
          set_value(p->patch, values, i * p->patch->Bands + c, p->restored[i * p->channels + c]);
    if (!store_write(p->patch, x - p->x, row - p->y, width, values))
      return false;
  }
  return true;
}

void picture_view(cli_picture *p, rst_picture *view) {
  bool whole = !p->mask && p->patch->Xsize == p->width && p->patch->Ysize == p->height;
  *view = (rst_picture){
    .size = sizeof *view,
    .width = p->width,
    .height = p->height,
    .user = p,
    .read = on_read,
    .read_coverage = whole ? NULL : on_read_coverage,
    .write = on_write,
  };
}

VipsImage *picture_result(const cli_picture *p, const cli_image_source *source, GError **error) {
  VipsImage *result = NULL;
  if (!source) {
    vips_copy(p->patch, &result, NULL);
  } else {
    g_autoptr(VipsImage) whole = image_source_stream(source, error);
    if (!whole)
      return NULL;
    vips_insert(whole, p->patch, &result, p->x, p->y, NULL);
  }
  if (!result)
    cli_fail_vips(error, _("region"));
  return result;
}
