/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Poisson solver, against functions that solve Laplace's equation and against many plain sweeps;
 * with stiffness, against functions that solve its equation and against elimination; and what it
 * does to a region's border.
 */
#include <math.h>
#include <string.h>

#include "fixtures.h"
#include "region/poisson.h"

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

static void field_stiffen(field *f, double stiffness) {
  g_assert_cmpint(
    rst_poisson_spread(f->width, f->height, stiffness, f->cells, f->values, NULL, NULL), ==,
    RST_OK);
}

static void field_spread(field *f) {
  field_stiffen(f, 0);
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

/* ---- with stiffness ---- */

/* Of the place: r^x solves the equation on the grid where r + 1/r − 2 = 1/τ², a harmonic function
 * beside it too; and at great stiffness a cubic whose Laplacian is not 0. */
static float stiff(const field *f, double tau, int x, int y, int channel) {
  const double growth = 1 + 0.5 / (tau * tau) + sqrt(1 / (tau * tau) + 0.25 / pow(tau, 4));
  const double u = (double)x / f->width, v = (double)y / f->width;

  if (tau > 1000)
    return (float)(channel == 0 ? u * u * u : channel == 1 ? u * v * v : u * u - 0.3 * v * v * v);
  return (float)(channel == 0   ? pow(growth, x - f->width)
                 : channel == 1 ? pow(growth, -y)
                                : 0.5 * pow(growth, y - f->height) + u * v);
}

static void test_stiff(void) {
  static const int sizes[][2] = {{6, 6}, {9, 40}, {70, 70}};
  static const double stiffness[] = {0.7, 3, 12, 1e6};

  for (gsize s = 0; s < G_N_ELEMENTS(sizes); s++)
    for (gsize t = 0; t < G_N_ELEMENTS(stiffness); t++) {
      field f = field_new(sizes[s][0], sizes[s][1]);

      for (int y = 0, i = 0; y < f.height; y++)
        for (int x = 0; x < f.width; x++, i++) {
          const bool border = x < 2 || y < 2 || x >= f.width - 2 || y >= f.height - 2;

          f.cells[i] = border ? RST_CELL_KNOWN : RST_CELL_UNKNOWN;
          for (int c = 0; c < 3; c++)
            f.values[3 * i + c] = border ? stiff(&f, stiffness[t], x, y, c) : 7;
        }
      field_stiffen(&f, stiffness[t]);
      for (int y = 0, i = 0; y < f.height; y++)
        for (int x = 0; x < f.width; x++, i++)
          for (int c = 0; c < 3; c++)
            g_assert_cmpfloat_with_epsilon(f.values[3 * i + c], stiff(&f, stiffness[t], x, y, c),
                                           bound / 2);
      field_free(&f);
    }
}

static bool takes_part(const field *f, int x, int y) {
  return x >= 0 && y >= 0 && x < f->width && y < f->height &&
         f->cells[y * f->width + x] != RST_CELL_IGNORED;
}

/* Adds weight · (Σ factor · value)² to the normal equations (unknowns, unknowns + 1), the values at
 * `places`, of which `of` gives the unknown's number or −1. */
static void add_square(double *equations, int unknowns, const field *f, const int *of,
                       double weight, int count, const int *places, const double *factors) {
  double known = 0;

  for (int a = 0; a < count; a++)
    if (of[places[a]] < 0)
      known += factors[a] * f->values[3 * places[a]];
  for (int a = 0; a < count; a++) {
    double *row = equations + of[places[a]] * (unknowns + 1);

    if (of[places[a]] < 0)
      continue;
    for (int b = 0; b < count; b++)
      if (of[places[b]] >= 0)
        row[of[places[b]]] += weight * factors[a] * factors[b];
    row[unknowns] -= weight * factors[a] * known;
  }
}

static void eliminate(double *equations, int unknowns) {
  const int length = unknowns + 1;

  for (int i = 0; i < unknowns; i++)
    for (int j = 0; j < unknowns; j++) {
      const double times = equations[j * length + i] / equations[i * length + i];

      for (int k = i; k < length && j != i; k++)
        equations[j * length + k] -= times * equations[i * length + k];
    }
}

/* The sum of squares that the header states, put down term by term. */
static void put_down(double *equations, int unknowns, const field *f, const int *of, double tau) {
  static const double edge[2] = {1, -1};

  for (int y = 0; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      const int i = y * f->width + x, to[4][2] = {{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}};
      int places[5] = {i}, count = 1;
      double factors[5] = {0};

      if (!takes_part(f, x, y))
        continue;
      for (int n = 0; n < 4; n++)
        if (takes_part(f, to[n][0], to[n][1])) {
          places[count] = to[n][1] * f->width + to[n][0];
          factors[count++] = 1;
          if (n % 2) {
            const int ends[2] = {i, places[count - 1]};

            add_square(equations, unknowns, f, of, 1, 2, ends, edge);
          }
        }
      factors[0] = 1 - count;
      if (of[i] >= 0 || count == 5)
        add_square(equations, unknowns, f, of, tau * tau, count, places, factors);
    }
}

static void test_stiff_walls(void) {
  dice d = {6};

  for (int round = 0; round < 20; round++) {
    field f = field_new(dice_int(&d, 2, 14), dice_int(&d, 2, 14));
    const double tau = dice_real(&d, 0.3, 6);
    const int cells = f.width * f.height;
    int unknowns = 0, *of = g_new(int, cells);
    double *equations;

    for (int i = 0; i < cells; i++) {
      const int side = dice_int(&d, 0, 19);

      f.cells[i] = side < 7 || i == 0 ? RST_CELL_KNOWN
                   : side == 7        ? RST_CELL_IGNORED
                                      : RST_CELL_UNKNOWN;
      f.values[3 * i] = (float)dice_real(&d, 0, 1);
    }
    field_stiffen(&f, tau); /* which takes out the islands */
    for (int i = 0; i < cells; i++)
      of[i] = f.cells[i] == RST_CELL_UNKNOWN ? unknowns++ : -1;
    equations = g_new0(double, unknowns *(unknowns + 1));
    put_down(equations, unknowns, &f, of, tau);
    eliminate(equations, unknowns);
    for (int i = 0; i < cells; i++)
      if (of[i] >= 0) {
        const double *row = equations + of[i] * (unknowns + 1);

        g_assert_cmpfloat_with_epsilon(f.values[3 * i], row[unknowns] / row[of[i]], bound / 2);
      }
    g_free(equations);
    g_free(of);
    field_free(&f);
  }
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

/* ---- the fill ---- */

/* A slanted picture, of which two boxes that are a pixel apart are hidden. */
static canvas *slant(void) {
  canvas *c = canvas_new(SIDE, SIDE, 1);

  canvas_deselect(c);
  for (int i = 0; i < SIDE * SIDE; i++) {
    const int x = i % SIDE, y = i / SIDE;

    for (int channel = 0; channel < 3; channel++)
      c->rgba[4 * i + channel] = 0.2f + 0.005f * (float)x + 0.002f * (float)(channel * y);
    c->rgba[4 * i + 3] = 1;
    c->coverage[i] = y >= 20 && y < 60 && ((x >= 8 && x < 48) || (x >= 49 && x < 56));
  }
  return c;
}

static void fill(canvas *c, const char *seed) {
  rst_model *model = network_model(&net_small);
  rst_session *session = new_session(2);
  rst_parameters parameters = new_parameters("hide-region=true", "window=picture", seed, NULL);
  rst_plan *plan = g_new0(rst_plan, 1);

  plan->size = sizeof *plan;
  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, plan, NULL));
  assert_ok(rst_restore(session, model, &parameters, &c->picture, plan, NULL, NULL));
  g_free(plan);
  rst_session_free(session);
  rst_model_unref(model);
}

/* At what is seen the picture goes on as it slants, whatever the network says; the deeper, the more
 * the network's word counts. */
static void test_fill(void) {
  canvas *c = slant(), *other = slant();
  const float sample = (float)SIDE / (float)net_small.input; /* the network's */
  const float weight = 0.112f; /* the network's, half of one deep */
  double differ[2] = {0, 0};
  int count[2] = {0, 0};

  fill(c, "seed=1");
  fill(other, "seed=2");
  for (int i = 0; i < SIDE * SIDE; i++) {
    const int x = i % SIDE, y = i / SIDE;
    const int across = x < 48 ? MIN(x - 7, 48 - x) : MIN(x - 48, 56 - x);
    const float deep = (float)MIN(across, MIN(y - 19, 60 - y));
    const int inner = deep > 1.5f * sample;

    if (!(c->coverage[i] > 0) || (!inner && deep > 0.5f * sample))
      continue;
    count[inner]++;
    for (int channel = 0; channel < 3; channel++) {
      const float value = c->result[3 * i + channel];

      differ[inner] += fabs(value - other->result[3 * i + channel]);
      if (!inner)
        g_assert_cmpfloat_with_epsilon(value, c->rgba[4 * i + channel], bound / 2 + weight);
    }
  }
  g_assert_cmpint(count[0], >, 100);
  g_assert_cmpint(count[1], >, 50);
  g_assert_cmpfloat(differ[1] / count[1], >, 4 * differ[0] / count[0]);
  canvas_free(c);
  canvas_free(other);
}

/* ---- channels side by side, and none to its end ---- */

/* A hole with a rough border. */
static field make_hole(int width, int height) {
  field f = field_new(width, height);
  dice d = {11};

  for (int y = 0, i = 0; y < height; y++)
    for (int x = 0; x < width; x++, i++) {
      const bool border = x < 2 || y < 2 || x >= width - 2 || y >= height - 2;

      f.cells[i] = border ? RST_CELL_KNOWN : RST_CELL_UNKNOWN;
      for (int c = 0; c < 3 && border; c++)
        f.values[3 * i + c] = (float)dice_real(&d, -1, 1) / (float)(1 << 3 * c);
    }
  return f;
}

/* They are spread together, but each as if it were alone, though they end at different steps. */
static void test_channels(void) {
  static const double stiffnesses[] = {0, 3};

  for (gsize s = 0; s < G_N_ELEMENTS(stiffnesses); s++) {
    field all = make_hole(37, 29);

    field_stiffen(&all, stiffnesses[s]);
    for (int c = 0; c < 3; c++) {
      field one = make_hole(37, 29);

      for (int i = 0; i < one.width * one.height; i++)
        for (int k = 0; k < 3; k++)
          one.values[3 * i + k] = k == c ? one.values[3 * i + k] : 0;
      field_stiffen(&one, stiffnesses[s]);
      for (int i = 0; i < one.width * one.height; i++)
        g_assert_cmpint(memcmp(&one.values[3 * i + c], &all.values[3 * i + c], sizeof(float)), ==,
                        0);
      field_free(&one);
    }
    field_free(&all);
  }
}

static void test_cancelled(void) {
  static const double stiffnesses[] = {0, 3};
  rst_cancel *cancel = rst_cancel_new();

  rst_cancel_set(cancel);
  for (gsize s = 0; s < G_N_ELEMENTS(stiffnesses); s++) {
    field f = make_hole(50, 40);
    rst_error error = RST_ERROR_INIT;

    g_assert_cmpint(
      rst_poisson_spread(f.width, f.height, stiffnesses[s], f.cells, f.values, cancel, &error), ==,
      RST_CANCELLED);
    g_assert_cmpint(error.code, ==, RST_CANCELLED);
    field_free(&f);
  }
  rst_cancel_free(cancel);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/poisson/harmonic", test_harmonic);
  g_test_add_func("/poisson/walls", test_walls);
  g_test_add_func("/poisson/islands", test_islands);
  g_test_add_func("/poisson/stiff", test_stiff);
  g_test_add_func("/poisson/stiff-walls", test_stiff_walls);
  g_test_add_func("/poisson/seam", test_seam);
  g_test_add_func("/poisson/fill", test_fill);
  g_test_add_func("/poisson/channels", test_channels);
  g_test_add_func("/poisson/cancelled", test_cancelled);
  return g_test_run();
}
