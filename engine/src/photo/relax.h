/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lets what holes were filled with settle into what is round them.
 */
#ifndef RST_RELAX_H
#define RST_RELAX_H

#include "restorator.h"

enum {
  RST_RELAX_ROUNDS = 16,
  RST_RELAX_STEP = 2, /* samples: how far a round looks beyond a hole */
  RST_RELAX_REACH = RST_RELAX_STEP * RST_RELAX_ROUNDS /* what lies farther away changes no bit */
};

/* Floats of scratch that rst_relax() needs for so many pixels in holes. */
size_t rst_relax_scratch(size_t pixels);

/* Of `rgb` (height, width, 3) the pixels of a box where `hole` (height, width) is above 0, from what
 * they have to what is smooth: toward the least ∫ |∇u|² + 3 |Δu|², pixels beyond the picture
 * mirrored. A few rounds, since errors that are wider than some pixels are a coarser level's to
 * mend. `scratch`: rst_relax_scratch() of as many pixels as the box has of holes. Ends early when it is
 * cancelled. */
void rst_relax(float *rgb, const unsigned char *hole, int width, int height,
               const rst_rectangle *box, const rst_cancel *cancel, float *scratch);

#endif
