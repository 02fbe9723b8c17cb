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
 *
 * The cycles are nearly all of the time, and a sweep waits for each cell's value before it goes on
 * to the next: so the three channels go through them side by side. Each channel's conjugate
 * gradients are its own.
 */
#include "region/poisson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"

enum {
  CHANNELS = 3,
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

/* A value of each channel; the fourth is not used. */
typedef float lanes __attribute__((vector_size(16), aligned(4)));

/* Arrays over a grid have a frame of one cell that takes no part and stays 0. */
typedef struct {
  size_t stride, rows;           /* of the framed grid */
  unsigned char *cells;          /* rst_cell */
  unsigned char *neighbours;     /* how many take part */
  size_t *unknown, unknowns;     /* places */
  size_t *coarser;               /* of each unknown: its place on the next grid */
  lanes *given, *found;          /* a cycle's right side and its result, 0 elsewhere */
} level;

/* Conjugate gradients of a channel. */
typedef struct {
  double *value, *direction;     /* over the finest grid */
  double *residual;              /* of its unknown cells */
  double square;                 /* of the last step, Σ residual · preconditioned */
  bool done;
} channel;

typedef struct {
  level levels[LEVELS_MAX];
  int last;
  double stiffness;
  const rst_cancel *cancel;
  bool cancelled;
  size_t *bent, bent_count; /* known cells at which L counts */
  channel channels[CHANNELS];
  double *curvature, *product; /* L of a direction, over the finest grid; A of it, of the unknown */
} solver;

static size_t cell_count(const level *l) {
  return l->stride * l->rows;
}

/* For loops over i: whether to go on. */
static bool go_on(solver *m, size_t i) {
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
  l->cells = rst_zeros(cell_count(l), 1);
  l->neighbours = rst_zeros(cell_count(l), 1);
  l->given = rst_zeros(cell_count(l), sizeof *l->given);
  l->found = rst_zeros(cell_count(l), sizeof *l->found);
  return l->cells && l->neighbours && l->given && l->found;
}

static void level_free(level *l) {
  free(l->cells);
  free(l->neighbours);
  free(l->unknown);
  free(l->coarser);
  free(l->given);
  free(l->found);
}

/* Once its cells are there. False where memory ran out or it was cancelled: so with all of
 * these. */
static bool list_unknown(solver *m, level *l) {
  size_t to[4], count = 0;

  for (size_t at = 0; at < cell_count(l) && go_on(m, at); at++)
    l->unknowns += l->cells[at] == RST_CELL_UNKNOWN;
  l->unknown = rst_zeros(l->unknowns + 1, sizeof *l->unknown);
  if (!l->unknown)
    return false;
  for (size_t at = 0; at < cell_count(l) && go_on(m, at); at++) {
    if (l->cells[at] == RST_CELL_IGNORED)
      continue;
    if (l->cells[at] == RST_CELL_UNKNOWN)
      l->unknown[count++] = at;
    neighbours_of(l, at, to);
    for (int i = 0; i < 4; i++)
      l->neighbours[at] += l->cells[to[i]] != RST_CELL_IGNORED;
  }
  return !m->cancelled;
}

/* Unknown cells with no way to a known one take no part. */
static bool take_cells(solver *m, level *l, unsigned char *cells) {
  const size_t width = l->stride - 2;
  size_t *found = rst_zeros(cell_count(l), sizeof *found), first = 0, last = 0, to[4];

  if (!found)
    return false;
  for (size_t y = 0; y < l->rows - 2; y++)
    memcpy(l->cells + (y + 1) * l->stride + 1, cells + y * width, width);
  for (size_t at = 0; at < cell_count(l) && go_on(m, at); at++)
    if (l->cells[at] == RST_CELL_KNOWN)
      found[last++] = at;
  while (first < last && go_on(m, first)) { /* `neighbours` marks what was reached */
    neighbours_of(l, found[first++], to);
    for (int i = 0; i < 4; i++)
      if (l->cells[to[i]] == RST_CELL_UNKNOWN && l->neighbours[to[i]] == 0) {
        l->neighbours[to[i]] = 1;
        found[last++] = to[i];
      }
  }
  for (size_t at = 0; at < cell_count(l) && go_on(m, at); at++) {
    if (l->cells[at] == RST_CELL_UNKNOWN && l->neighbours[at] == 0)
      l->cells[at] = RST_CELL_IGNORED;
    l->neighbours[at] = 0;
  }
  for (size_t y = 0; y < l->rows - 2; y++)
    memcpy(cells + y * width, l->cells + (y + 1) * l->stride + 1, width);
  free(found);
  return list_unknown(m, l);
}

/* The place of a cell's coarser one. */
static size_t coarser_of(const level *fine, const level *coarse, size_t at) {
  return ((at / fine->stride - 1) / 2 + 1) * coarse->stride + (at % fine->stride - 1) / 2 + 1;
}

static bool halve(solver *m, level *fine, level *coarse) {
  if (!level_new(coarse, (fine->stride - 1) / 2, (fine->rows - 1) / 2))
    return false;
  fine->coarser = rst_zeros(fine->unknowns + 1, sizeof *fine->coarser);
  if (!fine->coarser)
    return false;
  for (size_t at = 0; at < cell_count(fine) && go_on(m, at); at++)
    if (fine->cells[at] != RST_CELL_IGNORED) {
      unsigned char *cell = &coarse->cells[coarser_of(fine, coarse, at)];

      *cell = *cell == RST_CELL_KNOWN ? RST_CELL_KNOWN : fine->cells[at];
    }
  for (size_t i = 0; i < fine->unknowns && go_on(m, i); i++)
    fine->coarser[i] = coarser_of(fine, coarse, fine->unknown[i]);
  return list_unknown(m, coarse);
}

/* ---- the multigrid cycle ---- */

/* given − K found, at an unknown cell. */
static lanes remainder_at(const level *l, size_t at) {
  const lanes *found = l->found;

  return l->given[at] - (float)l->neighbours[at] * found[at] + found[at - 1] + found[at + 1] +
         found[at - l->stride] + found[at + l->stride];
}

/* Gauss–Seidel: each unknown cell set to what its neighbours ask for, in order or against it. The
 * neighbour that has just been set comes last, since the others need not wait for it. */
static void sweep(solver *m, level *l, bool backward) {
  const ptrdiff_t set = backward ? 1 : -1;

  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++) {
    const size_t at = l->unknown[backward ? l->unknowns - 1 - i : i];
    lanes *found = l->found + at;
    const lanes others =
      l->given[at] + found[-(ptrdiff_t)l->stride] + found[l->stride] + found[-set];

    *found = (others + found[set]) * parts[l->neighbours[at]];
  }
}

static void cycle(solver *m, int number);

/* Adds what the next coarser grid finds for the remainder. */
static void correct(solver *m, int number) {
  level *l = &m->levels[number], *coarse = l + 1;

  for (size_t i = 0; i < coarse->unknowns && go_on(m, i); i++)
    coarse->given[coarse->unknown[i]] = (lanes){0};
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
    if (coarse->cells[l->coarser[i]] == RST_CELL_UNKNOWN)
      coarse->given[l->coarser[i]] += remainder_at(l, l->unknown[i]);
  cycle(m, number + 1);
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++) /* 0 at coarse cells that are known */
    l->found[l->unknown[i]] += coarse->found[l->coarser[i]];
}

static void cycle(solver *m, int number) {
  level *l = &m->levels[number];
  const bool last = number == m->last;
  const int sweeps = last ? SWEEPS_LAST : SWEEPS;

  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
    l->found[l->unknown[i]] = (lanes){0};
  for (int i = 0; i < sweeps && !m->cancelled; i++)
    sweep(m, l, false);
  if (!last && !m->cancelled)
    correct(m, number);
  for (int i = 0; i < sweeps && !m->cancelled; i++)
    sweep(m, l, true);
}

/* ---- conjugate gradients ---- */

/* The finest grid's `found` becomes the preconditioned residuals. */
static void precondition(solver *m) {
  level *l = m->levels;
  const channel *c = m->channels;
  const float bending = (float)(m->stiffness * m->stiffness);

  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
    l->given[l->unknown[i]] =
      (lanes){(float)c[0].residual[i], (float)c[1].residual[i], (float)c[2].residual[i], 0};
  cycle(m, 0);
  if (!(bending > 0) || m->cancelled)
    return;
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
    l->given[l->unknown[i]] = l->found[l->unknown[i]] / bending;
  cycle(m, 0);
}

static double laplacian(const level *l, const double *values, size_t at) {
  return values[at - 1] + values[at + 1] + values[at - l->stride] + values[at + l->stride] -
         l->neighbours[at] * values[at];
}

/* product = A values */
static void multiply(solver *m, const double *values) {
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
static double measure(solver *m, int c, double *largest) {
  const level *l = m->levels;
  double sum = 0;

  *largest = 0;
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++) {
    const double found = l->found[l->unknown[i]][c];

    sum += m->channels[c].residual[i] * found;
    *largest = fmax(*largest, fabs(found));
  }
  return sum;
}

/* A channel's step along its direction. */
static void step(solver *m, channel *c) {
  const level *l = m->levels;
  double slope = 0;

  multiply(m, c->direction);
  for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
    slope += c->direction[l->unknown[i]] * m->product[i];
  for (size_t i = 0; i < l->unknowns && slope > 0 && go_on(m, i); i++) {
    c->value[l->unknown[i]] += c->square / slope * c->direction[l->unknown[i]];
    c->residual[i] -= c->square / slope * m->product[i];
  }
}

/* After the preconditioner. */
static void advance(solver *m, int number, bool first) {
  const level *l = m->levels;
  channel *c = &m->channels[number];
  double largest;
  const double square = measure(m, number, &largest), kept = first ? 0 : square / c->square;

  c->square = square;
  c->done = !(square > 0);
  for (size_t i = 0; i < l->unknowns && !c->done && go_on(m, i); i++)
    c->direction[l->unknown[i]] =
      l->found[l->unknown[i]][number] + kept * c->direction[l->unknown[i]];
  if (!c->done)
    step(m, c);
  c->done = c->done || largest < small;
}

/* The known values are in `value`. */
static void solve(solver *m) {
  const level *l = m->levels;
  bool done = false;

  for (int k = 0; k < CHANNELS; k++) {
    multiply(m, m->channels[k].value);
    for (size_t i = 0; i < l->unknowns && go_on(m, i); i++)
      m->channels[k].residual[i] = -m->product[i];
  }
  for (int n = 0; n < STEPS_MAX && !done && !m->cancelled; n++) {
    precondition(m);
    done = true;
    for (int k = 0; k < CHANNELS && !m->cancelled; k++) {
      if (!m->channels[k].done)
        advance(m, k, n == 0);
      done = done && m->channels[k].done;
    }
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

static bool list_bent(solver *m) {
  const level *l = m->levels;
  size_t count = 0;

  for (size_t at = 0; at < cell_count(l) && m->stiffness > 0 && go_on(m, at); at++)
    count += is_bent(l, at);
  m->bent = rst_zeros(count + 1, sizeof *m->bent);
  for (size_t at = 0; at < cell_count(l) && m->bent && count > m->bent_count && go_on(m, at); at++)
    if (is_bent(l, at))
      m->bent[m->bent_count++] = at;
  return m->bent != NULL;
}

static bool make_levels(solver *m, int width, int height, unsigned char *cells) {
  if (!level_new(m->levels, (size_t)width, (size_t)height) || !take_cells(m, m->levels, cells))
    return false;
  while (m->levels[m->last].unknowns > 0 &&
         (m->levels[m->last].stride > COARSEST + 2 || m->levels[m->last].rows > COARSEST + 2)) {
    m->last++;
    if (!halve(m, &m->levels[m->last - 1], &m->levels[m->last]))
      return false;
  }
  return list_bent(m);
}

static bool make_channels(solver *m) {
  const size_t cells = cell_count(m->levels), unknowns = m->levels->unknowns + 1;
  bool made;

  m->curvature = rst_zeros(cells, sizeof *m->curvature);
  m->product = rst_zeros(unknowns, sizeof *m->product);
  made = m->curvature && m->product;
  for (channel *c = m->channels; c < m->channels + CHANNELS; c++) {
    c->value = rst_zeros(cells, sizeof *c->value);
    c->direction = rst_zeros(cells, sizeof *c->direction);
    c->residual = rst_zeros(unknowns, sizeof *c->residual);
    made = made && c->value && c->direction && c->residual;
  }
  return made;
}

/* The known values into the channels, or all values out of them. */
static void copy_values(solver *m, bool out, float *values) {
  const level *l = m->levels;

  for (size_t y = 1; y + 1 < l->rows && go_on(m, y * AT_ONCE); y++)
    for (size_t x = 1; x + 1 < l->stride; x++, values += CHANNELS)
      for (int k = 0; k < CHANNELS; k++) {
        const size_t at = y * l->stride + x;

        if (out)
          values[k] = (float)m->channels[k].value[at];
        else if (l->cells[at] == RST_CELL_KNOWN)
          m->channels[k].value[at] = values[k];
      }
}

static void solver_free(solver *m) {
  for (int i = 0; i < LEVELS_MAX; i++)
    level_free(&m->levels[i]);
  for (channel *c = m->channels; c < m->channels + CHANNELS; c++) {
    free(c->value);
    free(c->direction);
    free(c->residual);
  }
  free(m->bent);
  free(m->curvature);
  free(m->product);
}

rst_status rst_poisson_spread(int width, int height, double stiffness, unsigned char *cells,
                              float *values, const rst_cancel *cancel, rst_error *error) {
  solver m = {.stiffness = stiffness, .cancel = cancel};
  const bool made = make_levels(&m, width, height, cells) && make_channels(&m);

  if (made) {
    copy_values(&m, false, values);
    solve(&m);
    copy_values(&m, true, values);
  }
  solver_free(&m);
  return m.cancelled ? rst_fail_cancelled(error) : made ? RST_OK : rst_fail_memory(error);
}
