/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lets what holes were filled with settle into what is round them.
 */
#ifndef RST_RELAX_H
#define RST_RELAX_H

#include "restorator.h"

enum {
  RST_RELAX_ROUNDS = 16,
  RST_RELAX_REACH = 2 * RST_RELAX_ROUNDS /* samples: what lies farther away changes no bit */
};

/* What rst_relax() needs of memory for so many pixels with holes. */
size_t rst_relax_scratch(size_t pixels); /* floats */

/* Of `rgb` (height, width, 3) the pixels of a box where `hole` (height, width) is above 0, from what
 * they have to what is smooth: toward the least ∫ |∇u|² + 3 |Δu|², pixels beyond the picture
 * mirrored. A few rounds, since errors that are wider than some pixels are a coarser level's to
 * mend. Ends early when it is cancelled. */
void rst_relax(float *rgb, const unsigned char *hole, int width, int height,
               const rst_rectangle *box, const rst_cancel *cancel, float *scratch);

#endif
