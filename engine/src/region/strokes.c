/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints painted on a picture of their own. It is read into a grid of bounded size; painted
 * cells that touch and are of like colour are one stroke, and along each stroke points are taken,
 * as close together as the number of hints allows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "region/hint_guide.h"
#include "region/parts.h"

static const float like = 0.04f; /* a difference of R'G'B', 0…1, up to which colours are one */
static const double spacing = 1 / 64.0; /* longer sides between the points of a stroke, at least */

/* The first painted pixel of a cell. */
typedef struct {
  int x, y;
  float rgb[3];
  int stroke; /* from 1; 0: not sorted yet; −1: nothing is painted here */
} cell;

typedef struct {
  int width, height, factor; /* factor: pixels on a cell's side */
  cell *cells;
} stroke_grid;

static float clamped(float value) {
  return fminf(fmaxf(value, 0), 1);
}

static void take_rows(stroke_grid *c, int row, int rows, int width, const float *rgba) {
  for (int y = row; y < row + rows; y++)
    for (int x = 0; x < width; x++, rgba += 4) {
      cell *to = &c->cells[(size_t)(y / c->factor) * (size_t)c->width + (size_t)(x / c->factor)];

      if (to->stroke == 0 || !(rgba[3] >= 0.5f))
        continue;
      *to = (cell){x, y, {clamped(rgba[0]), clamped(rgba[1]), clamped(rgba[2])}, 0};
    }
}

static rst_status read_cells(stroke_grid *c, const rst_picture *picture, const rst_cancel *cancel,
                             rst_error *error) {
  const int width = picture->width, height = picture->height;
  const int rows = rst_band_rows(width, height);
  float *rgba = rst_floats((size_t)width * (size_t)rows * 4);
  rst_status status = rgba ? RST_OK : rst_fail_memory(error);

  for (int y = 0; y < height && status == RST_OK; y += rows) {
    const int count = height - y < rows ? height - y : rows;

    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
    else if (!picture->read(picture->user, 0, y, width, count, rgba))
      status = rst_fail_host(error);
    else
      take_rows(c, y, count, width, rgba);
  }
  free(rgba);
  return status;
}

static bool is_like(const cell *a, const cell *b) {
  return fabsf(a->rgb[0] - b->rgb[0]) <= like && fabsf(a->rgb[1] - b->rgb[1]) <= like &&
         fabsf(a->rgb[2] - b->rgb[2]) <= like;
}

/* Gives the stroke that begins at a cell its number; `waiting` holds as many as there are cells. */
static void follow_stroke(stroke_grid *c, size_t first, int stroke, size_t *waiting) {
  size_t count = 1;

  waiting[0] = first;
  c->cells[first].stroke = stroke;
  while (count > 0) {
    const size_t at = waiting[--count];
    const int x = (int)(at % (size_t)c->width), y = (int)(at / (size_t)c->width);

    for (int v = y > 0 ? y - 1 : 0; v <= y + 1 && v < c->height; v++)
      for (int u = x > 0 ? x - 1 : 0; u <= x + 1 && u < c->width; u++) {
        const size_t to = (size_t)v * (size_t)c->width + (size_t)u;

        if (c->cells[to].stroke != 0 || !is_like(&c->cells[at], &c->cells[to]))
          continue;
        c->cells[to].stroke = stroke;
        waiting[count++] = to;
      }
  }
}

/* How many strokes there are. */
static int sort_strokes(stroke_grid *c, size_t *waiting) {
  int strokes = 0;

  for (size_t i = 0; i < (size_t)c->width * (size_t)c->height; i++)
    if (c->cells[i].stroke == 0)
      follow_stroke(c, i, ++strokes, waiting);
  return strokes;
}

/* Points of the strokes so many pixels apart; false where there are more than `limit`. */
static bool take_points(const stroke_grid *c, double apart, int limit, rst_hint *hints,
                        int *count) {
  int strokes[RST_HINTS_MAX];

  *count = 0;
  for (size_t i = 0; i < (size_t)c->width * (size_t)c->height; i++) {
    const cell *at = &c->cells[i];
    bool near = at->stroke < 0;

    for (int k = 0; k < *count && !near; k++)
      near = strokes[k] == at->stroke && hypot(hints[k].x - at->x, hints[k].y - at->y) < apart;
    if (near)
      continue;
    if (*count == limit)
      return false;
    strokes[*count] = at->stroke;
    hints[(*count)++] = (rst_hint){
      .x = at->x, .y = at->y, .rgb = {at->rgb[0], at->rgb[1], at->rgb[2]}, .reach = RST_HINT_REACH};
  }
  return true;
}

static rst_status fail_many(int strokes, int limit, rst_error *error) {
  char number[16];

  snprintf(number, sizeof number, "%d", strokes);
  return rst_fail_range(error, "hints", number, 0, limit);
}

rst_status rst_hints_from_strokes(const rst_picture *strokes, int limit, rst_hint *hints,
                                  int *count, const rst_cancel *cancel, rst_error *error) {
  rst_picture storage;
  const bool good =
    rst_take_picture(&strokes, &storage) && limit >= 0 && limit <= RST_HINTS_MAX && hints && count;
  rst_hint found[RST_HINTS_MAX];
  rst_status status;
  stroke_grid c = {0};
  size_t cells, *waiting;
  int side, number = 0;

  if (!good)
    return rst_fail_call(error, "rst_hints_from_strokes");
  side = strokes->width > strokes->height ? strokes->width : strokes->height;
  c.factor = (side + RST_GUIDE_SIDE - 1) / RST_GUIDE_SIDE;
  c.width = (strokes->width + c.factor - 1) / c.factor;
  c.height = (strokes->height + c.factor - 1) / c.factor;
  cells = (size_t)c.width * (size_t)c.height;
  c.cells = rst_array(cells, sizeof *c.cells);
  waiting = rst_array(cells, sizeof *waiting);
  status = !c.cells || !waiting ? rst_fail_memory(error) : RST_OK;
  for (size_t i = 0; i < cells && status == RST_OK; i++)
    c.cells[i].stroke = -1;
  if (status == RST_OK)
    status = read_cells(&c, strokes, cancel, error);
  if (status == RST_OK) {
    const int total = sort_strokes(&c, waiting);

    if (total > limit)
      status = fail_many(total, limit, error);
    for (double apart = spacing * side; status == RST_OK; apart *= 2)
      if (take_points(&c, apart, limit, found, &number))
        break;
  }
  free(waiting);
  free(c.cells);
  if (status != RST_OK)
    return status;
  for (int i = 0; i < number; i++)
    hints[i] = found[i];
  *count = number;
  return RST_OK;
}
