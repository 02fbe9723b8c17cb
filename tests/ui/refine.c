/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refining: from coarse to fine, what is visible first, and no point twice.
 */
#include "components.h"

#include <math.h>

enum { WIDTH = 150, HEIGHT = 130 };

static const viewport view = {40, 50, 30, 20, 1};
static const rst_rectangle visible = {30, 20, 40, 50};

typedef struct {
  components *parts;
  GArray *points; /* of point, in the order restored */
  guint cancel_at; /* how many of them; 0: never */
} refining;

static void trace(void *user, const part_points *part, int x, int y, int step) {
  refining *r = user;
  const point at = {x, y, step};

  (void)part;
  g_array_append_val(r->points, at);
  if (r->points->len == r->cancel_at)
    rst_cancel_set(r->parts->mailbox.cancel);
}

/* Ready to refine a setup of one part, seen through a viewport. */
static refining begin(const viewport *v, const char *setup) {
  photo *p = photo_new(WIDTH, HEIGHT);
  refining r = {.points = g_array_new(FALSE, FALSE, sizeof(point))};

  select_ellipse(p, 10, 10, 120, 110);
  r.parts = components_new(p, "tiny-diffusion");
  r.parts->mailbox.newest.view = *v;
  components_take(r.parts, setup);
  g_assert_cmpint(publisher_show_viewport(&r.parts->worker.publisher, NULL), ==, RST_OK);
  g_assert_cmpint(work_set_plan(&r.parts->worker.set, NULL), ==, RST_OK);
  return r;
}

static rst_status run(refining *r) {
  r->parts->worker.lattice.trace = trace;
  r->parts->worker.lattice.trace_user = r;
  return refiner_run(&r->parts->worker.refiner, NULL);
}

static void end(refining *r) {
  components_free(r->parts);
  g_array_unref(r->points);
}

static const point *point_at(const refining *r, guint i) {
  return &g_array_index(r->points, point, i);
}

static void check_unrepeated(const refining *r) {
  g_autofree int *times = g_new0(int, WIDTH *HEIGHT);

  for (guint i = 0; i < r->points->len; i++)
    g_assert_cmpint(++times[point_at(r, i)->y * WIDTH + point_at(r, i)->x], ==, 1);
}

static const part_points *part_of(const refining *r) {
  return r->parts->worker.lattice.parts[0];
}

static void check_finished(const refining *r) {
  gint64 points, done;

  lattice_count_points(&r->parts->worker.lattice, &points, &done);
  g_assert_cmpint(points, >=, count_selected(r->parts->photo));
  g_assert_cmpint(done, ==, points);
  g_assert_cmpint(r->points->len, ==, points);
}

static void test_order(void) {
  refining r = begin(&view, "start 40 step-skip 1 match off");
  const preview_status *status = &r.parts->mailbox.report.status;
  int last = LATTICE_COARSEST, steps = 0;
  guint i = 0;

  g_assert_cmpint(run(&r), ==, RST_OK);
  check_unrepeated(&r);
  check_finished(&r);
  for (; i < r.points->len && rect_contains(&visible, point_at(&r, i)->x, point_at(&r, i)->y);
       i++) {
    const point *at = point_at(&r, i);

    g_assert_cmpint(at->step, <=, last);
    g_assert_true(at->x % at->step == 0 && at->y % at->step == 0);
    steps += at->step < last || i == 0;
    last = at->step;
  }
  g_assert_cmpint(steps, >, 1);
  g_assert_cmpint(last, ==, 1);
  g_assert_cmpint(i, >, 1000);
  for (; i < r.points->len; i++) /* out of sight all at once */
    g_assert_false(rect_contains(&visible, point_at(&r, i)->x, point_at(&r, i)->y));
  g_assert_cmpint(status->step, ==, 1);
  g_assert_cmpfloat(status->first, >, 0);
  end(&r);
}

/* Nothing beyond what the screen shows, and as fine as it shows it. */
static void test_brief(void) {
  const viewport small = {10, 12, 30, 20, 0.25};
  const rst_rectangle seen = {30, 20, 40, 48};
  refining r = begin(&small, "start 40 step-skip 1 match off");

  r.parts->worker.refiner.brief = true;
  g_assert_cmpint(run(&r), ==, RST_OK);
  check_unrepeated(&r);
  g_assert_cmpint(r.points->len, >, 100);
  for (guint i = 0; i < r.points->len; i++) {
    const point *at = point_at(&r, i);

    g_assert_true(rect_contains(&seen, at->x, at->y));
    g_assert_true(at->x % 4 == 0 && at->y % 4 == 0);
  }
  end(&r);
}

/* The boundary comes after the first look and before all else, since it concerns all points. */
static void test_matched(void) {
  refining r = begin(&view, "start 40 step-skip 1 match on");
  int first, looks = 1, boundary = 0;

  g_assert_cmpint(run(&r), ==, RST_OK);
  check_unrepeated(&r);
  check_finished(&r);
  g_assert_true(rst_partial_is_matched(part_of(&r)->partial));
  first = point_at(&r, 0)->step;
  g_assert_cmpint(first, >, 1);
  for (guint i = 1; i < r.points->len; i++) {
    const point *at = point_at(&r, i);
    const bool covered = rst_partial_get_coverage(part_of(&r)->partial, at->x, at->y) > 0;

    boundary += !covered;
    if (covered && at->step < first && looks++ == 1)
      g_assert_cmpint(boundary, >, 100);
    if (looks > 1)
      g_assert_true(covered);
  }
  end(&r);
}

/* What was finished before stays. */
static void test_cancelled(void) {
  refining r = begin(&view, "start 40 step-skip 1 match on");

  for (r.cancel_at = 200; r.cancel_at < 5000; r.cancel_at += 700) {
    g_assert_cmpint(run(&r), ==, RST_CANCELLED);
    g_assert_cmpint(r.points->len, <, r.cancel_at + 600);
    rst_cancel_reset(r.parts->mailbox.cancel);
  }
  r.cancel_at = 0;
  g_assert_cmpint(run(&r), ==, RST_OK);
  check_unrepeated(&r);
  check_finished(&r);
  end(&r);
}

/* Frames are reported on the way, the last one of the finished result. */
static void test_frames(void) {
  refining r = begin(&view, "start 40 step-skip 1 mode full match off");
  frame *first = frame_ref(r.parts->mailbox.report.frame);
  const frame *last;
  int changed = 0;

  g_assert_cmpint(run(&r), ==, RST_OK);
  last = r.parts->mailbox.report.frame;
  g_assert_true(last != first);
  for (int i = 0; i < view.width * view.height; i++)
    changed += first->after[i] != last->after[i];
  g_assert_cmpint(changed, >, view.width * view.height / 2);
  g_assert_true(rect_is_empty(&r.parts->worker.publisher.dirty) ||
                !rect_contains(&r.parts->worker.publisher.dirty, 40, 40));
  frame_unref(first);
  end(&r);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/refine/order", test_order);
  g_test_add_func("/refine/brief", test_brief);
  g_test_add_func("/refine/matched", test_matched);
  g_test_add_func("/refine/cancelled", test_cancelled);
  g_test_add_func("/refine/frames", test_frames);
  return g_test_run();
}
