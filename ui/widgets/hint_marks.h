/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a hint is drawn: a small disc of its colour, with a rim seen on any ground. A pin's disc is
 * white with a dark point.
 */
#ifndef HINT_MARKS_H
#define HINT_MARKS_H

#include <gtk/gtk.h>
#include <restorator.h>

enum { HINT_RADIUS = 7 }; /* of a disc with its rim */

/* At (x, y); `selected`: with a second ring; `faint`: where it has no effect. */
void hint_marks_draw(cairo_t *cr, double x, double y, const rst_hint *hint, gboolean selected,
                     gboolean faint);
/* A disc for an image beside words; a square of a colour for a button. */
cairo_surface_t *hint_marks_new_disc(GtkWidget *widget, const rst_hint *hint);
cairo_surface_t *hint_marks_new_swatch(GtkWidget *widget, const float rgb[3]);

/* Where weights (height, width) pass one half, as a soft line: an A8 surface of `zoom` pixels a
 * sample. */
cairo_surface_t *hint_marks_new_contour(const float *weights, int width, int height, double zoom);

#endif
