/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/explore.h"

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
    e->probed_result = e->work->result_serial;
    e->probed = e->work->probe_serial;
  }
  mailbox_unlock(e->mailbox);
  mailbox_notify(e->mailbox);
}

static bool is_probed(const explorer *e) {
  return e->probed_result == e->work->result_serial && e->probed == e->work->probe_serial;
}

rst_status explorer_probe(explorer *e, rst_error *error) {
  const points_job job = lattice_get_job(e->lattice);
  const lattice *l = e->lattice;
  const int x = e->work->probe_x, y = e->work->probe_y;
  trajectory *t = NULL;
  rst_status status = RST_OK;

  if (!e->work->probing || is_probed(e))
    return RST_OK;
  for (int i = 0; i < l->count && !t && status == RST_OK; i++) {
    const part_points *part = l->parts[i];

    if (!(part_points_get_coverage(part, x, y) > 0))
      continue;
    status = work_set_encode(e->set, i, error);
    if (status == RST_OK)
      status =
        trajectory_new(l->session, e->work->model, part->encoding, &e->work->parameters, x, y,
                       part_points_get_luma(part, &job, x, y), e->mailbox->cancel, &t, error);
  }
  if (status == RST_OK)
    report_trajectory(e, t);
  return status;
}

void explorer_forget_probe(explorer *e) {
  report_trajectory(e, NULL);
  e->probed_result = 0; /* no request's */
}

/* ---- the uncertainty ---- */

typedef struct {
  explorer *explorer;
  preview_phase phase;
  int seeds;
} deviation;

static rst_status deviate_chunk(void *user, part_points *part, const rect *chunk, int step,
                                rst_error *error) {
  const deviation *d = user;
  explorer *e = d->explorer;
  const points_job job = lattice_get_job(e->lattice);
  bool changed = false;
  rst_status status = part_points_deviate(part, &job, d->seeds, chunk, step, &changed, error);

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

static void forget_other_seeds(explorer *e) {
  if (e->deviated_seeds != e->work->seeds)
    for (int i = 0; i < e->lattice->count; i++)
      part_points_forget_deviation(e->lattice->parts[i]);
  e->deviated_seeds = e->work->seeds;
}

/* On lattices from `first` to `last`. */
static rst_status deviate(explorer *e, preview_phase phase, const rect *area, int first, int last,
                          rst_error *error) {
  const int side = lattice_choose_side(e->lattice, CHUNK_SIDE, CHUNK_SAMPLES);
  rst_model_info info = {.size = sizeof info};
  deviation d = {e, phase, e->work->seeds};
  rst_status status = RST_OK;

  rst_model_get_info(e->work->model, &info);
  if (info.process == RST_SINGLE_PASS)
    d.seeds = 1; /* all seeds have the same result */
  for (int step = first; step >= last && status == RST_OK; step /= 2) {
    for (int i = 0; i < e->lattice->count && status == RST_OK; i++)
      if (e->lattice->parts[i]->covered_done > 0)
        status = lattice_walk(e->lattice->parts[i], area, step, side, deviate_chunk, &d, error);
    if (status == RST_OK)
      status = publisher_show(e->publisher, phase, error);
    if (status == RST_OK)
      report_deviated(e, step);
  }
  return status;
}

rst_status explorer_deviate_first(explorer *e, const rect *area, int passes, rst_error *error) {
  const int seeds = e->work->seeds;

  if (seeds < 2)
    return RST_OK;
  forget_other_seeds(e);
  report_deviated(e, 0);
  e->first_step = lattice_choose_step(e->lattice, area, passes * (seeds - 1) / FIRST_SHARE + 1);
  return deviate(e, PREVIEW_REFINING, area, LATTICE_COARSEST, e->first_step, error);
}

rst_status explorer_deviate_rest(explorer *e, const rect *area, rst_error *error) {
  return e->work->seeds < 2 ? RST_OK : deviate(e, PREVIEW_EXACT, area, e->first_step / 2, 1, error);
}
