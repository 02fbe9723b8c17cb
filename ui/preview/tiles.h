/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rectangle of a picture copied to plain memory, tile by tile as it is needed: hosts can be read
 * on the main thread only, and other threads see the copy.
 *
 * Threads: one thread fills tiles; what was filled never changes and may be read by any thread that
 * has learnt of it (the callers' lock sees to that).
 */
#ifndef PLANE_H
#define PLANE_H

#include <glib.h>
#include <stdbool.h>

typedef struct rect {
  int x, y, width, height; /* empty where width or height is below 1 */
} rect;

bool rect_is_empty(const rect *r);
bool rect_contains(const rect *r, int x, int y);
bool rect_holds(const rect *a, const rect *inside);
rect rect_intersect(const rect *a, const rect *b);
/* The smallest rectangle that holds both; an empty one adds nothing. */
rect rect_unite(const rect *a, const rect *b);

typedef struct plane {
  rect box;
  int channels;
  float *values;  /* (height, width, channels); memory is used up by what was filled alone */
  guint8 *filled; /* (tile_rows, tile_columns) */
  int tile_columns, tile_rows;
} plane;

/* NULL where memory ran out. The new plane has one reference. */
plane *plane_new(const rect *box, int channels);
plane *plane_ref(plane *p);
void plane_unref(plane *p); /* NULL is allowed */

/* The values of a pixel inside the box. */
static inline float *plane_at(const plane *p, int x, int y) {
  return p->values +
         ((gsize)(y - p->box.y) * (gsize)p->box.width + (gsize)(x - p->box.x)) * (gsize)p->channels;
}
/* Copies the values of an area (height, width, channels); beyond the box they are 0. */
void plane_read(const plane *p, const rect *area, float *values);
/* Fills the next tile that an area still misses; `missing` tells whether there was one. `read` is
 * called with a rectangle of the box and contiguous room for its values. False where it is. */
bool plane_find_missing(const plane *p, const rect *area, int *tile);
bool plane_fill(plane *p, int tile,
                bool (*read)(void *user, int x, int y, int w, int h, float *values), void *user);
void plane_mark_filled(plane *p, int tile);
/* How many tiles an area still misses. */
int plane_count_missing(const plane *p, const rect *area);
/* The rows of tiles that an area touches, one after the other: false at the end. `band`: the last
 * one, empty before the first. */
bool plane_next_band(const plane *p, const rect *area, rect *band);

#endif
