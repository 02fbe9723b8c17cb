/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filling the caller's rst_error. Every function here allows error = NULL and returns its code,
 * so that a failure is one statement: return rst_fail (error, …).
 */
#ifndef RST_STATUS_H
#define RST_STATUS_H

#include "restorator.h"

/* Marks a text that hosts translate; po/meson.build knows more marks. */
#define N_(text) text
#define NC_(context, text) text

/* `subject`, `value` and `choices` may be NULL; `format` makes the English message. */
rst_status rst_fail(rst_error *error, rst_status code, const char *subject, const char *value,
                    const char *choices, const char *format, ...)
  __attribute__((format(printf, 6, 7)));

/* RST_OUT_OF_RANGE: "`name` is `value`, must be low…high"; numbers as short as they read back. */
rst_status rst_fail_range(rst_error *error, const char *name, const char *value, double low,
                          double high);

rst_status rst_fail_memory(rst_error *error);
rst_status rst_fail_cancelled(rst_error *error);
rst_status rst_fail_call(rst_error *error, const char *what);

#endif
