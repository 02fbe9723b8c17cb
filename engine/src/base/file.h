/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RST_FILE_H
#define RST_FILE_H

#include "restorator.h"

/* Reads a whole regular file of at most `limit` bytes into new memory, one byte of zero behind
 * it. Errors: RST_CANNOT_OPEN, RST_NOT_A_FILE, RST_FILE_TOO_LARGE, RST_NO_MEMORY. */
rst_status rst_read_file(const char *path, size_t limit, void **bytes, size_t *size,
                         rst_error *error);

#endif
