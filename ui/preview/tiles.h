/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rectangle of a picture copied to plain memory, tile by tile as it is needed: hosts can be read
 * on the main thread only, and other threads see the copy.
 *
 * Threads: one thread fills tiles; what was filled never changes and may be read by any thread that
 * has learnt of it (the callers' lock sees to that).
 */
#ifndef TILES_H
#define TILES_H

#include <glib.h>
#include <restorator.h>
#include <stdbool.h>

/* A rectangle is empty where width or height is below 1. */
bool rect_is_empty(const rst_rectangle *r);
bool rect_contains(const rst_rectangle *r, int x, int y);
bool rect_holds(const rst_rectangle *a, const rst_rectangle *inside);
rst_rectangle rect_intersect(const rst_rectangle *a, const rst_rectangle *b);
/* The smallest rectangle that holds both; an empty one adds nothing. */
rst_rectangle rect_unite(const rst_rectangle *a, const rst_rectangle *b);

typedef struct tiles {
  rst_rectangle box;
  int channels;
  float *values;  /* (height, width, channels); memory is used up by what was filled alone */
  guint8 *filled; /* (tile_rows, tile_columns) */
  int tile_columns, tile_rows;
} tiles;

/* NULL where memory ran out. The new tiles has one reference. */
tiles *tiles_new(const rst_rectangle *box, int channels);
tiles *tiles_ref(tiles *p);
void tiles_unref(tiles *p); /* NULL is allowed */

/* The values of a pixel inside the box. */
static inline float *tiles_at(const tiles *p, int x, int y) {
  return p->values +
         ((gsize)(y - p->box.y) * (gsize)p->box.width + (gsize)(x - p->box.x)) * (gsize)p->channels;
}
/* Copies the values of an area (height, width, channels); beyond the box they are 0. */
void tiles_read(const tiles *p, const rst_rectangle *area, float *values);
/* The next tile that an area still misses. False where it misses none. */
bool tiles_find_missing(const tiles *p, const rst_rectangle *area, int *tile);
/* Fills a tile by `read`, which gets a rectangle of the box and a contiguous array for its values.
 * False where it fails. The tile counts as missing until tiles_mark_filled(). */
bool tiles_fill(tiles *p, int tile,
                bool (*read)(void *user, int x, int y, int w, int h, float *values), void *user);
void tiles_mark_filled(tiles *p, int tile);
/* How many tiles an area still misses. */
int tiles_count_missing(const tiles *p, const rst_rectangle *area);
/* The rows of tiles that an area touches, one after the other: false at the end. `band`: the last
 * one, empty before the first. */
bool tiles_next_band(const tiles *p, const rst_rectangle *area, rst_rectangle *band);

#endif
