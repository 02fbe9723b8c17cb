/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a partial result consists of, and what restoring needs of it beside its public calls.
 */
#ifndef RST_PARTIAL_H
#define RST_PARTIAL_H

#include "restorator.h"

enum { RST_LATTICE_BITS = 10 };

/* A pixel's state, as bits. */
enum {
  RST_POINT_COVERED = 1,  /* the part's own */
  RST_POINT_BOUNDARY = 2, /* beside it: seen, and restored too where the part is matched */
  RST_POINT_RESTORED = 4, /* `colours` is valid */
  RST_POINT_MIXED = 8     /* `mixed` is valid */
};

/* Points of a row that are mixed. */
typedef struct rst_row_count {
  int covered, boundary;
} rst_row_count;

struct rst_partial {
  rst_encoding *encoding; /* NULL: not known yet */
  rst_parameters parameters;
  rst_part part;
  rst_rectangle area;      /* arrays are (height, width, …) of it */
  bool whole;              /* the part, and its border */
  bool matched;            /* `weight` and `offset` are valid */
  const float *rgba;       /* the area's first pixel, in rows of … */
  int rgba_width;          /* … so many */
  float *kept;             /* owned: the pixels; NULL where they are the picture's own */
  float *coverage, *colours, *mixed; /* coverage owns all three */
  float *offset, *weight;            /* offset owns both; NULL until it is matched */
  float *deviation;            /* owned: below 0: not known; NULL until there is any */
  int seeds;                   /* that `deviation` is of; 0: it is not valid */
  const rst_hint_field *hints; /* NULL: none */
  unsigned char *state;        /* owned */
  rst_row_count *finished;     /* owned: (height) */
  int64_t covered, boundary;   /* points */
};

static inline size_t rst_partial_pixels(const rst_partial *p) {
  return (size_t)p->area.width * (size_t)p->area.height;
}

static inline size_t rst_partial_index(const rst_partial *p, int x, int y) {
  return (size_t)(y - p->area.y) * (size_t)p->area.width + (size_t)(x - p->area.x);
}

/* A pixel of the area. */
static inline const float *rst_partial_rgba(const rst_partial *p, int x, int y) {
  return p->rgba + 4 * ((size_t)(y - p->area.y) * (size_t)p->rgba_width + (size_t)(x - p->area.x));
}

/* Whether a lattice may have that step. */
bool rst_good_step(int step);

/* The lattice's points that lie in `area` (NULL: all) of the result. False where there are none. */
bool rst_partial_place(const rst_partial *p, const rst_rectangle *area, int step, rst_grid *grid);

/* The pixel of a lattice's point. */
static inline void rst_partial_locate(const rst_grid *grid, uint32_t point, int *x, int *y) {
  *x = grid->column + (int)(point % (uint32_t)grid->columns) * grid->column_step;
  *y = grid->row + (int)(point / (uint32_t)grid->columns) * grid->row_step;
}

/* The luma of a pixel of the area, as rst_pixel_luma() has it. */
float rst_partial_luma(const rst_partial *p, int x, int y);

/* Restores all points, those of the boundary with them, band by band. Errors: as
 * rst_partial_refine(). */
rst_status rst_partial_finish(rst_session *session, rst_partial *partial, const rst_hooks *hooks,
                              rst_error *error);

#endif
