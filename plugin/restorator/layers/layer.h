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

#include "layers/engine.h"
#include "layers/snapshot.h"

/* Where the restored pixels go. */
typedef enum Output { OUTPUT_IN_PLACE, OUTPUT_NEW_LAYER } Output;

typedef struct Layer {
  GimpImage *image;
  GimpDrawable *drawable;
  GimpImage *copy;         /* of the image, as it was; nobody sees it */
  GeglRectangle box;       /* the selection's, in the layer */
  Snapshot *original;      /* of the layer */
  Snapshot *selection;     /* of the image, where there is one; NULL without */
  int x, y;                /* the layer's place in the image */
  GeglBuffer *result;      /* of the box: what it shall become, in the layer's format; or NULL */
  const Babl *native;      /* the layer's format, or what it will be once the image is RGB */
  const Babl *coded;       /* gamma-coded colour or tone in the layer's own space, no alpha */
  int bytes, colour_bytes; /* of a native pixel: all, and those before its alpha */
  double strength;
} Layer;

/* Whether the drawable can be restored that way; if not, the error says what to do instead. */
gboolean layer_check(GimpDrawable *drawable, Output output, GError **error);

/* Refuses what cannot be restored in any way, and a selection beside the layer. Reads no pixel. */
Layer *layer_open(GimpImage *image, GimpDrawable *drawable, GError **error);
void layer_close(Layer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layer, layer_close)

/* The layer as the engine's picture: as it was when it was opened, whatever becomes of it. */
void layer_get_picture(Layer *layer, rst_picture *picture);
/* Says what the selected part of a layer shows, and what is around it as far as the network looks
 * with these parameters; that alone is read. Fails as layer_open(). */
gboolean layer_look(GimpImage *image, GimpDrawable *drawable, const rst_parameters *parameters,
                    rst_picture_kind *kind, GError **error);
/* Begins to collect a result, to be done before any of it is written; `strength` is applied to
 * it. Reads what of the selection is not read yet. */
void layer_begin_result(Layer *layer, double strength);
/* The selection's box within the layer, in the layer's pixels. */
void layer_get_box(const Layer *layer, rst_rectangle *box);
/* A grey layer takes the restored tone alone. */
gboolean layer_is_grey(const Layer *layer);
/* Says whether results get colour, where the image is grey: then they are of the format that the layer
 * has once the image is RGB. To be said before layer_begin_result(); writing them converts the image. */
void layer_take_colour(Layer *layer, gboolean colour);
/* Whether a result is of another format than the image has yet. */
gboolean layer_needs_rgb(const Layer *layer);

/* The selection's value, 0…1, of an area inside the layer, (height, width); 1 where there is no
 * selection. */
void layer_read_coverage(const Layer *layer, const GeglRectangle *area, float *coverage);

/* The image is not locked while the engine computes: whether the layer, its pixels as far as they
 * were read, and the selection are still as they were. */
gboolean layer_is_unchanged(const Layer *layer);
/* Whether it has the size, the format and the place in the image that it had: looks at no pixel. */
gboolean layer_is_in_place(const Layer *layer);

#endif
