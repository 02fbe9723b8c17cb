/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/tiles.h"

#include <string.h>

enum { TILE = 128 }; /* a host reads one within a few milliseconds */

bool rect_is_empty(const rst_rectangle *r) {
  return r->width < 1 || r->height < 1;
}

bool rect_contains(const rst_rectangle *r, int x, int y) {
  return x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height;
}

bool rect_holds(const rst_rectangle *a, const rst_rectangle *inside) {
  return inside->x >= a->x && inside->y >= a->y && inside->x + inside->width <= a->x + a->width &&
         inside->y + inside->height <= a->y + a->height;
}

rst_rectangle rect_intersect(const rst_rectangle *a, const rst_rectangle *b) {
  const int x = MAX(a->x, b->x), y = MAX(a->y, b->y);

  return (rst_rectangle){x, y, MIN(a->x + a->width, b->x + b->width) - x,
                         MIN(a->y + a->height, b->y + b->height) - y};
}

rst_rectangle rect_unite(const rst_rectangle *a, const rst_rectangle *b) {
  if (rect_is_empty(a))
    return *b;
  if (rect_is_empty(b))
    return *a;
  const int x = MIN(a->x, b->x), y = MIN(a->y, b->y);

  return (rst_rectangle){x, y, MAX(a->x + a->width, b->x + b->width) - x,
                         MAX(a->y + a->height, b->y + b->height) - y};
}

static void clear(void *data) {
  tiles *p = data;

  g_free(p->values);
  g_free(p->filled);
}

tiles *tiles_new(const rst_rectangle *box, int channels) {
  tiles *p = g_atomic_rc_box_new0(tiles);

  p->box = *box;
  p->channels = channels;
  p->tile_columns = (box->width + TILE - 1) / TILE;
  p->tile_rows = (box->height + TILE - 1) / TILE;
  /* The system gives zeroed pages when they are first touched, not before. */
  p->values =
    g_try_malloc0_n((gsize)box->width * (gsize)channels, (gsize)box->height * sizeof *p->values);
  p->filled = g_try_malloc0_n((gsize)p->tile_columns, (gsize)p->tile_rows);
  if (p->values && p->filled)
    return p;
  tiles_unref(p);
  return NULL;
}

tiles *tiles_ref(tiles *p) {
  return g_atomic_rc_box_acquire(p);
}

void tiles_unref(tiles *p) {
  if (p)
    g_atomic_rc_box_release_full(p, clear);
}

static rst_rectangle tile_box(const tiles *p, int tile) {
  const rst_rectangle whole = {p->box.x + tile % p->tile_columns * TILE,
                               p->box.y + tile / p->tile_columns * TILE, TILE, TILE};

  return rect_intersect(&whole, &p->box);
}

/* The tiles that an area touches: columns and rows, the last ones included. */
typedef struct {
  int left, top, right, bottom;
} tile_range;

static bool find_tiles(const tiles *p, const rst_rectangle *area, tile_range *t) {
  const rst_rectangle inside = rect_intersect(area, &p->box);

  if (rect_is_empty(&inside))
    return false;
  t->left = (inside.x - p->box.x) / TILE;
  t->top = (inside.y - p->box.y) / TILE;
  t->right = (inside.x - p->box.x + inside.width - 1) / TILE;
  t->bottom = (inside.y - p->box.y + inside.height - 1) / TILE;
  return true;
}

bool tiles_find_missing(const tiles *p, const rst_rectangle *area, int *tile) {
  tile_range t;

  if (!find_tiles(p, area, &t))
    return false;
  for (int row = t.top; row <= t.bottom; row++)
    for (int column = t.left; column <= t.right; column++)
      if (!p->filled[row * p->tile_columns + column]) {
        *tile = row * p->tile_columns + column;
        return true;
      }
  return false;
}

int tiles_count_missing(const tiles *p, const rst_rectangle *area) {
  int count = 0;
  tile_range t;

  if (!find_tiles(p, area, &t))
    return 0;
  for (int row = t.top; row <= t.bottom; row++)
    for (int column = t.left; column <= t.right; column++)
      count += !p->filled[row * p->tile_columns + column];
  return count;
}

bool tiles_next_band(const tiles *p, const rst_rectangle *area, rst_rectangle *band) {
  const rst_rectangle inside = rect_intersect(area, &p->box);
  const int y = rect_is_empty(band) ? inside.y : band->y + band->height;
  const int next = p->box.y + ((y - p->box.y) / TILE + 1) * TILE;

  if (rect_is_empty(&inside) || y >= inside.y + inside.height)
    return false;
  *band = (rst_rectangle){inside.x, y, inside.width, MIN(next, inside.y + inside.height) - y};
  return true;
}

bool tiles_fill(tiles *p, int tile,
                bool (*read)(void *user, int x, int y, int w, int h, float *values), void *user) {
  const rst_rectangle box = tile_box(p, tile);
  const gsize row = (gsize)box.width * (gsize)p->channels;
  g_autofree float *values = g_new(float, row *(gsize)box.height);

  if (!read(user, box.x, box.y, box.width, box.height, values))
    return false;
  for (int y = 0; y < box.height; y++)
    memcpy(tiles_at(p, box.x, box.y + y), values + (gsize)y * row, row * sizeof *values);
  return true;
}

void tiles_read(const tiles *p, const rst_rectangle *area, float *values) {
  const rst_rectangle inside = rect_intersect(area, &p->box);
  const gsize channels = (gsize)p->channels;

  if (rect_is_empty(&inside) || inside.width < area->width || inside.height < area->height)
    memset(values, 0, (gsize)area->width * (gsize)area->height * channels * sizeof *values);
  for (int y = inside.y; y < inside.y + inside.height && inside.width > 0; y++)
    memcpy(
      values + ((gsize)(y - area->y) * (gsize)area->width + (gsize)(inside.x - area->x)) * channels,
      tiles_at(p, inside.x, y), (gsize)inside.width * channels * sizeof *values);
}

void tiles_mark_filled(tiles *p, int tile) {
  p->filled[tile] = 1;
}
