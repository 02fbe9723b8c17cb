/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is explored beside the result: a pixel's trajectory, colours for a hint, and the
 * uncertainty over seeds.
 *
 * Thread: the worker's.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include "preview/work_set.h"

typedef struct explorer {
  mailbox *mailbox;
  lattice *lattice;
  publisher *publisher;
  work_set *set;
  const request *work;
  guint64 inspected_result,
    inspected; /* serials of the result and the pixel of the last trajectory */
  guint64 suggested;             /* serial of the pixel that colours were reported for */
  int first_step;                /* the finest lattice deviated before the result was exact */
} explorer;

/* Reports the trajectory that the request asks for, unless it is reported already; none where its
 * pixel is not selected. */
rst_status explorer_inspect(explorer *e, rst_error *error);
/* Takes back the last trajectory: the next request that asks for one gets it anew. */
void explorer_forget_inspected(explorer *e);

/* Reports colours for a hint at the pixel that the request asks about, unless it is done already;
 * none where no window holds it. Errors: as rst_suggest_colours() and work_set_encode(). */
rst_status explorer_suggest(explorer *e, rst_error *error);

/* Finds and shows the uncertainty in an area, where the request asks for it, on lattices as fine as
 * takes about a quarter of the time of the first frame's; a point takes `passes` network passes. */
rst_status explorer_deviate_first(explorer *e, const rst_rectangle *area, int passes,
                                  rst_error *error);
/* The same on all finer lattices, once the result is exact. */
rst_status explorer_deviate_rest(explorer *e, const rst_rectangle *area, rst_error *error);

#endif
