/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview's machinery against rst_restore(), and what it computes in which order.
 */
#include "host.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { WIDTH = 150, HEIGHT = 130 };

static const char *const setups[] = {
  "start 12 step-skip 4",
  "start 12 sampler ddpm seed 3 noise-stddev squared",
  "start 12 stochasticity 0.5 project false clip true mode detail",
  "start 12 mode colour strength 0.5",
  "start 12 match on mode full saturation 1.5",
  "start 12 match on mode colour sequence quadratic",
  "start 12 hide-region true",
  "start 12 hide-region true mode colour context 3",
  "start 12 context 3 seed 7",
  "start 12 window picture",
  "start 12 window -10,-20,170",
  "start 12 mode colour hints 30,75,#604020;110,50,#204060,0.3;120,60,keep",
  "start 12 mode colour hints 31,75,#604020;110,50,#204060,0.3;120,60,keep",
  "start 12 mode colour hints 31,75,#604020;110,50,#204060,0.3 match on",
  "start 12 mode detail hints 31,75,#604020;110,50,#204060,0.3",
  "start 12 mode full hints 31,75,#604020 context 2",
  "start 12 mode full context 2",
};

static void test_exact(gconstpointer model) {
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 0, 50, 60, 50); /* over the transparent edge */
  select_ellipse(p, 90, 20, 50, 60);

  preview_fixture *b = preview_fixture_new(p, model);

  for (gsize i = 0; i < G_N_ELEMENTS(setups); i++) {
    finish(b, setups[i]);
    check_exact(b, setups[i]);
  }
  preview_fixture_free(b);
}

/* Hints cost no network pass, and what is far from them is not drawn anew. */
static void test_hints(void) {
  static const char first[] = "step-skip 10 mode colour window picture hints 30,75,#604020,0.1";
  static const char moved[] = "step-skip 10 mode colour window picture hints 34,75,#604020,0.1";
  const viewport view = {WIDTH, HEIGHT, 0, 0, 1};
  photo *p = photo_new(WIDTH, HEIGHT);
  frame *before, *after;
  int64_t restored;
  int changed = 0;

  select_ellipse(p, 10, 10, 120, 110);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");

  preview_set_viewport(b->preview, &view);
  restored = finish(b, "step-skip 10 mode colour window picture").restored;
  g_assert_cmpint(restored, ==, count_selected(p));
  before = preview_get_frame(b->preview);
  g_assert_cmpint(finish(b, first).restored, ==, restored);
  check_exact(b, first);
  g_assert_cmpint(finish(b, moved).restored, ==, restored);
  check_exact(b, moved);
  after = preview_get_frame(b->preview);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      const bool differs = before->after[y * WIDTH + x] != after->after[y * WIDTH + x];

      changed += differs;
      g_assert_true(!differs || hypot(x - 34, y - 75) < 20);
    }
  g_assert_cmpint(changed, >, 20);
  frame_unref(before);
  frame_unref(after);
  preview_fixture_free(b);
}

/* Pixels of frames that are drawn until a setup's result is exact. */
static int64_t count_drawn(preview_fixture *b, const char *setup) {
  preview_status before;

  preview_get_status(b->preview, &before);
  return finish(b, setup).drawn - before.drawn;
}

/* A hint that moves in a large view costs what it changes, not all that is seen. */
static void test_hint_drawing(void) {
  enum { SIDE = 1000, MOVES = 3 };
  const viewport view = {SIDE, SIDE, 0, 0, 1};
  photo *p = photo_new(SIDE, SIDE);

  select_ellipse(p, 350, 350, 200, 200);
  for (int i = 0; i < SIDE * SIDE; i++) /* a thing on a ground */
    for (int c = 0; c < 3; c++)
      p->rgba[4 * i + c] = hypot(i % SIDE - 450, i / SIDE - 450) < 75 ? 0.3f : 0.7f;

  preview_fixture *b = preview_fixture_new(p, "tiny-single");

  preview_set_viewport(b->preview, &view);
  g_assert_cmpint(
    count_drawn(b, "mode colour window picture hints 440,450,#604020;500,500,#208020"), >=,
    SIDE * SIDE);
  for (int i = 1; i <= MOVES; i++) {
    g_autofree char *setup = g_strdup_printf(
      "mode colour window picture hints %d,450,#604020;500,500,#208020", 440 + 4 * i);
    const int64_t drawn = count_drawn(b, setup);

    g_test_message("a hint that moves: %d pixels drawn", (int)drawn);
    g_assert_cmpint(drawn, >, 0);
    g_assert_cmpint(drawn, <, SIDE * SIDE / 10); /* the selection has 4 % of them */
  }
  preview_fixture_free(b);
}

static bool has_suggestions(preview_fixture *b, rst_swatch *swatches, int *count) {
  const guint timer = g_timeout_add(5, tick, NULL);

  for (int i = 0; i < 1000 && !preview_get_suggestions(b->preview, swatches, count); i++)
    g_main_context_iteration(NULL, TRUE);
  g_source_remove(timer);
  return preview_get_suggestions(b->preview, swatches, count);
}

/* Colours for a hint, those of rst_suggest_colours(), and how far one reaches. */
static void test_suggestions(void) {
  const rst_hint hint = {.x = 60, .y = 60, .keep = true, .reach = 0.2};
  photo *p = photo_new(WIDTH, HEIGHT);
  rst_swatch swatches[RST_SWATCHES_MAX];
  contour *c = NULL;
  int count = -1;

  select_ellipse(p, 30, 30, 60, 60);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");

  finish(b, "mode colour start 12");
  preview_set_suggestion(b->preview, true, 60, 60);
  g_assert_true(has_suggestions(b, swatches, &count));
  g_assert_cmpint(count, >=, 1);
  for (int i = 1; i < count; i++)
    g_assert_cmpfloat(swatches[i].share, <=, swatches[i - 1].share);
  preview_set_suggestion(b->preview, true, WIDTH - 1, 0); /* in no window */
  g_assert_true(has_suggestions(b, swatches, &count));
  g_assert_cmpint(count, ==, 0);
  preview_set_suggestion(b->preview, false, 0, 0);
  g_assert_false(preview_get_suggestions(b->preview, swatches, &count));

  preview_set_contour(b->preview, &hint);
  reach(b, PREVIEW_EXACT);
  c = preview_get_contour(b->preview);
  g_assert_nonnull(c);
  g_assert_true(rect_contains(&c->area, 60, 60));
  g_assert_cmpfloat(c->weights[(60 - c->area.y) * c->width + 60 - c->area.x], ==, 1);
  g_assert_cmpfloat(c->weights[0], ==, 0);
  contour_unref(c);
  preview_set_contour(b->preview, NULL);
  g_assert_null(preview_get_contour(b->preview));
  preview_fixture_free(b);
}

static void test_order(void) {
  photo *p = photo_new(WIDTH, HEIGHT);
  const viewport view = {40, 50, 30, 20, 1}; /* of 40 × 50 pixels */
  const rst_rectangle visible = {30, 20, 40, 50};

  select_ellipse(p, 10, 10, 120, 110);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");
  bool outside = false;
  int last = 1 << 20, steps = 0, from = 0;

  preview_set_viewport(b->preview, &view);
  finish(b, "step-skip 1 mode colour");
  check_once(b);
  g_assert_cmpint(b->points->len, ==, count_selected(p));
  for (guint i = 0; i < b->points->len; i++) {
    const point *at = &g_array_index(b->points, point, i);

    outside = outside || !rect_contains(&visible, at->x, at->y);
    if (outside) {
      g_assert_false(rect_contains(&visible, at->x, at->y));
      continue;
    }
    g_assert_cmpint(at->step, <=, last);
    if (at->step < last) {
      /* A level has about as many points as all coarser ones times three. */
      steps++;
      if (last < 1 << 20)
        g_assert_cmpint(i, <=, 2000 * 2 / at->step / at->step * 2);
      from = (int)i;
    }
    last = at->step;
    g_assert_cmpint(at->x % at->step, ==, 0);
    g_assert_cmpint(at->y % at->step, ==, 0);
  }
  g_assert_true(outside);
  g_assert_cmpint(from, >, 0);
  g_assert_cmpint(last, ==, 1);
  g_assert_cmpint(steps, >=, 3);
  check_exact(b, "step-skip 1 mode colour");
  preview_fixture_free(b);
}

/* What a change costs: windows encoded, and whether points are restored anew. */
static const struct {
  const char *setup;
  int encoded;
  bool restored;
} changes[] = {
  {"start 12 seed 0", 1, true},
  {"start 12 seed 1", 0, true},
  {"start 12 seed 1 step-skip 5", 0, true},
  {"start 12 seed 1 step-skip 5 stochasticity 0.25", 0, true},
  {"start 12 seed 1 step-skip 5 stochasticity 0.25 strength 0.5", 0, false},
  {"start 12 seed 1 step-skip 5 stochasticity 0.25 strength 0.5 mode colour", 0, false},
  {"start 12 seed 1 step-skip 5 stochasticity 0.25 mode colour saturation 0.5", 0, false},
  {"start 12 seed 1 step-skip 5 stochasticity 0.25 mode detail", 0, false},
  {"start 12 seed 1 sampler ddpm", 0, true},
  {"start 12 seed 1 sampler ddpm stochasticity 0.1 step-skip 3 project false", 0, false},
  {"start 12 seed 1 sampler ddpm hide-region true match off", 1, true},
  {"start 12 seed 1 sampler ddpm", 0, true},
  {"start 12 seed 1 sampler ddpm context 2", 1, true},
  {"start 12 seed 1 sampler ddpm", 0, true},
  {"start 12 seed 1 sequence quadratic step-skip 3", 0, true},
  {"start 12 seed 1 sequence quadratic step-skip 7", 0, false},
  {"start 12 seed 1 sequence quadratic noise-stddev zero", 0, true},
  {"start 12 seed 1 sequence quadratic noise-stddev zero project false", 0, false},
  {"start 12 seed 1 sequence quadratic stochasticity 0", 0, true},
  {"start 12 seed 1 sequence quadratic stochasticity 0 noise-stddev squared", 0, false},
  {"start 12 seed 1 sequence quadratic stochasticity 0 project false", 0, false},
  {"start 12 seed 1 sequence quadratic", 0, true},
};

static void test_changes(void) {
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 40, 40, 40, 44);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");
  preview_status before = {0};

  for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
    const preview_status after = finish(b, changes[i].setup);

    g_test_message("%s", changes[i].setup);
    g_assert_cmpint(after.encoded - before.encoded, ==, changes[i].encoded);
    g_assert_cmpint(after.restored - before.restored, ==,
                    changes[i].restored ? count_selected(p) : 0);
    check_exact(b, changes[i].setup);
    before = after;
  }
  /* The ring alone is new. */
  const preview_status matched = finish(b, "start 12 seed 1 sequence quadratic match on");

  g_assert_cmpint(matched.restored - before.restored, >, 40);
  g_assert_cmpint(matched.restored - before.restored, <, 200);
  preview_fixture_free(b);
}

static void test_changes_single(void) {
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 40, 40, 40, 44);

  preview_fixture *b = preview_fixture_new(p, "tiny-single");
  const preview_status first = finish(b, "seed 0");
  const preview_status second = finish(b, "seed 9 sampler ddpm step-skip 2");

  g_assert_cmpint(first.restored, ==, count_selected(p));
  g_assert_cmpint(second.restored, ==, first.restored);
  preview_fixture_free(b);
}

/* The first look comes as soon whatever it is made of: points that take few passes cost as well. */
static void test_first_look(void) {
  enum { PASSES = 20 << 10, POINT = 4 };
  static const struct {
    const char *model, *setup;
    int passes;
  } looks[] = {
    {"tiny-single", "seed 0", 1},
    {"tiny-diffusion", "start 3 step-skip 1", 3},
    {"tiny-diffusion", "start 12 step-skip 1", 12},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
    photo *p = photo_new(WIDTH, HEIGHT);
    int first = 0;

    select_ellipse(p, 0, 0, WIDTH, HEIGHT);

    preview_fixture *b = preview_fixture_new(p, looks[i].model);

    finish(b, looks[i].setup);
    for (guint k = 0; k < b->points->len; k++)
      first += g_array_index(b->points, point, k).step == g_array_index(b->points, point, 0).step;
    g_test_message("%s: %d points", looks[i].setup, first);
    g_assert_cmpint(first * (looks[i].passes + POINT), <=, PASSES);
    g_assert_cmpint(4 * first * (looks[i].passes + POINT), >, PASSES * 9 / 10); /* nor a poor one */
    check_exact(b, looks[i].setup);
    preview_fixture_free(b);
  }
}

static void run_for(double seconds) {
  const gint64 end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
  const guint timer = g_timeout_add(1, tick, NULL);

  while (g_get_monotonic_time() < end)
    g_main_context_iteration(NULL, TRUE);
  g_source_remove(timer);
}

/* Holds the worker where a request's points begin: one comes for the second time. */
typedef struct {
  pthread_mutex_t mutex; /* ThreadSanitizer knows POSIX's, and not GLib's */
  pthread_cond_t released;
  bool held;
  guint8 *seen; /* (HEIGHT, WIDTH) */
} gate;

static void hold(void *user, const part_points *c, int x, int y, int step) {
  gate *g = user;

  (void)c;
  (void)step;
  pthread_mutex_lock(&g->mutex);
  if (g->seen[y * WIDTH + x]) {
    memset(g->seen, 0, WIDTH * HEIGHT);
    g->held = true;
    while (g->held)
      pthread_cond_wait(&g->released, &g->mutex);
  }
  g->seen[y * WIDTH + x] = 1;
  pthread_mutex_unlock(&g->mutex);
}

static bool is_held(gate *g) {
  pthread_mutex_lock(&g->mutex);
  const bool held = g->held;
  pthread_mutex_unlock(&g->mutex);
  return held;
}

static void release(gate *g) {
  pthread_mutex_lock(&g->mutex);
  g->held = false;
  pthread_cond_signal(&g->released);
  pthread_mutex_unlock(&g->mutex);
}

/* Each request is overtaken as soon as it has begun: of none more is restored than its first, coarse
 * points. */
static void test_newest_wins(void) {
  enum { REQUESTS = 40 };
  photo *p = photo_new(WIDTH, HEIGHT);
  gate g = {.mutex = PTHREAD_MUTEX_INITIALIZER,
            .released = PTHREAD_COND_INITIALIZER,
            .seen = g_malloc0(WIDTH * HEIGHT)};
  const guint timer = g_timeout_add(1, tick, NULL);

  select_ellipse(p, 5, 5, 140, 120);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");
  const int64_t points = count_selected(p);

  finish(b, "step-skip 1 start 2");
  preview_set_trace(b->preview, hold, &g);
  memset(g.seen, 1, WIDTH * HEIGHT); /* all of them were there */
  for (int i = 0; i < REQUESTS; i++) {
    char setup[64];

    g_snprintf(setup, sizeof setup, "step-skip 1 seed %d", i);
    set(b, setup);
    release(&g);
    while (!is_held(&g))
      g_main_context_iteration(NULL, TRUE);
  }
  g_source_remove(timer);
  g_assert_cmpint(preview_write(b->preview, NULL), ==, RST_BAD_CALL);
  set(b, "step-skip 8 start 12 seed 99");
  preview_set_trace(b->preview, NULL, NULL);
  release(&g);

  const preview_status status = reach(b, PREVIEW_EXACT);

  g_test_message("%d points for a result of %d", (int)status.restored, (int)points);
  g_assert_cmpint(status.restored, <, 3 * points);
  check_exact(b, "step-skip 8 start 12 seed 99");
  preview_fixture_free(b);
  g_free(g.seen);
}

static void test_stop(void) {
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 5, 5, 140, 120);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");
  int stops = 0;

  set(b, "step-skip 1 mode colour");
  for (int i = 0; i < 12; i++) {
    preview_status status;

    if (i > 0)
      run_for(0.02);
    preview_get_status(b->preview, &status);
    if (status.phase == PREVIEW_EXACT)
      break;
    preview_set_running(b->preview, false);
    reach(b, PREVIEW_STOPPED);
    stops++;
    g_assert_cmpint(preview_write(b->preview, NULL), ==, RST_BAD_CALL);
    preview_set_running(b->preview, true);
  }
  g_test_message("%d stops", stops);
  g_assert_cmpint(stops, >, 0);
  reach(b, PREVIEW_EXACT);
  check_once(b);
  g_assert_cmpint(b->points->len, ==, count_selected(p));
  check_exact(b, "step-skip 1 mode colour");
  preview_fixture_free(b);
}

/* Shown is what the pixels are: before everywhere, and after where strength and coverage say. */
static void test_frames(void) {
  photo *p = photo_new(WIDTH, HEIGHT);
  const viewport fit = {WIDTH, HEIGHT, 0, 0, 1};
  const viewport beyond = {60, 40, -10, 100, 2};

  select_ellipse(p, 40, 30, 60, 60);

  preview_fixture *b = preview_fixture_new(p, "tiny-single");

  preview_set_viewport(b->preview, &fit);
  finish(b, "mode full");
  check_exact(b, "mode full");

  frame *f = preview_get_frame(b->preview);
  int changed = 0;

  g_assert_cmpint(f->viewport.width, ==, WIDTH);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const guint32 red = (f->after[i] >> 16) & 255, old = (f->before[i] >> 16) & 255;

    if (p->rgba[4 * i + 3] < 1)
      continue;
    g_assert_cmpint(old, ==, (int)(p->rgba[4 * i] * 255 + 0.5f));
    if (p->coverage[i] == 0)
      g_assert_cmphex(f->after[i], ==, f->before[i]);
    if (p->coverage[i] >= 1)
      g_assert_cmpint(ABS((int)red - (int)(p->result[3 * i] * 255 + 0.5f)), <=, 1);
    changed += f->after[i] != f->before[i];
  }
  g_assert_cmpint(changed, >, 1000);
  frame_unref(f);

  preview_status status = finish(b, "mode full strength 0");

  f = preview_get_frame(b->preview);
  for (int i = 0; i < WIDTH * HEIGHT; i++) /* half covered pixels take a way through linear light */
    for (int shift = 0; shift < 24; shift += 8)
      g_assert_cmpint(ABS((int)(f->after[i] >> shift & 255) - (int)(f->before[i] >> shift & 255)),
                      <=, 1);
  frame_unref(f);

  /* Another view computes nothing and shows nothing beyond the picture. */
  const int64_t restored = status.restored;

  preview_set_viewport(b->preview, &beyond);
  status = reach(b, PREVIEW_EXACT);
  g_assert_cmpint(status.restored, ==, restored);
  f = preview_get_frame(b->preview);
  g_assert_cmphex(f->before[0], ==, 0);
  g_assert_cmphex(f->before[20], !=, 0);
  frame_unref(f);
  preview_fixture_free(b);
}

/* A picture that is shrunk: each pixel of the screen is the mean of three by three of the
 * picture's, evenly spread. */
static void test_shrunk(void) {
  enum { TIMES = 12, COLUMNS = WIDTH / TIMES, ROWS = HEIGHT / TIMES };
  const viewport view = {COLUMNS, ROWS, 0, 0, 1.0 / TIMES};
  photo *p = photo_new(WIDTH, HEIGHT);

  select_ellipse(p, 40, 30, 60, 60);

  preview_fixture *b = preview_fixture_new(p, "tiny-single");

  preview_set_viewport(b->preview, &view);
  finish(b, "mode full");
  check_exact(b, "mode full");

  frame *f = preview_get_frame(b->preview);

  for (int j = 0; j < ROWS; j++)
    for (int i = 1; i < COLUMNS; i++) {
      double before = 0, after = 0;
      bool whole_pixels = true;

      for (int tap = 0; tap < 9; tap++) {
        const int x = i * TIMES + 2 + tap % 3 * 4, y = j * TIMES + 2 + tap / 3 * 4;
        const int at = y * WIDTH + x;

        whole_pixels = whole_pixels && (p->coverage[at] == 0 || p->coverage[at] >= 1);
        before += p->rgba[4 * at] / 9;
        after += (p->coverage[at] > 0 ? p->result[3 * at] : p->rgba[4 * at]) / 9;
      }
      g_assert_cmpint(
        ABS((int)(f->before[j * COLUMNS + i] >> 16 & 255) - (int)(before * 255 + 0.5)), <=, 1);
      if (whole_pixels)
        g_assert_cmpint(
          ABS((int)(f->after[j * COLUMNS + i] >> 16 & 255) - (int)(after * 255 + 0.5)), <=, 1);
    }
  frame_unref(f);
  preview_fixture_free(b);
}

static void show_again(preview_fixture *b, const rst_rectangle *box) {
  const rst_picture picture = picture_of(b->photo);

  g_assert_cmpint(preview_set_picture(b->preview, &picture, box, NULL), ==, RST_OK);
}

static void test_region(void) {
  photo *p = photo_new(WIDTH, HEIGHT);
  const char *pinned = "window 10,10,110 start 12 seed 2";
  rst_rectangle box;

  box = whole(p);
  select_ellipse(p, 40, 40, 30, 30);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");
  const preview_status small = finish(b, pinned);

  /* A selection that grows within the window keeps what it has. */
  select_ellipse(p, 30, 30, 50, 60);
  preview_set_region(b->preview, &box);

  const preview_status large = reach(b, PREVIEW_EXACT);

  g_assert_cmpint(large.restored, ==, count_selected(p));
  g_assert_cmpint(large.encoded, ==, small.encoded);
  check_once(b);
  check_exact(b, pinned);

  /* Other pixels: everything anew. */
  for (int i = 0; i < 4 * WIDTH * HEIGHT; i++)
    p->rgba[i] = i % 4 == 3 ? 1 : 1 - p->rgba[i];
  show_again(b, &box);

  const preview_status other = reach(b, PREVIEW_EXACT);

  g_assert_cmpint(other.encoded, ==, large.encoded + 1);
  check_exact(b, pinned);

  /* Where the network must not see the selection, its input depends on that. */
  finish(b, "window 10,10,110 start 12 match off hide-region true");
  select_ellipse(p, 20, 20, 60, 70);
  preview_set_region(b->preview, &box);
  reach(b, PREVIEW_EXACT);
  check_exact(b, "window 10,10,110 start 12 match off hide-region true");
  preview_fixture_free(b);
}

/* The frame's rows that show the picture: as many as are read. Frames are kept, since
 * ThreadSanitizer does not see that GLib counts references in an order. */
static int count_shown_rows(preview_fixture *b, GPtrArray *kept) {
  frame *f = preview_get_frame(b->preview);
  int rows = 0;

  for (int y = 0; f && y < f->viewport.height; y++)
    rows += f->before[y * f->viewport.width] != 0;
  if (f)
    g_ptr_array_add(kept, f);
  return rows;
}

static void drop_frame(gpointer f) {
  frame_unref(f);
}

/* A picture that takes its time is read piece by piece, a round of the main loop each, and is seen
 * as far as it is read; a newer selection is read in the place of an older one. */
static void test_reading(void) {
  enum { SIDE = 500, TILES = 16 };
  const viewport view = {SIDE, SIDE, 0, 0, 1};
  photo *p = photo_new(SIDE, SIDE);
  GPtrArray *kept = g_ptr_array_new_with_free_func(drop_frame);
  preview_fixture *b;
  preview_status status = {0};
  double last = 0;
  int rounds = 0, partly = 0, told = 0, reads = 0;
  bool changed = false;
  rst_rectangle box;

  box = whole(p);
  select_ellipse(p, 150, 150, 60, 60);
  p->pause = 20000; /* longer than a piece may take */
  b = preview_fixture_new(p, "tiny-single");
  preview_set_viewport(b->preview, &view);
  set(b, "mode full");
  while (status.phase != PREVIEW_EXACT) {
    const int rows = count_shown_rows(b, kept);

    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(p->reads - reads, <=, 1);
    rounds += p->reads > reads;
    reads = p->reads;
    preview_get_status(b->preview, &status);
    partly += rows > 0 && rows < SIDE;
    if (status.phase != PREVIEW_READING)
      continue;
    told += status.read > last;
    g_assert_cmpfloat(status.read, >=, changed ? 0 : last);
    g_assert_cmpfloat(status.read, <=, 1);
    last = status.read;
    if (!changed && partly > 2) {
      changed = true;
      last = 0;
      select_ellipse(p, 250, 250, 80, 70);
      preview_set_region(b->preview, &box);
    }
  }
  g_assert_true(changed);
  g_assert_cmpint(rounds, >=, 2 * TILES); /* pixels and selection */
  g_assert_cmpint(rounds, <, 3 * TILES); /* no pixel twice */
  g_assert_cmpint(partly, >, 2);
  g_assert_cmpint(told, >, 5);
  g_assert_cmpint(count_shown_rows(b, kept), ==, SIDE);
  check_exact(b, "mode full");
  preview_fixture_free(b);
  g_ptr_array_unref(kept);
}

static void test_another_picture(void) {
  photo *p = photo_new(WIDTH, HEIGHT), *other = photo_new(WIDTH - 20, HEIGHT + 9);
  preview_fixture *b;
  rst_rectangle box;

  select_ellipse(p, 40, 40, 30, 30);
  select_ellipse(other, 20, 50, 40, 30);
  b = preview_fixture_new(p, "tiny-diffusion");
  finish(b, "start 12");
  b->photo = other;
  box = whole(other);
  show_again(b, &box);
  reach(b, PREVIEW_EXACT);
  check_exact(b, "start 12");
  photo_free(p);
  preview_fixture_free(b);
}

static void test_errors(void) {
  photo *p = photo_new(WIDTH, HEIGHT);
  rst_rectangle box;

  box = whole(p);

  preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");

  set(b, "seed 0");
  g_assert_cmpint(reach(b, PREVIEW_FAILED).error.code, ==, RST_EMPTY_REGION);
  g_assert_cmpint(preview_write(b->preview, NULL), ==, RST_BAD_CALL);

  select_ellipse(p, 20, 20, 50, 50);
  preview_set_region(b->preview, &box);
  reach(b, PREVIEW_EXACT);
  set(b, "step-skip 4000");
  g_assert_cmpint(reach(b, PREVIEW_FAILED).error.code, ==, RST_OUT_OF_RANGE);
  set(b, "window 0,0,30");
  g_assert_cmpint(reach(b, PREVIEW_FAILED).error.code, ==, RST_OUTSIDE_WINDOW);
  finish(b, "start 12 seed 5");
  check_exact(b, "start 12 seed 5");

  preview_set_setup(b->preview, NULL, &(rst_parameters){.size = sizeof(rst_parameters)});
  reach(b, PREVIEW_WAITING);

  p->broken = true;
  show_again(b, &box);
  set(b, "start 12 seed 5");
  g_assert_cmpint(reach(b, PREVIEW_FAILED).error.code, ==, RST_HOST_FAILED);
  p->broken = false;
  set(b, "start 12 seed 5");
  reach(b, PREVIEW_EXACT);
  check_exact(b, "start 12 seed 5");
  preview_fixture_free(b);
}

static void test_free_while_busy(void) {
  for (int i = 0; i < 5; i++) {
    photo *p = photo_new(WIDTH, HEIGHT);

    select_ellipse(p, 5, 5, 140, 120);

    preview_fixture *b = preview_fixture_new(p, "tiny-diffusion");

    set(b, "step-skip 1 mode colour");
    run_for(0.01 * i);
    preview_fixture_free(b);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/preview/exact/diffusion", "tiny-diffusion", test_exact);
  g_test_add_data_func("/preview/exact/single-pass", "tiny-single", test_exact);
  g_test_add_data_func("/preview/exact/pixel", "tiny-pixel", test_exact);
  g_test_add_func("/preview/hints", test_hints);
  g_test_add_func("/preview/hint-drawing", test_hint_drawing);
  g_test_add_func("/preview/suggestions", test_suggestions);
  g_test_add_func("/preview/order", test_order);
  g_test_add_func("/preview/first-look", test_first_look);
  g_test_add_func("/preview/changes/diffusion", test_changes);
  g_test_add_func("/preview/changes/single-pass", test_changes_single);
  g_test_add_func("/preview/newest-wins", test_newest_wins);
  g_test_add_func("/preview/stop", test_stop);
  g_test_add_func("/preview/frames", test_frames);
  g_test_add_func("/preview/shrunk", test_shrunk);
  g_test_add_func("/preview/region", test_region);
  g_test_add_func("/preview/reading", test_reading);
  g_test_add_func("/preview/another-picture", test_another_picture);
  g_test_add_func("/preview/errors", test_errors);
  g_test_add_func("/preview/free-while-busy", test_free_while_busy);
  return g_test_run();
}
