/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints on the picture: a layer over the view that draws them and takes mouse and keys while
 * it is switched on.
 *
 * Mouse: a click adds a hint and lets its colour be chosen, a click on one lets it be changed, a drag
 * moves it, the right button pins, Control and the wheel change its reach. Keys: Insert adds one in
 * the middle, Page Up and Page Down select, arrows move the selected one, Return chooses its colour,
 * P pins it, Delete removes it, Escape lets it go.
 */
#ifndef HINT_LAYER_H
#define HINT_LAYER_H

#include <gtk/gtk.h>

#include "widgets/panel.h"
#include "widgets/view.h"

typedef struct hint_layer hint_layer;

/* `toggle`: the button that switches it on and off. All outlive it. */
hint_layer *hint_layer_new(RestoratorView *view, RestoratorPanel *panel, preview *p,
                           GtkToggleButton *toggle);
void hint_layer_free(hint_layer *l); /* NULL is allowed */
/* The preview has reported something. */
void hint_layer_update(hint_layer *l);
/* The picture has another size. */
void hint_layer_set_size(hint_layer *l, int width, int height);

/* For tests: the popover with the swatches; NULL while it is closed. */
GtkWidget *hint_layer_get_popover(const hint_layer *l);

#endif
