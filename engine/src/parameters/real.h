/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Real numbers as text, the same in every locale.
 */
#ifndef RST_REAL_H
#define RST_REAL_H

#include <stdbool.h>
#include <stddef.h>

/* A number as JSON has it, or one that begins with its point; false where the text is none. */
bool rst_read_real(const char *text, double *number);

/* The shortest text that reads back to the same bits; false where `size` bytes do not hold it or
 * it is not finite. */
bool rst_write_real(double number, char *text, size_t size);

#endif
