/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commit.h"

#include <glib/gi18n.h>

#include "history.h"
#include "messages.h"
#include "new_layer.h"

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

static gboolean write_in_place(const Layer *layer) {
  if (!merge(layer))
    return FALSE;
  keep_the_rest(layer);
  return gimp_drawable_update(layer->drawable, layer->box.x, layer->box.y, layer->box.width,
                              layer->box.height);
}

static gboolean write_all(const Layer *layer, const Commit *what, const char *history,
                          gboolean damaged) {
  gboolean done;

  if (!gimp_image_undo_group_start(layer->image))
    return FALSE;
  done = (what->output == OUTPUT_NEW_LAYER ? new_layer_add(layer, what->name)
                                           : write_in_place(layer)) &&
         history_attach(layer->image, history, damaged);
  return gimp_image_undo_group_end(layer->image) && done;
}

gboolean commit(const Layer *layer, const Commit *what, GError **error) {
  g_autofree char *history = NULL;
  gboolean damaged;

  if (!layer_is_unchanged(layer)) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                        _("The layer or the selection has changed in the meantime. Nothing was "
                          "written: run it again"));
    return FALSE;
  }
  if (!layer_check(layer->drawable, what->output, error) ||
      !history_extend(layer->image, &what->setup, &history, &damaged, error))
    return FALSE;
  if (write_all(layer, what, history, damaged))
    return TRUE;
  g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                      _("GIMP did not take the restored pixels"));
  return FALSE;
}
