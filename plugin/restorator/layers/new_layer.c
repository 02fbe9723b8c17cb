/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/new_layer.h"

/* Pixels that were not restored, those of alpha 0 among them, are transparent. */
static void read_alpha(const Layer *layer, const GeglRectangle *row, float *alpha) {
  g_autofree float *original = g_new(float, 2 * (size_t)row->width);

  layer_read_coverage(layer, row, alpha);
  gegl_buffer_get(layer->original->pixels, row, 1.0, babl_format("YA float"), original,
                  GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (int i = 0; i < row->width; i++)
    if (original[2 * i + 1] <= 0)
      alpha[i] = 0;
}

/* Nor is anything but what a mask of the box names. */
static void apply_mask(const guchar *mask, const Layer *layer, int row, float *alpha) {
  for (int i = 0; mask && i < layer->box.width; i++)
    if (!mask[(gsize)row * (gsize)layer->box.width + (gsize)i])
      alpha[i] = 0;
}

/* The colours are taken byte by byte: both layers have the image's precision. */
static void fill(GimpDrawable *target, const Layer *layer, GeglBuffer *colours,
                 const guchar *mask) {
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(target);
  const Babl *format = gimp_drawable_get_format(target);
  const int bytes = babl_format_get_bytes_per_pixel(format);
  const size_t count = (size_t)layer->box.width;
  g_autofree float *alpha = g_new(float, count);
  g_autofree double *clear = g_new0(double, 2 * count); /* for the reason that layer.c has */
  g_autofree guint8 *result = g_malloc(count * layer->bytes);
  g_autofree guint8 *pixels = g_malloc(count * bytes);

  for (int y = 0; y < layer->box.height; y++) {
    const GeglRectangle row = {layer->box.x, layer->box.y + y, layer->box.width, 1};

    read_alpha(layer, &row, alpha);
    apply_mask(mask, layer, y, alpha);
    for (size_t i = 0; i < count; i++)
      clear[2 * i + 1] = alpha[i];
    babl_process(babl_fish(babl_format("YA double"), format), clear, pixels, (long)count);
    gegl_buffer_get(colours, &row, 1.0, layer->native, result, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    for (size_t i = 0; i < count; i++)
      if (alpha[i] > 0)
        memcpy(pixels + i * bytes, result + i * layer->bytes, layer->colour_bytes);
    gegl_buffer_set(buffer, GEGL_RECTANGLE(0, y, layer->box.width, 1), 0, format, pixels,
                    GEGL_AUTO_ROWSTRIDE);
  }
  gegl_buffer_flush(buffer);
}

/* -------------------------------------------------------------------------------------------
 * What lies beneath
 */

static gboolean has_clear_pixels(const Layer *layer) {
  GeglBufferIterator *tiles;
  gboolean clear = FALSE;

  if (!babl_format_has_alpha(layer->native))
    return FALSE;
  tiles = gegl_buffer_iterator_new(layer->original->pixels, &layer->box, 0, babl_format("YA float"),
                                   GEGL_ACCESS_READ, GEGL_ABYSS_NONE, 1);
  while (!clear && gegl_buffer_iterator_next(tiles)) {
    const float *pixel = tiles->items[0].data;

    /* Nothing is restored where alpha is 0. */
    for (int i = 0; i < tiles->length; i++)
      clear |= pixel[2 * i + 1] > 0 && pixel[2 * i + 1] < 1;
  }
  if (clear)
    gegl_buffer_iterator_stop(tiles);
  return clear;
}

/* Whether the layer replaces what is beneath it, wherever it was restored. */
static gboolean is_opaque(const Layer *layer) {
  GimpLayer *item = GIMP_LAYER(layer->drawable);
  const GimpLayerMode mode = gimp_layer_get_mode(item);
  const GimpLayerCompositeMode composite = gimp_layer_get_composite_mode(item);

  return (mode == GIMP_LAYER_MODE_NORMAL || mode == GIMP_LAYER_MODE_NORMAL_LEGACY) &&
         (composite == GIMP_LAYER_COMPOSITE_AUTO || composite == GIMP_LAYER_COMPOSITE_UNION) &&
         gimp_layer_get_opacity(item) >= 100 &&
         !(gimp_layer_get_mask(item) && gimp_layer_get_apply_mask(item)) &&
         !has_clear_pixels(layer);
}

/* A group that passes through shows its layers what lies beneath itself. */
static gboolean is_lowest(GimpImage *image, GimpItem *item) {
  GimpItem *group = gimp_item_get_parent(item);
  g_autofree GimpItem **siblings =
    group ? gimp_item_get_children(group) : (GimpItem **)gimp_image_get_layers(image);

  if (siblings[gimp_image_get_item_position(image, item) + 1])
    return FALSE;
  return !group || gimp_layer_get_mode(GIMP_LAYER(group)) != GIMP_LAYER_MODE_PASS_THROUGH ||
         is_lowest(image, group);
}

/* Puts the layer into a group that takes its place, and its part in blending with what is beneath.
 * The lowest layer of a group has nothing to blend with: its own mode does nothing there. */
static gboolean put_into_group(GimpImage *image, GimpLayer *layer) {
  GimpItem *item = GIMP_ITEM(layer);
  g_autofree char *name = gimp_item_get_name(item);
  GimpLayer *group = GIMP_LAYER(gimp_group_layer_new(image, name));

  return group &&
         gimp_image_insert_layer(image, group, GIMP_LAYER(gimp_item_get_parent(item)),
                                 gimp_image_get_item_position(image, item)) &&
         gimp_layer_set_mode(group, gimp_layer_get_mode(layer)) &&
         gimp_layer_set_blend_space(group, gimp_layer_get_blend_space(layer)) &&
         gimp_layer_set_composite_space(group, gimp_layer_get_composite_space(layer)) &&
         gimp_layer_set_composite_mode(group, gimp_layer_get_composite_mode(layer)) &&
         gimp_image_reorder_item(image, item, GIMP_ITEM(group), 0);
}

/* The layer is clipped to the lowest of its group, or of the image. */
static gboolean clip(GimpImage *image, GimpLayer *added, GimpLayer *layer) {
  return gimp_layer_set_composite_mode(added, GIMP_LAYER_COMPOSITE_CLIP_TO_BACKDROP) &&
         (is_lowest(image, GIMP_ITEM(layer)) || put_into_group(image, layer));
}

static gboolean place(const Layer *layer, GimpLayer *added) {
  GimpItem *item = GIMP_ITEM(layer->drawable);

  return gimp_item_set_visible(GIMP_ITEM(added), gimp_item_get_visible(item)) &&
         (is_opaque(layer) || clip(layer->image, added, GIMP_LAYER(item))) &&
         gimp_image_insert_layer(layer->image, added, GIMP_LAYER(gimp_item_get_parent(item)),
                                 gimp_image_get_item_position(layer->image, item));
}

GimpLayer *new_layer_make(const Layer *layer, const char *name, GeglBuffer *colours,
                          const guchar *mask) {
  GimpLayer *made =
    gimp_layer_new(layer->image, name, layer->box.width, layer->box.height,
                   gimp_drawable_type_with_alpha(layer->drawable), 100, GIMP_LAYER_MODE_NORMAL);
  int x, y;

  if (!made)
    return NULL;
  fill(GIMP_DRAWABLE(made), layer, colours, mask);
  if (gimp_drawable_get_offsets(layer->drawable, &x, &y) &&
      gimp_layer_set_offsets(made, x + layer->box.x, y + layer->box.y))
    return made;
  gimp_item_delete(GIMP_ITEM(made));
  return NULL;
}

gboolean new_layer_add(const Layer *layer, const char *name) {
  GimpLayer *added = new_layer_make(layer, name, layer->result, NULL);

  if (!added)
    return FALSE;
  if (place(layer, added))
    return TRUE;
  gimp_item_delete(GIMP_ITEM(added));
  return FALSE;
}
