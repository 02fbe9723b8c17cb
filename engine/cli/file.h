/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files, through libvips: what may be read and written, and how.
 */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"

/* Starts libvips with so many threads (0: its own choice). Ends with vips_shutdown(). */
bool file_init(int threads, GError **error);

typedef struct cli_format cli_format;

/* The format of that name, which is a suffix without the dot. NULL and an error without one. */
const cli_format *file_format_named(const char *name, GError **error);
/* Whether a file's name ends as a format's files do. */
bool file_is_picture_name(const char *path);
/* The suffix that its files get, with the dot. */
const char *file_suffix(const cli_format *format);

/* The format that a file's suffix stands for, once that file could be written: its folder is
 * there and writable. NULL and an error otherwise. */
const cli_format *file_output_format(const char *path, GError **error);
/* Whether the format can hold the picture: its depth, its transparency, its size. `force`: losing
 * depth and transparency is wanted. */
bool file_check_fit(const cli_format *format, VipsImage *image, bool force, const char *path,
                    GError **error);
/* Whether what the picture has of EXIF is kept. */
bool file_keeps_exif(const cli_format *format, VipsImage *image);
/* Whether writing and reading again changes pixels. */
bool file_is_lossy(const cli_format *format);
/* The most bytes of XMP that such a file holds: libvips drops longer ones. */
size_t file_xmp_limit(const cli_format *format);

/* Opens a picture's file: its header and metadata are there, its pixels are not read yet, and may
 * be of any kind. Unref the image. NULL and an error where it is none of the formats. */
VipsImage *file_open(const char *path, GError **error);
/* Reads a picture into memory, upright: 8 or 16 bits, grey or R'G'B', with or without alpha. Its
 * metadata and profile are attached. `cancel` stops it. Unref the image. NULL and an error on
 * failure. */
VipsImage *file_read(const char *path, rst_cancel *cancel, GError **error);
/* Writes a picture. The file appears complete or not at all. */
bool file_write(VipsImage *image, const cli_format *format, const char *path, rst_cancel *cancel,
                GError **error);

#endif
