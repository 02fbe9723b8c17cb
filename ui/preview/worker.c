/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worker: takes the newest request and refines what it shows.
 */
#include "preview/preview_private.h"

#include <sys/resource.h>

#include "failure.h"

enum {
  FIRST_PASSES = 20 << 10, /* network passes over points before something is shown: some 20 ms */
  POINT_PASSES = 4,        /* passes that would take as long as what a point costs once */
  WHOLE = 1 << 20,         /* samples a side of a chunk: all in one */
  NICENESS = 15, /* of the worker and the session's threads: the main loop goes first … */
  BRIEF_NICENESS = 19 /* … and a brief preview last */
};

/* Waits for the next request and takes it; false at the end. */
static bool take_request(preview *p) {
  pthread_mutex_lock(&p->lock);
  while (!preview_is_superseded(p))
    pthread_cond_wait(&p->wake, &p->lock);
  if (p->quit) {
    pthread_mutex_unlock(&p->lock);
    return false;
  }
  preview_clear_request(&p->work);
  p->work = p->wanted;
  if (p->work.model)
    rst_model_ref(p->work.model);
  plane_ref(p->work.pixels);
  plane_ref(p->work.coverage);
  p->taken = p->serial;
  p->status.phase = PREVIEW_REFINING;
  p->unreadable = false;
  p->needed = 0;
  p->status.read = 0;
  rst_cancel_reset(p->cancel);
  pthread_mutex_unlock(&p->lock);
  return true;
}

/* ---- refining ---- */

static void tell_restored(void *user, const canvas *c, int x, int y, int step) {
  preview *p = user;

  p->restored_points++;
  if (p->restored)
    p->restored(p->restored_user, c, x, y, step);
}

canvas_job preview_job(preview *p) {
  return (canvas_job){p->session, &p->work.parameters, p->work.pixels, p->cancel, tell_restored, p};
}

/* Samples a side of what is restored at a time: some batches for each thread, no more, so that
 * something new is shown often. */
static int chunk_side(const preview *p) {
  int side = 32;

  while (side * side < 512 * rst_session_threads(p->session))
    side *= 2;
  return side;
}

static rst_status refine_chunk(preview *p, canvas *c, const rect *chunk, int step, void *user,
                               rst_error *error) {
  const bool *live = user; /* frames are shown meanwhile */
  const canvas_job job = preview_job(p);
  bool changed = false;
  rst_status status = canvas_refine(c, &job, CANVAS_COVERED, chunk, step, &changed, error);

  if (changed)
    preview_touch(p, chunk, step);
  if (status == RST_OK && *live && changed && g_get_monotonic_time() >= p->next_frame_at)
    status = preview_show(p, PREVIEW_REFINING, error);
  return status;
}

/* A span cut into about equal pieces of about `side` samples: a narrow rest would cost a batch for a
 * few points. */
typedef struct {
  int begin, end, step, samples, count;
} cuts;

static cuts cut(int begin, int length, int step, int side) {
  const int samples = (begin + length - 1) / step - begin / step + 1;

  return (cuts){begin, begin + length, step, samples, MAX(1, (samples + side / 2) / side)};
}

/* Where the i-th piece begins: at a multiple of the step, but for the first. */
static int cut_at(const cuts *c, int i) {
  const int sample = c->begin / c->step + (int)((gint64)i * c->samples / c->count);

  return CLAMP(sample * c->step, c->begin, c->end);
}

rst_status preview_work_in_chunks(preview *p, canvas *c, const rect *area, int step, int side,
                                  rst_status (*work)(preview *p, canvas *c, const rect *chunk,
                                                     int step, void *user, rst_error *error),
                                  void *user, rst_error *error) {
  const rect part = {c->part.x, c->part.y, c->part.width, c->part.height};
  const rect inside = rect_intersect(area, &part);
  rst_status status = RST_OK;

  const cuts columns = cut(inside.x, inside.width, step, side);
  const cuts rows = cut(inside.y, inside.height, step, side);

  for (int row = 0; row < rows.count && !rect_is_empty(&inside); row++)
    for (int column = 0; column < columns.count; column++) {
      const int x = cut_at(&columns, column), y = cut_at(&rows, row);
      const rect chunk = {x, y, cut_at(&columns, column + 1) - x, cut_at(&rows, row + 1) - y};

      if (status == RST_OK && !rect_is_empty(&chunk))
        status = work(p, c, &chunk, step, user, error);
    }
  return status;
}

/* All points of a part in an area on one lattice. */
static rst_status refine_area(preview *p, int index, const rect *area, int step, bool live,
                              rst_error *error) {
  canvas *c = p->canvases[index];
  const rect part = {c->part.x, c->part.y, c->part.width, c->part.height};
  const rect inside = rect_intersect(area, &part);
  rst_status status;

  if (rect_is_empty(&inside) || c->covered_done == c->covered)
    return RST_OK;
  status = preview_need_encoding(p, index, error);
  return status == RST_OK
           ? preview_work_in_chunks(p, c, &inside, step, live ? chunk_side(p) : WHOLE, refine_chunk,
                                    &live, error)
           : status;
}

/* The ring first, since its difference concerns all points. */
static rst_status match_parts(preview *p, rst_error *error) {
  const canvas_job job = preview_job(p);
  rst_status status = RST_OK;

  for (int i = 0; i < p->count && status == RST_OK && preview_is_matched(p); i++) {
    canvas *c = p->canvases[i];
    bool changed = false;

    if (c->matched)
      continue;
    status = preview_need_encoding(p, i, error);
    if (status == RST_OK)
      status = canvas_refine(c, &job, CANVAS_RING, &c->box, 1, &changed, error);
    if (status == RST_OK)
      status = canvas_match(c, &job, error);
    p->dirty = rect_unite(&p->dirty, &c->box);
  }
  return status;
}

static gint64 count_covered(const preview *p, const rect *area) {
  gint64 count = 0;

  for (int i = 0; i < p->count; i++) {
    const canvas *c = p->canvases[i];
    const rect part = {c->part.x, c->part.y, c->part.width, c->part.height};
    const rect inside = rect_intersect(area, &part);

    if (rect_holds(area, &part)) {
      count += c->covered;
      continue;
    }
    for (int y = inside.y; y < inside.y + inside.height; y++)
      for (int x = inside.x; x < inside.x + inside.width; x++)
        count += canvas_get_coverage(c, x, y) > 0;
  }
  return count;
}

int preview_first_step(const preview *p, const rect *area, int passes) {
  const gint64 points = count_covered(p, area);
  int step = 1;

  while (step < COARSEST && points / (step * step) * (passes + POINT_PASSES) > FIRST_PASSES)
    step *= 2;
  return step;
}

static void tell_step(preview *p, int step) {
  pthread_mutex_lock(&p->lock);
  if (!preview_is_superseded(p)) { /* else it is no news of the newest request */
    p->status.step = step;
    if (p->status.first == 0)
      p->status.first = (double)(g_get_monotonic_time() - p->work.changed_at) / G_USEC_PER_SEC;
  }
  pthread_mutex_unlock(&p->lock);
}

/* What is refined first: what is visible, or all where nothing is shown. */
static rect wanted_area(const preview *p) {
  const rect seen = preview_visible_area(p);

  return rect_is_empty(&seen) ? p->work.pixels->box : seen;
}

/* The finest step that is wanted of what is visible. */
static int last_step(const preview *p) {
  int step = 1;

  while (p->brief && step < COARSEST && 2 * step * p->work.view.zoom <= 1.5)
    step *= 2;
  return step;
}

static rst_status refine(preview *p, rst_error *error) {
  const rect all = p->work.pixels->box, visible = wanted_area(p);
  const int last = last_step(p);
  int passes = 1, first;
  rst_status status = RST_OK;

  rst_parameters_steps(&p->work.parameters, p->work.model, NULL, &passes, NULL);
  first = MAX(last, preview_first_step(p, &visible, passes));

  preview_begin_pace(p);
  /* What was there for the last result stays in sight until there is something new. */
  for (int i = 0; i < p->count && p->shown_result != p->work.result_serial; i++)
    p->dirty = rect_unite(&p->dirty, &p->canvases[i]->box);
  for (int step = first; step >= last && status == RST_OK; step /= 2) {
    for (int i = 0; i < p->count && status == RST_OK; i++)
      status = refine_area(p, i, &visible, step, step < first, error);
    if (status == RST_OK)
      status = preview_show(p, PREVIEW_REFINING, error);
    if (status == RST_OK) {
      p->shown_result = p->work.result_serial;
      tell_step(p, step);
    }
    if (status == RST_OK && step == first)
      status = preview_probe(p, error);
    if (status == RST_OK && step == first)
      status = match_parts(p, error);
  }
  if (status == RST_OK)
    status = preview_show(p, PREVIEW_REFINING, error);
  /* As much of the uncertainty as comes soon: the rest waits until the result is there. */
  if (status == RST_OK)
    status = preview_deviate_soon(p, &visible, passes, error);
  for (int i = 0; i < p->count && status == RST_OK && !p->brief; i++)
    status = refine_area(p, i, &all, 1, true, error);
  return status;
}

/* ---- one request after the other ---- */

static rst_status serve(preview *p, preview_phase *phase, rst_error *error) {
  rst_status status;

  if (p->planned_pixels != p->work.pixels_serial)
    preview_forget_plan(p);
  status = preview_show_viewport(p, error);
  if (status != RST_OK)
    return status;
  *phase = p->work.model ? PREVIEW_STOPPED : PREVIEW_WAITING;
  if (!p->work.model || !p->work.running)
    return RST_OK;
  status = rst_parameters_check(&p->work.parameters, p->work.model, error);
  if (status == RST_OK)
    status = preview_make_plan(p, error);
  if (status != RST_OK)
    return status;
  preview_forget_stale(p);
  *phase = p->brief ? PREVIEW_SEEN : PREVIEW_EXACT;
  return refine(p, error);
}

/* Nothing that was restored for another request may look like this one's. */
static void show_failure(preview *p, const rst_error *error) {
  preview_forget_plan(p);
  preview_forget_probe(p);
  p->dirty = preview_visible_area(p);
  preview_show(p, PREVIEW_REFINING, NULL);
  pthread_mutex_lock(&p->lock);
  p->status.error = *error;
  pthread_mutex_unlock(&p->lock);
  preview_publish(p, PREVIEW_FAILED, NULL);
}

/* The session's threads inherit the niceness of the one that makes them; on Linux it is a
 * thread's own. */
static bool start(preview *p, int threads) {
  rst_error error = RST_ERROR_INIT;
  rst_session *session = NULL;

  setpriority(PRIO_PROCESS, 0, p->brief ? BRIEF_NICENESS : NICENESS);

  const rst_status status = rst_session_new(threads, &session, &error);

  pthread_mutex_lock(&p->lock);
  p->session = session;
  p->start_status = status;
  p->start_error = error;
  p->started = true;
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
  return status == RST_OK;
}

void *preview_work(void *data) {
  preview *p = data;

  if (!start(p, p->threads))
    return NULL;
  while (take_request(p)) {
    rst_error error = RST_ERROR_INIT;
    preview_phase phase = PREVIEW_WAITING;
    rst_status status = serve(p, &phase, &error);
    rect explored;

    if (status == RST_OK)
      preview_publish(p, phase, NULL);
    else if (status != RST_CANCELLED)
      show_failure(p, &error);
    if (status != RST_OK || phase != PREVIEW_EXACT)
      continue;
    p->exact_result = p->work.result_serial; /* its time stands still from here on */
    explored = wanted_area(p);
    status = preview_deviate(p, &explored, &error);
    if (status != RST_OK && status != RST_CANCELLED)
      show_failure(p, &error);
  }
  return NULL;
}
