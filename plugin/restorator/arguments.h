/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure's arguments: the engine's table of parameters, and `preset`.
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <libgimp/gimp.h>

#include "engine.h"

/* Adds an argument for each parameter of the table, with its range and default, and `preset`. */
void arguments_add(GimpProcedure *procedure);

/* Fills `parameters` from a run's arguments and gives the preset that took part, NULL for none:
 * the preset sets every parameter it holds, and an argument that differs from its default beats
 * it. Fails with a sentence for people where a value or the preset is bad. */
gboolean arguments_read(GimpProcedureConfig *config, rst_parameters *parameters,
                        rst_preset **preset, GError **error);

#endif
