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

#include "widgets/faces.h"
#include "widgets/view.h"

typedef struct face_layer face_layer;

/* `toggle`: the button that switches it on and off; `busy`: the one of what takes clicks before it,
 * or NULL. `adding` is called when it begins or ends to add a face. All outlive it. */
face_layer *face_layer_new(RestoratorView *view, RestoratorFaces *faces, GtkToggleButton *toggle,
                           GtkToggleButton *busy, void (*adding)(gpointer user, gboolean on),
                           gpointer user);
void face_layer_free(face_layer *l); /* NULL is allowed */
/* The picture has another size. */
void face_layer_set_size(face_layer *l, int width, int height);
/* Whether faces count with what is set; else none is shown. */
void face_layer_set_used(face_layer *l, gboolean used);
/* Begins, or ends, to add one. */
void face_layer_set_adding(face_layer *l, gboolean adding);

#endif
