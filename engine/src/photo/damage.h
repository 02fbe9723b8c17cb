/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What finding damage and choosing what counts agree on: how a byte says how sure it is.
 */
#ifndef RST_DAMAGE_H
#define RST_DAMAGE_H

#include <math.h>

/* How sure it is, 0…255, where the odds have that logarithm: the share, 255 / (1 + e^−x), of x, a third
 * of it, so that what is nearly sure keeps its differences. */
static inline double rst_sureness(double odds) {
  return 255 / (1 + exp(-odds / 3));
}

#endif
