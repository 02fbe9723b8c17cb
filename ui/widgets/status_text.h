/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a preview is, in words.
 */
#ifndef STATUS_TEXT_H
#define STATUS_TEXT_H

#include "preview/status.h"

/* What is being done, and for how long; to be freed. NULL for nothing. */
char *status_text_of_phase(const preview_status *s);
/* How many of the pixels are restored, where that can be said; to be freed. NULL: not. */
char *status_text_of_pixels(const preview_status *s);
/* How much of what is being done is done, 0…1. */
double status_fraction(const preview_status *s);

#endif
