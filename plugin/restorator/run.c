/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run.h"

#include <glib/gi18n.h>

#include "arguments.h"
#include "layer.h"
#include "messages.h"

/* libgimp drops what comes too often. */
static void show_progress(void *user, rst_phase phase, double fraction) {
  (void)user, (void)phase;
  gimp_progress_update(fraction);
}

static rst_model *read_model(const rst_parameters *parameters, const rst_preset *preset,
                             GError **error) {
  g_autoptr(rst_model) model = NULL;
  rst_error why = RST_ERROR_INIT;
  char path[4096];

  if (rst_find(RST_KIND_MODEL, parameters->model, path, sizeof path, &why) != RST_OK ||
      rst_model_read(path, &model, &why) != RST_OK ||
      (preset && rst_preset_check(preset, model, &why) != RST_OK) ||
      rst_parameters_check(parameters, model, &why) != RST_OK) {
    messages_fail(&why, error);
    return NULL;
  }
  return g_steal_pointer(&model);
}

/* In the mode `colour` tone is the picture's own, and a grey layer has nothing else. */
static gboolean check_grey(const Layer *layer, const rst_plan *plan, GError **error) {
  if (!layer_is_grey(layer))
    return TRUE;
  for (int i = 0; i < plan->count; i++)
    if (plan->parts[i].mode != RST_MODE_COLOUR)
      return TRUE;
  g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                      _("The layer is grey, and the mode “colour” keeps its tone: convert the "
                        "image with Image ▸ Mode ▸ RGB to get colour, or choose the mode “full” "
                        "or “detail”"));
  return FALSE;
}

static gboolean restore(Layer *layer, rst_model *model, const rst_parameters *parameters,
                        GError **error) {
  g_autoptr(rst_session) session = NULL;
  g_autofree rst_plan *plan = g_new0(rst_plan, 1);
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_hooks hooks = RST_HOOKS_INIT;
  int box[4];

  hooks.progress = show_progress;
  plan->size = sizeof *plan;
  layer_get_picture(layer, parameters->strength, &picture);
  layer_get_box(layer, box);
  if (rst_plan_region(parameters, &picture, box, plan, &why) != RST_OK)
    return messages_fail(&why, error);
  if (!check_grey(layer, plan, error))
    return FALSE;
  if (rst_session_new(0, &session, &why) != RST_OK ||
      rst_restore(session, model, parameters, &picture, plan, &hooks, &why) != RST_OK)
    return messages_fail(&why, error);
  return TRUE;
}

static gboolean run(GimpImage *image, GimpDrawable *drawable, GimpProcedureConfig *config,
                    GError **error) {
  g_autoptr(rst_preset) preset = NULL;
  g_autoptr(rst_model) model = NULL;
  g_autoptr(Layer) layer = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  rst_parameters parameters;

  if (!arguments_read(config, &parameters, &preset, error))
    return FALSE;
  model = read_model(&parameters, preset, error);
  if (!model)
    return FALSE;
  layer = layer_open(image, drawable, error);
  if (!layer)
    return FALSE;

  name = gimp_item_get_name(GIMP_ITEM(drawable));
  title = g_strdup_printf(_("Restoring “%s”"), name);
  gimp_progress_init(title);
  if (!restore(layer, model, &parameters, error) || !layer_commit(layer, error))
    return FALSE;
  gimp_progress_end();
  if (layer_is_grey(layer))
    gimp_message(_("The layer is grey, so that its tone alone was restored: convert the image "
                   "with Image ▸ Mode ▸ RGB to get colour"));
  return TRUE;
}

GimpValueArray *restorator_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                               GimpDrawable **drawables, GimpProcedureConfig *config, void *data) {
  GError *error = NULL;

  (void)data;
  gegl_init(NULL, NULL);
  if (gimp_core_object_array_get_length((GObject **)drawables) != 1)
    g_set_error_literal(&error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("Restorator works on one layer at a time: choose a single one"));
  else
    run(image, drawables[0], config, &error);
  if (error)
    return gimp_procedure_new_return_values(procedure,
                                            messages_is_callers_fault(error)
                                              ? GIMP_PDB_CALLING_ERROR : GIMP_PDB_EXECUTION_ERROR,
                                            error);
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    gimp_displays_flush();
  return gimp_procedure_new_return_values(procedure, GIMP_PDB_SUCCESS, NULL);
}
