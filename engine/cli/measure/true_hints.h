/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints as someone would give them who knows the picture's true colours (after Zhang et al.
 * 2017, Real-time user-guided image colorization with learned deep priors, section 4): one after the
 * other, each in the middle of the area whose colours are the most wrong by then, and of the colour
 * that is true there (the mean of 7 × 7 pixels). An area is pixels that hang together and are more
 * than 10 CIEDE2000 off, in the mean of 5 × 5 (more than half the largest of these where none is so
 * far off); the sum counts; its middle is what lies the deepest in it.
 */
#ifndef CLI_TRUE_HINTS_H
#define CLI_TRUE_HINTS_H

#include "measure/raster.h"
#include "restorator.h"

/* Gives `colours` (height, width, 3), joined with the picture by mode, so many hints, which also go
 * into `hints` (count). Before and after it, `ciede2000` has the mean distance to the truth. The
 * window is the whole picture. */
rst_status true_hints_give(const cli_raster *truth, const cli_raster *grey, int count,
                           rst_session *session, rst_cancel *cancel, float *colours,
                           rst_hint *hints, double ciede2000[2], rst_error *error);

#endif
