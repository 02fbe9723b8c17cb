/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/damage_job.h"

#include <glib/gi18n.h>

#include "jobs/arguments.h"
#include "jobs/job.h"
#include "layers/layer.h"
#include "layers/selection.h"
#include "messages.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(rst_finder, rst_finder_unref)

static gboolean read_finder(rst_finder **finder, GError **error) {
  rst_error why = RST_ERROR_INIT;
  char path[4096];

  return (rst_find(RST_KIND_FINDER, "damage", path, sizeof path, &why) == RST_OK &&
          rst_finder_read(path, finder, &why) == RST_OK) ||
         messages_fail(&why, error);
}

static gboolean find(Layer *layer, const rst_finder *finder, double sensitivity, guchar *mask,
                     GError **error) {
  const gsize count = (gsize)layer->box.width * (gsize)layer->box.height;
  g_autofree guchar *sure = g_malloc(count);
  g_autoptr(rst_session) session = NULL;
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;

  hooks.progress = job_show_progress;
  layer_get_picture(layer, &picture);
  layer_get_box(layer, &box);
  if (rst_session_new(0, &session, &why) != RST_OK ||
      rst_find_damage(session, finder, &picture, &box, &hooks, sure, &why) != RST_OK ||
      rst_damage_mask(finder, sure, box.width, box.height, sensitivity, &hooks, mask, &why) !=
        RST_OK)
    return messages_fail(&why, error);
  return TRUE;
}

/* The mask in the image, within what was selected before. TRUE where that is anything. */
static gboolean place(const Layer *layer, const guchar *mask, float *values, int width,
                      int height) {
  const GeglRectangle *box = &layer->box;
  g_autofree float *coverage = g_new(float, box->width);
  gboolean any = FALSE;

  for (int j = 0; j < box->height; j++) {
    const int y = box->y + j + layer->y;

    layer_read_coverage(layer, &(GeglRectangle){box->x, box->y + j, box->width, 1}, coverage);
    for (int i = 0; i < box->width; i++) {
      const int x = box->x + i + layer->x;

      if (!mask[(gsize)j * (gsize)box->width + (gsize)i] || x < 0 || y < 0 || x >= width ||
          y >= height)
        continue;
      values[(gsize)y * (gsize)width + (gsize)x] = coverage[i];
      any = any || coverage[i] > 0;
    }
  }
  return any;
}

gboolean damage_job_run(GimpProcedureConfig *config, GimpImage *image, GimpDrawable *drawable,
                        GError **error) {
  const int width = gimp_image_get_width(image), height = gimp_image_get_height(image);
  g_autofree float *values = g_new0(float, (gsize)width *(gsize)height);
  g_autofree guchar *mask = NULL;
  g_autoptr(rst_finder) finder = NULL;
  g_autoptr(Layer) layer = NULL;
  double sensitivity;
  gboolean any;

  g_object_get(config, ARGUMENT_SENSITIVITY, &sensitivity, NULL);
  gimp_progress_init(_("Looking for damage"));
  layer = read_finder(&finder, error) ? layer_open(image, drawable, error) : NULL;
  if (!layer)
    return FALSE;
  mask = g_malloc((gsize)layer->box.width * (gsize)layer->box.height);
  layer_begin_result(layer, 1); /* all of the selection is read */
  if (!find(layer, finder, sensitivity, mask, error))
    return FALSE;
  any = place(layer, mask, values, width, height);
  if (!selection_replace(image, any ? values : NULL, width, height)) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_HOST_FAILED,
                        _("GIMP did not select the damage"));
    return FALSE;
  }
  gimp_progress_end();
  if (!any)
    gimp_message(_("No damage was found at this sensitivity: nothing is selected"));
  return TRUE;
}
