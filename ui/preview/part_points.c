/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/part_points.h"

#include <math.h>
#include <string.h>

#include "failure.h"

enum {
  COVERED = 1,
  BOUNDARY = 2,
  RESTORED = 4, /* `colours` is valid */
  MIXED = 8     /* `mixed` is valid */
};

/* The first is half a step of 8 bits. */
const float deviation_ranges[DEVIATION_RANGES] = {0.002f, 0.005f, 0.01f, 0.02f, 0.05f,
                                                  0.1f,   0.2f,   0.5f,  1};

static gsize pixel_count(const part_points *c) {
  return (gsize)c->box.width * (gsize)c->box.height;
}

static gsize index_of(const part_points *c, int x, int y) {
  return (gsize)(y - c->box.y) * (gsize)c->box.width + (gsize)(x - c->box.x);
}

static bool in_part(const rst_part *part, int x, int y) {
  return x >= part->x && y >= part->y && x < part->x + part->width && y < part->y + part->height;
}

float part_points_get_coverage(const part_points *c, int x, int y) {
  return in_part(&c->part, x, y) ? c->coverage[index_of(c, x, y)] : 0;
}

float part_points_get_luma(const part_points *c, const points_job *job, int x, int y) {
  const float *hidden = job->parameters->hide_region ? c->coverage + index_of(c, x, y) : NULL;
  float luma;

  rst_pixel_luma(1, tiles_at(job->pixels, x, y), hidden, &luma);
  return luma;
}

/* ---- new and free ---- */

static void copy_coverage(part_points *c, const tiles *pixels, const tiles *coverage) {
  const rect inside = rect_intersect(&c->box, &coverage->box);

  for (int y = inside.y; y < inside.y + inside.height && inside.width > 0; y++) {
    const float *from = tiles_at(coverage, inside.x, y), *rgba = tiles_at(pixels, inside.x, y);
    float *to = c->coverage + index_of(c, inside.x, y);

    for (int x = 0; x < inside.width; x++)
      to[x] = from[x] > 0 && rgba[4 * x + 3] > 0 ? from[x] : 0;
  }
}

/* The box's pixels without the rows' gaps. */
static float *copy_pixels(const part_points *c, const tiles *pixels) {
  float *copy = g_try_new(float, 4 * pixel_count(c));

  if (copy)
    tiles_read(pixels, &c->box, copy);
  return copy;
}

/* Which pixels have to be restored. */
static bool mark(part_points *c, const tiles *pixels) {
  g_autofree float *rgba = copy_pixels(c, pixels);
  g_autofree bool *boundary = g_try_new(bool, pixel_count(c));
  const int box[4] = {c->box.x, c->box.y, c->box.width, c->box.height};

  if (!rgba || !boundary)
    return false;
  rst_match_ring(&c->part, box, rgba, c->coverage, boundary);
  for (int y = c->box.y; y < c->box.y + c->box.height; y++)
    for (int x = c->box.x; x < c->box.x + c->box.width; x++) {
      const gsize i = index_of(c, x, y);

      /* On the boundary another part's pixels may be covered: they are that part's. */
      if (c->coverage[i] > 0 && in_part(&c->part, x, y)) {
        c->state[i] = COVERED;
        c->covered++;
      } else if (boundary[i]) {
        c->state[i] = BOUNDARY;
        c->boundary++;
      }
    }
  return true;
}

part_points *part_points_new(const rst_part *part, int width, int height, const tiles *pixels,
                             const tiles *coverage) {
  part_points *c = g_new0(part_points, 1);
  int box[4];
  gsize count;

  rst_match_box(part, width, height, box);
  c->part = *part;
  c->box = (rect){box[0], box[1], box[2], box[3]};
  count = pixel_count(c);
  c->coverage = g_try_malloc0_n(count, sizeof *c->coverage);
  c->colours = g_try_malloc0_n(count, 3 * sizeof *c->colours);
  c->mixed = g_try_malloc0_n(count, 3 * sizeof *c->mixed);
  c->state = g_try_malloc0(count);
  c->finished = g_try_new0(int, c->box.height);
  if (c->coverage && c->colours && c->mixed && c->state && c->finished) {
    copy_coverage(c, pixels, coverage);
    if (mark(c, pixels))
      return c;
  }
  part_points_free(c);
  return NULL;
}

void part_points_free(part_points *c) {
  if (!c)
    return;
  rst_encoding_unref(c->encoding);
  g_free(c->coverage);
  g_free(c->colours);
  g_free(c->mixed);
  g_free(c->weight);
  g_free(c->offset);
  g_free(c->deviation);
  g_free(c->state);
  g_free(c->finished);
  g_free(c);
}

static void clear_state(part_points *c, int flags) {
  for (gsize i = 0; i < pixel_count(c); i++)
    c->state[i] &= (guint8)~flags;
  memset(c->finished, 0, (gsize)c->box.height * sizeof *c->finished);
  c->covered_done = c->boundary_done = 0;
  c->matched = false;
  part_points_forget_deviation(c);
}

void part_points_forget_deviation(part_points *c) {
  g_clear_pointer(&c->deviation, g_free);
  memset(c->deviated, 0, sizeof c->deviated);
}

void part_points_forget(part_points *c) {
  clear_state(c, RESTORED | MIXED);
}

void part_points_set_mix(part_points *c, rst_mode mode, double saturation) {
  if (c->part.mode != mode || c->saturation != saturation)
    clear_state(c, MIXED);
  c->part.mode = mode;
  c->saturation = saturation;
}

void part_points_set_encoding(part_points *c, rst_encoding *encoding) {
  rst_encoding_unref(c->encoding);
  c->encoding = encoding;
}

void part_points_adopt(part_points *c, const part_points *from) {
  const rect both = rect_intersect(&c->box, &from->box);

  for (int y = both.y; y < both.y + both.height; y++)
    for (int x = both.x; x < both.x + both.width; x++) {
      const gsize i = index_of(c, x, y), j = index_of(from, x, y);

      if (!(c->state[i] & (COVERED | BOUNDARY)) || !(from->state[j] & RESTORED))
        continue;
      memcpy(c->colours + 3 * i, from->colours + 3 * j, 3 * sizeof *c->colours);
      c->state[i] |= RESTORED;
    }
  part_points_set_encoding(c, from->encoding ? rst_encoding_ref(from->encoding) : NULL);
}

/* ---- refining ---- */

/* The points of a part on one lattice, and their samples. */
typedef struct {
  part_points *c;
  const points_job *job;
  rst_grid grid;
  float *mask;  /* (rows, columns): above 0 where the network is asked */
  float *luma;    /* (rows, columns): where they are wanted */
  float *colours; /* (rows, columns, 3) */
} point_samples;

static void mix(part_points *c, const tiles *pixels, gsize i, int x, int y) {
  rst_mix(c->part.mode, c->saturation, 1, tiles_at(pixels, x, y), c->colours + 3 * i,
          c->mixed + 3 * i);
  c->state[i] |= MIXED;
  if (c->state[i] & COVERED) {
    c->covered_done++;
    c->finished[y - c->box.y]++;
  } else {
    c->boundary_done++;
  }
}

/* Points are mixed as soon as they are restored: a cancelled round's count too. */
static void take_batch(void *user, const uint32_t *points, size_t count) {
  point_samples *l = user;
  part_points *c = l->c;

  for (size_t p = 0; p < count; p++) {
    const int x =
      l->grid.column + (int)(points[p] % (uint32_t)l->grid.columns) * l->grid.column_step;
    const int y = l->grid.row + (int)(points[p] / (uint32_t)l->grid.columns) * l->grid.row_step;
    const gsize i = index_of(c, x, y);

    memcpy(c->colours + 3 * i, l->colours + 3 * points[p], 3 * sizeof(float));
    c->state[i] |= RESTORED;
    mix(c, l->job->pixels, i, x, y);
    if (l->job->restored)
      l->job->restored(l->job->user, c, x, y, l->grid.column_step);
  }
}

static int round_up(int value, int step) {
  return (value + step - 1) / step * step;
}

/* The lattice's points in an area; false where there are none. */
static bool place(const part_points *c, const rect *area, int step, rst_grid *grid) {
  const rect inside = rect_intersect(area, &c->box);

  if (rect_is_empty(&inside))
    return false;
  const int x = round_up(inside.x, step), y = round_up(inside.y, step);

  rst_grid_pixels(grid, x, y, (inside.x + inside.width - x + step - 1) / step,
                  (inside.y + inside.height - y + step - 1) / step);
  grid->dx = grid->dy = grid->column_step = grid->row_step = step;
  return x < inside.x + inside.width && y < inside.y + inside.height;
}

/* Marks what has to be restored and mixes what only waits for its mode. */
static rst_status sort_points(point_samples *l, guint8 kind, gint64 *missing, bool *changed,
                              rst_error *error) {
  part_points *c = l->c;
  const rst_grid *grid = &l->grid;

  for (int row = 0; row < grid->rows; row++) {
    if (rst_cancel_is_set(l->job->cancel))
      return failure(error, RST_CANCELLED, "cancelled");
    for (int column = 0; column < grid->columns; column++) {
      const int x = grid->column + column * grid->column_step;
      const int y = grid->row + row * grid->row_step;
      const gsize i = index_of(c, x, y);
      const gsize point = (gsize)row * (gsize)grid->columns + (gsize)column;

      l->mask[point] = 0;
      if (!(c->state[i] & kind) || (c->state[i] & MIXED))
        continue;
      *changed = true;
      if (c->state[i] & RESTORED) {
        mix(c, l->job->pixels, i, x, y);
      } else {
        l->mask[point] = 1;
        l->luma[point] = part_points_get_luma(c, l->job, x, y);
        ++*missing;
      }
    }
  }
  return RST_OK;
}

rst_status part_points_refine(part_points *c, const points_job *job, points_kind kind,
                              const rect *area, int step, bool *changed, rst_error *error) {
  point_samples l = {.c = c, .job = job};
  rst_hooks hooks = RST_HOOKS_INIT;
  g_autofree float *memory = NULL;
  gint64 missing = 0;
  rst_status status;

  if (!place(c, area, step, &l.grid))
    return RST_OK;
  memory = g_try_malloc_n((gsize)l.grid.columns * (gsize)l.grid.rows, 5 * sizeof *memory);
  if (!memory)
    return failure_of_memory(error);
  l.mask = memory;
  l.luma = memory + (gsize)l.grid.columns * (gsize)l.grid.rows;
  l.colours = memory + 2 * (gsize)l.grid.columns * (gsize)l.grid.rows;
  l.grid.luma = l.luma;
  status = sort_points(&l, kind == POINTS_BOUNDARY ? BOUNDARY : COVERED, &missing, changed, error);
  if (status != RST_OK || missing == 0)
    return status;
  hooks.user = &l;
  hooks.batch = take_batch;
  hooks.cancel = job->cancel;
  return rst_sample(job->session, c->encoding, job->parameters, &l.grid, l.mask, l.colours, &hooks,
                    error);
}

rst_status part_points_match(part_points *c, const points_job *job, rst_error *error) {
  const gsize count = pixel_count(c);
  g_autofree float *rgba = copy_pixels(c, job->pixels);
  g_autofree bool *boundary = g_try_new(bool, count);
  const int box[4] = {c->box.x, c->box.y, c->box.width, c->box.height};
  rst_status status;

  if (!c->weight)
    c->weight = g_try_malloc0_n(count, sizeof *c->weight);
  if (!c->offset)
    c->offset = g_try_malloc0_n(count, 3 * sizeof *c->offset);
  if (!rgba || !boundary || !c->weight || !c->offset)
    return failure_of_memory(error);
  for (gsize i = 0; i < count; i++)
    boundary[i] = c->state[i] & BOUNDARY;
  status = rst_match_spread(job->parameters, c->encoding, &c->part, box, rgba, c->coverage,
                            boundary, c->mixed, c->weight, c->offset, job->cancel, error);
  c->matched = status == RST_OK;
  return status;
}

/* ---- uncertainty ---- */

/* Marks the finished points of a lattice whose deviation is not known. */
static gsize sort_undeviated(point_samples *l) {
  const part_points *c = l->c;
  gsize missing = 0;

  for (int row = 0; row < l->grid.rows; row++)
    for (int column = 0; column < l->grid.columns; column++) {
      const int x = l->grid.column + column * l->grid.column_step;
      const int y = l->grid.row + row * l->grid.row_step;
      const gsize i = index_of(c, x, y);
      const gsize point = (gsize)row * (gsize)l->grid.columns + (gsize)column;
      const bool unknown =
        (c->state[i] & (COVERED | MIXED)) == (COVERED | MIXED) && c->deviation[i] < 0;

      l->mask[point] = unknown;
      if (unknown)
        l->luma[point] = part_points_get_luma(c, l->job, x, y);
      missing += unknown;
    }
  return missing;
}

/* The seeds' results one after the other; the first is there already. */
static rst_status add_seeds(const point_samples *l, int seeds, float *mean, float *squares,
                            rst_error *error) {
  const part_points *c = l->c;
  const gsize count = (gsize)l->grid.columns * (gsize)l->grid.rows;
  rst_parameters parameters = *l->job->parameters;
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_status status = RST_OK;

  hooks.cancel = l->job->cancel;
  for (int seed = 1; seed <= seeds && status == RST_OK; seed++) {
    if (seed > 1)
      status = rst_sample(l->job->session, c->encoding, &parameters, &l->grid, l->mask, l->colours,
                          &hooks, error);
    for (gsize point = 0; point < count && status == RST_OK; point++) {
      const int x = l->grid.column + (int)(point % (gsize)l->grid.columns) * l->grid.column_step;
      const int y = l->grid.row + (int)(point / (gsize)l->grid.columns) * l->grid.row_step;
      float *colour = l->colours + 3 * point;

      if (!(l->mask[point] > 0))
        continue;
      if (seed > 1)
        rst_mix(c->part.mode, c->saturation, 1, tiles_at(l->job->pixels, x, y), colour, colour);
      else
        memcpy(colour, c->mixed + 3 * index_of(c, x, y), 3 * sizeof *colour);
      rst_deviation_add(seed, 3, colour, mean + 3 * point, squares + 3 * point);
    }
    parameters.seed = rst_next_seed(parameters.seed);
  }
  return status;
}

static void take_deviations(const point_samples *l, int seeds, const float *squares) {
  for (int row = 0; row < l->grid.rows; row++)
    for (int column = 0; column < l->grid.columns; column++) {
      const gsize point = (gsize)row * (gsize)l->grid.columns + (gsize)column;
      const gsize i = index_of(l->c, l->grid.column + column * l->grid.column_step,
                               l->grid.row + row * l->grid.row_step);
      float of[3];
      int range = 0;

      if (!(l->mask[point] > 0))
        continue;
      rst_deviation_get(seeds, 3, squares + 3 * point, of);
      l->c->deviation[i] = fmaxf(of[0], fmaxf(of[1], of[2]));
      while (range < DEVIATION_RANGES && l->c->deviation[i] > deviation_ranges[range])
        range++;
      l->c->deviated[range]++;
    }
}

rst_status part_points_deviate(part_points *c, const points_job *job, int seeds, const rect *area,
                               int step, bool *changed, rst_error *error) {
  point_samples l = {.c = c, .job = job};
  g_autofree float *memory = NULL;
  gsize points;
  rst_status status;

  if (!place(c, area, step, &l.grid))
    return RST_OK;
  points = (gsize)l.grid.columns * (gsize)l.grid.rows;
  memory = g_try_malloc_n(points, 11 * sizeof *memory);
  if (!c->deviation) {
    c->deviation = g_try_malloc_n(pixel_count(c), sizeof *c->deviation);
    for (gsize i = 0; c->deviation && i < pixel_count(c); i++)
      c->deviation[i] = -1;
  }
  if (!memory || !c->deviation)
    return failure_of_memory(error);
  l.mask = memory;
  l.luma = memory + points;
  l.colours = memory + 2 * points;
  l.grid.luma = l.luma;
  if (sort_undeviated(&l) == 0)
    return RST_OK;
  status = add_seeds(&l, seeds, memory + 5 * points, memory + 8 * points, error);
  if (status != RST_OK)
    return status;
  take_deviations(&l, seeds, memory + 8 * points);
  *changed = true;
  return RST_OK;
}

/* ---- reading ---- */

/* A column's or row's place on the lattice of `step`, a power of two. */
static int on_lattice(int at, int step) {
  return at & -step;
}

float part_points_get_deviation(const part_points *c, int x, int y, int coarsest) {
  if (!c->deviation || !(c->state[index_of(c, x, y)] & COVERED))
    return -1;
  for (int step = 1; step <= coarsest; step *= 2) {
    const int u = on_lattice(x, step), v = on_lattice(y, step);

    if (u >= c->box.x && v >= c->box.y && c->deviation[index_of(c, u, v)] >= 0)
      return c->deviation[index_of(c, u, v)];
  }
  return -1;
}

/* Rows of lattices that have points, from the finest on. */
typedef struct {
  int step;
  gsize first; /* the index of the box's first column in that row */
} lattice_row;

static int find_rows(const part_points *c, int y, int coarsest, lattice_row *rows) {
  int count = 0;

  for (int step = 1; step <= coarsest; step *= 2) {
    const int v = on_lattice(y, step);

    if (v >= c->box.y && c->finished[v - c->box.y] > 0)
      rows[count++] = (lattice_row){step, index_of(c, c->box.x, v)};
  }
  return count;
}

void part_points_get_row(const part_points *c, int x, int y, int count, int coarsest, bool match,
                         float *colours, float *coverage) {
  lattice_row rows[32];
  const int row_count = find_rows(c, y, coarsest, rows);

  match = match && c->matched;
  for (int p = 0; p < count; p++) {
    const gsize at = index_of(c, x + p, y);
    bool found = false;

    for (int r = 0; r < row_count && !found && (c->state[at] & COVERED); r++) {
      const int u = on_lattice(x + p, rows[r].step);
      const gsize i = rows[r].first + (gsize)(u - c->box.x);

      found = u >= c->box.x && (c->state[i] & (COVERED | MIXED)) == (COVERED | MIXED);
      if (found)
        memcpy(colours + 3 * p, c->mixed + 3 * i, 3 * sizeof *colours);
    }
    coverage[p] = found ? c->coverage[at] : 0;
    if (found && match)
      rst_match_join(c->weight[at], c->offset + 3 * at, colours + 3 * p);
  }
}
