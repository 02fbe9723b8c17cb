/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reader of tiles: a thread asks for areas, the main loop reads them.
 */
#include <preview/tile_reader.h>

#include <string.h>

#include "host.h"

enum { WIDTH = 700, HEIGHT = 500 };

typedef struct {
  photo *photo;
  mailbox mailbox;
  request work;
  tile_reader reader;
  rst_rectangle area; /* that the thread asks for */
  bool done; /* under the mailbox's lock */
  rst_error error;
} fixture;

static void note(void *user) {
  (void)user;
}

static void setup(fixture *f, gconstpointer data) {
  rst_picture picture;
  rst_rectangle box;

  (void)data;
  f->photo = photo_new(WIDTH, HEIGHT);
  select_ellipse(f->photo, 300, 200, 50, 50);
  picture = picture_of(f->photo);
  box = whole(f->photo);
  g_assert_true(mailbox_init(&f->mailbox, note, NULL));
  g_assert_true(request_set_picture(&f->mailbox.newest, &picture, &box, true));
  tile_reader_init(&f->reader, &f->mailbox, &f->work, &picture);
}

static void teardown(fixture *f, gconstpointer data) {
  (void)data;
  tile_reader_clear(&f->reader);
  request_clear(&f->work);
  mailbox_clear(&f->mailbox);
  photo_free(f->photo);
}

static void send(fixture *f) {
  mailbox_lock(&f->mailbox);
  mailbox_send(&f->mailbox);
  mailbox_unlock(&f->mailbox);
}

static void *require(void *data) {
  fixture *f = data;
  const rst_status status = mailbox_take(&f->mailbox, &f->work)
                              ? tile_reader_require(&f->reader, &f->area, &f->error)
                              : RST_CANCELLED;

  mailbox_lock(&f->mailbox);
  f->done = true;
  mailbox_unlock(&f->mailbox);
  return GINT_TO_POINTER(status);
}

static bool is_done(fixture *f) {
  bool done;

  mailbox_lock(&f->mailbox);
  done = f->done;
  mailbox_unlock(&f->mailbox);
  return done;
}

/* What the thread's demand for an area ends in, with the main loop running. `reads`: a new request
 * comes when so many tiles are read; 0: none does. `seen`: the largest part read that was reported
 * on the way. */
static rst_status ask(fixture *f, const rst_rectangle *area, int reads, double *seen) {
  const guint timer = g_timeout_add(5, tick, NULL);
  GThread *thread;

  f->area = *area;
  f->done = false;
  send(f);
  thread = g_thread_new("asker", require, f);
  while (!is_done(f)) {
    g_main_context_iteration(NULL, TRUE);
    mailbox_lock(&f->mailbox);
    if (f->mailbox.report.status.phase == PREVIEW_READING)
      *seen = MAX(*seen, f->mailbox.report.status.read);
    mailbox_unlock(&f->mailbox);
    if (reads > 0 && f->photo->reads >= reads) {
      send(f);
      reads = 0;
    }
  }
  g_source_remove(timer);
  return (rst_status)GPOINTER_TO_INT(g_thread_join(thread));
}

static void check_read(const tiles *p, const float *values, int channels,
                       const rst_rectangle *area) {
  for (int y = area->y; y < area->y + area->height; y++)
    g_assert_cmpmem(tiles_at(p, area->x, y), (gsize)(area->width * channels) * sizeof *values,
                    values + (gsize)(y * WIDTH + area->x) * (gsize)channels,
                    (gsize)(area->width * channels) * sizeof *values);
}

/* Only the tiles that an area touches are read, each once. */
static void test_area(fixture *f, gconstpointer data) {
  const rst_rectangle area = {200, 120, 200, 200}, beyond = {600, 0, 10, 10};
  double seen = 0;

  (void)data;
  g_assert_cmpint(ask(f, &area, 0, &seen), ==, RST_OK);
  check_read(f->work.pixels, f->photo->rgba, 4, &area);
  check_read(f->work.coverage, f->photo->coverage, 1, &area);
  g_assert_cmpint(f->photo->reads, ==, 2 * 3 * 3);
  g_assert_true(tile_reader_has(&f->reader, &area));
  g_assert_false(tile_reader_has(&f->reader, &beyond));
  g_assert_cmpint(ask(f, &area, 0, &seen), ==, RST_OK);
  g_assert_cmpint(f->photo->reads, ==, 2 * 3 * 3);
}

/* A picture without a selection is covered everywhere. */
static void test_covered(fixture *f, gconstpointer data) {
  const rst_rectangle area = {0, 0, 10, 10};
  double seen = 0;

  (void)data;
  f->reader.picture.read_coverage = NULL;
  f->reader.picture.user = f->photo;
  g_assert_cmpint(ask(f, &area, 0, &seen), ==, RST_OK);
  g_assert_cmpfloat(*tiles_at(f->work.coverage, 5, 5), ==, 1);
}

/* Reading that takes long reports how far it is; what comes later finds the phase as it was. */
static void test_progress(fixture *f, gconstpointer data) {
  const rst_rectangle area = {0, 0, WIDTH, HEIGHT};
  double seen = 0;

  (void)data;
  f->photo->pause = 8000;
  g_assert_cmpint(ask(f, &area, 0, &seen), ==, RST_OK);
  g_assert_cmpfloat(seen, >, 0.3);
  g_assert_cmpfloat(seen, <=, 1);
  g_assert_cmpint(f->mailbox.report.status.phase, ==, PREVIEW_REFINING);
}

static void test_superseded(fixture *f, gconstpointer data) {
  const rst_rectangle area = {0, 0, WIDTH, HEIGHT};
  double seen = 0;

  (void)data;
  f->photo->pause = 5000;
  g_assert_cmpint(ask(f, &area, 3, &seen), ==, RST_CANCELLED);
  g_assert_cmpint(f->photo->reads, <, 2 * 6 * 4);
}

/* Where the host cannot read, the request fails; the next one tries again. */
static void test_broken(fixture *f, gconstpointer data) {
  const rst_rectangle area = {0, 0, 100, 100};
  double seen = 0;

  (void)data;
  f->photo->broken = true;
  g_assert_cmpint(ask(f, &area, 0, &seen), ==, RST_HOST_FAILED);
  g_assert_cmpint(f->error.code, ==, RST_HOST_FAILED);
  f->photo->broken = false;
  g_assert_cmpint(ask(f, &area, 0, &seen), ==, RST_OK);
}

int main(int argc, char **argv) {
  static const struct {
    const char *path;
    void (*test)(fixture *f, gconstpointer data);
  } tests[] = {
    {"/tile-reader/area", test_area},         {"/tile-reader/covered", test_covered},
    {"/tile-reader/progress", test_progress}, {"/tile-reader/superseded", test_superseded},
    {"/tile-reader/broken", test_broken},
  };

  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].path, fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run();
}
