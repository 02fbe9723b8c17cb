/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RST_PARAMETERS_H
#define RST_PARAMETERS_H

#include "restorator.h"

/* What can be told without a model: the values of a struct that may have been filled by hand.
 * Errors: RST_BAD_CALL, RST_OUT_OF_RANGE, RST_WRONG_TYPE. */
rst_status rst_parameters_check_values(const rst_parameters *parameters, rst_error *error);

#endif
