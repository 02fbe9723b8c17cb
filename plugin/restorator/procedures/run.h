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

#endif
