/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Grain: what a mended place lacks of the fine noise that the picture has beside it.
 */
#ifndef RST_GRAIN_H
#define RST_GRAIN_H

/* Noise that is white but for what each sample has of those beside it. */
typedef struct rst_grain {
  float amplitude; /* 0: nothing is missing */
  float beside;    /* 0…½ of a neighbour's, along each axis */
} rst_grain;

/* What `luma` (height, width), 0…1, NaN where it is not known, lacks where it is `mended` (height, width).
 * `scratch`: twice (height, width). */
void rst_grain_measure(const float *luma, const unsigned char *mended, int width, int height,
                       float *scratch, rst_grain *grain);
/* White noise of a rectangle of the picture: the same pixel has the same at any time. */
void rst_grain_draw(int x, int y, int width, int height, float *white);
/* What is to be added to a pixel, from such noise of (height, width) and the pixel's place in it, not
 * at its edge. */
float rst_grain_at(const rst_grain *grain, const float *white, int width, int x, int y);

#endif
