/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture's file opened for reading, once: what others do to it meanwhile ends in an error.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

/* A descriptor of a regular file, or of memory that holds all that a pipe gave. −1 and an error
 * for a folder, an empty file, a device that is no pipe, more than fits. */
int input_open(const char *path, GError **error);

/* Reads it from its beginning by read(): never mapped, since a map of a file that shrinks kills
 * the program. The descriptor stays the caller's and open for as long as the source lives. */
VipsSource *input_source(int fd);
/* The same, with `size` bytes at `at` that are others than the file's: 8 at most. */
VipsSource *input_source_with(int fd, gint64 at, const guint8 *bytes, gsize size);

#endif
