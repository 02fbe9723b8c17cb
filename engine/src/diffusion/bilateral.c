/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/bilateral.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"

enum {
  PER_SAMPLE = 2, /* nodes for each sample of the input, on either axis */
  TONES = 17,     /* nodes from black to white */
  CELL = 4,       /* pixels a side that are worth a cell's nodes */
  CORNERS = 8
};

bool rst_bilateral_serves(const rst_encoding *encoding) {
  const rst_model *model = encoding->model;

  return model->process == RST_SINGLE_PASS && model->luma_pixel &&
         encoding->window.side / CELL >= PER_SAMPLE * model->input_size;
}

/* ---- places ---- */

/* A position on an axis of the grid: the node before it, and how far it is beyond that, 0…1. */
typedef struct {
  int node;
  float beyond;
} place;

/* `at`: 0…1; cells: of the axis. */
static place find_place(double at, int cells) {
  const double scaled = at * cells;
  const int node = scaled < cells ? (int)scaled : cells - 1;

  return (place){node, (float)(scaled - node)};
}

typedef struct {
  const rst_point_set *set;
  const rst_cancel *cancel;
  float *colours;
  int cells; /* of the window, on either axis */
  place *columns, *rows; /* of the set's */
  rst_rectangle box; /* the nodes that points lie between */
  size_t plane; /* of them: nodes of one tone */
  bool *wanted; /* (TONES, box.height, box.width) */
  uint32_t *nodes, *single; /* the wanted ones; points that are asked one by one */
  size_t node_count, single_count;
  double *x, *y; /* positions of the box's columns, and of its rows for each tone */
  float *luma, *values; /* (TONES, box.height, box.width), and three for each */
  size_t batches;
  atomic_size_t next;
} grid;

static bool is_single(const grid *g, uint32_t point) {
  const float luma = g->set->luma ? g->set->luma[point] : NAN;

  return !(luma >= -1 && luma <= 1);
}

/* The eight nodes round a point, their indices among the box's, and their weights. */
static void find_corners(const grid *g, uint32_t point, size_t index[CORNERS],
                         float weight[CORNERS]) {
  const place *x = &g->columns[point % (uint32_t)g->set->columns];
  const place *y = &g->rows[point / (uint32_t)g->set->columns];
  const place tone = find_place(((double)g->set->luma[point] + 1) / 2, TONES - 1);
  const size_t width = (size_t)g->box.width;
  const size_t first = (size_t)tone.node * g->plane + (size_t)(y->node - g->box.y) * width +
                       (size_t)(x->node - g->box.x);

  for (int corner = 0; corner < CORNERS; corner++) {
    const bool right = corner & 1, below = corner & 2, lighter = corner & 4;

    index[corner] = first + right + (below ? width : 0) + (lighter ? g->plane : 0);
    weight[corner] = (right ? x->beyond : 1 - x->beyond) * (below ? y->beyond : 1 - y->beyond) *
                     (lighter ? tone.beyond : 1 - tone.beyond);
  }
}

/* ---- the nodes ---- */

/* Places of all columns and rows, and the box of nodes round the points. */
static void find_box(grid *g) {
  const rst_point_set *set = g->set;
  int left = g->cells, top = g->cells, right = -1, bottom = -1;

  for (int c = 0; c < set->columns; c++)
    g->columns[c] = find_place(set->x[c], g->cells);
  for (int r = 0; r < set->rows; r++)
    g->rows[r] = find_place(set->y[r], g->cells);
  for (size_t i = 0; i < set->count; i++) {
    const int x = g->columns[set->points[i] % (uint32_t)set->columns].node;
    const int y = g->rows[set->points[i] / (uint32_t)set->columns].node;

    left = x < left ? x : left;
    right = x > right ? x : right;
    top = y < top ? y : top;
    bottom = y > bottom ? y : bottom;
  }
  g->box = (rst_rectangle){left, top, right + 2 - left, bottom + 2 - top};
  g->plane = (size_t)g->box.width * (size_t)g->box.height;
}

static bool allocate(grid *g) {
  const size_t count = TONES * g->plane;

  g->wanted = rst_array(count, sizeof *g->wanted);
  g->nodes = rst_zeros(count, sizeof *g->nodes);
  g->luma = rst_zeros(count, sizeof *g->luma);
  g->values = rst_zeros(3 * count, sizeof *g->values);
  g->x = rst_array((size_t)g->box.width + TONES * (size_t)g->box.height, sizeof *g->x);
  g->single = rst_zeros(g->set->count, sizeof *g->single);
  return g->wanted && g->nodes && g->luma && g->values && g->x && g->single;
}

static void release(grid *g) {
  free(g->columns);
  free(g->wanted);
  free(g->nodes);
  free(g->luma);
  free(g->values);
  free(g->x);
  free(g->single);
}

/* Lists the nodes round all points, and the points that have none. */
static void list_nodes(grid *g) {
  g->y = g->x + g->box.width;
  for (int c = 0; c < g->box.width; c++)
    g->x[c] = (double)(g->box.x + c) / g->cells;
  for (int r = 0; r < TONES * g->box.height; r++)
    g->y[r] = (double)(g->box.y + r % g->box.height) / g->cells;
  for (size_t i = 0; i < g->set->count; i++) {
    size_t index[CORNERS];
    float weight[CORNERS];

    if (is_single(g, g->set->points[i])) {
      g->single[g->single_count++] = g->set->points[i];
      continue;
    }
    find_corners(g, g->set->points[i], index, weight);
    for (int corner = 0; corner < CORNERS; corner++)
      g->wanted[index[corner]] = true;
  }
  for (size_t i = 0; i < TONES * g->plane; i++)
    if (g->wanted[i]) {
      g->luma[i] = (float)(i / g->plane) * 2 / (TONES - 1) - 1;
      g->nodes[g->node_count++] = (uint32_t)i;
    }
}

/* ---- the points ---- */

static void interpolate(const grid *g, uint32_t point) {
  size_t index[CORNERS];
  float weight[CORNERS], sum[3] = {0, 0, 0};

  find_corners(g, point, index, weight);
  for (int corner = 0; corner < CORNERS; corner++)
    for (size_t c = 0; c < 3; c++)
      sum[c] += weight[corner] * g->values[3 * index[corner] + c];
  for (size_t c = 0; c < 3; c++)
    g->colours[3 * (size_t)point + c] = sum[c];
}

static size_t batch_size(const grid *g, size_t batch) {
  const size_t left = g->set->count - batch * RST_BATCH;

  return left < RST_BATCH ? left : RST_BATCH;
}

static void interpolate_batches(void *data, int worker) {
  grid *g = data;

  (void)worker;
  for (;;) {
    const size_t batch = atomic_fetch_add_explicit(&g->next, 1, memory_order_relaxed);

    if (batch >= g->batches || rst_cancelled(g->cancel))
      break;
    for (size_t i = 0; i < batch_size(g, batch); i++) {
      const uint32_t point = g->set->points[batch * RST_BATCH + i];

      if (!is_single(g, point))
        interpolate(g, point);
    }
  }
}

/* ---- the call ---- */

static rst_status ask_nodes(rst_session *session, const rst_encoding *encoding,
                            const rst_parameters *parameters, const grid *g, const rst_hooks *hooks,
                            rst_error *error) {
  const rst_point_set nodes = {.count = g->node_count,
                               .columns = g->box.width,
                               .rows = TONES * g->box.height,
                               .x = g->x,
                               .y = g->y,
                               .points = g->nodes,
                               .luma = g->luma,
                               .column_step = 1,
                               .row_step = 1};
  rst_hooks inner = RST_HOOKS_INIT;

  if (hooks) {
    inner.user = hooks->user;
    inner.progress = hooks->progress;
    inner.cancel = hooks->cancel;
  }
  return rst_sample_points(session, encoding, parameters, &nodes, g->values, &inner, NULL, error);
}

static rst_status ask_single(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const grid *g,
                             const rst_hooks *hooks, rst_error *error) {
  rst_point_set single = *g->set;
  rst_hooks inner = RST_HOOKS_INIT;

  single.points = g->single;
  single.count = g->single_count;
  inner.cancel = hooks ? hooks->cancel : NULL;
  return rst_sample_points(session, encoding, parameters, &single, g->colours, &inner, NULL, error);
}

static rst_status ask(rst_session *session, const rst_encoding *encoding,
                      const rst_parameters *parameters, grid *g, const rst_hooks *hooks,
                      rst_error *error) {
  rst_status status = RST_OK;

  if (g->node_count > 0)
    status = ask_nodes(session, encoding, parameters, g, hooks, error);
  if (status == RST_OK && g->single_count > 0)
    status = ask_single(session, encoding, parameters, g, hooks, error);
  if (status != RST_OK)
    return status;
  rst_pool_run(session->pool, interpolate_batches, g);
  if (rst_cancelled(g->cancel))
    return rst_fail_cancelled(error);
  for (size_t batch = 0; hooks && hooks->batch && batch < g->batches; batch++)
    hooks->batch(hooks->user, g->set->points + batch * RST_BATCH, batch_size(g, batch));
  return RST_OK;
}

rst_status rst_bilateral_points(rst_session *session, const rst_encoding *encoding,
                                const rst_parameters *parameters, const rst_point_set *set,
                                float *colours, const rst_hooks *hooks, rst_error *error) {
  grid g = {.set = set,
            .cancel = hooks ? hooks->cancel : NULL,
            .colours = colours,
            .cells = PER_SAMPLE * encoding->model->input_size,
            .batches = (set->count + RST_BATCH - 1) / RST_BATCH};
  rst_status status;

  g.columns = rst_array((size_t)set->columns + (size_t)set->rows, sizeof *g.columns);
  if (!g.columns)
    return rst_fail_memory(error);
  g.rows = g.columns + set->columns;
  find_box(&g);
  if (allocate(&g)) {
    list_nodes(&g);
    status = ask(session, encoding, parameters, &g, hooks, error);
  } else {
    status = rst_fail_memory(error);
  }
  release(&g);
  return status;
}
