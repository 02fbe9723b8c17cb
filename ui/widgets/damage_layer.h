/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The damage of a photograph in red: a layer over the view, shown while it is switched on and for a
 * while after it has changed.
 */
#ifndef DAMAGE_LAYER_H
#define DAMAGE_LAYER_H

#include <gtk/gtk.h>

#include "widgets/view.h"

typedef struct damage_layer damage_layer;

/* `toggle`: the button that switches it on. Both outlive it. */
damage_layer *damage_layer_new(RestoratorView *view, GtkToggleButton *toggle);
void damage_layer_free(damage_layer *l); /* NULL is allowed */
/* What was found; NULL: nothing. */
void damage_layer_set_found(damage_layer *l, const photo_found *found);
/* Shows it for some seconds from now on. */
void damage_layer_flash(damage_layer *l);

#endif
