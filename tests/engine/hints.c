/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints: their text, distances, what they do to pixels.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "region/colour.h"
#include "region/geodesic.h"
#include "region/hint_guide.h"

/* ---- text ---- */

static void test_text(void) {
  static const char text[] = "3,4,#ff0080; -5,16777216,keep,0.25; 0,0,#000000,4.0";
  rst_hint hints[RST_HINTS_MAX];
  char back[RST_HINTS_TEXT];
  int count = -1;

  assert_ok(
    rst_hints_parse(" 3,4,#FF0080 ;\n-5,16777216,keep,.25;0,0,#000000,4 ; ", hints, &count, NULL));
  g_assert_cmpint(count, ==, 3);
  g_assert_cmpint(hints[0].x, ==, 3);
  g_assert_cmpint(hints[0].y, ==, 4);
  g_assert_false(hints[0].keep);
  g_assert_cmpfloat(hints[0].rgb[0], ==, 1);
  g_assert_cmpfloat(hints[0].rgb[1], ==, 0);
  g_assert_cmpfloat(hints[0].rgb[2], ==, 128 / 255.0f);
  g_assert_cmpfloat(hints[0].reach, ==, RST_HINT_REACH);
  g_assert_true(hints[1].keep);
  g_assert_cmpint(hints[1].x, ==, -5);
  g_assert_cmpfloat(hints[1].reach, ==, 0.25);
  assert_ok(rst_hints_write(hints, count, back, sizeof back, NULL));
  g_assert_cmpstr(back, ==, text);
  assert_status(rst_hints_write(hints, count, back, sizeof text - 1, NULL), RST_BAD_CALL);
  assert_ok(rst_hints_write(hints, count, back, sizeof text, NULL));
  assert_ok(rst_hints_parse(" \n", hints, &count, NULL));
  g_assert_cmpint(count, ==, 0);
  assert_ok(rst_hints_write(hints, 0, back, 1, NULL));
  g_assert_cmpstr(back, ==, "");
}

/* A bad hint is named with its number and leaves the count alone. */
static void test_bad_text(void) {
  static const char *const bad[] = {
    "x",
    "1,2",
    "1,2,",
    "1,2,#12345",
    "1,2,#12345g",
    "1,2,#1234567",
    "1,2,kept",
    "1,2,keep,",
    "1,2,keep,0.009",
    "1,2,keep,4.1",
    "1,2,keep,nan",
    "1,2,keep,1,2",
    "1.5,2,keep",
    "16777217,2,keep",
    "1,-16777217,keep",
    "99999999999999999999,2,keep",
    "1 ,2,keep",
    "",
    "1,2,keep,0.00000000000000000000000000000000000000001",
  };

  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    char *text = g_strdup_printf("5,5,keep; %s; 6,6,keep", bad[i]);
    rst_error error = RST_ERROR_INIT;
    rst_hint hints[RST_HINTS_MAX];
    int count = -7;

    assert_status(rst_hints_parse(text, hints, &count, &error), RST_BAD_HINT);
    assert_error(&error, RST_BAD_HINT, "2");
    g_assert_cmpint(count, ==, -7);
    g_free(text);
  }
}

static char *many_hints(int count) {
  GString *text = g_string_new(NULL);

  for (int i = 0; i < count; i++)
    g_string_append_printf(text, "-16776%03d,-16776%03d,#123456,0.0123456789012345;", i, i);
  return g_string_free(text, FALSE);
}

static void test_many(void) {
  char *text = many_hints(RST_HINTS_MAX), *more = many_hints(RST_HINTS_MAX + 1);
  rst_error error = RST_ERROR_INIT;
  rst_hint hints[RST_HINTS_MAX];
  char back[RST_HINTS_TEXT];
  int count = 0;

  assert_ok(rst_hints_parse(text, hints, &count, NULL));
  g_assert_cmpint(count, ==, RST_HINTS_MAX);
  assert_ok(rst_hints_write(hints, count, back, sizeof back, NULL));
  assert_status(rst_hints_parse(more, hints, &count, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "hints");
  g_free(text);
  g_free(more);
}

/* ---- distances ---- */

static const int offsets[RST_STEPS][2] = {[RST_STEP_RIGHT] = {1, 0},
                                          [RST_STEP_DOWN_LEFT] = {-1, 1},
                                          [RST_STEP_DOWN] = {0, 1},
                                          [RST_STEP_DOWN_RIGHT] = {1, 1}};

/* Bellman and Ford's way, which knows no order of cells: every step again until none helps. */
static void expect_distances(const rst_terrain *t, const rst_rectangle *box, float *distance) {
  bool changed = true;

  while (changed) {
    changed = false;
    for (int y = 0; y < box->height; y++)
      for (int x = 0; x < box->width; x++)
        for (int k = 0; k < RST_STEPS; k++) {
          const int u = x + offsets[k][0], v = y + offsets[k][1];
          const float cost = t->cost[k][(box->y + y) * t->width + box->x + x];
          float *here = &distance[y * box->width + x], *there = &distance[v * box->width + u];

          if (u < 0 || u >= box->width || v >= box->height)
            continue;
          if (*here + cost < *there) {
            *there = *here + cost;
            changed = true;
          }
          if (*there + cost < *here) {
            *here = *there + cost;
            changed = true;
          }
        }
  }
}

/* Random terrain, with walls that make the ways wind; boxes anywhere in it; ways of any length, or
 * up to a limit. */
static void test_distances(void) {
  dice d = {7};

  for (int round = 0; round < 300; round++) {
    const int width = dice_int(&d, 1, 12), height = dice_int(&d, 1, 12), cells = width * height;
    rst_terrain t = {.width = width, .height = height};
    const float limit = dice_int(&d, 0, 1) == 0 ? INFINITY : (float)dice_real(&d, 0, 3);
    rst_rectangle box;
    float *found, *expected;

    for (int k = 0; k < RST_STEPS; k++) {
      t.cost[k] = g_new(float, cells);
      for (int i = 0; i < cells; i++)
        t.cost[k][i] = dice_int(&d, 0, 3) == 0 ? INFINITY : (float)dice_real(&d, 0, 1);
    }
    box.x = dice_int(&d, 0, width - 1);
    box.y = dice_int(&d, 0, height - 1);
    box.width = dice_int(&d, 1, width - box.x);
    box.height = dice_int(&d, 1, height - box.y);
    found = g_new(float, box.width *box.height);
    for (int i = 0; i < box.width * box.height; i++)
      found[i] = limit;
    for (int i = dice_int(&d, 0, 3); i >= 0; i--)
      found[dice_int(&d, 0, box.width * box.height - 1)] = 0;
    expected = g_memdup2(found, sizeof *found * (gsize)(box.width * box.height));
    for (int i = 0; i < box.width * box.height; i++)
      expected[i] = expected[i] > 0 ? INFINITY : 0;
    expect_distances(&t, &box, expected);
    for (int i = 0; i < box.width * box.height; i++)
      expected[i] = MIN(expected[i], limit);
    g_assert_true(rst_geodesic(&t, &box, found, NULL));
    assert_same(found, expected, box.width * box.height);
    for (int k = 0; k < RST_STEPS; k++)
      g_free(t.cost[k]);
    g_free(found);
    g_free(expected);
  }
}

/* ---- pictures with hints ---- */

/* A picture of areas: what a hint does to the colours that a network gave it. */
typedef struct {
  canvas *canvas;
  rst_session *session;
  rst_window window;
  float *before, *after; /* (height, width, 3) */
} scene;

static scene scene_new(int width, int height, int threads) {
  scene s = {canvas_new(width, height, 11), new_session(threads)};
  const size_t pixels = (size_t)width * (size_t)height;

  s.window = (rst_window){0, 0, MAX(width, height)};
  s.before = random_floats(12, 3 * pixels, 0.3, 0.6);
  s.after = g_new(float, 3 * pixels);
  for (size_t i = 0; i < 4 * pixels; i++)
    s.canvas->rgba[i] = i % 4 == 3 ? 1 : 0.5f;
  return s;
}

static void scene_clear(scene *s) {
  canvas_free(s->canvas);
  rst_session_free(s->session);
  g_free(s->before);
  g_free(s->after);
}

static size_t scene_values(const scene *s) {
  return 3 * (size_t)s->canvas->width * (size_t)s->canvas->height;
}

static void scene_paint(scene *s, int x, int y, int width, int height, float luma) {
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++)
      for (int c = 0; c < 3; c++)
        s->canvas->rgba[4 * (row * s->canvas->width + column) + c] = luma;
}

static void scene_apply(scene *s, const char *text) {
  rst_hint hints[RST_HINTS_MAX];
  rst_hint_guide *guide;
  rst_hint_field *field;
  rst_grid grid;
  int count;

  assert_ok(rst_hints_parse(text, hints, &count, NULL));
  assert_ok(rst_hint_guide_new(&s->canvas->picture, &s->window, NULL, &guide, NULL));
  assert_ok(rst_hint_field_new(s->session, guide, hints, count, NULL, &field, NULL));
  memcpy(s->after, s->before, scene_values(s) * sizeof *s->after);
  rst_grid_pixels(&grid, 0, 0, s->canvas->width, s->canvas->height);
  rst_hint_field_apply(field, &grid, s->canvas->rgba, NULL, s->after);
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
}

static bool is_changed(const scene *s, int x, int y) {
  const size_t i = 3 * ((size_t)y * (size_t)s->canvas->width + (size_t)x);

  return memcmp(s->before + i, s->after + i, 3 * sizeof *s->after) != 0;
}

static void lab_at(const scene *s, const float *colours, int x, int y, double lab[3]) {
  rst_to_lab(colours + 3 * ((size_t)y * (size_t)s->canvas->width + (size_t)x), lab);
}

/* The pixel keeps its L* and has the colour's a* and b*. */
static void assert_hinted(const scene *s, int x, int y, const float rgb[3]) {
  double before[3], after[3], hint[3];

  lab_at(s, s->before, x, y, before);
  lab_at(s, s->after, x, y, after);
  rst_to_lab(rgb, hint);
  g_assert_cmpfloat_with_epsilon(after[0], before[0], 0.02);
  g_assert_cmpfloat_with_epsilon(after[1], hint[1], 0.1);
  g_assert_cmpfloat_with_epsilon(after[2], hint[2], 0.1);
}

static const float green[3] = {0x60 / 255.0f, 0x80 / 255.0f, 0x60 / 255.0f};
static const float brown[3] = {0x80 / 255.0f, 0x70 / 255.0f, 0x60 / 255.0f};

/* Colours are met where they were put, and fall off towards the reach. */
static void test_point(void) {
  scene s = scene_new(60, 40, 1);
  double near[3], far[3], hint[3];

  scene_apply(&s, "20,20,#608060; 50,5,#807060");
  assert_hinted(&s, 20, 20, green);
  assert_hinted(&s, 50, 5, brown);
  rst_to_lab(green, hint);
  scene_apply(&s, "20,20,#608060");
  for (int i = 0; i < 60 * 40; i++) /* the same network's colour everywhere */
    memcpy(s.before + 3 * i, s.before, 3 * sizeof *s.before);
  scene_apply(&s, "20,20,#608060");
  lab_at(&s, s.after, 23, 20, near);
  lab_at(&s, s.after, 35, 20, far);
  g_assert_cmpfloat(hypot(near[1] - hint[1], near[2] - hint[2]), <,
                    hypot(far[1] - hint[1], far[2] - hint[2]));
  scene_clear(&s);
}

/* Beyond the reach, and with nothing said, no bit changes. */
static void test_reach(void) {
  scene s = scene_new(100, 60, 1);
  int inside = 0;

  scene_apply(&s, "30,30,#608060,0.2");
  for (int y = 0; y < 60; y++)
    for (int x = 0; x < 100; x++) {
      const double distance = hypot(x - 30, y - 30);

      if (distance > 20)
        g_assert_false(is_changed(&s, x, y));
      if (distance < 17) /* ways along eight directions are up to 8 % longer */
        g_assert_true(is_changed(&s, x, y));
      inside += is_changed(&s, x, y);
    }
  g_assert_cmpint(inside, >, 900);
  scene_apply(&s, "");
  assert_same(s.after, s.before, scene_values(&s));
  scene_apply(&s, "100,30,#608060; 30,60,#608060; -1,5,#608060"); /* outside */
  assert_same(s.after, s.before, scene_values(&s));
  scene_clear(&s);
}

/* A dress on a wall: all of it, with its folds, scratches and grain, and nothing but it. */
static void test_area(void) {
  scene s = scene_new(200, 160, 2);
  dice d = {3};
  double before[3], lab[3], hint[3];

  scene_paint(&s, 0, 0, 200, 160, 0.6f);
  scene_paint(&s, 60, 40, 80, 90, 0.3f);
  for (int y = 40; y < 130; y++)
    for (int x = 60; x < 140; x++)
      for (int c = 0; c < 3; c++)
        s.canvas->rgba[4 * (y * 200 + x) + c] += 0.08f * sinf((float)x / 5);
  scene_paint(&s, 60, 80, 80, 2, 0.95f);  /* scratches */
  scene_paint(&s, 100, 40, 1, 90, 0.95f);
  for (int i = 0; i < 200 * 160; i++) {
    const float grain = (float)dice_real(&d, -0.04, 0.04);

    for (int c = 0; c < 3; c++)
      s.canvas->rgba[4 * i + c] += grain;
  }
  scene_apply(&s, "95,75,#608060");
  rst_to_lab(green, hint);
  for (int y = 0; y < 160; y++)
    for (int x = 0; x < 200; x++) {
      const bool within = x >= 60 && x < 140 && y >= 40 && y < 130;

      if (within && x > 62 && x < 137 && y > 42 && y < 127)
        g_assert_true(is_changed(&s, x, y));
      if (x < 58 || x > 141 || y < 38 || y > 131)
        g_assert_false(is_changed(&s, x, y));
    }
  lab_at(&s, s.after, 110, 90, lab); /* across both scratches */
  lab_at(&s, s.before, 110, 90, before);
  g_assert_cmpfloat(hypot(lab[1] - hint[1], lab[2] - hint[2]), <,
                    hypot(before[1] - hint[1], before[2] - hint[2]) / 2);
  scene_clear(&s);
}

/* Whatever the order and the threads. */
static void test_order(void) {
  scene one = scene_new(90, 70, 1), three = scene_new(90, 70, 3);

  for (size_t i = 0; i < 4u * 90 * 70; i++)
    if (i % 4 != 3)
      one.canvas->rgba[i] = three.canvas->rgba[i] = 0.4f + 0.2f * sinf((float)(i / 4 % 90) / 9);
  scene_apply(&one, "5,5,#608060; 40,30,keep; 70,60,#807060,0.3; 5,5,#807060; 80,10,#303090");
  scene_apply(&three, "80,10,#303090; 5,5,#807060; 5,5,#608060; 70,60,#807060,0.3; 40,30,keep");
  assert_same(one.after, three.after, scene_values(&one));
  g_assert_true(is_changed(&one, 5, 6));
  scene_clear(&one);
  scene_clear(&three);
}

static void field_set(scene *s, rst_hint_field *field, const char *text, rst_rectangle *changed) {
  rst_hint hints[RST_HINTS_MAX];
  int count;

  assert_ok(rst_hints_parse(text, hints, &count, NULL));
  assert_ok(rst_hint_field_change(s->session, field, hints, count, NULL, changed, NULL));
}

static float *field_colours(const scene *s, const rst_hint_field *field) {
  float *colours = g_memdup2(s->before, scene_values(s) * sizeof *colours);
  rst_grid grid;

  rst_grid_pixels(&grid, 0, 0, s->canvas->width, s->canvas->height);
  rst_hint_field_apply(field, &grid, s->canvas->rgba, NULL, colours);
  return colours;
}

/* A field that is changed is a new one, and says where it differs. */
static void test_change(void) {
  static const char *const texts[] = {
    "30,30,#608060,0.2; 70,60,#807060,0.3; 5,5,keep",
    "31,30,#608060,0.2; 70,60,#807060,0.3; 5,5,keep",          /* one moves */
    "31,30,#303090,0.2; 70,60,#807060,0.3; 70,60,#603060,0.3", /* two in a cell */
    "70,60,#807060,0.3; 31,30,#303090,0.2; 70,60,#603060,0.3", /* the same */
    "70,60,#603060,0.3",
    "70,60,#603060,0.1",
    "",
    "500,500,#603060",
    "2,2,#603060,4",
  };
  scene s = scene_new(90, 70, 3);
  rst_hint_guide *guide;
  rst_hint_field *field;
  float *before;
  rst_rectangle changed;

  for (size_t i = 0; i < 4u * 90 * 70; i++)
    if (i % 4 != 3)
      s.canvas->rgba[i] = 0.4f + 0.2f * sinf((float)(i / 4 % 90) / 9);
  assert_ok(rst_hint_guide_new(&s.canvas->picture, &s.window, NULL, &guide, NULL));
  assert_ok(rst_hint_field_new(s.session, guide, NULL, 0, NULL, &field, NULL));
  before = field_colours(&s, field);
  for (size_t k = 0; k < G_N_ELEMENTS(texts); k++) {
    float *after;
    int differ = 0;

    field_set(&s, field, texts[k], &changed);
    after = field_colours(&s, field);
    scene_apply(&s, texts[k]);
    assert_same(after, s.after, scene_values(&s));
    for (int i = 0; i < 90 * 70; i++) {
      const int x = i % 90, y = i / 90;

      if (memcmp(after + 3 * i, before + 3 * i, 3 * sizeof *after) == 0)
        continue;
      differ++;
      g_assert_true(x >= changed.x && y >= changed.y && x < changed.x + changed.width &&
                    y < changed.y + changed.height);
    }
    g_assert_cmpint(differ > 0, ==, k != 3 && k != 7);
    g_assert_cmpint(changed.width > 0, ==, differ > 0);
    if (k == 0)
      g_assert_cmpint(changed.height, <, 70);
    g_free(before);
    before = after;
  }
  g_free(before);
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
  scene_clear(&s);
}

/* At its pixel a hint's colour goes all in, beyond its reach nothing of it does. */
static void test_weights(void) {
  const rst_hint hint = {.x = 20, .y = 10, .reach = 0.25};
  scene s = scene_new(60, 40, 1);
  float shares[60 * 40];
  rst_hint_guide *guide;
  rst_hint_field *field;
  rst_grid grid;

  assert_ok(rst_hint_guide_new(&s.canvas->picture, &s.window, NULL, &guide, NULL));
  assert_ok(rst_hint_field_new(s.session, guide, &hint, 1, NULL, &field, NULL));
  rst_grid_pixels(&grid, 0, 0, 60, 40);
  rst_hint_field_weigh(field, &grid, s.canvas->rgba, shares);
  g_assert_cmpfloat(shares[10 * 60 + 20], ==, 1);
  g_assert_cmpfloat_with_epsilon(shares[10 * 60 + 28], 0.26, 0.05); /* 8 of 15 pixels away */
  g_assert_cmpfloat(shares[10 * 60 + 36], ==, 0);
  rst_hint_field_weigh(NULL, &grid, s.canvas->rgba, shares);
  g_assert_cmpfloat(shares[10 * 60 + 20], ==, 0);
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
  scene_clear(&s);
}

/* At a pin the network's colour stays, and near it nearly so. */
static void test_keep(void) {
  scene s = scene_new(60, 60, 1);
  double before[3], after[3], alone[3];

  scene_apply(&s, "30,30,keep");
  assert_same(s.after, s.before, scene_values(&s));
  scene_apply(&s, "10,30,#3030a0");
  lab_at(&s, s.before, 30, 30, before);
  lab_at(&s, s.after, 30, 30, alone);
  scene_apply(&s, "10,30,#3030a0; 30,30,keep");
  lab_at(&s, s.after, 30, 30, after);
  g_assert_cmpfloat(hypot(alone[1] - before[1], alone[2] - before[2]), >, 5);
  g_assert_cmpfloat(hypot(after[1] - before[1], after[2] - before[2]), <, 0.1);
  scene_clear(&s);
}

/* Grey is a colour too. */
static void test_grey(void) {
  const float grey[3] = {0.5f, 0.5f, 0.5f};
  scene s = scene_new(30, 30, 1);

  scene_apply(&s, "10,10,#808080");
  assert_hinted(&s, 10, 10, grey);
  scene_clear(&s);
}

/* Two in one pixel meet in the middle. */
static void test_same_pixel(void) {
  scene s = scene_new(30, 30, 1);
  double first[3], second[3], after[3];

  scene_apply(&s, "10,10,#608060; 10,10,#807060");
  rst_to_lab(green, first);
  rst_to_lab(brown, second);
  lab_at(&s, s.after, 10, 10, after);
  for (int c = 1; c < 3; c++)
    g_assert_cmpfloat_with_epsilon(after[c], (first[c] + second[c]) / 2, 0.1);
  scene_clear(&s);
}

/* Small pictures, borders, as many hints as there may be, windows beyond the picture. */
static void test_borders(void) {
  GString *all = g_string_new(NULL);
  scene one = scene_new(1, 1, 2), line = scene_new(40, 1, 2), s = scene_new(33, 50, 2);

  scene_apply(&one, "0,0,#608060");
  assert_hinted(&one, 0, 0, green);
  scene_apply(&line, "0,0,#608060; 39,0,#807060");
  assert_hinted(&line, 0, 0, green);
  assert_hinted(&line, 39, 0, brown);
  s.window = (rst_window){-20, -7, 90};
  scene_apply(&s, "0,0,#608060; 32,49,#807060; 32,0,#608060");
  assert_hinted(&s, 0, 0, green);
  assert_hinted(&s, 32, 0, green);
  assert_hinted(&s, 32, 49, brown);
  for (int i = 0; i < RST_HINTS_MAX; i++)
    g_string_append_printf(all, "%d,%d,#%02x8060;", i % 33, i / 33 * 6, i);
  scene_apply(&s, all->str);
  for (size_t i = 0; i < scene_values(&s); i++)
    g_assert_true(s.after[i] >= 0 && s.after[i] <= 1);
  g_string_free(all, TRUE);
  scene_clear(&one);
  scene_clear(&line);
  scene_clear(&s);
}

/* Wild values and pixels that are not there cost no other pixel its hint. */
static void test_wild(void) {
  static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f};
  scene s = scene_new(40, 40, 1);

  for (int i = 0; i < 5; i++)
    for (int c = 0; c < 4; c++)
      s.canvas->rgba[4 * (40 * 12 + 3 * i) + c] = wild[i];
  for (int i = 0; i < 10; i++)
    s.canvas->rgba[4 * (40 * 30 + i) + 3] = 0;
  scene_apply(&s, "20,20,#608060");
  assert_hinted(&s, 20, 20, green);
  for (size_t i = 0; i < scene_values(&s); i++)
    g_assert_true(s.after[i] >= 0 && s.after[i] <= 1);
  g_assert_true(is_changed(&s, 22, 12));
  scene_clear(&s);
}

/* A large picture is seen at 512 cells; its outlines are followed at its own pixels. */
static void test_large(void) {
  enum { SIDE = 1500 };
  scene s = scene_new(SIDE, SIDE, 2);
  rst_hint_guide *guide;

  assert_ok(rst_hint_guide_new(&s.canvas->picture, &s.window, NULL, &guide, NULL));
  g_assert_cmpint(guide->terrain.width, <=, RST_GUIDE_SIDE);
  g_assert_cmpint(guide->terrain.width * guide->factor, >=, SIDE);
  rst_hint_guide_free(guide);
  scene_paint(&s, 301, 301, 700, 700, 0.2f); /* the border lies inside of cells of 3 */
  scene_apply(&s, "600,600,#608060");
  for (int i = 310; i < 990; i++) {
    double inside[3], outside[3], before[3];

    g_assert_true(is_changed(&s, i, 301) && is_changed(&s, 1000, i));
    lab_at(&s, s.after, i, 300, outside);
    lab_at(&s, s.before, i, 300, before);
    lab_at(&s, s.after, i, 301, inside);
    g_assert_cmpfloat(hypot(outside[1] - before[1], outside[2] - before[2]), <, 3);
    g_assert_false(is_changed(&s, i, 296));
  }
  scene_clear(&s);
}

/* ---- strokes ---- */

/* Strokes on a transparent picture. */
static canvas *strokes_new(int width, int height) {
  canvas *c = canvas_new(width, height, 1);

  memset(c->rgba, 0, 4u * (size_t)(width * height) * sizeof *c->rgba);
  return c;
}

static void stroke(canvas *c, int x, int y, int width, int height, float r, float g, float b) {
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++)
      memcpy(c->rgba + 4 * (row * c->width + column), ((const float[]){r, g, b, 1}),
             4 * sizeof *c->rgba);
}

static void test_strokes(void) {
  canvas *c = strokes_new(1200, 900);
  rst_hint hints[RST_HINTS_MAX];
  int count, red = 0, grey = 0;

  assert_ok(rst_hints_from_strokes(&c->picture, RST_HINTS_MAX, hints, &count, NULL, NULL));
  g_assert_cmpint(count, ==, 0);
  stroke(c, 100, 100, 600, 6, 1, 0, 0);
  stroke(c, 100, 112, 600, 1, 0.5f, 0.5f, 0.5f);
  stroke(c, 1199, 899, 1, 1, 0, 0, 1);
  c->rgba[4 * 5 + 3] = 0.4f; /* hardly there */
  assert_ok(rst_hints_from_strokes(&c->picture, RST_HINTS_MAX, hints, &count, NULL, NULL));
  for (int i = 0; i < count; i++) {
    const float *pixel = c->rgba + 4 * (hints[i].y * 1200 + hints[i].x);

    g_assert_cmpfloat(pixel[3], ==, 1);
    assert_same(hints[i].rgb, pixel, 3);
    g_assert_false(hints[i].keep);
    red += pixel[0] == 1;
    grey += pixel[0] == 0.5f;
  }
  g_assert_cmpint(red, >=, 600 / 21); /* every pixel of a stroke is near a point */
  g_assert_cmpint(red, <=, 1 + 600 / 18);
  g_assert_cmpint(grey, >=, 600 / 21);
  g_assert_cmpint(count, ==, red + grey + 1);
  assert_ok(rst_hints_from_strokes(&c->picture, 12, hints, &count, NULL, NULL));
  g_assert_cmpint(count, <=, 12);
  g_assert_cmpint(count, >=, 3);
  canvas_free(c);
}

static void test_many_strokes(void) {
  canvas *c = strokes_new(60, 60);
  rst_error error = RST_ERROR_INIT;
  rst_hint hints[RST_HINTS_MAX];
  int count = -1;

  for (int i = 0; i < 257; i++)
    stroke(c, i % 20 * 3, i / 20 * 3, 1, 1, 1, 0, 0);
  assert_status(rst_hints_from_strokes(&c->picture, RST_HINTS_MAX, hints, &count, NULL, &error),
                RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "hints");
  g_assert_cmpint(count, ==, -1);
  stroke(c, 0, 0, 1, 4, 1, 0, 0); /* joins two */
  assert_ok(rst_hints_from_strokes(&c->picture, RST_HINTS_MAX, hints, &count, NULL, NULL));
  g_assert_cmpint(count, ==, 256);
  canvas_free(c);
}

/* ---- suggestions ---- */

static double ab_distance(const float *one, const float *other) {
  double a[3], b[3];

  rst_to_lab(one, a);
  rst_to_lab(other, b);
  return hypot(a[1] - b[1], a[2] - b[2]);
}

/* Swatches of the pixel's own L*, apart from one another; the likeliest first, shares of sum 1. */
static void test_suggestions(void) {
  const char *const processes[] = {"diffusion", "single pass"};

  for (int i = 0; i < 2; i++) {
    const rst_window window = {0, 0, 60};
    net shape = net_small;
    bench b;
    canvas *c = canvas_new(60, 50, 5);
    rst_swatch swatches[RST_SWATCHES_MAX], again[RST_SWATCHES_MAX];
    const float *pixel = c->rgba + 4 * (20 * 60 + 30);
    double lab[3], sum = 0, own[3];
    float colour[3], luma;
    rst_grid grid;
    int count = 0, same = 0;

    shape.process = processes[i];
    b = bench_new(&window, &shape, 2);
    assert_ok(rst_suggest_colours(b.session, b.encoding, &b.parameters, &c->picture, 30, 20, NULL,
                                  swatches, &count, NULL));
    g_assert_cmpint(count, >=, 1);
    g_assert_cmpint(count, <=, RST_SWATCHES_MAX);
    rst_to_lab(pixel, own);
    for (int k = 0; k < count; k++) {
      rst_to_lab(swatches[k].rgb, lab);
      g_assert_cmpfloat_with_epsilon(lab[0], own[0], 0.05);
      sum += swatches[k].share;
      g_assert_true(k == 0 || swatches[k].share <= swatches[k - 1].share);
    }
    g_assert_cmpfloat_with_epsilon(sum, 1, 1e-9);
    assert_ok(rst_suggest_colours(b.session, b.encoding, &b.parameters, &c->picture, 30, 20, NULL,
                                  again, &same, NULL));
    g_assert_cmpint(same, ==, count);
    assert_same(again[0].rgb, swatches[0].rgb, 3);
    if (i == 1) { /* its own colour is the first, the next ones are of its hue */
      g_assert_cmpint(count, >=, 3);
      rst_pixel_luma(1, pixel, NULL, &luma);
      rst_grid_pixels(&grid, 30, 20, 1, 1);
      grid.luma = &luma;
      assert_ok(rst_sample(b.session, b.encoding, &b.parameters, &grid, NULL, colour, NULL, NULL));
      rst_mix(RST_MODE_COLOUR, 1, 1, pixel, colour, colour);
      g_assert_cmpfloat(ab_distance(colour, swatches[0].rgb), <, 0.1);
      g_assert_cmpfloat(swatches[0].share, ==, 1);
    }
    assert_status(rst_suggest_colours(b.session, b.encoding, &b.parameters, &c->picture, 60, 20,
                                      NULL, swatches, &count, NULL),
                  RST_BAD_CALL);
    c->fail_at = c->calls + 1;
    assert_status(rst_suggest_colours(b.session, b.encoding, &b.parameters, &c->picture, 30, 20,
                                      NULL, swatches, &count, NULL),
                  RST_HOST_FAILED);
    canvas_free(c);
    bench_clear(&b);
  }
}

/* ---- memory ---- */

#ifndef __SANITIZE_ADDRESS__

static bool read_waves(void *user, int x, int y, int w, int h, float *rgba) {
  (void)user;
  for (int i = 0; i < w * h; i++) {
    const float luma = (float)((x + i % w) / 500 % 3 + (y + i / w) / 700 % 4) / 8;

    rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = luma;
    rgba[4 * i + 3] = 1;
  }
  return true;
}

static long peak_kibibytes(void) {
  struct rusage usage;

  g_assert_cmpint(getrusage(RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

/* A picture of 100 megapixels, 1.6 GB as floats, is read band by band, and hints on it take what
 * they take on a small one. It comes first: the peak is the process's. */
static void test_memory(void) {
  enum { LARGE = 10000 };
  const rst_picture picture = {
    .size = sizeof picture, .width = LARGE, .height = LARGE, .read = read_waves};
  const rst_window window = {0, 0, LARGE};
  rst_session *session = new_session(2);
  rst_hint hints[12];
  rst_hint_guide *guide;
  rst_hint_field *field;
  long before;

  for (int i = 0; i < 12; i++)
    hints[i] =
      (rst_hint){.x = 800 * i, .y = LARGE - 1 - 700 * i, .rgb = {0.4f, 0.3f, 0.2f}, .reach = 4};
  before = peak_kibibytes();
  assert_ok(rst_hint_guide_new(&picture, &window, NULL, &guide, NULL));
  assert_ok(rst_hint_field_new(session, guide, hints, 12, NULL, &field, NULL));
  g_test_message("%ld KiB", peak_kibibytes() - before);
  g_assert_cmpint(peak_kibibytes() - before, <, 48 << 10);
  assert_ok(rst_hint_field_change(session, field, hints, 12, NULL, NULL, NULL));
  assert_ok(rst_hint_field_change(session, field, hints, 12, NULL, NULL, NULL));
  g_test_message("with distances kept %ld KiB", peak_kibibytes() - before);
  g_assert_cmpint(peak_kibibytes() - before, <, 48 << 10);
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
  rst_session_free(session);
}

#endif

/* ---- failures ---- */

/* Failures of the host, cancelling, wrong calls. */
static void test_failures(void) {
  scene s = scene_new(40, 40, 1);
  const rst_window elsewhere = {100, 100, 20};
  const rst_hint hint = {.x = 1, .y = 1, .reach = 5};
  rst_cancel *cancel = rst_cancel_new();
  rst_hint_guide *guide = NULL;
  rst_hint_field *field = NULL;
  float *before, *after;

  assert_status(rst_hint_guide_new(&s.canvas->picture, &elsewhere, NULL, &guide, NULL),
                RST_BAD_CALL);
  s.canvas->fail_at = s.canvas->calls + 1;
  assert_status(rst_hint_guide_new(&s.canvas->picture, &s.window, NULL, &guide, NULL),
                RST_HOST_FAILED);
  s.canvas->fail_at = 0;
  rst_cancel_set(cancel);
  assert_status(rst_hint_guide_new(&s.canvas->picture, &s.window, cancel, &guide, NULL),
                RST_CANCELLED);
  g_assert_null(guide);
  assert_ok(rst_hint_guide_new(&s.canvas->picture, &s.window, NULL, &guide, NULL));
  assert_status(rst_hint_field_new(s.session, guide, &hint, 1, NULL, &field, NULL), RST_BAD_CALL);
  assert_status(
    rst_hint_field_new(s.session, guide, &(rst_hint){.x = 1, .y = 1, .reach = 1, .keep = false}, 1,
                       cancel, &field, NULL),
    RST_CANCELLED);
  g_assert_null(field);
  assert_ok(rst_hint_field_new(s.session, guide, NULL, 0, NULL, &field, NULL));
  assert_status(rst_hint_field_change(s.session, field, &hint, 1, NULL, NULL, NULL), RST_BAD_CALL);
  field_set(&s, field, "1,1,#303090; 9,9,#303090", NULL);
  before = field_colours(&s, field);
  assert_status(
    rst_hint_field_change(s.session, field, &(rst_hint){.x = 9, .y = 9, .reach = RST_HINT_REACH}, 1,
                          cancel, NULL, NULL),
    RST_CANCELLED);
  after = field_colours(&s, field);
  assert_same(after, before, scene_values(&s));
  g_free(before);
  g_free(after);
  rst_hint_field_free(field);
  rst_hint_guide_free(guide);
  rst_cancel_free(cancel);
  scene_clear(&s);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what is freed */
  g_test_add_func("/hints/memory", test_memory);
#endif
  g_test_add_func("/hints/text", test_text);
  g_test_add_func("/hints/bad text", test_bad_text);
  g_test_add_func("/hints/many", test_many);
  g_test_add_func("/hints/distances", test_distances);
  g_test_add_func("/hints/point", test_point);
  g_test_add_func("/hints/reach", test_reach);
  g_test_add_func("/hints/area", test_area);
  g_test_add_func("/hints/order", test_order);
  g_test_add_func("/hints/change", test_change);
  g_test_add_func("/hints/weights", test_weights);
  g_test_add_func("/hints/keep", test_keep);
  g_test_add_func("/hints/grey", test_grey);
  g_test_add_func("/hints/same pixel", test_same_pixel);
  g_test_add_func("/hints/borders", test_borders);
  g_test_add_func("/hints/wild", test_wild);
  g_test_add_func("/hints/large", test_large);
  g_test_add_func("/hints/strokes", test_strokes);
  g_test_add_func("/hints/many strokes", test_many_strokes);
  g_test_add_func("/hints/suggestions", test_suggestions);
  g_test_add_func("/hints/failures", test_failures);
  return g_test_run();
}
