/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One layer of an image as the engine's picture: its pixels and the selection read, the restored
 * pixels collected beside it, and all of them written back in one short step at the end.
 *
 * Thread: the main thread, since libgimp is not thread-safe; the engine's callbacks come there too.
 */
#ifndef LAYER_H
#define LAYER_H

#include <libgimp/gimp.h>

#include "engine.h"

typedef struct Layer Layer;

/* Refuses what cannot be restored in place, with a sentence that tells the way out. */
Layer *layer_open(GimpImage *image, GimpDrawable *drawable, GError **error);
void layer_close(Layer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layer, layer_close)

/* The layer as the engine's picture; `strength` is applied to what is written. */
void layer_get_picture(Layer *layer, double strength, rst_picture *picture);
/* The selection's box within the layer, in the layer's pixels: x, y, width, height. */
void layer_get_box(const Layer *layer, int box[4]);
/* A grey layer takes the restored tone alone. */
gboolean layer_is_grey(const Layer *layer);

/* Writes what was restored, as one undo step. The image is not locked in the meantime: where the
 * layer, its pixels or the selection have changed since layer_open(), nothing is written. */
gboolean layer_commit(Layer *layer, GError **error);

#endif
