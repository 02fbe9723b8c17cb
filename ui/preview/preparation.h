/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An old photograph prepared before it is restored: its damage found and mended, its tone corrected.
 * All that comes after sees the prepared picture in place of the source.
 *
 * Thread: the worker's.
 */
#ifndef PREPARATION_H
#define PREPARATION_H

#include "preview/publish.h"

typedef struct preparation {
  mailbox *mailbox;
  tile_reader *reader;
  publisher *publisher;
  request *work;
  request source;   /* that the photo reads from */
  rst_photo *photo; /* NULL: none yet */
  tiles *tiles;     /* what is prepared, filled as it is needed; NULL: nothing */
  guint64 serial;   /* of the pixels that they are */
  bool takes_colour; /* what it shows */
} preparation;

/* Releases what it holds; it may be used on. */
void preparation_clear(preparation *p);

/* Lets the request show what was prepared last of its picture, until it is prepared anew. */
void preparation_begin(preparation *p);
/* Prepares the request's picture where that is asked for, reports what was found, and lets the
 * request see it. Where no colour is asked for, or the picture takes none, the request loses its
 * model. Reads all of the picture. Errors: as
 * rst_photo_new(), rst_photo_set() and tile_reader_require(). */
rst_status preparation_settle(preparation *p, rst_session *session, rst_error *error);

#endif
