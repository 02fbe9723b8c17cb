/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With L the Laplacian of the grid (the four neighbours that take part) and τ the stiffness, the
 * unknown values u minimise  Σ |∇u|² + τ² Σ (L u)².  The second sum runs over the unknown cells and
 * over known ones beside them whose four neighbours all take part: through these the slope comes
 * in. So the equations are A u = 0 with A = K + τ² L'L and K = −L at the unknown cells.
 *
 * They are solved by conjugate gradients. A multigrid cycle W, nearly the inverse of K, is their
 * preconditioner: W where the stiffness is 0, else W W / τ². How far the values still are from the
 * solution is then nearly the preconditioned residual. The cycle's coarser grids have cells of
 * twice the size, known where one of their four is; after the coarser grid it sweeps backward,
 * so that it is symmetric.
 */
#include "membrane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "session.h"
#include "status.h"

enum {
  SWEEPS = 1,          /* before the coarser grid, and as many after it */
  SWEEPS_LAST = 10,    /* on the coarsest */
  COARSEST = 4,        /* cells a side at which the grid is not made coarser */
  STEPS_MAX = 200,     /* of conjugate gradients: a guard, reached by none of the tests */
  LEVELS_MAX = 26,
  AT_ONCE = 1 << 16    /* cells between two looks at the token */
};

/* Steps end when no value would move by more: a twentieth of a step of 8 bits. */
static const double small = 0.05 / 255;
static const float parts[5] = {0, 1, 1.0f / 2, 1.0f / 3, 1.0f / 4};

/* Arrays over a grid have a frame of one cell that takes no part and stays 0. */
typedef struct {
  size_t stride, rows;           /* of the framed grid */
  unsigned char *cells;          /* rst_cell */
  unsigned char *neighbours;     /* how many take part */
  size_t *unknown, unknowns;     /* places */
  float *given, *found;          /* a cycle's right side and its result, 0 elsewhere */
} level;

typedef struct {
  level levels[LEVELS_MAX];
  int last;
  double stiffness;
  const rst_cancel *cancel;
  bool cancelled;
  size_t *bent, bent_count; /* known cells at which L counts */
  double *value, *direction, *curvature, *residual, *product; /* over the finest grid */
} membrane;

static size_t cell_count(const level *l) {
  return l->stride * l->rows;
}

/* For loops over i: whether to go on. */
static bool go_on(membrane *m, size_t i) {
  if (i % AT_ONCE == 0 && rst_cancelled(m->cancel))
    m->cancelled = true;
  return !m->cancelled;
}

/* ---- grids ---- */

static void neighbours_of(const level *l, size_t at, size_t to[4]) {
  to[0] = at - 1;
  to[1] = at + 1;
  to[2] = at - l->stride;
  to[3] = at + l->stride;
}

static bool level_new(level *l, size_t width, size_t height) {
  l->stride = width + 2;
  l->rows = height + 2;
  l->cells = rst_array(cell_count(l), 1);
  l->neighbours = rst_array(cell_count(l), 1);
  l->given = rst_floats(cell_count(l));
  l->found = rst_floats(cell_count(l));
  return l->cells != NULL && l->neighbours != NULL && l->given != NULL && l->found != NULL;
}

static void level_free(level *l) {
  free(l->cells);
  free(l->neighbours);
  free(l->unknown);
  free(l->given);
  free(l->found);
}

/* Once its cells are there. */
static bool list_unknown(level *l) {
  size_t to[4], count = 0;

  for (size_t at = 0; at < cell_count(l); at++)
    l->unknowns += l->cells[at] == RST_CELL_UNKNOWN;
  l->unknown = rst_array(l->unknowns + 1, sizeof *l->unknown);
  if (l->unknown == NULL)
    return false;
  for (size_t at = 0; at < cell_count(l); at++) {
    if (l->cells[at] == RST_CELL_IGNORED)
      continue;
    if (l->cells[at] == RST_CELL_UNKNOWN)
      l->unknown[count++] = at;
    neighbours_of(l, at, to);
    for (int i = 0; i < 4; i++)
      l->neighbours[at] += l->cells[to[i]] != RST_CELL_IGNORED;
  }
  return true;
}

/* Unknown cells with no way to a known one take no part. False where memory ran out. */
static bool take_cells(level *l, unsigned char *cells) {
  const size_t width = l->stride - 2;
  size_t *found = rst_array(cell_count(l), sizeof *found), first = 0, last = 0, to[4];

  if (found == NULL)
    return false;
  for (size_t y = 0; y < l->rows - 2; y++)
    memcpy(l->cells + (y + 1) * l->stride + 1, cells + y * width, width);
  for (size_t at = 0; at < cell_count(l); at++)
    if (l->cells[at] == RST_CELL_KNOWN)
      found[last++] = at;
  while (first < last) { /* `neighbours` marks what was reached */
    neighbours_of(l, found[first++], to);
    for (int i = 0; i < 4; i++)
      if (l->cells[to[i]] == RST_CELL_UNKNOWN && l->neighbours[to[i]] == 0) {
        l->neighbours[to[i]] = 1;
        found[last++] = to[i];
      }
  }
  for (size_t at = 0; at < cell_count(l); at++) {
    if (l->cells[at] == RST_CELL_UNKNOWN && l->neighbours[at] == 0)
      l->cells[at] = RST_CELL_IGNORED;
    l->neighbours[at] = 0;
  }
  for (size_t y = 0; y < l->rows - 2; y++)
    memcpy(cells + y * width, l->cells + (y + 1) * l->stride + 1, width);
  free(found);
  return list_unknown(l);
}

/* The place of a cell's coarser one. */
static size_t coarser(const level *fine, const level *coarse, size_t at) {
  return ((at / fine->stride - 1) / 2 + 1) * coarse->stride + (at % fine->stride - 1) / 2 + 1;
}

static bool halve(const level *fine, level *coarse) {
  if (!level_new(coarse, (fine->stride - 1) / 2, (fine->rows - 1) / 2))
    return false;
  for (size_t at = 0; at < cell_count(fine); at++)
    if (fine->cells[at] != RST_CELL_IGNORED) {
      unsigned char *cell = &coarse->cells[coarser(fine, coarse, at)];

      *cell = *cell == RST_CELL_KNOWN ? RST_CELL_KNOWN : fine->cells[at];
    }
  return list_unknown(coarse);
}

/* ---- the multigrid cycle ---- */

/* given − K found, at an unknown cell. */
static float remainder_at(const level *l, size_t at) {
  const float *found = l->found;

  return l->given[at] - l->neighbours[at] * found[at] + found[at - 1] + found[at + 1] +
         found[at - l->stride] + found[at + l->stride];
}

/* Gauss–Seidel: each unknown cell set to what its neighbours ask for, in order or against it. */
static void sweep(membrane *m, level *l, bool backward) {
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++) {
    const size_t at = l->unknown[backward ? l->unknowns - 1 - i : i];

    l->found[at] += remainder_at(l, at) * parts[l->neighbours[at]];
  }
}

static void cycle(membrane *m, int number);

/* Adds what the next coarser grid finds for the remainder. */
static void correct(membrane *m, int number) {
  level *l = &m->levels[number], *coarse = l + 1;

  for (size_t i = 0; i < coarse->unknowns; i++)
    coarse->given[coarse->unknown[i]] = 0;
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++) {
    const size_t to = coarser(l, coarse, l->unknown[i]);

    if (coarse->cells[to] == RST_CELL_UNKNOWN)
      coarse->given[to] += remainder_at(l, l->unknown[i]);
  }
  cycle(m, number + 1);
  for (size_t i = 0; i < l->unknowns; i++) /* 0 at coarse cells that are known */
    l->found[l->unknown[i]] += coarse->found[coarser(l, coarse, l->unknown[i])];
}

static void cycle(membrane *m, int number) {
  level *l = &m->levels[number];
  const bool last = number == m->last;
  const int sweeps = last ? SWEEPS_LAST : SWEEPS;

  for (size_t i = 0; i < l->unknowns; i++)
    l->found[l->unknown[i]] = 0;
  for (int i = 0; i < sweeps && !m->cancelled; i++)
    sweep(m, l, false);
  if (!last && !m->cancelled)
    correct(m, number);
  for (int i = 0; i < sweeps && !m->cancelled; i++)
    sweep(m, l, true);
}

/* ---- conjugate gradients ---- */

/* The finest grid's `found` becomes the preconditioned residual. */
static void precondition(membrane *m) {
  level *l = m->levels;
  const double bending = m->stiffness * m->stiffness;

  for (size_t i = 0; i < l->unknowns; i++)
    l->given[l->unknown[i]] = (float)m->residual[i];
  cycle(m, 0);
  if (bending == 0 || m->cancelled)
    return;
  for (size_t i = 0; i < l->unknowns; i++)
    l->given[l->unknown[i]] = (float)(l->found[l->unknown[i]] / bending);
  cycle(m, 0);
}

static double laplacian(const level *l, const double *values, size_t at) {
  return values[at - 1] + values[at + 1] + values[at - l->stride] + values[at + l->stride] -
         l->neighbours[at] * values[at];
}

/* product = A values */
static void multiply(membrane *m, const double *values) {
  const level *l = m->levels;
  const double bending = m->stiffness * m->stiffness;

  for (size_t i = 0; i < m->bent_count; i++)
    m->curvature[m->bent[i]] = laplacian(l, values, m->bent[i]);
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
    m->curvature[l->unknown[i]] = laplacian(l, values, l->unknown[i]);
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++) {
    const size_t at = l->unknown[i];

    m->product[i] = bending * laplacian(l, m->curvature, at) - m->curvature[at];
  }
}

/* Σ residual · preconditioned, and the largest value of the latter. */
static double measure(const membrane *m, double *largest) {
  double sum = 0;

  *largest = 0;
  for (size_t i = 0; i < m->levels->unknowns; i++) {
    const double found = m->levels->found[m->levels->unknown[i]];

    sum += m->residual[i] * found;
    *largest = fmax(*largest, fabs(found));
  }
  return sum;
}

static void step(membrane *m, double square) {
  const level *l = m->levels;
  double slope = 0;

  multiply(m, m->direction);
  for (size_t i = 0; i < l->unknowns; i++)
    slope += m->direction[l->unknown[i]] * m->product[i];
  for (size_t i = 0; i < l->unknowns && slope > 0; i++) {
    m->value[l->unknown[i]] += square / slope * m->direction[l->unknown[i]];
    m->residual[i] -= square / slope * m->product[i];
  }
}

/* Solves for one channel, whose known values are in `value`. */
static void solve(membrane *m) {
  const level *l = m->levels;
  double before = 1, largest;

  multiply(m, m->value);
  for (size_t i = 0; i < l->unknowns; i++) {
    m->residual[i] = -m->product[i];
    m->direction[l->unknown[i]] = 0;
  }
  for (int n = 0; n < STEPS_MAX && !m->cancelled; n++) {
    double square;

    precondition(m);
    square = measure(m, &largest);
    for (size_t i = 0; i < l->unknowns; i++)
      m->direction[l->unknown[i]] = l->found[l->unknown[i]] +
                                    (n == 0 ? 0 : square / before) * m->direction[l->unknown[i]];
    if (m->cancelled || !(square > 0))
      return;
    step(m, square);
    if (largest < small)
      return;
    before = square;
  }
}

/* ---- all of it ---- */

static bool is_bent(const level *l, size_t at) {
  size_t to[4];

  if (l->cells[at] != RST_CELL_KNOWN || l->neighbours[at] < 4)
    return false;
  neighbours_of(l, at, to);
  return l->cells[to[0]] == RST_CELL_UNKNOWN || l->cells[to[1]] == RST_CELL_UNKNOWN ||
         l->cells[to[2]] == RST_CELL_UNKNOWN || l->cells[to[3]] == RST_CELL_UNKNOWN;
}

static bool list_bent(membrane *m) {
  const level *l = m->levels;
  size_t count = 0;

  for (size_t at = 0; at < cell_count(l) && m->stiffness > 0; at++)
    count += is_bent(l, at);
  m->bent = rst_array(count + 1, sizeof *m->bent);
  for (size_t at = 0; at < cell_count(l) && m->bent != NULL && count > m->bent_count; at++)
    if (is_bent(l, at))
      m->bent[m->bent_count++] = at;
  return m->bent != NULL;
}

static bool prepare(membrane *m, int width, int height, unsigned char *cells) {
  level *l = m->levels;
  const size_t framed = ((size_t)width + 2) * ((size_t)height + 2);

  if (!level_new(l, (size_t)width, (size_t)height) || !take_cells(l, cells))
    return false;
  while (m->levels[m->last].unknowns > 0 && (m->levels[m->last].stride > COARSEST + 2 ||
                                             m->levels[m->last].rows > COARSEST + 2)) {
    m->last++;
    if (!halve(&m->levels[m->last - 1], &m->levels[m->last]))
      return false;
  }
  m->value = rst_array(framed, sizeof *m->value);
  m->direction = rst_array(framed, sizeof *m->direction);
  m->curvature = rst_array(framed, sizeof *m->curvature);
  m->residual = rst_array(l->unknowns + 1, sizeof *m->residual);
  m->product = rst_array(l->unknowns + 1, sizeof *m->product);
  return m->value != NULL && m->direction != NULL && m->curvature != NULL &&
         m->residual != NULL && m->product != NULL && list_bent(m);
}

static void solve_channel(membrane *m, int width, int height, float *values) {
  const level *l = m->levels;

  for (int y = 0, i = 0; y < height; y++)
    for (int x = 0; x < width; x++, i++) {
      const size_t at = ((size_t)y + 1) * l->stride + (size_t)x + 1;

      m->value[at] = l->cells[at] == RST_CELL_KNOWN ? values[3 * (size_t)i] : 0;
    }
  solve(m);
  for (int y = 0, i = 0; y < height; y++)
    for (int x = 0; x < width; x++, i++)
      values[3 * (size_t)i] = (float)m->value[((size_t)y + 1) * l->stride + (size_t)x + 1];
}

static void membrane_free(membrane *m) {
  for (int i = 0; i < LEVELS_MAX; i++)
    level_free(&m->levels[i]);
  free(m->bent);
  free(m->value);
  free(m->direction);
  free(m->curvature);
  free(m->residual);
  free(m->product);
}

rst_status rst_membrane_spread(int width, int height, double stiffness,
                               unsigned char *cells, float *values,
                               const rst_cancel *cancel, rst_error *error) {
  membrane m = {.stiffness = stiffness, .cancel = cancel};
  rst_status status = prepare(&m, width, height, cells) ? RST_OK : rst_fail_memory(error);

  for (int c = 0; c < 3 && status == RST_OK; c++) {
    solve_channel(&m, width, height, values + c);
    if (m.cancelled)
      status = rst_fail_cancelled(error);
  }
  membrane_free(&m);
  return status;
}
