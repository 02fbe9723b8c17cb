/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions on several threads that share a model and an encoding, a preview and a final run at
 * once, cancelling from elsewhere: for the thread sanitizer, and the same bits for everybody.
 */
#include "fixtures.h"

#include <string.h>

enum { THREADS = 4, SIDE = 40, POINTS = SIDE * SIDE, ROUNDS = 6 };

static const rst_window window = {0, 0, SIDE};

typedef struct {
  rst_model *model;       /* the caller's own references */
  rst_encoding *encoding;
  const float *expected; /* (SIDE, SIDE, 3) */
  int number;
} job;

typedef struct {
  rst_cancel *cancel;
  int batches;
  GThread *own, *other;
} watch;

static gpointer set_cancel(gpointer data) {
  rst_cancel_set(data);
  return NULL;
}

static void on_batch(void *user, const uint32_t *points, size_t count) {
  watch *w = user;

  (void)points;
  g_assert_cmpuint(count, >=, 1);
  g_assert_true(w->own == g_thread_self());
  if (++w->batches == 2)
    w->other = g_thread_new("cancel", set_cancel, w->cancel);
}

/* One caller: samples, is cancelled from another thread, samples again, encodes, lists. */
static gpointer work(gpointer data) {
  const job *j = data;
  const rst_parameters parameters = new_parameters("step-skip=5", NULL);
  float colours[3 * POINTS];
  rst_session *session = new_session(1 + j->number % 3);
  rst_model *model = j->model;
  rst_encoding *encoding = j->encoding;
  rst_grid grid;

  rst_grid_pixels(&grid, 0, 0, SIDE, SIDE);
  for (int round = 0; round < ROUNDS; round++) {
    watch w = {.cancel = rst_cancel_new(), .own = g_thread_self()};
    const rst_hooks hooks = {sizeof hooks, &w, NULL, on_batch, w.cancel, NULL};
    rst_encoding *own;
    rst_status status;

    status = rst_sample(session, encoding, &parameters, &grid, NULL, colours, &hooks, NULL);
    g_assert_true(status == RST_OK || status == RST_CANCELLED);
    g_thread_join(w.other);
    g_assert_true(rst_cancel_is_set(w.cancel));
    rst_cancel_free(w.cancel);

    memset(colours, 0, sizeof colours);
    assert_ok(rst_sample(session, encoding, &parameters, &grid, NULL, colours, NULL, NULL));
    assert_same(colours, j->expected, 3 * POINTS);

    own = new_encoding(session, model, &window, 5);
    assert_ok(rst_sample(session, own, &parameters, &grid, NULL, colours, NULL, NULL));
    assert_same(colours, j->expected, 3 * POINTS);
    rst_encoding_unref(own);
    g_assert_cmpstr(rst_arithmetic(), !=, "");
  }
  rst_encoding_unref(encoding);
  rst_model_unref(model);
  rst_session_free(session);
  return NULL;
}

static void test_shared(void) {
  const rst_parameters parameters = new_parameters("step-skip=5", NULL);
  rst_session *session = new_session(2);
  rst_model *model = network_model(&net_small);
  rst_encoding *encoding = new_encoding(session, model, &window, 5);
  float *expected = g_new(float, 3 * POINTS);
  GThread *threads[THREADS];
  job jobs[THREADS];
  rst_grid grid;

  rst_grid_pixels(&grid, 0, 0, SIDE, SIDE);
  assert_ok(rst_sample(session, encoding, &parameters, &grid, NULL, expected, NULL, NULL));
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (job){rst_model_ref(model), rst_encoding_ref(encoding), expected, i};
    threads[i] = g_thread_new("caller", work, &jobs[i]);
  }
  /* the first owner lets go while the others are at it */
  rst_encoding_unref(encoding);
  rst_model_unref(model);
  for (int i = 0; i < THREADS; i++)
    g_thread_join(threads[i]);
  g_free(expected);
  rst_session_free(session);
}

/* Models of shapes that no thread has seen: the products are checked by whoever comes first. */
static gpointer first_use(gpointer data) {
  const int number = *(const int *)data;
  const rst_parameters parameters = new_parameters("step-skip=20", NULL);
  rst_session *session = new_session(2);
  net shape = net_small;
  rst_model *model;
  rst_encoding *encoding;
  float colours[3];
  rst_grid grid;

  shape.dense.values[0] = 17 + number / 2;
  model = network_model(&shape);
  encoding = new_encoding(session, model, &window, 5);
  rst_grid_pixels(&grid, 3, 3, 1, 1);
  assert_ok(rst_sample(session, encoding, &parameters, &grid, NULL, colours, NULL, NULL));
  rst_encoding_unref(encoding);
  rst_model_unref(model);
  rst_session_free(session);
  return NULL;
}

static void test_first_use(void) {
  GThread *threads[8];
  int numbers[8];

  for (int i = 0; i < 8; i++) {
    numbers[i] = i;
    threads[i] = g_thread_new("first", first_use, &numbers[i]);
  }
  for (int i = 0; i < 8; i++)
    g_thread_join(threads[i]);
}

/* Sessions come and go, whether or not they were used. */
static void test_sessions(void) {
  for (int i = 0; i < 50; i++)
    rst_session_free(new_session(1 + i % 8));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/threads/first use", test_first_use);
  g_test_add_func("/threads/shared", test_shared);
  g_test_add_func("/threads/sessions", test_sessions);
  return g_test_run();
}
