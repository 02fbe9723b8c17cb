/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Grain: what a mended place lacks of the fine noise that the picture has beside it.
 */
#ifndef RST_GRAIN_H
#define RST_GRAIN_H

/* What is known of a sample. */
typedef enum rst_grain_sample {
  RST_GRAIN_KNOWN,
  RST_GRAIN_MENDED,
  RST_GRAIN_MISSING
} rst_grain_sample;

/* Noise that is white but for what each sample has of those beside it. */
typedef struct rst_grain {
  float amplitude; /* 0: nothing is missing */
  float beside;    /* 0…½ of a neighbour's, along each axis */
} rst_grain;

/* What `luma` (height, width), 0…1, lacks where it is mended; `samples` (height, width) holds
 * rst_grain_sample. `scratch`: (height, width). */
void rst_grain_measure(const float *luma, const unsigned char *samples, int width, int height,
                       float *scratch, rst_grain *grain);
/* What is to be added to a pixel of the picture. The same pixel has the same noise at any time. */
float rst_grain_at(const rst_grain *grain, int x, int y);

#endif
