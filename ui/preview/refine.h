/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refining: restores the points of a request from coarse to fine, the visible ones first.
 *
 * Thread: the worker's.
 */
#ifndef REFINE_H
#define REFINE_H

#include "preview/explore.h"
#include "preview/hint_fields.h"

typedef struct refiner {
  lattice *lattice;
  publisher *publisher;
  work_set *set;
  explorer *explorer;
  hint_fields *hints;
  const request *work;
  bool brief; /* only what is visible, only as fine as the screen shows it */
} refiner;

/* Restores the request's points, with the work set planned and nothing stale in it. Frames are
 * shown on the way. */
rst_status refiner_run(refiner *r, rst_error *error);

#endif
