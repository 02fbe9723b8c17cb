/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/found_faces.h"

#include <string.h>

static bool is_same(const rst_rectangle *a, const rst_rectangle *b) {
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

/* Unless the picture is another one by now: the next request finds its own. */
static void report_found(const found_faces *f, mailbox *m) {
  mailbox_lock(m);
  if (!mailbox_is_superseded(m)) {
    m->report.searched = true;
    strcpy(m->report.found, f->text);
  }
  mailbox_unlock(m);
}

rst_status found_faces_settle(found_faces *f, request *work, tile_reader *reader,
                              rst_session *session, rst_error *error) {
  rst_parameters *parameters = &work->parameters;
  const rst_picture picture = request_get_picture(work, reader->mailbox->cancel);
  rst_hooks hooks = RST_HOOKS_INIT;
  rst_status status;

  if (parameters->window_kind != RST_WINDOW_FACES || strcmp(parameters->faces, RST_FACES_AUTO) != 0)
    return RST_OK;
  if (f->known && f->pixels_serial == work->pixels_serial && is_same(&f->region, &work->region)) {
    strcpy(parameters->faces, f->text);
    report_found(f, reader->mailbox);
    return RST_OK;
  }
  hooks.cancel = reader->mailbox->cancel;
  status = tile_reader_require(reader, &work->region, error);
  if (status == RST_OK)
    status = rst_settle_faces(session, parameters, &picture, &work->region, &hooks, error);
  if (status != RST_OK)
    return status;
  f->known = true;
  f->pixels_serial = work->pixels_serial;
  f->region = work->region;
  strcpy(f->text, parameters->faces);
  report_found(f, reader->mailbox);
  return RST_OK;
}
