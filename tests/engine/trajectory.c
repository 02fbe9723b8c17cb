/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way of points from noise to colours: where it begins and ends, and that each step in between
 * is the one that the papers state.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846264338327950288

enum { COLUMNS = 21, ROWS = 11, POINTS = COLUMNS * ROWS, STEPS = 20 };

static const rst_window window = {-7, 11, 61};

/* All that a setup does to the grid; NaN where nothing was recorded. */
typedef struct {
  int passes, steps[STEPS];
  float *first, *values, *clean; /* (ROWS, COLUMNS, 3); (passes, …); (passes, …) */
} way;

static float *nothing(int count) {
  float *values = g_new(float, (gsize)count);

  for (int i = 0; i < count; i++)
    values[i] = NAN;
  return values;
}

static void place(rst_grid *grid) {
  rst_grid_pixels(grid, window.x + 20, window.y + 25, COLUMNS, ROWS);
}

static way record(const bench *b, const float *coverage) {
  way w;
  rst_trajectory to = {sizeof to, 0, NULL, NULL, NULL, NULL};
  rst_grid grid;

  place(&grid);
  assert_ok(rst_parameters_steps(&b->parameters, b->model, w.steps, &w.passes, NULL));
  to.count = w.passes;
  to.first = w.first = nothing(3 * POINTS);
  to.values = w.values = nothing(w.passes * 3 * POINTS);
  to.clean = w.clean = nothing(w.passes * 3 * POINTS);
  assert_ok(rst_sample_trajectory(b->session, b->encoding, &b->parameters, &grid, coverage, &to,
                                  NULL, NULL));
  return w;
}

static void way_clear(way *w) {
  g_free(w->first);
  g_free(w->values);
  g_free(w->clean);
}

/* Networks that hold their colours and the luma differently, and setups of every kind. */
static const net *shapes(int i) {
  static net all[3];

  all[0] = all[1] = all[2] = net_small;
  all[1].residual = all[2].residual = false;
  all[2].colour = "bgr";
  all[2].schedule = "linear";
  return i < 3 ? &all[i] : NULL;
}

static const char *const setups[][3] = {
  {"sampler=ddim", NULL},
  {"sampler=ddpm", NULL},
  {"project=false", "stochasticity=0.6"},
  {"project=false", "noise-stddev=squared"},
  {"clip=true", "step-skip=1"},
  {"sequence=quadratic", "noise-stddev=zero"},
  {"start=15", "end=3", "project=false"},
};

static void set_up(bench *b, const char *const *setup) {
  for (int i = 0; i < 3 && setup[i]; i++) {
    g_auto(GStrv) pair = g_strsplit(setup[i], "=", 2);

    assert_ok(rst_parameters_set(&b->parameters, pair[0], pair[1], NULL));
  }
}

/* ---- beginning and end ---- */

static void test_ends(void) {
  for (int s = 0; shapes(s); s++)
    for (size_t i = 0; i < G_N_ELEMENTS(setups); i++) {
      bench b = bench_new(&window, shapes(s), 1 + (int)i % 3);
      rst_grid grid;
      float *colours;
      way w;

      set_up(&b, setups[i]);
      place(&grid);
      colours = bench_sample(&b, &grid, NULL);
      w = record(&b, NULL);
      assert_same(w.values + 3 * POINTS * (w.passes - 1), colours, 3 * POINTS);
      for (int p = 0; p < POINTS && !shapes(s)->residual; p++) {
        float z[3];

        rst_noise(0, window.x + 20 + p % COLUMNS, window.y + 25 + p / COLUMNS, STEPS, z);
        for (int c = 0; c < 3; c++)
          g_assert_cmpfloat(w.first[3 * p + c], ==,
                            (b.parameters.clip ? CLAMP(z[c], -1, 1) : z[c]) * 0.5f + 0.5f);
      }
      /* the last step leads to its own x̂₀ */
      if (b.parameters.sampler != RST_SAMPLER_DDPM && b.parameters.end == 0 && !b.parameters.clip)
        assert_same(w.clean + 3 * POINTS * (w.passes - 1), colours, 3 * POINTS);
      g_free(colours);
      way_clear(&w);
      bench_clear(&b);
    }
}

static void test_single_pass(void) {
  net shape = net_small;
  rst_grid grid;
  float *colours;
  bench b;
  way w;

  shape.process = "single pass";
  shape.residual = false;
  b = bench_new(&window, &shape, 2);
  place(&grid);
  colours = bench_sample(&b, &grid, NULL);
  w = record(&b, NULL);
  g_assert_cmpint(w.passes, ==, 1);
  assert_same(w.values, colours, 3 * POINTS);
  assert_same(w.clean, colours, 3 * POINTS);
  for (int i = 0; i < 3 * POINTS; i++)
    g_assert_cmpfloat(w.first[i], ==, 0.5);
  g_free(colours);
  way_clear(&w);
  bench_clear(&b);
}

/* ---- each step ---- */

/* ᾱ_t of the cosine schedule of STEPS timesteps; 1 for the clean picture. */
static double alpha_bar(int t) {
  double product = 1;

  for (int u = 0; u <= t; u++) {
    const double now = pow(cos(((double)u / STEPS + 0.008) / 1.008 * PI / 2), 2);
    const double next = pow(cos(((double)(u + 1) / STEPS + 0.008) / 1.008 * PI / 2), 2);

    product *= 1 - CLAMP(1 - next / now, 0.0001, 0.9999);
  }
  return product;
}

/* Where a step leads from the value x and its x̂₀, but for the noise. DDIM: √ᾱ_s x̂₀ + √(1−ᾱ_s−σ²)
 * ε̂ with ε̂ = (x − √ᾱ_t x̂₀)/√(1−ᾱ_t). DDPM: the mean of the posterior (Ho et al. 2020, equation
 * 7), √ᾱ_s β_t/(1−ᾱ_t) x̂₀ + √α_t (1−ᾱ_s)/(1−ᾱ_t) x. */
static double step_mean(const rst_parameters *p, double now, double next, double variance, double x,
                        double clean) {
  const double alpha = now / next;

  if (p->sampler == RST_SAMPLER_DDPM)
    return sqrt(next) * (1 - alpha) / (1 - now) * clean + sqrt(alpha) * (1 - next) / (1 - now) * x;
  return sqrt(next) * clean +
         sqrt(fmax(1 - next - variance, 0)) * (x - sqrt(now) * clean) / sqrt(1 - now);
}

static void check_step(const rst_parameters *p, int t, int previous, const float z[3],
                       const float *before, const float *clean, const float *after) {
  const double now = alpha_bar(t), next = alpha_bar(previous);
  const double eta = p->sampler == RST_SAMPLER_DDPM ? 1 : p->stochasticity;
  const double variance = eta * eta * (1 - next) / (1 - now) * (1 - now / next);
  const double sigma = p->noise_stddev == RST_STDDEV_ZERO      ? 0
                       : p->noise_stddev == RST_STDDEV_SQUARED ? variance
                                                               : sqrt(variance);
  double x[3], x0[3], mean[3], to[3], radius = 0, length = 0;

  for (int c = 0; c < 3; c++) {
    x[c] = 2.0 * before[c] - 1;
    x0[c] = 2.0 * clean[c] - 1;
    mean[c] = step_mean(p, now, next, variance, x[c], x0[c]);
    to[c] = mean[c] + sigma * z[c];
    radius += pow(mean[c] - x0[c], 2);
    length += pow(to[c] - x0[c], 2);
  }
  for (int c = 0; c < 3; c++) {
    /* Colours are float32, and x̂₀ is thousands of times larger than x at first. */
    const double allowed = 1e-5 * (1 + fabs(x0[c]));

    if (p->sampler != RST_SAMPLER_DDPM && p->project && sigma > 0)
      to[c] = x0[c] + sqrt(radius / length) * (to[c] - x0[c]);
    if (p->clip)
      to[c] = CLAMP(to[c], -1, 1);
    if (!(fabs(2.0 * after[c] - 1 - to[c]) <= allowed))
      g_error("step %d to %d: %g, not %g (x %g, x0 %g)", t, previous, 2.0 * after[c] - 1, to[c],
              x[c], x0[c]);
  }
}

static void test_steps(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(setups); i++) {
    bench b = bench_new(&window, shapes(1), 2);
    way w;

    set_up(&b, setups[i]);
    w = record(&b, NULL);
    for (int step = 0; step < w.passes; step++)
      for (int p = 0; p < POINTS; p++) {
        const int previous = step + 1 < w.passes ? w.steps[step + 1] : b.parameters.end - 1;
        const int at = 3 * (POINTS * step + p);
        float z[3];

        rst_noise(0, window.x + 20 + p % COLUMNS, window.y + 25 + p / COLUMNS, w.steps[step], z);
        check_step(&b.parameters, w.steps[step], previous, z,
                   step == 0 ? w.first + 3 * p : w.values + at - 3 * POINTS, w.clean + at,
                   w.values + at);
      }
    way_clear(&w);
    bench_clear(&b);
  }
}

/* ---- what is recorded ---- */

static void test_some(void) {
  static const int chosen[] = {1, 3};
  bench b = bench_new(&window, &net_small, 3);
  float *values = nothing(2 * 3 * POINTS), coverage[POINTS];
  rst_trajectory to = {sizeof to, 2, chosen, NULL, values, NULL};
  way all, some;
  rst_grid grid;

  place(&grid);
  all = record(&b, NULL);
  assert_ok(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, &to, NULL, NULL));
  for (int i = 0; i < 2; i++)
    assert_same(values + 3 * POINTS * i, all.values + 3 * POINTS * chosen[i], 3 * POINTS);

  for (int p = 0; p < POINTS; p++)
    coverage[p] = p % 5 == 2;
  some = record(&b, coverage);
  for (int step = 0; step < all.passes; step++)
    for (int p = 0; p < POINTS; p++) {
      const int at = 3 * (POINTS * step + p);

      if (coverage[p] > 0) {
        assert_same(some.values + at, all.values + at, 3);
        assert_same(some.clean + at, all.clean + at, 3);
        assert_same(some.first + 3 * p, all.first + 3 * p, 3);
      } else {
        g_assert_true(isnan(some.values[at]) && isnan(some.clean[at]) && isnan(some.first[3 * p]));
      }
    }
  way_clear(&all);
  way_clear(&some);
  g_free(values);
  bench_clear(&b);
}

static void test_calls(void) {
  static const int steps[][2] = {{2, 2}, {3, 1}, {-1, 0}, {0, 5}};
  bench b = bench_new(&window, &net_small, 1);
  const rst_trajectory good = {sizeof good, 5, NULL, NULL, NULL, NULL};
  rst_trajectory bad = good;
  rst_error error = RST_ERROR_INIT;
  rst_grid grid;

  place(&grid);
  g_assert_cmpint(b.parameters.step_skip, ==, 6); /* 19, 13, 7, 1, 0 */
  assert_ok(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, &good, NULL, NULL));
  for (int i = 0; i < 7; i++) {
    bad = good;
    if (i == 0)
      bad.size++;
    if (i == 1)
      bad.count = 6;
    if (i == 2)
      bad.count = -1;
    if (i >= 3)
      bad.count = 2, bad.steps = steps[i - 3];
    assert_status(
      rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, &bad, NULL, NULL),
      RST_BAD_CALL);
  }
  assert_status(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, NULL, NULL, NULL),
    RST_BAD_CALL);
  assert_status(
    rst_sample_trajectory(b.session, NULL, &b.parameters, &grid, NULL, &good, NULL, NULL),
    RST_BAD_CALL);
  assert_status(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, NULL, NULL, &good, NULL, NULL),
    RST_BAD_CALL);
  b.parameters.stochasticity = 2;
  assert_status(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, &good, NULL, &error),
    RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "stochasticity");
  bench_clear(&b);
}

/* ---- cancelling ---- */

typedef struct {
  rst_cancel *cancel;
  bool finished[POINTS];
} watch;

static void on_batch(void *user, const uint32_t *points, size_t count) {
  watch *w = user;

  for (size_t i = 0; i < count; i++)
    w->finished[points[i]] = true;
  rst_cancel_set(w->cancel);
}

static void test_cancel(void) {
  bench b = bench_new(&window, &net_small, 1);
  way all = record(&b, NULL);
  float *values = nothing(3 * POINTS);
  static const int last[] = {4};
  rst_trajectory to = {sizeof to, 1, last, NULL, values, NULL};
  watch w = {.cancel = rst_cancel_new()};
  const rst_hooks hooks = {sizeof hooks, &w, NULL, on_batch, w.cancel, NULL};
  rst_grid grid;
  int finished = 0;

  place(&grid);
  rst_cancel_set(w.cancel);
  assert_status(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, &to, &hooks, NULL),
    RST_CANCELLED);
  for (int i = 0; i < 3 * POINTS; i++)
    g_assert_true(isnan(values[i]));
  rst_cancel_reset(w.cancel);
  assert_status(
    rst_sample_trajectory(b.session, b.encoding, &b.parameters, &grid, NULL, &to, &hooks, NULL),
    RST_CANCELLED);
  for (int p = 0; p < POINTS; p++) /* what was reported is valid */
    if (w.finished[p]) {
      finished++;
      assert_same(values + 3 * p, all.values + 3 * (4 * POINTS + p), 3);
    } else {
      g_assert_true(isnan(values[3 * p]));
    }
  g_assert_true(finished > 0 && finished < POINTS);
  rst_cancel_free(w.cancel);
  g_free(values);
  way_clear(&all);
  bench_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trajectory/ends", test_ends);
  g_test_add_func("/trajectory/single pass", test_single_pass);
  g_test_add_func("/trajectory/steps", test_steps);
  g_test_add_func("/trajectory/some", test_some);
  g_test_add_func("/trajectory/calls", test_calls);
  g_test_add_func("/trajectory/cancel", test_cancel);
  return g_test_run();
}
