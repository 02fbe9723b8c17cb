/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EXIF in a WebP file (RFC 9649, 2.7), as it is: libvips would lose what it does not know.
 */
#ifndef CLI_WEBP_H
#define CLI_WEBP_H

#include <glib.h>
#include <stdbool.h>

/* Adds a block to a file that has none, of a picture of that size. False where the file is none. */
bool webp_add_exif(GByteArray *file, GBytes *exif, int width, int height, bool alpha);

#endif
