/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of the procedure: checks, restores, commits.
 */
#ifndef RUN_H
#define RUN_H

#include <libgimp/gimp.h>

/* A GimpRunImageFunc. All is computed before anything is written, so that a run that fails or is
 * killed leaves the image as it was. */
GimpValueArray *restorator_run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
                               GimpDrawable **drawables, GimpProcedureConfig *config, void *data);

#endif
