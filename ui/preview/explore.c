/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/explore.h"

#include <string.h>

enum {
  FIRST_SHARE = 4,    /* how much longer than a result's first frame the uncertainty's may take */
  CHUNK_SIDE = 8,     /* samples a side of a chunk, at least; */
  CHUNK_SAMPLES = 128 /* a batch for each thread, since a chunk takes all seeds */
};

/* ---- a pixel's trajectory ---- */

/* Takes over the reference. */
static void report_trajectory(explorer *e, trajectory *t) {
  report *to = &e->mailbox->report;

  mailbox_lock(e->mailbox);
  if (mailbox_is_superseded(e->mailbox)) { /* by a request for another one, or for none */
    trajectory_unref(t);
  } else {
    trajectory_unref(to->trajectory);
    to->trajectory = t;
    e->inspected_result = e->work->result_serial;
    e->inspected = e->work->inspect_serial;
  }
  mailbox_unlock(e->mailbox);
  mailbox_notify(e->mailbox);
}

static bool is_inspected(const explorer *e) {
  return e->inspected_result == e->work->result_serial && e->inspected == e->work->inspect_serial;
}

/* The luma of a covered pixel, as the engine takes it. */
static float get_luma(const request *work, const part_points *part, int x, int y) {
  const float coverage = rst_partial_get_coverage(part->partial, x, y);
  float luma;

  rst_pixel_luma(1, tiles_at(request_get_pixels(work), x, y),
                 work->parameters.hide_region ? &coverage : NULL, &luma);
  return luma;
}

rst_status explorer_inspect(explorer *e, rst_error *error) {
  const lattice *l = e->lattice;
  const int x = e->work->inspect_x, y = e->work->inspect_y;
  trajectory *t = NULL;
  rst_status status = RST_OK;

  if (!e->work->inspecting || is_inspected(e))
    return RST_OK;
  for (int i = 0; i < l->count && !t && status == RST_OK; i++) {
    const part_points *part = l->parts[i];

    if (!(rst_partial_get_coverage(part->partial, x, y) > 0))
      continue;
    status = work_set_encode(e->set, i, error);
    if (status == RST_OK)
      status = trajectory_new(l->session, e->work->model, part->encoding, &e->work->parameters, x,
                              y, get_luma(e->work, part, x, y), e->mailbox->cancel, &t, error);
  }
  if (status == RST_OK)
    report_trajectory(e, t);
  return status;
}

void explorer_forget_inspected(explorer *e) {
  report_trajectory(e, NULL);
  e->inspected_result = 0; /* no request's */
}

/* ---- colours for a hint ---- */

/* The part whose window holds a pixel, one that covers it first; −1 for none. */
static int find_part(const lattice *l, int x, int y) {
  int found = -1;

  for (int i = 0; i < l->count; i++) {
    const rst_window *w = &l->parts[i]->part.window;

    if (x < w->x || y < w->y || x >= w->x + w->side || y >= w->y + w->side)
      continue;
    if (found < 0 || rect_contains(&l->parts[i]->box, x, y))
      found = i;
  }
  return found;
}

rst_status explorer_suggest(explorer *e, rst_error *error) {
  const int x = e->work->suggest_x, y = e->work->suggest_y;
  const rst_picture picture = request_get_picture(e->work, e->mailbox->cancel);
  report *to = &e->mailbox->report;
  rst_swatch swatches[RST_SWATCHES_MAX];
  rst_status status = RST_OK;
  int count = 0, part;

  if (!e->work->suggesting || e->suggested == e->work->suggest_serial)
    return RST_OK;
  part = find_part(e->lattice, x, y);
  if (part >= 0 && rect_contains(&e->work->pixels->box, x, y)) {
    status = work_set_encode(e->set, part, error);
    if (status == RST_OK)
      status = rst_suggest_colours(e->lattice->session, e->lattice->parts[part]->encoding,
                                   &e->work->parameters, &picture, x, y, e->mailbox->cancel,
                                   swatches, &count, error);
  }
  if (status != RST_OK)
    return status;
  e->suggested = e->work->suggest_serial;
  mailbox_lock(e->mailbox);
  if (e->mailbox->newest.suggest_serial == e->suggested) {
    to->suggested = true;
    to->swatch_count = count;
    memcpy(to->swatches, swatches, (gsize)count * sizeof *swatches);
  }
  mailbox_unlock(e->mailbox);
  mailbox_notify(e->mailbox);
  return RST_OK;
}

/* ---- the uncertainty ---- */

typedef struct {
  explorer *explorer;
  preview_phase phase;
} deviation;

static rst_status deviate_chunk(void *user, part_points *part, const rst_rectangle *chunk, int step,
                                rst_error *error) {
  const deviation *d = user;
  explorer *e = d->explorer;
  const points_job job = lattice_get_job(e->lattice);
  bool changed = false;
  rst_status status = part_points_deviate(part, &job, e->work->seeds, chunk, step, &changed, error);

  if (changed)
    publisher_mark_lattice(e->publisher, chunk, step);
  if (status == RST_OK && changed && publisher_is_due(e->publisher))
    status = publisher_show(e->publisher, d->phase, error);
  return status;
}

static void report_deviated(explorer *e, int step) {
  mailbox_lock(e->mailbox);
  e->mailbox->report.status.deviated = step;
  mailbox_unlock(e->mailbox);
  mailbox_notify(e->mailbox);
}

/* On lattices from `first` to `last`. */
static rst_status deviate(explorer *e, preview_phase phase, const rst_rectangle *area, int first,
                          int last, rst_error *error) {
  const int side = lattice_choose_side(e->lattice, CHUNK_SIDE, CHUNK_SAMPLES);
  deviation d = {e, phase};
  rst_status status = RST_OK;

  for (int step = first; step >= last && status == RST_OK; step /= 2) {
    for (int i = 0; i < e->lattice->count && status == RST_OK; i++)
      if (e->lattice->parts[i]->encoding)
        status = lattice_walk(e->lattice->parts[i], area, step, side, deviate_chunk, &d, error);
    if (status == RST_OK)
      status = publisher_show(e->publisher, phase, error);
    if (status == RST_OK)
      report_deviated(e, step);
  }
  return status;
}

rst_status explorer_deviate_first(explorer *e, const rst_rectangle *area, int passes,
                                  rst_error *error) {
  const int seeds = e->work->seeds;

  if (seeds < 2)
    return RST_OK;
  report_deviated(e, 0);
  e->first_step = lattice_choose_step(e->lattice, area, passes * (seeds - 1) / FIRST_SHARE + 1);
  return deviate(e, PREVIEW_REFINING, area, LATTICE_COARSEST, e->first_step, error);
}

rst_status explorer_deviate_rest(explorer *e, const rst_rectangle *area, rst_error *error) {
  return e->work->seeds < 2 ? RST_OK : deviate(e, PREVIEW_EXACT, area, e->first_step / 2, 1, error);
}
