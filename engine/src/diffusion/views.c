/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/status.h"
#include "diffusion/grid.h"

/* Of half a window's side, from its middle: so far its weight is 1, and from so far on 0. */
static const double full = 0.5, none = 1.0;

double rst_view_weight(const rst_window *window, double x, double y) {
  const double half = window->side / 2.0;
  const double distance = hypot((x - window->x) / half - 1, (y - window->y) / half - 1);
  const double share = fmin(fmax((none - distance) / (none - full), 0), 1);

  return share * share * (3 - 2 * share);
}

/* ---- the sum over the faces' windows ---- */

typedef struct {
  const rst_grid *grid;
  const rst_hooks *hooks;
  float *sum;     /* (rows, columns, 4): weighed colours, and the weights */
  float *colours; /* (rows, columns, 3): the part's own window's, then the result */
} blend;

/* The columns or rows of a grid that lie in a window: first, and how many. */
static void find_span(double first, double step, int count, int begin, int side, int *from,
                      int *length) {
  int last = -1;

  *from = 0;
  for (int i = 0; i < count; i++) {
    const double at = first + i * step;

    if (!(at > begin && at < (double)begin + side))
      continue;
    if (last < 0)
      *from = i;
    last = i;
  }
  *length = last < 0 ? 0 : last - *from + 1;
}

/* A view's piece of the grid, with arrays of its own. */
typedef struct {
  int column, row, columns, rows;
  rst_grid grid;
  float *memory, *weight, *luma, *colours;
} piece;

static bool cut(const blend *b, const float *coverage, const rst_window *window, piece *p) {
  const rst_grid *g = b->grid;
  size_t points;

  find_span(g->x, g->dx, g->columns, window->x, window->side, &p->column, &p->columns);
  find_span(g->y, g->dy, g->rows, window->y, window->side, &p->row, &p->rows);
  p->memory = NULL;
  if (p->columns < 1 || p->rows < 1)
    return true;
  points = (size_t)p->columns * (size_t)p->rows;
  p->memory = rst_floats(5 * points);
  if (!p->memory)
    return false;
  p->weight = p->memory;
  p->luma = p->memory + points;
  p->colours = p->memory + 2 * points;
  p->grid = *g;
  p->grid.columns = p->columns;
  p->grid.rows = p->rows;
  p->grid.x += p->column * g->dx;
  p->grid.y += p->row * g->dy;
  p->grid.column += p->column * g->column_step;
  p->grid.row += p->row * g->row_step;
  if (g->luma)
    p->grid.luma = p->luma;
  for (int r = 0; r < p->rows; r++)
    for (int c = 0; c < p->columns; c++) {
      const size_t to = (size_t)r * (size_t)p->columns + (size_t)c;
      const size_t from = (size_t)(p->row + r) * (size_t)g->columns + (size_t)(p->column + c);

      if (!coverage || coverage[from] > 0)
        p->weight[to] =
          (float)rst_view_weight(window, p->grid.x + c * g->dx, p->grid.y + r * g->dy);
      if (g->luma)
        p->luma[to] = g->luma[from];
    }
  return true;
}

static void add(blend *b, const piece *p) {
  for (int r = 0; r < p->rows; r++)
    for (int c = 0; c < p->columns; c++) {
      const size_t from = (size_t)r * (size_t)p->columns + (size_t)c;
      float *sum =
        b->sum + 4 * ((size_t)(p->row + r) * (size_t)b->grid->columns + (size_t)(p->column + c));

      if (!(p->weight[from] > 0))
        continue;
      for (int k = 0; k < 3; k++)
        sum[k] += p->weight[from] * p->colours[3 * from + (size_t)k];
      sum[3] += p->weight[from];
    }
}

/* Points that the part's own window has given get the faces' share. */
static void finish_batch(void *user, const uint32_t *points, size_t count) {
  blend *b = user;

  for (size_t i = 0; i < count; i++) {
    const float *sum = b->sum + 4 * (size_t)points[i];
    float *colour = b->colours + 3 * (size_t)points[i];

    const float rest = fmaxf(1 - sum[3], 0); /* is the part's own window's */

    for (int k = 0; sum[3] > 0 && k < 3; k++)
      colour[k] = (rest * colour[k] + sum[k]) / (rest + sum[3]);
  }
  if (b->hooks && b->hooks->batch)
    b->hooks->batch(b->hooks->user, points, count);
}

static void report(void *user, rst_phase phase, double fraction) {
  const blend *b = user;

  if (b->hooks && b->hooks->progress)
    b->hooks->progress(b->hooks->user, phase, fraction);
}

static rst_status add_view(rst_session *session, const rst_encoding *view,
                           const rst_parameters *parameters, const float *coverage, blend *b,
                           rst_error *error) {
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_status status;
  piece p;

  if (!cut(b, coverage, &view->window, &p))
    return rst_fail_memory(error);
  if (!p.memory)
    return RST_OK;
  hooks.cancel = b->hooks ? b->hooks->cancel : NULL;
  status =
    rst_sample_grid(session, view, parameters, &p.grid, p.weight, p.colours, &hooks, NULL, error);
  if (status == RST_OK)
    add(b, &p);
  free(p.memory);
  return status;
}

/* ---- the public call ---- */

rst_status rst_sample(rst_session *session, const rst_encoding *encoding,
                      const rst_parameters *parameters, const rst_grid *grid, const float *coverage,
                      float *colours, const rst_hooks *hooks, rst_error *error) {
  blend b = {.colours = colours};
  rst_hooks inner = RST_HOOKS_INIT, all_hooks;
  rst_grid all_grid;
  rst_status status = RST_OK;

  if (!colours || !encoding || !rst_complete_grid(&grid, &all_grid) || !rst_good_grid(grid) ||
      !rst_complete_hooks(&hooks, &all_hooks))
    return rst_fail_call(error, "rst_sample");
  b.grid = grid;
  b.hooks = hooks;
  if (encoding->view_count == 0 || (hooks && hooks->noise))
    return rst_sample_grid(session, encoding, parameters, grid, coverage, colours, hooks, NULL,
                           error);
  b.sum = rst_floats(4 * (size_t)grid->columns * (size_t)grid->rows);
  if (!b.sum)
    return rst_fail_memory(error);
  for (int i = 0; i < encoding->view_count && status == RST_OK; i++)
    status = add_view(session, encoding->views[i], parameters, coverage, &b, error);
  inner.user = &b;
  inner.progress = report;
  inner.batch = finish_batch;
  inner.cancel = hooks ? hooks->cancel : NULL;
  if (status == RST_OK)
    status =
      rst_sample_grid(session, encoding, parameters, grid, coverage, colours, &inner, NULL, error);
  free(b.sum);
  return status;
}
