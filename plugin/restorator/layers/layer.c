/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/layer.h"

#include <glib/gi18n.h>
#include <math.h>

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

static gboolean fail_gone(GError **error) {
  g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                      _("The layer is no longer there: nothing can be written."));
  return FALSE;
}

static gboolean check_kind(GimpDrawable *drawable, GError **error) {
  const char *why = NULL;

  if (!gimp_item_is_valid(GIMP_ITEM(drawable)))
    return fail_gone(error);
  if (GIMP_IS_LAYER_MASK(drawable))
    why = _("“%s” is a layer mask: choose its layer in the Layers dialog instead");
  else if (!GIMP_IS_LAYER(drawable))
    why = _("“%s” is a channel: choose a layer instead");
  else if (gimp_item_is_group(GIMP_ITEM(drawable)))
    why =
      _("“%s” is a layer group: choose a layer inside, or make one of it with "
        "Layer ▸ Merge Layer Groups");
  else if (gimp_drawable_is_indexed(drawable))
    why = _("“%s” has indexed colours: convert the image with Image ▸ Mode ▸ RGB first");
  else if (gimp_layer_is_floating_sel(GIMP_LAYER(drawable)))
    why = _("“%s” is a floating selection: anchor it, or make a layer of it, first");
  return refuse(drawable, why, error);
}

/* What profile babl has no space for, GIMP keeps, and takes the pixels for sRGB's. */
static gboolean check_profile(GimpImage *image, GError **error) {
  g_autoptr(GimpColorProfile) profile = gimp_image_get_effective_color_profile(image);

  if (!profile || gimp_color_profile_get_space(
                    profile, GIMP_COLOR_RENDERING_INTENT_RELATIVE_COLORIMETRIC, NULL))
    return TRUE;
  g_set_error(error, RESTORATOR_ERROR, RST_BAD_CALL,
              _("The colour profile “%s” is made of tables, which GIMP does not work in: convert "
                "the image with Image ▸ Color Management ▸ Convert to Color Profile first"),
              gimp_color_profile_get_label(profile));
  return FALSE;
}

gboolean layer_check(GimpDrawable *drawable, Output output, GError **error) {
  const char *why = NULL;

  if (!check_kind(drawable, error) ||
      !check_profile(gimp_item_get_image(GIMP_ITEM(drawable)), error))
    return FALSE;
  if (output == OUTPUT_IN_PLACE && is_locked(GIMP_ITEM(drawable)))
    why = _("The pixels of “%s” are locked: unlock them in the Layers dialog first");
  else if (output == OUTPUT_NEW_LAYER && has_effects(drawable))
    why =
      _("“%s” has layer effects, which would not act on a new layer: merge them first, or "
        "restore in place");
  return refuse(drawable, why, error);
}

/* -------------------------------------------------------------------------------------------
 * The engine's callbacks
 */

/* Floats may hold anything: infinite light is white, and what is no number is black. */
static void make_finite(float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i]))
      values[i] = values[i] > 0 ? 1 : 0;
}

static bool picture_read(void *user, int x, int y, int w, int h, float *rgba) {
  Layer *layer = user;
  const GeglRectangle area = {x, y, w, h};

  snapshot_know(layer->original, &area);
  /* Without a space of its own the format is sRGB's: babl converts from the layer's. */
  gegl_buffer_get(layer->original->pixels, &area, 1.0, babl_format("R'G'B'A float"), rgba,
                  GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  make_finite(rgba, 4 * (size_t)w * h);
  return true;
}

/* An area of the layer in the selection's pixels, which are the image's. */
static GeglRectangle in_image(const Layer *layer, const GeglRectangle *area) {
  return (GeglRectangle){area->x + layer->x, area->y + layer->y, area->width, area->height};
}

void layer_read_coverage(const Layer *layer, const GeglRectangle *area, float *coverage) {
  const GeglRectangle there = in_image(layer, area);
  const size_t count = (size_t)area->width * area->height;
  g_autofree float *values = NULL;

  if (!layer->selection) {
    for (size_t i = 0; i < count; i++)
      coverage[i] = 1;
    return;
  }
  /* Where it is not known it is 0, as GEGL has it. With an alpha to drop, since the first
   * conversion of u8 or u16 to plain "Y float" takes babl 350 MB for a moment. */
  values = g_new(float, 2 * count);
  gegl_buffer_get(layer->selection->pixels, &there, 1.0, babl_format("YA float"), values,
                  GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (size_t i = 0; i < count; i++)
    coverage[i] = values[2 * i];
}

/* The selection may be read within its box: all else is 0. */
static void know_selection(Layer *layer, const GeglRectangle *area) {
  GeglRectangle inside, there;

  if (!layer->selection || !gegl_rectangle_intersect(&inside, area, &layer->box))
    return;
  there = in_image(layer, &inside);
  snapshot_know(layer->selection, &there);
}

static bool picture_read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  const GeglRectangle area = {x, y, w, h};

  know_selection(user, &area);
  layer_read_coverage(user, &area, coverage);
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

/* Only the colours of covered pixels that change are replaced, among them what is no number. All else
 * keeps the bytes that the layer has, since merging without a selection writes every pixel of the
 * box. */
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

  gegl_buffer_get(layer->original->pixels, &area, 1.0, layer->coded, before, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  g_autofree float *kept = g_memdup2(before, values * sizeof *before);
  make_finite(before, values);
  babl_process(babl_fish(babl_format("R'G'B' float"), layer->coded), rgb, after, (long)count);
  rst_apply_strength(layer->strength, values, before, after, after);

  gegl_buffer_get(layer->result, &area, 1.0, layer->native, result, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  to_native(layer, after, count, restored);
  for (size_t i = 0; i < count; i++)
    if (coverage[i] > 0 &&
        memcmp(kept + i * channels, after + i * channels, channels * sizeof *after) != 0)
      memcpy(result + i * layer->bytes, restored + i * layer->bytes, layer->colour_bytes);
  gegl_buffer_set(layer->result, &area, 0, layer->native, result, GEGL_AUTO_ROWSTRIDE);
  return true;
}

void layer_get_picture(Layer *layer, rst_picture *picture) {
  *picture = (rst_picture){
    .size = sizeof *picture,
    .width = layer->original->width,
    .height = layer->original->height,
    .user = layer,
    .read = picture_read,
    .read_coverage = layer->selection ? picture_read_coverage : NULL,
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

void layer_begin_result(Layer *layer, double strength) {
  const GeglRectangle *box = &layer->box;

  snapshot_know(layer->original, box);
  know_selection(layer, box);
  g_clear_object(&layer->result);
  layer->result = gegl_buffer_new(box, layer->native);
  gegl_buffer_copy(layer->original->pixels, box, GEGL_ABYSS_NONE, layer->result, box);
  layer->strength = strength;
}

static const Babl *coded_format(const Babl *native, gboolean grey) {
  /* The image's own primaries with sRGB's curve, whatever curve its profile has: GIMP's own
   * choice for blending gamma-coded values. */
  return babl_format_with_space(grey ? "Y~ float" : "R~G~B~ float", babl_format_get_space(native));
}

static void set_format(Layer *layer, const Babl *native, gboolean grey) {
  layer->native = native;
  layer->coded = coded_format(native, grey);
  layer->bytes = babl_format_get_bytes_per_pixel(native);
  layer->colour_bytes = layer->bytes;
  if (babl_format_has_alpha(native))
    layer->colour_bytes -= layer->bytes / babl_format_get_n_components(native);
}

/* What a grey format becomes where GIMP converts its image to RGB: "Y'A u8" is "R'G'B'A u8" then, of
 * sRGB's primaries. */
static const Babl *rgb_format(const Babl *grey) {
  const char *encoding = babl_format_get_encoding(grey);
  const char *type = strchr(encoding, ' ');
  const char curve = encoding[1] == '\'' || encoding[1] == '~' ? encoding[1] : '\0';
  const char mark[] = {curve, '\0'};
  g_autofree char *name = g_strdup_printf("R%sG%sB%s%s%s", mark, mark, mark,
                                          babl_format_has_alpha(grey) ? "A" : "", type);

  return babl_format(name);
}

void layer_take_colour(Layer *layer, gboolean colour) {
  const Babl *now = gegl_buffer_get_format(layer->original->pixels);
  const gboolean grey = gimp_drawable_is_gray(layer->drawable);

  set_format(layer, grey && colour ? rgb_format(now) : now, grey && !colour);
}

gboolean layer_needs_rgb(const Layer *layer) {
  return !layer_is_grey(layer) && gimp_image_get_base_type(layer->image) == GIMP_GRAY;
}

/* What stands in a copy of an item's image where the item stands; NULL where it is gone. */
static GimpItem *counterpart(GimpItem *item, GimpImage *copy) {
  GimpItem *parent = gimp_item_get_parent(item);
  const int position = gimp_image_get_item_position(gimp_item_get_image(item), item);
  GimpItem *group = parent ? counterpart(parent, copy) : NULL, *found = NULL;
  g_autofree GimpItem **there = NULL;

  if (group && gimp_item_is_group(group))
    there = gimp_item_get_children(group);
  else if (!parent)
    there = (GimpItem **)gimp_image_get_layers(copy);
  for (int i = 0; there && there[i] && i <= position; i++)
    found = i == position ? there[i] : NULL;
  return found;
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
                  "None) to restore all of it"),
                name);
    return NULL;
  }

  g_autoptr(Layer) layer = g_new0(Layer, 1);
  GimpItem *copied;
  layer->image = image;
  layer->drawable = drawable;
  layer->box = box;
  layer->copy = gimp_image_duplicate(image);
  copied = layer->copy ? counterpart(GIMP_ITEM(drawable), layer->copy) : NULL;
  if (!copied) {
    fail_gone(error);
    return NULL;
  }
  layer->original = snapshot_new(GIMP_DRAWABLE(copied));
  gimp_drawable_get_offsets(drawable, &layer->x, &layer->y);
  if (!gimp_selection_is_empty(layer->copy))
    layer->selection = snapshot_new(GIMP_DRAWABLE(gimp_image_get_selection(layer->copy)));
  set_format(layer, gegl_buffer_get_format(layer->original->pixels),
             gimp_drawable_is_gray(drawable));
  return g_steal_pointer(&layer);
}

void layer_close(Layer *layer) {
  snapshot_free(layer->original);
  snapshot_free(layer->selection);
  g_clear_object(&layer->result);
  if (layer->copy)
    gimp_image_delete(layer->copy);
  g_free(layer);
}

void layer_get_box(const Layer *layer, rst_rectangle *box) {
  const GeglRectangle *from = &layer->box;

  *box = (rst_rectangle){from->x, from->y, from->width, from->height};
}

gboolean layer_is_grey(const Layer *layer) {
  return babl_format_get_n_components(layer->coded) == 1;
}

/* -------------------------------------------------------------------------------------------
 * Changes in the meantime
 */

/* Of the drawable, or of its counterpart in a copy of the image. */
static gboolean lies_alike(const Layer *layer, GimpDrawable *drawable) {
  int x, y;

  return snapshot_has_shape(layer->original, drawable) &&
         gimp_drawable_get_offsets(drawable, &x, &y) && x == layer->x && y == layer->y;
}

gboolean layer_is_in_place(const Layer *layer) {
  return gimp_item_is_valid(GIMP_ITEM(layer->drawable)) && lies_alike(layer, layer->drawable);
}

static gboolean is_selected_alike(const Layer *layer, GimpImage *now, GimpDrawable *drawable) {
  GeglRectangle found;

  return find_box(drawable, &found) && gegl_rectangle_equal(&found, &layer->box) &&
         (layer->selection
            ? snapshot_is_current(layer->selection, GIMP_DRAWABLE(gimp_image_get_selection(now)))
            : gimp_selection_is_empty(now));
}

/* By a copy of the image as it is now, in which nothing changes between two questions. */
static gboolean is_alike(const Layer *layer, GimpImage *now) {
  GimpItem *found = counterpart(GIMP_ITEM(layer->drawable), now);
  GimpDrawable *drawable = found ? GIMP_DRAWABLE(found) : NULL;

  return drawable && lies_alike(layer, drawable) &&
         snapshot_is_current(layer->original, drawable) && is_selected_alike(layer, now, drawable);
}

gboolean layer_is_unchanged(const Layer *layer) {
  GimpImage *now =
    gimp_item_is_valid(GIMP_ITEM(layer->drawable)) ? gimp_image_duplicate(layer->image) : NULL;
  const gboolean same = now && is_alike(layer, now);

  if (now)
    gimp_image_delete(now);
  return same;
}

gboolean layer_look(GimpImage *image, GimpDrawable *drawable, const rst_parameters *parameters,
                    rst_picture_kind *kind, GError **error) {
  g_autoptr(Layer) layer = layer_open(image, drawable, error);
  rst_parameters without_faces = *parameters; /* which may lie anywhere */
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box, reach;
  double sure;

  if (!layer)
    return FALSE;
  layer_get_picture(layer, &picture);
  layer_get_box(layer, &box);
  without_faces.faces[0] = '\0';
  rst_reach(&without_faces, picture.width, picture.height, &box, &reach);
  return rst_classify(&picture, &reach, kind, &sure, &why) == RST_OK || messages_fail(&why, error);
}
