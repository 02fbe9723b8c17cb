/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture in memory as the engine's host: its own values and colour space on this side, sRGB
 * float on the engine's.
 */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"
#include "space.h"

typedef struct cli_picture {
  VipsImage *image;   /* as it was */
  VipsImage *patch;   /* the restored box, NULL before picture_begin() */
  int x, y;           /* where the box lies */
  VipsImage *mask;    /* one channel, of the picture's size; NULL: all is selected */
  cli_space *space;
  int channels;       /* of colour: 1 or 3 */
  bool alpha;         /* one channel more */
  double strength;
  float *native, *restored, *rgb; /* scratch: a row of colours */
} cli_picture;

/* Takes a picture from file_read(); a reference is held. A grey one becomes sRGB unless
 * `keep_grey`. */
bool picture_init(cli_picture *picture, VipsImage *image, bool keep_grey, GError **error);
void picture_clear(cli_picture *picture);
/* Selects by a picture from file_read(): white is selected. */
bool picture_set_mask(cli_picture *picture, VipsImage *mask, GError **error);

/* Gets the box (x, y, width, height) ready to be written into. */
bool picture_begin(cli_picture *picture, const int box[4], double strength, GError **error);
/* Makes the box a picture of its own, resampled to `width` × `height` pixels, mask included. */
bool picture_sample(cli_picture *sized, const cli_picture *picture, int width, int height,
                    GError **error);
/* The engine's view, after picture_begin(); valid as long as the picture. */
void picture_view(cli_picture *picture, rst_picture *view);
/* The picture with the restored box in its place. Unref it. NULL on failure. */
VipsImage *picture_result(cli_picture *picture, GError **error);

#endif
