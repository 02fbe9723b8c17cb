/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of a region share: parts and windows, bands, reading a picture.
 */
#ifndef RST_REGION_H
#define RST_REGION_H

#include "restorator.h"

/* How many rows of so many pixels are read or restored at a time: enough to keep all threads busy,
 * few enough to be small beside the picture. */
int rst_band_rows(int width, int height);

rst_status rst_fail_host(rst_error *error);
/* The host's callback has failed, or the picture's token was set meanwhile. */
rst_status rst_fail_reading(const rst_picture *picture, rst_error *error);

/* Points a caller's picture at a whole one. False where it is none, or a bad one. */
bool rst_take_picture(const rst_picture **given, rst_picture *storage);

/* A box (NULL: all of the picture) inside the picture; false where nothing of it is. */
bool rst_clip(const rst_picture *picture, const rst_rectangle *box, rst_rectangle *inside);
/* Points a caller's box, NULL for all of the picture, at one. False where it reaches beyond it. */
bool rst_box_in(const rst_picture *picture, const rst_rectangle **box, rst_rectangle *storage);

/* Coverage of a rectangle: what is selected, where alpha is above 0. `rgba` holds its pixels
 * afterwards. */
bool rst_read_covered(const rst_picture *picture, int x, int y, int w, int h, float *rgba,
                      float *coverage);

#endif
