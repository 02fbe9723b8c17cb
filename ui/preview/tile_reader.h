/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the picture tile by tile: hosts can be read on the caller's thread alone, so the worker
 * asks for an area and sleeps, and the caller's main loop reads it in idle steps of a few
 * milliseconds.
 */
#ifndef TILE_READER_H
#define TILE_READER_H

#include "preview/mailbox.h"

typedef struct tile_reader {
  mailbox *mailbox;
  const request *work; /* the worker's request; changed under the mailbox's lock */
  rst_picture picture; /* the caller's */
  rst_picture
    prepared; /* the worker's, where its request has prepared pixels: read on its thread */
  GSource *source;     /* reads on the caller's thread */
} tile_reader;

/* Thread: the caller's, as for tile_reader_clear(). */
void tile_reader_init(tile_reader *r, mailbox *m, const request *work, const rst_picture *picture);
void tile_reader_clear(tile_reader *r);

/* Whether an area of the request in work has been read. Thread: the worker's. */
bool tile_reader_has(tile_reader *r, const rst_rectangle *area);
/* Waits until that area is read, and meanwhile reports how far that is. Errors: RST_CANCELLED where
 * a newer request comes; RST_HOST_FAILED. Thread: the worker's. */
rst_status tile_reader_require(tile_reader *r, const rst_rectangle *area, rst_error *error);

#endif
