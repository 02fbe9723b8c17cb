/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chunks of a PNG file (W3C, PNG third edition), above all its texts, which both libvips and
 * GIMP leave out or garble.
 */
#ifndef PNG_CHUNKS_H
#define PNG_CHUNKS_H

#include <glib.h>
#include <stdbool.h>

#include "bytes.h"

enum {
  PNG_PLACE = 33,       /* where chunks go into a file: behind the first */
  PNG_SIZE_MAX = 16 << 20, /* bytes of a chunk that is read, and of all texts */
};

#define PNG_XMP "XML:com.adobe.xmp" /* the keyword of the text that XMP is */

/* A chunk of a file: where its data begin, and how long they are. */
typedef struct png_chunk {
  char type[5];
  guint64 at;
  guint32 size;
} png_chunk;

/* The chunk behind `chunk`, the first for one of zeros; false at the end, and in what is no PNG. */
bool png_next(const cli_bytes *bytes, png_chunk *chunk);

/* Adds a chunk. */
void png_put(GByteArray *out, const char type[4], gconstpointer data, gsize size);
/* Adds a text of UTF-8. */
void png_put_text(GByteArray *out, const char *keyword, const char *text, gsize size);
/* Adds bytes as a text in the way of ImageMagick and exiv2, by that name: “iptc”. */
void png_put_profile(GByteArray *out, const char *name, GBytes *profile);

/* The chunks with texts of a file, whole, but XMP's. Unref them. */
GByteArray *png_texts(const cli_bytes *bytes);
/* The same of a list of them but for one keyword; but for what png_put_profile() adds. */
GByteArray *png_texts_without(const GByteArray *texts, const char *keyword);
GByteArray *png_texts_without_profiles(const GByteArray *texts);
/* Their keywords; g_strfreev() them. */
char **png_keywords(const GByteArray *texts);
/* The text of a keyword, as UTF-8; NULL without. Free it. */
char *png_get_text(const GByteArray *texts, const char *keyword);
/* What png_put_profile() adds, also where it is compressed; NULL without. Unref it. */
GBytes *png_get_profile(const GByteArray *texts, const char *name);

#endif
