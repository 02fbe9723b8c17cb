/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a window of a picture to the network's input, against integrals written out plainly.
 */
#include "fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the same, plainly ---- */

static double limit(double v, double low, double high) {
  return v >= low ? v > high ? high : v : low; /* a NaN is low */
}

/* Weight and weighted luma of a pixel of the picture, edge repeated. */
static void plain_pixel(const canvas *c, bool hide, int x, int y, double *weight, double *value) {
  const size_t at =
    (size_t)CLAMP(y, 0, c->height - 1) * (size_t)c->width + (size_t)CLAMP(x, 0, c->width - 1);
  const float *p = c->rgba + 4 * at;
  const double luma =
    0.2989 * limit(p[0], 0, 1) + 0.5870 * limit(p[1], 0, 1) + 0.1140 * limit(p[2], 0, 1);

  *weight = limit(p[3], 0, 1) * (hide ? 1 - limit(c->coverage[at], 0, 1) : 1);
  *value = *weight * (2 * luma - 1);
}

static double overlap(double a, double b, double c, double d) {
  return MAX(MIN(b, d) - MAX(a, c), 0);
}

/* The share of sample i (0 … side − 1, those beyond repeat the edge) in cell `cell`. */
static double share(int i, int cell, int size, int side) {
  const double length = (double)side / size;

  return side > size ? overlap(i, i + 1, cell * length, (cell + 1) * length)
                     : keys_weight((cell + 0.5) * length - 0.5 - i);
}

static void plain_input(const canvas *c, const rst_window *w, bool hide, int size, double *out) {
  const double area = w->side > size ? pow((double)w->side / size, 2) : 1;
  const int margin = w->side > size ? 0 : 3;

  for (int row = 0; row < size; row++)
    for (int column = 0; column < size; column++) {
      double weight = 0, value = 0;

      for (int y = -margin; y < w->side + margin; y++) {
        const double vertical = share(y, row, size, w->side);

        for (int x = -margin; x < w->side + margin && vertical != 0; x++) {
          const double part = vertical * share(x, column, size, w->side);
          double pixel_weight, pixel_value;

          /* the window's own edge is repeated where it is grown */
          plain_pixel(c, hide, w->x + CLAMP(x, 0, w->side - 1), w->y + CLAMP(y, 0, w->side - 1),
                      &pixel_weight, &pixel_value);
          weight += part * pixel_weight;
          value += part * pixel_value;
        }
      }
      out[row * size + column] = weight < area / 2 - 1e-9 * area ? 0 : limit(value / weight, -1, 1);
    }
}

/* ---- the engine's ---- */

static rst_model *model_of(int size) {
  net shape = net_small;

  shape.input = size;
  return network_model(&shape);
}

/* The input that the network sees, rows added by as many as `rows` says, 0: at random. */
static rst_status collect(rst_model *model, const canvas *c, const rst_window *w, bool hide,
                          int rows, float *out, rst_error *error) {
  rst_session *session = new_session(1);
  rst_input *input;
  rst_encoding *encoding;
  rst_status status;
  dice d = {8};
  rst_rectangle box;
  int size;

  assert_ok(rst_input_new(model, w, c->width, c->height, &input, NULL));
  rst_input_get_box(input, &box);
  g_assert_cmpint(box.x, ==, MAX(w->x, 0));
  g_assert_cmpint(box.y, ==, MAX(w->y, 0));
  g_assert_cmpint(box.x + box.width, ==, MIN(w->x + w->side, c->width));
  g_assert_cmpint(box.y + box.height, ==, MIN(w->y + w->side, c->height));
  for (int done = 0, count; done < box.height; done += count) {
    float *rgba, *hidden;

    count = rows == 0 ? dice_int(&d, 0, 9) : rows;
    count = MIN(count, box.height - done);
    rgba = g_new(float, 4 * (size_t)box.width * (size_t)count + 1);
    hidden = g_new(float, (size_t)box.width *(size_t)count + 1);
    for (int r = 0; r < count; r++) {
      const size_t at = (size_t)(box.y + done + r) * (size_t)c->width + (size_t)box.x;

      memcpy(rgba + 4 * r * box.width, c->rgba + 4 * at, 4 * (size_t)box.width * sizeof *rgba);
      if (hide)
        memcpy(hidden + r * box.width, c->coverage + at, (size_t)box.width * sizeof *hidden);
    }
    assert_ok(rst_input_add(input, count, rgba, hide ? hidden : NULL, NULL));
    g_free(rgba);
    g_free(hidden);
  }
  assert_status(rst_input_add(input, 1, c->rgba, NULL, NULL), RST_BAD_CALL); /* past the last */
  status = rst_encode(session, model, input, NULL, &encoding, error);
  if (status == RST_OK) {
    const float *values = rst_encoding_input(encoding, &size);
    rst_window seen;

    memcpy(out, values, (size_t)(size * size) * sizeof *out);
    rst_encoding_window(encoding, &seen);
    g_assert_true(seen.x == w->x && seen.y == w->y && seen.side == w->side);
    rst_encoding_unref(encoding);
  }
  rst_input_free(input);
  rst_session_free(session);
  return status;
}

static void compare(const canvas *c, int size, const rst_window *w, bool hide) {
  rst_model *model = model_of(size);
  double *expected = g_new(double, size *size);
  float *values = g_new(float, size *size), *again = g_new(float, size *size);

  plain_input(c, w, hide, size, expected);
  assert_ok(collect(model, c, w, hide, c->height, values, NULL));
  assert_close(values, expected, (size_t)(size * size), 1e-6);
  for (int rows = 0; rows < 3; rows++) {
    assert_ok(collect(model, c, w, hide, rows, again, NULL));
    assert_same(again, values, size * size);
  }
  g_free(expected);
  g_free(values);
  g_free(again);
  rst_model_unref(model);
}

/* ---- tests ---- */

static const struct {
  int size;
  rst_window window; /* of a picture of 150 × 110 */
} windows[] = {
  {64, {10, 10, 64}},  {64, {10, 10, 65}},  {64, {3, 0, 100}},      {64, {0, -20, 150}},
  {64, {10, 10, 63}},  {64, {10, 10, 31}},  {64, {149, 109, 1}},    {64, {70, 50, 2}},
  {9, {0, 0, 9}},      {9, {5, 6, 10}},     {9, {5, 6, 26}},        {9, {5, 6, 27}},
  {9, {-30, -40, 50}}, {9, {140, 100, 50}}, {9, {-200, -300, 450}}, {9, {-5, 100, 12}},
  {8, {148, 3, 5}},    {10, {-3, -3, 7}},   {8, {-100, -90, 1000}}, {9, {149, 0, 1}},
};

static canvas *picture(void) {
  return canvas_new(150, 110, 12);
}

static void test_windows(void) {
  canvas *c = picture();

  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
    compare(c, windows[i].size, &windows[i].window, false);
  canvas_free(c);
}

static void test_alpha(void) {
  canvas *c = picture();
  dice d = {2};

  for (int i = 0; i < 150 * 110; i++) {
    const int kind = dice_int(&d, 0, 5);

    c->rgba[4 * i + 3] = kind < 2 ? 1 : kind == 2 ? 0 : (float)dice_real(&d, 0, 1);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
    if (windows[i].window.side > 2) /* a pixel or two may all be transparent */
      compare(c, windows[i].size, &windows[i].window, false);
  canvas_free(c);
}

static void test_hidden(void) {
  canvas *c = picture();
  dice d = {3};

  canvas_deselect(c);
  canvas_select(c, 40, 30, 45, 50, 1);
  for (int i = 0; i < 150 * 110; i++) {
    if (dice_int(&d, 0, 7) == 0)
      c->coverage[i] = (float)dice_real(&d, 0, 1);
    c->rgba[4 * i + 3] = (float)dice_real(&d, 0.5, 1);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
    if (windows[i].window.side > 2)
      compare(c, windows[i].size, &windows[i].window, true);
  canvas_free(c);
}

/* Exactly half of every cell is seen: that is enough, whatever rounding says. */
static void test_half(void) {
  canvas *c = picture();

  for (int i = 0; i < 150 * 110; i++)
    c->rgba[4 * i + 3] = 0.5f;
  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
    rst_model *model = model_of(windows[i].size);
    float values[64 * 64];

    assert_ok(collect(model, c, &windows[i].window, false, 0, values, NULL));
    for (int j = 0; j < windows[i].size * windows[i].size; j++)
      g_assert_cmpfloat(values[j], !=, 0);
    compare(c, windows[i].size, &windows[i].window, false);
    rst_model_unref(model);
  }
  /* a little less is not */
  for (int i = 0; i < 150 * 110; i++)
    c->rgba[4 * i + 3] = 0.4999f;
  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
    rst_model *model = model_of(windows[i].size);
    float values[64 * 64];

    assert_status(collect(model, c, &windows[i].window, false, 0, values, NULL), RST_EMPTY_INPUT);
    rst_model_unref(model);
  }
  canvas_free(c);
}

static void test_empty(void) {
  canvas *c = picture();
  rst_model *model = model_of(9);
  const rst_window window = {20, 20, 30};
  rst_error error = RST_ERROR_INIT;
  float values[81];

  canvas_deselect(c);
  canvas_select(c, 20, 20, 30, 30, 1);
  assert_status(collect(model, c, &window, true, 0, values, &error), RST_EMPTY_INPUT);
  assert_error(&error, RST_EMPTY_INPUT, NULL);
  g_assert_nonnull(strstr(error.message, "select less or raise the context"));
  canvas_select(c, 20, 20, 4, 4, 0); /* one cell is seen */
  assert_ok(collect(model, c, &window, true, 0, values, NULL));
  g_assert_cmpfloat(values[0], !=, 0);
  for (int i = 1; i < 81; i++)
    g_assert_cmpfloat(values[i], ==, 0);
  for (int i = 0; i < 150 * 110; i++)
    c->rgba[4 * i + 3] = 0;
  assert_status(collect(model, c, &window, false, 0, values, NULL), RST_EMPTY_INPUT);

  /* a picture of the very grey that hidden cells have is a picture */
  for (int i = 0; i < 150 * 110; i++) {
    c->rgba[4 * i] = c->rgba[4 * i + 1] = c->rgba[4 * i + 2] = (float)(0.5 / 0.9999);
    c->rgba[4 * i + 3] = 1;
  }
  assert_ok(collect(model, c, &window, false, 0, values, NULL));
  rst_model_unref(model);
  canvas_free(c);
}

/* The largest windows round pictures of every shape: what lies beyond the picture is weighted
 * once, or this would take hours. Of one tone, the cells have that tone. */
static void test_far(void) {
  static const struct {
    int width, height;
    rst_window window;
  } cases[] = {
    {1, 1, {0, 0, RST_SIDE_MAX}},
    {1, 1, {1 - RST_SIDE_MAX, 1 - RST_SIDE_MAX, RST_SIDE_MAX}},
    {150, 110, {0, 0, RST_SIDE_MAX}},
    {150, 110, {-100000, -200000, RST_SIDE_MAX}},
    {1, 100000, {-50000, 0, 100000}},
    {100000, 1, {0, -50000, 100000}},
    {1, 1 << 20, {-(1 << 19), 0, 1 << 20}},
    {1 << 20, 1, {0, 0, RST_SIDE_MAX}},
  };
  rst_model *model = model_of(64);

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    canvas *c = canvas_new(cases[i].width, cases[i].height, 12);
    float values[64 * 64];

    for (int p = 0; p < c->width * c->height; p++)
      for (int k = 0; k < 4; k++)
        c->rgba[4 * p + k] = k < 3 ? 0.25f : 1;
    assert_ok(collect(model, c, &cases[i].window, false, 1000, values, NULL));
    for (int j = 0; j < 64 * 64; j++)
      g_assert_cmpfloat_with_epsilon(values[j], 2 * 0.25 * 0.9999 - 1, 1e-5);
    canvas_free(c);
  }
  rst_model_unref(model);
}

/* What no picture should hold, and some do. */
static void test_wild(void) {
  static const float wild[] = {NAN, INFINITY, -INFINITY, -3, 5, 1e30f, -1e30f, -0.0f};
  canvas *c = picture();
  dice d = {6};

  canvas_deselect(c);
  for (int i = 0; i < 150 * 110; i++) {
    for (int k = 0; k < 4; k++)
      if (dice_int(&d, 0, 5) == 0)
        c->rgba[4 * i + k] = wild[dice_int(&d, 0, 7)];
    if (dice_int(&d, 0, 9) == 0)
      c->coverage[i] = wild[dice_int(&d, 0, 7)];
  }
  for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
    if (windows[i].window.side > 2) {
      compare(c, windows[i].size, &windows[i].window, false);
      compare(c, windows[i].size, &windows[i].window, true);
    }
  canvas_free(c);
}

/* A pixel's own luma is what its cell would be, were it alone. */
static void test_pixel_luma(void) {
  canvas *c = canvas_new(30, 20, 8);
  const size_t count = 600;
  float *luma = g_new(float, count);

  c->coverage = random_floats(9, count, -1, 1);
  c->rgba[0] = NAN;
  c->rgba[5] = 7;
  c->rgba[10] = -7;
  for (size_t i = 0; i < count; i += 7)
    c->rgba[4 * i + 3] = i % 2 == 0 ? 0 : 0.2f;
  for (int hide = 0; hide < 2; hide++) {
    rst_pixel_luma(count, c->rgba, hide ? c->coverage : NULL, luma);
    for (size_t i = 0; i < count; i++) {
      double weight, value;

      plain_pixel(c, false, (int)(i % 30), (int)(i / 30), &weight, &value);
      if (c->rgba[4 * i + 3] > 0 && !(hide && c->coverage[i] > 0))
        g_assert_cmpfloat(fabs(luma[i] - value / weight), <, 1e-6);
      else
        g_assert_true(isnan(luma[i]));
    }
  }
  g_free(luma);
  canvas_free(c);
}

static void test_calls(void) {
  static const struct {
    rst_window window;
    int width, height;
    rst_status code;
  } cases[] = {
    {{0, 0, 0}, 10, 10, RST_OUTSIDE_WINDOW},
    {{0, 0, -5}, 10, 10, RST_OUTSIDE_WINDOW},
    {{10, 0, 5}, 10, 10, RST_OUTSIDE_WINDOW},
    {{0, 10, 5}, 10, 10, RST_OUTSIDE_WINDOW},
    {{-5, 0, 5}, 10, 10, RST_OUTSIDE_WINDOW},
    {{0, -5, 5}, 10, 10, RST_OUTSIDE_WINDOW},
    {{INT_MIN, 0, 5}, 10, 10, RST_OUTSIDE_WINDOW},
    {{0, INT_MIN, INT_MAX}, 10, 10, RST_OUTSIDE_WINDOW},
    {{INT_MAX, INT_MAX, INT_MAX}, 10, 10, RST_OUTSIDE_WINDOW},
    {{0, 0, RST_SIDE_MAX + 1}, 10, 10, RST_OUTSIDE_WINDOW},
    {{0, 0, 5}, 0, 10, RST_BAD_CALL},
    {{0, 0, 5}, 10, -1, RST_BAD_CALL},
    {{0, 0, 5}, RST_SIDE_MAX + 1, 10, RST_BAD_CALL},
  };
  rst_session *session = new_session(1);
  rst_model *model = model_of(9), *other = model_of(10);
  rst_input *input = NULL;
  rst_encoding *encoding;
  rst_error error = RST_ERROR_INIT;
  const rst_window window = {0, 0, 5};
  float rgba[400] = {0};

  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    assert_status(
      rst_input_new(model, &cases[i].window, cases[i].width, cases[i].height, &input, &error),
      cases[i].code);
    g_assert_null(input);
  }
  assert_status(rst_input_new(NULL, &window, 10, 10, &input, NULL), RST_BAD_CALL);
  assert_ok(rst_input_new(model, &window, 10, 10, &input, NULL));
  assert_status(rst_encode(session, model, input, NULL, &encoding, &error), RST_BAD_CALL);
  assert_status(rst_input_add(input, -1, rgba, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_input_add(input, 6, rgba, NULL, NULL), RST_BAD_CALL);
  assert_status(rst_input_add(input, 1, NULL, NULL, NULL), RST_BAD_CALL);
  assert_ok(rst_input_add(input, 0, rgba, NULL, NULL));
  assert_ok(rst_input_add(input, 4, rgba, NULL, NULL));
  assert_status(rst_encode(session, model, input, NULL, &encoding, &error), RST_BAD_CALL);
  assert_ok(rst_input_add(input, 1, rgba, NULL, NULL));
  assert_status(rst_encode(session, other, input, NULL, &encoding, &error), RST_BAD_CALL);
  rst_input_free(input);
  rst_input_free(NULL);
  rst_model_unref(model);
  rst_model_unref(other);
  rst_session_free(session);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/input/windows", test_windows);
  g_test_add_func("/input/alpha", test_alpha);
  g_test_add_func("/input/hidden", test_hidden);
  g_test_add_func("/input/half", test_half);
  g_test_add_func("/input/empty", test_empty);
  g_test_add_func("/input/far", test_far);
  g_test_add_func("/input/wild", test_wild);
  g_test_add_func("/input/pixel luma", test_pixel_luma);
  g_test_add_func("/input/calls", test_calls);
  return g_test_run();
}
