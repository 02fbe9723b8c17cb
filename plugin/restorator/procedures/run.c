/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "procedures/run.h"

#include <glib/gi18n.h>

#include "dialogs/dialog.h"
#include "jobs/arguments.h"
#include "jobs/job.h"
#include "jobs/photo_job.h"
#include "layers/history.h"
#include "messages.h"
#include "procedures/outcome.h"

static gboolean open_given(GimpImage *image, GimpDrawable *drawable, GimpProcedureConfig *config,
                           Job *job, GError **error) {
  g_auto(Arguments) arguments = {0};

  return (!arguments_are_automatic(config) ||
          arguments_look(config, image, drawable, &arguments.pictures, error)) &&
         arguments_read(config, &arguments, error) &&
         arguments_read_hints_layer(config, drawable, &arguments, error) &&
         job_open(job, &arguments, error);
}

static gboolean open_repeated(GimpImage *image, GimpProcedureConfig *config, Job *job,
                              GError **error) {
  g_autofree char *history = NULL;
  rst_record record = {.size = sizeof record};
  rst_parameters parameters;
  rst_error why = RST_ERROR_INIT;
  int index;

  if (!history_read(image, &history, error))
    return FALSE;
  if (!history) {
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("There is nothing to repeat: the image has no record of a restoration"));
    return FALSE;
  }
  g_object_get(config, ARGUMENT_INDEX, &index, NULL);
  rst_parameters_init(&parameters);
  if (rst_record_read(history, index, &record, &parameters, NULL, &why) != RST_OK)
    return messages_fail(&why, error);
  return job_reopen(job, &record, error);
}

static gboolean run_given(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                          GimpDrawable *drawable, GError **error) {
  g_auto(Job) job = {0};
  Output output;

  (void)procedure;
  return arguments_read_output(config, &output, error) &&
         open_given(image, drawable, config, &job, error) &&
         job_run(&job, image, drawable, output, error);
}

static gboolean run_repeated(GimpProcedure *procedure, GimpProcedureConfig *config,
                             GimpImage *image, GimpDrawable *drawable, GError **error) {
  g_auto(Job) job = {0};
  Output output;

  (void)procedure;
  return arguments_read_output(config, &output, error) &&
         open_repeated(image, config, &job, error) &&
         (job.is_photo ? photo_job_redo : job_run)(&job, image, drawable, output, error);
}

static gboolean run_dialog(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                           GimpDrawable *drawable, GError **error) {
  return dialog_run(procedure, config, image, drawable, NULL, error);
}

/* -------------------------------------------------------------------------------------------
 * What GIMP calls
 */

static gboolean is_single(GimpImage *image, GimpDrawable **drawables, GError **error) {
  if (gimp_core_object_array_get_length((GObject **)drawables) != 1)
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("Restorator works on one layer at a time: choose a single one"));
  else if (gimp_item_get_image(GIMP_ITEM(drawables[0])) != image)
    g_set_error_literal(error, RESTORATOR_ERROR, RST_BAD_CALL,
                        _("The layer belongs to another image: choose one of this image"));
  else
    return TRUE;
  return FALSE;
}

GimpValueArray *run_on_layer(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                             GimpDrawable **drawables, GimpProcedureConfig *config,
                             RunOnLayer with_dialog, RunOnLayer alone) {
  const RunOnLayer run = run_mode == GIMP_RUN_INTERACTIVE ? with_dialog : alone;
  GError *error = NULL;
  gboolean done;

  gegl_init(NULL, NULL);
  done = is_single(image, drawables, &error) && run(procedure, config, image, drawables[0], &error);
  if (error)
    return outcome_failed(procedure, error);
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    gimp_displays_flush();
  return gimp_procedure_new_return_values(procedure, done ? GIMP_PDB_SUCCESS : GIMP_PDB_CANCEL,
                                          NULL);
}

GimpValueArray *restorator_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                               GimpDrawable **drawables, GimpProcedureConfig *config, void *data) {
  (void)data;
  return run_on_layer(procedure, run_mode, image, drawables, config, run_dialog, run_given);
}

GimpValueArray *restorator_repeat(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                                  GimpDrawable **drawables, GimpProcedureConfig *config,
                                  void *data) {
  (void)data;
  return run_on_layer(procedure, run_mode, image, drawables, config, run_repeated, run_repeated);
}
