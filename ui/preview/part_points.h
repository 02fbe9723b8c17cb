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
#ifndef CANVAS_H
#define CANVAS_H

#include <restorator.h>

#include "preview/tiles.h"

/* Ranges of standard deviations that people are shown. */
enum { CANVAS_RANGES = 9 };
extern const float canvas_ranges[CANVAS_RANGES];

typedef struct canvas {
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
  gint64 deviated[CANVAS_RANGES + 1]; /* how many of these are first within each range; none */
  guint8 *state;         /* (height, width): of each pixel */
  int *finished;         /* (height): the row's finished points of the part, which spares looking
                          * for them in rows beside a coarse lattice's */
  bool matched;          /* `weight` and `offset` are valid */
  int64_t covered, ring; /* points */
  int64_t covered_done, ring_done; /* of these: finished, mode applied */
  rst_encoding *encoding;          /* NULL until its window is encoded */
} canvas;

/* `pixels` (4 channels) and `coverage` (1; nothing is covered beyond its box) have to be filled
 * in rst_match_box(). NULL where memory ran out. */
canvas *canvas_new(const rst_part *part, int width, int height, const plane *pixels,
                   const plane *coverage);
void canvas_free(canvas *c); /* NULL is allowed */

/* Forgets all colours; with another way to mix them, what the one before made of them. */
void canvas_forget(canvas *c);
void canvas_set_mix(canvas *c, rst_mode mode, double saturation);
/* Takes over the points, and the encoding, of a canvas with the same window. */
void canvas_adopt(canvas *c, const canvas *from);
/* Takes over the reference; NULL forgets it. */
void canvas_set_encoding(canvas *c, rst_encoding *encoding);

/* What one round of refining needs. */
typedef struct canvas_job {
  rst_session *session;
  const rst_parameters *parameters;
  const plane *pixels;
  rst_cancel *cancel;
  /* Told of each point that the network has restored; NULL: nobody. */
  void (*restored)(void *user, const canvas *c, int x, int y, int step);
  void *user;
} canvas_job;

typedef enum canvas_kind { CANVAS_COVERED, CANVAS_RING } canvas_kind;

/* Finishes the points of that kind on the lattice of `step` in `area`. `changed` becomes true
 * where there were any to do, also where it fails: what is finished by then is kept. */
rst_status canvas_refine(canvas *c, const canvas_job *job, canvas_kind kind, const rect *area,
                         int step, bool *changed, rst_error *error);
/* Matches the part to its surroundings; the ring has to be finished. */
rst_status canvas_match(canvas *c, const canvas_job *job, rst_error *error);

/* Finds out how much the finished points on the lattice of `step` in `area` vary over that many
 * seeds, the job's and those after it. Other members than `deviation` stay untouched, so that the
 * result may be read meanwhile. `changed`: as above. */
rst_status canvas_deviate(canvas *c, const canvas_job *job, int seeds, const rect *area, int step,
                          bool *changed, rst_error *error);
void canvas_forget_deviation(canvas *c);

/* The luma of a pixel inside the box, which the job's `pixels` hold, as rst_pixel_luma() has it. */
float canvas_get_luma(const canvas *c, const canvas_job *job, int x, int y);
/* How much of a pixel is covered by the part: 0 beyond it. */
float canvas_get_coverage(const canvas *c, int x, int y);
/* The restored colours (count, 3) of the pixels of a row inside the box, or while they are missing,
 * of the nearest coarser lattice of at most `coarsest`. `coverage` (count) is how much the part
 * covers of each; 0, and no colour, where there is none yet. */
void canvas_get_row(const canvas *c, int x, int y, int count, int coarsest, bool match,
                    float *colours, float *coverage);
/* Likewise a pixel's standard deviation; below 0 where there is none yet. */
float canvas_get_deviation(const canvas *c, int x, int y, int coarsest);

#endif
