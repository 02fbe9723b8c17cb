/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The restored pixels as a layer of their own, with the coverage as alpha.
 */
#ifndef NEW_LAYER_H
#define NEW_LAYER_H

#include "layers/layer.h"

/* A layer of that name in the place and of the size of the selection's box, not in the image yet.
 * `colours`: of the box, in the layer's format; its alpha is the coverage, 0 where `mask` of the box
 * (NULL: none) is 0. NULL where GIMP does not make it. */
GimpLayer *new_layer_make(const Layer *layer, const char *name, GeglBuffer *colours,
                          const guchar *mask);
/* Adds a layer of that name right above, of the size of the selection's box, so that the image
 * looks as if the pixels had been restored in place, within one step of 8 bits. Over a layer that
 * lets others show through it has to be clipped to that layer, which GIMP does within a group:
 * both go into a new one. To be called inside an undo group. */
gboolean new_layer_add(const Layer *layer, const char *name);

#endif
