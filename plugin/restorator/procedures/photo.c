/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "procedures/photo.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "dialogs/display.h"
#include "dialogs/photo_dialog.h"
#include "jobs/arguments.h"
#include "jobs/damage_job.h"
#include "jobs/photo_job.h"
#include "procedures/run.h"

static gboolean run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                    GimpDrawable *drawable, GError **error) {
  g_auto(Arguments) arguments = {0};
  g_auto(Job) job = {0};
  Output output;

  (void)procedure;
  return arguments_read(config, &arguments, error) &&
         arguments_read_output(config, &output, error) &&
         arguments_read_hints_layer(config, drawable, &arguments, error) &&
         job_open(&job, &arguments, error) &&
         photo_job_run(&job, config, image, drawable, output, error);
}

GimpValueArray *photo_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                          GimpDrawable **drawables, GimpProcedureConfig *config, void *data) {
  (void)data;
  return run_on_layer(procedure, run_mode, image, drawables, config, photo_dialog_run, run);
}

/* FALSE without an error where people close it. */
static gboolean ask_for_sensitivity(GimpProcedure *procedure, GimpProcedureConfig *config,
                                    GError **error) {
  GtkWidget *dialog;
  gboolean confirmed;

  if (!display_open(error))
    return FALSE;
  dialog = gimp_procedure_dialog_new(procedure, config, _("Select Damage"));
  gimp_window_set_transient(GTK_WINDOW(dialog));
  gimp_procedure_dialog_get_scale_entry(GIMP_PROCEDURE_DIALOG(dialog), ARGUMENT_SENSITIVITY, 1);
  gimp_procedure_dialog_fill(GIMP_PROCEDURE_DIALOG(dialog), ARGUMENT_SENSITIVITY, NULL);
  confirmed = gimp_procedure_dialog_run(GIMP_PROCEDURE_DIALOG(dialog));
  gtk_widget_destroy(dialog);
  return confirmed;
}

static gboolean select_damage(GimpProcedure *procedure, GimpProcedureConfig *config,
                              GimpImage *image, GimpDrawable *drawable, GError **error) {
  (void)procedure;
  return damage_job_run(config, image, drawable, error);
}

static gboolean ask_and_select(GimpProcedure *procedure, GimpProcedureConfig *config,
                               GimpImage *image, GimpDrawable *drawable, GError **error) {
  return ask_for_sensitivity(procedure, config, error) &&
         damage_job_run(config, image, drawable, error);
}

GimpValueArray *select_damage_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                                  GimpDrawable **drawables, GimpProcedureConfig *config,
                                  void *data) {
  (void)data;
  return run_on_layer(procedure, run_mode, image, drawables, config, ask_and_select, select_damage);
}
