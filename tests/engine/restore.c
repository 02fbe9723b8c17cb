/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole way of a region from pixels to pixels, and how much it varies with the seed.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

typedef struct {
  rst_session *session;
  rst_model *model;
} fixture;

static fixture fixture_new(int threads) {
  net shape = net_small;

  shape.steps = 4;
  shape.pixel = true;
  return (fixture){new_session(threads), network_model(&shape)};
}

static void fixture_clear(fixture *r) {
  rst_model_unref(r->model);
  rst_session_free(r->session);
}

static rst_plan make_plan(const canvas *c, const rst_parameters *parameters) {
  rst_plan plan = {.size = sizeof plan};

  assert_ok(rst_plan_region(parameters, &c->picture, NULL, &plan, NULL));
  return plan;
}

static bool covered(const canvas *c, int at) {
  return (!c->coverage || c->coverage[at] > 0) && c->rgba[4 * at + 3] > 0;
}

/* Each covered pixel once, no other, all in 0…1. */
static void assert_written(const canvas *c) {
  for (int i = 0; i < c->width * c->height; i++) {
    g_assert_cmpint(c->written[i], ==, covered(c, i));
    for (int k = 0; k < 3 && covered(c, i); k++) {
      g_assert_cmpfloat(c->result[3 * i + k], >=, 0);
      g_assert_cmpfloat(c->result[3 * i + k], <=, 1);
    }
  }
}

/* rst_encode_window() has the network see the same. */
static void assert_encoded(const fixture *r, const canvas *c, const rst_parameters *parameters,
                           const rst_window *window, const rst_encoding *expected) {
  rst_encoding *encoding;
  int size;

  assert_ok(rst_encode_window(r->session, r->model, parameters, &c->picture, window, NULL,
                              &encoding, NULL));
  assert_same(rst_encoding_input(encoding, &size), rst_encoding_input(expected, &size),
              size * size);
  rst_encoding_unref(encoding);
}

/* One part by the calls that rst_restore() is made of. */
static void restore_by_hand(const fixture *r, const canvas *c, const rst_parameters *parameters,
                            const rst_part *part, float *result) {
  const size_t pixels = (size_t)(c->width * c->height);
  float *colours = g_new0(float, 3 * pixels), *coverage = g_new0(float, pixels);
  float *luma = g_new(float, pixels);
  rst_input *input;
  rst_encoding *encoding;
  rst_grid grid;
  rst_rectangle box;

  assert_ok(rst_input_new(r->model, &part->window, c->width, c->height, &input, NULL));
  rst_input_get_box(input, &box);
  for (int row = box.y; row < box.y + box.height; row++) {
    const size_t at = (size_t)(row * c->width + box.x);

    assert_ok(rst_input_add(input, 1, c->rgba + 4 * at,
                            parameters->hide_region ? c->coverage + at : NULL, NULL));
  }
  assert_ok(rst_encode(r->session, r->model, input, NULL, &encoding, NULL));
  assert_encoded(r, c, parameters, &part->window, encoding);
  for (int row = part->box.y; row < part->box.y + part->box.height; row++)
    for (int column = part->box.x; column < part->box.x + part->box.width; column++)
      coverage[row * c->width + column] = covered(c, row * c->width + column);
  rst_grid_pixels(&grid, 0, 0, c->width, c->height);
  rst_pixel_luma(pixels, c->rgba, parameters->hide_region ? c->coverage : NULL, luma);
  grid.luma = luma;
  assert_ok(rst_sample(r->session, encoding, parameters, &grid, coverage, colours, NULL, NULL));
  rst_mix(part->mode, parameters->saturation, pixels, c->rgba, colours, colours);
  for (size_t i = 0; i < pixels; i++)
    if (coverage[i] > 0)
      memcpy(result + 3 * i, colours + 3 * i, 3 * sizeof *result);
  rst_encoding_unref(encoding);
  rst_input_free(input);
  g_free(colours);
  g_free(coverage);
  g_free(luma);
}

/* Two faces, a feathered edge, a hole in alpha. */
static canvas *photograph(void) {
  canvas *c = canvas_new(90, 70, 3);

  canvas_deselect(c);
  canvas_select(c, 5, 5, 25, 30, 1);
  canvas_select(c, 5, 5, 25, 2, 0.01f);
  canvas_select(c, 50, 30, 35, 37, 0.7f);
  for (int i = 0; i < 5; i++)
    c->rgba[4 * (40 * 90 + 60 + i) + 3] = 0;
  return c;
}

static void test_restore(void) {
  static const char *const modes[] = {"auto", "full", "colour", "detail"};
  static const char *const windows_[] = {"auto", "picture", "-10,-10,120"};

  for (size_t m = 0; m < G_N_ELEMENTS(modes); m++)
    for (size_t w = 0; w < G_N_ELEMENTS(windows_); w++)
      for (int hide = 0; hide < 2; hide++) {
        fixture r = fixture_new(1 + (int)m % 3);
        canvas *c = photograph();
        rst_parameters parameters = new_parameters("step-skip=2", "match=off", NULL);
        float *expected;
        rst_plan plan;

        assert_ok(rst_parameters_set(&parameters, "mode", modes[m], NULL));
        assert_ok(rst_parameters_set(&parameters, "window", windows_[w], NULL));
        parameters.hide_region = hide;
        parameters.saturation = 1 + 0.5 * (double)w;
        plan = make_plan(c, &parameters);
        g_assert_cmpint(plan.count, ==, w == 0 ? 2 : 1);
        expected = g_memdup2(c->result, 3 * 90 * 70 * sizeof *expected);
        for (int i = 0; i < plan.count; i++)
          restore_by_hand(&r, c, &parameters, &plan.parts[i], expected);
        assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
        assert_written(c);
        assert_same(c->result, expected, 3 * 90 * 70);
        g_free(expected);
        canvas_free(c);
        fixture_clear(&r);
      }
}

/* The surroundings matched: still every covered pixel once, and nothing else. */
static void test_restore_matched(void) {
  fixture r = fixture_new(2);
  canvas *c = photograph();
  const rst_parameters parameters = new_parameters("step-skip=2", "match=on", NULL);
  const rst_plan plan = make_plan(c, &parameters);

  rst_parameters plain = parameters;
  float *matched;

  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  assert_written(c);
  matched = g_memdup2(c->result, 3 * 90 * 70 * sizeof *matched);
  plain.match = RST_MATCH_OFF;
  canvas_wipe(c);
  assert_ok(rst_restore(r.session, r.model, &plain, &c->picture, &plan, NULL, NULL));
  for (int i = 0; i < plan.count; i++) { /* the spread difference reaches everywhere */
    const int at = 3 * ((plan.parts[i].box.y + 9) * 90 + plan.parts[i].box.x + 9);

    g_assert_cmpint(memcmp(matched + at, c->result + at, 3 * sizeof *matched), !=, 0);
  }
  g_free(matched);
  canvas_free(c);
  fixture_clear(&r);
}

/* Hints come last, whatever the mode, the bands and the threads; a part that none reaches, and
 * mode detail, stay as they are. */
static void test_hints(void) {
  static const char *const modes[] = {"full", "colour", "detail"};

  for (int i = 0; i < 6; i++) {
    fixture r = fixture_new(1 + i % 3);
    canvas *c = photograph();
    rst_parameters parameters = new_parameters("step-skip=2", i < 3 ? "match=off" : "match=on",
                                               "hints=20,20,#806050,0.3; 8,8,keep", NULL);
    const size_t values = 3 * 90 * 70;
    float *hinted;
    rst_plan plan;
    int changed = 0;

    assert_ok(rst_parameters_set(&parameters, "mode", modes[i % 3], NULL));
    plan = make_plan(c, &parameters);
    assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
    assert_written(c);
    hinted = g_memdup2(c->result, values * sizeof *hinted);
    canvas_wipe(c);
    parameters.hints[0] = '\0';
    assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
    for (int y = 0; y < 70; y++)
      for (int x = 0; x < 90; x++) {
        const size_t at = 3 * (size_t)(y * 90 + x);
        const bool same = memcmp(hinted + at, c->result + at, 3 * sizeof *hinted) == 0;

        g_assert_true(same || x < 45);
        changed += !same;
      }
    g_assert_true(i % 3 == 2 ? changed == 0 : changed > 50);
    for (int part = 0; part < plan.count && i < 3; part++) { /* by hand, all at once */
      rst_hint_field *field;
      rst_grid grid;

      assert_ok(rst_parameters_set(&parameters, "hints", "8,8,keep;20,20,#806050,0.3", NULL));
      assert_ok(rst_hint_field_read(r.session, &parameters, &c->picture, &plan.parts[part], NULL,
                                    &field, NULL));
      rst_grid_pixels(&grid, 0, 0, 45, 1);
      for (grid.y = 0.5; part == 0 && grid.y < 70; grid.y++) {
        const size_t at = (size_t)(90 * (int)grid.y);

        rst_hint_field_apply(field, &grid, c->rgba + 4 * at, c->coverage + at, c->result + 3 * at);
      }
      rst_hint_field_free(field);
    }
    if (i < 3)
      assert_same(hinted, c->result, values);
    g_free(hinted);
    canvas_free(c);
    fixture_clear(&r);
  }
}

static void test_everything(void) {
  fixture r = fixture_new(2);
  canvas *c = canvas_new(40, 30, 3);
  const rst_parameters parameters = new_parameters("step-skip=2", NULL);
  const rst_plan plan = make_plan(c, &parameters);

  g_assert_cmpint(plan.points, ==, 1200);
  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  assert_written(c);
  canvas_free(c);
  fixture_clear(&r);
}

/* A host that fails, whichever call it is. */
static void test_host_fails(void) {
  static const char *const matches[] = {"off", "on"};

  for (int m = 0; m < 2; m++) {
    fixture r = fixture_new(2);
    canvas *c = photograph();
    rst_parameters parameters = new_parameters("step-skip=2", "hide-region=true", NULL);
    rst_error error = RST_ERROR_INIT;
    rst_plan plan = {.size = sizeof plan};
    int planning, restoring;

    assert_ok(rst_parameters_set(&parameters, "match", matches[m], NULL));
    assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL));
    planning = c->calls;
    canvas_wipe(c);
    assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
    restoring = c->calls;
    g_assert_cmpint(planning, >=, 2);
    g_assert_cmpint(restoring, >=, 8);
    for (c->fail_at = 1; c->fail_at <= planning; c->fail_at++) {
      canvas_wipe(c);
      assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error),
                    RST_HOST_FAILED);
      g_assert_cmpint(c->calls, ==, c->fail_at);
    }
    for (c->fail_at = 1; c->fail_at <= restoring; c->fail_at++) {
      canvas_wipe(c);
      rst_error_init(&error);
      assert_status(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, &error),
                    RST_HOST_FAILED);
      assert_error(&error, RST_HOST_FAILED, NULL);
      g_assert_cmpint(c->calls, ==, c->fail_at); /* and none after it */
    }
    canvas_wipe(c);
    assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
    assert_written(c);
    canvas_free(c);
    fixture_clear(&r);
  }
}

/* Growing a selection keeps the pixels that were there, as long as the window is the same. */
static void test_growing(void) {
  fixture r = fixture_new(2);
  canvas *c = canvas_new(90, 70, 3);
  const rst_parameters parameters = new_parameters("step-skip=2", "window=10,0,70", NULL);
  rst_plan plan;
  float *before;

  canvas_deselect(c);
  canvas_select(c, 30, 20, 11, 13, 0.3f);
  plan = make_plan(c, &parameters);
  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  before = g_memdup2(c->result, 3 * 90 * 70 * sizeof *before);
  canvas_wipe(c);
  canvas_select(c, 12, 2, 60, 61, 1);
  plan = make_plan(c, &parameters);
  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  for (int i = 0; i < 90 * 70; i++)
    if (!isnan(before[3 * i]))
      assert_same(c->result + 3 * i, before + 3 * i, 3);
  g_free(before);
  canvas_free(c);
  fixture_clear(&r);
}

/* More pixels than fit into a band. */
static void test_bands(void) {
  net shape = net_small;
  fixture r = {new_session(2), NULL};
  canvas *c = canvas_new(1300, 420, 3);
  const rst_parameters parameters = new_parameters("window=0,-440,1300", "mode=full", NULL);
  rst_plan plan;
  float *whole;

  shape.process = "single pass";
  r.model = network_model(&shape);
  plan = make_plan(c, &parameters);
  g_assert_cmpint(plan.count, ==, 1);
  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  assert_written(c);
  whole = g_memdup2(c->result, 3 * 1300 * 420 * sizeof *whole);
  /* rows about the bands' ends: 201 rows of 1300 pixels each */
  canvas_wipe(c);
  canvas_deselect(c);
  canvas_select(c, 100, 195, 200, 20, 1);
  plan = make_plan(c, &parameters);
  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  assert_written(c);
  for (int i = 0; i < 1300 * 420; i++)
    if (c->written[i])
      assert_same(c->result + 3 * i, whole + 3 * i, 3);
  g_free(whole);
  canvas_free(c);
  fixture_clear(&r);
}

/* ---- hooks ---- */

typedef struct {
  GThread *thread;
  int calls, cancel_at;
  double fraction;
  bool seen[3];
  rst_cancel *cancel;
  const canvas *picture;
  int host_calls; /* when it was cancelled */
} watch;

static void on_progress(void *user, rst_phase phase, double fraction) {
  watch *w = user;

  g_assert_true(w->thread == g_thread_self());
  g_assert_cmpfloat(fraction, >=, w->fraction);
  g_assert_cmpfloat(fraction, <=, 1);
  w->fraction = fraction;
  w->seen[phase] = true;
  if (++w->calls == w->cancel_at) {
    rst_cancel_set(w->cancel);
    w->host_calls = w->picture->calls;
  }
}

static void test_progress(void) {
  static const char *const matches[] = {"off", "on"};

  for (int m = 0; m < 2; m++) {
    fixture r = fixture_new(1);
    canvas *c = photograph();
    rst_parameters parameters = new_parameters("step-skip=2", NULL);
    rst_cancel *cancel = rst_cancel_new();
    watch w = {.thread = g_thread_self(), .cancel = cancel, .picture = c};
    const rst_hooks hooks = {sizeof hooks, &w, on_progress, NULL, cancel, NULL};
    rst_error error = RST_ERROR_INIT;
    rst_plan plan;
    int calls;

    assert_ok(rst_parameters_set(&parameters, "match", matches[m], NULL));
    plan = make_plan(c, &parameters);
    assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, &hooks, NULL));
    g_assert_cmpfloat(w.fraction, ==, 1);
    g_assert_true(w.seen[0] && w.seen[1] && w.seen[2]);
    calls = w.calls;
    g_assert_cmpint(calls, >=, 8);
    for (int i = 1; i < calls; i++) {
      canvas_wipe(c);
      rst_cancel_reset(cancel);
      w.calls = 0;
      w.fraction = 0;
      w.cancel_at = i;
      assert_status(
        rst_restore(r.session, r.model, &parameters, &c->picture, &plan, &hooks, &error),
        RST_CANCELLED);
      assert_error(&error, RST_CANCELLED, NULL);
      g_assert_cmpint(w.calls, <=, i + 1);
      g_assert_cmpint(c->calls, ==, w.host_calls); /* the picture is left alone from then on */
    }
    rst_cancel_free(cancel);
    canvas_free(c);
    fixture_clear(&r);
  }
}

static void test_refusals(void) {
  fixture r = fixture_new(1);
  canvas *c = photograph();
  rst_parameters parameters = new_parameters("step-skip=2", NULL), bad;
  const rst_plan good = make_plan(c, &parameters);
  rst_error error = RST_ERROR_INIT;
  rst_picture picture = c->picture;
  rst_plan plan;

  bad = parameters;
  bad.step_skip = 5;
  assert_status(rst_restore(r.session, r.model, &bad, &c->picture, &good, NULL, &error),
                RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "step-skip");
  assert_status(rst_restore(NULL, r.model, &parameters, &c->picture, &good, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_restore(r.session, NULL, &parameters, &c->picture, &good, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_restore(r.session, r.model, NULL, &c->picture, &good, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_restore(r.session, r.model, &parameters, NULL, &good, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_restore(r.session, r.model, &parameters, &c->picture, NULL, NULL, NULL),
                RST_BAD_CALL);
  picture.write = NULL;
  assert_status(rst_restore(r.session, r.model, &parameters, &picture, &good, NULL, NULL),
                RST_BAD_CALL);
  for (int i = 0; i < 8; i++) {
    plan = good;
    if (i == 0)
      plan.count = 0;
    if (i == 1)
      plan.count = RST_PARTS_MAX + 1;
    if (i == 2)
      plan.parts[1].box.x = -1;
    if (i == 3)
      plan.parts[1].box.width = 60;
    if (i == 4)
      plan.parts[0].box.y = INT_MAX;
    if (i == 5)
      plan.points = 0;
    if (i == 6)
      plan.parts[0].box.height = 0;
    if (i == 7)
      plan.size = 0;
    assert_status(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL),
                  RST_BAD_CALL);
  }
  plan = good;
  plan.parts[0].window = (rst_window){0, 0, 10};
  assert_status(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL),
                RST_OUTSIDE_WINDOW);
  plan.parts[0].window = (rst_window){INT_MIN, 0, INT_MAX};
  assert_status(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL),
                RST_OUTSIDE_WINDOW);
  canvas_free(c);
  fixture_clear(&r);
}

/* ---- uncertainty ---- */

/* By the definition, in double: the results of all seeds, one after the other. */
static void deviate_by_hand(const fixture *r, canvas *c, rst_parameters parameters,
                            const rst_plan *plan, int seeds, double *deviation) {
  const int values = 3 * c->width * c->height;
  float *results = g_new(float, (gsize)(seeds * values));

  for (int s = 0; s < seeds; s++) {
    canvas_wipe(c);
    assert_ok(rst_restore(r->session, r->model, &parameters, &c->picture, plan, NULL, NULL));
    memcpy(results + s * values, c->result, (gsize)values * sizeof *results);
    parameters.seed = parameters.seed == INT_MAX ? 0 : parameters.seed + 1;
  }
  for (int i = 0; i < values; i++) {
    double mean = 0, squares = 0;

    for (int s = 0; s < seeds; s++)
      mean += results[s * values + i] / (double)seeds;
    for (int s = 0; s < seeds; s++)
      squares += pow(results[s * values + i] - mean, 2);
    deviation[i] = sqrt(squares / (seeds - 1));
  }
  g_free(results);
}

static void test_uncertainty(void) {
  static const struct {
    const char *setting;
    int seed, seeds;
  } cases[] = {{"mode=full", 3, 5},        {"mode=colour", INT_MAX - 1, 4}, {"match=on", 0, 3},
               {"hide-region=true", 7, 2}, {"stochasticity=0", 0, 3},       {"strength=0.2", 1, 3}};

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    fixture r = fixture_new(1 + (int)i % 3), other = fixture_new(1 + (int)(i + 1) % 3);
    canvas *c = photograph();
    rst_parameters parameters = new_parameters("step-skip=2", cases[i].setting, NULL);
    double *expected = g_new(double, 3 * 90 * 70);
    float *first;
    double largest = 0;
    rst_plan plan;

    parameters.seed = cases[i].seed;
    plan = make_plan(c, &parameters);
    deviate_by_hand(&r, c, parameters, &plan, cases[i].seeds, expected);
    canvas_wipe(c);
    assert_ok(rst_uncertainty(r.session, r.model, &parameters, &c->picture, &plan, cases[i].seeds,
                              NULL, NULL));
    assert_written(c);
    for (int p = 0; p < 90 * 70; p++)
      for (int k = 0; k < 3 && covered(c, p); k++) {
        g_assert_cmpfloat(fabs(c->result[3 * p + k] - expected[3 * p + k]), <=, 1e-6);
        largest = fmax(largest, expected[3 * p + k]);
      }
    g_assert_cmpfloat(largest, >, 0.01); /* else this would show nothing */

    /* other threads, the same bits */
    first = g_memdup2(c->result, 3 * 90 * 70 * sizeof *first);
    canvas_wipe(c);
    assert_ok(rst_uncertainty(other.session, other.model, &parameters, &c->picture, &plan,
                              cases[i].seeds, NULL, NULL));
    assert_same(c->result, first, 3 * 90 * 70);
    g_free(first);
    g_free(expected);
    canvas_free(c);
    fixture_clear(&r);
    fixture_clear(&other);
  }
}

/* A single pass does not read the seed. */
static void test_certainty(void) {
  net shape = net_small;
  rst_session *session = new_session(2);
  rst_model *model;
  canvas *c = photograph();
  const rst_parameters parameters = new_parameters("match=on", NULL);
  const rst_plan plan = make_plan(c, &parameters);

  shape.process = "single pass";
  model = network_model(&shape);
  assert_ok(rst_uncertainty(session, model, &parameters, &c->picture, &plan, 9, NULL, NULL));
  assert_written(c);
  for (int i = 0; i < 3 * 90 * 70; i++)
    g_assert_true(!covered(c, i / 3) || c->result[i] == 0);
  canvas_free(c);
  rst_model_unref(model);
  rst_session_free(session);
}

/* Close values far from 0 keep their digits. */
static void test_deviation(void) {
  enum { RESULTS = 50, COUNT = 3 };
  static const double offsets[COUNT] = {0, 0.5, -300};
  float mean[COUNT] = {9, 9, 9}, squares[COUNT] = {9, 9, 9}, deviation[COUNT];
  double sum[COUNT] = {0}, all[RESULTS][COUNT];
  dice d = {8};

  for (int r = 1; r <= RESULTS; r++) {
    float values[COUNT];

    for (int i = 0; i < COUNT; i++) {
      values[i] = (float)(offsets[i] + dice_real(&d, -0.25, 0.25));
      all[r - 1][i] = values[i];
      sum[i] += values[i];
    }
    rst_deviation_add(r, COUNT, values, mean, squares);
    rst_deviation_get(r, COUNT, squares, deviation);
    for (int i = 0; i < COUNT; i++) {
      double expected = 0;

      for (int q = 0; q < r; q++)
        expected += pow(all[q][i] - sum[i] / r, 2);
      expected = r == 1 ? 0 : sqrt(expected / (r - 1));
      g_assert_cmpfloat(fabs(deviation[i] - expected), <=, 2e-5);
      g_assert_cmpfloat(fabs(mean[i] - sum[i] / r), <=, 1e-7 * (1 + fabs(sum[i] / r)) * r);
    }
  }
  g_assert_cmpint(rst_next_seed(0), ==, 1);
  g_assert_cmpint(rst_next_seed(INT_MAX - 1), ==, INT_MAX);
  g_assert_cmpint(rst_next_seed(INT_MAX), ==, 0);
}

static void test_uncertainty_progress(void) {
  fixture r = fixture_new(1);
  canvas *c = photograph();
  const rst_parameters parameters = new_parameters("step-skip=2", NULL);
  const rst_plan plan = make_plan(c, &parameters);
  rst_cancel *cancel = rst_cancel_new();
  watch w = {.thread = g_thread_self(), .cancel = cancel, .picture = c};
  const rst_hooks hooks = {sizeof hooks, &w, on_progress, NULL, cancel, NULL};
  rst_error error = RST_ERROR_INIT;
  int calls;

  assert_ok(rst_uncertainty(r.session, r.model, &parameters, &c->picture, &plan, 3, &hooks, NULL));
  g_assert_cmpfloat(w.fraction, ==, 1);
  calls = w.calls;
  for (int i = 1; i < calls; i += 3) {
    canvas_wipe(c);
    rst_cancel_reset(cancel);
    w.calls = 0;
    w.fraction = 0;
    w.cancel_at = i;
    assert_status(
      rst_uncertainty(r.session, r.model, &parameters, &c->picture, &plan, 3, &hooks, &error),
      RST_CANCELLED);
    g_assert_cmpint(w.calls, <=, i + 1);
    g_assert_cmpint(c->calls, ==, w.host_calls);
  }
  for (int seeds = 0; seeds <= RST_SEEDS_MAX + 1; seeds += seeds == 1 ? RST_SEEDS_MAX : 1) {
    assert_status(
      rst_uncertainty(r.session, r.model, &parameters, &c->picture, &plan, seeds, NULL, &error),
      RST_OUT_OF_RANGE);
    assert_error(&error, RST_OUT_OF_RANGE, "seeds");
  }
  assert_status(rst_uncertainty(r.session, NULL, &parameters, &c->picture, &plan, 3, NULL, NULL),
                RST_BAD_CALL);
  rst_cancel_free(cancel);
  canvas_free(c);
  fixture_clear(&r);
}

/* A picture that counts what is read of it, and cancels at a call. */
typedef struct {
  const canvas *picture;
  rst_cancel *cancel;
  int64_t pixels, largest; /* in all; at once */
  int calls, cancel_at;
} counter;

static bool count_read(void *user, int x, int y, int w, int h, float *rgba) {
  counter *n = user;

  n->pixels += (int64_t)w * h;
  n->largest = MAX(n->largest, (int64_t)w * h);
  if (++n->calls == n->cancel_at)
    rst_cancel_set(n->cancel);
  return n->picture->picture.read((void *)n->picture, x, y, w, h, rgba);
}

static bool count_write(void *user, int x, int y, int w, int h, const float *rgb,
                        const float *coverage) {
  (void)user, (void)x, (void)y, (void)w, (void)h, (void)rgb, (void)coverage;
  return true;
}

/* A part that is matched is held whole, but read some rows at a time: whoever cancels waits for no
 * more. */
static void test_cancel_reading(void) {
  enum { SIDE = 600, LARGEST = 1 << 18 };
  fixture r = fixture_new(1);
  canvas *c = canvas_new(SIDE, SIDE, 3);
  rst_parameters parameters = new_parameters("step-skip=2", "match=on", NULL);
  counter n = {.picture = c, .cancel = rst_cancel_new()};
  const rst_picture picture = {.size = sizeof picture,
                               .width = SIDE,
                               .height = SIDE,
                               .user = &n,
                               .read = count_read,
                               .write = count_write};
  const rst_hooks hooks = {.size = sizeof hooks, .cancel = n.cancel};
  const rst_part part = {{0, 0, SIDE, SIDE}, {0, 0, SIDE}, RST_MODE_FULL, (int64_t)SIDE * SIDE};
  const rst_plan plan = {.size = sizeof plan, .count = 1, .points = part.points, .parts = {part}};

  /* The window is read first, for the encoder; then the part. */
  n.cancel_at = 1;
  assert_status(rst_restore(r.session, r.model, &parameters, &picture, &plan, &hooks, NULL),
                RST_CANCELLED);
  for (int at = 2; n.pixels <= part.points; at++) {
    n = (counter){.picture = c, .cancel = n.cancel, .cancel_at = at};
    rst_cancel_reset(n.cancel);
    assert_status(rst_restore(r.session, r.model, &parameters, &picture, &plan, &hooks, NULL),
                  RST_CANCELLED);
    g_assert_cmpint(n.calls, ==, at);
  }
  g_assert_cmpint(n.largest, <=, LARGEST);
  rst_cancel_free(n.cancel);
  canvas_free(c);
  fixture_clear(&r);
}

/* A picture in memory is read and written as one with callbacks. */
static void test_memory_picture(void) {
  const rst_parameters parameters = new_parameters("step-skip=6", "match=on", NULL);
  canvas *c = canvas_new(50, 40, 5);
  rst_session *session = new_session(2);
  rst_model *model = network_model(&net_small);
  float *result = g_new(float, 3 * 50 * 40);
  rst_pixels pixels = {50, 40, c->rgba, NULL, result};
  rst_plan plan = {.size = sizeof plan};
  rst_picture picture;

  for (int selected = 0; selected < 2; selected++) {
    if (selected) {
      canvas_deselect(c);
      canvas_select(c, 7, 9, 20, 13, 0.5f);
      pixels.coverage = c->coverage;
    }
    canvas_wipe(c);
    for (int i = 0; i < 3 * 50 * 40; i++)
      result[i] = NAN;
    rst_picture_from_memory(&picture, &pixels);
    assert_ok(rst_plan_region(&parameters, &picture, NULL, &plan, NULL));
    assert_ok(rst_restore(session, model, &parameters, &picture, &plan, NULL, NULL));
    assert_ok(rst_restore(session, model, &parameters, &c->picture, &plan, NULL, NULL));
    for (int i = 0; i < 50 * 40; i++)
      if (!c->coverage || c->coverage[i] > 0)
        assert_same(result + 3 * i, c->result + 3 * i, 3);
      else
        g_assert_true(isnan(result[3 * i]));
  }
  g_free(result);
  rst_model_unref(model);
  rst_session_free(session);
  canvas_free(c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/restore/by hand", test_restore);
  g_test_add_func("/restore/matched", test_restore_matched);
  g_test_add_func("/restore/everything", test_everything);
  g_test_add_func("/restore/hints", test_hints);
  g_test_add_func("/restore/host fails", test_host_fails);
  g_test_add_func("/restore/growing", test_growing);
  g_test_add_func("/restore/bands", test_bands);
  g_test_add_func("/restore/progress", test_progress);
  g_test_add_func("/restore/cancel reading", test_cancel_reading);
  g_test_add_func("/restore/refusals", test_refusals);
  g_test_add_func("/restore/deviation", test_deviation);
  g_test_add_func("/restore/uncertainty", test_uncertainty);
  g_test_add_func("/restore/uncertainty progress", test_uncertainty_progress);
  g_test_add_func("/restore/certainty", test_certainty);
  g_test_add_func("/restore/memory picture", test_memory_picture);
  return g_test_run();
}
