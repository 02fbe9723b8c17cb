/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lets the lines of a picture go on through what holes were filled with.
 */
#ifndef RST_FOLLOW_H
#define RST_FOLLOW_H

#include "restorator.h"

enum {
  RST_FOLLOW_ROUNDS = 24,
  RST_FOLLOW_SEEN = 8 /* pixels: how far one of a hole looks for the way that lines go */
};

/* Floats of scratch that rst_follow() needs for so many pixels in holes. */
size_t rst_follow_scratch(size_t pixels);
/* Widens a box of pixels of a picture (height, width) by what their colours depend on: the holes that
 * they hang together with, so far as that counts, and what these look at. */
rst_rectangle rst_follow_sees(const unsigned char *hole, int width, int height,
                              const rst_rectangle *box);
/* Of `rgb` (height, width, 3) the pixels of a box that `hole` (height, width) marks as RST_HOLE, from
 * what is smooth to what goes on along the lines beside it, edges repeated; `hole` may mark others,
 * which keep their colours. `scratch`: rst_follow_scratch() of as many pixels as the box has
 * marked. Ends early when it is cancelled. */
void rst_follow(float *rgb, const unsigned char *hole, int width, int height,
                const rst_rectangle *box, const rst_cancel *cancel, float *scratch);

#endif
