/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What finding damage and choosing what counts agree on: how a byte says how sure it is.
 */
#ifndef RST_SURENESS_H
#define RST_SURENESS_H

#include <math.h>

/* The logarithm of a share's odds. */
static inline double rst_logit(double share) {
  return log(share / (1 - share));
}

/* How sure it is, 0…255, where the odds have that logarithm: the share, 255 / (1 + e^−x), of x, a third
 * of it, so that what is nearly sure keeps its differences. */
static inline double rst_sureness(double odds) {
  return 255 / (1 + exp(-odds / 3));
}

/* The byte, 1…255, for odds of that logarithm; 0 stands for no picture there. */
static inline unsigned char rst_to_byte(double odds) {
  return (unsigned char)fmax(rst_sureness(odds) + 0.5, 1);
}

/* The logarithm of the odds of a byte but 0. */
static inline double rst_odds(int byte) {
  return -3 * log(255 / fmin(byte, 254.75) - 1);
}

#endif
