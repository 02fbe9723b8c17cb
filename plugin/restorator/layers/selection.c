/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/selection.h"

float *selection_read(GimpImage *image) {
  GimpDrawable *selection = GIMP_DRAWABLE(gimp_image_get_selection(image));
  const gsize count = (gsize)gimp_image_get_width(image) * (gsize)gimp_image_get_height(image);
  g_autoptr(GeglBuffer) buffer = NULL;
  g_autofree float *pixels = NULL;
  float *values;

  if (gimp_selection_is_empty(image))
    return NULL;
  buffer = gimp_drawable_get_buffer(selection);
  pixels = g_new(float, 2 * count);
  values = g_new(float, count);
  gegl_buffer_get(buffer, NULL, 1.0, babl_format("YA float"), pixels, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  for (gsize i = 0; i < count; i++)
    values[i] = pixels[2 * i];
  return values;
}

/* A channel may be kept by a curve, linear or not, as the image's precision has it; a selection made
 * from it takes its values as they are kept. */
static const Babl *kept_as(GimpChannel *channel) {
  const Babl *format = gimp_drawable_get_format(GIMP_DRAWABLE(channel));
  const BablModelFlag flags = babl_get_model_flags(babl_format_get_model(format));

  return babl_format_with_space(flags & BABL_MODEL_FLAG_PERCEPTUAL  ? "Y~ float"
                                : flags & BABL_MODEL_FLAG_NONLINEAR ? "Y' float"
                                                                    : "Y float",
                                babl_format_get_space(format));
}

static gboolean select_values(GimpImage *image, const float *values, int width, int height) {
  GeglColor *black = gegl_color_new("black");
  GimpChannel *channel = gimp_channel_new(image, "mask", width, height, 100, black);
  gboolean done;

  g_object_unref(black);
  if (!channel || !gimp_image_insert_channel(image, channel, NULL, 0))
    return FALSE;
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(channel));
  gegl_buffer_set(buffer, NULL, 0, kept_as(channel), values, GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush(buffer);
  done = gimp_drawable_update(GIMP_DRAWABLE(channel), 0, 0, width, height) &&
         gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, GIMP_ITEM(channel));
  return gimp_image_remove_channel(image, channel) && done;
}

gboolean selection_replace(GimpImage *image, const float *values, int width, int height) {
  gboolean done;

  if (!values)
    return gimp_selection_none(image);
  done = gimp_image_undo_group_start(image) && gimp_context_push() && gimp_context_set_defaults() &&
         select_values(image, values, width, height);
  done = gimp_context_pop() && done;
  return gimp_image_undo_group_end(image) && done;
}
