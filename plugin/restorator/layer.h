/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One layer of an image as the engine's picture: its pixels and the selection read, the restored
 * pixels collected beside it until all are there.
 *
 * Thread: the main thread, since libgimp is not thread-safe; the engine's callbacks come there too.
 */
#ifndef LAYER_H
#define LAYER_H

#include <libgimp/gimp.h>

#include "engine.h"

/* Where the restored pixels go. */
typedef enum Output { OUTPUT_IN_PLACE, OUTPUT_NEW_LAYER } Output;

typedef struct Layer {
  GimpImage *image;
  GimpDrawable *drawable;
  GeglRectangle box;       /* the selection's, in the layer */
  GeglBuffer *pixels;      /* the layer's own */
  GeglBuffer *coverage;    /* of the box, as it was at the beginning; NULL without a selection */
  GeglBuffer *original;    /* of the box, as it was at the beginning, in the layer's format */
  GeglBuffer *result;      /* of the box: what it shall become, in the layer's format */
  const Babl *native;      /* the layer's format */
  const Babl *coded;       /* gamma-coded colour or tone in the layer's own space, no alpha */
  int bytes, colour_bytes; /* of a native pixel: all, and those before its alpha */
  double strength;
} Layer;

/* Whether the drawable can be restored that way; if not, a sentence that tells the way out. */
gboolean layer_check(GimpDrawable *drawable, Output output, GError **error);

/* Refuses what layer_check() does, and a selection beside the layer. */
Layer *layer_open(GimpImage *image, GimpDrawable *drawable, Output output, GError **error);
void layer_close(Layer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layer, layer_close)

/* The layer as the engine's picture; `strength` is applied to what is written. */
void layer_get_picture(Layer *layer, double strength, rst_picture *picture);
/* The selection's box within the layer, in the layer's pixels: x, y, width, height. */
void layer_get_box(const Layer *layer, int box[4]);
/* A grey layer takes the restored tone alone. */
gboolean layer_is_grey(const Layer *layer);

/* The selection's value, 0…1, of an area inside the layer, (height, width); 1 where there is no
 * selection. */
void layer_read_coverage(const Layer *layer, const GeglRectangle *area, float *coverage);

/* The image is not locked while the engine computes: whether layer, pixels and selection still are
 * what they were in layer_open(). */
gboolean layer_is_unchanged(const Layer *layer);

#endif
