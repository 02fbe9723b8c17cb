/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a hint's colour is chosen: what the model proposes, likeliest first, the colours used last,
 * any other colour, one from the picture, or the restored colour itself, as a pin.
 */
#ifndef HINT_POPOVER_H
#define HINT_POPOVER_H

#include <gtk/gtk.h>

#include "preview/preview.h"
#include "widgets/hints.h"

typedef struct hint_popover hint_popover;

/* `pick` is called where someone wants a colour from the picture: hint_popover_choose() or
 * hint_popover_cancel() has to follow. All have to outlive it. */
hint_popover *hint_popover_new(RestoratorHints *hints, preview *p, void (*pick)(gpointer user),
                               gpointer user);
void hint_popover_free(hint_popover *h);

/* Opens it for a hint beside a widget, or a place of it (NULL: the widget). A `fresh` hint, which
 * is held, is removed again where no colour is chosen for it. */
void hint_popover_open(hint_popover *h, int index, gboolean fresh, GtkWidget *beside,
                       const GdkRectangle *place);
/* The preview may know more colours by now. */
void hint_popover_update(hint_popover *h);
/* The hint that a choice is for; −1: none. */
int hint_popover_get_index(const hint_popover *h);
/* Gives the hint a colour; NULL makes it a pin. */
void hint_popover_choose(hint_popover *h, const float rgb[3]);
/* No choice is made. */
void hint_popover_cancel(hint_popover *h);

/* For tests: the popover, NULL while it is closed. */
GtkWidget *hint_popover_get_widget(const hint_popover *h);

#endif
