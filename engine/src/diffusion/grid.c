/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diffusion/grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/status.h"
#include "diffusion/guided.h"
#include "parameters/parameters.h"

/* A new struct of the caller's, whose size it tells. */
static void fill_grid(rst_grid *grid, size_t size, const rst_grid *from) {
  memset(grid, 0, size);
  grid->size = size;
  if (size <= sizeof *from)
    rst_hand_over(grid, from);
}

void rst_grid_pixels_sized(rst_grid *grid, size_t size, int x, int y, int width, int height) {
  const rst_grid all = {.columns = width,
                        .rows = height,
                        .x = x + 0.5,
                        .y = y + 0.5,
                        .dx = 1,
                        .dy = 1,
                        .column = x,
                        .row = y,
                        .column_step = 1,
                        .row_step = 1};

  fill_grid(grid, size, &all);
}

void rst_grid_samples_sized(rst_grid *grid, size_t size, double x, double y, double width,
                            double height, int columns, int rows) {
  const double dx = width / columns, dy = height / rows;
  const rst_grid all = {.columns = columns,
                        .rows = rows,
                        .x = x + dx / 2,
                        .y = y + dy / 2,
                        .dx = dx,
                        .dy = dy,
                        .column_step = 1,
                        .row_step = 1};

  fill_grid(grid, size, &all);
}

/* The covered points, and the box of columns and rows that they lie in. */
static size_t list_points(const rst_grid *grid, const float *coverage, uint32_t *points,
                          rst_rectangle *box) {
  int left = grid->columns, top = grid->rows, right = -1, bottom = -1;
  size_t count = 0;

  for (int r = 0; r < grid->rows; r++)
    for (int c = 0; c < grid->columns; c++) {
      const size_t point = (size_t)r * (size_t)grid->columns + (size_t)c;

      if (coverage && !(coverage[point] > 0))
        continue;
      points[count++] = (uint32_t)point;
      left = c < left ? c : left;
      top = r < top ? r : top;
      right = c > right ? c : right;
      bottom = r > bottom ? r : bottom;
    }
  *box = (rst_rectangle){left, top, right + 1 - left, bottom + 1 - top};
  return count;
}

/* Positions in the window, clamped to it by no more than rounding; false where one lies outside. */
static bool place(double first, double step, int count, double begin, int side, int used,
                  int used_count, double *positions) {
  const double slack = 1e-9;

  for (int i = 0; i < count; i++) {
    const double at = (first + i * step - begin) / side;

    if (i >= used && i - used < used_count && !(at >= -slack && at <= 1 + slack))
      return false;
    positions[i] = fmin(fmax(at, 0), 1);
  }
  return true;
}

static rst_status fail_outside(const rst_window *window, rst_error *error) {
  char text[64];

  snprintf(text, sizeof text, "%d,%d,%d", window->x, window->y, window->side);
  return rst_fail(error, RST_OUTSIDE_WINDOW, "window", text, NULL,
                  "the window %s does not hold the whole region", text);
}

bool rst_good_grid(const rst_grid *grid) {
  return grid->columns >= 1 && grid->rows >= 1 && grid->columns <= INT32_MAX / grid->rows &&
         isfinite(grid->x) && isfinite(grid->y) && isfinite(grid->dx) && isfinite(grid->dy);
}

rst_status rst_sample_grid(rst_session *session, const rst_encoding *encoding,
                           const rst_parameters *parameters, const rst_grid *grid,
                           const float *coverage, float *colours, const rst_hooks *hooks,
                           const rst_sample_observer *observer, rst_error *error) {
  RST_FREED rst_parameters *own = NULL;
  rst_grid all_grid;
  rst_hooks all_hooks;
  const rst_window *window;
  rst_point_set set;
  uint32_t *points;
  double *x, *y;
  rst_status status = RST_OK;
  rst_rectangle box;

  if (!session || !encoding || !rst_complete_grid(&grid, &all_grid) || !rst_good_grid(grid) ||
      !rst_complete_hooks(&hooks, &all_hooks))
    return rst_fail_call(error, "rst_sample");
  status = rst_whole_parameters(&parameters, &own, "rst_sample", error);
  if (status != RST_OK)
    return status;
  window = &encoding->window;
  points = rst_array((size_t)grid->columns * (size_t)grid->rows, sizeof *points);
  x = rst_array((size_t)grid->columns + (size_t)grid->rows, sizeof *x);
  if (!points || !x) {
    free(points);
    free(x);
    return rst_fail_memory(error);
  }
  y = x + grid->columns;
  set = (rst_point_set){.count = list_points(grid, coverage, points, &box),
                        .columns = grid->columns,
                        .rows = grid->rows,
                        .x = x,
                        .y = y,
                        .points = points,
                        .luma = grid->luma,
                        .column = grid->column,
                        .row = grid->row,
                        .column_step = grid->column_step,
                        .row_step = grid->row_step};
  if (!place(grid->x, grid->dx, grid->columns, window->x, window->side, box.x, box.width, x) ||
      !place(grid->y, grid->dy, grid->rows, window->y, window->side, box.y, box.height, y))
    status = fail_outside(window, error);
  else if (set.count > 0 && colours && !observer && !(hooks && hooks->noise) &&
           encoding->model->guided_radius > 0)
    status = rst_guided_points(session, encoding, parameters, &set, colours, hooks, error);
  else if (set.count > 0)
    status =
      rst_sample_points(session, encoding, parameters, &set, colours, hooks, observer, error);
  else
    status = rst_parameters_check(parameters, encoding->model, error);
  free(points);
  free(x);
  return status;
}
