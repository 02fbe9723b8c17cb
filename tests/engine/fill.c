/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's fill against the same mathematics written out plainly, and what it does to a picture.
 */
#include "region/border_net.h"

#include <math.h>
#include <string.h>

#include "fixtures.h"

enum { WIDTH = 31, HEIGHT = 23, CELLS = WIDTH * HEIGHT };

/* The small network with a fill. */
static net filling(int reach) {
  net shape = net_small;

  shape.fill_reach = reach;
  shape.fill = (widths){2, {7, 70}};
  return shape;
}

/* ---- against the mathematics ---- */

typedef struct {
  unsigned char cells[CELLS];
  float distance[CELLS], colours[3 * CELLS];
} hole;

static void dig(hole *h, uint32_t seed) {
  dice d = {seed};

  for (int i = 0; i < CELLS; i++) {
    const int side = dice_int(&d, 0, 9);

    h->cells[i] = side < 3 ? RST_CELL_KNOWN : side == 3 ? RST_CELL_IGNORED : RST_CELL_UNKNOWN;
    h->distance[i] = (float)dice_real(&d, 0, 20);
    for (int c = 0; c < 3; c++)
      h->colours[3 * i + c] = (float)dice_real(&d, 0, 1);
  }
}

static double luma(const hole *h, int x, int y) {
  const float *colour = h->colours + 3 * (y * WIDTH + x);

  return 0.2989 * colour[0] + 0.5870 * colour[1] + 0.1140 * colour[2];
}

static double plain_fill(const network *n, const hole *h, int x, int y) {
  const int reach = n->shape.fill_reach, side = 2 * reach + 1;
  double values[1024] = {0}, next[1024];

  for (int v = -reach; v <= reach; v++)
    for (int u = -reach; u <= reach; u++) {
      const int column = CLAMP(x + u, 0, WIDTH - 1), row = CLAMP(y + v, 0, HEIGHT - 1);
      const int cell = h->cells[row * WIDTH + column], at = (v + reach) * side + u + reach;

      values[at] = cell == RST_CELL_IGNORED ? 0 : luma(h, column, row) - luma(h, x, y);
      values[side * side + at] = cell != RST_CELL_KNOWN && column == x + u && row == y + v ? 1 : 0;
    }
  for (int j = 0; j <= n->shape.fill.count; j++) {
    const weights *kernel = network_find(n, "fill.dense%d.kernel", j);
    const float *bias = network_get(n, "fill.dense%d.bias", j);

    for (int o = 0; o < kernel->shape[1]; o++) {
      next[o] = bias[o];
      for (int i = 0; i < kernel->shape[0]; i++)
        next[o] += values[i] * kernel->values[i * kernel->shape[1] + o];
      if (j < n->shape.fill.count)
        next[o] = MAX(next[o], 0);
    }
    memcpy(values, next, sizeof next);
  }
  return values[0];
}

/* All up to eight pixels deep, nothing from sixteen on, smooth between. */
static double plain_weight(double distance) {
  const double t = CLAMP((distance - 8) / 8, 0, 1);

  return 1 - (3 * t * t - 2 * t * t * t);
}

static void test_mathematics(void) {
  for (int reach = 1; reach <= 8; reach += 7) {
    const net shape = filling(reach);
    network *n = network_new(&shape);
    rst_model *model = network_model(&shape);
    hole before, after;
    double largest = 0;

    dig(&before, (uint32_t)reach);
    after = before;
    assert_ok(
      rst_fill_add(model, WIDTH, HEIGHT, before.cells, before.distance, after.colours, NULL, NULL));
    for (int i = 0; i < CELLS; i++) {
      const bool unknown = before.cells[i] == RST_CELL_UNKNOWN;
      const double added =
        unknown ? plain_weight(before.distance[i]) * plain_fill(n, &before, i % WIDTH, i / WIDTH)
                : 0;

      largest = MAX(largest, fabs(added));
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat_with_epsilon(after.colours[3 * i + c], before.colours[3 * i + c] + added,
                                       2e-5);
    }
    g_assert_cmpfloat(largest, >, 0.1);
    rst_model_unref(model);
    network_free(n);
  }
}

static void test_none(void) {
  rst_model *model = network_model(&net_small);
  hole before, after;

  dig(&before, 3);
  after = before;
  assert_ok(
    rst_fill_add(model, WIDTH, HEIGHT, before.cells, before.distance, after.colours, NULL, NULL));
  g_assert_cmpint(memcmp(&before, &after, sizeof before), ==, 0);
  rst_model_unref(model);
}

static void test_cancelled(void) {
  const net shape = filling(2);
  rst_model *model = network_model(&shape);
  rst_cancel *cancel = rst_cancel_new();
  rst_error error = RST_ERROR_INIT;
  hole h;

  dig(&h, 4);
  rst_cancel_set(cancel);
  g_assert_cmpint(
    rst_fill_add(model, WIDTH, HEIGHT, h.cells, h.distance, h.colours, cancel, &error), ==,
    RST_CANCELLED);
  g_assert_cmpint(error.code, ==, RST_CANCELLED);
  rst_cancel_free(cancel);
  rst_model_unref(model);
}

/* ---- in a picture ---- */

enum { SIDE = 120, BEGIN = 20, END = 100 };

static canvas *restore(const net *shape, const char *hide) { /* "hide-region=…" */
  canvas *c = canvas_new(SIDE, SIDE, 7);
  rst_model *model = network_model(shape);
  rst_session *session = new_session(2);
  rst_parameters parameters =
    new_parameters(hide, "match=on", "mode=full", "window=picture", "step-skip=9", NULL);
  rst_plan *plan = g_new0(rst_plan, 1);

  plan->size = sizeof *plan;
  canvas_deselect(c);
  canvas_select(c, BEGIN, BEGIN, END - BEGIN, END - BEGIN, 1);
  assert_ok(rst_plan_region(&parameters, &c->picture, NULL, plan, NULL));
  assert_ok(rst_restore(session, model, &parameters, &c->picture, plan, NULL, NULL));
  g_free(plan);
  rst_session_free(session);
  rst_model_unref(model);
  return c;
}

/* Of a hidden region it changes what is near to the border, and nothing else of anything. */
static void test_picture(void) {
  const net with = filling(8);
  canvas *plain = restore(&net_small, "hide-region=true"),
         *filled = restore(&with, "hide-region=true");
  canvas *shown = restore(&net_small, "hide-region=false"),
         *same = restore(&with, "hide-region=false");
  int changed = 0;

  g_assert_cmpint(memcmp(shown->result, same->result, 3 * SIDE * SIDE * sizeof(float)), ==, 0);
  for (int y = BEGIN; y < END; y++)
    for (int x = BEGIN; x < END; x++) {
      const int deep = MIN(MIN(x - BEGIN, END - 1 - x), MIN(y - BEGIN, END - 1 - y)) + 1;
      const bool equal = memcmp(plain->result + 3 * (y * SIDE + x),
                                filled->result + 3 * (y * SIDE + x), 3 * sizeof(float)) == 0;

      changed += !equal;
      if (deep >= 16)
        g_assert_true(equal);
    }
  g_assert_cmpint(changed, >, 1000);
  canvas_free(plain);
  canvas_free(filled);
  canvas_free(shown);
  canvas_free(same);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/fill/mathematics", test_mathematics);
  g_test_add_func("/fill/none", test_none);
  g_test_add_func("/fill/cancelled", test_cancelled);
  g_test_add_func("/fill/picture", test_picture);
  return g_test_run();
}
