/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One part's points, as far as they are restored. Points are restored on lattices of the picture's
 * pixels (every 2ⁿth column and row): a coarse lattice's points are the finer one's too, so each
 * is computed once.
 *
 * The network's colours are kept beside what the mode makes of them: another mode, match or
 * strength costs no network pass.
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
  double saturation;
  rect box;              /* the part's, with the border that it is matched to */
  float *coverage;       /* (height, width): 0 where alpha is */
  float *colours;        /* (height, width, 3): the network's */
  float *mixed;          /* (height, width, 3): joined with the picture by mode */
  float *weight;         /* (height, width), and … */
  float *offset;         /* … (height, width, 3): what rst_match_join() takes */
  float *deviation;      /* (height, width): how much `mixed` varies with the seed, its largest
                          * channel's standard deviation; below 0: not known; NULL: none is */
  gint64 deviated[DEVIATION_RANGES + 1]; /* how many of these are first within each range; none */
  guint8 *state;         /* (height, width): of each pixel */
  int *finished;         /* (height): the row's finished points of the part, which spares looking
                          * for them in rows beside a coarse lattice's */
  bool matched;          /* `weight` and `offset` are valid */
  int64_t covered, boundary; /* points */
  int64_t covered_done, boundary_done; /* of these: finished, mode applied */
  rst_encoding *encoding;          /* NULL until its window is encoded */
} part_points;

/* `pixels` (4 channels) and `coverage` (1; nothing is covered beyond its box) have to be filled
 * in rst_match_box(). NULL where memory ran out. */
part_points *part_points_new(const rst_part *part, int width, int height, const tiles *pixels,
                             const tiles *coverage);
void part_points_free(part_points *c); /* NULL is allowed */

/* Forgets all colours; with another way to mix them, what the one before made of them. */
void part_points_forget(part_points *c);
void part_points_set_mix(part_points *c, rst_mode mode, double saturation);
/* Takes over the points, and the encoding, of a part with the same window. */
void part_points_adopt(part_points *c, const part_points *from);
/* Takes over the reference; NULL forgets it. */
void part_points_set_encoding(part_points *c, rst_encoding *encoding);

/* What one round of refining needs. */
typedef struct points_job {
  rst_session *session;
  const rst_parameters *parameters;
  const tiles *pixels;
  rst_cancel *cancel;
  /* Called for each point that the network has restored; or NULL. */
  void (*restored)(void *user, const part_points *c, int x, int y, int step);
  void *user;
} points_job;

typedef enum points_kind { POINTS_COVERED, POINTS_BOUNDARY } points_kind;

/* Finishes the points of that kind on the lattice of `step` in `area`. `changed` becomes true
 * where there were any to do, also where it fails: what is finished by then is kept. */
rst_status part_points_refine(part_points *c, const points_job *job, points_kind kind,
                              const rect *area, int step, bool *changed, rst_error *error);
/* Matches the part to its surroundings; the boundary has to be finished. */
rst_status part_points_match(part_points *c, const points_job *job, rst_error *error);

/* Finds out how much the finished points on the lattice of `step` in `area` vary over that many
 * seeds, the job's and those after it. Other members than `deviation` stay untouched, so that the
 * result may be read meanwhile. `changed`: as above. */
rst_status part_points_deviate(part_points *c, const points_job *job, int seeds, const rect *area,
                               int step, bool *changed, rst_error *error);
void part_points_forget_deviation(part_points *c);

/* The luma of a pixel inside the box, which the job's `pixels` hold, as rst_pixel_luma() has it. */
float part_points_get_luma(const part_points *c, const points_job *job, int x, int y);
/* How much of a pixel is covered by the part: 0 beyond it. */
float part_points_get_coverage(const part_points *c, int x, int y);
/* The restored colours (count, 3) of the pixels of a row inside the box, or while they are missing,
 * of the nearest coarser lattice of at most `coarsest`. `coverage` (count) is how much the part
 * covers of each; 0, and no colour, where there is none yet. */
void part_points_get_row(const part_points *c, int x, int y, int count, int coarsest, bool match,
                         float *colours, float *coverage);
/* Likewise a pixel's standard deviation; below 0 where there is none yet. */
float part_points_get_deviation(const part_points *c, int x, int y, int coarsest);

#endif
