/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The directories of TIFF (classic and BigTIFF, in either order of bytes), in which EXIF is laid
 * out too (CIPA DC-008, 4.5): a tag's bytes go from one to the other as they are, but for their
 * order.
 */
#ifndef TIFF_DIRECTORY_H
#define TIFF_DIRECTORY_H

#include <glib.h>
#include <stdbool.h>

#include "bytes.h"

enum {
  TIFF_SUBFILE = 254,       /* NewSubfileType */
  TIFF_OLD_SUBFILE = 255,   /* SubfileType */
  TIFF_BITS = 258,
  TIFF_DESCRIPTION = 270,
  TIFF_ORIENTATION = 274,
  TIFF_X_RESOLUTION = 282,
  TIFF_Y_RESOLUTION = 283,
  TIFF_RESOLUTION_UNIT = 296,
  TIFF_EXTRA_SAMPLES = 338,
  TIFF_SAMPLE_FORMAT = 339,
  TIFF_THUMBNAIL = 513,     /* where EXIF's second directory has it */
  TIFF_THUMBNAIL_SIZE = 514,
  TIFF_IPTC = 33723,
  TIFF_EXIF = 34665,        /* the place of the directory */
  TIFF_GPS = 34853,         /* the same */
  TIFF_PIXELS_X = 40962,
  TIFF_PIXELS_Y = 40963,
  TIFF_INTEROPERABILITY = 40965,
  TIFF_DNG_VERSION = 50706,
  TIFF_PHOTOSHOP = 34377,   /* its resources */
  TIFF_TYPE_BYTE = 1,            /* types */
  TIFF_TYPE_ASCII = 2,
  TIFF_TYPE_RATIONAL = 5,
  TIFF_TYPE_UNDEFINED = 7,
  TIFF_VALUE_MAX = 1 << 20, /* bytes of a field that is read */
};

/* A tag and its values, in this machine's byte order. */
typedef struct tiff_field {
  guint16 tag, type;
  guint32 count;
  GBytes *value;
} tiff_field;

typedef struct cli_tiff {
  const cli_bytes *bytes;
  bool swapped;  /* not in this machine's byte order */
  bool big;      /* BigTIFF */
  guint64 first; /* where the first directory is */
} cli_tiff;

/* What a directory's entry says of its values: where the entry is, and its type and count. */
typedef struct tiff_entry {
  guint64 at;
  guint16 tag, type;
  guint64 count;
} tiff_entry;

/* False where the bytes are no TIFF. */
bool tiff_open(cli_tiff *tiff, const cli_bytes *bytes);

/* Entry `index` of the directory at `directory`; false beyond its end, or where it is malformed. */
bool tiff_entry_at(const cli_tiff *tiff, guint64 directory, guint index, tiff_entry *entry);
/* The entry of that tag. */
bool tiff_find(const cli_tiff *tiff, guint64 directory, guint16 tag, tiff_entry *entry);
/* Where the directory after that one is; 0: none. `at`: where that is said; may be NULL. */
guint64 tiff_next(const cli_tiff *tiff, guint64 directory, guint64 *at);
/* What a file's directories are. */
typedef struct tiff_pages {
  int directories; /* how many there are */
  int pictures; /* of these, but for smaller copies such as thumbnails, and for masks */
  int masks; /* transparency masks of pictures of full size */
  int page; /* which of the directories the first picture is */
  guint64 directory; /* where that is */
} tiff_pages;

void tiff_find_pages(const cli_tiff *tiff, tiff_pages *pages);
/* The first of an entry's values as a whole number; false where it is none. */
bool tiff_number(const cli_tiff *tiff, const tiff_entry *entry, guint64 *number);
/* Where an entry's values begin; false where they are of an unknown type, or too long. */
bool tiff_values(const cli_tiff *tiff, const tiff_entry *entry, guint64 *offset, gsize *size);
/* Reads an entry; false where it is of no use. Unref its value. */
bool tiff_read(const cli_tiff *tiff, const tiff_entry *entry, tiff_field *field);

/* Of tiff_field; unref it. */
GArray *tiff_fields_new(void);

/* ---- writing, in this machine's byte order ---- */

/* A field more, of a copy of the bytes. */
void tiff_add(GArray *fields, guint16 tag, guint16 type, guint32 count, gconstpointer bytes,
              gsize size);
/* The same: the place of a directory, but for 0. */
void tiff_add_offset(GArray *fields, guint16 tag, guint64 offset, bool big);
void tiff_sort(GArray *fields);
/* Adds fields, sorted by their tags, to `data`, which begins at `base`, as a directory; returns
 * where that begins, 0 for no field. Longer values than `limit` are left out. */
guint64 tiff_put(GByteArray *data, guint64 base, bool big, const GArray *fields, gsize limit);
/* A whole number of 2, 4 or 8 bytes. */
void tiff_put_number(GByteArray *out, guint64 number, gsize size);

#endif
