/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/photo_layers.h"

#include <glib/gi18n.h>

#include "layers/new_layer.h"

enum { BAND = 64 /* rows that are corrected at a time */ };

/* The source with its tone corrected and nothing else, as a result of the layer. */
static gboolean make_tone(Layer *layer, const PhotoSteps *steps) {
  const GeglRectangle *box = &layer->box;
  const gsize count = (gsize)box->width * BAND;
  g_autofree float *rgba = g_new(float, 4 * count), *rgb = g_new(float, 3 * count);
  g_autofree float *coverage = g_new(float, count);
  rst_picture picture;

  layer_get_picture(layer, &picture);
  layer_begin_result(layer, 1);
  for (int y = box->y; y < box->y + box->height; y += BAND) {
    const GeglRectangle area = {box->x, y, box->width, MIN(BAND, box->y + box->height - y)};
    const gsize pixels = (gsize)area.width * (gsize)area.height;

    if (!picture.read(picture.user, area.x, area.y, area.width, area.height, rgba))
      return FALSE;
    rst_tone_apply(&steps->tone, steps->tone_strength, pixels, rgba);
    for (gsize i = 0; i < pixels; i++)
      memcpy(rgb + 3 * i, rgba + 4 * i, 3 * sizeof *rgb);
    layer_read_coverage(layer, &area, coverage);
    if (!picture.write(picture.user, area.x, area.y, area.width, area.height, rgb, coverage))
      return FALSE;
  }
  return TRUE;
}

static gboolean has_damage(const Layer *layer, const guchar *mask) {
  const gsize count = (gsize)layer->box.width * (gsize)layer->box.height;

  for (gsize i = 0; mask && i < count; i++)
    if (mask[i])
      return TRUE;
  return FALSE;
}

/* On top of those that are in the group already. */
static gboolean add(const Layer *layer, GimpLayer *group, GeglBuffer *colours, const guchar *mask,
                    GimpLayerMode mode, const char *name) {
  GimpLayer *added = new_layer_make(layer, name, colours, mask);

  if (!added)
    return FALSE;
  if (gimp_layer_set_mode(added, mode) && gimp_image_insert_layer(layer->image, added, group, 0))
    return TRUE;
  gimp_item_delete(GIMP_ITEM(added));
  return FALSE;
}

static GimpLayer *add_group(const Layer *layer) {
  GimpItem *item = GIMP_ITEM(layer->drawable);
  GimpLayer *group = GIMP_LAYER(gimp_group_layer_new(layer->image, _("Restored photograph")));

  if (group && gimp_layer_set_mode(group, GIMP_LAYER_MODE_PASS_THROUGH) &&
      gimp_image_insert_layer(layer->image, group, GIMP_LAYER(gimp_item_get_parent(item)),
                              gimp_image_get_item_position(layer->image, item)))
    return group;
  if (group)
    gimp_item_delete(GIMP_ITEM(group));
  return NULL;
}

static gboolean add_tone(Layer *layer, GimpLayer *group, const PhotoSteps *steps) {
  GeglBuffer *final = g_steal_pointer(&layer->result);
  const gboolean done = make_tone(layer, steps) &&
                        add(layer, group, layer->result, NULL, GIMP_LAYER_MODE_NORMAL, _("Tone"));

  g_clear_object(&layer->result);
  layer->result = final;
  return done;
}

gboolean photo_layers_add(Layer *layer, const PhotoSteps *steps) {
  const gboolean toned = steps->tone_strength > 0 && !rst_tone_is_identity(&steps->tone);
  const gboolean damaged = has_damage(layer, steps->mask);
  GimpLayer *group;

  if (!toned && !damaged && !steps->coloured)
    return TRUE;
  group = add_group(layer);
  return group && (!toned || add_tone(layer, group, steps)) &&
         (!damaged || add(layer, group, steps->prepared ? steps->prepared : layer->result,
                          steps->mask, GIMP_LAYER_MODE_NORMAL, _("Damage"))) &&
         (!steps->coloured ||
          add(layer, group, layer->result, NULL, GIMP_LAYER_MODE_LCH_COLOR, _("Colour")));
}
