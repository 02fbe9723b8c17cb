/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours interpolated in large windows: against the nodes asked one by one, the same bits however the
 * work is cut, and whatever has no place between nodes asked by itself.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

#include "diffusion/bilateral.h"

enum { SIDE = 131, NODES = 32, TONES = 17, POINTS = SIDE * SIDE };

static const rst_window window = {-3, 9, SIDE}, small = {-3, 9, 127};

/* A single pass that sees the pixel's own luma, with an input of 16. */
static net seeing(void) {
  net s = net_small;

  s.input = 16;
  s.process = "single pass";
  s.condition = s.residual = s.pixel = true;
  return s;
}

static bench new_bench(const rst_window *where, int threads) {
  const net shape = seeing();
  bench b;

  b.session = new_session(threads);
  b.model = network_model(&shape);
  b.encoding = new_encoding(b.session, b.model, where, 5);
  b.parameters = new_parameters(NULL, NULL);
  return b;
}

/* The whole of a window, with random luma. */
static float *whole_grid(const rst_window *where, rst_grid *grid) {
  float *luma = random_floats(3, (size_t)(where->side * where->side), -1, 1);

  rst_grid_pixels(grid, where->x, where->y, where->side, where->side);
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

static void test_nodes(void) {
  static const int points[] = {0, SIDE - 1, SIDE * (SIDE - 1), POINTS - 1, 1234, 9876};
  bench b = new_bench(&window, 2);
  rst_grid grid;
  float *luma = whole_grid(&window, &grid), *colours;

  luma[0] = -1; /* on the first and the last tone */
  luma[1234] = 1;
  colours = bench_sample(&b, &grid, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
    const int p = points[i];
    const double at[3] = {(p % SIDE + 0.5) / SIDE * NODES, (p / SIDE + 0.5) / SIDE * NODES,
                          ((double)luma[p] + 1) / 2 * (TONES - 1)};
    double sum[3] = {0, 0, 0};

    for (int corner = 0; corner < 8; corner++) {
      double weight = 1, node[3];
      float colour[3];

      for (int axis = 0; axis < 3; axis++) {
        const double last = axis == 2 ? TONES - 1 : NODES, first = fmin(floor(at[axis]), last - 1);

        node[axis] = first + (corner >> axis & 1);
        weight *= 1 - fabs(at[axis] - node[axis]);
      }
      ask(&b, node[0] / NODES, node[1] / NODES, (float)(node[2] * 2 / (TONES - 1) - 1), colour);
      for (int c = 0; c < 3; c++)
        sum[c] += weight * (double)colour[c];
    }
    for (int c = 0; c < 3; c++)
      g_assert_cmpfloat(fabs(colours[3 * p + c] - sum[c]), <, 1e-5);
  }
  g_free(colours);
  g_free(luma);
  bench_clear(&b);
}

static void test_cuts(void) {
  static const int boxes[][4] = {
    {0, 0, 1, 1}, {SIDE - 1, SIDE - 1, 1, 1}, {3, 5, 17, 9}, {0, 30, SIDE, 1}, {1, 1, 100, 64}};
  bench b = new_bench(&window, 1), other = new_bench(&window, 3);
  rst_grid grid, part;
  float *luma = whole_grid(&window, &grid);
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

/* A luma that is not known, or that no tone has; and small windows, in which all points are so. */
static void test_alone(void) {
  static const float lumas[] = {NAN, -1.5f, 1.01f, INFINITY};
  bench b = new_bench(&window, 2), less = new_bench(&small, 2);
  rst_grid grid;
  float *luma = whole_grid(&window, &grid), *colours;

  for (size_t i = 0; i < G_N_ELEMENTS(lumas); i++)
    luma[1000 * i] = lumas[i];
  colours = bench_sample(&b, &grid, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(lumas); i++) {
    const int p = 1000 * (int)i;
    float colour[3];

    ask(&b, (p % SIDE + 0.5) / SIDE, (p / SIDE + 0.5) / SIDE, lumas[i], colour);
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
  luma = whole_grid(&small, &grid);
  colours = bench_sample(&less, &grid, NULL);
  for (int p = 0; p < small.side * small.side; p += 999) {
    float colour[3];

    ask(&less, (p % small.side + 0.5) / small.side, (p / small.side + 0.5) / small.side, luma[p],
        colour);
    assert_same(colours + 3 * p, colour, 3);
  }
  g_free(colours);
  g_free(luma);
  bench_clear(&b);
  bench_clear(&less);
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
  bench b = new_bench(&window, 2);
  rst_grid grid;
  float *luma = whole_grid(&window, &grid), *colours = g_new(float, 3 * POINTS);
  watch *w = g_new0(watch, 1);
  rst_hooks hooks = {sizeof hooks, w, on_progress, on_batch, NULL, NULL};

  luma[77] = NAN;
  assert_ok(rst_sample(b.session, b.encoding, &b.parameters, &grid, NULL, colours, &hooks, NULL));
  for (int p = 0; p < POINTS; p++)
    g_assert_cmpint(w->reported[p], ==, 1);
  g_assert_cmpfloat(w->fraction, ==, 1);
  /* again, of nodes that are known */
  *w = (watch){.fraction = 0};
  assert_ok(rst_sample(b.session, b.encoding, &b.parameters, &grid, NULL, colours, &hooks, NULL));
  for (int p = 0; p < POINTS; p++)
    g_assert_cmpint(w->reported[p], ==, 1);
  g_assert_cmpfloat(w->fraction, ==, 1);
  bench_clear(&b);
  b = new_bench(&window, 2);
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
  bench b = new_bench(&window, 2), other = new_bench(&window, 1);
  rst_grid grid;
  float *luma = whole_grid(&window, &grid), *whole = bench_sample(&other, &grid, NULL);
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
  g_test_add_func("/bilateral/nodes", test_nodes);
  g_test_add_func("/bilateral/cuts", test_cuts);
  g_test_add_func("/bilateral/alone", test_alone);
  g_test_add_func("/bilateral/hooks", test_hooks);
  g_test_add_func("/bilateral/shared", test_shared);
  return g_test_run();
}
