/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The restored pixels as a layer of their own, with the coverage as alpha.
 */
#ifndef NEW_LAYER_H
#define NEW_LAYER_H

#include "layers/layer.h"

/* Adds a layer of that name right above, of the size of the selection's box, so that the image
 * looks as if the pixels had been restored in place, within one step of 8 bits. Over a layer that
 * lets others show through it has to be clipped to that layer, which GIMP does within a group:
 * both go into a new one. To be called inside an undo group. */
gboolean new_layer_add(const Layer *layer, const char *name);

#endif
