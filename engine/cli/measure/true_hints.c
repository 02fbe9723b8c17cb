/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/true_hints.h"

#include <string.h>

#include "measure/colour.h"

enum {
  SQUARES = 8, /* on the longer side */
  AROUND = 3   /* pixels on each side of a hint whose colours it is the mean of */
};

typedef struct {
  const cli_frame *truth, *grey;
  double (*true_lab)[3];
  double *errors; /* (height, width) */
  double *sums;   /* (height + 1, width + 1): of errors above and to the left */
} guesser;

static gsize pixel_count(const cli_frame *frame) {
  return (gsize)frame->width * (gsize)frame->height;
}

/* The mean. */
static double find_errors(const guesser *g, const float *colours) {
  const gsize pixels = pixel_count(g->truth);
  double sum = 0;
  for (gsize i = 0; i < pixels; i++) {
    double lab[3];
    colour_lab(colours + 3 * i, lab);
    g->errors[i] = colour_difference(lab, g->true_lab[i]);
    sum += g->errors[i];
  }
  return sum / (double)pixels;
}

static double sum_in(const guesser *g, int left, int top, int right, int bottom) {
  const gsize stride = (gsize)g->truth->width + 1;
  const double *above = g->sums + (gsize)top * stride, *below = g->sums + (gsize)bottom * stride;
  return below[right] - below[left] - above[right] + above[left];
}

/* The middle of the worst square; those at the border reach beyond it, where nothing is wrong. */
static void find_worst(const guesser *g, int *x, int *y) {
  const int width = g->truth->width, height = g->truth->height;
  const int reach = MAX(width, height) / (2 * SQUARES);
  const gsize stride = (gsize)width + 1;
  double worst = -1;
  for (int v = 0; v < height; v++) {
    double row = 0;
    for (int u = 0; u < width; u++) {
      row += g->errors[(gsize)v * (gsize)width + (gsize)u];
      g->sums[((gsize)v + 1) * stride + (gsize)u + 1] =
        g->sums[(gsize)v * stride + (gsize)u + 1] + row;
    }
  }
  for (int v = 0; v < height; v++)
    for (int u = 0; u < width; u++) {
      const double wrong = sum_in(g, MAX(u - reach, 0), MAX(v - reach, 0),
                                  MIN(u + reach + 1, width), MIN(v + reach + 1, height));
      if (wrong > worst) {
        worst = wrong;
        *x = u;
        *y = v;
      }
    }
}

static void take_true(const cli_frame *truth, int x, int y, float rgb[3]) {
  int count = 0;
  memset(rgb, 0, 3 * sizeof *rgb);
  for (int v = MAX(y - AROUND, 0); v <= MIN(y + AROUND, truth->height - 1); v++)
    for (int u = MAX(x - AROUND, 0); u <= MIN(x + AROUND, truth->width - 1); u++, count++)
      for (int c = 0; c < 3; c++)
        rgb[c] += truth->rgba[4 * ((gsize)v * (gsize)truth->width + (gsize)u) + c];
  for (int c = 0; c < 3; c++)
    rgb[c] /= (float)count;
}

static bool read_frame(void *user, int x, int y, int w, int h, float *rgba) {
  const cli_frame *frame = user;
  for (int row = 0; row < h; row++)
    memcpy(rgba + (gsize)4 * row * w,
           frame->rgba + 4 * ((gsize)(y + row) * (gsize)frame->width + (gsize)x),
           sizeof *rgba * 4 * (gsize)w);
  return true;
}

static rst_status apply(const guesser *g, rst_session *session, const rst_hint_guide *guide,
                        const rst_hint *hints, int count, rst_cancel *cancel, float *colours,
                        rst_error *error) {
  rst_hint_field *field;
  rst_grid grid;
  rst_status status = rst_hint_field_new(session, guide, hints, count, cancel, &field, error);
  if (status != RST_OK)
    return status;
  rst_grid_pixels(&grid, 0, 0, g->grey->width, g->grey->height);
  rst_hint_field_apply(field, &grid, g->grey->rgba, NULL, colours);
  rst_hint_field_free(field);
  return RST_OK;
}

rst_status true_hints_give(const cli_frame *truth, const cli_frame *grey, int count,
                           rst_session *session, rst_cancel *cancel, float *colours,
                           rst_hint *hints, double ciede2000[2], rst_error *error) {
  const int side = MAX(truth->width, truth->height);
  const rst_window window = {(truth->width - side) / 2, (truth->height - side) / 2, side};
  const rst_picture picture = {.size = sizeof picture,
                               .width = grey->width,
                               .height = grey->height,
                               .user = (void *)grey,
                               .read = read_frame};
  const gsize pixels = pixel_count(truth);
  guesser g = {truth, grey, g_malloc_n(pixels, sizeof *g.true_lab), g_new(double, pixels),
               g_new0(double, ((gsize)truth->width + 1) * ((gsize)truth->height + 1))};
  float *network = g_memdup2(colours, sizeof *colours * 3 * pixels);
  rst_hint_guide *guide = NULL;
  for (gsize i = 0; i < pixels; i++)
    colour_lab(truth->rgba + 4 * i, g.true_lab[i]);
  ciede2000[0] = ciede2000[1] = find_errors(&g, colours);
  rst_status status = rst_hint_guide_new(&picture, &window, cancel, &guide, error);
  for (int i = 0; i < count && status == RST_OK; i++) {
    hints[i] = (rst_hint){.reach = RST_HINT_REACH};
    find_worst(&g, &hints[i].x, &hints[i].y);
    take_true(truth, hints[i].x, hints[i].y, hints[i].rgb);
    memcpy(colours, network, sizeof *colours * 3 * pixels);
    status = apply(&g, session, guide, hints, i + 1, cancel, colours, error);
    if (status == RST_OK)
      ciede2000[1] = find_errors(&g, colours);
  }
  rst_hint_guide_free(guide);
  g_free(network);
  g_free(g.true_lab);
  g_free(g.errors);
  g_free(g.sums);
  return status;
}
