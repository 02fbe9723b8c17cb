/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer.h"

#include <glib/gi18n.h>

#include "messages.h"

/* -------------------------------------------------------------------------------------------
 * What can be restored
 */

/* A group's lock holds for all that is inside. */
static gboolean is_locked(GimpItem *item) {
  for (; item; item = gimp_item_get_parent(item))
    if (gimp_item_get_lock_content(item))
      return TRUE;
  return FALSE;
}

/* What lies on the layer alone, such as a blur, would not lie on another one above. */
static gboolean has_effects(GimpDrawable *drawable) {
  g_autofree GimpDrawableFilter **effects = gimp_drawable_get_filters(drawable);

  return effects && effects[0];
}

/* `why` has a place for the layer's name; NULL: it is not refused. */
static gboolean refuse(GimpDrawable *drawable, const char *why, GError **error) {
  g_autofree char *name = gimp_item_get_name(GIMP_ITEM(drawable));

  if (!why)
    return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL, why, name);
  return FALSE;
}

static gboolean check_kind(GimpDrawable *drawable, GError **error) {
  const char *why = NULL;

  if (GIMP_IS_LAYER_MASK(drawable))
    why = _("“%s” is a layer mask: choose its layer in the Layers dialog instead");
  else if (!GIMP_IS_LAYER(drawable))
    why = _("“%s” is a channel: choose a layer instead");
  else if (gimp_item_is_group(GIMP_ITEM(drawable)))
    why = _("“%s” is a layer group: choose a layer inside, or make one of it with "
            "Layer ▸ Merge Layer Groups");
  else if (gimp_drawable_is_indexed(drawable))
    why = _("“%s” has indexed colours: convert the image with Image ▸ Mode ▸ RGB first");
  else if (gimp_layer_is_floating_sel(GIMP_LAYER(drawable)))
    why = _("“%s” is a floating selection: anchor it, or make a layer of it, first");
  return refuse(drawable, why, error);
}

gboolean layer_check(GimpDrawable *drawable, Output output, GError **error) {
  const char *why = NULL;

  if (!check_kind(drawable, error))
    return FALSE;
  if (output == OUTPUT_IN_PLACE && is_locked(GIMP_ITEM(drawable)))
    why = _("The pixels of “%s” are locked: unlock them in the Layers dialog first");
  else if (output == OUTPUT_NEW_LAYER && has_effects(drawable))
    why = _("“%s” has layer effects, which would not act on a new layer: merge them first, or "
            "restore in place");
  return refuse(drawable, why, error);
}

/* -------------------------------------------------------------------------------------------
 * The engine's callbacks
 */

/* GIMP ends a plug-in that asks for pixels of a layer that is gone, or has another size. */
static gboolean has_shape(const Layer *layer) {
  const GeglRectangle *shape = gegl_buffer_get_extent(layer->original);

  return gimp_item_is_valid(GIMP_ITEM(layer->drawable)) &&
         gimp_drawable_get_width(layer->drawable) == shape->width &&
         gimp_drawable_get_height(layer->drawable) == shape->height &&
         gimp_drawable_get_format(layer->drawable) == layer->native;
}

/* Fills `original` where it is not filled yet. */
static gboolean know(Layer *layer, const cairo_rectangle_int_t *area) {
  cairo_region_t *missing = cairo_region_create_rectangle(area);
  gboolean known;

  cairo_region_subtract(missing, layer->known);
  known = cairo_region_is_empty(missing) || has_shape(layer);
  for (int i = 0; known && i < cairo_region_num_rectangles(missing); i++) {
    cairo_rectangle_int_t r;

    cairo_region_get_rectangle(missing, i, &r);
    gegl_buffer_copy(layer->pixels, GEGL_RECTANGLE(r.x, r.y, r.width, r.height), GEGL_ABYSS_NONE,
                     layer->original, GEGL_RECTANGLE(r.x, r.y, r.width, r.height));
  }
  if (known)
    cairo_region_union(layer->known, missing);
  cairo_region_destroy(missing);
  return known;
}

static bool picture_read(void *user, int x, int y, int w, int h, float *rgba) {
  Layer *layer = user;

  if (!know(layer, &(cairo_rectangle_int_t){x, y, w, h}))
    return false;
  /* Without a space of its own the format is sRGB's: babl converts from the layer's. */
  gegl_buffer_get(layer->original, GEGL_RECTANGLE(x, y, w, h), 1.0, babl_format("R'G'B'A float"),
                  rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return true;
}

void layer_read_coverage(const Layer *layer, const GeglRectangle *area, float *coverage) {
  const size_t count = (size_t)area->width * area->height;
  g_autofree float *values = NULL;

  if (!layer->coverage) {
    for (size_t i = 0; i < count; i++)
      coverage[i] = 1;
    return;
  }
  /* Beyond its box it is 0, as GEGL has it. With an alpha to drop, since the first conversion of
   * u8 or u16 to plain "Y float" takes babl 350 MB for a moment. */
  values = g_new(float, 2 * count);
  gegl_buffer_get(layer->coverage, area, 1.0, babl_format("YA float"), values,
                  GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (size_t i = 0; i < count; i++)
    coverage[i] = values[2 * i];
}

static bool picture_read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  layer_read_coverage(user, GEGL_RECTANGLE(x, y, w, h), coverage);
  return true;
}

/* As doubles: for floats babl has several ways to round to 8 bits, and picks one by the clock in
 * each process anew. */
static void to_native(const Layer *layer, const float *coded, size_t count, guint8 *native) {
  const gboolean grey = layer_is_grey(layer);
  const Babl *format = babl_format_with_space(grey ? "Y~ double" : "R~G~B~ double",
                                              babl_format_get_space(layer->native));
  const size_t values = count * (grey ? 1 : 3);
  g_autofree double *exact = g_new(double, values);

  for (size_t i = 0; i < values; i++)
    exact[i] = coded[i];
  babl_process(babl_fish(format, layer->native), exact, native, (long)count);
}

/* Only the colours of covered pixels that change are replaced. All else keeps the bytes that the
 * layer has, since merging without a selection writes every pixel of the box. */
static bool picture_write(void *user, int x, int y, int w, int h, const float *rgb,
                          const float *coverage) {
  Layer *layer = user;
  const GeglRectangle area = {x, y, w, h};
  const size_t count = (size_t)w * h;
  const size_t channels = babl_format_get_n_components(layer->coded);
  const size_t values = count * channels;
  g_autofree float *before = g_new(float, values);
  g_autofree float *after = g_new(float, values);
  g_autofree guint8 *restored = g_malloc(count * layer->bytes);
  g_autofree guint8 *result = g_malloc(count * layer->bytes);

  gegl_buffer_get(layer->original, &area, 1.0, layer->coded, before, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  babl_process(babl_fish(babl_format("R'G'B' float"), layer->coded), rgb, after, (long)count);
  rst_apply_strength(layer->strength, values, before, after, after);

  gegl_buffer_get(layer->result, &area, 1.0, layer->native, result, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  to_native(layer, after, count, restored);
  for (size_t i = 0; i < count; i++)
    if (coverage[i] > 0 &&
        memcmp(before + i * channels, after + i * channels, channels * sizeof *after) != 0)
      memcpy(result + i * layer->bytes, restored + i * layer->bytes, layer->colour_bytes);
  gegl_buffer_set(layer->result, &area, 0, layer->native, result, GEGL_AUTO_ROWSTRIDE);
  return true;
}

void layer_get_picture(Layer *layer, rst_picture *picture) {
  *picture = (rst_picture){
    .size = sizeof *picture,
    .width = gegl_buffer_get_width(layer->original),
    .height = gegl_buffer_get_height(layer->original),
    .user = layer,
    .read = picture_read,
    .read_coverage = layer->coverage ? picture_read_coverage : NULL,
    .write = picture_write,
  };
}

/* -------------------------------------------------------------------------------------------
 * Open and close
 */

/* The selection's box within the layer; FALSE where they do not meet. */
static gboolean find_box(GimpDrawable *drawable, GeglRectangle *box) {
  return gimp_drawable_mask_intersect(drawable, &box->x, &box->y, &box->width, &box->height);
}

static GeglBuffer *get_selection(const Layer *layer) {
  return gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(layer->image)));
}

/* The box in the selection's pixels, which are the image's. */
static GeglRectangle box_in_image(const Layer *layer) {
  GeglRectangle box = layer->box;
  int x, y;

  gimp_drawable_get_offsets(layer->drawable, &x, &y);
  box.x += x;
  box.y += y;
  return box;
}

static GeglBuffer *copy(GeglBuffer *buffer, const GeglRectangle *from, const GeglRectangle *to) {
  GeglBuffer *result = gegl_buffer_new(to, gegl_buffer_get_format(buffer));

  gegl_buffer_copy(buffer, from, GEGL_ABYSS_NONE, result, to);
  return result;
}

static GeglBuffer *copy_selection(const Layer *layer) {
  g_autoptr(GeglBuffer) selection = get_selection(layer);
  const GeglRectangle there = box_in_image(layer);

  return copy(selection, &there, &layer->box);
}

void layer_begin_result(Layer *layer, double strength) {
  g_clear_object(&layer->result);
  layer->result = copy(layer->original, &layer->box, &layer->box);
  layer->strength = strength;
}

static const Babl *coded_format(const Babl *native, gboolean grey) {
  /* The image's own primaries with sRGB's curve, whatever curve its profile has: GIMP's own
   * choice for blending gamma-coded values. */
  return babl_format_with_space(grey ? "Y~ float" : "R~G~B~ float", babl_format_get_space(native));
}

Layer *layer_open(GimpImage *image, GimpDrawable *drawable, GError **error) {
  g_autofree char *name = NULL;
  GeglRectangle box;

  if (!check_kind(drawable, error))
    return NULL;
  name = gimp_item_get_name(GIMP_ITEM(drawable));
  if (!find_box(drawable, &box)) {
    g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL,
                _("The selection lies outside of “%s”: select a part of it, or nothing (Select ▸ "
                  "None) to restore all of it"), name);
    return NULL;
  }

  Layer *layer = g_new0(Layer, 1);
  layer->image = image;
  layer->drawable = drawable;
  layer->box = box;
  layer->native = gimp_drawable_get_format(drawable);
  layer->coded = coded_format(layer->native, gimp_drawable_is_gray(drawable));
  layer->bytes = babl_format_get_bytes_per_pixel(layer->native);
  layer->colour_bytes = layer->bytes;
  if (babl_format_has_alpha(layer->native))
    layer->colour_bytes -= layer->bytes / babl_format_get_n_components(layer->native);
  layer->pixels = gimp_drawable_get_buffer(drawable);
  layer->original = gegl_buffer_new(gegl_buffer_get_extent(layer->pixels), layer->native);
  layer->known = cairo_region_create();
  know(layer, &(cairo_rectangle_int_t){box.x, box.y, box.width, box.height});
  if (!gimp_selection_is_empty(image))
    layer->coverage = copy_selection(layer);
  return layer;
}

void layer_close(Layer *layer) {
  g_object_unref(layer->pixels);
  g_object_unref(layer->original);
  cairo_region_destroy(layer->known);
  g_clear_object(&layer->result);
  g_clear_object(&layer->coverage);
  g_free(layer);
}

void layer_get_box(const Layer *layer, int box[4]) {
  box[0] = layer->box.x;
  box[1] = layer->box.y;
  box[2] = layer->box.width;
  box[3] = layer->box.height;
}

gboolean layer_is_grey(const Layer *layer) {
  return babl_format_get_n_components(layer->coded) == 1;
}

/* -------------------------------------------------------------------------------------------
 * Changes in the meantime
 */

/* Whether two buffers of one format hold the same bytes there. */
static gboolean is_equal(GeglBuffer *a, const GeglRectangle *in_a, GeglBuffer *b,
                         const GeglRectangle *in_b) {
  const Babl *format = gegl_buffer_get_format(a);
  const size_t bytes = babl_format_get_bytes_per_pixel(format);
  GeglBufferIterator *tiles = gegl_buffer_iterator_new(a, in_a, 0, format, GEGL_ACCESS_READ,
                                                       GEGL_ABYSS_NONE, 2);
  gboolean equal = TRUE;

  gegl_buffer_iterator_add(tiles, b, in_b, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (equal && gegl_buffer_iterator_next(tiles))
    equal = memcmp(tiles->items[0].data, tiles->items[1].data, tiles->length * bytes) == 0;
  if (!equal)
    gegl_buffer_iterator_stop(tiles);
  return equal;
}

gboolean layer_is_unchanged(const Layer *layer) {
  const GeglRectangle *box = &layer->box;
  GeglRectangle found;

  if (!has_shape(layer) || gimp_selection_is_empty(layer->image) != !layer->coverage ||
      !find_box(layer->drawable, &found) || !gegl_rectangle_equal(&found, box))
    return FALSE;

  /* A buffer opened anew: the first one keeps the tiles that it has fetched. */
  g_autoptr(GeglBuffer) pixels = gimp_drawable_get_buffer(layer->drawable);
  for (int i = 0; i < cairo_region_num_rectangles(layer->known); i++) {
    cairo_rectangle_int_t r;

    cairo_region_get_rectangle(layer->known, i, &r);

    const GeglRectangle area = {r.x, r.y, r.width, r.height};

    if (!is_equal(pixels, &area, layer->original, &area))
      return FALSE;
  }
  if (!layer->coverage)
    return TRUE;
  g_autoptr(GeglBuffer) selection = get_selection(layer);
  const GeglRectangle there = box_in_image(layer);
  return is_equal(selection, &there, layer->coverage, box);
}
