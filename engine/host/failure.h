/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Failures of the preview's own, as the engine reports its.
 */
#ifndef FAILURE_H
#define FAILURE_H

#include <restorator.h>

/* Fills the error (NULL is allowed) and returns the status. */
rst_status failure(rst_error *error, rst_status status, const char *message);
rst_status failure_of_memory(rst_error *error);
/* One of the caller's picture functions has failed. */
rst_status failure_of_picture(rst_error *error);

#endif
