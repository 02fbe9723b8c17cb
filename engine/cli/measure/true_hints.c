/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/true_hints.h"

#include <string.h>

#include "measure/colour.h"

enum {
  NEAR = 2,  /* pixels on each side of one whose errors are taken together */
  AROUND = 3 /* pixels on each side of a hint whose colours it is the mean of */
};

/* CIEDE2000 above which colours are wrong; half the largest where none is so far off. */
static const double wrong = 10;

typedef struct {
  const cli_raster *truth, *grey;
  double (*true_lab)[3];
  double *errors; /* (height, width) */
  double *sums;   /* (height + 1, width + 1): of errors above and to the left */
} guesser;

static gsize pixel_count(const cli_raster *raster) {
  return (gsize)raster->width * (gsize)raster->height;
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

static void sum_errors(const guesser *g) {
  const int width = g->truth->width;
  const gsize stride = (gsize)width + 1;
  for (int v = 0; v < g->truth->height; v++) {
    double row = 0;
    for (int u = 0; u < width; u++) {
      row += g->errors[(gsize)v * (gsize)width + (gsize)u];
      g->sums[((gsize)v + 1) * stride + (gsize)u + 1] =
        g->sums[(gsize)v * stride + (gsize)u + 1] + row;
    }
  }
}

/* The mean error about each pixel, into `near`; the largest of them. */
static double mean_near(const guesser *g, double *near) {
  const int width = g->truth->width, height = g->truth->height;
  double largest = 0;
  sum_errors(g);
  for (int v = 0; v < height; v++)
    for (int u = 0; u < width; u++, near++) {
      const int left = MAX(u - NEAR, 0), right = MIN(u + NEAR + 1, width);
      const int top = MAX(v - NEAR, 0), bottom = MIN(v + NEAR + 1, height);
      *near = sum_in(g, left, top, right, bottom) / ((right - left) * (bottom - top));
      largest = MAX(largest, *near);
    }
  return largest;
}

/* Pixels that hang together, by their sides, with one that is wrong: marks them and sums up their
 * errors. `queue` has room for all pixels. */
static double take_area(int width, int height, double limit, gsize first, guint mark,
                        const double *near, guint *marks, gsize *queue) {
  gsize end = 0;
  double sum = 0;
  queue[end++] = first;
  marks[first] = mark;
  for (gsize i = 0; i < end; i++) {
    const gsize at = queue[i];
    const int x = (int)(at % (gsize)width), y = (int)(at / (gsize)width);
    const gsize beside[] = {x > 0 ? at - 1 : at, x < width - 1 ? at + 1 : at,
                            y > 0 ? at - (gsize)width : at,
                            y < height - 1 ? at + (gsize)width : at};
    sum += near[at];
    for (guint k = 0; k < G_N_ELEMENTS(beside); k++)
      if (marks[beside[k]] == 0 && near[beside[k]] > limit) {
        marks[beside[k]] = mark;
        queue[end++] = beside[k];
      }
  }
  return sum;
}

/* The mark of the area with the most error; 0 where nothing is wrong. */
static guint mark_areas(int width, int height, double limit, const double *near, guint *marks) {
  const gsize pixels = (gsize)width * (gsize)height;
  g_autofree gsize *queue = g_new(gsize, pixels);
  guint mark = 0, worst = 0;
  double most = 0;
  for (gsize i = 0; i < pixels; i++)
    if (marks[i] == 0 && near[i] > limit) {
      const double sum = take_area(width, height, limit, i, ++mark, near, marks, queue);
      if (sum > most) {
        most = sum;
        worst = mark;
      }
    }
  return worst;
}

/* The pixel of an area that is the most steps from what is not in it, the picture's outside too. */
static gsize find_deepest(int width, int height, guint mark, const guint *marks) {
  const gsize stride = (gsize)width + 2;
  g_autofree guint *depths = g_new0(guint, stride * ((gsize)height + 2));
  gsize deepest = 0;
  guint most = 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      guint *depth = depths + ((gsize)y + 1) * stride + (gsize)x + 1;
      if (marks[(gsize)y * (gsize)width + (gsize)x] == mark)
        *depth = 1 + MIN(depth[-1], *(depth - stride));
    }
  for (int y = height - 1; y >= 0; y--)
    for (int x = width - 1; x >= 0; x--) {
      guint *depth = depths + ((gsize)y + 1) * stride + (gsize)x + 1;
      if (*depth == 0)
        continue;
      *depth = MIN(*depth, 1 + MIN(depth[1], depth[stride]));
      if (*depth >= most) {
        most = *depth;
        deepest = (gsize)y * (gsize)width + (gsize)x;
      }
    }
  return deepest;
}

/* The middle of the area that is the most wrong; the first pixel where nothing is. */
static void find_worst(const guesser *g, int *x, int *y) {
  const int width = g->truth->width, height = g->truth->height;
  g_autofree double *near = g_new(double, pixel_count(g->truth));
  g_autofree guint *marks = g_new0(guint, pixel_count(g->truth));
  const double largest = mean_near(g, near);
  const guint worst = mark_areas(width, height, MIN(wrong, largest / 2), near, marks);
  const gsize at = worst > 0 ? find_deepest(width, height, worst, marks) : 0;
  *x = (int)(at % (gsize)width);
  *y = (int)(at / (gsize)width);
}

static void take_true(const cli_raster *truth, int x, int y, float rgb[3]) {
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
  const cli_raster *raster = user;
  for (int row = 0; row < h; row++)
    memcpy(rgba + (gsize)4 * row * w,
           raster->rgba + 4 * ((gsize)(y + row) * (gsize)raster->width + (gsize)x),
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

rst_status true_hints_give(const cli_raster *truth, const cli_raster *grey, int count,
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
