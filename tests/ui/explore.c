/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the preview explores beside the result: a pixel's trajectory and the uncertainty over
 * seeds, against the engine's own calls.
 */
#include "host.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 150, HEIGHT = 130 };

static preview_fixture *new_fixture(const char *model) {
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 10, 10, 80, 90);
  return preview_fixture_new(p, model);
}

/* ---- trajectories ---- */

/* The result of the same setup at a pixel, before mode and strength. */
static void check_trajectory(preview_fixture *b, const char *setup, int x, int y,
                             const trajectory *t) {
  const rst_parameters parameters = parameters_of(setup);
  const gsize at = 3 * ((gsize)y * WIDTH + (gsize)x);
  int steps[100], passes;

  g_assert_nonnull(t);
  g_assert_cmpint(t->x, ==, x);
  g_assert_cmpint(t->y, ==, y);
  g_assert_cmpint(rst_parameters_steps(&parameters, b->model, steps, &passes, NULL), ==, RST_OK);
  g_assert_cmpint(t->count, ==, passes + 1);
  g_assert_cmpmem(t->timesteps, (gsize)passes * sizeof *steps, steps,
                  (gsize)passes * sizeof *steps);
  g_assert_cmpint(t->timesteps[passes], ==, parameters.end - 1);

  check_exact(b, setup); /* leaves the result in the photo */
  for (int c = 0; c < 3; c++) {
    const float value = t->values[3 * passes + c];

    g_assert_cmpfloat(fminf(fmaxf(value, 0), 1), ==, b->photo->result[at + (gsize)c]);
    g_assert_true(isnan(t->clean[3 * passes + c]));
    for (int i = 0; i < passes; i++)
      g_assert_true(isfinite(t->clean[3 * i + c]) && isfinite(t->values[3 * i + c]));
  }
}

static void test_trajectory(gconstpointer model) {
  static const char *const several[] = {"start 12 step-skip 4 mode full",
                                        "start 12 sampler ddpm mode full seed 5",
                                        "start 12 end 2 mode full project false"};
  preview_fixture *b = new_fixture(model);
  trajectory *t;

  finish(b, several[0]);
  g_assert_null(preview_get_trajectory(b->preview));
  preview_set_inspected(b->preview, true, 50, 60);
  for (gsize i = 0; i < G_N_ELEMENTS(several); i++) {
    const int x = i == 0 ? 40 : 43; /* the last time it is the setup's turn alone */

    if (i > 0)
      set(b, several[i]); /* it follows the setup, … */
    preview_set_inspected(b->preview, true, x, 60); /* … and the pixel */
    reach(b, PREVIEW_EXACT);
    t = preview_get_trajectory(b->preview);
    check_trajectory(b, several[i], x, 60, t);
    trajectory_unref(t);
  }
  preview_set_inspected(b->preview, true, 140, 20); /* not selected */
  reach(b, PREVIEW_EXACT);
  g_assert_null(preview_get_trajectory(b->preview));
  preview_set_inspected(b->preview, true, 50, 60);
  reach(b, PREVIEW_EXACT);
  t = preview_get_trajectory(b->preview);
  g_assert_nonnull(t);
  preview_set_inspected(b->preview, false, 0, 0);
  g_assert_null(preview_get_trajectory(b->preview));
  g_assert_cmpint(t->x, ==, 50); /* whoever holds it keeps it */
  trajectory_unref(t);
  preview_set_inspected(b->preview, true, 50, 60); /* the same one again */
  reach(b, PREVIEW_EXACT);
  t = preview_get_trajectory(b->preview);
  g_assert_nonnull(t);
  trajectory_unref(t);
  preview_fixture_free(b);
}

/* The pixel that is asked for costs no pixel of the result anything. */
static void test_inspect_alone(void) {
  preview_fixture *b = new_fixture("tiny-diffusion");
  preview_status before, after;

  before = finish(b, "start 12 step-skip 4");
  preview_set_inspected(b->preview, true, 50, 60);
  after = reach(b, PREVIEW_EXACT);
  g_assert_cmpint(after.restored, ==, before.restored);
  g_assert_cmpint(after.encoded, ==, before.encoded);
  check_once(b);
  preview_fixture_free(b);
}

static void test_single_pass(void) {
  preview_fixture *b = new_fixture("tiny-single");
  trajectory *t;

  preview_set_inspected(b->preview, true, 50, 60);
  finish(b, "mode full");
  t = preview_get_trajectory(b->preview);
  g_assert_cmpint(t->count, ==, 1);
  g_assert_cmpint(t->timesteps[0], ==, -1);
  check_exact(b, "mode full");
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat(fminf(fmaxf(t->values[c], 0), 1), ==,
                      b->photo->result[3 * (60 * WIDTH + 50) + c]);
  trajectory_unref(t);
  preview_fixture_free(b);
}

static void test_range(void) {
  float values[] = {0.2f, 1.7f, 0.5f, -0.1f, 0.9f, 0.3f}, clean[] = {-4000, 1, 1, 0, 0, 0};
  trajectory t = {.count = 2, .values = values, .clean = clean};
  double low, high;

  trajectory_get_range(&t, &low, &high);
  g_assert_cmpfloat(low, ==, -0.5);
  g_assert_cmpfloat(high, ==, 2);
  values[1] = values[3] = 0.5f;
  trajectory_get_range(&t, &low, &high);
  g_assert_cmpfloat(low, ==, 0);
  g_assert_cmpfloat(high, ==, 1);
}

/* ---- uncertainty ---- */

/* Runs the main loop until the uncertainty is known all over the visible part. */
static preview_status explore(preview_fixture *b) {
  const gint64 end = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  const guint timer = g_timeout_add(5, tick, NULL);
  preview_status status = reach(b, PREVIEW_EXACT);

  while (status.deviated != 1) {
    g_main_context_iteration(NULL, TRUE);
    preview_get_status(b->preview, &status);
    g_assert_cmpint(status.phase, ==, PREVIEW_EXACT);
    g_assert_cmpint(g_get_monotonic_time(), <, end);
  }
  g_source_remove(timer);
  return status;
}

/* rst_uncertainty(): the largest channel of each pixel, (HEIGHT, WIDTH); −1 where none is. */
static float *deviations_of(preview_fixture *b, const char *setup, int seeds) {
  const rst_parameters parameters = parameters_of(setup);
  const rst_picture picture = picture_of(b->photo);
  const gsize count = (gsize)WIDTH * HEIGHT;
  float *largest = g_new(float, count);
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_error error = RST_ERROR_INIT;
  rst_rectangle box;

  box = whole(b->photo);
  memset(b->photo->written, 0, count * sizeof *b->photo->written);
  if (rst_session_new(1, &session, &error) != RST_OK ||
      rst_plan_region(&parameters, &picture, &box, &plan, &error) != RST_OK ||
      rst_uncertainty(session, b->model, &parameters, &picture, &plan, seeds, NULL, &error) !=
        RST_OK)
    g_error("%s", error.message);
  for (gsize i = 0; i < count; i++) {
    const float *of = b->photo->result + 3 * i;

    largest[i] = b->photo->written[i] ? fmaxf(of[0], fmaxf(of[1], of[2])) : -1;
  }
  rst_session_free(session);
  return largest;
}

/* The overlay's pixel says that value: as near as 256 colours come to it. */
static void check_pixel(guint32 pixel, double deviation, double range) {
  const guint32 alpha = pixel >> 24, colour = frame_heat(deviation / range);

  g_assert_cmpint(alpha, ==, 208);
  for (int shift = 16; shift >= 0; shift -= 8)
    g_assert_cmpint(ABS((int)(pixel >> shift & 255) - (int)((colour >> shift & 255) * alpha / 255)),
                    <=, 3);
}

static void check_overlay(preview_fixture *b, const viewport *v, const char *setup, int seeds,
                          const preview_status *status) {
  g_autofree float *expected = deviations_of(b, setup, seeds);
  frame *f = preview_get_frame(b->preview);
  int seen = 0, beyond = 0, lower = 0;

  g_assert_nonnull(f->overlay);
  g_assert_cmpint(status->seeds, ==, seeds);
  g_assert_cmpfloat(status->range, ==, f->range);
  for (int j = 0; j < v->height; j++)
    for (int i = 0; i < v->width; i++) {
      const float deviation = expected[((int)v->y + j) * WIDTH + (int)v->x + i];
      const guint32 pixel = f->overlay[j * v->width + i];

      if (deviation < 0) {
        g_assert_cmpuint(pixel, ==, 0);
        continue;
      }
      check_pixel(pixel, deviation, f->range);
      beyond += deviation > (float)f->range;
      lower += deviation <= (float)f->range / 2.4f; /* 1, 2, 5, 10: a smaller range would not do */
      seen++;
    }
  g_assert_cmpint(seen, >, 1000);
  g_assert_cmpint(beyond, <=, seen / 100);
  g_assert_true(lower < seen - seen / 100 || f->range == deviation_ranges[0]);
  frame_unref(f);
}

static void test_uncertainty(gconstpointer model) {
  static const char *const several[] = {
    "start 12 step-skip 4 mode full",
    "start 12 sampler ddpm mode colour saturation 0.75 seed 2147483646",
    "start 12 mode full match on strength 0.1"};
  const viewport v = {60, 50, 20, 30, 1};
  preview_fixture *b = new_fixture(model);
  preview_status status;
  frame *f;

  preview_set_viewport(b->preview, &v);
  finish(b, several[0]);
  f = preview_get_frame(b->preview);
  g_assert_null(f->overlay);
  frame_unref(f);
  preview_set_uncertainty(b->preview, 3);
  for (gsize i = 0; i < G_N_ELEMENTS(several); i++) {
    const char *unmatched = i == 2 ? "start 12 mode full" : several[i];

    set(b, several[i]);
    preview_get_status(b->preview, &status);
    g_assert_cmpint(status.deviated, ==, 0);
    status = explore(b);
    check_overlay(b, &v, unmatched, 3, &status);
    check_exact(b, several[i]);
  }
  preview_set_uncertainty(b->preview, 5); /* other seeds, another figure */
  status = explore(b);
  check_overlay(b, &v, "start 12 mode full", 5, &status);
  preview_set_uncertainty(b->preview, 0);
  status = reach(b, PREVIEW_EXACT);
  f = preview_get_frame(b->preview);
  g_assert_null(f->overlay);
  g_assert_cmpint(status.seeds, ==, 0);
  frame_unref(f);
  preview_fixture_free(b);
}

/* The uncertainty costs the result's points nothing, and the result is there first. */
static void test_uncertainty_behind(void) {
  const viewport v = {60, 50, 20, 30, 1};
  preview_fixture *b = new_fixture("tiny-diffusion");

  preview_set_viewport(b->preview, &v);
  preview_set_uncertainty(b->preview, 4);
  set(b, "start 12 step-skip 4");
  reach(b, PREVIEW_EXACT);
  check_exact(b, "start 12 step-skip 4"); /* while the uncertainty goes on */
  explore(b);
  check_once(b);
  g_assert_cmpint(b->points->len, ==, count_selected(b->photo));
  preview_fixture_free(b);
}

static void test_certainty(void) {
  const viewport v = {60, 50, 20, 30, 1};
  preview_fixture *b = new_fixture("tiny-single");
  preview_status status;
  frame *f;

  preview_set_viewport(b->preview, &v);
  preview_set_uncertainty(b->preview, 4);
  set(b, "mode full");
  status = explore(b);
  f = preview_get_frame(b->preview);
  for (int i = 0; i < v.width * v.height; i++)
    if (f->overlay[i])
      check_pixel(f->overlay[i], 0, status.range);
  g_assert_cmpuint(f->overlay[25 * v.width + 25], !=, 0);
  frame_unref(f);
  preview_fixture_free(b);
}

static void test_free_while_exploring(void) {
  const viewport v = {60, 50, 20, 30, 1};

  for (int i = 0; i < 5; i++) {
    preview_fixture *b = new_fixture("tiny-diffusion");

    preview_set_viewport(b->preview, &v);
    preview_set_uncertainty(b->preview, 8);
    preview_set_inspected(b->preview, true, 50, 60);
    finish(b, "step-skip 4");
    for (int round = 0; round < i; round++)
      g_main_context_iteration(NULL, FALSE);
    preview_fixture_free(b);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/explore/trajectory", "tiny-diffusion", test_trajectory);
  g_test_add_data_func("/explore/trajectory/pixel", "tiny-pixel", test_trajectory);
  g_test_add_func("/explore/inspect-alone", test_inspect_alone);
  g_test_add_func("/explore/single-pass", test_single_pass);
  g_test_add_func("/explore/range", test_range);
  g_test_add_data_func("/explore/uncertainty", "tiny-diffusion", test_uncertainty);
  g_test_add_data_func("/explore/uncertainty/pixel", "tiny-pixel", test_uncertainty);
  g_test_add_func("/explore/uncertainty-behind", test_uncertainty_behind);
  g_test_add_func("/explore/certainty", test_certainty);
  g_test_add_func("/explore/free-while-exploring", test_free_while_exploring);
  return g_test_run();
}
