/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The faces on the picture: a layer over the view that draws them while it is switched on, and
 * switches the one whose rim is clicked.
 *
 * A face that was not found is added by dragging a square over it, or with Return, which takes the
 * square in the middle; Escape adds none. The key F switches the layer.
 */
#ifndef FACE_LAYER_H
#define FACE_LAYER_H

#include <gtk/gtk.h>

#include "widgets/face_list.h"
#include "widgets/view.h"

typedef struct face_layer face_layer;

/* The button that switches such a layer on and off, described, and on. */
GtkWidget *face_layer_new_toggle(void);
/* `list`: of the same faces, whose button for adding one goes with the layer; `busy`: the button of
 * what takes clicks before it, or NULL. All outlive it, `p` too. Thread: the main one, as for all of
 * these. */
face_layer *face_layer_new(RestoratorView *view, preview *p, RestoratorFaceList *list,
                           GtkToggleButton *toggle, GtkToggleButton *busy);
void face_layer_free(face_layer *l); /* NULL is allowed */
/* The preview has reported something. */
void face_layer_update(face_layer *l);
/* The picture has another size, in pixels. */
void face_layer_set_size(face_layer *l, int width, int height);
/* Whether faces count with what is set; else none is shown. */
void face_layer_set_used(face_layer *l, gboolean used);

#endif
