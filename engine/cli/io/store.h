/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels that are read and written in any order: in memory, or, of more than 128
 * MiB, in a file without a name, which goes with them.
 */
#ifndef CLI_STORE_H
#define CLI_STORE_H

#include <stdbool.h>
#include <vips/vips.h>

/* All pixels of an image, with its metadata. Unref it. NULL and libvips' error where memory or the
 * disk is full, or reading fails. */
VipsImage *store_new(VipsImage *image);
/* `width` pixels from (x, y) on: where they are, or copied into `scratch`. NULL where the file
 * cannot be read. */
const void *store_read(VipsImage *stored, int x, int y, int width, void *scratch);
/* Puts pixels there. */
bool store_write(VipsImage *stored, int x, int y, int width, const void *pixels);

#endif
