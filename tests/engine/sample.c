/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sampling: the same bits however the work is cut, hooks, cancelling, what each parameter does.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

#include "diffusion/sample.h"

static const rst_window window = {-7, 11, 61};

/* Widths as networks in use have them: the products take other ways through them. */
static net wide(void) {
  net s = net_small;

  s.input = 16;
  s.stages = (widths){2, {16, 16}};
  s.latent = 64;
  s.features = (widths){1, {256}};
  s.position_bands = s.time_bands = 32;
  s.blocks = 3;
  s.dense = (widths){3, {64, 64, 64}};
  return s;
}

/* The whole window's pixels, as all the following must have them. */
static float *sample_whole(const bench *r, rst_grid *grid) {
  rst_grid_pixels(grid, window.x, window.y, window.side, window.side);
  return bench_sample(r, grid, NULL);
}

static bool untouched(const float *colour) {
  return isnan(colour[0]) && isnan(colour[1]) && isnan(colour[2]);
}

/* ---- the same bits ---- */

static void test_crops(void) {
  static const int boxes[][4] = {{0, 0, 1, 1},   {60, 60, 1, 1}, {3, 5, 17, 9},   {0, 30, 61, 1},
                                 {29, 0, 1, 61}, {1, 1, 60, 60}, {13, 7, 32, 31}, {5, 5, 13, 10}};

  for (int w = 0; w < 2; w++) {
    const net shape = w ? wide() : net_small;
    bench r = bench_new(&window, &shape, 2);
    rst_grid grid;
    float *whole = sample_whole(&r, &grid);

    for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++) {
      const int *b = boxes[i];
      float *crop;

      rst_grid_pixels(&grid, window.x + b[0], window.y + b[1], b[2], b[3]);
      crop = bench_sample(&r, &grid, NULL);
      for (int row = 0; row < b[3]; row++)
        assert_same(crop + 3 * row * b[2], whole + 3 * ((b[1] + row) * window.side + b[0]),
                    3 * b[2]);
      g_free(crop);
    }
    g_free(whole);
    bench_clear(&r);
  }
}

static void test_threads(void) {
  static const int threads[] = {2, 3, 7};
  const net shape = wide();
  bench r = bench_new(&window, &shape, 1);
  rst_grid grid;
  float *whole = sample_whole(&r, &grid);

  bench_clear(&r);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
    float *again;

    r = bench_new(&window, &shape, threads[i]);
    again = sample_whole(&r, &grid);
    assert_same(again, whole, 3 * window.side * window.side);
    g_free(again);
    bench_clear(&r);
  }
  g_free(whole);
}

typedef bool (*pattern)(int point);

static bool every_third(int point) {
  return point % 3 == 1;
}

static bool one(int point) {
  return point == 1800;
}

static bool one_less(int point) {
  return point >= 40 && point < 40 + RST_BATCH - 1;
}

static bool a_batch(int point) {
  return point >= 40 && point < 40 + RST_BATCH;
}

static bool one_more(int point) {
  return point >= 40 && point < 40 + RST_BATCH + 1;
}

static bool column(int point) {
  return point % 61 == 60;
}

static bool scattered(int point) {
  return (point * 2654435761u >> 16) % 5 == 0;
}

static void test_coverage(void) {
  static const pattern patterns[] = {every_third, one,    one_less, a_batch,
                                     one_more,    column, scattered};
  const net shape = wide();
  bench r = bench_new(&window, &shape, 2);
  rst_grid grid;
  float *whole = sample_whole(&r, &grid);
  const int points = window.side * window.side;
  float *coverage = g_new(float, points);

  for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
    float *colours;

    for (int p = 0; p < points; p++) /* as little as can be covered is covered */
      coverage[p] = patterns[i](p) ? 1e-30f : p % 2 ? 0 : -1;
    colours = bench_sample(&r, &grid, coverage);
    for (int p = 0; p < points; p++)
      if (patterns[i](p))
        assert_same(colours + 3 * p, whole + 3 * p, 3);
      else
        g_assert_true(untouched(colours + 3 * p));
    g_free(colours);
  }
  for (int p = 0; p < points; p++)
    coverage[p] = NAN; /* not above 0 */
  {
    float *colours = bench_sample(&r, &grid, coverage);

    for (int p = 0; p < points; p++)
      g_assert_true(untouched(colours + 3 * p));
    g_free(colours);
  }
  g_free(coverage);
  g_free(whole);
  bench_clear(&r);
}

/* Points in any order, each with any others in its batch. */
static void test_permuted(void) {
  const net shape = wide();
  bench r = bench_new(&window, &shape, 3);
  rst_grid grid;
  float *whole = sample_whole(&r, &grid);
  const int points = window.side * window.side;
  float *colours = g_new(float, 3 * points);
  double *at = g_new(double, window.side);
  uint32_t *order = g_new(uint32_t, points);
  dice d = {4};

  for (int i = 0; i < window.side; i++)
    at[i] = (i + 0.5) / window.side;
  for (int i = 0; i < points; i++)
    order[i] = (uint32_t)i;
  for (int i = points - 1; i > 0; i--) {
    const int j = dice_int(&d, 0, i);
    const uint32_t t = order[i];

    order[i] = order[j];
    order[j] = t;
  }
  for (int begin = 0, count; begin < points; begin += count) { /* cut anywhere */
    rst_point_set set;

    count = dice_int(&d, 1, 3 * RST_BATCH);
    count = MIN(count, points - begin);
    set = (rst_point_set){.count = (size_t)count,
                          .columns = window.side,
                          .rows = window.side,
                          .x = at,
                          .y = at,
                          .points = order + begin,
                          .column = window.x,
                          .row = window.y,
                          .column_step = 1,
                          .row_step = 1};
    assert_ok(
      rst_sample_points(r.session, r.encoding, &r.parameters, &set, colours, NULL, NULL, NULL));
  }
  assert_same(colours, whole, 3 * points);
  g_free(colours);
  g_free(at);
  g_free(order);
  g_free(whole);
  bench_clear(&r);
}

/* A preview's points are the result's points. */
static void test_coarse(void) {
  const net shape = wide();
  bench r = bench_new(&window, &shape, 2);
  rst_grid grid;
  float *whole = sample_whole(&r, &grid), *coarse;

  grid = (rst_grid){sizeof grid,  20, 12, window.x + 1.5, window.y + 2.5, 3, 5, window.x + 1,
                    window.y + 2, 3,  5};
  coarse = bench_sample(&r, &grid, NULL);
  for (int row = 0; row < 12; row++)
    for (int c = 0; c < 20; c++)
      assert_same(coarse + 3 * (row * 20 + c),
                  whole + 3 * ((2 + 5 * row) * window.side + 1 + 3 * c), 3);
  g_free(coarse);
  g_free(whole);
  bench_clear(&r);
}

static void test_grids(void) {
  bench r = bench_new(&window, &net_small, 1);
  rst_grid grid;
  float *pixels, *samples;

  rst_grid_samples(&grid, 10, 20, 8, 4, 16, 2);
  g_assert_cmpint(grid.columns, ==, 16);
  g_assert_cmpint(grid.rows, ==, 2);
  g_assert_cmpfloat(grid.x, ==, 10.25);
  g_assert_cmpfloat(grid.y, ==, 21);
  g_assert_cmpfloat(grid.dx, ==, 0.5);
  g_assert_cmpfloat(grid.dy, ==, 2);
  g_assert_cmpint(grid.column, ==, 0);
  g_assert_cmpint(grid.row, ==, 0);
  g_assert_cmpint(grid.column_step, ==, 1);
  g_assert_cmpint(grid.row_step, ==, 1);

  /* at the picture's own density only the noise is another's */
  rst_grid_pixels(&grid, window.x + 4, window.y + 9, 12, 7);
  pixels = bench_sample(&r, &grid, NULL);
  rst_grid_samples(&grid, window.x + 4, window.y + 9, 12, 7, 12, 7);
  samples = bench_sample(&r, &grid, NULL);
  g_assert_cmpint(memcmp(pixels, samples, 3 * 12 * 7 * sizeof *pixels), !=, 0);
  g_free(samples);
  grid.column = window.x + 4;
  grid.row = window.y + 9;
  samples = bench_sample(&r, &grid, NULL);
  assert_same(samples, pixels, 3 * 12 * 7);
  g_free(samples);
  g_free(pixels);
  bench_clear(&r);
}

/* ---- hooks ---- */

typedef struct {
  GThread *thread;
  const float *colours;
  int columns;
  int *reported;       /* of each point */
  double fraction;
  int calls;
  int inside;          /* hooks that are running */
  rst_cancel *cancel;
  int cancel_at;       /* the batch whose hook sets it, 0: none */
  GThread *other;      /* sets it from elsewhere */
} watch;

static void on_progress(void *user, rst_phase phase, double fraction) {
  watch *w = user;

  g_assert_true(w->thread == g_thread_self());
  g_assert_cmpint(w->inside++, ==, 0);
  g_assert_cmpint(phase, ==, RST_PHASE_SAMPLING);
  g_assert_cmpfloat(fraction, >=, w->fraction);
  g_assert_cmpfloat(fraction, <=, 1);
  w->fraction = fraction;
  w->inside--;
}

static gpointer set_cancel(gpointer data) {
  rst_cancel_set(data);
  return NULL;
}

static void on_batch(void *user, const uint32_t *points, size_t count) {
  watch *w = user;

  g_assert_true(w->thread == g_thread_self());
  g_assert_cmpint(w->inside++, ==, 0);
  g_assert_cmpuint(count, >=, 1);
  for (size_t i = 0; i < count; i++) {
    w->reported[points[i]]++;
    g_assert_false(untouched(w->colours + 3 * points[i])); /* there already */
  }
  if (++w->calls == w->cancel_at) {
    if (w->other) /* any thread may set it */
      g_thread_join(g_thread_new("cancel", set_cancel, w->cancel));
    else
      rst_cancel_set(w->cancel);
  }
  w->inside--;
}

static rst_status sample_watched(const bench *r, watch *w, const float *coverage, float *colours) {
  const size_t points = (size_t)(window.side * window.side);
  rst_hooks hooks = {sizeof hooks, w, on_progress, on_batch, w->cancel, NULL};
  rst_grid grid;

  for (size_t i = 0; i < 3 * points; i++)
    colours[i] = NAN;
  memset(w->reported, 0, points * sizeof *w->reported);
  w->thread = g_thread_self();
  w->colours = colours;
  w->fraction = 0;
  w->calls = 0;
  rst_grid_pixels(&grid, window.x, window.y, window.side, window.side);
  return rst_sample(r->session, r->encoding, &r->parameters, &grid, coverage, colours, &hooks,
                    NULL);
}

static void test_hooks(void) {
  static const int threads[] = {1, 2, 7};
  const int points = window.side * window.side;
  float *colours = g_new(float, 3 * points), *coverage = g_new(float, points);
  int *reported = g_new(int, points);

  for (int p = 0; p < points; p++)
    coverage[p] = every_third(p);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    for (int masked = 0; masked < 2; masked++) {
      bench r = bench_new(&window, &net_small, threads[i]);
      watch w = {.reported = reported};

      assert_ok(sample_watched(&r, &w, masked ? coverage : NULL, colours));
      for (int p = 0; p < points; p++)
        g_assert_cmpint(reported[p], ==, masked ? every_third(p) : 1);
      g_assert_cmpfloat(w.fraction, ==, 1);
      g_assert_cmpint(w.calls, ==, ((masked ? points / 3 : points) + RST_BATCH - 1) / RST_BATCH);
      bench_clear(&r);
    }
  g_free(colours);
  g_free(coverage);
  g_free(reported);
}

/* ---- cancelling ---- */

static void test_cancel(void) {
  static const int threads[] = {1, 2, 5};
  const int points = window.side * window.side, batches = (points + RST_BATCH - 1) / RST_BATCH;
  float *colours = g_new(float, 3 * points);
  int *reported = g_new(int, points);
  rst_cancel *cancel = rst_cancel_new();

  g_assert_false(rst_cancel_is_set(cancel));
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
    bench r = bench_new(&window, &net_small, threads[i]);
    watch w = {.reported = reported, .cancel = cancel};
    rst_grid grid;
    float *whole = sample_whole(&r, &grid);

    /* before the start */
    rst_cancel_set(cancel);
    assert_status(sample_watched(&r, &w, NULL, colours), RST_CANCELLED);
    g_assert_cmpint(w.calls, ==, 0);
    for (int p = 0; p < points; p++)
      g_assert_true(untouched(colours + 3 * p));

    /* in the middle, from a hook and from another thread: what was reported is valid, and all
     * that was touched was reported */
    for (int other = 0; other < 2; other++) {
      rst_status status;
      int touched = 0;

      rst_cancel_reset(cancel);
      g_assert_false(rst_cancel_is_set(cancel));
      w.cancel_at = 2;
      w.other = other ? g_thread_self() : NULL;
      status = sample_watched(&r, &w, NULL, colours);
      g_assert_true(rst_cancel_is_set(cancel));
      for (int p = 0; p < points; p++)
        if (reported[p]) {
          assert_same(colours + 3 * p, whole + 3 * p, 3);
          touched++;
        } else {
          g_assert_true(untouched(colours + 3 * p));
        }
      g_assert_cmpint(touched, >=, 2 * RST_BATCH);
      if (threads[i] == 1) /* others may have finished any number meanwhile, even all */
        g_assert_cmpint(w.calls, ==, 2);
      g_assert_cmpint(status, ==, touched < points ? RST_CANCELLED : RST_OK);
    }

    /* with the last batch: too late */
    rst_cancel_reset(cancel);
    w.cancel_at = batches;
    assert_ok(sample_watched(&r, &w, NULL, colours));
    assert_same(colours, whole, 3 * points);

    /* and the session works on */
    rst_cancel_reset(cancel);
    w.cancel_at = 0;
    assert_ok(sample_watched(&r, &w, NULL, colours));
    assert_same(colours, whole, 3 * points);
    g_free(whole);
    bench_clear(&r);
  }
  rst_cancel_free(cancel);
  g_free(colours);
  g_free(reported);
}

static void test_cancel_encoding(void) {
  rst_session *session = new_session(1);
  rst_model *model = network_model(&net_small);
  rst_cancel *cancel = rst_cancel_new();
  rst_encoding *encoding = NULL;
  rst_error error = RST_ERROR_INIT;
  float values[81] = {0};

  rst_cancel_set(cancel);
  assert_status(rst_encode_values(session, model, values, &window, cancel, &encoding, &error),
                RST_CANCELLED);
  assert_error(&error, RST_CANCELLED, NULL);
  g_assert_null(encoding);
  rst_cancel_reset(cancel);
  assert_ok(rst_encode_values(session, model, values, &window, cancel, &encoding, &error));
  rst_encoding_unref(encoding);
  rst_cancel_free(cancel);
  rst_model_unref(model);
  rst_session_free(session);
}

/* ---- noise ---- */

/* Noise from outside that is the engine's own gives the same picture: channels are red, green,
 * blue, in whichever order the network holds them. */
static void test_noise(void) {
  static const char *const colours[] = {"rgb", "bgr"};

  for (int i = 0; i < 2; i++) {
    net shape = net_small;
    bench r;
    rst_grid grid;
    rst_hooks hooks = RST_HOOKS_INIT;
    int steps[20], passes;
    float *own, *other, *noise, *at, coverage[35];

    shape.colour = colours[i];
    r = bench_new(&window, &shape, 2);
    rst_grid_pixels(&grid, window.x + 5, window.y + 6, 7, 5);
    for (int p = 0; p < 35; p++)
      coverage[p] = p % 4 != 0;
    own = bench_sample(&r, &grid, coverage);
    assert_ok(rst_parameters_steps(&r.parameters, r.model, steps, &passes, NULL));
    noise = at = g_new(float, (size_t)(passes + 1) * 35 * 3);
    for (int step = -1; step < passes; step++)
      for (int p = 0; p < 35; p++)
        if (coverage[p] > 0) {
          rst_noise(r.parameters.seed, window.x + 5 + p % 7, window.y + 6 + p / 7,
                    step < 0 ? 20 : steps[step], at);
          at += 3;
        }
    other = g_memdup2(own, 3 * 35 * sizeof *own);
    hooks.noise = noise;
    assert_ok(
      rst_sample(r.session, r.encoding, &r.parameters, &grid, coverage, other, &hooks, NULL));
    assert_same(other, own, 3 * 35);
    g_free(own);
    g_free(other);
    g_free(noise);
    bench_clear(&r);
  }
}

/* ---- parameters ---- */

/* Another value for each parameter that samplers read. */
static const char *another(const char *name) {
  static const char *const values[][2] = {
    {"sampler", "ddpm"}, {"stochasticity", "0.3"},    {"step-skip", "2"}, {"start", "13"},
    {"end", "2"},        {"sequence", "quadratic"},   {"clip", "true"},   {"project", "false"},
    {"seed", "5"},       {"noise-stddev", "squared"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
    if (strcmp(values[i][0], name) == 0)
      return values[i][1];
  g_error("%s is new: say here what it changes", name);
}

static bool changes(bench *r, const rst_parameter *entry) {
  const rst_parameters before = r->parameters;
  rst_grid grid;
  float *a, *b;
  bool same;

  rst_grid_pixels(&grid, window.x + 20, window.y + 20, 5, 5);
  a = bench_sample(r, &grid, NULL);
  assert_ok(rst_parameters_set(&r->parameters, entry->name, another(entry->name), NULL));
  b = bench_sample(r, &grid, NULL);
  same = memcmp(a, b, 75 * sizeof *a) == 0;
  r->parameters = before;
  g_free(a);
  g_free(b);
  return !same;
}

static void test_parameters(void) {
  net shape = net_small;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  bench diffusion = bench_new(&window, &shape, 1), single;
  int sampling = 0;

  shape.process = "single pass";
  single = bench_new(&window, &shape, 1);
  for (size_t i = 0; i < count; i++) {
    if (rst_parameter_use(&table[i], &single.parameters, &single_pass) != RST_UNUSED_SINGLE_PASS)
      continue;
    sampling++;
    g_assert_cmpuint(rst_parameter_stages(&table[i]), ==, RST_STAGE_SAMPLE);
    g_assert_false(changes(&single, &table[i]));
    diffusion.parameters.sampler = RST_SAMPLER_DDIM;
    g_assert_true(changes(&diffusion, &table[i]));
    diffusion.parameters.sampler = RST_SAMPLER_DDPM;
    if (strcmp(table[i].name, "sampler") != 0)
      g_assert_true(changes(&diffusion, &table[i]) ==
                    (rst_parameter_use(&table[i], &diffusion.parameters, NULL) == RST_USED));
  }
  g_assert_cmpint(sampling, ==, 10);
  bench_clear(&diffusion);
  bench_clear(&single);
}

/* `auto` is ddim; without stochasticity the seed counts through the first value alone. */
static void test_samplers(void) {
  bench r = bench_new(&window, &net_small, 1);
  rst_grid grid;
  float *automatic, *ddim;

  rst_grid_pixels(&grid, window.x + 20, window.y + 20, 5, 5);
  automatic = bench_sample(&r, &grid, NULL);
  r.parameters.sampler = RST_SAMPLER_DDIM;
  ddim = bench_sample(&r, &grid, NULL);
  assert_same(automatic, ddim, 75);
  g_free(automatic);
  g_free(ddim);
  bench_clear(&r);
}

/* Clipped values, the luma of a residual network added once afterwards. */
static void test_clip(void) {
  net shape = net_small;
  bench r;
  rst_grid grid;
  float *colours, *plain;
  bool beyond = false;

  shape.residual = false;
  r = bench_new(&window, &shape, 1);
  rst_grid_pixels(&grid, window.x, window.y, 30, 30);
  plain = bench_sample(&r, &grid, NULL);
  r.parameters.clip = true;
  colours = bench_sample(&r, &grid, NULL);
  for (int i = 0; i < 2700; i++) {
    g_assert_cmpfloat(colours[i], >=, 0);
    g_assert_cmpfloat(colours[i], <=, 1);
    beyond |= plain[i] < 0 || plain[i] > 1; /* else this would show nothing */
  }
  g_assert_true(beyond);
  g_free(colours);
  g_free(plain);
  bench_clear(&r);
}

/* ---- refusals ---- */

static void test_outside(void) {
  bench r = bench_new(&window, &net_small, 1);
  float colours[3 * 9], coverage[9] = {0};
  rst_error error = RST_ERROR_INIT;
  static const int corners[][2] = {{-8, 20}, {20, 10}, {52, 20}, {20, 70}};
  rst_grid grid;

  for (size_t i = 0; i < G_N_ELEMENTS(corners); i++) {
    rst_grid_pixels(&grid, corners[i][0], corners[i][1], 3, 3);
    rst_error_init(&error);
    assert_status(
      rst_sample(r.session, r.encoding, &r.parameters, &grid, NULL, colours, NULL, &error),
      RST_OUTSIDE_WINDOW);
    assert_error(&error, RST_OUTSIDE_WINDOW, "window");
    g_assert_cmpstr(error.value, ==, "-7,11,61");
    coverage[4] = 1; /* the middle one lies inside */
    assert_ok(
      rst_sample(r.session, r.encoding, &r.parameters, &grid, coverage, colours, NULL, NULL));
  }
  /* the window's own corners are inside, what is farther is not */
  grid = (rst_grid){sizeof grid, 2, 2, -7, 11, 61, 61, 0, 0, 1, 1, NULL};
  assert_ok(rst_sample(r.session, r.encoding, &r.parameters, &grid, NULL, colours, NULL, NULL));
  grid.dx = 61.001;
  assert_status(rst_sample(r.session, r.encoding, &r.parameters, &grid, NULL, colours, NULL, NULL),
                RST_OUTSIDE_WINDOW);
  bench_clear(&r);
}

static void test_calls(void) {
  bench r = bench_new(&window, &net_small, 1);
  rst_parameters bad = r.parameters;
  rst_hooks hooks = RST_HOOKS_INIT;
  float colours[3], none = 0;
  rst_error error = RST_ERROR_INIT;
  rst_grid good, grid;
  rst_session *session;

  rst_grid_pixels(&good, window.x, window.y, 1, 1);
  bad.stochasticity = 1.5;
  assert_status(rst_sample(r.session, r.encoding, &bad, &good, NULL, colours, NULL, &error),
                RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "stochasticity");
  /* refused though nothing is to be done */
  assert_status(rst_sample(r.session, r.encoding, &bad, &good, &none, colours, NULL, &error),
                RST_OUT_OF_RANGE);
  assert_status(rst_sample(NULL, r.encoding, &r.parameters, &good, NULL, colours, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_sample(r.session, NULL, &r.parameters, &good, NULL, colours, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_sample(r.session, r.encoding, NULL, &good, NULL, colours, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_sample(r.session, r.encoding, &r.parameters, NULL, NULL, colours, NULL, NULL),
                RST_BAD_CALL);
  assert_status(rst_sample(r.session, r.encoding, &r.parameters, &good, NULL, NULL, NULL, NULL),
                RST_BAD_CALL);
  hooks.size++;
  assert_status(
    rst_sample(r.session, r.encoding, &r.parameters, &good, NULL, colours, &hooks, NULL),
    RST_BAD_CALL);
  bad = r.parameters;
  bad.size++;
  assert_status(rst_sample(r.session, r.encoding, &bad, &good, NULL, colours, NULL, NULL),
                RST_BAD_CALL);
  for (int i = 0; i < 6; i++) {
    grid = good;
    if (i == 0)
      grid.size++;
    if (i == 1)
      grid.columns = 0;
    if (i == 2)
      grid.rows = -1;
    if (i == 3)
      grid.columns = grid.rows = 46341; /* more than 2³¹ − 1 points */
    if (i == 4)
      grid.x = NAN;
    if (i == 5)
      grid.dy = INFINITY;
    assert_status(
      rst_sample(r.session, r.encoding, &r.parameters, &grid, NULL, colours, NULL, NULL),
      RST_BAD_CALL);
  }
  assert_status(rst_session_new(-1, &session, &error), RST_OUT_OF_RANGE);
  assert_error(&error, RST_OUT_OF_RANGE, "threads");
  assert_status(rst_session_new(257, &session, &error), RST_OUT_OF_RANGE);
  session = new_session(0);
  g_assert_cmpint(rst_session_threads(session), >=, 1);
  rst_session_free(session);
  session = new_session(256);
  g_assert_cmpint(rst_session_threads(session), ==, 256);
  rst_session_free(session);
  rst_session_free(NULL);
  bench_clear(&r);
}

/* The encoding keeps the model, its input and its window. */
static void test_encoding(void) {
  rst_session *session = new_session(1);
  rst_model *model = network_model(&net_small);
  float *values = random_floats(3, 81, -1, 1);
  rst_encoding *encoding, *second;
  rst_window seen;
  rst_grid grid;
  rst_parameters parameters = new_parameters(NULL, NULL);
  float colours[3];
  int size;

  assert_ok(rst_encode_values(session, model, values, &window, NULL, &encoding, NULL));
  rst_model_unref(model);
  assert_same(rst_encoding_input(encoding, &size), values, 81);
  g_assert_cmpint(size, ==, 9);
  rst_encoding_window(encoding, &seen);
  g_assert_true(seen.x == window.x && seen.y == window.y && seen.side == window.side);
  second = rst_encoding_ref(encoding);
  rst_encoding_unref(encoding);
  rst_grid_pixels(&grid, 0, 20, 1, 1);
  assert_ok(rst_sample(session, second, &parameters, &grid, NULL, colours, NULL, NULL));
  rst_encoding_unref(second);
  rst_encoding_unref(NULL);
  g_free(values);
  rst_session_free(session);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sample/crops", test_crops);
  g_test_add_func("/sample/threads", test_threads);
  g_test_add_func("/sample/coverage", test_coverage);
  g_test_add_func("/sample/permuted", test_permuted);
  g_test_add_func("/sample/coarse", test_coarse);
  g_test_add_func("/sample/grids", test_grids);
  g_test_add_func("/sample/hooks", test_hooks);
  g_test_add_func("/sample/cancel", test_cancel);
  g_test_add_func("/sample/cancel encoding", test_cancel_encoding);
  g_test_add_func("/sample/noise", test_noise);
  g_test_add_func("/sample/parameters", test_parameters);
  g_test_add_func("/sample/samplers", test_samplers);
  g_test_add_func("/sample/clip", test_clip);
  g_test_add_func("/sample/outside", test_outside);
  g_test_add_func("/sample/calls", test_calls);
  g_test_add_func("/sample/encoding", test_encoding);
  return g_test_run();
}
