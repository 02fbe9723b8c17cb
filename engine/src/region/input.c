/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window of a picture, row by row → the network's input.
 *
 * Where the window is larger than the input, a cell of the input is the average of the source
 * pixels under it, those at its edge by the share that lies in it (box). Where it is not larger,
 * the window's pixels are kept and interpolated (Catmull-Rom). Each source pixel weighs its alpha,
 * less what is hidden; a cell whose weight is under half of its area is 0, the middle grey that
 * masking gives in training. Beyond the picture the edge pixels are repeated: in a box that is one
 * pixel that counts so many times, since a window may be a thousand times as large as its picture.
 *
 * Rows come in order and are added one at a time, so the sums do not depend on how many come in
 * one call.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "region/input.h"
#include "network/model.h"
#include "network/interpolation.h"
#include "base/memory.h"
#include "base/status.h"

struct rst_input {
  int size;               /* of the network's input */
  rst_window window;
  rst_rectangle box; /* the window's part inside the picture */
  int rows;               /* of these, how many have been added */
  bool shrink;
  double *line;           /* weighted luma, then weight, of one picture row: (2, width) */
  double *cells;          /* shrink: sums of (2, size) of the row of cells at hand … */
  double *sums;           /* … and all cells; else the window's pixels: (2, size², or side²) */
};

static void clip_span(int *begin, int *end, int at, int side, int limit) {
  *begin = at < 0 ? 0 : at;
  *end = at + side > limit ? limit : at + side;
}

rst_status rst_input_new(const rst_model *model, const rst_window *window, int width, int height,
                         rst_input **input, rst_error *error) {
  rst_input *made;
  size_t cells;
  int right, bottom;

  if (!model || !window || !input || width < 1 || height < 1 || width > RST_SIDE_MAX ||
      height > RST_SIDE_MAX)
    return rst_fail_call(error, "rst_input_new");
  if (window->side < 1 || window->side > RST_SIDE_MAX || window->x < -RST_SIDE_MAX ||
      window->y < -RST_SIDE_MAX || window->x >= width || window->y >= height ||
      window->x + window->side <= 0 || window->y + window->side <= 0) {
    char text[64];

    snprintf(text, sizeof text, "%d,%d,%d", window->x, window->y, window->side);
    return rst_fail(error, RST_OUTSIDE_WINDOW, "window", text, NULL,
                    "the window %s lies outside the picture of %d × %d pixels", text, width,
                    height);
  }
  made = calloc(1, sizeof *made);
  if (!made)
    return rst_fail_memory(error);
  made->size = model->input_size;
  made->window = *window;
  made->shrink = window->side > made->size;
  clip_span(&made->box.x, &right, window->x, window->side, width);
  clip_span(&made->box.y, &bottom, window->y, window->side, height);
  made->box.width = right - made->box.x;
  made->box.height = bottom - made->box.y;
  cells = (size_t)(made->shrink ? made->size : window->side);
  made->line = rst_array(2 * (size_t)made->box.width, sizeof *made->line);
  made->cells = rst_array(2 * (size_t)made->size, sizeof *made->cells);
  made->sums = rst_array(2 * cells * cells, sizeof *made->sums);
  if (!made->line || !made->cells || !made->sums) {
    rst_input_free(made);
    return rst_fail_memory(error);
  }
  *input = made;
  return RST_OK;
}

void rst_input_free(rst_input *input) {
  if (!input)
    return;
  free(input->line);
  free(input->cells);
  free(input->sums);
  free(input);
}

void rst_input_get_box(const rst_input *input, rst_rectangle *box) {
  *box = input->box;
}

/* Within 0…1. Not by fminf(), which is a call for each value where NaN has to be minded. */
static float clamp(float value) {
  return value > 0 ? value < 1 ? value : 1 : 0; /* NaN is 0 */
}

static double pixel_luma(const float *rgba) {
  return 2.0 * rst_luma(clamp(rgba[0]), clamp(rgba[1]), clamp(rgba[2])) - 1;
}

void rst_pixel_luma(size_t count, const float *rgba, const float *hidden, float *luma) {
  for (size_t i = 0; i < count; i++) {
    const bool seen = rgba[4 * i + 3] > 0 && (!hidden || !(hidden[i] > 0));

    luma[i] = seen ? (float)pixel_luma(rgba + 4 * i) : NAN;
  }
}

/* ---- adding rows ---- */

/* One picture row into input->line. */
static void weigh_row(rst_input *input, const float *rgba, const float *hidden) {
  double *value = input->line, *weight = input->line + input->box.width;

  for (int i = 0; i < input->box.width; i++) {
    const float *pixel = rgba + 4 * (size_t)i;
    const float shown = hidden ? 1 - clamp(hidden[i]) : 1;

    weight[i] = (double)clamp(pixel[3]) * shown;
    value[i] = weight[i] * pixel_luma(pixel);
  }
}

/* Rows or columns [begin, end) of a window. */
typedef struct {
  int begin, end;
} span;

/* What sample i of the picture's part covers in the window: the first and the last one also all
 * that lies beyond the picture, however much that is. */
static span span_of(int i, int count, int before, int side) {
  return (span){i == 0 ? 0 : before + i, i == count - 1 ? side : before + i + 1};
}

/* How much of a span lies in cell c: cells are side/size samples long. */
static double share(span s, int c, double length) {
  const double left = c * length, right = (c + 1) * length;
  const double begin = s.begin > left ? s.begin : left, end = s.end < right ? s.end : right;

  return end > begin ? end - begin : 0;
}

/* Adds the line, which covers `rows` of the window, to the cells under it. */
static void shrink_row(rst_input *input, span rows) {
  const int size = input->size, side = input->window.side, last = input->box.width - 1;
  const int before = input->box.x - input->window.x;
  const double length = (double)side / size;
  const double *value = input->line, *weight = input->line + input->box.width;
  double *of_value = input->cells, *of_weight = input->cells + size;

  for (int c = 0; c < size; c++) {
    const int begin = (int)(c * length) - before, end = (int)ceil((c + 1) * length) - before;

    of_value[c] = of_weight[c] = 0;
    for (int i = rst_clamp_index(begin, input->box.width); i <= last && (i < end || i == 0); i++) {
      const double part = share(span_of(i, input->box.width, before, side), c, length);

      of_value[c] += part * value[i];
      of_weight[c] += part * weight[i];
    }
  }
  for (int r = (int)(rows.begin / length); r <= (int)(rows.end / length) && r < size; r++) {
    const double part = share(rows, r, length);
    double *sums = input->sums + 2 * (size_t)r * (size_t)size;

    for (int i = 0; i < 2 * size && part > 0; i++)
      sums[i] += part * input->cells[i];
  }
}

/* The line in the window's rows of that span, its ends repeated beyond the picture. */
static void keep_row(rst_input *input, span rows) {
  const int side = input->window.side, before = input->box.x - input->window.x;

  for (int row = rows.begin; row < rows.end; row++) {
    double *value = input->sums + 2 * (size_t)row * (size_t)side;

    for (int i = 0; i < side; i++) {
      const int at = rst_clamp_index(i - before, input->box.width);

      value[i] = input->line[at];
      value[side + i] = input->line[input->box.width + at];
    }
  }
}

rst_status rst_input_add(rst_input *input, int rows, const float *rgba, const float *hidden,
                         rst_error *error) {
  if (!input || !rgba || rows < 0 || rows > input->box.height - input->rows)
    return rst_fail_call(error, "rst_input_add");
  for (; rows > 0; rows--) {
    const span covered =
      span_of(input->rows, input->box.height, input->box.y - input->window.y, input->window.side);

    weigh_row(input, rgba, hidden);
    if (input->shrink)
      shrink_row(input, covered);
    else
      keep_row(input, covered);
    input->rows++;
    rgba += 4 * (size_t)input->box.width;
    if (hidden)
      hidden += input->box.width;
  }
  return RST_OK;
}

/* ---- the finished input ---- */

/* −1…1 from a sum of weighted values; `area` is the weight of a cell that is wholly seen. False
 * where too little of it is seen. */
static bool finish_cell(double value, double weight, double area, float *cell) {
  /* rounding of the sums must not decide about a cell of which exactly half is seen */
  const bool seen = weight >= area * (0.5 - 1e-9);

  *cell = seen ? (float)fmin(fmax(value / weight, -1), 1) : 0;
  return seen;
}

/* Catmull-Rom of the window's pixels, values and weights alike, edge repeated. */
static bool grow_cell(const rst_input *input, int column, int row, float *cell) {
  const int side = input->window.side;
  const double u = (column + 0.5) * side / input->size - 0.5;
  const double v = (row + 0.5) * side / input->size - 0.5;
  double wx[4], wy[4], value = 0, weight = 0;

  rst_catmull_rom(u - floor(u), wx);
  rst_catmull_rom(v - floor(v), wy);
  for (int r = 0; r < 4; r++)
    for (int c = 0; c < 4; c++) {
      const size_t i = (size_t)rst_clamp_index((int)floor(u) - 1 + c, side);
      const double *line =
        input->sums + 2 * (size_t)rst_clamp_index((int)floor(v) - 1 + r, side) * (size_t)side;

      value += wy[r] * wx[c] * line[i];
      weight += wy[r] * wx[c] * line[(size_t)side + i];
    }
  return finish_cell(value, weight, 1, cell);
}

bool rst_input_finish(const rst_input *input, float *values) {
  const int size = input->size;
  const double length = (double)input->window.side / size;
  bool seen = false;

  for (int r = 0; r < size; r++)
    for (int c = 0; c < size; c++) {
      const double *sums = input->sums + 2 * (size_t)r * (size_t)size;
      float *cell = &values[r * size + c];

      if (input->shrink ? finish_cell(sums[c], sums[size + c], length * length, cell)
                        : grow_cell(input, c, r, cell))
        seen = true;
    }
  return seen;
}

bool rst_input_is_complete(const rst_input *input, const rst_model *model) {
  return input->size == model->input_size && input->rows == input->box.height;
}

const rst_window *rst_input_window(const rst_input *input) {
  return &input->window;
}
