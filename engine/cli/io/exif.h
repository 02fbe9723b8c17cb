/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EXIF on its way from file to file: a block of bytes, laid out as TIFF, that travels with an image
 * as VIPS_META_EXIF_NAME. libvips would take it apart and lose what it does not know.
 */
#ifndef CLI_EXIF_H
#define CLI_EXIF_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "tiff_directory.h"

/* Gives an image that was opened from a TIFF file, from the directory at `directory`, what that
 * says: what describes the picture, the camera's settings, and the place. A file without any, or a
 * malformed one, gives what can be read of it. */
void exif_read_tiff(const cli_tiff *tiff, guint64 directory, VipsImage *image);

/* The image's block as it describes a picture that is written: upright, of the image's size, and
 * without the thumbnail, which shows the picture as it was. No more than `limit` bytes: where there
 * are more, the longest values are left out, and `shortened` is set. NULL without EXIF, and where it
 * is malformed, which sets `malformed`. Unref it. */
GBytes *exif_block(VipsImage *image, gsize limit, bool *shortened, bool *malformed);

/* Gives the image the resolution that its EXIF has, where libvips found none elsewhere. */
void exif_set_resolution(VipsImage *image);
/* The same of how it has to be turned. */
void exif_set_orientation(VipsImage *image);
/* Whether the image's EXIF has a description of the picture. */
bool exif_describes(VipsImage *image);

/* Adds the image's EXIF, and `more` fields of the main directory, to the TIFF file at `fd`, just
 * written in this machine's byte order, and open for reading and writing. False where the EXIF is
 * malformed, which leaves it out, or the file cannot be written to: `fault` says why (errno), else it
 * is 0. */
bool exif_add_to_tiff(int fd, VipsImage *image, const GArray *more, int *fault);

#endif
