/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was restored goes into the image in one short step at the end.
 */
#ifndef COMMIT_H
#define COMMIT_H

#include "layers/layer.h"
#include "layers/photo_layers.h"

typedef struct Commit {
  Output output;
  const char *name; /* of the new layer */
  const PhotoSteps *steps; /* of an old photograph, whose new layer is a group of them; else NULL */
  rst_record record; /* goes into the image's list of what was done to it */
} Commit;

/* Writes what was restored and how, as one undo step. Where the layer, its pixels or the selection
 * have changed since layer_open(), nothing is written. */
gboolean commit(Layer *layer, const Commit *what, GError **error);

#endif
