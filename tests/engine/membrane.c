/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The membrane, against functions that solve Laplace's equation and against many plain sweeps;
 * and the seam that it takes away.
 */
#include <math.h>
#include <string.h>

#include "fixtures.h"
#include "membrane.h"

/* About one step of 8 bits: what is left where sweeps stop. */
static const float bound = 1.0f / 255;

typedef struct {
  int width, height;
  unsigned char *cells;
  float *values;
} field;

static field field_new(int width, int height) {
  return (field){width, height, g_malloc0((gsize)width * (gsize)height),
                 g_new0(float, 3 * (gsize)width * (gsize)height)};
}

static void field_free(field *f) {
  g_free(f->cells);
  g_free(f->values);
}

static void field_spread(field *f) {
  g_assert_cmpint(rst_membrane_spread(f->width, f->height, f->cells, f->values, NULL, NULL), ==,
                  RST_OK);
}

/* Three harmonic functions of the place, 0…1. */
static float harmonic(const field *f, int x, int y, int channel) {
  const float u = (float)x / (float)f->width, v = (float)y / (float)f->width;

  return channel == 0 ? u : channel == 1 ? u * u - v * v : u * v;
}

static void test_harmonic(void) {
  static const int sizes[][2] = {{3, 3}, {5, 40}, {257, 129}, {64, 64}};

  for (gsize s = 0; s < G_N_ELEMENTS(sizes); s++) {
    field f = field_new(sizes[s][0], sizes[s][1]);

    for (int y = 0, i = 0; y < f.height; y++)
      for (int x = 0; x < f.width; x++, i++) {
        const bool border = x == 0 || y == 0 || x == f.width - 1 || y == f.height - 1;

        f.cells[i] = border ? RST_CELL_KNOWN : RST_CELL_UNKNOWN;
        for (int c = 0; c < 3; c++)
          f.values[3 * i + c] = border ? harmonic(&f, x, y, c) : 7;
      }
    field_spread(&f);
    for (int y = 0, i = 0; y < f.height; y++)
      for (int x = 0; x < f.width; x++, i++)
        for (int c = 0; c < 3; c++)
          g_assert_cmpfloat_with_epsilon(f.values[3 * i + c], harmonic(&f, x, y, c), bound);
    field_free(&f);
  }
}

/* Plain sweeps in double until nothing moves. */
static double *solve_slowly(const field *f) {
  double *solution = g_new0(double, f->width * f->height), moved = 1;

  for (int i = 0; i < f->width * f->height; i++)
    solution[i] = f->cells[i] == RST_CELL_KNOWN ? f->values[3 * i] : 0;
  while (moved > 1e-9) {
    moved = 0;
    for (int y = 0, i = 0; y < f->height; y++)
      for (int x = 0; x < f->width; x++, i++) {
        const int to[4] = {x > 0 ? i - 1 : -1, x < f->width - 1 ? i + 1 : -1,
                           y > 0 ? i - f->width : -1, y < f->height - 1 ? i + f->width : -1};
        double sum = 0;
        int count = 0;

        for (int n = 0; n < 4; n++)
          if (to[n] >= 0 && f->cells[to[n]] != RST_CELL_IGNORED) {
            sum += solution[to[n]];
            count++;
          }
        if (f->cells[i] != RST_CELL_UNKNOWN || count == 0)
          continue;
        moved = MAX(moved, fabs(sum / count - solution[i]));
        solution[i] = sum / count;
      }
  }
  return solution;
}

/* Regions with walls and edges of the picture in the way. */
static void test_walls(void) {
  dice d = {5};

  for (int round = 0; round < 20; round++) {
    field f = field_new(dice_int(&d, 2, 40), dice_int(&d, 2, 40));
    double *expected;

    for (int i = 0; i < f.width * f.height; i++) {
      const int side = dice_int(&d, 0, 9);

      f.cells[i] = side == 0 ? RST_CELL_KNOWN : side < 3 ? RST_CELL_IGNORED : RST_CELL_UNKNOWN;
      f.values[3 * i] = (float)dice_real(&d, -1, 1);
    }
    expected = solve_slowly(&f);
    field_spread(&f);
    for (int i = 0; i < f.width * f.height; i++)
      if (f.cells[i] == RST_CELL_UNKNOWN)
        g_assert_cmpfloat_with_epsilon(f.values[3 * i], expected[i], 2 * bound);
    g_free(expected);
    field_free(&f);
  }
}

/* What no known cell reaches becomes 0, known cells stay. */
static void test_islands(void) {
  field f = field_new(9, 1);
  static const unsigned char cells[9] = {2, 2, 0, 2, 1, 2, 0, 2, 2};

  memcpy(f.cells, cells, sizeof cells);
  for (int i = 0; i < 27; i++)
    f.values[i] = 0.5f;
  field_spread(&f);
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon(f.values[3 * i], i >= 3 && i <= 5 ? 0.5 : 0, 1e-3);
  field_free(&f);
}

/* ---- the seam ---- */

enum { SIDE = 80, RADIUS = 20 };

static int distance_squared(int i) {
  const int dx = i % SIDE - SIDE / 2, dy = i / SIDE - SIDE / 2;

  return dx * dx + dy * dy;
}

/* The mean difference of a disc's outermost pixels to the flat picture round it. */
static double seam(const char *match) { /* "match=…" */
  static const float flat[4] = {0.6f, 0.5f, 0.4f, 1};
  canvas *c = canvas_new(SIDE, SIDE, 1);
  rst_model *model = network_model(&net_small);
  rst_session *session = new_session(2);
  rst_parameters parameters = new_parameters(match, NULL);
  rst_plan *plan = g_new0(rst_plan, 1);
  double sum = 0;
  int count = 0;

  plan->size = sizeof *plan;
  canvas_deselect(c);
  for (int i = 0; i < SIDE * SIDE; i++) {
    memcpy(c->rgba + 4 * i, flat, sizeof flat);
    c->coverage[i] = distance_squared(i) < RADIUS * RADIUS;
  }
  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, plan, NULL));
  assert_ok(rst_restore(session, model, &parameters, &c->picture, plan, NULL, NULL));
  for (int i = 0; i < SIDE * SIDE; i++) {
    g_assert_cmpint(c->written[i], ==, c->coverage[i] > 0);
    if (c->coverage[i] > 0 && distance_squared(i) >= (RADIUS - 1) * (RADIUS - 1)) {
      for (int channel = 0; channel < 3; channel++)
        sum += fabsf(c->result[3 * i + channel] - flat[channel]);
      count += 3;
    }
  }
  g_free(plan);
  rst_session_free(session);
  rst_model_unref(model);
  canvas_free(c);
  return sum / count;
}

static void test_seam(void) {
  const double apart = seam("match=off"), joined = seam("match=on");

  g_assert_cmpfloat(apart, >, 0.05); /* else there is nothing to join */
  g_assert_cmpfloat(joined, <, 0.4 * apart);
  g_assert_cmpfloat(seam("match=auto"), ==, apart);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/membrane/harmonic", test_harmonic);
  g_test_add_func("/membrane/walls", test_walls);
  g_test_add_func("/membrane/islands", test_islands);
  g_test_add_func("/membrane/seam", test_seam);
  return g_test_run();
}
