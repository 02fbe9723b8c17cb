/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is drawn over a picture, light on dark so that it is seen on every one. Places are the
 * widget's pixels.
 */
#ifndef MARKS_H
#define MARKS_H

#include <gtk/gtk.h>
#include <restorator.h>

/* Strokes the path, and forgets it. */
void marks_stroke(cairo_t *cr, double width);
/* `across`, `down`: which of its corners is at (x, y), 0 or 1 each. */
void marks_draw_label(GtkWidget *widget, cairo_t *cr, double x, double y, int across, int down,
                      const char *text);
/* The line between before and after, with a grip at that share of its height. */
void marks_draw_split(cairo_t *cr, double x, double height, double grip);
/* The windows of a plan, (x, y) of the picture being at the origin. */
void marks_draw_windows(cairo_t *cr, const rst_plan *plan, double x, double y, double zoom);
/* A pixel of the picture, `side` large on the screen, its corner at (x, y). */
void marks_draw_pixel(cairo_t *cr, double x, double y, double side);

/* What the network sees, as a surface of its own. */
cairo_surface_t *marks_new_input(const rst_encoding *encoding);
/* … and at `side` × `side`, its right bottom corner at (right, bottom). */
void marks_draw_input(GtkWidget *widget, cairo_t *cr, cairo_surface_t *input, double right,
                      double bottom, double side);

/* The colours of the uncertainty over `seeds` seeds, 0 to `range`; its right bottom corner. */
void marks_draw_legend(GtkWidget *widget, cairo_t *cr, double right, double bottom, int seeds,
                       double range);

#endif
