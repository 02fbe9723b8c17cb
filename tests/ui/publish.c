/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The publisher: what is dirty is drawn, at a pace the screen can follow, and reported.
 */
#include "components.h"

#include <string.h>

enum { WIDTH = 100, HEIGHT = 80 };

static components *visible_at(double zoom) {
  photo *p = photo_new(WIDTH, HEIGHT);
  components *made;

  select_ellipse(p, 20, 20, 50, 40);
  made = components_new(p, "tiny-diffusion");
  made->mailbox.newest.view = (viewport){(int)(zoom * WIDTH), (int)(zoom * HEIGHT), 0, 0, zoom};
  components_take(made, "start 12 mode full");
  return made;
}

static components *visible(void) {
  return visible_at(1);
}

static void refine(components *p, int step) {
  lattice *l = &p->worker.lattice;
  const points_job job = lattice_get_job(l);
  bool changed = false;

  g_assert_cmpint(work_set_plan(&p->worker.set, NULL), ==, RST_OK);
  g_assert_cmpint(work_set_encode(&p->worker.set, 0, NULL), ==, RST_OK);
  g_assert_cmpint(part_points_refine(l->parts[0], &job, &l->parts[0]->box, step, &changed, NULL),
                  ==, RST_OK);
  g_assert_true(changed);
}

static bool is_changed(const frame *f, int x, int y) {
  return f->before[y * WIDTH + x] != f->after[y * WIDTH + x];
}

/* A new viewport shows the picture at once, what is restored only where it is marked. */
static void test_frames(void) {
  const rst_rectangle marked = {40, 36, 8, 4};
  components *p = visible();
  publisher *to = &p->worker.publisher;
  const report *from = &p->mailbox.report;
  frame *first;

  g_assert_cmpint(publisher_show_viewport(to, NULL), ==, RST_OK);
  g_assert_nonnull(from->frame);
  g_assert_cmpmem(from->frame->before, 4 * WIDTH * HEIGHT, from->frame->after, 4 * WIDTH * HEIGHT);
  g_assert_cmphex(from->frame->before[0] >> 24, ==, 0xff);
  first = frame_ref(from->frame);

  refine(p, 1);
  g_assert_cmpint(publisher_show(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_true(from->frame == first);
  publisher_mark(to, &marked);
  g_assert_cmpint(publisher_show(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_true(from->frame != first);
  g_assert_true(is_changed(from->frame, 45, 38));
  g_assert_false(is_changed(from->frame, 25, 40)); /* restored, but not marked */
  g_assert_false(is_changed(first, 45, 38));       /* what was handed out stays */
  g_assert_false(is_changed(from->frame, 5, 5));
  /* What is not drawn anew is shared, and what nobody holds any more is used again. */
  g_assert_true(from->frame->before == first->before);
  const guint32 *const left = first->after;
  frame_unref(first);
  g_autofree guint32 *other = g_new(guint32, WIDTH * HEIGHT); /* would get it if it were free */
  publisher_mark(to, &marked);
  g_assert_cmpint(publisher_show(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_true(from->frame->after == left);
  g_assert_true(is_changed(from->frame, 45, 38));

  /* The same viewport and picture need no new frame. */
  first = frame_ref(from->frame);
  g_assert_cmpint(publisher_show_viewport(to, NULL), ==, RST_OK);
  g_assert_cmpint(publisher_show(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_true(from->frame == first);
  frame_unref(first);
  components_free(p);
}

/* A coarse lattice's point stands in for its neighbours to the right and below. */
static void test_lattice(void) {
  const rst_rectangle chunk = {32, 32, 1, 1};
  components *p = visible();
  const report *from = &p->mailbox.report;

  g_assert_cmpint(publisher_show_viewport(&p->worker.publisher, NULL), ==, RST_OK);
  refine(p, 16);
  publisher_mark_lattice(&p->worker.publisher, &chunk, 16);
  g_assert_cmpint(publisher_show(&p->worker.publisher, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_true(is_changed(from->frame, 32, 32));
  g_assert_true(is_changed(from->frame, 46, 46));
  g_assert_false(is_changed(from->frame, 60, 32));
  components_free(p);
}

/* A large area is drawn coarsely and then less so, unless something newer waits; it stays dirty. */
static void test_draft(void) {
  enum { ZOOM = 16, WIDE = ZOOM * WIDTH, PIXELS = WIDE * ZOOM * HEIGHT };
  const rst_rectangle all = {0, 0, WIDTH, HEIGHT};
  components *p = visible_at(ZOOM);
  publisher *to = &p->worker.publisher;
  const report *from = &p->mailbox.report;
  const int at = (38 * ZOOM + 3) * WIDE + 45 * ZOOM + 3;

  g_assert_cmpint(publisher_show_viewport(to, NULL), ==, RST_OK);
  refine(p, 1);
  g_assert_cmpint(publisher_show_draft(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_cmpint(to->drawn, ==, PIXELS); /* nothing is dirty: the viewport alone */
  publisher_mark(to, &all);
  g_assert_cmpint(publisher_show_draft(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_cmpint(to->drawn, ==, 3 * PIXELS);
  g_assert_cmphex(from->frame->after[at], !=, from->frame->before[at]);
  g_assert_cmpfloat(from->status.first, >, 0);
  mailbox_lock(&p->mailbox);
  mailbox_send(&p->mailbox);
  mailbox_unlock(&p->mailbox);
  g_assert_cmpint(publisher_show_draft(to, PREVIEW_REFINING, NULL), ==, RST_CANCELLED);
  g_assert_cmpint(to->drawn, ==, 3 * PIXELS);
  g_assert_cmpint(to->dirty.width, ==, WIDTH);
  components_free(p);
}

static void test_pace(void) {
  const rst_rectangle all = {0, 0, WIDTH, HEIGHT};
  components *p = visible();
  publisher *to = &p->worker.publisher;
  preview_status *status = &p->mailbox.report.status;

  g_assert_cmpint(publisher_show_viewport(to, NULL), ==, RST_OK);
  g_assert_true(publisher_is_due(to)); /* the first look may come at once */
  publisher_mark(to, &all);
  g_assert_cmpint(publisher_show(to, PREVIEW_REFINING, NULL), ==, RST_OK);
  g_assert_false(publisher_is_due(to));
  g_usleep(33000 + (gulong)MAX(0, to->next_frame_at - g_get_monotonic_time()));
  g_assert_true(publisher_is_due(to));

  g_assert_cmpint(work_set_plan(&p->worker.set, NULL), ==, RST_OK);
  publisher_begin(to);
  refine(p, 4);
  publisher_report(to, PREVIEW_REFINING);
  g_assert_cmpfloat(status->rest, ==, 0); /* too early to tell */
  to->refining_at -= G_USEC_PER_SEC;
  publisher_report(to, PREVIEW_REFINING);
  g_assert_cmpfloat(status->rest, >, 10);
  g_assert_cmpfloat(status->rest, <, 20);
  publisher_report(to, PREVIEW_EXACT);
  g_assert_cmpfloat(status->rest, ==, 0);
  components_free(p);
}

/* Counts and times are the request's; steps of an older one are not reported. */
static void test_reports(void) {
  components *p = visible();
  publisher *to = &p->worker.publisher;
  const preview_status *status = &p->mailbox.report.status;

  refine(p, 1);
  publisher_report(to, PREVIEW_EXACT);
  g_assert_cmpint(status->phase, ==, PREVIEW_EXACT);
  g_assert_cmpint(status->points, ==, count_selected(p->photo));
  g_assert_cmpint(status->done, ==, status->points);
  g_assert_cmpint(status->restored, ==, status->points);
  publisher_finish_step(to, 4);
  g_assert_cmpint(status->step, ==, 4);
  g_assert_cmpfloat(status->first, >, 0);

  const double seconds = status->seconds;

  publisher_finish(to);
  publisher_report(to, PREVIEW_EXACT);
  g_assert_cmpfloat(status->seconds, ==, seconds); /* the time of an exact result is over */
  mailbox_lock(&p->mailbox);
  mailbox_send(&p->mailbox);
  mailbox_unlock(&p->mailbox);
  publisher_finish_step(to, 2);
  g_assert_cmpint(status->step, ==, 4);
  components_free(p);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/publish/frames", test_frames);
  g_test_add_func("/publish/lattice", test_lattice);
  g_test_add_func("/publish/draft", test_draft);
  g_test_add_func("/publish/pace", test_pace);
  g_test_add_func("/publish/reports", test_reports);
  return g_test_run();
}
