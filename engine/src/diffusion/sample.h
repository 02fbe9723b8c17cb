/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points through the network, in batches, on all threads.
 */
#ifndef RST_SAMPLE_H
#define RST_SAMPLE_H

#include "network/decoder.h"
#include "base/session.h"

/* A set of points: each lies at a column and a row of two lists of positions. */
typedef struct rst_point_set {
  size_t count;
  int columns, rows;
  const double *x, *y;            /* (columns), (rows): in the window, 0…1 */
  const uint32_t *points;         /* (count): row · columns + column */
  const float *luma;              /* (rows, columns): the grid's; NULL: not known */
  /* The noise's coordinates of column c and row r: column + c · column_step, … */
  int column, row, column_step, row_step;
} rst_point_set;

/* Some of a set's points, on their way. Arrays (3, RST_BATCH) are as the network has them. */
typedef struct rst_sample_moment {
  size_t first; /* points first … first + count − 1 of the set */
  int count;
  const uint32_t *points; /* (count): theirs */
  int step;               /* that was just taken; −1: the first value, before all steps */
  const float *values;    /* (3, RST_BATCH) */
  const float *clean;     /* (3, RST_BATCH): the step's x̂₀; NULL before all steps */
  const float *luma;      /* (RST_BATCH): what is added for colours; NULL: nothing */
} rst_sample_moment;

/* What a caller may watch, on any worker's thread; for tests and trajectories. */
typedef struct rst_sample_observer {
  void *user;
  void (*watch)(void *user, const rst_sample_moment *moment);
} rst_sample_observer;

/* Colours of `values` (3, RST_BATCH) of the moment's points: colours[3 · points[i] + c], red first,
 * residual luma added, 0…1 for the network's −1…1. */
void rst_sample_colours(const rst_model *model, const rst_sample_moment *moment,
                        const float *values, float *colours);

/* Restores the points into `colours` (NULL: not wanted); see rst_sample(). */
rst_status rst_sample_points(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_point_set *set,
                             float *colours, const rst_hooks *hooks,
                             const rst_sample_observer *observer, rst_error *error);

#endif
