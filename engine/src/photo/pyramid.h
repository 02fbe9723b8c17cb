/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pyramid that a picture with holes is mended on: each level halves the one before. A sample is
 * the mean of what is known of 2 × 2, and a hole where nothing is. Level 0 is the picture itself, of
 * which no more than the holes is kept here; of the others, the blocks near holes.
 */
#ifndef RST_PYRAMID_H
#define RST_PYRAMID_H

#include "restorator.h"

enum {
  RST_PYRAMID_LEVELS = 9, /* the picture and 8 more */
  RST_PYRAMID_LEAST = 8   /* a level with a shorter side is the last one */
};

typedef struct rst_level {
  int width, height;
  rst_rectangle holes; /* the box that all of them are in; width 0: there are none */
  unsigned char *hole; /* (height, width): 0, or 1 in a hole; owned */
  /* All but level 0: */
  float *rgb;          /* (height, width, 3), 0…1; owned */
  unsigned char *wanted; /* of each block of samples: whether it is needed; owned */
} rst_level;

typedef struct rst_pyramid {
  int count; /* levels; the last one has no holes, or there is no smaller one */
  rst_level levels[RST_PYRAMID_LEVELS];
} rst_pyramid;

/* Where the holes are: `mask` (height, width) of the box, above 0 in a hole. No more of a level is
 * touched than where they may be. Errors: RST_NO_MEMORY. */
rst_status rst_pyramid_new(const rst_picture *picture, const rst_rectangle *box,
                           const unsigned char *mask, rst_pyramid *pyramid, rst_error *error);
void rst_pyramid_clear(rst_pyramid *pyramid);
/* Reads the picture and makes all blocks that rst_pyramid_enlarge(), rst_relax() and rst_follow() look at for the
 * holes; the holes of the last level get the mean of all that is known. Errors: RST_HOST_FAILED,
 * RST_CANCELLED, RST_NO_MEMORY. */
rst_status rst_pyramid_read(rst_pyramid *pyramid, const rst_picture *picture,
                            const rst_cancel *cancel, rst_error *error);
/* What the coarser level gives for a hole of one that is not the last: bilinear. */
void rst_pyramid_enlarge(const rst_pyramid *pyramid, int level, int x, int y, float rgb[3]);

#endif
