/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points through the network, in batches, on all threads.
 */
#ifndef RST_SAMPLE_H
#define RST_SAMPLE_H

#include "decoder.h"
#include "session.h"

/* A set of points: each lies at a column and a row of two lists of positions. */
typedef struct rst_point_set {
  size_t count;
  int columns, rows;
  const double *x, *y;            /* (columns), (rows): in the window, 0…1 */
  const uint32_t *points;         /* (count): row · columns + column */
  /* The noise's coordinates of column c and row r: column + c · column_step, … */
  int column, row, column_step, row_step;
} rst_point_set;

/* What a caller may watch, on any worker's thread; for tests and trajectories. After step `step`
 * the values of points first … first + count − 1 are values[c · RST_BATCH + i]. */
typedef struct rst_sample_observer {
  void *user;
  void (*after_step)(void *user, size_t first, int count, int step, const float *values);
} rst_sample_observer;

/* Restores the points: colours[3 · points[i] + c], red first, residual luma added, 0…1 for the
 * network's −1…1. See rst_sample(). */
rst_status rst_sample_points(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_point_set *set,
                             float *colours, const rst_hooks *hooks,
                             const rst_sample_observer *observer, rst_error *error);

#endif
