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

/* What all of them begin with: whether there is one layer, of that image. */
gboolean run_is_single(GimpImage *image, GimpDrawable **drawables, GError **error);
/* … and end with; takes over the error, NULL for none. */
GimpValueArray *run_finish(GimpProcedure *procedure, GimpRunMode run_mode, GError *error);

#endif
