/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Partial results: from coarse to fine, area by area, taken over, cancelled, they end in what
 * rst_restore() writes, to the bit.
 */
#include "fixtures.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
  canvas *c;
  rst_session *session;
  rst_model *model;
  rst_parameters parameters;
  rst_plan plan;
  rst_encoding *encoding;
} scene;

static rst_status encode(scene *s) {
  return rst_encode_window(s->session, s->model, &s->parameters, &s->c->picture,
                           &s->plan.parts[0].window, NULL, &s->encoding, NULL);
}

static scene scene_new(const char *setting, const char *other) {
  net shape = net_small;
  scene s = {.c = canvas_new(60, 50, 3), .session = new_session(2)};

  shape.condition = true;
  s.model = network_model(&shape);
  s.parameters = new_parameters("step-skip=6", setting, other, NULL);
  canvas_deselect(s.c);
  canvas_select(s.c, 11, 9, 27, 22, 1);
  canvas_select(s.c, 17, 13, 5, 4, 0);
  canvas_select(s.c, 30, 29, 7, 7, 0.4f);
  s.plan.size = sizeof s.plan;
  assert_ok(rst_plan_region(&s.parameters, &s.c->picture, NULL, &s.plan, NULL));
  g_assert_cmpint(s.plan.count, ==, 1);
  assert_ok(encode(&s));
  return s;
}

static void scene_clear(scene *s) {
  rst_encoding_unref(s->encoding);
  rst_model_unref(s->model);
  rst_session_free(s->session);
  canvas_free(s->c);
}

static rst_partial *begin(const scene *s) {
  rst_partial *p;

  assert_ok(rst_partial_new(&s->parameters, s->encoding, &s->c->picture, &s->plan.parts[0], NULL,
                            &p, NULL));
  return p;
}

/* The part's box is what rst_restore() writes of it. */
static void check_result(const scene *s, const rst_partial *p) {
  const rst_part *part = &s->plan.parts[0];
  const rst_rectangle box = part->box;
  const size_t pixels = (size_t)part->box.width * (size_t)part->box.height;
  float *colours = g_new0(float, 3 * pixels), *coverage = g_new0(float, pixels);
  int64_t finished;

  canvas_wipe(s->c);
  assert_ok(
    rst_restore(s->session, s->model, &s->parameters, &s->c->picture, &s->plan, NULL, NULL));
  g_assert_cmpint(rst_partial_count(p, &finished), ==, part->points);
  g_assert_cmpint(finished, ==, part->points);
  assert_ok(rst_partial_read(p, &box, 1, colours, coverage, NULL));
  for (size_t i = 0; i < pixels; i++) {
    const size_t at = (size_t)(part->box.y + (int)i / part->box.width) * 60 +
                      (size_t)(part->box.x + (int)i % part->box.width);

    g_assert_cmpfloat(coverage[i], ==, s->c->coverage[at]);
    if (coverage[i] > 0)
      assert_same(colours + 3 * i, s->c->result + 3 * at, 3);
  }
  g_free(colours);
  g_free(coverage);
}

static const char *const setups[][2] = {
  {"mode=full", NULL},    {"mode=colour", NULL},      {"mode=detail", "saturation=0.5"},
  {"match=on", NULL},     {"hide-region=true", NULL}, {"sampler=ddpm", "match=on"},
  {"context=3", "seed=9"}};

/* Lattices of every step over areas in no order, boundary in between; of pixels that are copied, or
 * that lie in memory. */
static void test_coarse_to_fine(gconstpointer data) {
  const size_t which = GPOINTER_TO_SIZE(data) / 2;
  scene s = scene_new(setups[which][0], setups[which][1]);
  rst_partial *p;
  dice d = {which};

  s.c->picture.rgba = GPOINTER_TO_SIZE(data) % 2 == 0 ? NULL : s.c->rgba;
  p = begin(&s);

  for (int step = 16; step >= 1; step /= 2) {
    for (int i = 0; i < 6; i++) {
      const rst_rectangle area = {dice_int(&d, 0, 50), dice_int(&d, 0, 40), dice_int(&d, 1, 30),
                                  dice_int(&d, 1, 30)};

      assert_ok(rst_partial_refine(s.session, p, &area, step, NULL, NULL));
    }
    if (step == 4)
      assert_ok(rst_partial_match(s.session, p, NULL, NULL));
  }
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  check_result(&s, p);
  rst_partial_free(p);
  scene_clear(&s);
}

/* A pixel that is not there yet looks like the lattice's point up and left of it. */
static void test_coarse_reading(void) {
  scene s = scene_new("mode=full", NULL);
  rst_partial *p = begin(&s), *whole = begin(&s);
  const rst_part *part = &s.plan.parts[0];
  int64_t finished;

  assert_ok(rst_partial_refine(s.session, p, NULL, 8, NULL, NULL));
  assert_ok(rst_partial_refine(s.session, whole, NULL, 1, NULL, NULL));
  rst_partial_count(p, &finished);
  g_assert_cmpint(finished, >, 5);
  g_assert_cmpint(finished, <, part->points / 32);
  for (int y = part->box.y; y < part->box.y + part->box.height; y++)
    for (int x = part->box.x; x < part->box.x + part->box.width; x++) {
      const rst_rectangle here = {x, y, 1, 1}, corner = {x & -8, y & -8, 1, 1};
      float colour[3], expected[3], coverage, its = 0;

      assert_ok(rst_partial_read(p, &here, 8, colour, &coverage, NULL));
      if (corner.x >= part->box.x && corner.y >= part->box.y)
        assert_ok(rst_partial_read(whole, &corner, 1, expected, &its, NULL));
      g_assert_true((coverage > 0) == (its > 0 && s.c->coverage[y * 60 + x] > 0));
      if (coverage > 0)
        assert_same(colour, expected, 3);
      assert_ok(rst_partial_read(p, &here, 4, colour, &coverage, NULL));
      g_assert_true(coverage == 0 || (x % 8 < 4 && y % 8 < 4));
    }
  rst_partial_free(p);
  rst_partial_free(whole);
  scene_clear(&s);
}

static void count_progress(void *user, rst_phase phase, double fraction) {
  (void)phase;
  (void)fraction;
  ++*(int *)user;
}

/* What is there is not restored again: after another mode neither, but after another seed. */
static void test_parameters(void) {
  scene s = scene_new("mode=full", NULL);
  rst_partial *p = begin(&s);
  int calls = 0;
  const rst_hooks hooks = {.size = sizeof hooks, .user = &calls, .progress = count_progress};
  rst_parameters other;

  assert_ok(rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL));
  g_assert_cmpint(calls, >, 0);
  calls = 0;
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL));
  s.parameters.mode = s.plan.parts[0].mode = RST_MODE_COLOUR;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL));
  g_assert_cmpint(calls, ==, 0);
  check_result(&s, p);
  s.parameters.seed = 4;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL));
  g_assert_cmpint(calls, >, 0);
  check_result(&s, p);

  other = s.parameters;
  other.hide_region = true;
  assert_status(rst_partial_set(p, &other, NULL), RST_BAD_CALL);
  other = s.parameters;
  other.step_skip = 999;
  assert_status(rst_partial_set(p, &other, NULL), RST_OUT_OF_RANGE);
  check_result(&s, p);
  s.parameters.match = RST_MATCH_ON; /* and off again */
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  assert_ok(rst_partial_match(s.session, p, NULL, NULL));
  check_result(&s, p);
  s.parameters.match = RST_MATCH_AUTO;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  check_result(&s, p);
  rst_partial_free(p);
  scene_clear(&s);
}

/* What there is to do is known before the window is encoded. */
static void test_before_encoding(void) {
  scene s = scene_new("match=on", NULL);
  const rst_part *part = &s.plan.parts[0];
  rst_encoding *other;
  rst_partial *p;
  int64_t finished;

  assert_ok(rst_partial_new(&s.parameters, NULL, &s.c->picture, part, NULL, &p, NULL));
  g_assert_cmpint(rst_partial_count(p, &finished), ==, part->points);
  g_assert_cmpint(finished, ==, 0);
  g_assert_cmpint(rst_partial_count_boundary(p, &finished), >, 80);
  g_assert_cmpint(finished, ==, 0);
  g_assert_cmpfloat(rst_partial_get_coverage(p, 11, 9), ==, 1);
  g_assert_cmpfloat(rst_partial_get_coverage(p, 36, 35), ==, 0.4f);
  g_assert_cmpfloat(rst_partial_get_coverage(p, 17, 13), ==, 0);
  g_assert_cmpfloat(rst_partial_get_coverage(p, 10, 9), ==, 0);
  g_assert_cmpfloat(rst_partial_get_coverage(p, -5, 1000), ==, 0);
  assert_status(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_partial_match(s.session, p, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_partial_set_encoding(p, NULL, NULL), RST_BAD_CALL);
  s.parameters.seed = 2;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));

  assert_ok(rst_partial_set_encoding(p, s.encoding, NULL));
  assert_ok(rst_partial_set_encoding(p, s.encoding, NULL));
  assert_ok(rst_encode_window(s.session, s.model, &s.parameters, &s.c->picture, &part->window, NULL,
                              &other, NULL));
  assert_status(rst_partial_set_encoding(p, other, NULL), RST_BAD_CALL);
  rst_encoding_unref(other);
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  assert_ok(rst_partial_match(s.session, p, NULL, NULL));
  check_result(&s, p);
  rst_partial_free(p);

  /* What the model cannot tell without an encoding, it tells with one. */
  s.parameters.step_skip = 999;
  assert_ok(rst_partial_new(&s.parameters, NULL, &s.c->picture, part, NULL, &p, NULL));
  assert_status(rst_partial_set_encoding(p, s.encoding, NULL), RST_OUT_OF_RANGE);
  rst_partial_free(p);
  scene_clear(&s);
}

enum { PIXELS_MAX = 60 * 50 };

static void count_batch(void *user, const uint32_t *points, size_t count) {
  int *times = user;

  for (size_t i = 0; i < count; i++) {
    g_assert_cmpuint(points[i], <, PIXELS_MAX);
    times[points[i]]++;
  }
}

/* Each point is reported once, as a pixel of the area; those of the boundary too. */
static void test_batches(void) {
  scene s = scene_new("match=on", NULL);
  rst_partial *p = begin(&s);
  int times[PIXELS_MAX] = {0}, others = 0;
  rst_rectangle area;
  const rst_hooks hooks = {.size = sizeof hooks, .user = times, .batch = count_batch};
  int64_t finished;

  rst_partial_get_area(p, &area);
  assert_ok(rst_partial_refine(s.session, p, NULL, 4, &hooks, NULL));
  for (int i = 0; i < area.width * area.height; i++) {
    const int x = area.x + i % area.width, y = area.y + i / area.width;

    g_assert_cmpint(times[i], ==,
                    x % 4 == 0 && y % 4 == 0 && rst_partial_get_coverage(p, x, y) > 0);
  }
  assert_ok(rst_partial_refine(s.session, p, &(rst_rectangle){20, 20, 9, 9}, 1, &hooks, NULL));
  g_assert_false(rst_partial_is_matched(p));
  assert_ok(rst_partial_match(s.session, p, &hooks, NULL));
  g_assert_true(rst_partial_is_matched(p));
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL));
  for (int i = 0; i < area.width * area.height; i++) {
    const int x = area.x + i % area.width, y = area.y + i / area.width;
    const bool covered = rst_partial_get_coverage(p, x, y) > 0;

    g_assert_cmpint(times[i], <=, 1);
    g_assert_true(times[i] == 1 || !covered);
    others += times[i] == 1 && !covered;
  }
  g_assert_cmpint(rst_partial_count_boundary(p, &finished), ==, others);
  g_assert_cmpint(finished, ==, others);
  s.parameters.match = RST_MATCH_OFF;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  g_assert_false(rst_partial_is_matched(p));
  g_assert_cmpint(rst_partial_count_boundary(p, &finished), ==, 0);
  g_assert_cmpint(finished, ==, 0);
  s.parameters.match = RST_MATCH_ON; /* what was matched is so again */
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  g_assert_true(rst_partial_is_matched(p));
  check_result(&s, p);
  rst_partial_free(p);
  scene_clear(&s);
}

static float largest(const float values[3]) {
  return MAX(values[0], MAX(values[1], values[2]));
}

static void check_deviations(scene *s, const rst_partial *p, int seeds) {
  const rst_part *part = &s->plan.parts[0];
  int seen = 0;

  g_assert_cmpint(rst_partial_get_seeds(p), ==, seeds);
  canvas_wipe(s->c);
  assert_ok(rst_uncertainty(s->session, s->model, &s->parameters, &s->c->picture, &s->plan, seeds,
                            NULL, NULL));
  for (int y = part->box.y; y < part->box.y + part->box.height; y++)
    for (int x = part->box.x; x < part->box.x + part->box.width; x++) {
      const float deviation = rst_partial_get_deviation(p, x, y, 1);

      if (rst_partial_get_coverage(p, x, y) > 0)
        g_assert_cmpfloat(deviation, ==, largest(s->c->result + 3 * (y * 60 + x)));
      else
        g_assert_cmpfloat(deviation, <, 0);
      seen += deviation > 0;
    }
  g_assert_cmpint(seen, >, 100);
}

/* From coarse to fine what rst_uncertainty() finds; colours stay. */
static void test_deviation(void) {
  scene s = scene_new("mode=colour", "saturation=0.75");
  const rst_part *part = &s.plan.parts[0];
  rst_partial *p = begin(&s);
  int times[PIXELS_MAX] = {0};
  rst_rectangle area;
  const rst_hooks hooks = {.size = sizeof hooks, .user = times, .batch = count_batch};

  rst_partial_get_area(p, &area);
  assert_ok(rst_partial_deviate(s.session, p, 3, NULL, 1, &hooks, NULL)); /* nothing is finished */
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  g_assert_cmpfloat(rst_partial_get_deviation(p, 20, 12, 64), <, 0);
  assert_ok(rst_partial_deviate(s.session, p, 3, NULL, 4, &hooks, NULL));
  g_assert_cmpfloat(rst_partial_get_deviation(p, 22, 23, 4), >, 0);
  g_assert_cmpfloat(rst_partial_get_deviation(p, 22, 23, 4), ==,
                    rst_partial_get_deviation(p, 20, 20, 1));
  g_assert_cmpfloat(rst_partial_get_deviation(p, 22, 23, 2), <, 0);
  assert_ok(rst_partial_deviate(s.session, p, 3, NULL, 1, &hooks, NULL));
  for (int i = 0; i < area.width * area.height; i++)
    g_assert_cmpint(
      times[i], ==,
      rst_partial_get_coverage(p, area.x + i % area.width, area.y + i / area.width) > 0);
  check_deviations(&s, p, 3);
  check_result(&s, p);

  assert_ok(rst_partial_deviate(s.session, p, 5, NULL, 1, NULL, NULL)); /* anew */
  check_deviations(&s, p, 5);
  s.parameters.strength = 0.5;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  check_deviations(&s, p, 5);
  s.parameters.mode = RST_MODE_FULL;
  assert_ok(rst_partial_set(p, &s.parameters, NULL));
  g_assert_cmpint(rst_partial_get_seeds(p), ==, 0);
  g_assert_cmpfloat(rst_partial_get_deviation(p, part->box.x, part->box.y, 1), <, 0);
  assert_status(rst_partial_deviate(s.session, p, 1, NULL, 1, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_partial_deviate(s.session, p, 3, NULL, 3, NULL, NULL), RST_BAD_CALL);
  rst_partial_free(p);
  scene_clear(&s);
}

/* A grown selection takes over what is there; another seed's points it does not. */
static void test_adopt(void) {
  scene s = scene_new("window=picture", "match=on");
  rst_partial *p = begin(&s), *grown, *stale;
  int64_t finished;
  int calls = 0;
  const rst_hooks hooks = {.size = sizeof hooks, .user = &calls, .progress = count_progress};

  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  canvas_select(s.c, 5, 20, 9, 9, 1);
  assert_ok(rst_plan_region(&s.parameters, &s.c->picture, NULL, &s.plan, NULL));
  grown = begin(&s);
  rst_partial_adopt(grown, p);
  assert_ok(rst_partial_refine(s.session, grown, &(rst_rectangle){20, 20, 9, 9}, 1, &hooks, NULL));
  g_assert_cmpint(calls, ==, 0);
  assert_ok(rst_partial_refine(s.session, grown, NULL, 1, &hooks, NULL));
  assert_ok(rst_partial_match(s.session, grown, NULL, NULL));
  check_result(&s, grown);
  s.parameters.seed = 7;
  stale = begin(&s);
  rst_partial_adopt(stale, grown);
  assert_ok(rst_partial_refine(s.session, stale, NULL, 2, NULL, NULL));
  rst_partial_count(stale, &finished);
  g_assert_cmpint(finished, >, 0);
  assert_ok(rst_partial_refine(s.session, stale, NULL, 1, NULL, NULL));
  assert_ok(rst_partial_match(s.session, stale, NULL, NULL));
  check_result(&s, stale);
  rst_partial_free(p);
  rst_partial_free(grown);
  rst_partial_free(stale);
  scene_clear(&s);
}

static void cancel_later(void *user, rst_phase phase, double fraction) {
  (void)phase;
  if (fraction > 0)
    rst_cancel_set(user);
}

static void test_cancel(void) {
  scene s = scene_new("mode=detail", "match=on");
  rst_partial *p = begin(&s);
  rst_hooks hooks = {.size = sizeof hooks, .progress = cancel_later};
  int rounds = 0;

  hooks.user = hooks.cancel = rst_cancel_new();
  while (rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL) == RST_CANCELLED) {
    rst_cancel_reset(hooks.cancel);
    g_assert_cmpint(++rounds, <, 100); /* what was finished stays */
  }
  g_assert_cmpint(rounds, >=, 1);
  rst_cancel_reset(hooks.cancel);
  rst_cancel_set(hooks.cancel);
  assert_status(rst_partial_match(s.session, p, &hooks, NULL), RST_CANCELLED);
  rst_cancel_reset(hooks.cancel);
  hooks.progress = NULL;
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, &hooks, NULL));
  assert_ok(rst_partial_match(s.session, p, &hooks, NULL));
  check_result(&s, p);
  rst_cancel_free(hooks.cancel);
  rst_partial_free(p);
  scene_clear(&s);
}

/* An area of a part is that part's pixels there, and no others. */
static void test_area(void) {
  scene s = scene_new("mode=full", NULL);
  const rst_rectangle area = {0, 12, 20, 7};
  rst_rectangle box;
  rst_partial *p;
  float colours[3 * 9 * 7], coverage[9 * 7];

  assert_ok(
    rst_partial_new(&s.parameters, s.encoding, &s.c->picture, &s.plan.parts[0], &area, &p, NULL));
  rst_partial_get_area(p, &box);
  g_assert_true(box.x == 11 && box.y == 12 && box.width == 9 && box.height == 7);
  assert_ok(rst_partial_refine(s.session, p, NULL, 1, NULL, NULL));
  assert_ok(rst_partial_read(p, &box, 1, colours, coverage, NULL));
  assert_ok(rst_restore(s.session, s.model, &s.parameters, &s.c->picture, &s.plan, NULL, NULL));
  for (int i = 0; i < 63; i++)
    if (coverage[i] > 0)
      assert_same(colours + 3 * i, s.c->result + 3 * ((12 + i / 9) * 60 + 11 + i % 9), 3);
  assert_status(rst_partial_read(p, &area, 1, colours, coverage, NULL), RST_BAD_CALL);
  assert_status(rst_partial_refine(s.session, p, NULL, 3, NULL, NULL), RST_BAD_CALL);
  rst_partial_free(p);
  assert_status(rst_partial_new(&s.parameters, s.encoding, &s.c->picture, &s.plan.parts[0],
                                &(rst_rectangle){0, 0, 5, 5}, &p, NULL),
                RST_BAD_CALL);
  s.c->fail_at = s.c->calls + 1;
  assert_status(
    rst_partial_new(&s.parameters, s.encoding, &s.c->picture, &s.plan.parts[0], NULL, &p, NULL),
    RST_HOST_FAILED);
  rst_partial_free(NULL);
  scene_clear(&s);
}

/* A picture that counts what is read of it, and cancels at a call. */
typedef struct {
  const canvas *picture;
  rst_cancel *cancel;
  int calls, cancel_at;
} reader;

static bool read_and_cancel(void *user, int x, int y, int w, int h, float *rgba) {
  reader *r = user;

  if (++r->calls == r->cancel_at)
    rst_cancel_set(r->cancel);
  return r->picture->picture.read((void *)r->picture, x, y, w, h, rgba);
}

typedef struct {
  rst_parameters parameters;
  rst_picture picture;
  rst_plan plan;
  rst_partial *partial;
} large_part;

static rst_status plan_large(large_part *l) {
  return rst_plan_region(&l->parameters, &l->picture, NULL, &l->plan, NULL);
}

static rst_status begin_large(large_part *l) {
  return rst_partial_new(&l->parameters, NULL, &l->picture, &l->plan.parts[0], NULL, &l->partial,
                         NULL);
}

static rst_status classify_large(large_part *l) {
  rst_picture_kind kind;
  double sure;

  return rst_classify(&l->picture, NULL, &kind, &sure, NULL);
}

/* What reads a picture without hooks ends at once where the picture's token is set: after the call
 * of the host during which it was, and where it was set before, without any. */
static void test_cancel_reading(void) {
  enum { SIDE = 1500 };
  static const struct {
    const char *name;
    rst_status (*work)(large_part *l);
    int least_calls;
    bool to_the_end; /* what comes after the last call can be cancelled too */
  } calls[] = {
    {"plan", plan_large, 8, false},
    {"begin", begin_large, 30, true},
    {"classify", classify_large, 60, false},
  };
  canvas *c = canvas_new(SIDE, SIDE, 3);
  reader r = {.picture = c, .cancel = rst_cancel_new()};
  large_part l = {.parameters = new_parameters("match=on", NULL),
                  .picture = {.size = sizeof l.picture,
                              .width = SIDE,
                              .height = SIDE,
                              .user = &r,
                              .read = read_and_cancel,
                              .cancel = r.cancel},
                  .plan = {.size = sizeof l.plan}};

  for (gsize i = 0; i < G_N_ELEMENTS(calls); i++) {
    int all;

    g_test_message("%s", calls[i].name);
    r.calls = r.cancel_at = 0;
    rst_cancel_reset(r.cancel);
    assert_ok(calls[i].work(&l));
    rst_partial_free(l.partial);
    all = r.calls;
    g_assert_cmpint(all, >=, calls[i].least_calls);
    for (int k = 0; k <= 6; k++) {
      const int at = 1 + k * (all - 2 + calls[i].to_the_end) / 6;

      r.calls = 0;
      r.cancel_at = at;
      rst_cancel_reset(r.cancel);
      l.partial = NULL;
      assert_status(calls[i].work(&l), RST_CANCELLED);
      g_assert_null(l.partial);
      g_assert_cmpint(r.calls, ==, at);
    }
    r.calls = 0;
    rst_cancel_set(r.cancel);
    assert_status(calls[i].work(&l), RST_CANCELLED);
    g_assert_cmpint(r.calls, ==, 0);
  }
  rst_cancel_free(r.cancel);
  canvas_free(c);
}

/* Of a picture in memory only what is covered and what lies beside it is looked at: another thread
 * may be filling the rest. */
static void test_not_read_yet(void) {
  enum { WIDTH = 4096, HEIGHT = 60, TOP = 20, ROWS = 8 };
  const size_t row = sizeof(float) * 4 * WIDTH, bytes = row * HEIGHT;
  float *rgba = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  float *coverage = g_new0(float, WIDTH *HEIGHT);
  const rst_parameters parameters = new_parameters("match=on", NULL);
  const rst_part part = {
    {0, TOP, WIDTH, ROWS}, {0, 0, WIDTH}, RST_MODE_FULL, (int64_t)WIDTH * ROWS};
  rst_pixels pixels = {WIDTH, HEIGHT, rgba, coverage, NULL};
  rst_picture picture;
  rst_partial *p;

  g_assert_true(rgba != MAP_FAILED && row % (size_t)sysconf(_SC_PAGESIZE) == 0);
  for (int i = 0; i < 4 * WIDTH * HEIGHT; i++)
    rgba[i] = 1;
  for (int i = WIDTH * TOP; i < WIDTH * (TOP + ROWS); i++)
    coverage[i] = 1;
  rst_picture_from_memory(&picture, &pixels);
  g_assert_true(picture.rgba == rgba);
  g_assert_cmpint(mprotect(rgba, row * (TOP - 1), PROT_NONE), ==, 0);
  g_assert_cmpint(
    mprotect((char *)rgba + row * (TOP + ROWS + 1), row * (HEIGHT - TOP - ROWS - 1), PROT_NONE), ==,
    0);
  assert_ok(rst_partial_new(&parameters, NULL, &picture, &part, NULL, &p, NULL));
  g_assert_cmpint(rst_partial_count(p, NULL), ==, part.points);
  g_assert_cmpint(rst_partial_count_boundary(p, NULL), ==, 2 * WIDTH);
  rst_partial_free(p);
  g_assert_cmpint(munmap(rgba, bytes), ==, 0);
  g_free(coverage);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < 2 * G_N_ELEMENTS(setups); i++) {
    char *path =
      g_strdup_printf("/partial/coarse to fine/%zu%s", i / 2, i % 2 == 0 ? "" : " in memory");

    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_coarse_to_fine);
    g_free(path);
  }
  g_test_add_func("/partial/coarse reading", test_coarse_reading);
  g_test_add_func("/partial/parameters", test_parameters);
  g_test_add_func("/partial/before encoding", test_before_encoding);
  g_test_add_func("/partial/batches", test_batches);
  g_test_add_func("/partial/deviation", test_deviation);
  g_test_add_func("/partial/adopt", test_adopt);
  g_test_add_func("/partial/cancel", test_cancel);
  g_test_add_func("/partial/area", test_area);
  g_test_add_func("/partial/cancel reading", test_cancel_reading);
  g_test_add_func("/partial/not read yet", test_not_read_yet);
  return g_test_run();
}
