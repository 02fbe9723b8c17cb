/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "region/geodesic.h"

#include "base/session.h"

/* A row of the box: its distances, and where its costs begin in the grid's arrays. */
typedef struct {
  float *distance;
  size_t first;
} row;

static row get_row(const rst_terrain *t, const rst_rectangle *box, float *distance, int y) {
  return (row){distance + (size_t)y * (size_t)box->width,
               (size_t)(box->y + y) * (size_t)t->width + (size_t)box->x};
}

/* Whether a way is nearer than the nearest so far, which it then becomes. */
static inline bool come(float way, float *nearest) {
  const bool nearer = way < *nearest;

  *nearest = nearer ? way : *nearest;
  return nearer;
}

/* Ways from the row above into the one below. Whether any was nearer. */
static bool go_down(const rst_terrain *t, int width, row above, row below) {
  const float *down = t->cost[RST_STEP_DOWN] + above.first;
  const float *left = t->cost[RST_STEP_DOWN_LEFT] + above.first;
  const float *right = t->cost[RST_STEP_DOWN_RIGHT] + above.first;
  int nearer = 0;

  for (int x = 0; x < width; x++)
    nearer |= come(above.distance[x] + down[x], &below.distance[x]);
  for (int x = 0; x < width - 1; x++)
    nearer |= come(above.distance[x + 1] + left[x + 1], &below.distance[x]);
  for (int x = 1; x < width; x++)
    nearer |= come(above.distance[x - 1] + right[x - 1], &below.distance[x]);
  return nearer != 0;
}

/* Ways from the row below into the one above. */
static bool go_up(const rst_terrain *t, int width, row above, row below) {
  const float *down = t->cost[RST_STEP_DOWN] + above.first;
  const float *left = t->cost[RST_STEP_DOWN_LEFT] + above.first;
  const float *right = t->cost[RST_STEP_DOWN_RIGHT] + above.first;
  int nearer = 0;

  for (int x = 0; x < width; x++)
    nearer |= come(below.distance[x] + down[x], &above.distance[x]);
  for (int x = 1; x < width; x++)
    nearer |= come(below.distance[x - 1] + left[x], &above.distance[x]);
  for (int x = 0; x < width - 1; x++)
    nearer |= come(below.distance[x + 1] + right[x], &above.distance[x]);
  return nearer != 0;
}

/* Ways along a row, to the right and back. */
static bool go_along(const rst_terrain *t, int width, row line) {
  const float *cost = t->cost[RST_STEP_RIGHT] + line.first;
  int nearer = 0;

  for (int x = 1; x < width; x++)
    nearer |= come(line.distance[x - 1] + cost[x - 1], &line.distance[x]);
  for (int x = width - 2; x >= 0; x--)
    nearer |= come(line.distance[x + 1] + cost[x], &line.distance[x]);
  return nearer != 0;
}

/* When each row changed last, counted in changes, and up to which one it has been gone along or into:
 * a row that has not changed since then gives nothing new. */
typedef struct {
  int changes;
  int changed[RST_TERRAIN_SIDE], along[RST_TERRAIN_SIDE];
  int from_above[RST_TERRAIN_SIDE], from_below[RST_TERRAIN_SIDE];
} rows_seen;

static void note_change(rows_seen *s, int y, bool nearer) {
  if (nearer)
    s->changed[y] = ++s->changes;
}

/* Both ways along a row leave nothing for a third. */
static void scan_along(const rst_terrain *t, int width, row line, int y, rows_seen *s) {
  if (s->changed[y] <= s->along[y])
    return;
  note_change(s, y, go_along(t, width, line));
  s->along[y] = s->changes;
}

static void scan_down(const rst_terrain *t, int width, row above, row below, int y, rows_seen *s) {
  if (s->changed[y - 1] > s->from_above[y]) {
    s->from_above[y] = s->changes;
    note_change(s, y, go_down(t, width, above, below));
  }
  scan_along(t, width, below, y, s);
}

static void scan_up(const rst_terrain *t, int width, row above, row below, int y, rows_seen *s) {
  if (s->changed[y + 1] > s->from_below[y]) {
    s->from_below[y] = s->changes;
    note_change(s, y, go_up(t, width, above, below));
  }
  scan_along(t, width, above, y, s);
}

bool rst_geodesic(const rst_terrain *terrain, const rst_rectangle *box, float *distance,
                  const rst_cancel *cancel) {
  const int width = box->width, height = box->height;
  rows_seen seen = {.changes = 1};
  int before = 0;

  for (int y = 0; y < height; y++)
    seen.changed[y] = 1;
  while (seen.changes != before) {
    if (rst_cancelled(cancel))
      return false;
    before = seen.changes;
    scan_along(terrain, width, get_row(terrain, box, distance, 0), 0, &seen);
    for (int y = 1; y < height; y++)
      scan_down(terrain, width, get_row(terrain, box, distance, y - 1),
                get_row(terrain, box, distance, y), y, &seen);
    for (int y = height - 2; y >= 0; y--)
      scan_up(terrain, width, get_row(terrain, box, distance, y),
              get_row(terrain, box, distance, y + 1), y, &seen);
  }
  return true;
}
