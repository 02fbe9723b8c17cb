/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The segments of a JPEG file that libvips leaves out or takes apart: comments and Photoshop's
 * resources with IPTC's records.
 */
#ifndef CLI_JPEG_H
#define CLI_JPEG_H

#include <glib.h>
#include <stdbool.h>

#include "bytes.h"

enum { JPEG_SEGMENT_MAX = 65533 }; /* bytes in a segment */

typedef struct jpeg_head {
  GByteArray *resources; /* empty without */
  GByteArray *comment;   /* the same; several are lines of one */
  GByteArray *extension; /* the same, whole segments: the part of XMP that one has no room for */
  bool complete;         /* its end marker is there */
} jpeg_head;

/* Reads what can be read. Clear it in any case. */
void jpeg_read(const cli_bytes *bytes, jpeg_head *head);
void jpeg_clear(jpeg_head *head);

/* Adds a segment; `head` comes before the bytes in it. Nothing where it would be too long. */
void jpeg_put(GByteArray *out, guint8 marker, const char *head, gsize head_size,
              gconstpointer bytes, gsize size);
/* The same, as many segments as are needed. */
void jpeg_put_all(GByteArray *out, guint8 marker, const char *head, gsize head_size, GBytes *bytes);
/* Where in a file that begins like that the first of them belongs; 0: more has to be seen. */
gsize jpeg_place(const guint8 *begin, gsize size);

#endif
