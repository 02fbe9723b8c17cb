/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures whose colours are stored times alpha.
 */
#ifndef CLI_MULTIPLIED_ALPHA_H
#define CLI_MULTIPLIED_ALPHA_H

#include <vips/vips.h>

/* Divides the colours of 8 bits, 16 or floats by alpha, rounded to the nearest: times alpha and
 * rounded again they are what the file has, which cannot be said of libvips' own way, down and in
 * floats. Black where alpha is 0. Takes the reference and returns another; NULL on failure. */
VipsImage *multiplied_alpha_divide(VipsImage *image);

#endif
