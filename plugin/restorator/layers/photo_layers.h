/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was done to an old photograph as a group of layers: its tone, its damage and its colour, each
 * to be dimmed and masked by itself.
 */
#ifndef PHOTO_LAYERS_H
#define PHOTO_LAYERS_H

#include "layers/layer.h"

/* The steps to a layer's result. */
typedef struct PhotoSteps {
  const guchar *mask;   /* of the layer's box, above 0 where damage was mended; NULL: nowhere */
  rst_tone tone;
  double tone_strength; /* 0: none */
  gboolean coloured;
  GeglBuffer *prepared; /* the result before it was coloured; NULL where it is not */
} PhotoSteps;

/* Adds a group above the layer that lets it show through, with a layer for each step that changed
 * something: tone at the bottom, then the mended pixels, then the colour, whose mode keeps the
 * lightness beneath it. To be called inside an undo group. Nothing is added where nothing was done. */
gboolean photo_layers_add(Layer *layer, const PhotoSteps *steps);

#endif
