/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/tile_reader.h"

#include "failure.h"

enum {
  READ_MICROSECONDS = 4000,   /* of reading in one idle step */
  REPORT_MICROSECONDS = 50000 /* between two reports: reading that ends sooner needs none */
};

/* ---- the caller's thread ---- */

static bool read_covered(void *user, int x, int y, int w, int h, float *values) {
  const rst_picture *picture = user;

  if (picture->read_coverage)
    return picture->read_coverage(picture->user, x, y, w, h, values);
  for (gsize i = 0; i < (gsize)w * (gsize)h; i++)
    values[i] = 1;
  return true;
}

/* Reads one tile that the worker waits for. False where none is missing. */
static bool read_tile(tile_reader *r) {
  mailbox *m = r->mailbox;
  const request *newest = &m->newest; /* no other thread changes it */
  demand *d = &m->demand;
  bool coverage = false, missing, good;
  int tile;

  mailbox_lock(m);
  missing = d->waiting && !d->unreadable;
  if (missing && !tiles_find_missing(newest->pixels, &d->area, &tile)) {
    coverage = true;
    missing = tiles_find_missing(newest->coverage, &d->area, &tile);
  }
  if (!missing && d->waiting) {
    d->waiting = false;
    mailbox_wake(m);
  }
  mailbox_unlock(m);
  if (!missing)
    return false;

  tiles *to = coverage ? newest->coverage : newest->pixels;

  good = coverage ? tiles_fill(to, tile, read_covered, &r->picture)
                  : tiles_fill(to, tile, r->picture.read, r->picture.user);
  mailbox_lock(m);
  if (good)
    tiles_mark_filled(to, tile);
  else
    d->unreadable = true;
  mailbox_unlock(m);
  return true;
}

static int count_missing(const request *work, const rst_rectangle *area) {
  return tiles_count_missing(work->pixels, area) + tiles_count_missing(work->coverage, area);
}

/* Tiles that the request in work is known to need: those of what is visible and of what is
 * selected, and those of a window beyond both. A tile of both counts twice. Under the lock. */
static int count_needed(const tile_reader *r) {
  const rst_rectangle visible = request_get_visible_area(r->work);
  const rst_rectangle region = request_get_bordered_region(r->work);
  const rst_rectangle *area = &r->mailbox->demand.area;
  const bool beyond = !rect_holds(&visible, area) && !rect_holds(&region, area);

  return count_missing(r->work, &visible) + count_missing(r->work, &region) +
         (beyond ? count_missing(r->work, area) : 0);
}

static void report_progress(tile_reader *r) {
  const gint64 now = g_get_monotonic_time();
  mailbox *m = r->mailbox;
  demand *d = &m->demand;
  bool due;

  mailbox_lock(m);
  due = d->waiting && now - d->reported_at > REPORT_MICROSECONDS;
  if (due) {
    const int missing = count_needed(r);

    d->needed = MAX(d->needed, missing);
    d->reported_at = now;
    m->report.status.phase = PREVIEW_READING;
    m->report.status.read = 1 - (double)missing / MAX(d->needed, 1);
  }
  mailbox_unlock(m);
  if (due)
    mailbox_notify(m);
}

static gboolean read_some(void *data) {
  tile_reader *r = data;
  const gint64 begin = g_get_monotonic_time();

  while (read_tile(r))
    if (g_get_monotonic_time() - begin > READ_MICROSECONDS) {
      report_progress(r);
      return G_SOURCE_CONTINUE;
    }
  /* The worker may have asked for more meanwhile: it sets the ready time under the lock. */
  mailbox_lock(r->mailbox);
  if (!r->mailbox->demand.waiting)
    g_source_set_ready_time(r->source, -1);
  mailbox_unlock(r->mailbox);
  return G_SOURCE_CONTINUE;
}

void tile_reader_init(tile_reader *r, mailbox *m, const request *work, const rst_picture *picture) {
  *r = (tile_reader){.mailbox = m, .work = work, .picture = *picture};
  r->source = mailbox_add_source(read_some, G_PRIORITY_DEFAULT_IDLE, r);
}

void tile_reader_clear(tile_reader *r) {
  g_source_destroy(r->source);
  g_source_unref(r->source);
}

/* ---- the worker's thread ---- */

/* Under the lock. */
static bool is_missing(const tile_reader *r, const rst_rectangle *area) {
  int tile;

  return tiles_find_missing(r->work->pixels, area, &tile) ||
         tiles_find_missing(r->work->coverage, area, &tile);
}

bool tile_reader_has(tile_reader *r, const rst_rectangle *area) {
  bool missing;

  mailbox_lock(r->mailbox);
  missing = is_missing(r, area);
  mailbox_unlock(r->mailbox);
  return !missing && !(r->work->prepared && tiles_count_missing(r->work->prepared, area) > 0);
}

/* Prepares what of an area is not yet, from what was read. */
static rst_status fill_prepared(tile_reader *r, const rst_rectangle *area, rst_error *error) {
  tiles *to = r->work->prepared;
  int tile;

  while (to && tiles_find_missing(to, area, &tile)) {
    if (!tiles_fill(to, tile, r->prepared.read, r->prepared.user))
      return failure_of_picture(error);
    tiles_mark_filled(to, tile);
  }
  return RST_OK;
}

rst_status tile_reader_require(tile_reader *r, const rst_rectangle *area, rst_error *error) {
  mailbox *m = r->mailbox;
  demand *d = &m->demand;
  rst_status status = RST_OK;
  preview_phase phase;

  mailbox_lock(m);
  phase = m->report.status.phase;
  d->area = *area;
  if (d->needed == 0) { /* the request's first demand */
    d->needed = count_needed(r);
    d->reported_at = g_get_monotonic_time();
  }
  while (!mailbox_is_superseded(m) && !d->unreadable && is_missing(r, area)) {
    d->waiting = true;
    g_source_set_ready_time(r->source, 0);
    mailbox_wait(m);
  }
  if (mailbox_is_superseded(m))
    status = RST_CANCELLED;
  else if (d->unreadable)
    status = failure_of_picture(error);
  else
    m->report.status.phase = phase;
  d->waiting = false;
  mailbox_unlock(m);
  return status == RST_OK ? fill_prepared(r, area, error) : status;
}
