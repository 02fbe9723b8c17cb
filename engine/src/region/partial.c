/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points of a part, as far as they are restored. The network's colours are kept beside what mode
 * and saturation make of them, so that another mode costs no network pass.
 */
#include "region/partial.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/encoder.h"
#include "parameters/parameters.h"
#include "region/parts.h"

enum {
  COVERED = 1,  /* the part's own */
  BOUNDARY = 2, /* beside it: seen, and restored too where the part is matched */
  RESTORED = 4, /* `colours` is valid */
  MIXED = 8     /* `mixed` is valid */
};

struct rst_partial {
  rst_encoding *encoding;
  rst_parameters parameters;
  rst_part part;
  int x, y, width, height; /* of the area */
  bool whole;              /* the part, and its boundary */
  bool matched;            /* `weight` and `offset` are valid */
  float *memory;           /* owned: all below, (height, width, …) */
  float *rgba, *coverage, *luma, *colours, *mixed;
  const rst_hint_field *hints; /* NULL: none */
  float *offset, *weight;  /* offset owns both; NULL until it is matched */
  unsigned char *state;    /* owned: (height, width) */
  int *finished;           /* owned: (height): covered points that are mixed */
};

static size_t pixel_count(const rst_partial *p) {
  return (size_t)p->width * (size_t)p->height;
}

static size_t index_of(const rst_partial *p, int x, int y) {
  return (size_t)(y - p->y) * (size_t)p->width + (size_t)(x - p->x);
}

static bool in_part(const rst_partial *p, int x, int y) {
  return x >= p->part.x && y >= p->part.y && x < p->part.x + p->part.width &&
         y < p->part.y + p->part.height;
}

/* ---- new and free ---- */

/* The area inside the part's box; or the whole part with its border, which alone can be matched:
 * the boundary's influence reaches everywhere. */
static bool set_area(rst_partial *p, const rst_picture *picture, const int area[4]) {
  const int right = p->part.x + p->part.width, bottom = p->part.y + p->part.height;
  int x1, y1;

  if (area == NULL) {
    int box[4] = {p->part.x, p->part.y, p->part.width, p->part.height};

    p->whole = true;
    rst_match_box(&p->part, picture->width, picture->height, box);
    p->x = box[0];
    p->y = box[1];
    p->width = box[2];
    p->height = box[3];
    return true;
  }
  p->x = area[0] > p->part.x ? area[0] : p->part.x;
  p->y = area[1] > p->part.y ? area[1] : p->part.y;
  x1 = area[0] + area[2] < right ? area[0] + area[2] : right;
  y1 = area[1] + area[3] < bottom ? area[1] + area[3] : bottom;
  p->width = x1 - p->x;
  p->height = y1 - p->y;
  return p->width > 0 && p->height > 0;
}

static rst_status allocate(rst_partial *p, rst_error *error) {
  const size_t pixels = pixel_count(p);

  p->memory = rst_floats(12 * pixels);
  p->state = rst_array(pixels, 1);
  p->finished = rst_array((size_t)p->height, sizeof *p->finished);
  if (p->memory == NULL || p->state == NULL || p->finished == NULL)
    return rst_fail_memory(error);
  p->rgba = p->memory;
  p->coverage = p->memory + 4 * pixels;
  p->luma = p->memory + 5 * pixels;
  p->colours = p->memory + 6 * pixels;
  p->mixed = p->memory + 9 * pixels;
  return RST_OK;
}

static rst_status mark(rst_partial *p, rst_error *error) {
  const int box[4] = {p->x, p->y, p->width, p->height};
  bool *boundary = NULL;

  if (p->whole) {
    boundary = rst_array(pixel_count(p), sizeof *boundary);
    if (boundary == NULL)
      return rst_fail_memory(error);
    rst_match_ring(&p->part, box, p->rgba, p->coverage, boundary);
  }
  memset(p->state, 0, pixel_count(p));
  memset(p->finished, 0, (size_t)p->height * sizeof *p->finished);
  for (int y = p->y; y < p->y + p->height; y++)
    for (int x = p->x; x < p->x + p->width; x++) {
      const size_t i = index_of(p, x, y);

      /* Within the border another part's pixels may be covered: they are that part's. */
      if (p->coverage[i] > 0 && in_part(p, x, y))
        p->state[i] = COVERED;
      else if (boundary != NULL && boundary[i])
        p->state[i] = BOUNDARY;
    }
  free(boundary);
  return RST_OK;
}

rst_status rst_partial_new(const rst_parameters *parameters, rst_encoding *encoding,
                           const rst_picture *picture, const rst_part *part, const int area[4],
                           rst_partial **partial, rst_error *error) {
  rst_partial *p;
  rst_status status;

  if (parameters == NULL || encoding == NULL || part == NULL || partial == NULL ||
      !rst_good_picture(picture))
    return rst_fail_call(error, "rst_partial_new");
  status = rst_parameters_check(parameters, encoding->model, error);
  if (status != RST_OK)
    return status;
  p = calloc(1, sizeof *p);
  if (p == NULL)
    return rst_fail_memory(error);
  p->encoding = rst_encoding_ref(encoding);
  p->parameters = *parameters;
  p->part = *part;
  status =
    set_area(p, picture, area) ? allocate(p, error) : rst_fail_call(error, "rst_partial_new");
  if (status == RST_OK &&
      !rst_read_covered(picture, p->x, p->y, p->width, p->height, p->rgba, p->coverage))
    status = rst_fail_host(error);
  if (status == RST_OK)
    status = mark(p, error);
  if (status == RST_OK) {
    rst_pixel_luma(pixel_count(p), p->rgba, parameters->hide_region ? p->coverage : NULL, p->luma);
    *partial = p;
  } else {
    rst_partial_free(p);
  }
  return status;
}

void rst_partial_free(rst_partial *partial) {
  if (partial == NULL)
    return;
  rst_encoding_unref(partial->encoding);
  free(partial->memory);
  free(partial->offset);
  free(partial->state);
  free(partial->finished);
  free(partial);
}

void rst_partial_get_area(const rst_partial *partial, int area[4]) {
  area[0] = partial->x;
  area[1] = partial->y;
  area[2] = partial->width;
  area[3] = partial->height;
}

/* ---- parameters ---- */

static void forget(rst_partial *p, int flags) {
  for (size_t i = 0; i < pixel_count(p); i++)
    p->state[i] &= (unsigned char)~flags;
  memset(p->finished, 0, (size_t)p->height * sizeof *p->finished);
  p->matched = false;
}

rst_status rst_partial_set(rst_partial *partial, const rst_parameters *parameters,
                           rst_error *error) {
  rst_model_info info = {.size = sizeof info};
  unsigned stale;
  rst_status status;

  if (partial == NULL || parameters == NULL)
    return rst_fail_call(error, "rst_partial_set");
  status = rst_parameters_check(parameters, partial->encoding->model, error);
  if (status != RST_OK)
    return status;
  rst_model_get_info(partial->encoding->model, &info);
  stale = rst_parameters_compare(&partial->parameters, parameters, &info);
  if ((stale & (RST_STAGE_PLAN | RST_STAGE_ENCODE)) != 0)
    return rst_fail_call(error, "rst_partial_set");
  if ((stale & RST_STAGE_SAMPLE) != 0)
    forget(partial, RESTORED | MIXED);
  else if ((stale & RST_STAGE_MIX) != 0)
    forget(partial, MIXED);
  if ((stale & RST_STAGE_MIX) != 0)
    partial->part.mode = rst_resolve_mode(parameters, &partial->part.window);
  partial->parameters = *parameters;
  return RST_OK;
}

void rst_partial_set_hints(rst_partial *partial, const rst_hint_field *hints) {
  partial->hints = hints;
}

/* ---- refining ---- */

/* A lattice's points in an area. */
typedef struct {
  rst_partial *p;
  const rst_hooks *hooks;
  rst_grid grid;
  float *wanted, *luma; /* (rows, columns) */
  float *colours;       /* (rows, columns, 3) */
  int kinds, threads;
  int64_t missing;
} lattice;

static int round_up(int value, int step) {
  const int rest = value % step;

  return rest == 0 ? value : value - rest + step; /* pixels of a picture: none is below 0 */
}

/* False where there are none. */
static bool place(lattice *l, const int area[4], int step) {
  const rst_partial *p = l->p;
  int x = p->x, y = p->y, x1 = p->x + p->width, y1 = p->y + p->height;

  if (area != NULL) {
    x = area[0] > x ? area[0] : x;
    y = area[1] > y ? area[1] : y;
    x1 = area[0] + area[2] < x1 ? area[0] + area[2] : x1;
    y1 = area[1] + area[3] < y1 ? area[1] + area[3] : y1;
  }
  x = round_up(x, step);
  y = round_up(y, step);
  if (x >= x1 || y >= y1)
    return false;
  rst_grid_pixels(&l->grid, x, y, (x1 - x + step - 1) / step, (y1 - y + step - 1) / step);
  l->grid.dx = l->grid.dy = l->grid.column_step = l->grid.row_step = step;
  return true;
}

static size_t index_of_point(const lattice *l, uint32_t point) {
  const uint32_t columns = (uint32_t)l->grid.columns;

  return index_of(l->p, l->grid.column + (int)(point % columns) * l->grid.column_step,
                  l->grid.row + (int)(point / columns) * l->grid.row_step);
}

/* Marks what the network has to restore. */
static void list_missing(lattice *l) {
  const uint32_t points = (uint32_t)l->grid.columns * (uint32_t)l->grid.rows;

  for (uint32_t point = 0; point < points; point++) {
    const size_t i = index_of_point(l, point);
    const bool missing = (l->p->state[i] & l->kinds) != 0 && (l->p->state[i] & RESTORED) == 0;

    l->wanted[point] = missing;
    l->luma[point] = l->p->luma[i];
    l->missing += missing;
  }
}

/* Points count as soon as they are restored: those of a cancelled call too. */
static void take_batch(void *user, const uint32_t *points, size_t count) {
  lattice *l = user;

  for (size_t k = 0; k < count; k++) {
    const size_t i = index_of_point(l, points[k]);

    memcpy(l->p->colours + 3 * i, l->colours + 3 * (size_t)points[k], 3 * sizeof(float));
    l->p->state[i] |= RESTORED;
  }
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
      const size_t i =
        index_of_point(l, (uint32_t)row * (uint32_t)l->grid.columns + (uint32_t)column);

      if ((p->state[i] & l->kinds) == 0 || (p->state[i] & (RESTORED | MIXED)) != RESTORED)
        continue;
      rst_mix(p->part.mode, p->parameters.saturation, 1, p->rgba + 4 * i, p->colours + 3 * i,
              p->mixed + 3 * i);
      p->state[i] |= MIXED;
      if ((p->state[i] & COVERED) != 0)
        p->finished[(size_t)(l->grid.row + row * l->grid.row_step - p->y)]++;
    }
}

static rst_status refine(rst_session *session, rst_partial *p, const int area[4], int step,
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

  if (!place(&l, area, step))
    return RST_OK;
  points = (size_t)l.grid.columns * (size_t)l.grid.rows;
  memory = rst_floats(5 * points);
  if (memory == NULL)
    return rst_fail_memory(error);
  l.wanted = memory;
  l.grid.luma = l.luma = memory + points;
  l.colours = memory + 2 * points;
  list_missing(&l);
  if (l.missing > 0)
    status =
      rst_sample(session, p->encoding, &p->parameters, &l.grid, l.wanted, l.colours, &inner, error);
  free(memory);
  rst_pool_run(session->pool, mix_rows, &l); /* nothing where it was cancelled */
  if (status == RST_OK && rst_cancelled(cancel_of(&l)))
    status = rst_fail_cancelled(error);
  return status;
}

rst_status rst_partial_refine(rst_session *session, rst_partial *partial, const int area[4],
                              int step, const rst_hooks *hooks, rst_error *error) {
  if (session == NULL || partial == NULL || step < 1 || step > RST_LATTICE_MAX ||
      (step & (step - 1)) != 0 || (hooks != NULL && hooks->size != sizeof *hooks))
    return rst_fail_call(error, "rst_partial_refine");
  return refine(session, partial, area, step, COVERED, hooks, error);
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
    const int area[4] = {partial->x, partial->y + s.done, partial->width, rows};

    s.rows = partial->height - s.done < rows ? partial->height - s.done : rows;
    status = refine(session, partial, area, 1, COVERED | BOUNDARY, &inner, error);
  }
  return status;
}

rst_status rst_partial_match(rst_session *session, rst_partial *partial, const rst_hooks *hooks,
                             rst_error *error) {
  const int box[4] = {partial->x, partial->y, partial->width, partial->height};
  bool *boundary;
  rst_status status;

  if (session == NULL || (hooks != NULL && hooks->size != sizeof *hooks))
    return rst_fail_call(error, "rst_partial_match");
  if (!partial->whole || !rst_resolve_match(&partial->parameters) || partial->matched)
    return RST_OK;
  status = refine(session, partial, NULL, 1, BOUNDARY, hooks, error);
  if (status != RST_OK)
    return status;
  boundary = rst_array(pixel_count(partial), sizeof *boundary);
  if (partial->offset == NULL)
    partial->offset = rst_floats(4 * pixel_count(partial));
  if (boundary == NULL || partial->offset == NULL) {
    free(boundary);
    return rst_fail_memory(error);
  }
  partial->weight = partial->offset + 3 * pixel_count(partial);
  for (size_t i = 0; i < pixel_count(partial); i++)
    boundary[i] = (partial->state[i] & BOUNDARY) != 0;
  status =
    rst_match_spread(&partial->parameters, partial->encoding, &partial->part, box, partial->rgba,
                     partial->coverage, boundary, partial->mixed, partial->weight, partial->offset,
                     hooks == NULL ? NULL : hooks->cancel, error);
  partial->matched = status == RST_OK;
  free(boundary);
  return status;
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

    if (v >= p->y && p->finished[v - p->y] > 0)
      rows[count++] = (lattice_row){step, index_of(p, p->x, v)};
  }
  return count;
}

static void read_row(const rst_partial *p, int x, int y, int count, int coarsest, float *colours,
                     float *coverage) {
  const bool matched = p->matched && rst_resolve_match(&p->parameters);
  lattice_row rows[RST_LATTICE_BITS + 1];
  const int row_count =
    find_rows(p, y, coarsest < RST_LATTICE_MAX ? coarsest : RST_LATTICE_MAX, rows);

  for (int k = 0; k < count; k++) {
    const size_t at = index_of(p, x + k, y);
    bool found = false;

    for (int r = 0; r < row_count && !found && (p->state[at] & COVERED) != 0; r++) {
      const int u = on_lattice(x + k, rows[r].step);
      const size_t i = rows[r].first + (size_t)(u - p->x);

      found = u >= p->x && (p->state[i] & (COVERED | MIXED)) == (COVERED | MIXED);
      if (found)
        memcpy(colours + 3 * (size_t)k, p->mixed + 3 * i, 3 * sizeof *colours);
    }
    coverage[k] = found ? p->coverage[at] : 0;
    if (found && matched)
      rst_match_join(p->weight[at], p->offset + 3 * at, colours + 3 * (size_t)k);
  }
  if (p->hints != NULL) {
    rst_grid grid;

    rst_grid_pixels(&grid, x, y, count, 1);
    rst_hint_field_apply(p->hints, &grid, p->rgba + 4 * index_of(p, x, y), coverage, colours);
  }
}

rst_status rst_partial_read(const rst_partial *partial, const int area[4], int coarsest,
                            float *colours, float *coverage, rst_error *error) {
  if (partial == NULL || area == NULL || colours == NULL || coverage == NULL ||
      area[0] < partial->x || area[1] < partial->y || area[2] < 1 || area[3] < 1 ||
      area[2] > partial->x + partial->width - area[0] ||
      area[3] > partial->y + partial->height - area[1] || coarsest < 1)
    return rst_fail_call(error, "rst_partial_read");
  for (int row = 0; row < area[3]; row++) {
    const size_t first = (size_t)row * (size_t)area[2];

    read_row(partial, area[0], area[1] + row, area[2], coarsest, colours + 3 * first,
             coverage + first);
  }
  return RST_OK;
}

int64_t rst_partial_count(const rst_partial *partial, int64_t *finished) {
  int64_t covered = 0, done = 0;

  for (size_t i = 0; i < pixel_count(partial); i++)
    covered += (partial->state[i] & COVERED) != 0;
  for (int row = 0; row < partial->height; row++)
    done += partial->finished[row];
  if (finished != NULL)
    *finished = done;
  return covered;
}

void rst_partial_adopt(rst_partial *partial, const rst_partial *from) {
  rst_model_info info = {.size = sizeof info};

  rst_model_get_info(partial->encoding->model, &info);
  if (partial->encoding != from->encoding ||
      (rst_parameters_compare(&partial->parameters, &from->parameters, &info) & RST_STAGE_SAMPLE) !=
        0)
    return;
  for (int y = partial->y; y < partial->y + partial->height; y++)
    for (int x = partial->x; x < partial->x + partial->width; x++) {
      size_t i, j;

      if (x < from->x || y < from->y || x >= from->x + from->width || y >= from->y + from->height)
        continue;
      i = index_of(partial, x, y);
      j = index_of(from, x, y);
      if ((partial->state[i] & (COVERED | BOUNDARY)) == 0 || (from->state[j] & RESTORED) == 0)
        continue;
      memcpy(partial->colours + 3 * i, from->colours + 3 * j, 3 * sizeof *partial->colours);
      partial->state[i] |= RESTORED;
    }
}
