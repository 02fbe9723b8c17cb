/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the colour hints come to in each part's window, kept between requests: a hint that moves costs
 * its own distances alone, and only what changes is drawn anew.
 *
 * Thread: the worker's.
 */
#ifndef HINT_FIELDS_H
#define HINT_FIELDS_H

#include "preview/work_set.h"

typedef struct hint_fields {
  mailbox *mailbox;
  tile_reader *reader;
  lattice *lattice;
  publisher *publisher;
  work_set *set;
  const request *work;
  GArray *fields; /* of window_field: a window with its guide and field */
  guint64 pixels_serial;    /* that they are of */
  guint64 contour_serial;   /* of the contour reported last */
} hint_fields;

/* The members up to `work` are set by the caller. */
void hint_fields_init(hint_fields *h);
void hint_fields_clear(hint_fields *h);

/* Gives the request's hints to all parts and marks what changes with them. Reads windows where
 * there are hints. Errors: as rst_hint_guide_new(), rst_hint_field_change() and
 * tile_reader_require(). */
rst_status hint_fields_update(hint_fields *h, rst_error *error);
/* Reports the contour that the request asks for, unless it is reported already. Errors: the
 * same. */
rst_status hint_fields_measure_contour(hint_fields *h, rst_error *error);

#endif
