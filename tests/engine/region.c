/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a selection to parts and windows, and the whole way from pixels to pixels.
 */
#include "fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

typedef struct {
  int x0, y0, x1, y1, points;
} area;

/* Floods from one pixel over all that touch it, corners included. */
static void flood(const canvas *c, const int box[4], bool *seen, int x, int y, area *a) {
  GArray *stack = g_array_new(FALSE, FALSE, sizeof(int));
  int at = y * c->width + x;

  g_array_append_val(stack, at);
  seen[at] = true;
  while (stack->len > 0) {
    at = g_array_index(stack, int, stack->len - 1);
    g_array_set_size(stack, stack->len - 1);
    x = at % c->width;
    y = at / c->width;
    *a = (area){MIN(a->x0, x), MIN(a->y0, y), MAX(a->x1, x + 1), MAX(a->y1, y + 1), a->points + 1};
    for (int v = MAX(y - 1, box[1]); v <= MIN(y + 1, box[1] + box[3] - 1); v++)
      for (int u = MAX(x - 1, box[0]); u <= MIN(x + 1, box[0] + box[2] - 1); u++) {
        at = v * c->width + u;
        if (!seen[at] && c->coverage[at] > 0 && c->rgba[4 * at + 3] > 0) {
          seen[at] = true;
          g_array_append_val(stack, at);
        }
      }
  }
  g_array_free(stack, TRUE);
}

static bool join(GArray *areas) {
  for (guint i = 0; i < areas->len; i++)
    for (guint j = i + 1; j < areas->len; j++) {
      area *a = &g_array_index(areas, area, i), b = g_array_index(areas, area, j);

      if (MAX(a->x0, b.x0) < MIN(a->x1, b.x1) && MAX(a->y0, b.y0) < MIN(a->y1, b.y1)) {
        *a = (area){MIN(a->x0, b.x0), MIN(a->y0, b.y0), MAX(a->x1, b.x1), MAX(a->y1, b.y1),
                    a->points + b.points};
        g_array_remove_index(areas, j);
        return true;
      }
    }
  return false;
}

static gint by_place(gconstpointer a, gconstpointer b) {
  const area *s = a, *t = b;

  return s->y0 != t->y0 ? s->y0 - t->y0 : s->x0 - t->x0;
}

static GArray *plain_areas(const canvas *c, const int box[4]) {
  GArray *areas = g_array_new(FALSE, FALSE, sizeof(area));
  bool *seen = g_new0(bool, c->width * c->height);

  for (int y = box[1]; y < box[1] + box[3]; y++)
    for (int x = box[0]; x < box[0] + box[2]; x++) {
      const int at = y * c->width + x;
      area a = {INT_MAX, INT_MAX, 0, 0, 0};

      if (seen[at] || !(c->coverage[at] > 0) || !(c->rgba[4 * at + 3] > 0))
        continue;
      flood(c, box, seen, x, y, &a);
      g_array_append_val(areas, a);
    }
  while (join(areas))
    ;
  g_free(seen);
  return areas;
}

static rst_plan new_plan(void) {
  return (rst_plan){.size = sizeof(rst_plan)};
}

static void compare_plan(const canvas *c, const int box[4]) {
  const int whole[4] = {0, 0, c->width, c->height};
  GArray *areas = plain_areas(c, box == NULL ? whole : box);
  const rst_parameters parameters = new_parameters(NULL, NULL);
  rst_plan plan = new_plan();
  area found[RST_PARTS_MAX], all = {INT_MAX, INT_MAX, 0, 0, 0};

  if (areas->len == 0) {
    assert_status(rst_plan_region(&parameters, &c->picture, box, &plan, NULL), RST_EMPTY_REGION);
    g_array_free(areas, TRUE);
    return;
  }
  assert_ok(rst_plan_region(&parameters, &c->picture, box, &plan, NULL));
  for (guint i = 0; i < areas->len; i++) {
    const area *a = &g_array_index(areas, area, i);

    all = (area){MIN(all.x0, a->x0), MIN(all.y0, a->y0), MAX(all.x1, a->x1), MAX(all.y1, a->y1),
                 all.points + a->points};
  }
  if (areas->len > RST_PARTS_MAX) {
    g_array_set_size(areas, 0);
    g_array_append_val(areas, all);
  }
  g_assert_cmpint(plan.points, ==, all.points);
  g_assert_cmpint(plan.count, ==, (int)areas->len);
  for (int i = 0; i < plan.count; i++) {
    const rst_part *p = &plan.parts[i];

    found[i] = (area){p->x, p->y, p->x + p->width, p->y + p->height, (int)p->points};
  }
  g_array_sort(areas, by_place);
  qsort(found, (size_t)plan.count, sizeof *found, by_place);
  assert_same(found, (area *)(void *)areas->data, plan.count);
  g_array_free(areas, TRUE);
}

static void test_random_masks(void) {
  dice d = {1};

  for (int round = 0; round < 300; round++) {
    canvas *c = canvas_new(dice_int(&d, 1, 40), dice_int(&d, 1, 40), 1);
    const int kind = dice_int(&d, 0, 3);
    const int box[4] = {dice_int(&d, 0, c->width - 1), dice_int(&d, 0, c->height - 1), 1, 1};

    canvas_deselect(c);
    for (int i = 0; i < c->width * c->height; i++)
      if (kind < 3 && dice_int(&d, 0, kind == 0 ? 60 : kind == 1 ? 12 : 3) == 0)
        c->coverage[i] = (float)dice_real(&d, 0.001, 1);
    for (int i = 0; kind == 3 && i < 12; i++) {
      const int x = dice_int(&d, 0, c->width - 1), y = dice_int(&d, 0, c->height - 1);

      canvas_select(c, x, y, dice_int(&d, 1, MIN(9, c->width - x)), 1, 1);
      canvas_select(c, x, y, 1, dice_int(&d, 1, MIN(9, c->height - y)), 1);
    }
    for (int i = 0; i < c->width * c->height; i++)
      if (dice_int(&d, 0, 20) == 0)
        c->rgba[4 * i + 3] = 0; /* not covered, whatever the selection says */
    compare_plan(c, NULL);
    {
      const int inside[4] = {box[0], box[1], dice_int(&d, 1, c->width - box[0]),
                             dice_int(&d, 1, c->height - box[1])};

      compare_plan(c, inside);
    }
    canvas_free(c);
  }
}

/* A noisy selection of a large picture: thousands of areas, many of whose boxes overlap. */
static void test_many_areas(void) {
  canvas *c = canvas_new(700, 700, 1);
  dice d = {9};

  canvas_deselect(c);
  for (int i = 0; i < 3000; i++) {
    const int x = dice_int(&d, 0, 690), y = dice_int(&d, 0, 690);

    canvas_select(c, x, y, dice_int(&d, 1, 9), 1, 1);
    canvas_select(c, x, y, 1, dice_int(&d, 1, 9), 1);
  }
  compare_plan(c, NULL);
  canvas_free(c);
}

static void test_shapes(void) {
  static const struct {
    const char *name;
    int boxes[4][4];
    int parts;
  } cases[] = {
    {"one pixel", {{5, 5, 1, 1}}, 1},
    {"two faces", {{5, 5, 20, 20}, {60, 10, 20, 20}}, 2},
    {"beside each other", {{5, 5, 10, 10}, {16, 5, 10, 10}}, 2},
    {"touching", {{5, 5, 10, 10}, {15, 5, 10, 10}}, 1},
    {"touching by a corner", {{5, 5, 10, 10}, {15, 15, 10, 10}}, 1},
    {"touching by the other corner", {{15, 5, 10, 10}, {5, 15, 10, 10}}, 1},
    {"box in box", {{5, 5, 40, 1}, {5, 5, 1, 40}, {30, 30, 5, 5}}, 1},
    {"joined through a third", {{5, 5, 40, 1}, {5, 5, 1, 40}, {40, 40, 3, 20}, {30, 55, 3, 10}}, 1},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    canvas *c = canvas_new(100, 100, 1);
    const rst_parameters parameters = new_parameters(NULL, NULL);
    rst_plan plan = new_plan();

    canvas_deselect(c);
    for (int j = 0; j < 4; j++)
      canvas_select(c, cases[i].boxes[j][0], cases[i].boxes[j][1], cases[i].boxes[j][2],
                    cases[i].boxes[j][3], 1);
    compare_plan(c, NULL);
    assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL));
    g_assert_cmpint(plan.count, ==, cases[i].parts);
    canvas_free(c);
  }
}

static void test_counts(void) {
  for (int count = 63; count <= 66; count++) {
    canvas *c = canvas_new(60, 60, 1);
    const rst_parameters parameters = new_parameters(NULL, NULL);
    rst_plan plan = new_plan();

    canvas_deselect(c);
    for (int i = 0; i < count; i++)
      canvas_select(c, i % 9 * 6, i / 9 * 6, 3, 2, 1);
    compare_plan(c, NULL);
    assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL));
    g_assert_cmpint(plan.count, ==, count > 64 ? 1 : count);
    canvas_free(c);
  }
}

/* ---- windows ---- */

static const struct {
  const char *name;
  int width, height;
  int box[4];
  const char *context, *window;
  rst_window expected;
} windows[] = {
  {"middle", 400, 300, {100, 100, 40, 20}, "1.5", "auto", {90, 80, 60}},
  {"rounded up", 400, 300, {100, 100, 41, 20}, "1.5", "auto", {89, 79, 62}},
  {"not rounded up", 400, 300, {100, 100, 10, 10}, "1.1", "auto", {99, 99, 11}},
  {"odd difference down", 400, 300, {101, 101, 40, 21}, "1.5", "auto", {91, 81, 60}},
  {"no context", 400, 300, {100, 100, 40, 20}, "1", "auto", {100, 90, 40}},
  {"at the corner", 400, 300, {0, 0, 40, 20}, "2", "auto", {0, 0, 80}},
  {"at the other corner", 400, 300, {360, 280, 40, 20}, "2", "auto", {320, 220, 80}},
  {"at an edge", 400, 300, {100, 290, 10, 10}, "4", "auto", {85, 260, 40}},
  {"higher than the picture", 400, 300, {50, 100, 220, 20}, "1.5", "auto", {0, -15, 330}},
  {"limited by the picture", 400, 300, {50, 100, 300, 20}, "1.5", "auto", {0, -50, 400}},
  {"whole picture", 400, 300, {0, 0, 400, 300}, "1", "auto", {0, -50, 400}},
  {"whole odd picture", 401, 300, {0, 0, 401, 300}, "1", "auto", {0, -51, 401}},
  {"upright", 300, 401, {5, 5, 1, 1}, "1", "picture", {-51, 0, 401}},
  {"picture", 400, 300, {100, 100, 40, 20}, "1.5", "picture", {0, -50, 400}},
  {"one pixel", 400, 300, {399, 299, 1, 1}, "1", "auto", {399, 299, 1}},
  {"one pixel with context", 400, 300, {10, 10, 1, 1}, "1.5", "auto", {9, 9, 2}},
  {"picture of one pixel", 1, 1, {0, 0, 1, 1}, "4", "auto", {0, 0, 1}},
  {"line", 400, 1, {100, 0, 10, 1}, "2", "auto", {95, -10, 20}},
  {"given", 400, 300, {100, 100, 40, 20}, "1.5", "90,95,77", {90, 95, 77}},
  {"given, just as large", 400, 300, {100, 100, 40, 20}, "1.5", "100,80,40", {100, 80, 40}},
  {"given, beyond", 400, 300, {0, 0, 40, 20}, "1.5", "-30,-50,900", {-30, -50, 900}},
};

static void test_window(gconstpointer data) {
  const size_t i = GPOINTER_TO_SIZE(data);
  canvas *c = canvas_new(windows[i].width, windows[i].height, 1);
  const int *b = windows[i].box;
  rst_parameters parameters = new_parameters(NULL, NULL);
  rst_plan plan = new_plan();
  const rst_window *w = &plan.parts[0].window;

  assert_ok(rst_parameters_set(&parameters, "context", windows[i].context, NULL));
  assert_ok(rst_parameters_set(&parameters, "window", windows[i].window, NULL));
  canvas_deselect(c);
  canvas_select(c, b[0], b[1], b[2], b[3], 0.5f);
  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL));
  g_assert_cmpint(plan.count, ==, 1);
  g_assert_cmpint(w->side, ==, windows[i].expected.side);
  g_assert_cmpint(w->x, ==, windows[i].expected.x);
  g_assert_cmpint(w->y, ==, windows[i].expected.y);
  g_assert_cmpint(plan.parts[0].mode, ==, w->side <= 256 ? RST_MODE_FULL : RST_MODE_COLOUR);
  /* the same by a box instead of a selection */
  {
    rst_plan other = new_plan();

    c->picture.read_coverage = NULL;
    assert_ok(rst_plan_region(&parameters, &c->picture, b, &other, NULL));
    assert_same(&other, &plan, 1);
  }
  canvas_free(c);
}

static void test_boxes(void) {
  static const struct {
    int box[4], found[4]; /* width 0: nothing */
  } cases[] = {
    {{0, 0, 50, 40}, {0, 0, 50, 40}},
    {{-10, -10, 20, 20}, {0, 0, 10, 10}},
    {{45, 35, 20, 20}, {45, 35, 5, 5}},
    {{-5, -5, 1000, 1000}, {0, 0, 50, 40}},
    {{-20, 0, 20, 20}, {0}},
    {{50, 0, 5, 5}, {0}},
    {{10, 10, 0, 5}, {0}},
    {{10, 10, 5, -1}, {0}},
    {{INT_MIN, INT_MIN, INT_MAX, INT_MAX}, {0}},
    {{INT_MIN, 0, 10, 10}, {0}},
    {{INT_MAX, INT_MAX, INT_MAX, INT_MAX}, {0}},
    {{3, 4, INT_MAX, INT_MAX}, {3, 4, 47, 36}},
    {{-1, -1, INT_MAX, INT_MAX}, {0, 0, 50, 40}},
  };
  const rst_parameters parameters = new_parameters(NULL, NULL);
  canvas *c = canvas_new(50, 40, 1);
  rst_error error = RST_ERROR_INIT;

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    rst_plan plan = new_plan();
    const int *found = cases[i].found;

    if (found[2] == 0) {
      assert_status(rst_plan_region(&parameters, &c->picture, cases[i].box, &plan, &error),
                    RST_EMPTY_REGION);
      assert_error(&error, RST_EMPTY_REGION, NULL);
      continue;
    }
    assert_ok(rst_plan_region(&parameters, &c->picture, cases[i].box, &plan, NULL));
    g_assert_cmpint(plan.parts[0].x, ==, found[0]);
    g_assert_cmpint(plan.parts[0].y, ==, found[1]);
    g_assert_cmpint(plan.parts[0].width, ==, found[2]);
    g_assert_cmpint(plan.parts[0].height, ==, found[3]);
  }
  canvas_free(c);
}

static void test_plan_refusals(void) {
  canvas *c = canvas_new(50, 40, 1);
  rst_parameters parameters = new_parameters("window=10,10,20", NULL);
  rst_plan plan = new_plan();
  rst_error error = RST_ERROR_INIT;

  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error),
                RST_OUTSIDE_WINDOW);
  assert_error(&error, RST_OUTSIDE_WINDOW, "window");
  g_assert_cmpstr(error.value, ==, "10,10,20");
  g_assert_cmpint(plan.count, ==, 0);
  canvas_deselect(c);
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error),
                RST_EMPTY_REGION);
  canvas_select(c, 10, 10, 20, 20, NAN); /* not above 0 */
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error),
                RST_EMPTY_REGION);
  canvas_select(c, 10, 10, 20, 20, 1);
  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error));
  for (int i = 0; i < 50 * 40; i++)
    c->rgba[4 * i + 3] = 0;
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error),
                RST_EMPTY_REGION);

  /* a struct filled by hand */
  parameters = new_parameters(NULL, NULL);
  parameters.context = 0.5;
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "context");
  parameters.context = NAN;
  g_assert_cmpint(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL), !=, RST_OK);
  parameters = new_parameters(NULL, NULL);
  parameters.window_kind = RST_WINDOW_GIVEN;
  parameters.window = (rst_window){INT_MAX, 0, INT_MAX};
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error), RST_OUT_OF_RANGE);
  parameters = new_parameters(NULL, NULL);
  plan.size--;
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL), RST_BAD_CALL);
  plan = new_plan();
  c->picture.width = RST_SIDE_MAX + 1;
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, NULL), RST_BAD_CALL);
  canvas_free(c);
}

static void test_modes(void) {
  static const struct {
    const char *mode;
    int side;
    bool hide;
    rst_mode expected;
  } cases[] = {
    {"auto", 256, false, RST_MODE_FULL}, {"auto", 257, false, RST_MODE_COLOUR},
    {"auto", 257, true, RST_MODE_FULL},  {"full", 5000, false, RST_MODE_FULL},
    {"colour", 10, true, RST_MODE_COLOUR}, {"detail", 10, false, RST_MODE_DETAIL},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    const rst_window window = {0, 0, cases[i].side};
    rst_parameters parameters = new_parameters(NULL, NULL);

    assert_ok(rst_parameters_set(&parameters, "mode", cases[i].mode, NULL));
    parameters.hide_region = cases[i].hide;
    g_assert_cmpint(rst_resolve_mode(&parameters, &window), ==, cases[i].expected);
  }
}

/* ---- restoring ---- */

typedef struct {
  rst_session *session;
  rst_model *model;
} room;

static room room_new(int threads) {
  net shape = net_small;

  shape.steps = 4;
  return (room){new_session(threads), network_model(&shape)};
}

static void room_clear(room *r) {
  rst_model_unref(r->model);
  rst_session_free(r->session);
}

static rst_plan make_plan(const canvas *c, const rst_parameters *parameters) {
  rst_plan plan = new_plan();

  assert_ok(rst_plan_region(parameters, &c->picture, NULL, &plan, NULL));
  return plan;
}

static bool covered(const canvas *c, int at) {
  return (c->coverage == NULL || c->coverage[at] > 0) && c->rgba[4 * at + 3] > 0;
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

/* One part by the calls that rst_restore() is made of. */
static void restore_by_hand(const room *r, const canvas *c, const rst_parameters *parameters,
                            const rst_part *part, float *result) {
  const size_t pixels = (size_t)(c->width * c->height);
  float *colours = g_new0(float, 3 * pixels), *coverage = g_new0(float, pixels);
  rst_input *input;
  rst_encoding *encoding;
  rst_grid grid;
  int x, y, width, height;

  assert_ok(rst_input_new(r->model, &part->window, c->width, c->height, &input, NULL));
  rst_input_get_box(input, &x, &y, &width, &height);
  for (int row = y; row < y + height; row++) {
    const size_t at = (size_t)(row * c->width + x);

    assert_ok(rst_input_add(input, 1, c->rgba + 4 * at,
                            parameters->hide_region ? c->coverage + at : NULL, NULL));
  }
  assert_ok(rst_encode(r->session, r->model, input, NULL, &encoding, NULL));
  for (int row = part->y; row < part->y + part->height; row++)
    for (int column = part->x; column < part->x + part->width; column++)
      coverage[row * c->width + column] = covered(c, row * c->width + column);
  rst_grid_pixels(&grid, 0, 0, c->width, c->height);
  assert_ok(rst_sample(r->session, encoding, parameters, &grid, coverage, colours, NULL, NULL));
  rst_mix(part->mode, pixels, c->rgba, colours, colours);
  for (size_t i = 0; i < pixels; i++)
    if (coverage[i] > 0)
      memcpy(result + 3 * i, colours + 3 * i, 3 * sizeof *result);
  rst_encoding_unref(encoding);
  rst_input_free(input);
  g_free(colours);
  g_free(coverage);
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
        room r = room_new(1 + (int)m % 3);
        canvas *c = photograph();
        rst_parameters parameters = new_parameters("step-skip=2", "match=off", NULL);
        float *expected;
        rst_plan plan;

        assert_ok(rst_parameters_set(&parameters, "mode", modes[m], NULL));
        assert_ok(rst_parameters_set(&parameters, "window", windows_[w], NULL));
        parameters.hide_region = hide;
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
        room_clear(&r);
      }
}

/* The surroundings matched: still every covered pixel once, and nothing else. */
static void test_restore_matched(void) {
  room r = room_new(2);
  canvas *c = photograph();
  const rst_parameters parameters = new_parameters("step-skip=2", "match=on", NULL);
  const rst_plan plan = make_plan(c, &parameters);

  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  assert_written(c);
  canvas_free(c);
  room_clear(&r);
}

static void test_everything(void) {
  room r = room_new(2);
  canvas *c = canvas_new(40, 30, 3);
  const rst_parameters parameters = new_parameters("step-skip=2", NULL);
  const rst_plan plan = make_plan(c, &parameters);

  g_assert_cmpint(plan.points, ==, 1200);
  assert_ok(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, NULL, NULL));
  assert_written(c);
  canvas_free(c);
  room_clear(&r);
}

/* A host that fails, whichever call it is. */
static void test_host_fails(void) {
  static const char *const matches[] = {"off", "on"};

  for (int m = 0; m < 2; m++) {
    room r = room_new(2);
    canvas *c = photograph();
    rst_parameters parameters = new_parameters("step-skip=2", "hide-region=true", NULL);
    rst_error error = RST_ERROR_INIT;
    rst_plan plan = new_plan();
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
    room_clear(&r);
  }
}

/* Growing a selection keeps the pixels that were there, as long as the window is the same. */
static void test_growing(void) {
  room r = room_new(2);
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
  room_clear(&r);
}

/* More pixels than fit into a band. */
static void test_bands(void) {
  net shape = net_small;
  room r = {new_session(2), NULL};
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
  room_clear(&r);
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
    room r = room_new(1);
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
      assert_status(rst_restore(r.session, r.model, &parameters, &c->picture, &plan, &hooks,
                                &error), RST_CANCELLED);
      assert_error(&error, RST_CANCELLED, NULL);
      g_assert_cmpint(w.calls, <=, i + 1);
      g_assert_cmpint(c->calls, ==, w.host_calls); /* the picture is left alone from then on */
    }
    rst_cancel_free(cancel);
    canvas_free(c);
    room_clear(&r);
  }
}

static void test_refusals(void) {
  room r = room_new(1);
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
    if (i == 0) plan.count = 0;
    if (i == 1) plan.count = RST_PARTS_MAX + 1;
    if (i == 2) plan.parts[1].x = -1;
    if (i == 3) plan.parts[1].width = 60;
    if (i == 4) plan.parts[0].y = INT_MAX;
    if (i == 5) plan.points = 0;
    if (i == 6) plan.parts[0].height = 0;
    if (i == 7) plan.size = 0;
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
  room_clear(&r);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/region/shapes", test_shapes);
  g_test_add_func("/region/counts", test_counts);
  g_test_add_func("/region/random masks", test_random_masks);
  g_test_add_func("/region/many areas", test_many_areas);
  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
    char *path = g_strdup_printf("/region/window/%s", windows[i].name);

    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_window);
    g_free(path);
  }
  g_test_add_func("/region/boxes", test_boxes);
  g_test_add_func("/region/plan refusals", test_plan_refusals);
  g_test_add_func("/region/modes", test_modes);
  g_test_add_func("/restore/by hand", test_restore);
  g_test_add_func("/restore/matched", test_restore_matched);
  g_test_add_func("/restore/everything", test_everything);
  g_test_add_func("/restore/host fails", test_host_fails);
  g_test_add_func("/restore/growing", test_growing);
  g_test_add_func("/restore/bands", test_bands);
  g_test_add_func("/restore/progress", test_progress);
  g_test_add_func("/restore/refusals", test_refusals);
  return g_test_run();
}
