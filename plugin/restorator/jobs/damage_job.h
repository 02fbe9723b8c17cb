/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The damage of an old photograph as a selection.
 */
#ifndef DAMAGE_JOB_H
#define DAMAGE_JOB_H

#include <libgimp/gimp.h>

/* Selects what is damaged of the selected part of a layer, at the sensitivity of a run's arguments,
 * with progress, and says so where that is nothing. */
gboolean damage_job_run(GimpProcedureConfig *config, GimpImage *image, GimpDrawable *drawable,
                        GError **error);

#endif
