/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/preparation.h"

#include "failure.h"

enum { REPORT_MICROSECONDS = 50000 /* between two reports of how far it is */ };

void preparation_clear(preparation *p) {
  g_clear_pointer(&p->photo, rst_photo_free);
  g_clear_pointer(&p->tiles, tiles_unref);
  request_clear(&p->source);
}

/* Whether the photo is of the request's picture and region. */
static bool is_same_source(const preparation *p) {
  return p->photo && p->source.pixels == p->work->pixels && p->source.coverage == p->work->coverage;
}

static void show_tiles(preparation *p) {
  tiles *shown = tiles_ref(p->tiles);

  g_clear_pointer(&p->work->prepared, tiles_unref);
  p->work->prepared = shown;
  rst_photo_picture(p->photo, &p->reader->prepared);
}

void preparation_begin(preparation *p) {
  if (p->work->is_photo && p->tiles && is_same_source(p))
    show_tiles(p);
}

typedef struct {
  preparation *preparation;
  gint64 reported_at;
} progress;

static void report_progress(void *user, rst_phase phase, double fraction) {
  progress *to = user;
  const gint64 now = g_get_monotonic_time();
  mailbox *m = to->preparation->mailbox;

  (void)phase;
  if (now - to->reported_at < REPORT_MICROSECONDS)
    return;
  to->reported_at = now;
  mailbox_lock(m);
  m->report.status.phase = PREVIEW_PREPARING;
  m->report.status.read = fraction;
  mailbox_unlock(m);
  mailbox_notify(m);
}

/* Takes over the reference. */
static void report_found(preparation *p, photo_found *found) {
  report *to = &p->mailbox->report;

  mailbox_lock(p->mailbox);
  photo_found_unref(to->photo);
  to->photo = found;
  mailbox_unlock(p->mailbox);
  mailbox_notify(p->mailbox);
}

static rst_status open_photo(preparation *p, rst_error *error) {
  rst_picture picture;
  rst_status status;

  preparation_clear(p);
  request_copy(&p->source, p->work);
  picture = request_get_source(&p->source, p->mailbox->cancel);
  status = rst_photo_new(&picture, &p->work->region, &p->photo, error);
  if (status != RST_OK)
    preparation_clear(p);
  return status;
}

static rst_status set_photo(preparation *p, rst_session *session, rst_error *error) {
  progress to = {p, g_get_monotonic_time()};
  const rst_hooks hooks = {
    .size = sizeof hooks, .user = &to, .progress = report_progress, .cancel = p->mailbox->cancel};

  publisher_report(p->publisher, PREVIEW_PREPARING);
  return rst_photo_set(session, p->photo, &p->work->photo,
                       p->work->edits ? g_bytes_get_data(p->work->edits, NULL) : NULL, &hooks,
                       error);
}

/* What the prepared picture is kept in, empty. */
static rst_status renew_tiles(preparation *p, rst_error *error) {
  photo_found *found = photo_found_new(p->photo, &p->work->photo);
  tiles *fresh = tiles_new(&p->work->pixels->box, 4);

  if (!found || !fresh) {
    photo_found_unref(found);
    tiles_unref(fresh);
    return failure_of_memory(error);
  }
  tiles_unref(p->tiles);
  p->tiles = fresh;
  p->takes_colour = found->info.takes_colour;
  p->serial = p->work->pixels_serial;
  report_found(p, found);
  return RST_OK;
}

/* Whether the setup is to restore what was prepared. */
static bool gets_colour(const preparation *p) {
  return p->takes_colour && p->work->photo.colour && p->work->parameters.strength > 0;
}

rst_status preparation_settle(preparation *p, rst_session *session, rst_error *error) {
  rst_status status = RST_OK;

  if (!p->work->is_photo)
    return RST_OK;
  if (!p->tiles || p->serial != p->work->pixels_serial || !is_same_source(p)) {
    g_clear_pointer(&p->work->prepared, tiles_unref);
    status = tile_reader_require(p->reader, &p->work->pixels->box, error);
    if (status == RST_OK && !is_same_source(p))
      status = open_photo(p, error);
    if (status == RST_OK)
      status = set_photo(p, session, error);
    if (status == RST_OK)
      status = renew_tiles(p, error);
  }
  if (status != RST_OK)
    return status;
  show_tiles(p);
  if (!gets_colour(p))
    request_set_model(p->work, NULL);
  return publisher_show_viewport(p->publisher, error);
}
