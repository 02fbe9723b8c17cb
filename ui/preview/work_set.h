/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The set of work: plan, points and encodings, and which of them a new request still may use.
 *
 * Thread: the worker's.
 */
#ifndef WORK_SET_H
#define WORK_SET_H

#include "preview/publish.h"

typedef struct work_set {
  mailbox *mailbox;
  tile_reader *reader;
  lattice *lattice;
  publisher *publisher;
  const request *work;
  rst_plan *plan;
  guint64 planned_pixels, planned_region; /* serials that the plan is for, … */
  rst_parameters planned;                 /* … and its setup */
  rst_model *sampled_model;               /* that the points are of, … */
  rst_parameters sampled;                 /* … and of which setup */
  bool redrawn;                           /* the plan is new, and nothing of it is shown */
  GArray *encodings;                      /* kept, the newest last */
} work_set;

/* The members up to `work` are set by the caller. */
void work_set_init(work_set *s);
void work_set_clear(work_set *s);

/* Forgets plan and points, and the plan's report. */
void work_set_forget(work_set *s);
/* Forgets them where they are of another picture. */
void work_set_forget_other_picture(work_set *s);
/* Makes the request's plan, unless the last one is. Points of windows that stay are kept. Reads the
 * selection. Errors: as rst_plan_region() and tile_reader_require(). */
rst_status work_set_plan(work_set *s, rst_error *error);
/* Forgets the points that the request's setup gives other colours, and their encodings where its
 * model sees another input. Errors: as part_points_restart(). */
rst_status work_set_forget_stale(work_set *s, rst_error *error);
/* Sees to it that a part's window is encoded. Reads the window's pixels. Errors: as
 * rst_encode_window() and tile_reader_require(). */
rst_status work_set_encode(work_set *s, int part, rst_error *error);

#endif
