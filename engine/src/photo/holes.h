/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the holes of a map are.
 */
#ifndef RST_HOLES_H
#define RST_HOLES_H

#include "restorator.h"

/* What marks a hole's pixel in a map of bytes; 0 is none, other bytes are their maps' own. */
enum { RST_HOLE = 1 };

/* The box of the holes that lie both in the square of `side` pixels at (x, y) and in `within`, of a map
 * whose rows have `width` pixels; false where there are none. */
bool rst_find_holes(const unsigned char *hole, int width, const rst_rectangle *within, int x, int y,
                    int side, rst_rectangle *box);

#endif
