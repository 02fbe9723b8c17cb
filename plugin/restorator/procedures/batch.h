/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run of the procedure that restores files.
 */
#ifndef BATCH_H
#define BATCH_H

#include <libgimp/gimp.h>

/* Adds what a run gives back: `done`, `skipped`, `failed`, and `reasons`, one for each that
 * failed. */
void batch_add_results(GimpProcedure *procedure);

/* A GimpRunFunc. */
GimpValueArray *batch_run(GimpProcedure *procedure, GimpProcedureConfig *config, void *data);

#endif
