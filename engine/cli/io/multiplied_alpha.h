/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures whose colours are stored times alpha.
 */
#ifndef CLI_MULTIPLIED_ALPHA_H
#define CLI_MULTIPLIED_ALPHA_H

#include <vips/vips.h>

/* libvips divides by alpha and rounds down; rounded to the nearest, the colours times alpha are
 * what the file has. Of pictures of 8 and 16 bits; others stay. Takes the reference and returns
 * another; NULL on failure. */
VipsImage *multiplied_alpha_round(VipsImage *image);

#endif
