/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RST_PARAMETERS_H
#define RST_PARAMETERS_H

#include "restorator.h"

/* What can be told without a model: the values of a struct that may have been filled by hand.
 * Errors: RST_BAD_CALL, RST_OUT_OF_RANGE, RST_WRONG_TYPE. */
rst_status rst_parameters_check_values(const rst_parameters *parameters, rst_error *error);

/* A number as JSON has it, or one that begins with its point; false where the text is none. */
bool rst_read_real(const char *text, double *number);

/* The shortest text that reads back to the same bits; false where `size` bytes do not hold it or
 * it is not finite. */
bool rst_write_real(double number, char *text, size_t size);

#endif
