/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RST_PARAMETERS_H
#define RST_PARAMETERS_H

#include "restorator.h"

/* Points a caller's parameters at whole ones: `storage`, where they are an older program's, with
 * defaults for those that it does not know. False where they are none. */
bool rst_complete_parameters(const rst_parameters **given, rst_parameters *storage);

/* What can be told without a model: the values of a struct that may have been filled by hand.
 * Errors: RST_BAD_CALL, RST_OUT_OF_RANGE, RST_WRONG_TYPE. */
rst_status rst_parameters_check_values(const rst_parameters *parameters, rst_error *error);

/* Whether the sampler of these parameters reads one of that name. */
bool rst_sampler_reads(const rst_parameters *parameters, const char *name);

#endif
