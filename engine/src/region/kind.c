/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a picture is: monochrome, toned, or coloured.
 *
 * Of a monochrome or toned picture a* and b* are a function of L*, the tint: sepia, cyanotype, a
 * split tone, yellowed paper. That curve is fitted to the picture shrunk to a few thousand cells
 * (linear between knots, smooth, by iteratively reweighted least squares, so that a stamp does not
 * bend it), and taken away. The chroma that remains is small where the tint was all: stains, and
 * noise of JPEG, which shrinking averages. It is large where things have colours of their own.
 *
 * A frame of another colour is no colour of the picture: the cells without those at the edge are
 * looked at too, and the smaller chroma counts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "region/colour.h"
#include "region/parts.h"

enum {
  CELLS = 64,  /* on the longer side */
  PATCH = 8,   /* pixels a side, at most, that are read of a cell */
  KNOTS = 9,   /* of the curve, L* 0 … 100 */
  ROUNDS = 10,
  FRAME = 8    /* an eighth of the cells on each side may be frame */
};

/* By pictures of both kinds (photographs, and such made monochrome, toned, stained, faded): as many
 * of one lie above as of the other below, and how sharply they part. */
static const double usual_chroma = 4.2, usual_tint = 3, sharpness = 3;

/* One cell's average colour, and what of its chroma the tint leaves. */
typedef struct {
  int column, row;
  double lab[3], tint, rest;
} cell;

typedef struct {
  const rst_picture *picture;
  const rst_rectangle *box;
  int columns, rows;
  int count; /* cells that are not transparent */
  cell *cells; /* (columns · rows), the first `count` used */
  float *rgba; /* of the pixels read at a time */
} survey;

/* ---- cells ---- */

/* Where a cell's patch begins, and its length, on an axis of `length` pixels. */
static int patch_of(int i, int count, int length, int *size) {
  const int begin = (int)((int64_t)length * i / count);
  const int end = (int)((int64_t)length * (i + 1) / count);

  *size = end - begin < PATCH ? end - begin : PATCH;
  return begin + (end - begin - *size) / 2;
}

static void add_cell(survey *s, int column, int row, const float *rgba, int stride, int width,
                     int height) {
  double sums[3] = {0}, weight = 0;
  float mean[3];
  cell *c = &s->cells[s->count];

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const float *pixel = rgba + 4 * ((size_t)y * (size_t)stride + (size_t)x);
      const double alpha = pixel[3] > 0 ? fmin(pixel[3], 1) : 0;

      for (int k = 0; k < 3; k++)
        sums[k] += alpha * fmin(fmax(pixel[k], 0), 1);
      weight += alpha;
    }
  if (!(weight >= 0.5 * width * height))
    return;
  for (int k = 0; k < 3; k++)
    mean[k] = (float)(sums[k] / weight);
  c->column = column;
  c->row = row;
  rst_to_lab(mean, c->lab);
  s->count++;
}

/* All patches of a row of cells: at once where they lie side by side. */
static bool read_row(survey *s, int row) {
  const rst_picture *p = s->picture;
  const bool whole = s->box->width <= PATCH * s->columns;
  int height, width;
  const int y = patch_of(row, s->rows, s->box->height, &height);

  if (rst_cancelled(p->cancel))
    return false;
  if (whole && !p->read(p->user, s->box->x, s->box->y + y, s->box->width, height, s->rgba))
    return false;
  for (int column = 0; column < s->columns; column++) {
    const int x = patch_of(column, s->columns, s->box->width, &width);

    if (rst_cancelled(p->cancel) ||
        (!whole && !p->read(p->user, s->box->x + x, s->box->y + y, width, height, s->rgba)))
      return false;
    add_cell(s, column, row, whole ? s->rgba + 4 * (size_t)x : s->rgba,
             whole ? s->box->width : width, width, height);
  }
  return true;
}

/* ---- the tint ---- */

/* Solves the symmetric positive a · x = b for two right sides, in place of them (Cholesky). */
static void solve(double a[KNOTS][KNOTS], double b[KNOTS][2]) {
  for (int i = 0; i < KNOTS; i++)
    for (int j = 0; j <= i; j++) {
      double sum = a[i][j];

      for (int k = 0; k < j; k++)
        sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
    }
  for (int c = 0; c < 2; c++) {
    for (int i = 0; i < KNOTS; i++) {
      for (int k = 0; k < i; k++)
        b[i][c] -= a[i][k] * b[k][c];
      b[i][c] /= a[i][i];
    }
    for (int i = KNOTS - 1; i >= 0; i--) {
      for (int k = i + 1; k < KNOTS; k++)
        b[i][c] -= a[k][i] * b[k][c];
      b[i][c] /= a[i][i];
    }
  }
}

/* The knot below a lightness, and how far above it that is, 0…1. */
static int knot_of(double lightness, double *beyond) {
  const double at = fmin(fmax(lightness, 0), 100) / 100 * (KNOTS - 1);
  const int knot = at < KNOTS - 2 ? (int)at : KNOTS - 2;

  *beyond = at - knot;
  return knot;
}

/* One round: the curve (KNOTS, 2) for the weights that the distances from the last one give. */
static void fit(const cell *cells, int count, double curve[KNOTS][2]) {
  static const double bend[3] = {1, -2, 1};
  double a[KNOTS][KNOTS] = {{0}}, b[KNOTS][2] = {{0}}, sum = 0;

  for (int i = 0; i < count; i++) {
    const double weight = 1 / fmax(cells[i].rest, 1);
    double part[2];
    const int knot = knot_of(cells[i].lab[0], &part[1]);

    part[0] = 1 - part[1];
    sum += weight;
    for (int j = 0; j < 2; j++)
      for (int k = 0; k < 2; k++) {
        a[knot + j][knot + k] += weight * part[j] * part[k];
        b[knot + j][k] += weight * part[j] * cells[i].lab[1 + k];
      }
  }
  for (int i = 1; i < KNOTS - 1; i++) /* smooth, and defined where no cell is */
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 3; k++)
        a[i - 1 + j][i - 1 + k] += 0.02 * sum * bend[j] * bend[k];
  for (int i = 0; i < KNOTS; i++)
    a[i][i] += 1e-6 * sum;
  solve(a, b);
  memcpy(curve, b, sizeof b);
}

static void take_away(cell *cells, int count, double curve[KNOTS][2]) {
  for (int i = 0; i < count; i++) {
    double part, tint[2];
    const int knot = knot_of(cells[i].lab[0], &part);

    for (int k = 0; k < 2; k++)
      tint[k] = (1 - part) * curve[knot][k] + part * curve[knot + 1][k];
    cells[i].tint = hypot(tint[0], tint[1]);
    cells[i].rest = hypot(cells[i].lab[1] - tint[0], cells[i].lab[2] - tint[1]);
  }
}

static int by_rest(const void *a, const void *b) {
  const cell *s = a, *t = b;

  return s->rest < t->rest ? -1 : s->rest > t->rest;
}

/* The chroma that the tint leaves, between that of three quarters of the cells and that of nine
 * tenths; and the tint's own, on average. Sorts the cells. */
static double measure(cell *cells, int count, double *tint) {
  double curve[KNOTS][2] = {{0}}, sum = 0;

  for (int i = 0; i < count; i++)
    cells[i].rest = 0;
  for (int round = 0; round < ROUNDS; round++) {
    fit(cells, count, curve);
    take_away(cells, count, curve);
  }
  for (int i = 0; i < count; i++)
    sum += cells[i].tint;
  *tint = sum / count;
  qsort(cells, (size_t)count, sizeof *cells, by_rest);
  return sqrt(cells[(count - 1) * 3 / 4].rest * cells[(count - 1) * 9 / 10].rest);
}

/* Moves those within the frame to the front; returns how many. */
static int leave_frame(survey *s) {
  const int left = s->columns / FRAME, top = s->rows / FRAME;
  int count = 0;

  for (int i = 0; i < s->count; i++) {
    const cell c = s->cells[i];

    if (c.column < left || c.column >= s->columns - left || c.row < top || c.row >= s->rows - top)
      continue;
    s->cells[i] = s->cells[count];
    s->cells[count++] = c;
  }
  return count;
}

/* ---- the public call ---- */

/* How likely it is that a value lies above the usual one. */
static double likely(double value, double usual) {
  return 1 / (1 + pow(usual / fmax(value, 1e-3), sharpness));
}

static void decide(survey *s, rst_picture_kind *kind, double *sure) {
  double tint = 0, inner_tint = 0, chroma = s->count > 0 ? measure(s->cells, s->count, &tint) : 0;
  const int inner = leave_frame(s);
  const double inner_chroma = inner > 0 ? measure(s->cells, inner, &inner_tint) : chroma;
  double coloured, toned;

  if (inner_chroma < chroma) {
    chroma = inner_chroma;
    tint = inner_tint;
  }
  coloured = likely(chroma, usual_chroma);
  toned = likely(tint, usual_tint);
  if (coloured >= 0.5) {
    *kind = RST_PICTURE_COLOURED;
    *sure = coloured;
  } else {
    *kind = toned >= 0.5 ? RST_PICTURE_TONED : RST_PICTURE_MONOCHROME;
    *sure = (1 - coloured) * fmax(toned, 1 - toned);
  }
}

rst_status rst_classify(const rst_picture *picture, const rst_rectangle *box,
                        rst_picture_kind *kind, double *sure, rst_error *error) {
  survey s = {.box = box};
  rst_status status = RST_OK;
  rst_rectangle whole = {0};
  int longest;
  rst_picture storage;

  if (!rst_take_picture(&picture, &storage) || !kind || !sure)
    return rst_fail_call(error, "rst_classify");
  s.picture = picture;
  if (!box) {
    whole.width = picture->width;
    whole.height = picture->height;
    s.box = &whole;
  }
  if (s.box->x < 0 || s.box->y < 0 || s.box->width < 1 || s.box->height < 1 ||
      s.box->width > picture->width - s.box->x || s.box->height > picture->height - s.box->y)
    return rst_fail_call(error, "rst_classify");
  longest = s.box->width > s.box->height ? s.box->width : s.box->height;
  s.columns = longest <= CELLS ? s.box->width : (int)((int64_t)s.box->width * CELLS / longest);
  s.rows = longest <= CELLS ? s.box->height : (int)((int64_t)s.box->height * CELLS / longest);
  s.columns = s.columns > 0 ? s.columns : 1;
  s.rows = s.rows > 0 ? s.rows : 1;
  s.cells = rst_array((size_t)s.columns * (size_t)s.rows, sizeof *s.cells);
  s.rgba = rst_floats((size_t)4 * PATCH * PATCH * (size_t)s.columns);
  if (!s.cells || !s.rgba)
    status = rst_fail_memory(error);
  for (int row = 0; row < s.rows && status == RST_OK; row++)
    if (!read_row(&s, row))
      status = rst_fail_reading(picture, error);
  if (status == RST_OK)
    decide(&s, kind, sure);
  free(s.cells);
  free(s.rgba);
  return status;
}
