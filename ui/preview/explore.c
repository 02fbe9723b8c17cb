/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is explored beside the result: a pixel's trajectory, and the uncertainty over seeds.
 */
#include "preview/preview_private.h"

enum { SOON_SHARE = 4 /* how much longer than a result's first look the uncertainty's may take */ };

/* ---- a pixel's trajectory ---- */

/* Not to someone who has asked for another one meanwhile, or for none. */
static void tell_trajectory(preview *p, trajectory *t) {
  pthread_mutex_lock(&p->lock);
  if (preview_is_superseded(p)) {
    trajectory_unref(t);
  } else {
    trajectory_unref(p->trajectory);
    p->trajectory = t;
    p->probed_result = p->work.result_serial;
    p->probed = p->work.probe_serial;
  }
  pthread_mutex_unlock(&p->lock);
  preview_notify(p);
}

static bool is_probed(const preview *p) {
  return p->probed_result == p->work.result_serial && p->probed == p->work.probe_serial;
}

rst_status preview_probe(preview *p, rst_error *error) {
  const int x = p->work.probe_x, y = p->work.probe_y;
  trajectory *t = NULL;
  rst_status status = RST_OK;

  if (!p->work.probing || is_probed(p))
    return RST_OK;
  for (int i = 0; i < p->count && !t && status == RST_OK; i++)
    if (canvas_get_coverage(p->canvases[i], x, y) > 0) {
      const canvas_job job = preview_job(p);

      status = preview_need_encoding(p, i, error);
      if (status == RST_OK)
        status =
          trajectory_new(p->session, p->work.model, p->canvases[i]->encoding, &p->work.parameters,
                         x, y, canvas_get_luma(p->canvases[i], &job, x, y), p->cancel, &t, error);
    }
  if (status == RST_OK)
    tell_trajectory(p, t);
  return status;
}

void preview_forget_probe(preview *p) {
  tell_trajectory(p, NULL);
  p->probed_result = 0; /* the next request, whichever it is, wants it anew */
}

/* ---- the uncertainty ---- */

typedef struct {
  preview_phase phase;
  int seeds;
} deviating;

static rst_status deviate_chunk(preview *p, canvas *c, const rect *chunk, int step, void *user,
                                rst_error *error) {
  const deviating *d = user;
  const canvas_job job = preview_job(p);
  bool changed = false;
  rst_status status = canvas_deviate(c, &job, d->seeds, chunk, step, &changed, error);

  if (changed)
    preview_touch(p, chunk, step);
  if (status == RST_OK && changed && g_get_monotonic_time() >= p->next_frame_at)
    status = preview_show(p, d->phase, error);
  return status;
}

/* Samples a side of a chunk: a batch for each thread, since a chunk takes all seeds. */
static int chunk_side(const preview *p) {
  int side = 8;

  while (side * side < 128 * rst_session_threads(p->session))
    side *= 2;
  return side;
}

static void tell_deviated(preview *p, int step) {
  pthread_mutex_lock(&p->lock);
  p->status.deviated = step;
  pthread_mutex_unlock(&p->lock);
  preview_notify(p);
}

static void forget_other_seeds(preview *p) {
  if (p->deviated_seeds != p->work.seeds)
    for (int i = 0; i < p->count; i++)
      canvas_forget_deviation(p->canvases[i]);
  p->deviated_seeds = p->work.seeds;
}

/* On lattices from `first` to `last`. */
static rst_status deviate(preview *p, preview_phase phase, const rect *area, int first, int last,
                          rst_error *error) {
  rst_model_info info = {.size = sizeof info};
  deviating d = {phase, p->work.seeds};
  rst_status status = RST_OK;

  rst_model_get_info(p->work.model, &info);
  if (info.process == RST_SINGLE_PASS)
    d.seeds = 1; /* whose result is everybody's */
  for (int step = first; step >= last && status == RST_OK; step /= 2) {
    for (int i = 0; i < p->count && status == RST_OK; i++)
      if (p->canvases[i]->covered_done > 0)
        status = preview_work_in_chunks(p, p->canvases[i], area, step, chunk_side(p), deviate_chunk,
                                        &d, error);
    if (status == RST_OK)
      status = preview_show(p, phase, error);
    if (status == RST_OK)
      tell_deviated(p, step);
  }
  return status;
}

rst_status preview_deviate_soon(preview *p, const rect *area, int passes, rst_error *error) {
  if (p->work.seeds < 2)
    return RST_OK;
  forget_other_seeds(p);
  tell_deviated(p, 0);
  p->soon = preview_first_step(p, area, passes * (p->work.seeds - 1) / SOON_SHARE + 1);
  return deviate(p, PREVIEW_REFINING, area, COARSEST, p->soon, error);
}

rst_status preview_deviate(preview *p, const rect *area, rst_error *error) {
  return p->work.seeds < 2 ? RST_OK : deviate(p, PREVIEW_EXACT, area, p->soon / 2, 1, error);
}
