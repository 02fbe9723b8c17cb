/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tiff_directory.h"

#include <string.h>

enum {
  TYPE_SHORT = 3,
  TYPE_LONG = 4,
  TYPE_IFD = 13,
  TYPE_LONG8 = 16,
  TYPE_IFD8 = 18,
  ENTRIES_MAX = 512, /* of a directory */
};

/* ---- reading ---- */

static void swap(guint8 *bytes, gsize size, gsize unit) {
  for (gsize i = 0; i + unit <= size; i += unit)
    for (gsize k = 0; k < unit / 2; k++) {
      guint8 byte = bytes[i + k];
      bytes[i + k] = bytes[i + unit - 1 - k];
      bytes[i + unit - 1 - k] = byte;
    }
}

/* A whole number of 2, 4 or 8 bytes. */
static bool take_number(const cli_tiff *t, guint64 offset, gsize size, guint64 *number) {
  guint8 bytes[8] = {0};
  guint16 two;
  guint32 four;
  if (!bytes_take(t->bytes, offset, bytes, size))
    return false;
  if (t->swapped)
    swap(bytes, size, size);
  memcpy(&two, bytes, sizeof two);
  memcpy(&four, bytes, sizeof four);
  memcpy(number, bytes, sizeof *number);
  *number = size == 2 ? two : size == 4 ? four : *number;
  return true;
}

/* Reads the head: byte order, classic or big, and where the main directory is. */
bool tiff_open(cli_tiff *t, const cli_bytes *bytes) {
  char order[2];
  guint64 version;
  *t = (cli_tiff){.bytes = bytes};
  if (!bytes_take(bytes, 0, order, 2) ||
      (memcmp(order, "II", 2) != 0 && memcmp(order, "MM", 2) != 0))
    return false;
  t->swapped = (order[0] == 'I') != (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  if (!take_number(t, 2, 2, &version) || (version != 42 && version != 43))
    return false;
  t->big = version == 43;
  return take_number(t, t->big ? 8 : 4, t->big ? 8 : 4, &t->first);
}

static gsize word_size(const cli_tiff *t) {
  return t->big ? 8 : 4;
}

/* Bytes of a value of a type, and of what of it has a byte order; 0 for a type unknown. */
static gsize type_size(guint16 type, gsize *unit) {
  static const guint8 sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  gsize size = type < G_N_ELEMENTS(sizes) ? sizes[type] : 0;
  *unit = type == 5 || type == 10 ? 4 : size; /* rationals are two numbers */
  return size;
}

static bool count_entries(const cli_tiff *t, guint64 directory, guint64 *count) {
  return directory != 0 && directory <= G_MAXINT64 &&
         take_number(t, directory, t->big ? 8 : 2, count);
}

bool tiff_entry_at(const cli_tiff *t, guint64 directory, guint index, tiff_entry *entry) {
  guint64 count, tag, type;
  if (!count_entries(t, directory, &count) || index >= MIN(count, ENTRIES_MAX))
    return false;
  entry->at = directory + (t->big ? 8 : 2) + index * (guint64)(t->big ? 20 : 12);
  if (!take_number(t, entry->at, 2, &tag) || !take_number(t, entry->at + 2, 2, &type) ||
      !take_number(t, entry->at + 4, word_size(t), &entry->count))
    return false;
  entry->tag = (guint16)tag;
  entry->type = (guint16)type;
  return true;
}

bool tiff_find(const cli_tiff *t, guint64 directory, guint16 tag, tiff_entry *entry) {
  for (guint i = 0; tiff_entry_at(t, directory, i, entry); i++)
    if (entry->tag == tag)
      return true;
  return false;
}

guint64 tiff_next(const cli_tiff *t, guint64 directory, guint64 *at) {
  guint64 count, next = 0;
  if (!count_entries(t, directory, &count) || count > G_MAXUINT16)
    return 0;
  guint64 place = directory + (t->big ? 8 : 2) + count * (t->big ? 20 : 12);
  if (at)
    *at = place;
  return take_number(t, place, word_size(t), &next) ? next : 0;
}

/* NewSubfileType's bits: a smaller copy of another directory's picture, a mask of its transparency. */
enum { REDUCED = 1, MASK = 4 };

static guint64 kind_of(const cli_tiff *t, guint64 directory) {
  tiff_entry e;
  guint64 value;
  if (tiff_find(t, directory, TIFF_SUBFILE, &e) && tiff_number(t, &e, &value))
    return value;
  const bool old =
    tiff_find(t, directory, TIFF_OLD_SUBFILE, &e) && tiff_number(t, &e, &value) && value == 2;
  return old ? REDUCED : 0;
}

void tiff_find_pages(const cli_tiff *t, tiff_pages *pages) {
  enum { DIRECTORIES_MAX = 4096 };
  *pages = (tiff_pages){.directory = t->first};
  for (guint64 directory = t->first; directory != 0 && pages->directories < DIRECTORIES_MAX;
       directory = tiff_next(t, directory, NULL)) {
    const guint64 kind = kind_of(t, directory);
    const int i = pages->directories++;
    if ((kind & REDUCED) != 0)
      continue;
    if ((kind & MASK) != 0) {
      pages->masks++;
    } else if (pages->pictures++ == 0) {
      pages->page = i;
      pages->directory = directory;
    }
  }
}

bool tiff_values(const cli_tiff *t, const tiff_entry *e, guint64 *offset, gsize *size) {
  gsize unit, one = type_size(e->type, &unit);
  if (one == 0 || e->count == 0 || e->count > TIFF_VALUE_MAX / one)
    return false;
  *size = one * (gsize)e->count;
  *offset = e->at + 4 + word_size(t);
  return *size <= word_size(t) || take_number(t, *offset, word_size(t), offset);
}

bool tiff_number(const cli_tiff *t, const tiff_entry *e, guint64 *number) {
  guint64 offset;
  gsize size, unit, one = type_size(e->type, &unit);
  bool whole = e->type == TYPE_SHORT || e->type == TYPE_LONG || e->type == TYPE_IFD ||
               e->type == TYPE_LONG8 || e->type == TYPE_IFD8;
  return whole && tiff_values(t, e, &offset, &size) && take_number(t, offset, one, number);
}

bool tiff_read(const cli_tiff *t, const tiff_entry *e, tiff_field *f) {
  guint64 offset;
  gsize size, unit;
  if (!tiff_values(t, e, &offset, &size))
    return false;
  guint8 *value = bytes_copy(t->bytes, offset, size);
  if (!value)
    return false;
  type_size(e->type, &unit);
  if (t->swapped)
    swap(value, size, unit);
  *f = (tiff_field){e->tag, e->type, (guint32)e->count, g_bytes_new_take(value, size)};
  return true;
}

static void clear_field(void *data) {
  g_bytes_unref(((tiff_field *)data)->value);
}

GArray *tiff_fields_new(void) {
  GArray *fields = g_array_new(FALSE, FALSE, sizeof(tiff_field));
  g_array_set_clear_func(fields, clear_field);
  return fields;
}

/* ---- writing ---- */

void tiff_put_number(GByteArray *out, guint64 number, gsize size) {
  guint16 two = (guint16)number;
  guint32 four = (guint32)number;
  g_byte_array_append(out,
                      size == 2   ? (const guint8 *)&two
                      : size == 4 ? (const guint8 *)&four
                                  : (const guint8 *)&number,
                      (guint)size);
}

/* An entry whose value is what lies at `value`, or is put into `data`, which begins at `base`. */
static void put_entry(GByteArray *entries, const tiff_field *f, GByteArray *data, guint64 base,
                      bool big) {
  const gsize word = big ? 8 : 4;
  gsize size;
  const guint8 *value = g_bytes_get_data(f->value, &size), zeros[8] = {0};
  tiff_put_number(entries, f->tag, 2);
  tiff_put_number(entries, f->type, 2);
  tiff_put_number(entries, f->count, word);
  if (size <= word) {
    g_byte_array_append(entries, value, (guint)size);
    g_byte_array_append(entries, zeros, (guint)(word - size));
  } else {
    tiff_put_number(entries, base + data->len, word);
    g_byte_array_append(data, value, (guint)size);
    g_byte_array_append(data, zeros, (guint)(size % 2));
  }
}

guint64 tiff_put(GByteArray *data, guint64 base, bool big, const GArray *fields, gsize limit) {
  GByteArray *entries = g_byte_array_new();
  for (guint i = 0; i < fields->len; i++) {
    const tiff_field *f = &g_array_index(fields, tiff_field, i);
    if (g_bytes_get_size(f->value) <= limit)
      put_entry(entries, f, data, base, big);
  }
  guint64 start = base + data->len, count = entries->len / (big ? 20 : 12);
  if (count > 0) {
    tiff_put_number(data, count, big ? 8 : 2);
    g_byte_array_append(data, entries->data, entries->len);
    tiff_put_number(data, 0, big ? 8 : 4); /* no directory follows */
  }
  g_byte_array_unref(entries);
  return count > 0 ? start : 0;
}

void tiff_add(GArray *fields, guint16 tag, guint16 type, guint32 count, gconstpointer bytes,
              gsize size) {
  tiff_field f = {tag, type, count, g_bytes_new(bytes, size)};
  g_array_append_val(fields, f);
}

void tiff_add_offset(GArray *fields, guint16 tag, guint64 offset, bool big) {
  guint32 four = (guint32)offset;
  if (offset != 0)
    tiff_add(fields, tag, big ? TYPE_IFD8 : TYPE_LONG, 1,
             big ? (gconstpointer)&offset : (gconstpointer)&four, big ? 8 : 4);
}

static gint by_tag(gconstpointer a, gconstpointer b) {
  return ((const tiff_field *)a)->tag - ((const tiff_field *)b)->tag;
}

void tiff_sort(GArray *fields) {
  g_array_sort(fields, by_tag);
}
