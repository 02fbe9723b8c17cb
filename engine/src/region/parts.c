/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region of a picture: its parts and their windows.
 */
#include "region/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "parameters/parameters.h"
#include "base/session.h"
#include "base/status.h"

enum { BAND_PIXELS = 1 << 18 };

int rst_band_rows(int width, int height) {
  const int rows = BAND_PIXELS / width;

  return rows < 1 ? 1 : rows > height ? height : rows;
}

rst_status rst_fail_host(rst_error *error) {
  return rst_fail(error, RST_HOST_FAILED, NULL, NULL, NULL, "the picture could not be accessed");
}

rst_status rst_fail_reading(const rst_picture *picture, rst_error *error) {
  return rst_cancelled(picture->cancel) ? rst_fail_cancelled(error) : rst_fail_host(error);
}

bool rst_read_covered(const rst_picture *picture, int x, int y, int w, int h, float *rgba,
                      float *coverage) {
  const size_t pixels = (size_t)w * (size_t)h;

  if (!picture->read(picture->user, x, y, w, h, rgba))
    return false;
  if (!picture->read_coverage)
    for (size_t i = 0; i < pixels; i++)
      coverage[i] = 1;
  else if (!picture->read_coverage(picture->user, x, y, w, h, coverage))
    return false;
  for (size_t i = 0; i < pixels; i++)
    if (!(rgba[4 * i + 3] > 0) || !(coverage[i] > 0))
      coverage[i] = 0;
  return true;
}

/* ---- areas: pixels that touch, and the boxes round them ---- */

/* More areas than this are restored as one without trying to join their boxes: a dithered or
 * noisy selection, not faces. */
enum { AREAS_MAX = 4096 };

typedef struct {
  int x0, y0, x1, y1; /* x1, y1 are outside */
  int64_t points;
  int joined; /* the area that this one became part of; itself while it is one */
} area;

typedef struct {
  int x0, x1, area;
} run;

typedef struct {
  area *areas;
  int count, capacity;
  bool too_many;
  area whole;
} areas;

static int root(const areas *a, int i) {
  while (a->areas[i].joined != i)
    i = a->areas[i].joined;
  return i;
}

static void grow(area *to, const area *by) {
  to->x0 = by->x0 < to->x0 ? by->x0 : to->x0;
  to->y0 = by->y0 < to->y0 ? by->y0 : to->y0;
  to->x1 = by->x1 > to->x1 ? by->x1 : to->x1;
  to->y1 = by->y1 > to->y1 ? by->y1 : to->y1;
  to->points += by->points;
}

static int join(areas *a, int i, int j) {
  i = root(a, i);
  j = root(a, j);
  if (i == j)
    return i;
  grow(&a->areas[i], &a->areas[j]);
  a->areas[j].joined = i;
  return i;
}

/* A new area; −1 where memory ran out. */
static int add_area(areas *a, const area *first) {
  if (a->count == a->capacity) {
    const int capacity = a->capacity == 0 ? 64 : 2 * a->capacity;
    area *more = realloc(a->areas, (size_t)capacity * sizeof *more);

    if (!more)
      return -1;
    a->areas = more;
    a->capacity = capacity;
  }
  a->areas[a->count] = *first;
  a->areas[a->count].joined = a->count;
  return a->count++;
}

/* Runs of one row joined with those of the row above that they touch, corners included. */
static bool add_run(areas *a, int x0, int x1, int y, const run *above, int above_count, run *out) {
  const area piece = {x0, y, x1, y + 1, x1 - x0, 0};
  int found = -1;

  grow(&a->whole, &piece);
  *out = (run){x0, x1, 0};
  if (a->too_many)
    return true;
  for (int i = 0; i < above_count && above[i].x0 <= x1; i++)
    if (above[i].x1 >= x0)
      found = found < 0 ? root(a, above[i].area) : join(a, found, above[i].area);
  if (found >= 0)
    grow(&a->areas[found], &piece);
  else
    found = add_area(a, &piece);
  out->area = found;
  a->too_many = a->count > 16 * AREAS_MAX; /* most of these have been joined already */
  return found >= 0;
}

static int find_runs(areas *a, const float *coverage, int x, int y, int width, const run *above,
                     int above_count, run *runs) {
  int count = 0;

  for (int i = 0; i < width; i++) {
    const int begin = i;

    while (i < width && coverage[i] > 0)
      i++;
    if (i > begin && !add_run(a, x + begin, x + i, y, above, above_count, &runs[count++]))
      return -1;
  }
  return count;
}

static rst_status find_areas(const rst_picture *picture, const rst_rectangle *box, areas *a,
                             rst_error *error) {
  const int width = box->width, height = box->height, rows = rst_band_rows(width, height);
  float *pixels = rst_floats((size_t)width * (size_t)rows * 5);
  run *runs[2] = {rst_array((size_t)width, sizeof(run)), rst_array((size_t)width, sizeof(run))};
  rst_status status = RST_OK;
  int above_count = 0;

  if (!pixels || !runs[0] || !runs[1])
    status = rst_fail_memory(error);
  for (int y = 0; y < height && status == RST_OK; y += rows) {
    const int count = height - y < rows ? height - y : rows;
    float *coverage = pixels + (size_t)width * (size_t)rows * 4;

    if (rst_cancelled(picture->cancel) ||
        !rst_read_covered(picture, box->x, box->y + y, width, count, pixels, coverage))
      status = rst_fail_reading(picture, error);
    for (int r = 0; r < count && status == RST_OK; r++) {
      above_count = find_runs(a, coverage + (size_t)r * (size_t)width, box->x, box->y + y + r,
                              width, runs[0], above_count, runs[1]);
      if (above_count < 0)
        status = rst_fail_memory(error);
      else {
        run *spare = runs[0];

        runs[0] = runs[1];
        runs[1] = spare;
      }
    }
  }
  free(pixels);
  free(runs[0]);
  free(runs[1]);
  return status;
}

static bool boxes_overlap(const area *a, const area *b) {
  return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* Joins areas whose boxes overlap, until none do; the areas that remain come first. */
static void join_boxes(areas *a) {
  bool joined;
  int count = 0;

  for (int i = 0; i < a->count; i++)
    if (a->areas[i].joined == i)
      a->areas[count++] = a->areas[i];
  a->count = count;
  a->too_many = a->too_many || count > AREAS_MAX;
  if (a->too_many)
    return;
  do {
    joined = false;
    for (int i = 0; i < a->count; i++)
      for (int j = i + 1; j < a->count;)
        if (boxes_overlap(&a->areas[i], &a->areas[j])) {
          grow(&a->areas[i], &a->areas[j]);
          a->areas[j] = a->areas[--a->count];
          joined = true; /* the grown box may overlap any other: one round more */
        } else {
          j++;
        }
  } while (joined);
}

/* ---- windows ---- */

static int floor_half(int n) {
  return (n - (n < 0)) / 2;
}

/* One axis of a window of `side` about a span; `moved`: inside the picture where it fits. */
static int centre(int begin, int length, int side, int size) {
  const int at = begin + floor_half(length - side);

  if (side > size)
    return floor_half(size - side);
  return at < 0 ? 0 : at > size - side ? size - side : at;
}

/* Of the window of a part of `w` × `h` pixels, where none is given. */
static int window_side(const rst_parameters *parameters, int width, int height, int w, int h) {
  const int largest = width > height ? width : height;
  /* less a rounding of the product: 1.1 · 10 is 11 */
  const double wanted = ceil(parameters->context * (w > h ? w : h) - 1e-6);

  return parameters->window_kind == RST_WINDOW_PICTURE || wanted > largest ? largest : (int)wanted;
}

static void choose_window(const rst_parameters *parameters, const rst_picture *picture,
                          rst_part *part) {
  rst_window *window = &part->window;

  if (parameters->window_kind == RST_WINDOW_GIVEN) {
    *window = parameters->window;
    return;
  }
  window->side =
    window_side(parameters, picture->width, picture->height, part->box.width, part->box.height);
  window->x = centre(part->box.x, part->box.width, window->side, picture->width);
  window->y = centre(part->box.y, part->box.height, window->side, picture->height);
}

static int least(int a, int b) {
  return a < b ? a : b;
}

static int most(int a, int b) {
  return a > b ? a : b;
}

/* One axis: what windows of at most `side` about any piece of a span hold of a picture. */
static void widen(int side, int size, int *begin, int *length) {
  const int half = side - side / 2, end = *begin + *length;

  *begin = side >= size ? 0 : most(0, least(*begin - half, size - side));
  *length = (side >= size ? size : least(size, most(end + half, side))) - *begin;
}

/* One axis: a span and a given window, inside the picture. */
static void unite(int64_t at, int64_t side, int size, int *begin, int *length) {
  const int end = *begin + *length;

  *begin = at < 0 ? 0 : least(*begin, (int)at);
  *length = (at + side > size ? size : most(end, (int)(at + side))) - *begin;
}

/* Grows `reach` by the windows of the faces that it touches. */
static void reach_faces(const rst_parameters *parameters, int width, int height,
                        rst_rectangle *reach) {
  rst_face faces[RST_FACES_MAX];
  const rst_rectangle before = *reach;
  int count;

  if (strcmp(parameters->faces, RST_FACES_AUTO) == 0) { /* whose windows nobody knows yet */
    const int margin = 2 * (reach->width > reach->height ? reach->width : reach->height);

    unite((int64_t)reach->x - margin, 2 * margin + reach->width, width, &reach->x, &reach->width);
    unite((int64_t)reach->y - margin, 2 * margin + reach->height, height, &reach->y,
          &reach->height);
    return;
  }
  if (rst_faces_parse(parameters->faces, faces, &count, NULL) != RST_OK)
    return;
  for (int i = 0; i < count; i++) {
    rst_window w;

    rst_face_window(&faces[i], &w);
    if (w.x >= before.x + before.width || w.y >= before.y + before.height ||
        w.x + w.side <= before.x || w.y + w.side <= before.y)
      continue;
    unite(w.x, w.side, width, &reach->x, &reach->width);
    unite(w.y, w.side, height, &reach->y, &reach->height);
  }
}

void rst_reach(const rst_parameters *parameters, int width, int height, const rst_rectangle *box,
               rst_rectangle *reach) {
  RST_FREED rst_parameters *own = NULL;
  const rst_window *w;
  int side;

  *reach = *box;
  if (rst_whole_parameters(&parameters, &own, "rst_reach", NULL) != RST_OK)
    return;
  w = &parameters->window;
  side = window_side(parameters, width, height, box->width, box->height);
  if (parameters->window_kind == RST_WINDOW_GIVEN) {
    unite(w->x, w->side, width, &reach->x, &reach->width);
    unite(w->y, w->side, height, &reach->y, &reach->height);
  } else {
    widen(side, width, &reach->x, &reach->width);
    widen(side, height, &reach->y, &reach->height);
  }
  if (parameters->window_kind == RST_WINDOW_FACES)
    reach_faces(parameters, width, height, reach);
}

static bool window_holds(const rst_window *window, const rst_part *part) {
  return part->box.x >= window->x && part->box.y >= window->y &&
         part->box.x + part->box.width <= window->x + window->side &&
         part->box.y + part->box.height <= window->y + window->side;
}

/* ---- the plan ---- */

static rst_status make_plan(const rst_parameters *parameters, const rst_picture *picture, areas *a,
                            rst_plan *plan, rst_error *error) {
  rst_plan made = {.size = sizeof made, .points = a->whole.points};

  if (made.points == 0)
    return rst_fail(error, RST_EMPTY_REGION, NULL, NULL, NULL,
                    "nothing is selected inside the picture");
  join_boxes(a);
  if (a->too_many || a->count > RST_PARTS_MAX ||
      (parameters->window_kind != RST_WINDOW_AUTO && parameters->window_kind != RST_WINDOW_FACES)) {
    a->count = 1;
    a->areas[0] = a->whole;
  }
  made.count = a->count;
  for (int i = 0; i < a->count; i++) {
    const area *from = &a->areas[i];
    rst_part *part = &made.parts[i];

    *part = (rst_part){.box = {from->x0, from->y0, from->x1 - from->x0, from->y1 - from->y0},
                       .points = from->points};
    choose_window(parameters, picture, part);
    part->mode = rst_resolve_mode(parameters, &part->window);
    if (!window_holds(&part->window, part)) {
      char text[64];

      snprintf(text, sizeof text, "%d,%d,%d", part->window.x, part->window.y, part->window.side);
      return rst_fail(error, RST_OUTSIDE_WINDOW, "window", text, NULL,
                      "the window %s does not hold the whole region", text);
    }
  }
  rst_hand_over(plan, &made);
  return RST_OK;
}

bool rst_take_picture(const rst_picture **given, rst_picture *storage) {
  const rst_picture *picture;

  if (!rst_complete_picture(given, storage))
    return false;
  picture = *given;
  return picture->read && picture->width >= 1 && picture->height >= 1 &&
         picture->width <= RST_SIDE_MAX && picture->height <= RST_SIDE_MAX;
}

/* One axis: a span inside the picture. */
static void clip(int64_t begin, int64_t length, int size, int *from, int *count) {
  const int64_t end = begin + length;

  *from = begin < 0 ? 0 : begin > size ? size : (int)begin;
  *count = (end > size ? size : end < 0 ? 0 : (int)end) - *from;
}

bool rst_clip(const rst_picture *picture, const rst_rectangle *box, rst_rectangle *inside) {
  clip(box ? box->x : 0, box ? box->width : picture->width, picture->width, &inside->x,
       &inside->width);
  clip(box ? box->y : 0, box ? box->height : picture->height, picture->height, &inside->y,
       &inside->height);
  return inside->width > 0 && inside->height > 0;
}

bool rst_box_in(const rst_picture *picture, const rst_rectangle **box, rst_rectangle *storage) {
  *storage = (rst_rectangle){0, 0, picture->width, picture->height};
  if (!*box)
    *box = storage;
  return (*box)->x >= 0 && (*box)->y >= 0 && (*box)->width > 0 && (*box)->height > 0 &&
         (*box)->width <= picture->width - (*box)->x &&
         (*box)->height <= picture->height - (*box)->y;
}

rst_status rst_plan_region(const rst_parameters *parameters, const rst_picture *picture,
                           const rst_rectangle *box, rst_plan *plan, rst_error *error) {
  areas a = {.whole = {RST_SIDE_MAX, RST_SIDE_MAX, 0, 0, 0, 0}};
  RST_FREED rst_parameters *own = NULL;
  rst_picture all_picture;
  rst_status status;
  rst_rectangle inside;

  if (!rst_take_picture(&picture, &all_picture) || !rst_can_fill(plan, sizeof *plan))
    return rst_fail_call(error, "rst_plan_region");
  status = rst_whole_parameters(&parameters, &own, "rst_plan_region", error);
  if (status == RST_OK)
    status = rst_parameters_check_values(parameters, error);
  if (status != RST_OK)
    return status;
  if (rst_clip(picture, box, &inside))
    status = find_areas(picture, &inside, &a, error);
  if (status == RST_OK)
    status = make_plan(parameters, picture, &a, plan, error);
  free(a.areas);
  return status;
}
