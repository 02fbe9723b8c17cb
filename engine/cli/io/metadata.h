/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What describes a picture, from file to file. Profile, XMP and resolution are libvips' matter.
 * EXIF it takes apart, and loses what it does not know; IPTC in TIFF, comments and PNG's texts it
 * loses or garbles: these go beside it, byte by byte, in fields of the image that are this file's
 * own.
 */
#ifndef CLI_METADATA_H
#define CLI_METADATA_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "io/jpeg.h"
#include "png_colour.h"
#include "tiff_directory.h"

typedef enum metadata_format {
  METADATA_JPEG,
  METADATA_PNG,
  METADATA_TIFF,
  METADATA_WEBP
} metadata_format;

/* Give an image what its file says. */
void metadata_from_jpeg(const jpeg_head *head, VipsImage *image);
void metadata_from_png(const png_head *head, VipsImage *image);
void metadata_from_tiff(const cli_tiff *tiff, guint64 directory, VipsImage *image);
/* Of a picture that is upright: its XMP, where it tells an orientation, says so too. */
void metadata_set_upright(VipsImage *image);
/* Gives it a profile, or none (NULL). */
void metadata_set_profile(VipsImage *image, GBytes *profile);

/* Takes from an image what libvips would write its own way. */
void metadata_hide(VipsImage *image);
/* What goes into a file of that image beside what libvips writes: segments of JPEG, chunks of PNG.
 * What the format does not hold is said, of the file `path`. */
GByteArray *metadata_for_jpeg(VipsImage *image, const char *path);
GByteArray *metadata_for_png(VipsImage *image, const char *path);
/* The same into a file that is just written: all of its bytes, and a descriptor. False where the file
 * cannot be written to: errno says why. */
void metadata_add_to_webp(GByteArray *file, VipsImage *image, const char *path);
bool metadata_add_to_tiff(int fd, VipsImage *image, const char *path);

#endif
