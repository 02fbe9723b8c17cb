/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mailbox: the newest request wins, and notices come on the caller's thread.
 */
#include <preview/mailbox.h>

#include "host.h"

typedef struct {
  mailbox mailbox;
  request work;
  GThread *caller;
  int notices;
} fixture;

static void note(void *user) {
  fixture *f = user;

  g_assert_true(g_thread_self() == f->caller);
  f->notices++;
}

static void setup(fixture *f, gconstpointer data) {
  (void)data;
  f->caller = g_thread_self();
  g_assert_true(mailbox_init(&f->mailbox, note, f));
}

static void teardown(fixture *f, gconstpointer data) {
  (void)data;
  request_clear(&f->work);
  mailbox_clear(&f->mailbox);
}

static void send_seeds(fixture *f, int seeds) {
  mailbox_lock(&f->mailbox);
  f->mailbox.newest.seeds = seeds;
  mailbox_send(&f->mailbox);
  mailbox_unlock(&f->mailbox);
}

static bool is_superseded(fixture *f) {
  bool superseded;

  mailbox_lock(&f->mailbox);
  superseded = mailbox_is_superseded(&f->mailbox);
  mailbox_unlock(&f->mailbox);
  return superseded;
}

static void test_newest(fixture *f, gconstpointer data) {
  (void)data;
  g_assert_false(is_superseded(f));
  for (int seeds = 1; seeds <= 3; seeds++)
    send_seeds(f, seeds);
  g_assert_true(is_superseded(f));
  g_assert_true(rst_cancel_is_set(f->mailbox.cancel));
  g_assert_true(mailbox_take(&f->mailbox, &f->work));
  g_assert_cmpint(f->work.seeds, ==, 3);
  g_assert_false(is_superseded(f));
  g_assert_false(rst_cancel_is_set(f->mailbox.cancel));
  send_seeds(f, 4); /* while the third is in work */
  g_assert_true(is_superseded(f));
  g_assert_cmpint(f->work.seeds, ==, 3);
}

/* What the worker was told of reading and of phases for one request is not the next one's. */
static void test_fresh(fixture *f, gconstpointer data) {
  (void)data;
  send_seeds(f, 1);
  g_assert_true(mailbox_take(&f->mailbox, &f->work));
  f->mailbox.report.status.phase = PREVIEW_FAILED;
  f->mailbox.report.status.read = 0.5;
  f->mailbox.demand.unreadable = true;
  f->mailbox.demand.needed = 7;
  send_seeds(f, 2);
  g_assert_true(mailbox_take(&f->mailbox, &f->work));
  g_assert_cmpint(f->mailbox.report.status.phase, ==, PREVIEW_REFINING);
  g_assert_cmpfloat(f->mailbox.report.status.read, ==, 0);
  g_assert_false(f->mailbox.demand.unreadable);
  g_assert_cmpint(f->mailbox.demand.needed, ==, 0);
}

/* Takes requests until the end: the sum of their seeds, each taken once at most. */
static void *take_all(void *data) {
  fixture *f = data;
  int last = 0, taken = 0;

  while (mailbox_take(&f->mailbox, &f->work)) {
    g_assert_cmpint(f->work.seeds, >, last);
    last = f->work.seeds;
    taken++;
    mailbox_notify(&f->mailbox);
  }
  return GINT_TO_POINTER(taken);
}

static gboolean stop(void *data) {
  *(bool *)data = true;
  return G_SOURCE_REMOVE;
}

static void test_threads(fixture *f, gconstpointer data) {
  enum { REQUESTS = 500 };
  GThread *thread = g_thread_new("taker", take_all, f);
  bool stopped = false;

  (void)data;
  for (int seeds = 1; seeds <= REQUESTS; seeds++)
    send_seeds(f, seeds);
  while (is_superseded(f))
    g_thread_yield();
  g_timeout_add(50, stop, &stopped);
  while (!stopped)
    g_main_context_iteration(NULL, TRUE);
  mailbox_quit(&f->mailbox);

  const int taken = GPOINTER_TO_INT(g_thread_join(thread));

  g_assert_cmpint(f->work.seeds, ==, REQUESTS); /* the newest is never lost */
  g_assert_cmpint(taken, >=, 1);
  g_assert_cmpint(taken, <=, REQUESTS);
  g_assert_cmpint(f->notices, >=, 1);
  g_assert_cmpint(f->notices, <=, taken);
}

/* The worker ends even where a request waits for it. */
static void test_quit(fixture *f, gconstpointer data) {
  (void)data;
  send_seeds(f, 1);
  mailbox_quit(&f->mailbox);
  g_assert_false(mailbox_take(&f->mailbox, &f->work));
  g_assert_true(is_superseded(f));
}

int main(int argc, char **argv) {
  static const struct {
    const char *path;
    void (*test)(fixture *f, gconstpointer data);
  } tests[] = {
    {"/mailbox/newest", test_newest},
    {"/mailbox/fresh", test_fresh},
    {"/mailbox/threads", test_threads},
    {"/mailbox/quit", test_quit},
  };

  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].path, fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run();
}
