/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restoring a partial result's points, and matching them to the part's surroundings.
 */
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "kernels/kernels.h"
#include "region/partial.h"
#include "region/parts.h"
#include "region/seam.h"

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
  if (l->hooks && l->hooks->batch)
    l->hooks->batch(l->hooks->user, held, count);
}

static void report(void *user, rst_phase phase, double fraction) {
  const lattice *l = user;

  if (l->hooks && l->hooks->progress)
    l->hooks->progress(l->hooks->user, phase, fraction);
}

static rst_cancel *cancel_of(const lattice *l) {
  return l->hooks ? l->hooks->cancel : NULL;
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
        p->finished[y - p->area.y].covered++;
      else
        p->finished[y - p->area.y].boundary++;
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
  if (!memory)
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

  if (!session || !partial || !partial->encoding || !rst_good_step(step) ||
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
  const int rows = rst_band_rows(partial->area.width, partial->area.height);
  share s = {.hooks = hooks, .height = partial->area.height};
  rst_hooks inner = RST_HOOKS_INIT;
  rst_status status = RST_OK;

  if (hooks)
    inner.cancel = hooks->cancel;
  if (hooks && hooks->progress) {
    inner.user = &s;
    inner.progress = report_share;
  }
  for (; s.done < partial->area.height && status == RST_OK; s.done += rows) {
    const rst_rectangle area = {partial->area.x, partial->area.y + s.done, partial->area.width,
                                rows};

    s.rows = partial->area.height - s.done < rows ? partial->area.height - s.done : rows;
    status =
      refine(session, partial, &area, 1, RST_POINT_COVERED | RST_POINT_BOUNDARY, &inner, error);
  }
  return status;
}

/* How the finished boundary differs, spread over the part. */
static rst_status spread(rst_partial *p, const rst_cancel *cancel, rst_error *error) {
  bool *boundary = rst_zeros(rst_partial_pixels(p), sizeof *boundary);
  rst_status status;

  if (!p->offset)
    p->offset = rst_zeros(4 * rst_partial_pixels(p), sizeof *p->offset);
  if (!boundary || !p->offset) {
    status = rst_fail_memory(error);
  } else {
    p->weight = p->offset + 3 * rst_partial_pixels(p);
    for (size_t i = 0; i < rst_partial_pixels(p); i++)
      boundary[i] = (p->state[i] & RST_POINT_BOUNDARY) != 0;
    status =
      rst_seam_spread(&p->parameters, p->encoding, &p->part, &p->area, p->rgba, p->rgba_width,
                      p->coverage, boundary, p->mixed, p->weight, p->offset, cancel, error);
    p->matched = status == RST_OK;
  }
  free(boundary);
  return status;
}

rst_status rst_partial_match(rst_session *session, rst_partial *partial, const rst_hooks *hooks,
                             rst_error *error) {
  rst_hooks storage;
  rst_status status;

  if (!session || !partial || !partial->encoding || !rst_complete_hooks(&hooks, &storage))
    return rst_fail_call(error, "rst_partial_match");
  if (!partial->whole || !rst_resolve_match(&partial->parameters) || partial->matched)
    return RST_OK;
  status = refine(session, partial, NULL, 1, RST_POINT_BOUNDARY, hooks, error);
  return status == RST_OK ? spread(partial, hooks ? hooks->cancel : NULL, error) : status;
}
