/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/exif.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
  SMALL = 4096, /* bytes of a field that is kept where all are too long */
  HEAD = 8,     /* bytes of a classic TIFF's */
  TYPE_IFD = 13,
  TYPE_IFD8 = 18,
};

static const char signature[] = {'E', 'x', 'i', 'f', 0, 0};

/* The directories, each of tiff_field; empty where it is missing. */
typedef struct exif {
  GArray *main, *camera, *place, *interoperability;
} exif;

/* ---- fields ---- */

/* Tags of the main directory that say how the pixels lie in the file, or where other things do. All
 * others describe the picture. */
static bool is_layout(guint16 tag) {
  static const guint16 ranges[][2] = {
    {254, 259}, /* which picture of the file, its size, bits, compression */
    {262, 266}, /* what the values stand for */
    {273, 274}, /* strips; orientation, which is known */
    {277, 281}, /* samples, strips */
    {284, 284}, /* planes */
    {288, 293}, /* free bytes, the response of grey, facsimile */
    {301, 301}, /* transfer function */
    {317, 317}, /* predictor */
    {320, 332}, /* palette, halftones, tiles, directories, inks */
    {334, 336},
    {338, 347}, /* inks, extra samples, formats, JPEG's tables */
    {351, 351},
    {400, 435},
    {512, 532},
    {559, 559}, /* facsimile, JPEG */
    {700, 700}, /* XMP */
    {33421, 33422}, /* a raw file's mosaic */
    {TIFF_IPTC, TIFF_IPTC},
    {TIFF_PHOTOSHOP, TIFF_PHOTOSHOP},
    {34675, 34675}, /* profile */
    {TIFF_EXIF, TIFF_EXIF},
    {TIFF_GPS, TIFF_GPS},
    {TIFF_INTEROPERABILITY, TIFF_INTEROPERABILITY},
    {37724, 37724}, /* Photoshop's layers */
    {TIFF_DNG_VERSION, G_MAXUINT16},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
    if (tag >= ranges[i][0] && tag <= ranges[i][1])
      return true;
  return false;
}

/* Adds the fields of a directory: of the main one those that are wanted. */
static void take_directory(const cli_tiff *t, guint64 directory, bool is_main, GArray *fields) {
  tiff_entry e;
  for (guint i = 0; tiff_entry_at(t, directory, i, &e); i++) {
    tiff_field f;
    bool wanted = is_main ? !is_layout(e.tag) : e.tag != TIFF_INTEROPERABILITY;
    if (wanted && e.type != TYPE_IFD && e.type != TYPE_IFD8 && tiff_read(t, &e, &f))
      g_array_append_val(fields, f);
  }
}

/* Where a directory is that an entry of another names; 0: nowhere. */
static guint64 directory_of(const cli_tiff *t, guint64 directory, guint16 tag) {
  tiff_entry e;
  guint64 place;
  return tiff_find(t, directory, tag, &e) && tiff_number(t, &e, &place) ? place : 0;
}

static void exif_clear(exif *e) {
  g_array_unref(e->main);
  g_array_unref(e->camera);
  g_array_unref(e->place);
  g_array_unref(e->interoperability);
}

/* Clear it in any case. */
static bool take_exif(const cli_tiff *t, guint64 directory, exif *e) {
  *e = (exif){tiff_fields_new(), tiff_fields_new(), tiff_fields_new(), tiff_fields_new()};
  const guint64 camera = directory_of(t, directory, TIFF_EXIF);
  take_directory(t, directory, true, e->main);
  take_directory(t, camera, false, e->camera);
  take_directory(t, directory_of(t, directory, TIFF_GPS), false, e->place);
  take_directory(t, directory_of(t, camera, TIFF_INTEROPERABILITY), false, e->interoperability);
  return e->main->len + e->camera->len + e->place->len > 0;
}

/* The directories but the main one into `data`, and their places to the main fields, which are
 * sorted then. */
static void put_parts(GByteArray *data, guint64 base, bool big, exif *e, gsize limit) {
  tiff_add_offset(e->camera, TIFF_INTEROPERABILITY,
                  tiff_put(data, base, big, e->interoperability, limit), big);
  tiff_sort(e->camera);
  tiff_add_offset(e->main, TIFF_EXIF, tiff_put(data, base, big, e->camera, limit), big);
  tiff_add_offset(e->main, TIFF_GPS, tiff_put(data, base, big, e->place, limit), big);
  tiff_sort(e->main);
}

/* ---- blocks ---- */

/* A block anew, of no longer values than `limit`. */
static GByteArray *make_block(const cli_tiff *t, guint64 directory, gsize limit) {
  exif e;
  if (!take_exif(t, directory, &e)) {
    exif_clear(&e);
    return NULL;
  }
  GByteArray *data = g_byte_array_new(), *block = g_byte_array_new();
  put_parts(data, HEAD, false, &e, limit);
  guint64 start = tiff_put(data, HEAD, false, e.main, limit);
  g_byte_array_append(block, (const guint8 *)(G_BYTE_ORDER == G_LITTLE_ENDIAN ? "II" : "MM"), 2);
  tiff_put_number(block, 42, 2);
  tiff_put_number(block, start, 4);
  g_byte_array_append(block, data->data, data->len);
  g_byte_array_unref(data);
  exif_clear(&e);
  return block;
}

void exif_read_tiff(const cli_tiff *t, guint64 directory, VipsImage *image) {
  g_autoptr(GByteArray) block = make_block(t, directory, TIFF_VALUE_MAX);
  if (!block)
    return;
  g_byte_array_prepend(block, (const guint8 *)signature, sizeof signature);
  vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, block->data, block->len);
}

/* The image's block as it came, without its signature; false without one. */
static bool get_block(VipsImage *image, cli_bytes *bytes) {
  const void *blob;
  size_t size;
  if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == 0 ||
      vips_image_get_blob(image, VIPS_META_EXIF_NAME, &blob, &size) != 0)
    return false;
  const gsize skipped = size >= sizeof signature && memcmp(blob, signature, sizeof signature) == 0
                          ? sizeof signature
                          : 0;
  *bytes = (cli_bytes){.fd = -1, .memory = (const guint8 *)blob + skipped, .size = size - skipped};
  return true;
}

bool exif_describes(VipsImage *image) {
  cli_bytes bytes;
  cli_tiff t;
  tiff_entry e;
  return get_block(image, &bytes) && tiff_open(&t, &bytes) &&
         tiff_find(&t, t.first, TIFF_DESCRIPTION, &e);
}

void exif_set_orientation(VipsImage *image) {
  cli_bytes bytes;
  cli_tiff t;
  tiff_entry e;
  guint64 orientation;
  if (get_block(image, &bytes) && tiff_open(&t, &bytes) &&
      tiff_find(&t, t.first, TIFF_ORIENTATION, &e) && tiff_number(&t, &e, &orientation) &&
      orientation >= 1 && orientation <= 8)
    vips_image_set_int(image, VIPS_META_ORIENTATION, (int)orientation);
}

/* A rational of two numbers of 4 bytes; 0 where there is none. */
static double get_rational(const cli_tiff *t, guint16 tag) {
  tiff_entry e;
  tiff_field f;
  double value = 0;
  if (!tiff_find(t, t->first, tag, &e) || !tiff_read(t, &e, &f))
    return 0;
  gsize size;
  const guint32 *numbers = g_bytes_get_data(f.value, &size);
  if (f.type == TIFF_TYPE_RATIONAL && size >= 8 && numbers[1] != 0)
    value = (double)numbers[0] / numbers[1];
  g_bytes_unref(f.value);
  return value;
}

void exif_set_resolution(VipsImage *image) {
  enum { CENTIMETRES = 3 };
  cli_bytes bytes;
  cli_tiff t;
  tiff_entry e;
  guint64 unit = 0;
  if (image->Xres != 1 || image->Yres != 1 || !get_block(image, &bytes) || !tiff_open(&t, &bytes))
    return;
  const double x = get_rational(&t, TIFF_X_RESOLUTION), y = get_rational(&t, TIFF_Y_RESOLUTION);
  if (tiff_find(&t, t.first, TIFF_RESOLUTION_UNIT, &e))
    tiff_number(&t, &e, &unit);
  const double millimetres = unit == CENTIMETRES ? 10 : 25.4;
  if (x <= 0 || y <= 0)
    return;
  image->Xres = x / millimetres;
  image->Yres = y / millimetres;
  vips_image_set_string(image, VIPS_META_RESOLUTION_UNIT, unit == CENTIMETRES ? "cm" : "in");
}

/* Sets a number of 2 or 4 bytes where an entry has it. */
static void set_number(const cli_tiff *t, guint8 *block, guint64 directory, guint16 tag,
                       guint32 number) {
  tiff_entry e;
  guint64 at, before;
  gsize size;
  if (!tiff_find(t, directory, tag, &e) || !tiff_number(t, &e, &before) ||
      !tiff_values(t, &e, &at, &size) || (size != 2 && size != 4))
    return;
  guint16 two = t->swapped ? GUINT16_SWAP_LE_BE((guint16)number) : (guint16)number;
  guint32 four = t->swapped ? GUINT32_SWAP_LE_BE(number) : number;
  memcpy(block + at, size == 2 ? (const void *)&two : (const void *)&four, size);
}

/* Takes the second directory off, and the thumbnail's bytes with it. Returns the new size. */
static gsize cut_thumbnail(const cli_tiff *t, guint8 *block, gsize size) {
  guint64 at = 0, second = tiff_next(t, t->first, &at), start, length;
  tiff_entry e;
  if (second == 0)
    return size;
  if (tiff_find(t, second, TIFF_THUMBNAIL, &e) && tiff_number(t, &e, &start) &&
      tiff_find(t, second, TIFF_THUMBNAIL_SIZE, &e) && tiff_number(t, &e, &length) &&
      start > HEAD && start <= size && length <= size - start) {
    if (start + length == size)
      size = (gsize)start;
    else
      memset(block + start, 0, (gsize)length);
  }
  if (at + 4 <= size)
    memset(block + at, 0, 4);
  return size;
}

/* A block may be there for its thumbnail alone. */
static bool is_empty(const cli_tiff *t) {
  guint64 end = 0;
  tiff_next(t, t->first, &end);
  return end == t->first + 2; /* the number of entries and none of them */
}

/* A maker's notes hold places of their own in the block: so that they stay true it is changed where
 * it has to be, and not made anew. */
GBytes *exif_block(VipsImage *image, gsize limit, bool *shortened, bool *malformed) {
  cli_bytes bytes;
  cli_tiff t;
  *shortened = *malformed = false;
  if (!get_block(image, &bytes))
    return NULL;
  if (!tiff_open(&t, &bytes) || t.big || !tiff_entry_at(&t, t.first, 0, &(tiff_entry){0})) {
    *malformed = t.big || !is_empty(&t);
    return NULL;
  }
  guint8 *block = bytes_copy(&bytes, 0, (gsize)bytes.size);
  cli_bytes own = {.fd = -1, .memory = block, .size = bytes.size};
  t.bytes = &own;
  const guint64 camera = directory_of(&t, t.first, TIFF_EXIF);
  set_number(&t, block, t.first, TIFF_ORIENTATION, 1);
  set_number(&t, block, camera, TIFF_PIXELS_X, (guint32)image->Xsize);
  set_number(&t, block, camera, TIFF_PIXELS_Y, (guint32)image->Ysize);
  own.size = cut_thumbnail(&t, block, (gsize)own.size);
  if (own.size <= limit)
    return g_bytes_new_take(block, (gsize)own.size);
  GByteArray *shorter = make_block(&t, t.first, SMALL);
  g_free(block);
  *shortened = true;
  if (shorter && shorter->len > limit)
    g_clear_pointer(&shorter, g_byte_array_unref);
  return shorter ? g_byte_array_free_to_bytes(shorter) : NULL;
}

/* ---- TIFF files ---- */

/* The main directory's entries as they are, each as a field whose value is the entry's own. */
static GArray *raw_entries(const cli_tiff *t) {
  const gsize word = t->big ? 8 : 4;
  GArray *entries = tiff_fields_new();
  tiff_entry e;
  for (guint i = 0; tiff_entry_at(t, t->first, i, &e); i++) {
    guint8 value[8];
    if (!bytes_take(t->bytes, e.at + 4 + word, value, word)) {
      g_array_set_size(entries, 0);
      break;
    }
    tiff_add(entries, e.tag, e.type, (guint32)e.count, value, word);
  }
  return entries;
}

/* The fields of `more` whose tags are not in `fields` go there. */
static void merge(GArray *fields, const GArray *more) {
  const guint own = fields->len;
  for (guint i = 0; i < more->len; i++) {
    tiff_field f = g_array_index(more, tiff_field, i);
    bool there = false;
    for (guint k = 0; k < own; k++)
      there = there || g_array_index(fields, tiff_field, k).tag == f.tag;
    if (!there) {
      g_bytes_ref(f.value);
      g_array_append_val(fields, f);
    }
  }
}

/* Notes in `fault` why it cannot. */
static bool write_at(int fd, const GByteArray *bytes, guint64 place, int *fault) {
  for (guint done = 0; done < bytes->len;) {
    const gssize now = pwrite(fd, bytes->data + done, bytes->len - done, (off_t)(place + done));
    if (now < 0 && errno != EINTR) {
      *fault = errno;
      return false;
    }
    done += (guint)MAX(now, 0);
  }
  return true;
}

/* The file gets a main directory anew at its end, and its head points there. */
static bool append(int fd, const cli_tiff *to, exif *e, const GArray *more, int *fault) {
  const gsize word = to->big ? 8 : 4;
  const guint64 base = to->bytes->size + to->bytes->size % 2;
  g_autoptr(GByteArray) data = g_byte_array_new(), head = g_byte_array_new();
  g_autoptr(GArray) entries = raw_entries(to);
  bool good = entries->len > 0;
  put_parts(data, base, to->big, e, TIFF_VALUE_MAX);
  merge(entries, e->main);
  merge(entries, more);
  tiff_sort(entries);
  tiff_put_number(head, tiff_put(data, base, to->big, entries, TIFF_VALUE_MAX), word);
  return good && (to->big || base + data->len <= G_MAXUINT32) && write_at(fd, data, base, fault) &&
         write_at(fd, head, word, fault);
}

bool exif_add_to_tiff(int fd, VipsImage *image, const GArray *more, int *fault) {
  cli_bytes file = {.fd = fd, .size = (guint64)lseek(fd, 0, SEEK_END)}, bytes = {.fd = -1};
  cli_tiff from, to;
  exif e;
  bool shortened, malformed;
  gsize size = 0;
  g_autoptr(GBytes) block = exif_block(image, G_MAXINT32, &shortened, &malformed);
  *fault = 0;
  if (!block && more->len == 0)
    return !malformed;
  if (block)
    bytes.memory = g_bytes_get_data(block, &size);
  bytes.size = size;
  if (block && tiff_open(&from, &bytes))
    take_exif(&from, from.first, &e);
  else
    e = (exif){tiff_fields_new(), tiff_fields_new(), tiff_fields_new(), tiff_fields_new()};
  bool good = tiff_open(&to, &file) && !to.swapped && append(fd, &to, &e, more, fault);
  exif_clear(&e);
  return good && !malformed;
}
