/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is shown: the visible part of a picture, before and after, in the screen's pixels.
 *
 * Threads: a frame that was handed out never changes; any thread may hold and release it.
 */
#ifndef FRAME_H
#define FRAME_H

#include "preview/part_points.h"

/* What becomes of a pixel: `restored` by strength, then by coverage in linear light. `colour`: the
 * picture's, R'G'B', in and out. */
void frame_blend(double strength, float coverage, const float restored[3], float colour[3]);

/* The screen's pixel (i, j) shows the picture at (x + (i + ½) / zoom, y + (j + ½) / zoom). */
typedef struct viewport {
  int width, height; /* screen pixels; 0: nothing is shown */
  double x, y;       /* of the picture, at the top left corner */
  double zoom;       /* screen pixels a picture's pixel */
} viewport;

bool viewport_is_same(const viewport *a, const viewport *b);
/* The picture's pixels that it shows, within `picture`. */
rst_rectangle viewport_get_area(const viewport *v, const rst_rectangle *picture);

enum { FRAME_LAYERS = 3 };

typedef struct frame_layer frame_layer;

typedef struct frame {
  viewport viewport;
  frame_layer *layers[FRAME_LAYERS]; /* which own what follows */
  guint32 *before, *after; /* (height, width): 0xAARRGGBB, premultiplied, A 0 beyond the picture */
  guint32 *overlay; /* the same: the uncertainty's colours, A 0 where none is; or NULL */
  double range; /* of the overlay: its last colour is this standard deviation and more */
} frame;

frame *frame_ref(frame *f);
void frame_unref(frame *f); /* NULL is allowed */

/* What the colours of a frame come from. */
typedef struct frame_scene {
  const tiles *source; /* what was before … */
  const tiles *pixels; /* … and what is restored; both filled where they are drawn */
  part_points *const *parts;
  int count;
  int coarsest; /* the largest step of points that may stand in for their neighbours */
  double strength; /* 0…1 */
  int seeds; /* of the overlay */
  double range; /* 0: no overlay; else the standard deviation that gets its last colour */
} frame_scene;

/* The colours of the overlay from 0 to its range, `at` 0…1: 0xRRGGBB. */
guint32 frame_heat(double at);

/* A frame that shows nothing yet. NULL where memory ran out. */
frame *frame_new(const viewport *v);
/* What of a frame is drawn anew. */
typedef enum frame_drawing {
  FRAME_AFTER,
  FRAME_BOTH, /* before too: the picture's pixels are new themselves */
  FRAME_DRAFT, /* after, in blocks of 4 × 4 pixels, or of more in a large area: a hundredth of a
                * second … */
  FRAME_FINER /* … or up to a tenth */
} frame_drawing;

/* A frame like `last` that may be drawn in so, until it is handed out; the overlay is the scene's.
 * NULL where memory ran out. */
frame *frame_copy(const frame *last, const frame_scene *scene, frame_drawing drawing);
/* Draws where it shows `area` of the picture. How many of its pixels these are. */
int64_t frame_draw(frame *f, const frame_scene *scene, const rst_rectangle *area,
                   frame_drawing drawing);

#endif
