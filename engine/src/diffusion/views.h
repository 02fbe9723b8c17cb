/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A part that is seen through several windows: its own, and one round each face. A point's colour
 * is the mean of what the network says in each, weighed by how well the window knows it.
 */
#ifndef RST_VIEWS_H
#define RST_VIEWS_H

#include "restorator.h"

/* How much a face's window counts at a place: 1 where the face is, 0 beyond the head, since it
 * knows less of what is behind that than the part's own window. */
double rst_view_weight(const rst_window *window, double x, double y);

#endif
