/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture file to read from, in the form that the program works on: upright, 8 or 16 bits or
 * floats, grey or R'G'B', with or without alpha. Small pictures are read once and held; of large
 * ones no more than the pixels at hand, and the file again each time it is asked.
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"

typedef struct cli_image_source {
  char *path;
  bool keep_grey;     /* else a grey picture becomes sRGB */
  rst_cancel *cancel;
  GStatBuf status;    /* of the file when it was opened */
  int width, height;
  VipsBandFormat format;
  bool grey;          /* the file knows no colours */
  bool half;          /* its floats have 16 bits, which become 32 */
  VipsImage *pixels;  /* all of them; NULL: too many to be held */
} cli_image_source;

/* The most millions of pixels that a picture may have, 1000 as long as nothing else is said: a small
 * file may hold so many that decoding them takes minutes. Before the first picture is opened. A
 * GOptionArgFunc. */
gboolean source_set_limit(const char *option, const char *value, void *data, GError **error);

/* Reads what is there, and refuses by name what the program does not take. A grey picture becomes
 * sRGB unless `keep_grey`. `cancel` stops reading, then and later. */
bool image_source_open(cli_image_source *source, const char *path, bool keep_grey,
                       rst_cancel *cancel, GError **error);
/* All zeros are allowed. */
void image_source_clear(cli_image_source *source);

/* The picture with its metadata and profile; its pixels are read as they are used, and may be
 * used from top to bottom only. Unref it. NULL and an error on failure. */
VipsImage *image_source_stream(const cli_image_source *source, GError **error);
/* Stored pixels (store.h), with metadata and profile, that hold a box of it: no more than that
 * where the picture is not held. Where they begin goes into `x` and `y`. */
VipsImage *image_source_read(const cli_image_source *source, const rst_rectangle *box, int *x,
                             int *y, GError **error);

#endif
