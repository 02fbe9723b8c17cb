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
#include "kernels/kernels.h"
#include "network/encoder.h"
#include "parameters/parameters.h"
#include "region/parts.h"
#include "region/seam.h"

static size_t pixel_count(const rst_partial *p) {
  return (size_t)p->width * (size_t)p->height;
}

static bool in_part(const rst_partial *p, int x, int y) {
  return x >= p->part.x && y >= p->part.y && x < p->part.x + p->part.width &&
         y < p->part.y + p->part.height;
}

/* ---- new and free ---- */

/* The area inside the part's box; or the whole part with its border, which alone can be matched:
 * the boundary's influence reaches everywhere. */
static bool set_area(rst_partial *p, const rst_picture *picture, const rst_rectangle *area) {
  const int right = p->part.x + p->part.width, bottom = p->part.y + p->part.height;
  int x1, y1;

  if (area == NULL) {
    rst_rectangle box;

    p->whole = true;
    rst_seam_get_box(&p->part, picture->width, picture->height, &box);
    p->x = box.x;
    p->y = box.y;
    p->width = box.width;
    p->height = box.height;
    return true;
  }
  p->x = area->x > p->part.x ? area->x : p->part.x;
  p->y = area->y > p->part.y ? area->y : p->part.y;
  x1 = area->x + area->width < right ? area->x + area->width : right;
  y1 = area->y + area->height < bottom ? area->y + area->height : bottom;
  p->width = x1 - p->x;
  p->height = y1 - p->y;
  return p->width > 0 && p->height > 0;
}

static rst_status allocate(rst_partial *p, rst_error *error) {
  const size_t pixels = pixel_count(p);

  p->coverage = rst_floats(7 * pixels);
  p->state = rst_array(pixels, 1);
  p->finished = rst_array((size_t)p->height, sizeof *p->finished);
  if (p->coverage == NULL || p->state == NULL || p->finished == NULL)
    return rst_fail_memory(error);
  p->colours = p->coverage + pixels;
  p->mixed = p->coverage + 4 * pixels;
  return RST_OK;
}

/* The area's pixels (height, width, 4), to be freed: a copy of what is looked into elsewhere. */
static float *copy_pixels(const rst_partial *p) {
  const size_t row = 4 * (size_t)p->width;
  float *copy = rst_floats(row * (size_t)p->height);

  for (int y = 0; copy != NULL && y < p->height; y++)
    memcpy(copy + (size_t)y * row, rst_partial_rgba(p, p->x, p->y + y), row * sizeof *copy);
  return copy;
}

/* Reads coverage and pixels; the latter are kept where they do not lie in memory already. */
static rst_status read_pixels(rst_partial *p, const rst_picture *picture, float **rgba,
                              rst_error *error) {
  *rgba = rst_floats(4 * pixel_count(p));
  if (*rgba == NULL)
    return rst_fail_memory(error);
  if (!rst_read_covered(picture, p->x, p->y, p->width, p->height, *rgba, p->coverage))
    return rst_fail_host(error);
  if (picture->rgba != NULL) {
    p->rgba = picture->rgba + 4 * ((size_t)p->y * (size_t)picture->width + (size_t)p->x);
    p->rgba_width = picture->width;
  } else {
    p->rgba = p->kept = *rgba;
    p->rgba_width = p->width;
  }
  return RST_OK;
}

static rst_status mark(rst_partial *p, const float *rgba, rst_error *error) {
  const rst_rectangle box = {p->x, p->y, p->width, p->height};
  bool *boundary = NULL;

  if (p->whole) {
    boundary = rst_array(pixel_count(p), sizeof *boundary);
    if (boundary == NULL)
      return rst_fail_memory(error);
    rst_seam_find_boundary(&p->part, &box, rgba, p->coverage, boundary);
  }
  memset(p->state, 0, pixel_count(p));
  memset(p->finished, 0, (size_t)p->height * sizeof *p->finished);
  for (int y = p->y; y < p->y + p->height; y++)
    for (int x = p->x; x < p->x + p->width; x++) {
      const size_t i = rst_partial_index(p, x, y);

      /* Within the border another part's pixels may be covered: they are that part's. */
      if (p->coverage[i] > 0 && in_part(p, x, y)) {
        p->state[i] = RST_POINT_COVERED;
        p->covered++;
      } else if (boundary != NULL && boundary[i]) {
        p->state[i] = RST_POINT_BOUNDARY;
        p->boundary++;
      }
    }
  free(boundary);
  return RST_OK;
}

static rst_status check(const rst_parameters *parameters, const rst_encoding *encoding,
                        rst_error *error) {
  return encoding == NULL ? rst_parameters_check_values(parameters, error)
                          : rst_parameters_check(parameters, encoding->model, error);
}

rst_status rst_partial_new(const rst_parameters *parameters, rst_encoding *encoding,
                           const rst_picture *picture, const rst_part *part,
                           const rst_rectangle *area, rst_partial **partial, rst_error *error) {
  rst_parameters all_parameters;
  rst_picture all_picture;
  float *rgba = NULL;
  rst_partial *p;
  rst_status status;

  if (!rst_complete_parameters(&parameters, &all_parameters) ||
      !rst_take_picture(&picture, &all_picture) || part == NULL || partial == NULL)
    return rst_fail_call(error, "rst_partial_new");
  status = check(parameters, encoding, error);
  if (status != RST_OK)
    return status;
  p = calloc(1, sizeof *p);
  if (p == NULL)
    return rst_fail_memory(error);
  p->encoding = encoding == NULL ? NULL : rst_encoding_ref(encoding);
  p->parameters = *parameters;
  p->part = *part;
  status =
    set_area(p, picture, area) ? allocate(p, error) : rst_fail_call(error, "rst_partial_new");
  if (status == RST_OK)
    status = read_pixels(p, picture, &rgba, error);
  if (status == RST_OK)
    status = mark(p, rgba, error);
  if (rgba != p->kept)
    free(rgba);
  if (status == RST_OK)
    *partial = p;
  else
    rst_partial_free(p);
  return status;
}

void rst_partial_free(rst_partial *partial) {
  if (partial == NULL)
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
  *area = (rst_rectangle){partial->x, partial->y, partial->width, partial->height};
}

float rst_partial_get_coverage(const rst_partial *partial, int x, int y) {
  const bool inside = x >= partial->x && y >= partial->y && x < partial->x + partial->width &&
                      y < partial->y + partial->height && in_part(partial, x, y);

  return inside ? partial->coverage[rst_partial_index(partial, x, y)] : 0;
}

/* ---- parameters ---- */

static void forget(rst_partial *p, int flags) {
  for (size_t i = 0; i < pixel_count(p); i++)
    p->state[i] &= (unsigned char)~flags;
  memset(p->finished, 0, (size_t)p->height * sizeof *p->finished);
  p->matched = false;
  p->seeds = 0;
}

rst_status rst_partial_set(rst_partial *partial, const rst_parameters *parameters,
                           rst_error *error) {
  rst_model_info info = {.size = sizeof info};
  rst_parameters storage;
  rst_mode mode;
  unsigned stale;
  rst_status status;

  if (partial == NULL || !rst_complete_parameters(&parameters, &storage))
    return rst_fail_call(error, "rst_partial_set");
  status = check(parameters, partial->encoding, error);
  if (status != RST_OK)
    return status;
  if (partial->encoding != NULL)
    rst_model_get_info(partial->encoding->model, &info);
  stale = rst_parameters_compare(&partial->parameters, parameters,
                                 partial->encoding == NULL ? NULL : &info);
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

  if (partial == NULL || encoding == NULL ||
      (partial->encoding != NULL && partial->encoding != encoding))
    return rst_fail_call(error, "rst_partial_set_encoding");
  status = check(&partial->parameters, encoding, error);
  if (status == RST_OK && partial->encoding == NULL)
    partial->encoding = rst_encoding_ref(encoding);
  return status;
}

void rst_partial_set_hints(rst_partial *partial, const rst_hint_field *hints) {
  partial->hints = hints;
}

/* ---- refining ---- */

bool rst_good_step(int step) {
  return step >= 1 && step <= RST_LATTICE_MAX && (step & (step - 1)) == 0;
}

static int round_up(int value, int step) {
  const int rest = value % step;

  return rest == 0 ? value : value - rest + step; /* pixels of a picture: none is below 0 */
}

bool rst_partial_place(const rst_partial *p, const rst_rectangle *area, int step, rst_grid *grid) {
  int x = p->x, y = p->y, x1 = p->x + p->width, y1 = p->y + p->height;

  if (area != NULL) {
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

/* A lattice's points in an area. */
typedef struct {
  rst_partial *p;
  const rst_hooks *hooks;
  rst_grid grid;
  float *mask, *luma;   /* (rows, columns): above 0 where the network is asked */
  float *colours;       /* (rows, columns, 3) */
  int kinds, threads;
  int64_t missing;
} lattice;

static size_t index_of_point(const lattice *l, uint32_t point) {
  int x, y;

  rst_partial_locate(&l->grid, point, &x, &y);
  return rst_partial_index(l->p, x, y);
}

/* Marks what the network has to restore. */
static void list_missing(lattice *l) {
  const uint32_t points = (uint32_t)l->grid.columns * (uint32_t)l->grid.rows;

  for (uint32_t point = 0; point < points; point++) {
    const unsigned char state = l->p->state[index_of_point(l, point)];
    const bool missing = (state & l->kinds) != 0 && (state & RST_POINT_RESTORED) == 0;
    int x, y;

    l->mask[point] = missing;
    if (!missing)
      continue;
    rst_partial_locate(&l->grid, point, &x, &y);
    l->luma[point] = rst_partial_luma(l->p, x, y);
    l->missing++;
  }
}

/* Points count as soon as they are restored: those of a cancelled call too. */
static void take_batch(void *user, const uint32_t *points, size_t count) {
  lattice *l = user;
  uint32_t held[RST_BATCH];

  for (size_t k = 0; k < count; k++) {
    const size_t i = index_of_point(l, points[k]);

    memcpy(l->p->colours + 3 * i, l->colours + 3 * (size_t)points[k], 3 * sizeof(float));
    l->p->state[i] |= RST_POINT_RESTORED;
    held[k] = (uint32_t)i;
  }
  if (l->hooks != NULL && l->hooks->batch != NULL)
    l->hooks->batch(l->hooks->user, held, count);
}

static void report(void *user, rst_phase phase, double fraction) {
  const lattice *l = user;

  if (l->hooks != NULL && l->hooks->progress != NULL)
    l->hooks->progress(l->hooks->user, phase, fraction);
}

static rst_cancel *cancel_of(const lattice *l) {
  return l->hooks == NULL ? NULL : l->hooks->cancel;
}

/* What is restored, joined with the picture by mode. */
static void mix_rows(void *data, int worker) {
  lattice *l = data;
  rst_partial *p = l->p;

  for (int row = worker; row < l->grid.rows && !rst_cancelled(cancel_of(l)); row += l->threads)
    for (int column = 0; column < l->grid.columns; column++) {
      const int x = l->grid.column + column * l->grid.column_step;
      const int y = l->grid.row + row * l->grid.row_step;
      const size_t i = rst_partial_index(p, x, y);

      if ((p->state[i] & l->kinds) == 0 ||
          (p->state[i] & (RST_POINT_RESTORED | RST_POINT_MIXED)) != RST_POINT_RESTORED)
        continue;
      rst_mix(p->part.mode, p->parameters.saturation, 1, rst_partial_rgba(p, x, y),
              p->colours + 3 * i, p->mixed + 3 * i);
      p->state[i] |= RST_POINT_MIXED;
      if ((p->state[i] & RST_POINT_COVERED) != 0)
        p->finished[y - p->y].covered++;
      else
        p->finished[y - p->y].boundary++;
    }
}

static rst_status refine(rst_session *session, rst_partial *p, const rst_rectangle *area, int step,
                         int kinds, const rst_hooks *hooks, rst_error *error) {
  lattice l = {.p = p, .hooks = hooks, .kinds = kinds, .threads = rst_session_threads(session)};
  const rst_hooks inner = {.size = sizeof inner,
                           .user = &l,
                           .progress = report,
                           .batch = take_batch,
                           .cancel = cancel_of(&l)};
  rst_status status = RST_OK;
  size_t points;
  float *memory;

  if (!rst_partial_place(p, area, step, &l.grid))
    return RST_OK;
  points = (size_t)l.grid.columns * (size_t)l.grid.rows;
  memory = rst_floats(5 * points);
  if (memory == NULL)
    return rst_fail_memory(error);
  l.mask = memory;
  l.grid.luma = l.luma = memory + points;
  l.colours = memory + 2 * points;
  list_missing(&l);
  if (l.missing > 0)
    status =
      rst_sample(session, p->encoding, &p->parameters, &l.grid, l.mask, l.colours, &inner, error);
  free(memory);
  rst_pool_run(session->pool, mix_rows, &l); /* nothing where it was cancelled */
  if (status == RST_OK && rst_cancelled(cancel_of(&l)))
    status = rst_fail_cancelled(error);
  return status;
}

rst_status rst_partial_refine(rst_session *session, rst_partial *partial, const rst_rectangle *area,
                              int step, const rst_hooks *hooks, rst_error *error) {
  rst_hooks storage;

  if (session == NULL || partial == NULL || partial->encoding == NULL || !rst_good_step(step) ||
      !rst_complete_hooks(&hooks, &storage))
    return rst_fail_call(error, "rst_partial_refine");
  return refine(session, partial, area, step, RST_POINT_COVERED, hooks, error);
}

/* Bands of a whole: what one reports becomes its share. */
typedef struct {
  const rst_hooks *hooks;
  int done, rows, height;
} share;

static void report_share(void *user, rst_phase phase, double fraction) {
  const share *s = user;

  s->hooks->progress(s->hooks->user, phase, (s->done + fraction * s->rows) / s->height);
}

rst_status rst_partial_finish(rst_session *session, rst_partial *partial, const rst_hooks *hooks,
                              rst_error *error) {
  const int rows = rst_band_rows(partial->width, partial->height);
  share s = {.hooks = hooks, .height = partial->height};
  rst_hooks inner = RST_HOOKS_INIT;
  rst_status status = RST_OK;

  if (hooks != NULL)
    inner.cancel = hooks->cancel;
  if (hooks != NULL && hooks->progress != NULL) {
    inner.user = &s;
    inner.progress = report_share;
  }
  for (; s.done < partial->height && status == RST_OK; s.done += rows) {
    const rst_rectangle area = {partial->x, partial->y + s.done, partial->width, rows};

    s.rows = partial->height - s.done < rows ? partial->height - s.done : rows;
    status =
      refine(session, partial, &area, 1, RST_POINT_COVERED | RST_POINT_BOUNDARY, &inner, error);
  }
  return status;
}

/* How the finished boundary differs, spread over the part. */
static rst_status spread(rst_partial *p, const rst_cancel *cancel, rst_error *error) {
  const rst_rectangle box = {p->x, p->y, p->width, p->height};
  float *copy = p->kept == NULL ? copy_pixels(p) : NULL;
  const float *rgba = p->kept == NULL ? copy : p->kept;
  bool *boundary = rst_array(pixel_count(p), sizeof *boundary);
  rst_status status;

  if (p->offset == NULL)
    p->offset = rst_floats(4 * pixel_count(p));
  if (boundary == NULL || rgba == NULL || p->offset == NULL) {
    status = rst_fail_memory(error);
  } else {
    p->weight = p->offset + 3 * pixel_count(p);
    for (size_t i = 0; i < pixel_count(p); i++)
      boundary[i] = (p->state[i] & RST_POINT_BOUNDARY) != 0;
    status = rst_seam_spread(&p->parameters, p->encoding, &p->part, &box, rgba, p->coverage,
                             boundary, p->mixed, p->weight, p->offset, cancel, error);
    p->matched = status == RST_OK;
  }
  free(copy);
  free(boundary);
  return status;
}

rst_status rst_partial_match(rst_session *session, rst_partial *partial, const rst_hooks *hooks,
                             rst_error *error) {
  rst_hooks storage;
  rst_status status;

  if (session == NULL || partial == NULL || partial->encoding == NULL ||
      !rst_complete_hooks(&hooks, &storage))
    return rst_fail_call(error, "rst_partial_match");
  if (!partial->whole || !rst_resolve_match(&partial->parameters) || partial->matched)
    return RST_OK;
  status = refine(session, partial, NULL, 1, RST_POINT_BOUNDARY, hooks, error);
  return status == RST_OK ? spread(partial, hooks == NULL ? NULL : hooks->cancel, error) : status;
}

bool rst_partial_is_matched(const rst_partial *partial) {
  return partial->matched && rst_resolve_match(&partial->parameters);
}

/* ---- reading ---- */

/* Rows of lattices that have points, from the finest on. */
typedef struct {
  int step;
  size_t first; /* the index of the area's first column in that row */
} lattice_row;

/* A column's or row's place on the lattice of `step`, a power of two. */
static int on_lattice(int at, int step) {
  return at & -step;
}

static int find_rows(const rst_partial *p, int y, int coarsest, lattice_row *rows) {
  int count = 0;

  for (int step = 1; step <= coarsest; step *= 2) {
    const int v = on_lattice(y, step);

    if (v >= p->y && p->finished[v - p->y].covered > 0)
      rows[count++] = (lattice_row){step, rst_partial_index(p, p->x, v)};
  }
  return count;
}

static void read_row(const rst_partial *p, int x, int y, int count, int coarsest, float *colours,
                     float *coverage) {
  const bool matched = rst_partial_is_matched(p);
  lattice_row rows[RST_LATTICE_BITS + 1];
  const int row_count =
    find_rows(p, y, coarsest < RST_LATTICE_MAX ? coarsest : RST_LATTICE_MAX, rows);

  for (int k = 0; k < count; k++) {
    const size_t at = rst_partial_index(p, x + k, y);
    bool found = false;

    for (int r = 0; r < row_count && !found && (p->state[at] & RST_POINT_COVERED) != 0; r++) {
      const int u = on_lattice(x + k, rows[r].step);
      const size_t i = rows[r].first + (size_t)(u - p->x);

      found = u >= p->x && (p->state[i] & (RST_POINT_COVERED | RST_POINT_MIXED)) ==
                             (RST_POINT_COVERED | RST_POINT_MIXED);
      if (found)
        memcpy(colours + 3 * (size_t)k, p->mixed + 3 * i, 3 * sizeof *colours);
    }
    coverage[k] = found ? p->coverage[at] : 0;
    if (found && matched)
      rst_seam_join(p->weight[at], p->offset + 3 * at, colours + 3 * (size_t)k);
  }
  if (p->hints != NULL) {
    rst_grid grid;

    rst_grid_pixels(&grid, x, y, count, 1);
    rst_hint_field_apply(p->hints, &grid, rst_partial_rgba(p, x, y), coverage, colours);
  }
}

rst_status rst_partial_read(const rst_partial *partial, const rst_rectangle *area, int coarsest,
                            float *colours, float *coverage, rst_error *error) {
  if (partial == NULL || area == NULL || colours == NULL || coverage == NULL ||
      area->x < partial->x || area->y < partial->y || area->width < 1 || area->height < 1 ||
      area->width > partial->x + partial->width - area->x ||
      area->height > partial->y + partial->height - area->y || coarsest < 1)
    return rst_fail_call(error, "rst_partial_read");
  for (int row = 0; row < area->height; row++) {
    const size_t first = (size_t)row * (size_t)area->width;

    read_row(partial, area->x, area->y + row, area->width, coarsest, colours + 3 * first,
             coverage + first);
  }
  return RST_OK;
}

int64_t rst_partial_count(const rst_partial *partial, int64_t *finished) {
  if (finished != NULL) {
    *finished = 0;
    for (int row = 0; row < partial->height; row++)
      *finished += partial->finished[row].covered;
  }
  return partial->covered;
}

int64_t rst_partial_count_boundary(const rst_partial *partial, int64_t *finished) {
  const bool match = partial->whole && rst_resolve_match(&partial->parameters);

  if (finished != NULL) {
    *finished = 0;
    for (int row = 0; row < partial->height && match; row++)
      *finished += partial->finished[row].boundary;
  }
  return match ? partial->boundary : 0;
}

void rst_partial_adopt(rst_partial *partial, const rst_partial *from) {
  rst_model_info info = {.size = sizeof info};

  if (partial->encoding == NULL || partial->encoding != from->encoding)
    return;
  rst_model_get_info(partial->encoding->model, &info);
  if ((rst_parameters_compare(&partial->parameters, &from->parameters, &info) & RST_STAGE_SAMPLE) !=
      0)
    return;
  for (int y = partial->y; y < partial->y + partial->height; y++)
    for (int x = partial->x; x < partial->x + partial->width; x++) {
      size_t i, j;

      if (x < from->x || y < from->y || x >= from->x + from->width || y >= from->y + from->height)
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
