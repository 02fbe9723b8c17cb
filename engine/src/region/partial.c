/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points of a part, as far as they are restored. The network's colours are kept beside what mode
 * and saturation make of them, so that another mode costs no network pass.
 */
#include "region/partial.h"

#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/encoder.h"
#include "parameters/parameters.h"
#include "region/parts.h"
#include "region/seam.h"

static bool in_part(const rst_partial *p, int x, int y) {
  const rst_rectangle *box = &p->part.box;

  return x >= box->x && y >= box->y && x < box->x + box->width && y < box->y + box->height;
}

/* ---- new and free ---- */

/* The area inside the part's box; or the whole part with its border, which alone can be matched:
 * the boundary's influence reaches everywhere. */
static bool set_area(rst_partial *p, const rst_picture *picture, const rst_rectangle *area) {
  const rst_rectangle *box = &p->part.box;
  const int right = box->x + box->width, bottom = box->y + box->height;
  int x1, y1;

  if (!area) {
    p->whole = true;
    rst_seam_get_box(&p->part, picture->width, picture->height, &p->area);
    return true;
  }
  p->area.x = area->x > box->x ? area->x : box->x;
  p->area.y = area->y > box->y ? area->y : box->y;
  x1 = area->x + area->width < right ? area->x + area->width : right;
  y1 = area->y + area->height < bottom ? area->y + area->height : bottom;
  p->area.width = x1 - p->area.x;
  p->area.height = y1 - p->area.y;
  return p->area.width > 0 && p->area.height > 0;
}

/* What comes as zeros when it is touched costs a large part nothing before it is. */
static rst_status allocate(rst_partial *p, rst_error *error) {
  const size_t pixels = rst_partial_pixels(p);

  p->coverage = rst_zeros(7 * pixels, sizeof *p->coverage);
  p->state = rst_zeros(pixels, 1);
  p->finished = rst_array((size_t)p->area.height, sizeof *p->finished);
  if (!p->coverage || !p->state || !p->finished)
    return rst_fail_memory(error);
  p->colours = p->coverage + pixels;
  p->mixed = p->coverage + 4 * pixels;
  return RST_OK;
}

/* Rows of a picture that lies in memory, which is looked at there: where it is selected alone,
 * since a host may still be filling the rest. */
static bool find_covered(rst_partial *p, const rst_picture *picture, int y, int rows) {
  float *coverage = p->coverage + rst_partial_index(p, p->area.x, y);
  const int x = p->area.x, width = p->area.width;

  if (picture->read_coverage && !picture->read_coverage(picture->user, x, y, width, rows, coverage))
    return false;
  for (int row = y; row < y + rows; row++)
    for (int column = x; column < x + width; column++, coverage++) {
      if (!picture->read_coverage)
        *coverage = 1;
      if (!(*coverage > 0) || !(rst_partial_rgba(p, column, row)[3] > 0))
        *coverage = 0;
    }
  return true;
}

static bool read_rows(rst_partial *p, const rst_picture *picture, int y, int rows) {
  const size_t first = rst_partial_index(p, p->area.x, y);

  return picture->rgba ? find_covered(p, picture, y, rows)
                       : rst_read_covered(picture, p->area.x, y, p->area.width, rows,
                                          p->kept + 4 * first, p->coverage + first);
}

/* Some rows at a time, so that cancelling waits for no more. */
static rst_status read_pixels(rst_partial *p, const rst_picture *picture, rst_error *error) {
  enum { AT_ONCE = 1 << 16 }; /* pixels: some 5 ms of a host that converts colours */
  const int end = p->area.y + p->area.height;
  const int at_once = p->area.width < AT_ONCE ? AT_ONCE / p->area.width : 1;

  if (picture->rgba) {
    p->rgba = picture->rgba + 4 * ((size_t)p->area.y * (size_t)picture->width + (size_t)p->area.x);
    p->rgba_width = picture->width;
  } else {
    p->kept = rst_zeros(4 * rst_partial_pixels(p), sizeof *p->kept);
    if (!p->kept)
      return rst_fail_memory(error);
    p->rgba = p->kept;
    p->rgba_width = p->area.width;
  }
  for (int y = p->area.y; y < end; y += at_once)
    if (rst_cancelled(picture->cancel) ||
        !read_rows(p, picture, y, end - y < at_once ? end - y : at_once))
      return rst_fail_reading(picture, error);
  return RST_OK;
}

static void mark_row(rst_partial *p, int y, const bool *boundary) {
  unsigned char *state = p->state + rst_partial_index(p, p->area.x, y);
  const float *coverage = p->coverage + rst_partial_index(p, p->area.x, y);

  for (int i = 0; i < p->area.width; i++)
    /* Within the border another part's pixels may be covered: they are that part's. */
    if (coverage[i] > 0 && in_part(p, p->area.x + i, y)) {
      state[i] = RST_POINT_COVERED;
      p->covered++;
    } else if (boundary[i]) {
      state[i] = RST_POINT_BOUNDARY;
      p->boundary++;
    }
}

static rst_status mark(rst_partial *p, const rst_cancel *cancel, rst_error *error) {
  bool *boundary = rst_zeros((size_t)p->area.width, sizeof *boundary);
  int row = 0;

  if (!boundary)
    return rst_fail_memory(error);
  for (; row < p->area.height && !rst_cancelled(cancel); row++) {
    if (p->whole)
      rst_seam_find_boundary(&p->part, &p->area, p->rgba, p->rgba_width, p->coverage, row,
                             boundary);
    mark_row(p, p->area.y + row, boundary);
  }
  free(boundary);
  return row < p->area.height ? rst_fail_cancelled(error) : RST_OK;
}

static rst_status check(const rst_parameters *parameters, const rst_encoding *encoding,
                        rst_error *error) {
  return encoding ? rst_parameters_check(parameters, encoding->model, error)
                  : rst_parameters_check_values(parameters, error);
}

rst_status rst_partial_new(const rst_parameters *parameters, rst_encoding *encoding,
                           const rst_picture *picture, const rst_part *part,
                           const rst_rectangle *area, rst_partial **partial, rst_error *error) {
  RST_FREED rst_parameters *own = NULL;
  rst_picture all_picture;
  rst_partial *p;
  rst_status status;

  if (!rst_take_picture(&picture, &all_picture) || !part || !partial)
    return rst_fail_call(error, "rst_partial_new");
  status = rst_whole_parameters(&parameters, &own, "rst_partial_new", error);
  if (status == RST_OK)
    status = check(parameters, encoding, error);
  if (status != RST_OK)
    return status;
  p = calloc(1, sizeof *p);
  if (!p)
    return rst_fail_memory(error);
  p->encoding = encoding ? rst_encoding_ref(encoding) : NULL;
  p->parameters = *parameters;
  p->part = *part;
  status =
    set_area(p, picture, area) ? allocate(p, error) : rst_fail_call(error, "rst_partial_new");
  if (status == RST_OK)
    status = read_pixels(p, picture, error);
  if (status == RST_OK)
    status = mark(p, picture->cancel, error);
  if (status == RST_OK)
    *partial = p;
  else
    rst_partial_free(p);
  return status;
}

void rst_partial_free(rst_partial *partial) {
  if (!partial)
    return;
  rst_encoding_unref(partial->encoding);
  free(partial->kept);
  free(partial->coverage);
  free(partial->offset);
  free(partial->deviation);
  free(partial->state);
  free(partial->finished);
  free(partial);
}

void rst_partial_get_area(const rst_partial *partial, rst_rectangle *area) {
  *area = partial->area;
}

float rst_partial_get_coverage(const rst_partial *partial, int x, int y) {
  const bool inside = x >= partial->area.x && y >= partial->area.y &&
                      x < partial->area.x + partial->area.width &&
                      y < partial->area.y + partial->area.height && in_part(partial, x, y);

  return inside ? partial->coverage[rst_partial_index(partial, x, y)] : 0;
}

/* ---- parameters ---- */

static void forget(rst_partial *p, int flags) {
  for (size_t i = 0; i < rst_partial_pixels(p); i++)
    p->state[i] &= (unsigned char)~flags;
  memset(p->finished, 0, (size_t)p->area.height * sizeof *p->finished);
  p->matched = false;
  p->seeds = 0;
}

rst_status rst_partial_set(rst_partial *partial, const rst_parameters *parameters,
                           rst_error *error) {
  rst_model_info info = {.size = sizeof info};
  RST_FREED rst_parameters *own = NULL;
  rst_mode mode;
  unsigned stale;
  rst_status status;

  if (!partial)
    return rst_fail_call(error, "rst_partial_set");
  status = rst_whole_parameters(&parameters, &own, "rst_partial_set", error);
  if (status == RST_OK)
    status = check(parameters, partial->encoding, error);
  if (status != RST_OK)
    return status;
  if (partial->encoding)
    rst_model_get_info(partial->encoding->model, &info);
  stale =
    rst_parameters_compare(&partial->parameters, parameters, partial->encoding ? &info : NULL);
  if ((stale & RST_STAGE_ENCODE) != 0)
    return rst_fail_call(error, "rst_partial_set");
  mode = (stale & RST_STAGE_MIX) == 0 ? partial->part.mode
                                      : rst_resolve_mode(parameters, &partial->part.window);
  if ((stale & RST_STAGE_SAMPLE) != 0)
    forget(partial, RST_POINT_RESTORED | RST_POINT_MIXED);
  else if (mode != partial->part.mode || parameters->saturation != partial->parameters.saturation)
    forget(partial, RST_POINT_MIXED);
  partial->part.mode = mode;
  partial->parameters = *parameters;
  return RST_OK;
}

rst_status rst_partial_set_encoding(rst_partial *partial, rst_encoding *encoding,
                                    rst_error *error) {
  rst_status status;

  if (!partial || !encoding || (partial->encoding && partial->encoding != encoding))
    return rst_fail_call(error, "rst_partial_set_encoding");
  status = check(&partial->parameters, encoding, error);
  if (status == RST_OK && !partial->encoding)
    partial->encoding = rst_encoding_ref(encoding);
  return status;
}

void rst_partial_set_hints(rst_partial *partial, const rst_hint_field *hints) {
  partial->hints = hints;
}

/* ---- lattices ---- */

bool rst_good_step(int step) {
  return step >= 1 && step <= RST_LATTICE_MAX && (step & (step - 1)) == 0;
}

static int round_up(int value, int step) {
  const int rest = value % step;

  return rest == 0 ? value : value - rest + step; /* pixels of a picture: none is below 0 */
}

bool rst_partial_place(const rst_partial *p, const rst_rectangle *area, int step, rst_grid *grid) {
  int x = p->area.x, y = p->area.y, x1 = p->area.x + p->area.width, y1 = p->area.y + p->area.height;

  if (area) {
    x = area->x > x ? area->x : x;
    y = area->y > y ? area->y : y;
    x1 = area->x + area->width < x1 ? area->x + area->width : x1;
    y1 = area->y + area->height < y1 ? area->y + area->height : y1;
  }
  x = round_up(x, step);
  y = round_up(y, step);
  if (x >= x1 || y >= y1)
    return false;
  rst_grid_pixels(grid, x, y, (x1 - x + step - 1) / step, (y1 - y + step - 1) / step);
  grid->dx = grid->dy = grid->column_step = grid->row_step = step;
  return true;
}

float rst_partial_luma(const rst_partial *p, int x, int y) {
  const float *hidden = p->parameters.hide_region ? p->coverage + rst_partial_index(p, x, y) : NULL;
  float luma;

  rst_pixel_luma(1, rst_partial_rgba(p, x, y), hidden, &luma);
  return luma;
}

/* ---- counts, and points of another one ---- */

bool rst_partial_is_matched(const rst_partial *partial) {
  return partial->matched && rst_resolve_match(&partial->parameters);
}

int64_t rst_partial_count(const rst_partial *partial, int64_t *finished) {
  if (finished) {
    *finished = 0;
    for (int row = 0; row < partial->area.height; row++)
      *finished += partial->finished[row].covered;
  }
  return partial->covered;
}

int64_t rst_partial_count_boundary(const rst_partial *partial, int64_t *finished) {
  const bool match = partial->whole && rst_resolve_match(&partial->parameters);

  if (finished) {
    *finished = 0;
    for (int row = 0; row < partial->area.height && match; row++)
      *finished += partial->finished[row].boundary;
  }
  return match ? partial->boundary : 0;
}

void rst_partial_adopt(rst_partial *partial, const rst_partial *from) {
  rst_model_info info = {.size = sizeof info};

  if (!partial->encoding || partial->encoding != from->encoding)
    return;
  rst_model_get_info(partial->encoding->model, &info);
  if ((rst_parameters_compare(&partial->parameters, &from->parameters, &info) & RST_STAGE_SAMPLE) !=
      0)
    return;
  for (int y = partial->area.y; y < partial->area.y + partial->area.height; y++)
    for (int x = partial->area.x; x < partial->area.x + partial->area.width; x++) {
      size_t i, j;

      if (x < from->area.x || y < from->area.y || x >= from->area.x + from->area.width ||
          y >= from->area.y + from->area.height)
        continue;
      i = rst_partial_index(partial, x, y);
      j = rst_partial_index(from, x, y);
      if ((partial->state[i] & (RST_POINT_COVERED | RST_POINT_BOUNDARY)) == 0 ||
          (from->state[j] & RST_POINT_RESTORED) == 0)
        continue;
      memcpy(partial->colours + 3 * i, from->colours + 3 * j, 3 * sizeof *partial->colours);
      partial->state[i] |= RST_POINT_RESTORED;
    }
}
