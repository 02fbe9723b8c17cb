/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture, read on the caller's thread in idle steps while the worker waits for it.
 */
#include "preview_private.h"

#include "failure.h"

enum { READ_MICROSECONDS = 4000 };

rst_status preview_fail_host(rst_error *error) {
  return failure(error, RST_HOST_FAILED, "the picture could not be accessed");
}

/* ---- the caller's thread ---- */

static bool read_covered(void *user, int x, int y, int w, int h, float *values) {
  const rst_picture *picture = user;

  if (picture->read_coverage)
    return picture->read_coverage(picture->user, x, y, w, h, values);
  for (gsize i = 0; i < (gsize)w * (gsize)h; i++)
    values[i] = 1;
  return true;
}

/* One tile of what the worker waits for. False where nothing is missing. */
static bool read_tile(preview *p) {
  const request *r = &p->wanted; /* nobody else changes it */
  bool coverage = false, missing, good;
  int tile;

  pthread_mutex_lock(&p->lock);
  missing = p->demanded && !p->unreadable;
  if (missing && !plane_find_missing(r->pixels, &p->demand, &tile)) {
    coverage = true;
    missing = plane_find_missing(r->coverage, &p->demand, &tile);
  }
  if (!missing && p->demanded) {
    p->demanded = false;
    pthread_cond_broadcast(&p->wake);
  }
  pthread_mutex_unlock(&p->lock);
  if (!missing)
    return false;

  plane *to = coverage ? r->coverage : r->pixels;

  good = coverage ? plane_fill(to, tile, read_covered, &p->picture)
                  : plane_fill(to, tile, p->picture.read, p->picture.user);
  pthread_mutex_lock(&p->lock);
  if (good)
    plane_mark_filled(to, tile);
  else
    p->unreadable = true;
  pthread_mutex_unlock(&p->lock);
  return true;
}

static gboolean read_some(void *data) {
  preview *p = data;
  const gint64 begin = g_get_monotonic_time();

  while (read_tile(p))
    if (g_get_monotonic_time() - begin > READ_MICROSECONDS)
      return G_SOURCE_CONTINUE;
  /* The worker may have asked for more meanwhile: it sets the time under the lock. */
  pthread_mutex_lock(&p->lock);
  if (!p->demanded)
    g_source_set_ready_time(p->reader, -1);
  pthread_mutex_unlock(&p->lock);
  return G_SOURCE_CONTINUE;
}

static gboolean give_notice(void *data) {
  preview *p = data;

  g_source_set_ready_time(p->notice, -1);
  p->changed(p->user);
  return G_SOURCE_CONTINUE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, void *data) {
  (void)source;
  return callback(data);
}

/* Any thread makes it run by setting its ready time: no memory changes hands. */
static GSource *add_source(GSourceFunc callback, int priority, preview *p) {
  static GSourceFuncs functions = {.dispatch = dispatch};
  GSource *source = g_source_new(&functions, sizeof *source);

  g_source_set_callback(source, callback, p, NULL);
  g_source_set_priority(source, priority);
  g_source_set_ready_time(source, -1);
  g_source_attach(source, g_main_context_get_thread_default());
  return source;
}

void preview_add_sources(preview *p) {
  p->notice = add_source(give_notice, G_PRIORITY_DEFAULT, p);
  p->reader = add_source(read_some, G_PRIORITY_DEFAULT_IDLE, p);
}

void preview_notify(preview *p) {
  if (p->changed)
    g_source_set_ready_time(p->notice, 0);
}

/* ---- the worker ---- */

rst_status preview_require(preview *p, const rect *area, rst_error *error) {
  const preview_phase phase = p->status.phase;
  rst_status status = RST_OK;
  int tile;

  pthread_mutex_lock(&p->lock);
  while (!preview_is_superseded(p) && !p->unreadable &&
         (plane_find_missing(p->work.pixels, area, &tile) ||
          plane_find_missing(p->work.coverage, area, &tile))) {
    p->status.phase = PREVIEW_READING;
    p->demanded = true;
    p->demand = *area;
    g_source_set_ready_time(p->reader, 0);
    pthread_cond_wait(&p->wake, &p->lock);
  }
  if (preview_is_superseded(p))
    status = RST_CANCELLED;
  else if (p->unreadable)
    status = preview_fail_host(error);
  else
    p->status.phase = phase;
  p->demanded = false;
  pthread_mutex_unlock(&p->lock);
  return status;
}
