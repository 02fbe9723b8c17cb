/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The points of all parts, and the ways over them: an area is worked on in chunks, on the lattice
 * of every 64th column and row first, then of every 32nd, down to every pixel.
 *
 * Thread: the worker's.
 */
#ifndef LATTICE_H
#define LATTICE_H

#include "preview/request.h"

enum {
  LATTICE_COARSEST = 64, /* the largest step between points */
  LATTICE_WHOLE = 1 << 20 /* as a chunk's side: all in one */
};

typedef struct lattice {
  rst_session *session;
  rst_cancel *cancel;
  part_points *parts[RST_PARTS_MAX];
  int count;
  gint64 restored; /* points that the network has restored, ever */
  /* Called for each of them; or NULL. */
  void (*trace)(void *user, const part_points *part, int x, int y, int step);
  void *trace_user;
} lattice;

/* Forgets all parts. */
void lattice_clear(lattice *l);

/* What a part needs for a round of the engine. */
points_job lattice_get_job(lattice *l);
/* The coarsest step whose points in an area show something within about 20 ms, where a point takes
 * that many passes of the network; 1 where all of them do. */
int lattice_choose_step(const lattice *l, const rst_rectangle *area, int passes);
/* Samples a side of chunks with at least `samples` samples for each thread, and at least
 * `least`. */
int lattice_choose_side(const lattice *l, int least, int samples);

typedef rst_status (*lattice_work)(void *user, part_points *part, const rst_rectangle *chunk,
                                   int step, rst_error *error);
/* Calls `work` for chunks of about `side` samples a side that together cover all of the part that
 * lies in an area, row by row; the first error ends it. Chunks begin at multiples of the step, so
 * that no sample is in two. */
rst_status lattice_walk(part_points *part, const rst_rectangle *area, int step, int side,
                        lattice_work work, void *user, rst_error *error);

/* Points of all parts that are to be restored, and that are. */
void lattice_count_points(const lattice *l, gint64 *points, gint64 *done);
/* The smallest range that all but a hundredth of the known standard deviations over that many seeds
 * lie within: a few stray pixels would leave one colour for all others. 0 where none is known. */
double lattice_get_range(const lattice *l, int seeds);

#endif
