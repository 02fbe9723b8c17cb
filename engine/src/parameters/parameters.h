/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RST_PARAMETERS_H
#define RST_PARAMETERS_H

#include "restorator.h"

#define RST_VALUE_MAX \
  128 /* bytes that hold any value as text but what is a text and nothing else */

/* Points a caller's parameters at whole ones: where they are an older program's, at `own`, which is
 * to be freed (RST_FREED), with defaults for those that it does not know. They are too large for a
 * stack. Errors: RST_BAD_CALL, of `call`, where they are none; RST_NO_MEMORY. */
rst_status rst_whole_parameters(const rst_parameters **given, rst_parameters **own,
                                const char *call, rst_error *error);

/* The text of a parameter that is nothing else, "model", "hints", "faces"; NULL for others. */
const char *rst_parameters_text(const rst_parameters *parameters, const rst_parameter *entry);

/* Whether a value, of whole parameters, can be what it is. Errors: as below. */
rst_status rst_parameters_check_value(const rst_parameters *parameters, const rst_parameter *entry,
                                      rst_error *error);

/* Whether two have the same value; `b` NULL stands for the default. */
bool rst_parameters_same(const rst_parameters *a, const rst_parameters *b,
                         const rst_parameter *entry);

/* What can be told without a model: the values of a struct that may have been filled by hand.
 * Errors: RST_BAD_CALL, RST_OUT_OF_RANGE, RST_WRONG_TYPE. */
rst_status rst_parameters_check_values(const rst_parameters *parameters, rst_error *error);

/* A copy to be freed; NULL where memory ran out. */
rst_parameters *rst_parameters_copy(const rst_parameters *parameters);

/* Whether the sampler of these parameters reads one of that name. */
bool rst_sampler_reads(const rst_parameters *parameters, const char *name);

#endif
