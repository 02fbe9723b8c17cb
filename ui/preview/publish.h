/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The publisher: draws frames of what is restored and reports them with the status.
 *
 * Frames come at most thirty times a second, and drawing takes at most a fifth of the time. The
 * counts are reported with them alone, since a worker that takes the lock for each point would hold
 * up the main loop.
 *
 * Thread: the worker's.
 */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "preview/lattice.h"
#include "preview/tile_reader.h"

typedef struct publisher {
  mailbox *mailbox;
  tile_reader *reader;
  const lattice *lattice;
  const request *work;
  frame *frame;          /* the last one; NULL: none */
  bool own;              /* it was not handed out yet */
  int64_t drawn;         /* pixels of frames, ever */
  tiles *frame_pixels;   /* the picture that it shows */
  rst_rectangle dirty;            /* of the picture: restored, but not drawn yet */
  gint64 next_frame_at;  /* monotonic */
  gint64 refining_at;    /* monotonic time at which refining began, … */
  gint64 refining_from;  /* … with so many points done */
  double pace;           /* points a second of this result; 0: not known */
  guint64 shown_result;  /* serials of the results that the frame shows … */
  guint64 exact_result;  /* … and that is exact */
} publisher;

void publisher_clear(publisher *p);

/* An area of the picture has to be drawn anew. */
void publisher_mark(publisher *p, const rst_rectangle *area);
/* Points on the lattice of `step` in that area have changed; each stands in for the pixels to its
 * right and below. */
void publisher_mark_lattice(publisher *p, const rst_rectangle *area, int step);
/* Whether it is time for the next frame. */
bool publisher_is_due(const publisher *p);

/* Refining begins: the pace is measured from here on. */
void publisher_begin(publisher *p);
/* Reports the phase and the counts. */
void publisher_report(publisher *p, preview_phase phase);
/* Draws what is dirty and reports it with the phase. */
rst_status publisher_show(publisher *p, preview_phase phase, rst_error *error);
/* Draws it coarsely, then less so, and reports both, where all of it would take longer than a tenth
 * of a second; it stays dirty. */
rst_status publisher_show_draft(publisher *p, preview_phase phase, rst_error *error);
/* Draws a frame of its own for a new viewport or picture, with the points that are there, while the
 * picture is read. */
rst_status publisher_show_viewport(publisher *p, rst_error *error);
/* The lattice of `step` is finished in all of the visible area. */
void publisher_finish_step(publisher *p, int step);
/* The result is exact: its time ends. */
void publisher_finish(publisher *p);

#endif
