/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run.h"

#include <glib/gi18n.h>

#include "arguments.h"
#include "job.h"
#include "messages.h"

static gboolean run(GimpImage *image, GimpDrawable *drawable, GimpProcedureConfig *config,
                    GError **error) {
  g_auto(Arguments) arguments = {0};
  g_auto(Job) job = {0};
  Output output;

  return arguments_read(config, &arguments, error) &&
         arguments_read_output(config, &output, error) &&
         job_open(&job, &arguments, error) && job_run(&job, image, drawable, output, error);
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
