/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A colour fills what it is put on where the ways inside are cheap and those across its outline are
 * dear. So the luma is first rid of what is no outline: lines up to two cells wide, which are
 * scratches and hairs, by a median; grain and the shading of folds by diffusion that stops at edges
 * (Perona and Malik 1990, Scale-space and edge detection using anisotropic diffusion). Then a step
 * costs its length and the square of what luma changes along it: the same change costs little where
 * it is spread over many steps, as in a fold, and much where it is an edge.
 *
 * The network's own chroma has no part in it: on pictures with known colours it made no difference.
 */
#include "region/hint_guide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "region/parts.h"

static const float edge = 15;    /* change of luma, 0…100, in a step that costs a window's side */
static const float contrast = 6; /* the change from which diffusion takes it for an edge */
static const float rate = 0.2f;  /* of diffusion; up to ¼ it is stable */
enum { ROUNDS = 10 };            /* of diffusion */

/* ---- reading ---- */

static size_t cell_count(const rst_hint_guide *g) {
  return (size_t)g->terrain.width * (size_t)g->terrain.height;
}

float rst_hint_luma(const float *rgba) {
  float value[3];

  for (int c = 0; c < 3; c++)
    value[c] = fminf(fmaxf(rgba[c], 0), 1);
  return 100 * rst_luma(value[0], value[1], value[2]);
}

/* Adds rows of pixels to the sums of the cells they lie in. */
static void add_rows(rst_hint_guide *g, int row, int rows, int width, const float *rgba,
                     float *weight) {
  for (int y = row; y < row + rows; y++)
    for (int x = 0; x < width; x++, rgba += 4) {
      const size_t cell =
        (size_t)(y / g->factor) * (size_t)g->terrain.width + (size_t)(x / g->factor);
      const float alpha = fminf(fmaxf(rgba[3], 0), 1);

      g->luma[cell] += alpha * rst_hint_luma(rgba);
      weight[cell] += alpha;
    }
}

/* Means over the cells, by alpha; 0 where nothing is seen. */
static rst_status read_luma(rst_hint_guide *g, const rst_picture *picture, int width, int height,
                            const rst_cancel *cancel, rst_error *error) {
  const int rows = rst_band_rows(width, height);
  float *weight = rst_floats(cell_count(g));
  float *rgba = rst_floats((size_t)width * (size_t)rows * 4);
  rst_status status = !weight || !rgba ? rst_fail_memory(error) : RST_OK;

  for (int y = 0; y < height && status == RST_OK; y += rows) {
    const int count = height - y < rows ? height - y : rows;

    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
    else if (!picture->read(picture->user, g->x, g->y + y, width, count, rgba))
      status = rst_fail_host(error);
    else
      add_rows(g, y, count, width, rgba, weight);
  }
  for (size_t i = 0; i < cell_count(g) && status == RST_OK; i++)
    g->luma[i] = weight[i] > 0 ? g->luma[i] / weight[i] : 0;
  free(rgba);
  free(weight);
  return status;
}

/* ---- smoothing ---- */

static inline float least(float a, float b) {
  return b < a ? b : a;
}

static inline float most(float a, float b) {
  return b > a ? b : a;
}

static inline float median(float a, float b, float c, float d, float e) {
  const float low = most(least(a, b), least(c, d)), high = least(most(a, b), most(c, d));

  return most(least(low, high), least(most(low, high), e));
}

/* Each value's median with its two neighbours on either side, along rows or columns. */
static void take_medians(int width, int height, bool along_rows, const float *from, float *to) {
  for (int y = 0; y < height; y++) {
    const float *line[5];

    for (int k = 0; k < 5; k++)
      line[k] =
        from + (size_t)(along_rows ? y : rst_clamp_index(y + k - 2, height)) * (size_t)width;
    for (int x = 0; x < width; x++) {
      int at[5];

      for (int k = 0; k < 5; k++)
        at[k] = along_rows ? rst_clamp_index(x + k - 2, width) : x;
      to[(size_t)y * (size_t)width + (size_t)x] =
        median(line[0][at[0]], line[1][at[1]], line[2][at[2]], line[3][at[3]], line[4][at[4]]);
    }
  }
}

/* What comes over from a neighbour that differs by so much. */
static inline float flow(float difference) {
  const float share = difference / contrast;

  return difference / (1 + share * share);
}

static void diffuse(int width, int height, const float *from, float *to) {
  for (int y = 0; y < height; y++) {
    const float *line = from + (size_t)y * (size_t)width;
    const float *above = y > 0 ? line - width : line;
    const float *below = y < height - 1 ? line + width : line;
    float *out = to + (size_t)y * (size_t)width;

    for (int x = 0; x < width; x++) {
      const float value = line[x];
      const float left = line[x > 0 ? x - 1 : 0];
      const float right = line[x < width - 1 ? x + 1 : width - 1];

      out[x] = value + rate * (flow(above[x] - value) + flow(below[x] - value) +
                               flow(left - value) + flow(right - value));
    }
  }
}

static bool smooth(rst_hint_guide *g, float *other, const rst_cancel *cancel) {
  const int width = g->terrain.width, height = g->terrain.height;

  take_medians(width, height, true, g->luma, other);
  take_medians(width, height, false, other, g->luma);
  for (int i = 0; i < ROUNDS && !rst_cancelled(cancel); i += 2) {
    diffuse(width, height, g->luma, other);
    diffuse(width, height, other, g->luma);
  }
  return !rst_cancelled(cancel);
}

/* ---- costs ---- */

static void set_costs(rst_hint_guide *g) {
  static const int offsets[RST_STEPS][2] = {[RST_STEP_RIGHT] = {1, 0},
                                            [RST_STEP_DOWN_LEFT] = {-1, 1},
                                            [RST_STEP_DOWN] = {0, 1},
                                            [RST_STEP_DOWN_RIGHT] = {1, 1}};
  const int width = g->terrain.width, height = g->terrain.height;
  const double length = (double)g->factor / g->window.side;

  for (int k = 0; k < RST_STEPS; k++) {
    const int dx = offsets[k][0], dy = offsets[k][1];
    const float step = (float)(length * sqrt(dx * dx + dy * dy));

    for (int y = 0; y < height - dy; y++)
      for (int x = dx < 0 ? 1 : 0; x < width - (dx > 0 ? 1 : 0); x++) {
        const size_t cell = (size_t)y * (size_t)width + (size_t)x;
        const float *to = g->luma + (size_t)(y + dy) * (size_t)width + (size_t)(x + dx);
        const float change = (*to - g->luma[cell]) / edge;

        g->terrain.cost[k][cell] = step + change * change;
      }
  }
}

/* ---- the public calls ---- */

/* The window's box inside the picture. */
static bool get_box(const rst_window *window, const rst_picture *picture, rst_rectangle *box) {
  const int right = window->x + window->side, bottom = window->y + window->side;

  box->x = window->x > 0 ? window->x : 0;
  box->y = window->y > 0 ? window->y : 0;
  box->width = (right < picture->width ? right : picture->width) - box->x;
  box->height = (bottom < picture->height ? bottom : picture->height) - box->y;
  return box->width > 0 && box->height > 0;
}

static bool good_window(const rst_window *window) {
  return window && window->side >= 1 && window->side <= RST_SIDE_MAX &&
         abs(window->x) <= RST_SIDE_MAX && abs(window->y) <= RST_SIDE_MAX;
}

rst_status rst_hint_guide_new(const rst_picture *picture, const rst_window *window,
                              const rst_cancel *cancel, rst_hint_guide **guide, rst_error *error) {
  rst_picture storage;
  rst_hint_guide *g;
  rst_status status;
  rst_rectangle box;
  size_t cells;

  if (!rst_take_picture(&picture, &storage) || !good_window(window) ||
      !get_box(window, picture, &box) || !guide)
    return rst_fail_call(error, "rst_hint_guide_new");
  g = calloc(1, sizeof *g);
  if (!g)
    return rst_fail_memory(error);
  g->x = box.x;
  g->y = box.y;
  g->window = *window;
  g->factor = (window->side + RST_GUIDE_SIDE - 1) / RST_GUIDE_SIDE;
  g->terrain.width = (box.width + g->factor - 1) / g->factor;
  g->terrain.height = (box.height + g->factor - 1) / g->factor;
  cells = cell_count(g);
  g->luma = rst_floats((1 + RST_STEPS) * cells);
  status =
    g->luma ? read_luma(g, picture, box.width, box.height, cancel, error) : rst_fail_memory(error);
  if (status == RST_OK) {
    for (int k = 0; k < RST_STEPS; k++)
      g->terrain.cost[k] = g->luma + (size_t)(1 + k) * cells;
    if (smooth(g, g->terrain.cost[0], cancel))
      set_costs(g);
    else
      status = rst_fail_cancelled(error);
  }
  if (status == RST_OK)
    *guide = g;
  else
    rst_hint_guide_free(g);
  return status;
}

void rst_hint_guide_free(rst_hint_guide *guide) {
  if (!guide)
    return;
  free(guide->luma);
  free(guide);
}
