/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours that follow the luma: against a slow reference, the same bits however the work is cut, and a
 * point whose luma is not known asked by itself.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

#include "diffusion/sample.h"
#include "network/encoder.h"
#include "network/interpolation.h"

enum { SIDE = 131, POINTS = SIDE * SIDE, SIZE = 16, RADIUS = 2 };

static const rst_window window = {-3, 9, SIDE};
static const double epsilon = 0.01;

/* A single pass that sees the pixel's own luma, with an input of 16. */
static net seeing(int radius) {
  net s = net_small;

  s.input = SIZE;
  s.process = "single pass";
  s.condition = s.residual = s.pixel = true;
  s.guided = radius;
  return s;
}

static bench new_bench(int radius, int threads) {
  const net shape = seeing(radius);
  bench b;

  b.session = new_session(threads);
  b.model = network_model(&shape);
  b.encoding = new_encoding(b.session, b.model, &window, 5);
  b.parameters = new_parameters(NULL, NULL);
  return b;
}

/* The whole of a window, with random luma. */
static float *whole_grid(rst_grid *grid) {
  float *luma = random_floats(3, POINTS, -1, 1);

  rst_grid_pixels(grid, window.x, window.y, SIDE, SIDE);
  grid->luma = luma;
  return luma;
}

/* The network itself at one place of the window. */
static void ask(const bench *b, double x, double y, float luma, float colour[3]) {
  const uint32_t point = 0;
  const rst_point_set set = {.count = 1,
                             .columns = 1,
                             .rows = 1,
                             .x = &x,
                             .y = &y,
                             .points = &point,
                             .luma = &luma,
                             .column_step = 1,
                             .row_step = 1};

  assert_ok(
    rst_sample_points(b->session, b->encoding, &b->parameters, &set, colour, NULL, NULL, NULL));
}

/* ---- the slow reference ---- */

typedef struct {
  double guide[SIZE][SIZE], chroma[SIZE][SIZE][2], line[SIZE][SIZE][4];
} slow;

/* The line of one sample before it is averaged: by least squares over the square round it. */
static void fit(const slow *s, int x, int y, double line[4]) {
  double count = 0, sum = 0, squares = 0;

  for (int v = MAX(y - RADIUS, 0); v <= MIN(y + RADIUS, SIZE - 1); v++)
    for (int u = MAX(x - RADIUS, 0); u <= MIN(x + RADIUS, SIZE - 1); u++) {
      count++;
      sum += s->guide[v][u];
      squares += s->guide[v][u] * s->guide[v][u];
    }
  for (int c = 0; c < 2; c++) {
    double both = 0, of_it = 0;

    for (int v = MAX(y - RADIUS, 0); v <= MIN(y + RADIUS, SIZE - 1); v++)
      for (int u = MAX(x - RADIUS, 0); u <= MIN(x + RADIUS, SIZE - 1); u++) {
        both += s->guide[v][u] * s->chroma[v][u][c];
        of_it += s->chroma[v][u][c];
      }
    line[2 * c] = (both / count - sum / count * (of_it / count)) /
                  (squares / count - sum / count * (sum / count) + epsilon);
    line[2 * c + 1] = of_it / count - line[2 * c] * (sum / count);
  }
}

/* What `b`, a guided one, has to say, by another whose network is the same and not guided. */
static slow *slow_new(const bench *plain) {
  slow *s = g_new0(slow, 1), *before = g_new0(slow, 1);

  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      const float luma = plain->encoding->luma[y * SIZE + x];
      float rgb[3];

      ask(plain, (x + 0.5) / SIZE, (y + 0.5) / SIZE, luma, rgb);
      s->guide[y][x] = (double)luma * 0.5 + 0.5;
      for (int c = 0; c < 2; c++)
        s->chroma[y][x][c] =
          (double)rgb[2 * c] -
          (0.2989 * (double)rgb[0] + 0.5870 * (double)rgb[1] + 0.1140 * (double)rgb[2]);
    }
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      fit(s, x, y, before->line[y][x]);
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      int count = 0;

      for (int v = MAX(y - RADIUS, 0); v <= MIN(y + RADIUS, SIZE - 1); v++)
        for (int u = MAX(x - RADIUS, 0); u <= MIN(x + RADIUS, SIZE - 1); u++, count++)
          for (int i = 0; i < 4; i++)
            s->line[y][x][i] += before->line[v][u][i];
      for (int i = 0; i < 4; i++)
        s->line[y][x][i] /= count;
    }
  g_free(before);
  return s;
}

static void slow_colour(const slow *s, double x, double y, double luma, double rgb[3]) {
  double line[4] = {0};

  for (int v = 0; v < SIZE; v++)
    for (int u = 0; u < SIZE; u++) {
      const double across = fabs(CLAMP(x * SIZE - 0.5, 0, SIZE - 1) - u);
      const double down = fabs(CLAMP(y * SIZE - 0.5, 0, SIZE - 1) - v);

      for (int i = 0; i < 4; i++)
        line[i] += MAX(1 - across, 0) * MAX(1 - down, 0) * s->line[v][u][i];
    }
  luma = CLAMP(luma, -1, 1) * 0.5 + 0.5;
  rgb[0] = luma + line[0] * luma + line[1];
  rgb[2] = luma + line[2] * luma + line[3];
  rgb[1] = (luma - 0.2989 * rgb[0] - 0.1140 * rgb[2]) / 0.5870;
}

static void test_reference(void) {
  bench b = new_bench(RADIUS, 2), plain = new_bench(0, 1);
  rst_grid grid;
  float *luma = whole_grid(&grid), *colours;
  slow *s = slow_new(&plain);

  luma[0] = -1;
  luma[1] = -7; /* beyond black and white: as black and white */
  luma[SIDE] = INFINITY;
  colours = bench_sample(&b, &grid, NULL);
  for (int p = 0; p < POINTS; p++) {
    double rgb[3];

    slow_colour(s, (p % SIDE + 0.5) / SIDE, (p / SIDE + 0.5) / SIDE, (double)luma[p], rgb);
    for (int c = 0; c < 3; c++)
      g_assert_cmpfloat(fabs((double)colours[3 * p + c] - rgb[c]), <, 1e-4);
    g_assert_cmpfloat(
      fabs((double)rst_luma(colours[3 * p], colours[3 * p + 1], colours[3 * p + 2]) -
           (CLAMP((double)luma[p], -1, 1) * 0.5 + 0.5)),
      <, 1e-5);
  }
  g_free(s);
  g_free(colours);
  g_free(luma);
  bench_clear(&b);
  bench_clear(&plain);
}

static void test_cuts(void) {
  static const int boxes[][4] = {
    {0, 0, 1, 1}, {SIDE - 1, SIDE - 1, 1, 1}, {3, 5, 17, 9}, {0, 30, SIDE, 1}, {1, 1, 100, 64}};
  bench b = new_bench(RADIUS, 1), other = new_bench(RADIUS, 3);
  rst_grid grid, part;
  float *luma = whole_grid(&grid);
  float *whole = bench_sample(&b, &grid, NULL), *again = bench_sample(&other, &grid, NULL);
  float *coverage = g_new(float, POINTS), *some;

  assert_same(again, whole, 3 * POINTS);
  for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++) {
    const int *box = boxes[i];
    float *of_part = g_new(float, box[2] * box[3]);

    for (int r = 0; r < box[3]; r++)
      memcpy(of_part + r * box[2], luma + (box[1] + r) * SIDE + box[0],
             (size_t)box[2] * sizeof *luma);
    rst_grid_pixels(&part, window.x + box[0], window.y + box[1], box[2], box[3]);
    part.luma = of_part;
    some = bench_sample(&b, &part, NULL);
    for (int r = 0; r < box[3]; r++)
      assert_same(some + 3 * r * box[2], whole + 3 * ((box[1] + r) * SIDE + box[0]), 3 * box[2]);
    g_free(some);
    g_free(of_part);
  }
  for (int p = 0; p < POINTS; p++)
    coverage[p] = p % 7 == 3;
  some = bench_sample(&other, &grid, coverage);
  for (int p = 0; p < POINTS; p++)
    if (p % 7 == 3)
      assert_same(some + 3 * p, whole + 3 * p, 3);
    else
      g_assert_true(isnan(some[3 * p]));
  g_free(some);
  g_free(coverage);
  g_free(again);
  g_free(whole);
  g_free(luma);
  bench_clear(&b);
  bench_clear(&other);
}

/* A luma that is not known. */
static void test_alone(void) {
  bench b = new_bench(RADIUS, 2);
  rst_grid grid;
  float *luma = whole_grid(&grid), *colours;

  luma[1000] = luma[POINTS - 1] = NAN;
  colours = bench_sample(&b, &grid, NULL);
  for (int p = 1000; p < POINTS; p += POINTS - 1001) {
    float colour[3];

    ask(&b, (p % SIDE + 0.5) / SIDE, (p / SIDE + 0.5) / SIDE, NAN, colour);
    assert_same(colours + 3 * p, colour, 3);
  }
  g_free(colours);
  grid.luma = NULL;
  colours = bench_sample(&b, &grid, NULL);
  for (int p = 0; p < POINTS; p += 999) {
    float colour[3];

    ask(&b, (p % SIDE + 0.5) / SIDE, (p / SIDE + 0.5) / SIDE, NAN, colour);
    assert_same(colours + 3 * p, colour, 3);
  }
  g_free(colours);
  g_free(luma);
  bench_clear(&b);
}

typedef struct {
  int reported[POINTS];
  double fraction;
  int cancel_after;
  rst_cancel *cancel;
} watch;

static void on_progress(void *user, rst_phase phase, double fraction) {
  watch *w = user;

  g_assert_cmpint(phase, ==, RST_PHASE_SAMPLING);
  g_assert_cmpfloat(fraction, >=, w->fraction);
  w->fraction = fraction;
  if (w->cancel && --w->cancel_after == 0)
    rst_cancel_set(w->cancel);
}

static void on_batch(void *user, const uint32_t *points, size_t count) {
  watch *w = user;

  g_assert_cmpuint(count, <=, RST_BATCH);
  for (size_t i = 0; i < count; i++)
    w->reported[points[i]]++;
}

static void test_hooks(void) {
  bench b = new_bench(RADIUS, 2);
  rst_grid grid;
  float *luma = whole_grid(&grid), *colours = g_new(float, 3 * POINTS);
  watch *w = g_new0(watch, 1);
  rst_hooks hooks = {sizeof hooks, w, on_progress, on_batch, NULL, NULL};

  luma[77] = NAN;
  assert_ok(rst_sample(b.session, b.encoding, &b.parameters, &grid, NULL, colours, &hooks, NULL));
  for (int p = 0; p < POINTS; p++)
    g_assert_cmpint(w->reported[p], ==, 1);
  g_assert_cmpfloat(w->fraction, ==, 1);
  /* again, of lines that are known */
  *w = (watch){.fraction = 0};
  assert_ok(rst_sample(b.session, b.encoding, &b.parameters, &grid, NULL, colours, &hooks, NULL));
  for (int p = 0; p < POINTS; p++)
    g_assert_cmpint(w->reported[p], ==, 1);
  g_assert_cmpfloat(w->fraction, ==, 1);
  bench_clear(&b);
  b = new_bench(RADIUS, 2);
  *w = (watch){.cancel_after = 3, .cancel = rst_cancel_new()};
  hooks.cancel = w->cancel;
  assert_status(
    rst_sample(b.session, b.encoding, &b.parameters, &grid, NULL, colours, &hooks, NULL),
    RST_CANCELLED);
  for (int p = 0; p < POINTS; p++)
    g_assert_cmpint(w->reported[p], ==, 0);
  rst_cancel_free(w->cancel);
  g_free(w);
  g_free(colours);
  g_free(luma);
  bench_clear(&b);
}

/* Pieces of one window by two sessions at once. */
typedef struct {
  const rst_encoding *encoding;
  const float *luma;
  int seed;
  float *colours;
} visitor;

static gpointer visit(gpointer data) {
  visitor *v = data;
  const rst_parameters parameters = new_parameters(NULL, NULL);
  rst_session *session = new_session(2);
  dice d = {(uint32_t)v->seed};

  for (int i = 0; i < 40; i++) {
    const int x = dice_int(&d, 0, SIDE - 20), y = dice_int(&d, 0, SIDE - 20);
    float luma[20 * 20], colours[3 * 20 * 20];
    rst_grid grid;

    for (int r = 0; r < 20; r++)
      memcpy(luma + 20 * r, v->luma + (y + r) * SIDE + x, 20 * sizeof *luma);
    rst_grid_pixels(&grid, window.x + x, window.y + y, 20, 20);
    grid.luma = luma;
    assert_ok(rst_sample(session, v->encoding, &parameters, &grid, NULL, colours, NULL, NULL));
    for (int r = 0; r < 20; r++)
      memcpy(v->colours + 3 * ((y + r) * SIDE + x), colours + 60 * r, 60 * sizeof *colours);
  }
  rst_session_free(session);
  return NULL;
}

static void test_shared(void) {
  bench b = new_bench(RADIUS, 2), other = new_bench(RADIUS, 1);
  rst_grid grid;
  float *luma = whole_grid(&grid), *whole = bench_sample(&other, &grid, NULL);
  visitor visitors[2];
  GThread *threads[2];

  for (int i = 0; i < 2; i++) {
    visitors[i] = (visitor){b.encoding, luma, 5 + i, g_new(float, 3 * POINTS)};
    for (int p = 0; p < 3 * POINTS; p++)
      visitors[i].colours[p] = NAN;
    threads[i] = g_thread_new("visitor", visit, &visitors[i]);
  }
  for (int i = 0; i < 2; i++)
    g_thread_join(threads[i]);
  for (int i = 0; i < 2; i++) {
    for (int p = 0; p < POINTS; p++)
      if (!isnan(visitors[i].colours[3 * p]))
        assert_same(visitors[i].colours + 3 * p, whole + 3 * p, 3);
    g_free(visitors[i].colours);
  }
  g_free(whole);
  g_free(luma);
  bench_clear(&b);
  bench_clear(&other);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/guided/reference", test_reference);
  g_test_add_func("/guided/cuts", test_cuts);
  g_test_add_func("/guided/alone", test_alone);
  g_test_add_func("/guided/hooks", test_hooks);
  g_test_add_func("/guided/shared", test_shared);
  return g_test_run();
}
