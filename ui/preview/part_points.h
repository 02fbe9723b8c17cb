/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One part's points, as far as they are restored: the engine's partial result, and what the preview
 * counts of it. Points are restored on lattices of the picture's pixels (every 2ⁿth column and row):
 * a coarse lattice's points are the finer one's too, so each is computed once.
 *
 * Threads: one at a time.
 */
#ifndef PART_POINTS_H
#define PART_POINTS_H

#include <restorator.h>

#include "preview/tiles.h"

/* Ranges of standard deviations that people are shown. */
enum { DEVIATION_RANGES = 9 };
extern const float deviation_ranges[DEVIATION_RANGES];

typedef struct part_points {
  rst_part part;
  rst_rectangle box;               /* the part's, with the border that it is matched to */
  rst_partial *partial;
  rst_encoding *encoding; /* NULL until its window is encoded */
  gint64 deviated[DEVIATION_RANGES + 1]; /* points whose deviation is first within each range, or
                                          * none; where the partial result knows any */
} part_points;

/* `picture` is read in the part and one pixel round it. */
rst_status part_points_new(const rst_part *part, const rst_picture *picture,
                           const rst_parameters *parameters, part_points **made, rst_error *error);
void part_points_free(part_points *c); /* NULL is allowed */

/* Forgets everything, and that the window was encoded: the network sees another input. Errors:
 * those of part_points_new(); then all is as before. */
rst_status part_points_restart(part_points *c, const rst_picture *picture,
                               const rst_parameters *parameters, rst_error *error);
/* Takes over the points, and the encoding, of a part with the same window. */
rst_status part_points_adopt(part_points *c, const part_points *from, rst_error *error);
/* The window's encoding. */
rst_status part_points_set_encoding(part_points *c, rst_encoding *encoding, rst_error *error);

/* What one round of refining needs. */
typedef struct points_job {
  rst_session *session;
  rst_cancel *cancel;
  /* Called for each point that the network has restored; or NULL. */
  void (*restored)(void *user, const part_points *c, int x, int y, int step);
  void *user;
} points_job;

/* Finishes the covered points on the lattice of `step` in `area`. `changed` becomes true where
 * there were any to do, also where it fails: what is finished by then is kept. */
rst_status part_points_refine(part_points *c, const points_job *job, const rst_rectangle *area,
                              int step, bool *changed, rst_error *error);
/* Matches the part to its surroundings, with its boundary restored for it. */
rst_status part_points_match(part_points *c, const points_job *job, rst_error *error);

/* Finds out how much the finished points on the lattice of `step` in `area` vary over that many
 * seeds. The result may be read meanwhile. `changed`: as above. */
rst_status part_points_deviate(part_points *c, const points_job *job, int seeds,
                               const rst_rectangle *area, int step, bool *changed,
                               rst_error *error);

/* A pixel's standard deviation over that many seeds, as rst_partial_get_deviation() has it. */
float part_points_get_deviation(const part_points *c, int seeds, int x, int y, int coarsest);

/* Points to be restored, and those that are. */
gint64 part_points_count(const part_points *c, gint64 *done);

#endif
