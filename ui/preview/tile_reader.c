/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture, read on the caller's thread in idle steps while the worker waits for it.
 */
#include "preview/preview_private.h"

#include "failure.h"

enum {
  READ_MICROSECONDS = 4000, /* at a time */
  TELL_MICROSECONDS = 50000 /* from one word about its progress to the next: what is there sooner
                             * is not worth one */
};

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

rect preview_ringed_region(const preview *p) {
  const rect *r = &p->work.region;

  return (rect){r->x - 1, r->y - 1, r->width + 2, r->height + 2};
}

static int count_missing(const preview *p, const rect *area) {
  return plane_count_missing(p->work.pixels, area) + plane_count_missing(p->work.coverage, area);
}

/* Tiles that the request in work is known to need: of what is visible and of what is selected, those
 * of both twice; and of a window beyond. Under the lock. */
static int count_needed(const preview *p) {
  const rect visible = preview_visible_area(p), region = preview_ringed_region(p);
  const bool beyond = !rect_holds(&visible, &p->demand) && !rect_holds(&region, &p->demand);

  return count_missing(p, &visible) + count_missing(p, &region) +
         (beyond ? count_missing(p, &p->demand) : 0);
}

static void tell_progress(preview *p) {
  const gint64 now = g_get_monotonic_time();
  bool due;

  pthread_mutex_lock(&p->lock);
  due = p->demanded && now - p->reading_told_at > TELL_MICROSECONDS;
  if (due) {
    const int missing = count_needed(p);

    p->needed = MAX(p->needed, missing);
    p->status.phase = PREVIEW_READING;
    p->status.read = 1 - (double)missing / MAX(p->needed, 1);
    p->reading_told_at = now;
  }
  pthread_mutex_unlock(&p->lock);
  if (due)
    preview_notify(p);
}

static gboolean read_some(void *data) {
  preview *p = data;
  const gint64 begin = g_get_monotonic_time();

  while (read_tile(p))
    if (g_get_monotonic_time() - begin > READ_MICROSECONDS) {
      tell_progress(p);
      return G_SOURCE_CONTINUE;
    }
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

/* Under the lock. */
static bool is_missing(const preview *p, const rect *area) {
  int tile;

  return plane_find_missing(p->work.pixels, area, &tile) ||
         plane_find_missing(p->work.coverage, area, &tile);
}

bool preview_is_read(preview *p, const rect *area) {
  bool missing;

  pthread_mutex_lock(&p->lock);
  missing = is_missing(p, area);
  pthread_mutex_unlock(&p->lock);
  return !missing;
}

rst_status preview_require(preview *p, const rect *area, rst_error *error) {
  const preview_phase phase = p->status.phase;
  rst_status status = RST_OK;

  pthread_mutex_lock(&p->lock);
  p->demand = *area;
  if (p->needed == 0) { /* the request's first */
    p->needed = count_needed(p);
    p->reading_told_at = g_get_monotonic_time();
  }
  while (!preview_is_superseded(p) && !p->unreadable && is_missing(p, area)) {
    p->demanded = true;
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
