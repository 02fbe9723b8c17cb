/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer.h"

#include <glib/gi18n.h>

#include "messages.h"

struct Layer {
  GimpImage *image;
  GimpDrawable *drawable;
  GeglRectangle box;       /* the selection's, in the layer */
  GeglBuffer *pixels;      /* the layer's own */
  GeglBuffer *coverage;    /* of the box, as it was at the beginning; NULL without a selection */
  GeglBuffer *original;    /* of the box, as it was at the beginning, in the layer's format */
  GeglBuffer *result;      /* of the box: what it shall become, in the layer's format */
  const Babl *native;      /* the layer's format */
  const Babl *coded;       /* gamma-coded colour or tone in the layer's own space, no alpha */
  int bytes, colour_bytes; /* of a native pixel: all, and those before its alpha */
  double strength;
};

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

static gboolean check_kind(GimpDrawable *drawable, GError **error) {
  GimpItem *item = GIMP_ITEM(drawable);
  g_autofree char *name = gimp_item_get_name(item);
  const char *why = NULL;

  if (GIMP_IS_LAYER_MASK(drawable))
    why = _("“%s” is a layer mask: choose its layer in the Layers dialog instead");
  else if (!GIMP_IS_LAYER(drawable))
    why = _("“%s” is a channel: choose a layer instead");
  else if (gimp_item_is_group(item))
    why = _("“%s” is a layer group: choose a layer inside, or make one of it with "
            "Layer ▸ Merge Layer Group");
  else if (gimp_drawable_is_indexed(drawable))
    why = _("“%s” has indexed colours: convert the image with Image ▸ Mode ▸ RGB first");
  else if (gimp_layer_is_floating_sel(GIMP_LAYER(drawable)))
    why = _("“%s” is a floating selection: anchor it, or make a layer of it, first");
  else if (is_locked(item))
    why = _("The pixels of “%s” are locked: unlock them in the Layers dialog first");
  if (!why)
    return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL, why, name);
  return FALSE;
}

/* -------------------------------------------------------------------------------------------
 * The engine's callbacks
 */

static bool picture_read(void *user, int x, int y, int w, int h, float *rgba) {
  Layer *layer = user;

  /* Without a space of its own the format is sRGB's: babl converts from the layer's. */
  gegl_buffer_get(layer->pixels, GEGL_RECTANGLE(x, y, w, h), 1.0, babl_format("R'G'B'A float"),
                  rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return true;
}

static bool picture_read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  Layer *layer = user;
  const size_t count = (size_t)w * h;
  g_autofree float *values = g_new(float, 2 * count);

  /* Beyond its box it is 0, as GEGL has it. With an alpha to drop, since the first conversion of
   * u8 or u16 to plain "Y float" takes babl 350 MB for a moment. */
  gegl_buffer_get(layer->coverage, GEGL_RECTANGLE(x, y, w, h), 1.0, babl_format("YA float"),
                  values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (size_t i = 0; i < count; i++)
    coverage[i] = values[2 * i];
  return true;
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
  babl_process(babl_fish(layer->coded, layer->native), after, restored, (long)count);
  for (size_t i = 0; i < count; i++)
    if (coverage[i] > 0 &&
        memcmp(before + i * channels, after + i * channels, channels * sizeof *after) != 0)
      memcpy(result + i * layer->bytes, restored + i * layer->bytes, layer->colour_bytes);
  gegl_buffer_set(layer->result, &area, 0, layer->native, result, GEGL_AUTO_ROWSTRIDE);
  return true;
}

void layer_get_picture(Layer *layer, double strength, rst_picture *picture) {
  layer->strength = strength;
  *picture = (rst_picture){
    .size = sizeof *picture,
    .width = gimp_drawable_get_width(layer->drawable),
    .height = gimp_drawable_get_height(layer->drawable),
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
  layer->original = copy(layer->pixels, &box, &box);
  layer->result = copy(layer->original, &box, &box);
  if (!gimp_selection_is_empty(image))
    layer->coverage = copy_selection(layer);
  return layer;
}

void layer_close(Layer *layer) {
  g_object_unref(layer->pixels);
  g_object_unref(layer->original);
  g_object_unref(layer->result);
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
 * Commit
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

static gboolean is_unchanged(const Layer *layer) {
  const GeglRectangle *box = &layer->box;
  GeglRectangle found;

  if (!gimp_item_is_valid(GIMP_ITEM(layer->drawable)) ||
      gimp_drawable_get_format(layer->drawable) != layer->native ||
      gimp_selection_is_empty(layer->image) != !layer->coverage ||
      !find_box(layer->drawable, &found) || !gegl_rectangle_equal(&found, box))
    return FALSE;

  /* A buffer opened anew: the first one keeps the tiles that it has fetched. */
  g_autoptr(GeglBuffer) pixels = gimp_drawable_get_buffer(layer->drawable);
  if (!is_equal(pixels, box, layer->original, box))
    return FALSE;
  if (!layer->coverage)
    return TRUE;
  g_autoptr(GeglBuffer) selection = get_selection(layer);
  const GeglRectangle there = box_in_image(layer);
  return is_equal(selection, &there, layer->coverage, box);
}

/* GIMP blends what is in the shadow with the layer by the selection, in linear light, and keeps
 * the box for its undo. */
static gboolean merge(const Layer *layer) {
  GeglBuffer *shadow = gimp_drawable_get_shadow_buffer(layer->drawable);

  if (!shadow)
    return FALSE;
  gegl_buffer_copy(layer->result, &layer->box, GEGL_ABYSS_NONE, shadow, &layer->box);
  g_object_unref(shadow);
  return gimp_drawable_merge_shadow(layer->drawable, TRUE);
}

/* A merge with a selection takes every pixel of the box through linear floats, which moves last
 * bits of those that it shall not change, too. What was not restored, and alpha, get their own
 * bytes back; the merge's undo covers them. */
static void keep_the_rest(const Layer *layer) {
  g_autoptr(GeglBuffer) merged = gimp_drawable_get_buffer(layer->drawable);
  GeglBufferIterator *tiles = gegl_buffer_iterator_new(merged, &layer->box, 0, layer->native,
                                                       GEGL_ACCESS_READWRITE, GEGL_ABYSS_NONE, 3);

  gegl_buffer_iterator_add(tiles, layer->original, &layer->box, 0, layer->native,
                           GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  gegl_buffer_iterator_add(tiles, layer->result, &layer->box, 0, layer->native,
                           GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(tiles)) {
    guint8 *pixel = tiles->items[0].data;
    const guint8 *original = tiles->items[1].data;
    const guint8 *result = tiles->items[2].data;

    for (int i = 0; i < tiles->length; i++) {
      const gboolean restored = memcmp(original, result, layer->bytes) != 0;
      const int kept_from = restored ? layer->colour_bytes : 0;

      memcpy(pixel + kept_from, original + kept_from, layer->bytes - kept_from);
      pixel += layer->bytes;
      original += layer->bytes;
      result += layer->bytes;
    }
  }
  gegl_buffer_flush(merged);
}

gboolean layer_commit(Layer *layer, GError **error) {
  gboolean done;

  if (!is_unchanged(layer)) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                        _("The layer or the selection has changed in the meantime. Nothing was "
                          "written: run it again"));
    return FALSE;
  }
  if (!check_kind(layer->drawable, error))
    return FALSE;
  done = gimp_image_undo_group_start(layer->image);
  if (done) {
    done = merge(layer);
    if (done)
      keep_the_rest(layer);
    done = gimp_image_undo_group_end(layer->image) && done;
  }
  done = done && gimp_drawable_update(layer->drawable, layer->box.x, layer->box.y,
                                      layer->box.width, layer->box.height);
  if (!done)
    g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                        _("GIMP did not take the restored pixels"));
  return done;
}
