/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files, through libvips: what may be read and written, and how.
 */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "io/format.h"
#include "restorator.h"

/* Starts libvips with so many threads (0: its own choice). Ends with vips_shutdown(). */
bool file_init(int threads, GError **error);

/* The format of that name, which is a suffix without the dot. NULL and an error without one. */
const cli_format *file_format_named(const char *name, GError **error);
/* Whether a file's name ends as a format's files do. */
bool file_is_picture_name(const char *path);
/* The suffix that its files get, with the dot. */
const char *file_suffix(const cli_format *format);

/* Whether a file could be written there: nothing else is, such as a device, a pipe or a folder, and
 * its folder is there and writable. */
bool file_check_place(const char *path, GError **error);
/* The format that a file's suffix stands for, once that file could be written: its folder is
 * there and writable. NULL and an error otherwise. */
const cli_format *file_output_format(const char *path, GError **error);
/* Whether a file that is there may be replaced: its permissions are asked, since renaming would
 * not ask them. */
bool file_check_writable(const char *path, GError **error);
/* Whether the format can hold a picture of that size whose pixels are as `image` has them: their
 * depth, their transparency. `reduce`: losing depth and transparency is wanted. */
bool file_check_fit(const cli_format *format, VipsImage *image, int width, int height, bool reduce,
                    const char *path, GError **error);
/* Whether writing and reading again changes pixels. */
bool file_is_lossy(const cli_format *format);
bool file_holds_floats(const cli_format *format);
/* The most bytes of XMP that such a file holds: libvips drops longer ones. */
size_t file_xmp_limit(const cli_format *format);

/* Opens a picture's file: its header and metadata are there, its pixels are not read yet, come
 * from top to bottom, and may be of any kind. Unref the image. NULL and an error where it is none
 * of the formats. */
VipsImage *file_open(const char *path, GError **error);
/* Writes a picture, whose pixels are read as they are needed. The file appears complete or not at
 * all; `cancel` stops it. */
bool file_write(VipsImage *image, const cli_format *format, const char *path, rst_cancel *cancel,
                GError **error);

#endif
