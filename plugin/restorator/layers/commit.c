/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/commit.h"

#include <glib/gi18n.h>
#include <string.h>

#include "layers/history.h"
#include "layers/in_place.h"
#include "layers/new_layer.h"
#include "messages.h"

static gboolean check_unchanged(const Layer *layer, GError **error) {
  if (layer_is_unchanged(layer))
    return TRUE;
  g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                      _("The layer or the selection has changed in the meantime. Nothing was "
                        "written: run it again"));
  return FALSE;
}

static gboolean fail(GError **error) {
  g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                      _("GIMP did not take the restored pixels"));
  return FALSE;
}

static gboolean write_result(Layer *layer, const Commit *what) {
  if (what->output != OUTPUT_NEW_LAYER)
    return in_place_write(layer);
  return what->steps ? photo_layers_add(layer, what->steps) : new_layer_add(layer, what->name);
}

/* A result with colour has no place in a grey image. */
static gboolean convert(const Layer *layer) {
  return !layer_needs_rgb(layer) ||
         (gimp_image_convert_rgb(layer->image) &&
          strcmp(babl_format_get_encoding(gimp_drawable_get_format(layer->drawable)),
                 babl_format_get_encoding(layer->native)) == 0);
}

static gboolean write_all(Layer *layer, const Commit *what, const char *history, gboolean damaged) {
  gboolean done;

  if (!gimp_image_undo_group_start(layer->image))
    return FALSE;
  done =
    convert(layer) && write_result(layer, what) && history_attach(layer->image, history, damaged);
  return gimp_image_undo_group_end(layer->image) && done;
}

gboolean commit(Layer *layer, const Commit *what, GError **error) {
  g_autofree char *history = NULL;
  gboolean damaged;

  if (!check_unchanged(layer, error) || !layer_check(layer->drawable, what->output, error) ||
      !history_extend(layer->image, &what->record, &history, &damaged, error))
    return FALSE;
  return write_all(layer, what, history, damaged) || fail(error);
}
