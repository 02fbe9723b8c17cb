/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runs of the procedures that restore one layer: GimpRunImageFunc each.
 */
#ifndef RUN_H
#define RUN_H

#include <libgimp/gimp.h>

/* With the parameters given. */
GimpValueArray *restorator_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                               GimpDrawable **drawables, GimpProcedureConfig *config, void *data);
/* With those of an earlier time, which the image keeps. */
GimpValueArray *restorator_repeat(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                                  GimpDrawable **drawables, GimpProcedureConfig *config,
                                  void *data);

/* What is done to one layer. FALSE without an error where people closed a dialog. */
typedef gboolean (*RunOnLayer)(GimpProcedure *procedure, GimpProcedureConfig *config,
                               GimpImage *image, GimpDrawable *drawable, GError **error);

/* What every such procedure does with what GIMP gives it: refuses more layers than one, and those of
 * another image; runs `with_dialog` where people ask for it, else `alone`; and says how it ended. */
GimpValueArray *run_on_layer(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                             GimpDrawable **drawables, GimpProcedureConfig *config,
                             RunOnLayer with_dialog, RunOnLayer alone);

#endif
