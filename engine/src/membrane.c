/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From coarse to fine: each coarser grid has cells of twice the size, known where one of its four
 * is (their mean), and its solution is where the next finer one begins. What is left to do there
 * is local, so some sweeps of successive over-relaxation suffice.
 */
#include "membrane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "session.h"
#include "status.h"

enum {
  COARSEST = 4,     /* cells a side at which the grid is not made coarser */
  SWEEPS_MAX = 400,
  LEVELS_MAX = 26
};

/* Sweeps end when no value would move by more: a hundredth of a step of 8 bits. */
static const float small = 0.01f / 255;
static const float relaxation = 1.8f;

typedef struct {
  int width, height;
  unsigned char *cells;
  float *values;
} level;

static size_t cell_count(const level *l) {
  return (size_t)l->width * (size_t)l->height;
}

/* One coarse cell from the up to four finer ones. */
static void halve_cell(const level *fine, const level *coarse, int x, int y) {
  const size_t to = (size_t)y * (size_t)coarse->width + (size_t)x;
  float sum[3] = {0, 0, 0};
  int known = 0, unknown = 0;

  for (int i = 0; i < 4; i++) {
    const int u = 2 * x + (i & 1), v = 2 * y + (i >> 1);
    const size_t from = (size_t)v * (size_t)fine->width + (size_t)u;

    if (u >= fine->width || v >= fine->height)
      continue;
    unknown += fine->cells[from] == RST_CELL_UNKNOWN;
    if (fine->cells[from] != RST_CELL_KNOWN)
      continue;
    known++;
    for (int c = 0; c < 3; c++)
      sum[c] += fine->values[3 * from + (size_t)c];
  }
  coarse->cells[to] = known > 0     ? RST_CELL_KNOWN
                      : unknown > 0 ? RST_CELL_UNKNOWN
                                    : RST_CELL_IGNORED;
  for (int c = 0; c < 3; c++)
    coarse->values[3 * to + (size_t)c] = known > 0 ? sum[c] / (float)known : 0;
}

static bool halve(const level *fine, level *coarse) {
  coarse->width = (fine->width + 1) / 2;
  coarse->height = (fine->height + 1) / 2;
  coarse->values = rst_floats(3 * cell_count(coarse));
  coarse->cells = rst_array(cell_count(coarse), 1);
  if (coarse->values == NULL || coarse->cells == NULL)
    return false;
  for (int y = 0; y < coarse->height; y++)
    for (int x = 0; x < coarse->width; x++)
      halve_cell(fine, coarse, x, y);
  return true;
}

/* Unknown cells begin with what the coarser grid found. */
static void begin_from(const level *coarse, level *fine) {
  for (int y = 0; y < fine->height; y++)
    for (int x = 0; x < fine->width; x++) {
      const size_t to = (size_t)y * (size_t)fine->width + (size_t)x;
      const size_t from = (size_t)(y / 2) * (size_t)coarse->width + (size_t)(x / 2);

      if (fine->cells[to] == RST_CELL_UNKNOWN)
        memcpy(fine->values + 3 * to, coarse->values + 3 * from, 3 * sizeof(float));
    }
}

/* Moves one unknown cell towards its neighbours' mean; returns by how much. */
static float relax(const level *l, int x, int y) {
  const size_t at = (size_t)y * (size_t)l->width + (size_t)x, width = (size_t)l->width;
  const size_t neighbours[4] = {at - 1, at + 1, at - width, at + width};
  const bool there[4] = {x > 0, x < l->width - 1, y > 0, y < l->height - 1};
  float *value = l->values + 3 * at, sum[3] = {0, 0, 0}, moved = 0;
  int count = 0;

  for (int i = 0; i < 4; i++) {
    if (!there[i] || l->cells[neighbours[i]] == RST_CELL_IGNORED)
      continue;
    count++;
    for (int c = 0; c < 3; c++)
      sum[c] += l->values[3 * neighbours[i] + (size_t)c];
  }
  if (count == 0)
    return 0;
  for (int c = 0; c < 3; c++) {
    const float step = sum[c] / (float)count - value[c];

    value[c] += relaxation * step;
    moved = fmaxf(moved, fabsf(step));
  }
  return moved;
}

static bool solve(const level *l, const rst_cancel *cancel) {
  for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    float moved = 0;

    for (int y = 0; y < l->height; y++) {
      if (rst_cancelled(cancel))
        return false;
      for (int x = 0; x < l->width; x++)
        if (l->cells[(size_t)y * (size_t)l->width + (size_t)x] == RST_CELL_UNKNOWN)
          moved = fmaxf(moved, relax(l, x, y));
    }
    if (moved < small)
      break;
  }
  return true;
}

/* Unknown cells with no way to a known one take no part. False where memory ran out. */
static bool drop_islands(level *l, const unsigned char *cells) {
  const size_t count = cell_count(l), width = (size_t)l->width;
  size_t *found = rst_array(count, sizeof *found), first = 0, last = 0;

  if (found == NULL)
    return false;
  memset(l->cells, RST_CELL_IGNORED, count);
  for (size_t i = 0; i < count; i++)
    if (cells[i] == RST_CELL_KNOWN) {
      l->cells[i] = RST_CELL_KNOWN;
      found[last++] = i;
    }
  while (first < last) {
    const size_t at = found[first++], x = at % width;
    const size_t neighbours[4] = {at - 1, at + 1, at - width, at + width};
    const bool there[4] = {x > 0, x < width - 1, at >= width, at < count - width};

    for (int i = 0; i < 4; i++)
      if (there[i] && cells[neighbours[i]] == RST_CELL_UNKNOWN &&
          l->cells[neighbours[i]] == RST_CELL_IGNORED) {
        l->cells[neighbours[i]] = RST_CELL_UNKNOWN;
        found[last++] = neighbours[i];
      }
  }
  free(found);
  return true;
}

static rst_status spread(level *levels, const rst_cancel *cancel, rst_error *error) {
  int last = 0;

  while (levels[last].width > COARSEST || levels[last].height > COARSEST) {
    last++;
    if (!halve(&levels[last - 1], &levels[last]))
      return rst_fail_memory(error);
  }
  for (int i = last; i >= 0; i--) {
    if (i < last)
      begin_from(&levels[i + 1], &levels[i]);
    if (!solve(&levels[i], cancel))
      return rst_fail_cancelled(error);
  }
  return RST_OK;
}

rst_status rst_membrane_spread(int width, int height, const unsigned char *cells, float *values,
                               const rst_cancel *cancel, rst_error *error) {
  level levels[LEVELS_MAX] = {{width, height, NULL, values}};
  rst_status status;

  for (size_t i = 0; i < cell_count(levels); i++)
    if (cells[i] != RST_CELL_KNOWN)
      memset(values + 3 * i, 0, 3 * sizeof *values);
  levels->cells = rst_array(cell_count(levels), 1);
  status = levels->cells != NULL && drop_islands(levels, cells) ? spread(levels, cancel, error)
                                                                : rst_fail_memory(error);
  free(levels[0].cells);
  for (int i = 1; i < LEVELS_MAX; i++) {
    free(levels[i].values);
    free(levels[i].cells);
  }
  return status;
}
