/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The encoding of a scalar (a coordinate, the time) as a vector.
 */
#ifndef RST_SCALAR_ENCODING_H
#define RST_SCALAR_ENCODING_H

#include "network/model.h"

/* Learned, N bands even, h = N/2: ladder f_i = 10000^(i/(h+1)), i = 0…h; the N+1 distinct values
 * of {1/f_i} ∪ {f_i}, ascending; band j lies between values j and j+1: centre = their mean, half
 * range = half their difference; frequency = centre + tanh(δ_j) · half range;
 *   e_j = (w_j0 sin 2π f x + w_j1 cos 2π f x + b_j) · tanh(g_j); the output is [x, e_0 … e_{N−1}].
 * Fixed: x · 10000^(−2i/N), i = 0 … N/2 − 1: all sines, then all cosines.
 *
 * Phases reach 6·10⁴, so all of it is double until the end. `frequencies` (bands) comes from
 * rst_encoding_frequencies(); `encoded` has encoding->width values. */
void rst_encoding_frequencies(const rst_scalar_encoding *encoding, double *frequencies);
void rst_encode_scalar(const rst_scalar_encoding *encoding, const double *frequencies, double x,
                       float *encoded);

#endif
