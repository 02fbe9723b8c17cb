/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a selection to parts and windows.
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
static void flood(const canvas *c, const rst_rectangle *box, bool *seen, int x, int y, area *a) {
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
    for (int v = MAX(y - 1, box->y); v <= MIN(y + 1, box->y + box->height - 1); v++)
      for (int u = MAX(x - 1, box->x); u <= MIN(x + 1, box->x + box->width - 1); u++) {
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

static GArray *plain_areas(const canvas *c, const rst_rectangle *box) {
  GArray *areas = g_array_new(FALSE, FALSE, sizeof(area));
  bool *seen = g_new0(bool, c->width * c->height);

  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++) {
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

static void compare_plan(const canvas *c, const rst_rectangle *box) {
  const rst_rectangle whole = {0, 0, c->width, c->height};
  GArray *areas = plain_areas(c, box ? box : &whole);
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

    found[i] =
      (area){p->box.x, p->box.y, p->box.x + p->box.width, p->box.y + p->box.height, (int)p->points};
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
    const rst_rectangle box = {dice_int(&d, 0, c->width - 1), dice_int(&d, 0, c->height - 1), 1, 1};

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
      const rst_rectangle inside = {box.x, box.y, dice_int(&d, 1, c->width - box.x),
                                    dice_int(&d, 1, c->height - box.y)};

      compare_plan(c, &inside);
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
    rst_rectangle boxes[4];
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
      canvas_select(c, cases[i].boxes[j].x, cases[i].boxes[j].y, cases[i].boxes[j].width,
                    cases[i].boxes[j].height, 1);
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
  rst_rectangle box;
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
  const rst_rectangle *b = &windows[i].box;
  rst_parameters parameters = new_parameters(NULL, NULL);
  rst_plan plan = new_plan();
  const rst_window *w = &plan.parts[0].window;

  assert_ok(rst_parameters_set(&parameters, "context", windows[i].context, NULL));
  assert_ok(rst_parameters_set(&parameters, "window", windows[i].window, NULL));
  canvas_deselect(c);
  canvas_select(c, b->x, b->y, b->width, b->height, 0.5f);
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
    rst_rectangle box, found; /* width 0: nothing */
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
    const rst_rectangle *found = &cases[i].found;

    if (found->width == 0) {
      assert_status(rst_plan_region(&parameters, &c->picture, &cases[i].box, &plan, &error),
                    RST_EMPTY_REGION);
      assert_error(&error, RST_EMPTY_REGION, NULL);
      continue;
    }
    assert_ok(rst_plan_region(&parameters, &c->picture, &cases[i].box, &plan, NULL));
    g_assert_cmpint(plan.parts[0].box.x, ==, found->x);
    g_assert_cmpint(plan.parts[0].box.y, ==, found->y);
    g_assert_cmpint(plan.parts[0].box.width, ==, found->width);
    g_assert_cmpint(plan.parts[0].box.height, ==, found->height);
  }
  canvas_free(c);
}

/* Whatever is selected in a box, its windows lie in the box's reach as far as the picture goes. */
static void test_reach(void) {
  dice d = {5};

  for (int round = 0; round < 400; round++) {
    canvas *c = canvas_new(dice_int(&d, 1, 60), dice_int(&d, 1, 60), 1);
    rst_parameters parameters = new_parameters(NULL, NULL);
    rst_plan plan = new_plan();
    rst_rectangle box = {dice_int(&d, 0, c->width - 1), dice_int(&d, 0, c->height - 1), 1, 1},
                  reach;

    box.width = dice_int(&d, 1, c->width - box.x);
    box.height = dice_int(&d, 1, c->height - box.y);
    parameters.context = dice_real(&d, 1, 4);
    parameters.window_kind = dice_int(&d, 0, 5) == 0 ? RST_WINDOW_PICTURE : RST_WINDOW_AUTO;
    canvas_deselect(c);
    for (int i = 0; i < 3; i++) {
      const int x = dice_int(&d, 0, box.width - 1), y = dice_int(&d, 0, box.height - 1);

      canvas_select(c, box.x + x, box.y + y, dice_int(&d, 1, box.width - x),
                    dice_int(&d, 1, box.height - y), 1);
    }
    assert_ok(rst_plan_region(&parameters, &c->picture, &box, &plan, NULL));
    rst_reach(&parameters, c->width, c->height, &box, &reach);
    for (int i = 0; i < plan.count; i++) {
      const rst_window *w = &plan.parts[i].window;

      g_assert_cmpint(reach.x, <=, MAX(0, w->x));
      g_assert_cmpint(reach.y, <=, MAX(0, w->y));
      g_assert_cmpint(reach.x + reach.width, >=, MIN(c->width, w->x + w->side));
      g_assert_cmpint(reach.y + reach.height, >=, MIN(c->height, w->y + w->side));
    }
    canvas_free(c);
  }
}

/* No more than is needed, and never beyond the picture. */
static void test_reach_values(void) {
  static const struct {
    const char *context, *window;
    rst_rectangle box, reach;
  } cases[] = {
    {"1.5", "auto", {100, 100, 40, 20}, {70, 70, 100, 80}},
    {"1.5", "auto", {0, 280, 40, 20}, {0, 240, 70, 60}},
    {"4", "auto", {100, 100, 100, 10}, {0, 0, 400, 300}},
    {"1.5", "picture", {100, 100, 40, 20}, {0, 0, 400, 300}},
    {"1.5", "90,95,77", {100, 100, 40, 20}, {90, 95, 77, 77}},
    {"1.5", "-30,-50,900", {0, 0, 40, 20}, {0, 0, 400, 300}},
    {"1.5", "16777215,0,16777216", {0, 0, 40, 20}, {0, 0, 400, 300}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    rst_parameters parameters = new_parameters(NULL, NULL);
    rst_rectangle reach;

    assert_ok(rst_parameters_set(&parameters, "context", cases[i].context, NULL));
    assert_ok(rst_parameters_set(&parameters, "window", cases[i].window, NULL));
    rst_reach(&parameters, 400, 300, &cases[i].box, &reach);
    g_assert_cmpmem(&reach, sizeof reach, &cases[i].reach, sizeof reach);
  }
}

static void test_plan_refusals(void) {
  canvas *c = canvas_new(50, 40, 1);
  rst_parameters parameters = new_parameters("window=10,10,20", NULL);
  rst_plan plan = new_plan();
  rst_error error = RST_ERROR_INIT;

  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error), RST_OUTSIDE_WINDOW);
  assert_error(&error, RST_OUTSIDE_WINDOW, "window");
  g_assert_cmpstr(error.value, ==, "10,10,20");
  g_assert_cmpint(plan.count, ==, 0);
  canvas_deselect(c);
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error), RST_EMPTY_REGION);
  canvas_select(c, 10, 10, 20, 20, NAN); /* not above 0 */
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error), RST_EMPTY_REGION);
  canvas_select(c, 10, 10, 20, 20, 1);
  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error));
  for (int i = 0; i < 50 * 40; i++)
    c->rgba[4 * i + 3] = 0;
  assert_status(rst_plan_region(&parameters, &c->picture, NULL, &plan, &error), RST_EMPTY_REGION);

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
  plan.size++;
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
    {"auto", 256, false, RST_MODE_FULL},   {"auto", 257, false, RST_MODE_COLOUR},
    {"auto", 257, true, RST_MODE_FULL},    {"full", 5000, false, RST_MODE_FULL},
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
  g_test_add_func("/region/reach", test_reach);
  g_test_add_func("/region/reach values", test_reach_values);
  g_test_add_func("/region/plan refusals", test_plan_refusals);
  g_test_add_func("/region/modes", test_modes);
  return g_test_run();
}
