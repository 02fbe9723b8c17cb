/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small parts that several widgets are made of.
 */
#ifndef WIDGET_UTIL_H
#define WIDGET_UTIL_H

#include <gtk/gtk.h>

/* A button with an icon alone, described. */
GtkWidget *widget_icon_button(const char *icon, const char *name, const char *text);
/* A wrapped text that is hidden while it is empty; `class`: of its style, or NULL. */
GtkWidget *widget_note(const char *class);
void widget_set_note(GtkWidget *note, const char *text);
/* Long entries do not widen a combo box. */
void widget_shorten(GtkWidget *combo);

/* The controls beside a view in a column that scrolls where the window is too low, and leaves what
 * there is of its width to the view. */
GtkWidget *widget_scrolled_column(GtkWidget *controls);

/* What a key asks for: −1 to undo (Ctrl+Z), 1 to redo (Ctrl+Shift+Z or Ctrl+Y), 0 neither. */
int widget_undo_step(const GdkEventKey *event);
/* The pointer over a widget, where that is on the screen; NULL: the usual one. */
void widget_set_cursor(GtkWidget *widget, const char *name);
/* Whether a key was pressed without any modifier, or with Shift alone. */
gboolean widget_is_plain_key(const GdkEventKey *event);
/* How many steps a wheel was turned, up is above 0; parts of steps where it is smooth. */
double widget_scrolled(const GdkEventScroll *event);

#endif
