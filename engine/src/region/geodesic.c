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

bool rst_geodesic(const rst_terrain *terrain, const rst_rectangle *box, float *distance,
                  const rst_cancel *cancel) {
  const int width = box->width, height = box->height;
  bool nearer = true;

  while (nearer) {
    if (rst_cancelled(cancel))
      return false;
    nearer = go_along(terrain, width, get_row(terrain, box, distance, 0));
    for (int y = 1; y < height; y++) {
      const row above = get_row(terrain, box, distance, y - 1);
      const row line = get_row(terrain, box, distance, y);

      nearer |= go_down(terrain, width, above, line);
      nearer |= go_along(terrain, width, line);
    }
    for (int y = height - 2; y >= 0; y--) {
      const row line = get_row(terrain, box, distance, y);
      const row below = get_row(terrain, box, distance, y + 1);

      nearer |= go_up(terrain, width, line, below);
      nearer |= go_along(terrain, width, line);
    }
  }
  return true;
}
