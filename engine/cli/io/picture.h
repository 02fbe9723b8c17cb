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
#include "io/image_source.h"
#include "io/colour_space.h"

typedef struct cli_picture {
  int width, height;  /* of the whole picture */
  VipsImage *held;    /* stored, as it was: what of it the engine reads */
  int held_x, held_y; /* where that lies */
  VipsImage *patch;   /* stored: the restored box */
  int x, y;           /* where the box lies */
  VipsImage *mask;    /* one channel, of the box's size; NULL: all of it is selected */
  cli_colour_space *space;
  int channels;       /* of colour: 1 or 3 */
  bool alpha;         /* one channel more */
  double strength;
  float *native, *restored, *rgb; /* scratch: a row of colours, … */
  void *row, *patch_row;          /* … and of pixels as they are stored */
} cli_picture;

/* Reads from `source` what restoring the box needs, and gets the box ready
 * to be written into. Clear the picture in any case. */
bool picture_open(cli_picture *picture, const cli_image_source *source, const rst_rectangle *box,
                  const rst_parameters *parameters, GError **error);
/* A picture that is all zeros is allowed. */
void picture_clear(cli_picture *picture);
/* Selects within the box by one channel of the box's size, which is kept: white is selected. */
void picture_select(cli_picture *picture, VipsImage *mask);

/* Makes the box a picture of its own, resampled to `width` × `height` pixels, mask included. */
bool picture_sample(cli_picture *sized, const cli_picture *picture, int width, int height,
                    GError **error);
/* The engine's view, valid as long as the picture. */
void picture_view(cli_picture *picture, rst_picture *view);
/* The whole picture of that source with the restored box in its place, or, of a picture made by
 * picture_sample() (`source` is NULL), that picture; its metadata can be changed. Unref it. NULL
 * and an error on failure. */
VipsImage *picture_result(const cli_picture *picture, const cli_image_source *source,
                          GError **error);

#endif
