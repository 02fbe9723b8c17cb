/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The caller's side: requests and results.
 */
#include "preview/preview_private.h"

#include "failure.h"

/* ---- new and free ---- */

void preview_take_model(rst_model **to, rst_model *model) {
  rst_model *old = *to;

  *to = model ? rst_model_ref(model) : NULL;
  rst_model_unref(old);
}

void preview_clear_request(request *r) {
  rst_model_unref(r->model);
  plane_unref(r->pixels);
  plane_unref(r->coverage);
  r->model = NULL;
  r->pixels = r->coverage = NULL;
}

static bool set_planes(request *r, const rst_picture *picture, const int box[4], bool pixels) {
  const rect whole = {0, 0, picture->width, picture->height};
  const rect wanted = {box[0], box[1], box[2], box[3]};
  const rect region = rect_intersect(&wanted, &whole);
  plane *coverage = plane_new(&region, 1);
  plane *copy = pixels ? plane_new(&whole, 4) : plane_ref(r->pixels);

  if (!coverage || !copy) {
    plane_unref(coverage);
    plane_unref(copy);
    return false;
  }
  plane_unref(r->coverage);
  plane_unref(r->pixels);
  r->coverage = coverage;
  r->pixels = copy;
  r->region = region;
  r->region_serial++;
  r->pixels_serial += pixels;
  return true;
}

static void drop(preview *p) {
  preview_free_canvases(p->canvases, p->count);
  preview_forget_encodings(p, true);
  for (int i = 0; i < RST_PARTS_MAX; i++)
    rst_encoding_unref(p->encodings[i]);
  g_array_unref(p->cache);
  preview_drop_frame(p);
  frame_unref(p->frame);
  trajectory_unref(p->trajectory);
  preview_clear_request(&p->wanted);
  preview_clear_request(&p->work);
  rst_model_unref(p->sampled_model);
  g_free(p->drawn);
  rst_session_free(p->session);
  rst_cancel_free(p->cancel);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->lock);
  g_free(p);
}

/* Waits for its session, which is there within a millisecond. */
static rst_status start_worker(preview *p, rst_error *error) {
  p->thread = g_thread_try_new("preview", preview_work, p, NULL);
  if (!p->thread)
    return failure(error, RST_NO_THREAD, "a thread could not be started");
  pthread_mutex_lock(&p->lock);
  while (!p->started)
    pthread_cond_wait(&p->wake, &p->lock);
  pthread_mutex_unlock(&p->lock);
  if (error)
    *error = p->start_error;
  return p->start_status;
}

rst_status preview_new(const rst_picture *picture, const int box[4], int threads,
                       void (*changed)(void *user), void *user, preview **made, rst_error *error) {
  preview *p = g_new0(preview, 1);
  rst_status status;

  p->picture = *picture;
  p->changed = changed;
  p->user = user;
  p->cache = g_array_new(FALSE, FALSE, sizeof(encoded));
  p->drawn = g_new0(rst_plan, 1);
  p->drawn->size = p->plan.size = sizeof *p->drawn;
  p->wanted.running = true;
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->wake, NULL);
  p->brief = threads == PREVIEW_BRIEF;
  p->threads = p->brief ? 1 : threads;
  p->cancel = rst_cancel_new();
  if (!p->cancel || !set_planes(&p->wanted, picture, box, true)) {
    status = failure_of_memory(error);
  } else {
    preview_add_sources(p);
    status = start_worker(p, error);
  }
  if (status == RST_OK)
    *made = p;
  else
    preview_free(p);
  return status;
}

int preview_get_threads(const preview *p) {
  return rst_session_threads(p->session);
}

/* The newest request wins: what runs for an older one ends now. */
static void wake_worker(preview *p) {
  p->serial++;
  rst_cancel_set(p->cancel);
  pthread_cond_broadcast(&p->wake);
}

void preview_free(preview *p) {
  if (!p)
    return;
  if (p->thread) {
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    wake_worker(p);
    pthread_mutex_unlock(&p->lock);
    g_thread_join(p->thread);
  }
  if (p->notice) {
    g_source_destroy(p->notice);
    g_source_unref(p->notice);
    g_source_destroy(p->reader);
    g_source_unref(p->reader);
  }
  drop(p);
}

/* ---- requests ---- */

static void begin_change(preview *p) {
  p->wanted.result_serial++;
  p->wanted.changed_at = g_get_monotonic_time();
  p->status.step = 0;
  p->status.first = 0;
  p->status.deviated = 0;
}

void preview_set_setup(preview *p, rst_model *model, const rst_parameters *parameters) {
  pthread_mutex_lock(&p->lock);
  preview_take_model(&p->wanted.model, model);
  p->wanted.parameters = *parameters;
  begin_change(p);
  wake_worker(p);
  pthread_mutex_unlock(&p->lock);
}

void preview_set_viewport(preview *p, const viewport *v) {
  pthread_mutex_lock(&p->lock);
  if (!viewport_is_same(&p->wanted.view, v)) {
    p->wanted.view = *v;
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
}

static bool change_planes(preview *p, const rst_picture *picture, const int box[4], bool pixels) {
  bool changed;

  pthread_mutex_lock(&p->lock);
  changed = set_planes(&p->wanted, picture, box, pixels);
  if (changed) {
    begin_change(p);
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
  return changed;
}

void preview_set_region(preview *p, const int box[4]) {
  /* Without memory the older region stays, and stays valid. */
  change_planes(p, &p->picture, box, false);
}

rst_status preview_set_picture(preview *p, const rst_picture *picture, const int box[4],
                               rst_error *error) {
  if (!change_planes(p, picture, box, true))
    return failure_of_memory(error);
  p->picture = *picture;
  return RST_OK;
}

void preview_set_running(preview *p, bool running) {
  pthread_mutex_lock(&p->lock);
  if (p->wanted.running != running) {
    p->wanted.running = running;
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
}

void preview_set_probe(preview *p, bool wanted, int x, int y) {
  request *r = &p->wanted;

  pthread_mutex_lock(&p->lock);
  if (r->probing != wanted || (wanted && (r->probe_x != x || r->probe_y != y))) {
    r->probing = wanted;
    r->probe_x = x;
    r->probe_y = y;
    r->probe_serial++;
    wake_worker(p);
  }
  if (!wanted)
    g_clear_pointer(&p->trajectory, trajectory_unref);
  pthread_mutex_unlock(&p->lock);
}

void preview_set_uncertainty(preview *p, int seeds) {
  pthread_mutex_lock(&p->lock);
  if (p->wanted.seeds != seeds) {
    p->wanted.seeds = seeds;
    p->status.deviated = 0;
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
}

void preview_set_trace(preview *p,
                       void (*restored)(void *user, const canvas *c, int x, int y, int step),
                       void *user) {
  p->restored = restored;
  p->restored_user = user;
}

/* ---- results ---- */

void preview_get_status(preview *p, preview_status *status) {
  pthread_mutex_lock(&p->lock);
  *status = p->status;
  /* What the worker says of an older request is no news of the newest. */
  if (preview_is_superseded(p))
    status->phase = PREVIEW_REFINING;
  pthread_mutex_unlock(&p->lock);
}

frame *preview_get_frame(preview *p) {
  frame *f;

  pthread_mutex_lock(&p->lock);
  f = p->frame ? frame_ref(p->frame) : NULL;
  pthread_mutex_unlock(&p->lock);
  return f;
}

bool preview_get_plan(preview *p, rst_plan *plan) {
  bool found;

  pthread_mutex_lock(&p->lock);
  found = p->plan.count > 0;
  if (found)
    *plan = p->plan;
  pthread_mutex_unlock(&p->lock);
  return found;
}

rst_encoding *preview_get_encoding(preview *p, int part) {
  rst_encoding *encoding = NULL;

  pthread_mutex_lock(&p->lock);
  if (part >= 0 && part < p->plan.count && p->encodings[part])
    encoding = rst_encoding_ref(p->encodings[part]);
  pthread_mutex_unlock(&p->lock);
  return encoding;
}

trajectory *preview_get_trajectory(preview *p) {
  trajectory *t;

  pthread_mutex_lock(&p->lock);
  t = p->trajectory ? trajectory_ref(p->trajectory) : NULL;
  pthread_mutex_unlock(&p->lock);
  return t;
}

static rst_status write_canvas(const preview *p, const canvas *c, rst_error *error) {
  const rst_part *part = &c->part;
  const int rows = MAX(1, BAND_PIXELS / part->width);
  const gsize pixels = (gsize)part->width * (gsize)rows;
  g_autofree float *rgb = g_try_malloc0_n(pixels, 3 * sizeof *rgb);
  g_autofree float *coverage = g_try_malloc_n(pixels, sizeof *coverage);

  if (!rgb || !coverage)
    return failure_of_memory(error);
  for (int y = part->y; y < part->y + part->height; y += rows) {
    const int count = MIN(rows, part->y + part->height - y);

    for (int row = 0; row < count; row++) {
      const gsize i = (gsize)row * (gsize)part->width;

      canvas_get_row(c, part->x, y + row, part->width, 1, preview_is_matched(p), rgb + 3 * i,
                     coverage + i);
    }
    if (!p->picture.write(p->picture.user, part->x, y, part->width, count, rgb, coverage))
      return preview_fail_host(error);
  }
  return RST_OK;
}

rst_status preview_write(preview *p, rst_error *error) {
  rst_status status = RST_OK;

  /* The worker sleeps on the lock: its canvases are at rest. */
  pthread_mutex_lock(&p->lock);
  if (preview_is_superseded(p) || p->status.phase != PREVIEW_EXACT || !p->picture.write)
    status = failure(error, RST_BAD_CALL, "the result is not finished");
  for (int i = 0; i < p->count && status == RST_OK; i++)
    status = write_canvas(p, p->canvases[i], error);
  pthread_mutex_unlock(&p->lock);
  return status;
}
