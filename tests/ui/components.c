/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "components.h"

static void note(void *user) {
  components *p = user;

  p->notices++;
}

static void fill(tiles *to, bool (*read)(void *user, int x, int y, int w, int h, float *values),
                 photo *p) {
  int tile;

  while (tiles_find_missing(to, &to->box, &tile)) {
    g_assert_true(tiles_fill(to, tile, read, p));
    tiles_mark_filled(to, tile);
  }
}

void components_read(components *p) {
  const rst_picture picture = picture_of(p->photo);

  fill(p->mailbox.newest.pixels, picture.read, p->photo);
  fill(p->mailbox.newest.coverage, picture.read_coverage, p->photo);
}

components *components_new(photo *p, const char *model) {
  const rst_picture picture = picture_of(p);
  components *made = g_new0(components, 1);
  worker *w = &made->worker;
  rst_rectangle box;

  made->photo = p;
  made->model = read_model(model);
  box = whole(p);
  g_assert_true(mailbox_init(&made->mailbox, note, made));
  g_assert_true(request_set_picture(&made->mailbox.newest, &picture, &box, true));
  tile_reader_init(&made->reader, &made->mailbox, &w->work, &picture);
  worker_init(w, &made->mailbox, &made->reader, 1, false);
  g_assert_cmpint(rst_session_new(1, &w->session, NULL), ==, RST_OK);
  w->lattice.session = w->session;
  components_read(made);
  return made;
}

void components_free(components *p) {
  worker_clear(&p->worker);
  tile_reader_clear(&p->reader);
  mailbox_clear(&p->mailbox);
  rst_model_unref(p->model);
  photo_free(p->photo);
  g_free(p);
}

void components_send(components *p, const char *setup) {
  request *newest = &p->mailbox.newest;

  mailbox_lock(&p->mailbox);
  request_set_model(newest, p->model);
  newest->parameters = parameters_of(setup);
  request_change_result(newest);
  mailbox_send(&p->mailbox);
  mailbox_unlock(&p->mailbox);
}

void components_take(components *p, const char *setup) {
  components_send(p, setup);
  g_assert_true(mailbox_take(&p->mailbox, &p->worker.work));
}
