/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether pictures are told as monochrome, toned or coloured: scenes of discs with a texture, and
 * what age and printers make of them.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

#include "region/colour.h"

enum { WIDTH = 300, HEIGHT = 220, DISCS = 40 };

typedef struct {
  double x, y, radius, lab[3];
} disc;

/* A scene in CIELAB (height, width, 3). */
static double *scene(uint32_t seed) {
  dice d = {seed};
  double *lab = g_new(double, 3 * WIDTH * HEIGHT);
  disc discs[DISCS];

  for (int i = 0; i < DISCS; i++)
    discs[i] = (disc){dice_real(&d, 0, WIDTH),
                      dice_real(&d, 0, HEIGHT),
                      dice_real(&d, 15, 50),
                      {dice_real(&d, 20, 85), dice_real(&d, -35, 40), dice_real(&d, -40, 50)}};
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const double x = i % WIDTH, y = (double)(i / WIDTH);
    double *p = lab + 3 * i;

    p[0] = 30 + 50 * y / HEIGHT;
    p[1] = -5;
    p[2] = 12;
    for (int k = 0; k < DISCS; k++)
      if (hypot(x - discs[k].x, y - discs[k].y) < discs[k].radius)
        memcpy(p, discs[k].lab, sizeof discs[k].lab);
    p[0] += dice_real(&d, -6, 6);
  }
  return lab;
}

typedef void (*maker)(double *lab, dice *d);

static void keep(double *lab, dice *d) {
  (void)lab, (void)d;
}

static void make_grey(double *lab, dice *d) {
  (void)d;
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    lab[3 * i + 1] = lab[3 * i + 2] = 0;
}

static void make_sepia(double *lab, dice *d) {
  make_grey(lab, d);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const double light = lab[3 * i] / 100;

    lab[3 * i + 1] = 25 * light * (1 - light);
    lab[3 * i + 2] = 70 * light * (1 - light) + 8 * light;
  }
}

static void make_cyanotype(double *lab, dice *d) {
  make_grey(lab, d);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    lab[3 * i + 2] = -0.4 * (100 - lab[3 * i]);
}

/* Shadows blue, lights yellow. */
static void make_split(double *lab, dice *d) {
  make_grey(lab, d);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    lab[3 * i + 2] = 0.35 * (lab[3 * i] - 50);
}

/* A scanner's noise, and stains without an edge. */
static void make_stained(double *lab, dice *d) {
  make_sepia(lab, d);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    lab[3 * i + 1] += dice_real(d, -8, 8);
    lab[3 * i + 2] += dice_real(d, -8, 8) + 4 * sin(0.02 * (i % WIDTH)) * cos(0.03 * (i / WIDTH));
  }
}

static void paint(double *lab, int x, int y, int width, int height, double a, double b) {
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++) {
      lab[3 * (row * WIDTH + column) + 1] = a;
      lab[3 * (row * WIDTH + column) + 2] = b;
    }
}

static void make_stamped(double *lab, dice *d) {
  make_sepia(lab, d);
  paint(lab, 200, 30, 50, 50, -30, -30);
}

/* A grey photograph in a frame of blue cardboard. */
static void make_framed(double *lab, dice *d) {
  make_grey(lab, d);
  paint(lab, 0, 0, WIDTH, 20, 0, -30);
  paint(lab, 0, HEIGHT - 20, WIDTH, 20, 0, -30);
  paint(lab, 0, 0, 25, HEIGHT, 0, -30);
  paint(lab, WIDTH - 25, 0, 25, HEIGHT, 0, -30);
}

/* A faded dye print: half the chroma, and a red cast. */
static void make_faded(double *lab, dice *d) {
  (void)d;
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    lab[3 * i] = 25 + 0.65 * lab[3 * i];
    lab[3 * i + 1] = 0.5 * lab[3 * i + 1] + 12;
    lab[3 * i + 2] = 0.5 * lab[3 * i + 2] + 10;
  }
}

/* A colour photograph on yellowed paper. */
static void make_pasted(double *lab, dice *d) {
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const int x = i % WIDTH, y = i / WIDTH;

    if (x > 60 && x < 240 && y > 45 && y < 175)
      continue;
    lab[3 * i] = 85 + dice_real(d, -2, 2);
    lab[3 * i + 1] = 3;
    lab[3 * i + 2] = 22;
  }
}

/* Cheeks, a dress, and leaves, on a toned photograph. */
static void make_hand_coloured(double *lab, dice *d) {
  make_sepia(lab, d);
  paint(lab, 110, 50, 45, 40, 28, 22);
  paint(lab, 90, 110, 90, 50, -8, -34);
  paint(lab, 200, 60, 60, 60, -30, 34);
}

static const struct {
  const char *name;
  maker make;
  rst_picture_kind kind;
} cases[] = {
  {"grey", make_grey, RST_PICTURE_MONOCHROME},
  {"framed", make_framed, RST_PICTURE_MONOCHROME},
  {"sepia", make_sepia, RST_PICTURE_TONED},
  {"cyanotype", make_cyanotype, RST_PICTURE_TONED},
  {"split tone", make_split, RST_PICTURE_TONED},
  {"stained", make_stained, RST_PICTURE_TONED},
  {"stamped", make_stamped, RST_PICTURE_TONED},
  {"coloured", keep, RST_PICTURE_COLOURED},
  {"faded", make_faded, RST_PICTURE_COLOURED},
  {"pasted", make_pasted, RST_PICTURE_COLOURED},
  {"hand-coloured", make_hand_coloured, RST_PICTURE_COLOURED},
};

static canvas *picture_of(uint32_t seed, maker make) {
  canvas *c = canvas_new(WIDTH, HEIGHT, seed);
  double *lab = scene(seed);
  dice d = {seed + 100};

  make(lab, &d);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    rst_from_lab(lab + 3 * i, c->rgba + 4 * i);
  g_free(lab);
  return c;
}

static void test_case(gconstpointer data) {
  const int which = GPOINTER_TO_INT(data);

  for (uint32_t seed = 1; seed <= 6; seed++) {
    canvas *c = picture_of(seed, cases[which].make);
    rst_picture_kind kind;
    double sure;

    assert_ok(rst_classify(&c->picture, NULL, &kind, &sure, NULL));
    g_test_message("seed %u: %d, sure %.2f", seed, kind, sure);
    g_assert_cmpint(kind, ==, cases[which].kind);
    g_assert_cmpfloat(sure, >=, kind == RST_PICTURE_COLOURED ? 0.5 : 0.25);
    g_assert_cmpfloat(sure, <=, 1);
    canvas_free(c);
  }
}

/* A region of a picture is told by itself; what is transparent does not count. */
static void test_region(void) {
  canvas *c = picture_of(1, keep), *grey = picture_of(1, make_grey);
  static const rst_rectangle left = {0, 0, WIDTH / 2, HEIGHT},
                             right = {WIDTH / 2, 0, WIDTH / 2, HEIGHT};
  static const rst_rectangle narrow = {WIDTH / 2 + 7, 0, 1, HEIGHT}, dot = {3, 4, 1, 1};
  rst_picture_kind kind;
  double sure;

  for (int i = 0; i < WIDTH * HEIGHT; i++)
    if (i % WIDTH >= WIDTH / 2)
      memcpy(c->rgba + 4 * i, grey->rgba + 4 * i, 4 * sizeof *c->rgba);
  assert_ok(rst_classify(&c->picture, &left, &kind, &sure, NULL));
  g_assert_cmpint(kind, ==, RST_PICTURE_COLOURED);
  assert_ok(rst_classify(&c->picture, &right, &kind, &sure, NULL));
  g_assert_cmpint(kind, ==, RST_PICTURE_MONOCHROME);
  assert_ok(rst_classify(&c->picture, &narrow, &kind, &sure, NULL));
  g_assert_cmpint(kind, ==, RST_PICTURE_MONOCHROME);
  assert_ok(rst_classify(&c->picture, &dot, &kind, &sure, NULL));
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    if (i % WIDTH < WIDTH / 2)
      c->rgba[4 * i + 3] = 0;
  assert_ok(rst_classify(&c->picture, NULL, &kind, &sure, NULL));
  g_assert_cmpint(kind, ==, RST_PICTURE_MONOCHROME);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    c->rgba[4 * i + 3] = 0;
  assert_ok(rst_classify(&c->picture, NULL, &kind, &sure, NULL));
  g_assert_cmpint(kind, ==, RST_PICTURE_MONOCHROME);
  canvas_free(c);
  canvas_free(grey);
}

static void test_wild(void) {
  static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0, 1};
  canvas *c = picture_of(2, keep);
  rst_picture_kind kind;
  double sure;

  for (int i = 0; i < 4 * WIDTH * HEIGHT; i++)
    c->rgba[i] = wild[i % 7];
  assert_ok(rst_classify(&c->picture, NULL, &kind, &sure, NULL));
  g_assert_true(sure >= 0 && sure <= 1);
  canvas_free(c);
}

static void test_calls(void) {
  static const rst_rectangle bad[] = {
    {-1, 0, 5, 5}, {0, 0, WIDTH + 1, 5}, {5, 5, 0, 5}, {0, 0, 5, 0}};
  canvas *c = picture_of(3, keep);
  rst_error error = RST_ERROR_INIT;
  rst_picture_kind kind = RST_PICTURE_TONED;
  double sure = 7;
  int calls;

  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
    assert_status(rst_classify(&c->picture, &bad[i], &kind, &sure, NULL), RST_BAD_CALL);
  assert_status(rst_classify(NULL, NULL, &kind, &sure, NULL), RST_BAD_CALL);
  assert_status(rst_classify(&c->picture, NULL, NULL, &sure, NULL), RST_BAD_CALL);
  assert_status(rst_classify(&c->picture, NULL, &kind, NULL, NULL), RST_BAD_CALL);
  c->calls = 0;
  assert_ok(rst_classify(&c->picture, NULL, &kind, &sure, NULL));
  calls = c->calls;
  kind = RST_PICTURE_TONED;
  sure = 7;
  for (c->fail_at = 1; c->fail_at <= calls; c->fail_at++) {
    c->calls = 0;
    assert_status(rst_classify(&c->picture, NULL, &kind, &sure, &error), RST_HOST_FAILED);
    assert_error(&error, RST_HOST_FAILED, NULL);
    g_assert_cmpint(c->calls, ==, c->fail_at);
    rst_error_init(&error);
  }
  g_assert_true(kind == RST_PICTURE_TONED && sure == 7); /* untouched on failure */
  canvas_free(c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *path = g_strdup_printf("/kind/%s", cases[i].name);

    g_test_add_data_func(path, GINT_TO_POINTER((int)i), test_case);
    g_free(path);
  }
  g_test_add_func("/kind/region", test_region);
  g_test_add_func("/kind/wild", test_wild);
  g_test_add_func("/kind/calls", test_calls);
  return g_test_run();
}
