/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/bilateral.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

enum {
  PER_SAMPLE = 2, /* nodes for each sample of the input, on either axis */
  TONES = 17,     /* nodes from black to white */
  CELL = 4,       /* pixels a side that are worth a cell's nodes */
  CORNERS = 8,
  LOOK = 4096     /* points between two looks at the token */
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

/* How nodes are numbered: (TONES, height, width) of those of a box. */
typedef struct {
  rst_rectangle box;
  size_t plane; /* nodes of one tone */
} numbers;

static numbers number(const rst_rectangle *box) {
  return (numbers){*box, (size_t)box->width * (size_t)box->height};
}

static size_t node_count(const numbers *n) {
  return TONES * n->plane;
}

typedef struct {
  const rst_point_set *set;
  const rst_cancel *cancel;
  float *colours;
  int cells; /* of the window, on either axis */
  place *columns, *rows; /* of the set's */
  numbers all, near; /* of the whole window, and of the nodes that points lie between */
  rst_node_store *store; /* of all */
  bool *wanted; /* of the near ones */
  uint32_t *missing, *single; /* wanted ones that are not known; points that are asked one by one */
  size_t missing_count, single_count;
  double *x, *y; /* positions of the near columns, and of the near rows for each tone */
  float *luma, *values; /* of the near ones: one, and three */
  size_t batches;
  atomic_size_t next;
} grid;

static bool is_single(const grid *g, uint32_t point) {
  const float luma = g->set->luma ? g->set->luma[point] : NAN;

  return !(luma >= -1 && luma <= 1);
}

/* The eight nodes round a point, and their weights. */
static void find_corners(const grid *g, const numbers *n, uint32_t point, size_t index[CORNERS],
                         float weight[CORNERS]) {
  const place *x = &g->columns[point % (uint32_t)g->set->columns];
  const place *y = &g->rows[point / (uint32_t)g->set->columns];
  const place tone = find_place(((double)g->set->luma[point] + 1) / 2, TONES - 1);
  const size_t width = (size_t)n->box.width;
  const size_t first = (size_t)tone.node * n->plane + (size_t)(y->node - n->box.y) * width +
                       (size_t)(x->node - n->box.x);

  for (int corner = 0; corner < CORNERS; corner++) {
    const bool right = corner & 1, below = corner & 2, lighter = corner & 4;

    index[corner] = first + right + (below ? width : 0) + (lighter ? n->plane : 0);
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
  g->near = number(&(rst_rectangle){left, top, right + 2 - left, bottom + 2 - top});
  g->all = number(&(rst_rectangle){0, 0, g->cells + 1, g->cells + 1});
}

static bool allocate(grid *g) {
  const size_t count = node_count(&g->near);

  g->wanted = rst_array(count, sizeof *g->wanted);
  g->missing = rst_zeros(count, sizeof *g->missing);
  g->luma = rst_zeros(count, sizeof *g->luma);
  g->values = rst_zeros(3 * count, sizeof *g->values);
  g->x = rst_array((size_t)g->near.box.width + TONES * (size_t)g->near.box.height, sizeof *g->x);
  g->single = rst_zeros(g->set->count, sizeof *g->single);
  return g->wanted && g->missing && g->luma && g->values && g->x && g->single;
}

static void release(grid *g) {
  free(g->columns);
  free(g->wanted);
  free(g->missing);
  free(g->luma);
  free(g->values);
  free(g->x);
  free(g->single);
}

/* Memory for all nodes of a window, none of which costs anything before it is known. */
static bool open_store(const grid *g) {
  rst_node_store *store = g->store;

  if (!store->known)
    store->known = rst_zeros(node_count(&g->all), 1);
  if (!store->values)
    store->values = rst_zeros(3 * node_count(&g->all), sizeof *store->values);
  return store->known && store->values;
}

/* The number among all nodes of a near one. */
static size_t number_in_all(const grid *g, size_t near) {
  const rst_rectangle *box = &g->near.box;
  const size_t tone = near / g->near.plane, at = near % g->near.plane;
  const size_t x = at % (size_t)box->width + (size_t)box->x;
  const size_t y = at / (size_t)box->width + (size_t)box->y;

  return tone * g->all.plane + y * (size_t)g->all.box.width + x;
}

/* Marks the nodes round all points, and lists the points that have none. False where it was cancelled. */
static bool mark_wanted(grid *g) {
  for (size_t i = 0; i < g->set->count; i++) {
    const uint32_t point = g->set->points[i];
    size_t index[CORNERS];
    float weight[CORNERS];

    if (i % LOOK == 0 && rst_cancelled(g->cancel))
      return false;
    if (is_single(g, point)) {
      g->single[g->single_count++] = point;
      continue;
    }
    find_corners(g, &g->near, point, index, weight);
    for (int corner = 0; corner < CORNERS; corner++)
      g->wanted[index[corner]] = true;
  }
  return true;
}

/* Lists the wanted nodes that are not known yet, with their places. */
static rst_status list_missing(grid *g, rst_error *error) {
  const rst_rectangle *box = &g->near.box;
  bool opened;

  g->y = g->x + box->width;
  for (int c = 0; c < box->width; c++)
    g->x[c] = (double)(box->x + c) / g->cells;
  for (int r = 0; r < TONES * box->height; r++)
    g->y[r] = (double)(box->y + r % box->height) / g->cells;
  pthread_mutex_lock(&g->store->lock);
  opened = open_store(g);
  for (size_t i = 0; i < node_count(&g->near) && opened; i++)
    if (g->wanted[i] && !g->store->known[number_in_all(g, i)]) {
      g->luma[i] = (float)(i / g->near.plane) * 2 / (TONES - 1) - 1;
      g->missing[g->missing_count++] = (uint32_t)i;
    }
  pthread_mutex_unlock(&g->store->lock);
  return opened ? RST_OK : rst_fail_memory(error);
}

/* What another call has found out meanwhile has the same bits, but may be read by now. */
static void keep_missing(const grid *g) {
  pthread_mutex_lock(&g->store->lock);
  for (size_t i = 0; i < g->missing_count; i++) {
    const size_t to = number_in_all(g, g->missing[i]);

    if (!g->store->known[to])
      memcpy(g->store->values + 3 * to, g->values + 3 * (size_t)g->missing[i],
             3 * sizeof *g->values);
    g->store->known[to] = 1;
  }
  pthread_mutex_unlock(&g->store->lock);
}

/* ---- the points ---- */

static void interpolate(const grid *g, uint32_t point) {
  size_t index[CORNERS];
  float weight[CORNERS], sum[3] = {0, 0, 0};

  find_corners(g, &g->all, point, index, weight);
  for (int corner = 0; corner < CORNERS; corner++)
    for (size_t c = 0; c < 3; c++)
      sum[c] += weight[corner] * g->store->values[3 * index[corner] + c];
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

static rst_status ask_missing(rst_session *session, const rst_encoding *encoding,
                              const rst_parameters *parameters, const grid *g,
                              const rst_hooks *hooks, rst_error *error) {
  const rst_point_set nodes = {.count = g->missing_count,
                               .columns = g->near.box.width,
                               .rows = TONES * g->near.box.height,
                               .x = g->x,
                               .y = g->y,
                               .points = g->missing,
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
  rst_status status;

  if (!mark_wanted(g))
    return rst_fail_cancelled(error);
  status = list_missing(g, error);
  if (status == RST_OK && g->missing_count > 0)
    status = ask_missing(session, encoding, parameters, g, hooks, error);
  if (status == RST_OK)
    keep_missing(g);
  if (status == RST_OK && g->single_count > 0)
    status = ask_single(session, encoding, parameters, g, hooks, error);
  if (status != RST_OK)
    return status;
  rst_pool_run(session->pool, interpolate_batches, g);
  if (rst_cancelled(g->cancel))
    return rst_fail_cancelled(error);
  for (size_t batch = 0; hooks && hooks->batch && batch < g->batches; batch++)
    hooks->batch(hooks->user, g->set->points + batch * RST_BATCH, batch_size(g, batch));
  if (hooks && hooks->progress)
    hooks->progress(hooks->user, RST_PHASE_SAMPLING, 1);
  return RST_OK;
}

rst_status rst_bilateral_points(rst_session *session, const rst_encoding *encoding,
                                const rst_parameters *parameters, const rst_point_set *set,
                                float *colours, const rst_hooks *hooks, rst_error *error) {
  grid g = {.set = set,
            .cancel = hooks ? hooks->cancel : NULL,
            .colours = colours,
            .store = encoding->nodes,
            .cells = PER_SAMPLE * encoding->model->input_size,
            .batches = (set->count + RST_BATCH - 1) / RST_BATCH};
  rst_status status;

  g.columns = rst_array((size_t)set->columns + (size_t)set->rows, sizeof *g.columns);
  if (!g.columns)
    return rst_fail_memory(error);
  g.rows = g.columns + set->columns;
  find_box(&g);
  status =
    allocate(&g) ? ask(session, encoding, parameters, &g, hooks, error) : rst_fail_memory(error);
  release(&g);
  return status;
}
