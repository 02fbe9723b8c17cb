/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The set of work: what a new request still may use of what was done for those before it.
 */
#include "components.h"

enum { WIDTH = 150, HEIGHT = 130 };

static components *selected(const char *setup) {
  photo *p = photo_new(WIDTH, HEIGHT);
  components *made;

  select_ellipse(p, 10, 30, 50, 40);
  select_ellipse(p, 90, 20, 40, 60);
  made = components_new(p, "tiny-diffusion");
  components_take(made, setup);
  return made;
}

/* Restores what the request misses: how many points the network had to be asked for. */
static gint64 restore(components *p) {
  work_set *s = &p->worker.set;
  lattice *l = &p->worker.lattice;
  const gint64 before = l->restored;
  const points_job job = lattice_get_job(l);
  gint64 points, done;

  g_assert_cmpint(work_set_plan(s, NULL), ==, RST_OK);
  g_assert_cmpint(work_set_forget_stale(s, NULL), ==, RST_OK);
  for (int i = 0; i < l->count; i++) {
    bool changed = false;

    g_assert_cmpint(work_set_encode(s, i, NULL), ==, RST_OK);
    g_assert_cmpint(part_points_refine(l->parts[i], &job, &l->parts[i]->box, 1, &changed, NULL), ==,
                    RST_OK);
  }
  lattice_count_points(l, &points, &done);
  g_assert_cmpint(l->count, >, 0);
  g_assert_cmpint(done, ==, points);
  return l->restored - before;
}

/* Which parameters' changes cost network passes, and which encodings. */
static void test_stale(void) {
  static const struct {
    const char *setup;
    bool points, encoding;
  } changes[] = {
    {"start 12 mode full match off", true, true},
    {"start 12 mode full match off", false, false},
    {"start 12 mode full match off strength 0.5", false, false},
    {"start 12 mode full match off saturation 1.5", false, false},
    {"start 12 mode colour match off", false, false},
    {"start 12 mode colour match off seed 4", true, false},
    {"start 12 mode colour match off seed 4 clip true", true, false},
    {"start 12 mode colour match off seed 4 clip true sequence quadratic", true, false},
    {"start 12 mode colour match off seed 4 clip true sequence quadratic step-skip 3", false,
     false},
    {"start 12 mode colour match off seed 4 hide-region true", true, true},
    {"start 12 mode colour match off seed 4 context 2", true, true},
    {"start 12 mode full match off", true, false}, /* encoded before */
  };
  components *p = selected(changes[0].setup);
  const int64_t all = count_selected(p->photo);

  for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
    const int encoded = p->mailbox.report.status.encoded;

    components_take(p, changes[i].setup);
    g_test_message("%s", changes[i].setup);
    g_assert_cmpint(restore(p), ==, changes[i].points ? all : 0);
    g_assert_cmpint(p->mailbox.report.status.encoded - encoded, ==,
                    changes[i].encoding ? p->worker.lattice.count : 0);
  }
  components_free(p);
}

/* Another selection keeps the points of a window that stays. */
static void test_selection(void) {
  static const char setup[] = "start 12 mode full match off window picture";
  components *p = selected(setup);
  const rst_picture picture = picture_of(p->photo);
  const int64_t before = count_selected(p->photo);
  rst_rectangle box;

  g_assert_cmpint(restore(p), ==, before);
  select_ellipse(p->photo, 60, 90, 30, 30);
  box = whole(p->photo);
  g_assert_true(request_set_picture(&p->mailbox.newest, &picture, &box, false));
  components_read(p);
  components_take(p, setup);
  g_assert_cmpint(restore(p), ==, count_selected(p->photo) - before);
  g_assert_cmpint(p->mailbox.report.status.encoded, ==, 1);
  components_free(p);
}

/* A hidden selection is part of what the network sees: another one keeps nothing, in the same window. */
static void test_hidden(void) {
  static const char setup[] = "start 12 mode full match off window picture hide-region true";
  components *p = selected(setup);
  const rst_picture picture = picture_of(p->photo);
  rst_rectangle box;

  g_assert_cmpint(restore(p), ==, count_selected(p->photo));
  g_assert_cmpint(p->mailbox.report.status.encoded, ==, 1);
  select_ellipse(p->photo, 60, 90, 30, 30);
  box = whole(p->photo);
  g_assert_true(request_set_picture(&p->mailbox.newest, &picture, &box, false));
  components_read(p);
  components_take(p, setup);
  g_assert_cmpint(restore(p), ==, count_selected(p->photo));
  g_assert_cmpint(p->mailbox.report.status.encoded, ==, 2);
  components_free(p);
}

/* Another picture keeps nothing; its plan is another one. */
static void test_picture(void) {
  static const char setup[] = "start 12 mode full match off";
  components *p = selected(setup);
  const rst_picture picture = picture_of(p->photo);
  rst_rectangle box;

  restore(p);
  g_assert_cmpint(p->mailbox.report.plan.count, ==, 2);
  g_assert_nonnull(p->mailbox.report.encodings[1]);
  box = whole(p->photo);
  g_assert_true(request_set_picture(&p->mailbox.newest, &picture, &box, true));
  components_read(p);
  components_take(p, setup);
  work_set_forget_other_picture(&p->worker.set);
  g_assert_cmpint(p->mailbox.report.plan.count, ==, 0);
  g_assert_null(p->mailbox.report.encodings[1]);
  g_assert_cmpint(p->worker.lattice.count, ==, 0);
  g_assert_cmpint(restore(p), ==, count_selected(p->photo));
  g_assert_cmpint(p->mailbox.report.status.encoded, ==, 4);
  components_free(p);
}

/* A request that is cancelled while it is planned, or while its points are begun anew, leaves
 * nothing half done: the one before it, and the one after, have what they need. */
static void test_cancel(void) {
  static const char before[] = "start 12 mode full match off";
  static const char *const after[] = {
    "start 12 mode full match off context 2", /* planned anew */
    "start 12 mode full match off hide-region true" /* begun anew */
  };
  components *p = selected(before);
  work_set *s = &p->worker.set;
  const int64_t all = count_selected(p->photo);

  restore(p);
  for (gsize i = 0; i < G_N_ELEMENTS(after); i++) {
    rst_status status;

    g_test_message("%s", after[i]);
    components_take(p, after[i]);
    rst_cancel_set(p->mailbox.cancel);
    status = work_set_plan(s, NULL);
    g_assert_cmpint(status == RST_OK ? work_set_forget_stale(s, NULL) : status, ==, RST_CANCELLED);
    g_assert_cmpint(p->worker.lattice.count, ==, 2);
    components_take(p, before);
    g_assert_cmpint(restore(p), ==, status == RST_OK ? all : 0); /* what was begun anew is gone */
    for (int k = 0; k < 2; k++)
      g_assert_cmpint(p->worker.lattice.parts[k]->part.window.side, ==,
                      p->mailbox.report.plan.parts[k].window.side);
  }
  components_free(p);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/work-set/stale", test_stale);
  g_test_add_func("/work-set/selection", test_selection);
  g_test_add_func("/work-set/hidden", test_hidden);
  g_test_add_func("/work-set/picture", test_picture);
  g_test_add_func("/work-set/cancel", test_cancel);
  return g_test_run();
}
