/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thumbnails of several setups.
 */
#include <string.h>
#include <preview/variants.h>

#include "host.h"

enum { WIDTH = 150, HEIGHT = 130 };

static const viewport all = {WIDTH, HEIGHT, 0, 0, 1};

typedef struct {
  photo *photo;
  variants *variants;
  rst_model *models[2]; /* diffusion, single pass */
  int notices;
} stage;

static void count_notice(void *user) {
  ((stage *)user)->notices++;
}

static photo *make_photo(void) {
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 30, 20, 70, 80);
  return p;
}

static stage *stage_new(void) {
  stage *s = g_new0(stage, 1);
  rst_picture picture;
  rst_rectangle box;

  s->photo = make_photo();
  s->models[0] = read_model("tiny-diffusion");
  s->models[1] = read_model("tiny-single");
  picture = picture_of(s->photo);
  box = whole(s->photo);
  g_assert_cmpint(variants_new(&picture, &box, count_notice, s, &s->variants, NULL), ==, RST_OK);
  return s;
}

static void stage_free(stage *s) {
  variants_free(s->variants);
  rst_model_unref(s->models[0]);
  rst_model_unref(s->models[1]);
  photo_free(s->photo);
  g_free(s);
}

/* A setup of a diffusion model, or where it begins with '!', of the single-pass one. */
static variant variant_of(const stage *s, const char *setup) {
  const gboolean single = *setup == '!';

  return (variant){s->models[single], parameters_of(setup + single)};
}

static void ask(stage *s, const char *const setups[VARIANTS], const viewport *view) {
  variant wanted[VARIANTS];

  for (int i = 0; i < VARIANTS; i++)
    wanted[i] = variant_of(s, setups[i]);
  variants_set(s->variants, wanted, view);
}

static bool are_finished(const stage *s) {
  bool finished = true;

  for (int i = 0; i < VARIANTS; i++)
    finished = finished && variants_is_finished(s->variants, i);
  return finished;
}

static void wait_for_all(const stage *s) {
  const gint64 end = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  const guint timer = g_timeout_add(5, tick, NULL);

  while (!are_finished(s)) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_main_context_iteration(NULL, TRUE);
  }
  g_source_remove(timer);
}

/* The same setup in a preview of its own, which is what rst_restore() gives. */
static frame *direct(const char *setup, const viewport *view) {
  const gboolean single = *setup == '!';
  preview_fixture *b = preview_fixture_new(make_photo(), single ? "tiny-single" : "tiny-diffusion");
  frame *f;

  preview_set_viewport(b->preview, view);
  finish(b, setup + single);
  check_exact(b, setup + single);
  f = preview_get_frame(b->preview);
  preview_fixture_free(b);
  return f;
}

static void check_frame(stage *s, int index, const char *setup) {
  frame *thumbnail = variants_get_frame(s->variants, index), *whole_run = direct(setup, &all);
  const gsize size = WIDTH * HEIGHT * sizeof *thumbnail->after;

  g_assert_cmpmem(thumbnail->after, size, whole_run->after, size);
  g_assert_cmpint(memcmp(thumbnail->after, thumbnail->before, size), !=, 0);
  frame_unref(thumbnail);
  frame_unref(whole_run);
}

static void test_exact(void) {
  static const char *const setups[VARIANTS] = {
    "mode colour step-skip 20 seed 3",
    "mode colour step-skip 20 seed 4 strength 0.5",
    "mode colour sampler ddpm start 5 match on context 2",
    "!mode detail hide-region true",
  };
  stage *s = stage_new();

  ask(s, setups, &all);
  wait_for_all(s);
  for (int i = 0; i < VARIANTS; i++)
    check_frame(s, i, setups[i]);
  stage_free(s);
}

/* What is finished stays; the newest request wins over what is not. */
static void test_newest(void) {
  const char *setups[VARIANTS] = {"mode colour step-skip 20", "seed 1 step-skip 1",
                                  "seed 2 step-skip 1", "seed 5 step-skip 1"};
  stage *s = stage_new();

  ask(s, setups, &all);
  while (!variants_is_finished(s->variants, 0))
    g_main_context_iteration(NULL, TRUE);
  setups[1] = "!mode colour strength 0.25";
  setups[2] = "mode colour step-skip 50 seed 8";
  setups[3] = "mode colour step-skip 50 seed 9";
  ask(s, setups, &all);
  g_assert_true(variants_is_finished(s->variants, 0));
  g_assert_false(variants_is_finished(s->variants, 1));
  wait_for_all(s);
  for (int i = 0; i < VARIANTS; i++)
    check_frame(s, i, setups[i]);

  const int notices = s->notices;

  ask(s, setups, &all); /* nothing new */
  g_assert_true(are_finished(s));
  while (g_main_context_iteration(NULL, FALSE)) {
  }
  g_assert_cmpint(s->notices, ==, notices);
  stage_free(s);
}

/* None shows points of another setup: one that changes nothing never looks changed. */
static void test_own_points(void) {
  static const char *const setups[VARIANTS] = {"mode full step-skip 50", "!strength 0",
                                               "mode full step-skip 25",
                                               "!strength 0 hide-region true"};
  const gsize size = WIDTH * HEIGHT * sizeof(guint32);
  stage *s = stage_new();

  ask(s, setups, &all);
  for (int notices = 0; !are_finished(s); notices = s->notices) {
    while (s->notices == notices)
      g_main_context_iteration(NULL, TRUE);
    for (int i = 1; i < VARIANTS; i += 2) {
      frame *f = variants_get_frame(s->variants, i);

      if (f)
        g_assert_cmpmem(f->after, size, f->before, size);
      frame_unref(f);
    }
  }
  stage_free(s);
}

/* Other pixels, other thumbnails. */
static void test_picture(void) {
  static const char *const setups[VARIANTS] = {"!seed 0", "!strength 0.5", "!mode detail",
                                               "step-skip 50"};
  stage *s = stage_new();
  frame *before, *after;
  rst_picture picture = picture_of(s->photo);
  rst_rectangle box;

  ask(s, setups, &all);
  wait_for_all(s);
  before = variants_get_frame(s->variants, 0);
  for (gsize i = 0; i < 4 * WIDTH * HEIGHT; i++)
    if (i % 4 != 3)
      s->photo->rgba[i] = 1 - s->photo->rgba[i];
  box = whole(s->photo);
  g_assert_cmpint(variants_set_picture(s->variants, &picture, &box, NULL), ==, RST_OK);
  g_assert_false(are_finished(s));
  wait_for_all(s);
  after = variants_get_frame(s->variants, 0);
  g_assert_cmpint(memcmp(before->before, after->before, WIDTH * HEIGHT * sizeof *after->before), !=,
                  0);
  frame_unref(before);
  frame_unref(after);

  memset(s->photo->coverage, 0, WIDTH * HEIGHT * sizeof *s->photo->coverage);
  variants_set_region(s->variants, &box);
  wait_for_all(s);
  g_assert_cmpint(variants_get_error(s->variants, 3)->code, ==, RST_EMPTY_REGION);
  g_assert_null(variants_get_frame(s->variants, 3));
  stage_free(s);
}

/* One that cannot be does not hold up the others. */
static void test_failure(void) {
  static const char *const setups[VARIANTS] = {"step-skip 20", "!window 0,0,20",
                                               "mode colour step-skip 50", "!mode detail"};
  stage *s = stage_new();

  ask(s, setups, &all);
  wait_for_all(s);
  g_assert_cmpint(variants_get_error(s->variants, 1)->code, ==, RST_OUTSIDE_WINDOW);
  g_assert_null(variants_get_frame(s->variants, 1));
  g_assert_cmpint(variants_get_error(s->variants, 2)->code, ==, RST_OK);
  check_frame(s, 2, setups[2]);
  check_frame(s, 3, setups[3]);
  variants_stop(s->variants);
  g_assert_null(variants_get_frame(s->variants, 2));
  stage_free(s);
}

static void do_nothing(void *user) {
  (void)user;
}

/* Only what is seen is restored, as fine as it is seen. */
static void test_brief(void) {
  const viewport view = {20, 20, 35, 30, 0.5}; /* 40 × 40 pixels */
  photo *p = make_photo();
  const rst_picture picture = picture_of(p);
  const rst_parameters parameters = parameters_of("step-skip 50");
  rst_model *model = read_model("tiny-diffusion");
  const gint64 end = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  const guint timer = g_timeout_add(5, tick, NULL);
  preview_status status = {0};
  preview *brief = NULL;
  int64_t points = 0;
  rst_rectangle box;

  box = whole(p);
  g_assert_cmpint(preview_new(&picture, &box, PREVIEW_BRIEF, do_nothing, NULL, &brief, NULL), ==,
                  RST_OK);
  preview_set_viewport(brief, &view);
  preview_set_setup(brief, model, &parameters);
  while (status.phase != PREVIEW_SEEN) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_assert_cmpint(status.phase, !=, PREVIEW_FAILED);
    g_main_context_iteration(NULL, TRUE);
    preview_get_status(brief, &status);
  }
  g_source_remove(timer);
  for (int y = 30; y < 70; y += 2)
    for (int x = 36; x < 75; x += 2)
      points += p->coverage[y * WIDTH + x] > 0 && p->rgba[4 * (y * WIDTH + x) + 3] > 0;
  g_assert_cmpint(points, >, 300);
  g_assert_cmpint(status.step, ==, 2);
  g_assert_cmpint(status.restored, ==, points);
  g_assert_cmpint(preview_write(brief, NULL), ==, RST_BAD_CALL);
  preview_free(brief);
  rst_model_unref(model);
  photo_free(p);
}

static void test_view(void) {
  const rst_plan plan = {
    .size = sizeof plan,
    .count = 2,
    .parts = {{.box = {10, 10, 40, 60}, .points = 2000}, {.box = {100, 0, 80, 50}, .points = 3000}},
  };
  const rst_rectangle first = {0, 0, 60, 40}, neither = {0, 80, 60, 40}, nothing = {0, 0, 0, 0};
  viewport view = variants_choose_view(&plan, &first, 96);

  g_assert_cmpint(view.width, ==, 96);
  g_assert_cmpint(view.height, ==, 96);
  g_assert_cmpfloat(view.x, ==, 15); /* of 10…50 × 10…40 the middle 30 × 30 */
  g_assert_cmpfloat(view.y, ==, 10);
  g_assert_cmpfloat_with_epsilon(view.zoom, 96 / 30.0, 1e-9);
  view = variants_choose_view(&plan, &neither, 96);
  g_assert_cmpfloat(view.x, ==, 115);
  g_assert_cmpfloat(view.y, ==, 0);
  g_assert_cmpfloat_with_epsilon(view.zoom, 96 / 50.0, 1e-9);
  view = variants_choose_view(&plan, &nothing, 96);
  g_assert_cmpfloat(view.x, ==, 115);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ui/variants/exact", test_exact);
  g_test_add_func("/ui/variants/newest", test_newest);
  g_test_add_func("/ui/variants/own-points", test_own_points);
  g_test_add_func("/ui/variants/picture", test_picture);
  g_test_add_func("/ui/variants/failure", test_failure);
  g_test_add_func("/ui/variants/brief", test_brief);
  g_test_add_func("/ui/variants/view", test_view);
  return g_test_run();
}
