/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The faces that were found for a request, kept as long as its picture and region stay.
 *
 * Thread: the worker's.
 */
#ifndef FOUND_FACES_H
#define FOUND_FACES_H

#include "preview/tile_reader.h"

typedef struct found_faces {
  bool known;
  guint64 pixels_serial; /* of the picture, … */
  rst_rectangle region;  /* … and where in it they were looked for */
  char text[RST_FACES_TEXT];
} found_faces;

/* Puts the faces of a request's region into its parameters where these ask for them, and reports
 * them. Reads the region where they are not known. Errors: as rst_settle_faces() and tile_reader_require(). */
rst_status found_faces_settle(found_faces *f, request *work, tile_reader *reader,
                              rst_session *session, rst_error *error);

#endif
