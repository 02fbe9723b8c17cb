/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours that hints were given last, kept for the next picture.
 */
#ifndef HINT_COLOURS_H
#define HINT_COLOURS_H

enum { HINT_COLOURS_MAX = 7 };

/* The newest first: `colours` (HINT_COLOURS_MAX). How many there are. */
int hint_colours_read(float colours[][3]);
/* The colour has been used. */
void hint_colours_note(const float rgb[3]);

#endif
