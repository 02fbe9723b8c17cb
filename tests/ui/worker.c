/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worker's thread alone: a picture that is read already, requests in the mailbox, reports out of
 * it, and no preview round it.
 */
#include "components.h"

enum { WIDTH = 150, HEIGHT = 130 };

static components *started(void) {
  photo *p = photo_new(WIDTH, HEIGHT);
  components *made;

  select_ellipse(p, 10, 10, 120, 110);
  made = components_new(p, "tiny-diffusion");
  g_clear_pointer(&made->worker.session, rst_session_free); /* it makes its own */
  made->worker.threads = 2;
  made->mailbox.newest.running = true;
  g_assert_cmpint(worker_start(&made->worker, NULL), ==, RST_OK);
  return made;
}

/* Waits until the newest request has got there. */
static preview_status wait_for(components *p, preview_phase phase) {
  const gint64 end = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  preview_status status;
  bool there;

  do {
    g_usleep(2000);
    mailbox_lock(&p->mailbox);
    status = p->mailbox.report.status;
    there = !mailbox_is_superseded(&p->mailbox) && status.phase == phase;
    mailbox_unlock(&p->mailbox);
    g_assert_cmpint(g_get_monotonic_time(), <, end);
  } while (!there);
  return status;
}

static preview_status restore_all(components *p, const char *setup) {
  components_send(p, setup);
  return wait_for(p, PREVIEW_EXACT);
}

static void test_requests(void) {
  components *p = started();
  const gint64 points = count_selected(p->photo);
  preview_status status = restore_all(p, "start 12 match off");

  g_assert_cmpint(status.points, ==, points);
  g_assert_cmpint(status.done, ==, points);
  g_assert_cmpint(status.restored, ==, points);
  g_assert_cmpint(status.encoded, ==, 1);
  status = restore_all(p, "start 12 match off mode detail"); /* another mix */
  g_assert_cmpint(status.restored, ==, points);
  status = restore_all(p, "start 12 match off mode detail seed 2");
  g_assert_cmpint(status.restored, ==, 2 * points);
  g_assert_cmpint(status.encoded, ==, 1);
  components_free(p);
}

/* A failure is reported, forgets what was there, and is over with the next request. */
static void test_failure(void) {
  components *p = started();
  preview_status status;

  restore_all(p, "start 12");
  components_send(p, "step-skip 4000");
  status = wait_for(p, PREVIEW_FAILED);
  g_assert_cmpint(status.error.code, ==, RST_OUT_OF_RANGE);
  mailbox_lock(&p->mailbox);
  g_assert_cmpint(p->mailbox.report.plan.count, ==, 0);
  mailbox_unlock(&p->mailbox);
  status = restore_all(p, "start 12");
  g_assert_cmpint(status.points, ==, count_selected(p->photo));
  components_free(p);
}

static void change(components *p, rst_model *model, bool running) {
  mailbox_lock(&p->mailbox);
  request_set_model(&p->mailbox.newest, model);
  p->mailbox.newest.running = running;
  request_change_result(&p->mailbox.newest);
  mailbox_send(&p->mailbox);
  mailbox_unlock(&p->mailbox);
}

/* Without a model, or stopped, it waits. */
static void test_waiting(void) {
  components *p = started();

  restore_all(p, "start 12");
  change(p, NULL, true);
  wait_for(p, PREVIEW_WAITING);
  change(p, p->model, false);
  wait_for(p, PREVIEW_STOPPED);
  change(p, p->model, true);
  wait_for(p, PREVIEW_EXACT);
  components_free(p);
}

/* What runs for an older request ends. */
static void test_superseded(void) {
  components *p = started();
  const gint64 points = count_selected(p->photo);
  preview_status status;

  for (int i = 0; i < 20; i++) {
    g_autofree char *setup = g_strdup_printf("step-skip 1 seed %d", i);

    components_send(p, setup);
    g_usleep(3000);
  }
  status = restore_all(p, "start 12 step-skip 8 match off");
  g_assert_cmpint(status.done, ==, points);
  g_assert_cmpint(status.restored, <, 15 * points);
  components_free(p);
}

/* It ends in the middle of its work too; one that cannot begin says why, and can be cleared. */
static void test_ends(void) {
  for (int i = 0; i < 5; i++) {
    components *p = started();

    components_send(p, "step-skip 1");
    g_usleep((gulong)i * 10000);
    components_free(p);
  }
}

static void test_no_session(void) {
  components *p = components_new(photo_new(WIDTH, HEIGHT), "tiny-diffusion");
  rst_error error = RST_ERROR_INIT;

  g_clear_pointer(&p->worker.session, rst_session_free);
  p->worker.threads = 1000;
  g_assert_cmpint(worker_start(&p->worker, &error), ==, RST_OUT_OF_RANGE);
  g_assert_cmpint(error.code, ==, RST_OUT_OF_RANGE);
  components_free(p);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/worker/requests", test_requests);
  g_test_add_func("/worker/failure", test_failure);
  g_test_add_func("/worker/waiting", test_waiting);
  g_test_add_func("/worker/superseded", test_superseded);
  g_test_add_func("/worker/ends", test_ends);
  g_test_add_func("/worker/no-session", test_no_session);
  return g_test_run();
}
