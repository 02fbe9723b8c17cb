/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "region/border_net.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/kernels.h"
#include "network/interpolation.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"

enum {
  ROWS = 64,        /* pixels a product: fixed, tails are padded */
  AT_ONCE = 1 << 16 /* pixels between two looks at the token */
};

typedef struct {
  const rst_model *model;
  int width, height;
  const unsigned char *cells;
  float *luma;       /* (height, width) */
  float *rows, *next; /* (ROWS, the widest layer) */
  size_t pixels[ROWS];
  int count;
} filling;

static rst_gemm shape_of(const rst_dense *layer) {
  return (rst_gemm){.m = ROWS, .n = layer->out, .k = layer->in};
}

static size_t widest(const rst_dense_stack *stack) {
  int most = stack->layers[0].in;

  for (int i = 0; i < stack->count; i++)
    most = stack->layers[i].out > most ? stack->layers[i].out : most;
  return (size_t)most;
}

/* Round a pixel: the luma less its own, rows first, then where the hole is. */
static void take_patch(const filling *f, size_t pixel, float *patch) {
  const int reach = f->model->fill_reach, side = 2 * reach + 1;
  const int x = (int)(pixel % (size_t)f->width), y = (int)(pixel / (size_t)f->width);
  float *hole = patch + side * side;

  for (int v = y - reach; v <= y + reach; v++)
    for (int u = x - reach; u <= x + reach; u++) {
      const bool inside = u >= 0 && v >= 0 && u < f->width && v < f->height;
      const size_t i = (size_t)rst_clamp_index(v, f->height) * (size_t)f->width +
                       (size_t)rst_clamp_index(u, f->width);

      *patch++ = f->cells[i] == RST_CELL_IGNORED ? 0 : f->luma[i] - f->luma[pixel];
      *hole++ = inside && f->cells[i] != RST_CELL_KNOWN ? 1 : 0;
    }
}

/* The collected pixels' share of what is lacking, into the colours. */
static void add_rows(filling *f, const float *distance, float *colours) {
  const rst_dense_stack *stack = &f->model->fill;

  for (int j = 0; j < stack->count; j++) {
    const rst_dense *layer = &stack->layers[j];
    const rst_gemm shape = shape_of(layer);
    float *next = f->next;

    rst_kernels_best()->gemm(&shape, f->rows, layer->kernel, next);
    for (int i = 0; i < ROWS * layer->out; i++) {
      const float sum = next[i] + layer->bias[i % layer->out];

      next[i] = sum > 0 || j == stack->count - 1 ? sum : 0;
    }
    f->next = f->rows;
    f->rows = next;
  }
  for (int i = 0; i < f->count; i++) {
    const float beyond = fmaxf(distance[f->pixels[i]] - RST_FILL_FADES, 0);
    const float t = beyond / (RST_FILL_ENDS - RST_FILL_FADES), counts = 1 - t * t * (3 - 2 * t);

    for (size_t c = 0; c < 3; c++)
      colours[3 * f->pixels[i] + c] += counts * f->rows[i];
  }
  f->count = 0;
}

static rst_status add(filling *f, const float *distance, float *colours, const rst_cancel *cancel,
                      rst_error *error) {
  const size_t count = (size_t)f->width * (size_t)f->height;
  const size_t values = (size_t)f->model->fill.layers[0].in;

  for (size_t i = 0; i < count; i++) {
    if (i % AT_ONCE == 0 && rst_cancelled(cancel))
      return rst_fail_cancelled(error);
    if (f->cells[i] == RST_CELL_UNKNOWN && distance[i] < RST_FILL_ENDS) {
      take_patch(f, i, f->rows + (size_t)f->count * values);
      f->pixels[f->count++] = i;
    }
    if (f->count == ROWS || (i == count - 1 && f->count > 0)) {
      if (rst_cancelled(cancel))
        return rst_fail_cancelled(error);
      add_rows(f, distance, colours);
    }
  }
  return RST_OK;
}

rst_status rst_fill_add(const rst_model *model, int width, int height, const unsigned char *cells,
                        const float *distance, float *colours, const rst_cancel *cancel,
                        rst_error *error) {
  const size_t count = (size_t)width * (size_t)height;
  filling f = {.model = model, .width = width, .height = height, .cells = cells};
  float *one = NULL, *other = NULL;
  rst_status status;

  if (model->fill.count == 0)
    return RST_OK;
  f.luma = rst_zeros(count, sizeof *f.luma);
  f.rows = one = rst_floats(ROWS * widest(&model->fill));
  f.next = other = rst_floats(ROWS * widest(&model->fill));
  if (!f.luma || !one || !other) {
    status = rst_fail_memory(error);
  } else {
    for (size_t i = 0; i < count && (i % AT_ONCE != 0 || !rst_cancelled(cancel)); i++)
      f.luma[i] = rst_luma(colours[3 * i], colours[3 * i + 1], colours[3 * i + 2]);
    status = add(&f, distance, colours, cancel, error);
  }
  free(f.luma);
  free(one);
  free(other);
  return status;
}
