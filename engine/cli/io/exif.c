/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/exif.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  TAG_EXIF = 34665,
  TAG_GPS = 34853,
  TAG_INTEROPERABILITY = 40965, /* offsets of directories */
  TAG_DNG_VERSION = 50706,
  TYPE_LONG = 4,
  TYPE_IFD8 = 18, /* of an offset, in classic TIFF and in BigTIFF */
  FIELDS_MAX = 512,         /* of a directory */
  VALUE_MAX = 1 << 20,      /* bytes of a field */
  SEGMENT_MAX = 65000,      /* bytes of EXIF in a JPEG file */
  SMALL = 4096,             /* bytes of a field that is kept where all are too long for one */
};

/* What of the main directory describes the picture, and not how its pixels lie in the file. */
static const guint16 descriptive[] = {
  270 /* ImageDescription */, 271 /* Make */,   272 /* Model */,        305 /* Software */,
  306 /* DateTime */,         315 /* Artist */, 316 /* HostComputer */, 33432 /* Copyright */,
};

/* ---- reading ---- */

/* A tag and its values, in this machine's byte order. */
typedef struct field {
  guint16 tag, type;
  guint32 count;
  GBytes *value;
} field;

/* The directories, each of field; empty where it is missing. */
typedef struct exif {
  GArray *main, *camera, *place;
} exif;

/* Bytes laid out as TIFF: a file's, or those in memory. */
typedef struct tiff {
  int fd;              /* −1: in memory */
  const guint8 *bytes;
  guint64 size;
  bool swapped;        /* not in this machine's byte order */
  bool big;            /* BigTIFF */
} tiff;

static bool take(const tiff *t, guint64 offset, void *to, gsize size) {
  if (size > t->size || offset > t->size - size)
    return false;
  if (t->fd >= 0)
    return pread(t->fd, to, size, (off_t)offset) == (gssize)size;
  memcpy(to, t->bytes + offset, size);
  return true;
}

static void swap(guint8 *bytes, gsize size, gsize unit) {
  for (gsize i = 0; i + unit <= size; i += unit)
    for (gsize k = 0; k < unit / 2; k++) {
      guint8 byte = bytes[i + k];
      bytes[i + k] = bytes[i + unit - 1 - k];
      bytes[i + unit - 1 - k] = byte;
    }
}

/* A whole number of 2, 4 or 8 bytes. */
static bool take_number(const tiff *t, guint64 offset, gsize size, guint64 *number) {
  guint8 bytes[8];
  guint16 two;
  guint32 four;
  if (!take(t, offset, bytes, size))
    return false;
  if (t->swapped)
    swap(bytes, size, size);
  memcpy(&two, bytes, sizeof two);
  memcpy(&four, bytes, sizeof four);
  memcpy(number, bytes, sizeof *number);
  *number = size == 2 ? two : size == 4 ? four : *number;
  return true;
}

/* Bytes of a value of a type, and of what of it has a byte order; 0 for a type unknown. */
static gsize type_size(guint16 type, gsize *unit) {
  static const guint8 sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
  gsize size = type < G_N_ELEMENTS(sizes) ? sizes[type] : 0;
  *unit = type == 5 || type == 10 ? 4 : size; /* rationals are two numbers */
  return size;
}

/* The field whose entry is at `offset`; false where it is of no use. */
static bool take_field(const tiff *t, guint64 offset, field *f) {
  const gsize word = t->big ? 8 : 4;
  guint64 tag, type, count, at = offset + 4 + word;
  gsize unit;
  if (!take_number(t, offset, 2, &tag) || !take_number(t, offset + 2, 2, &type) ||
      !take_number(t, offset + 4, word, &count))
    return false;
  gsize size = type_size((guint16)type, &unit);
  if (size == 0 || count == 0 || count > VALUE_MAX / size)
    return false;
  size *= (gsize)count;
  if (size > word && !take_number(t, at, word, &at))
    return false;
  guint8 *value = g_malloc(size);
  if (!take(t, at, value, size)) {
    g_free(value);
    return false;
  }
  if (t->swapped)
    swap(value, size, unit);
  *f = (field){(guint16)tag, (guint16)type, (guint32)count, g_bytes_new_take(value, size)};
  return true;
}

static bool is_kept(guint16 tag, bool all) {
  bool kept = all && tag != TAG_INTEROPERABILITY;
  for (gsize i = 0; i < G_N_ELEMENTS(descriptive) && !all; i++)
    kept = kept || tag == descriptive[i];
  return kept;
}

/* Adds the fields of a directory that are wanted, and tells where its own directories are. */
static void take_directory(const tiff *t, guint64 offset, bool all, GArray *fields, guint64 *camera,
                           guint64 *place) {
  const gsize entry = t->big ? 20 : 12, head = t->big ? 8 : 2, word = t->big ? 8 : 4;
  guint64 count = 0;
  if (offset == 0 || offset > G_MAXINT64 || !take_number(t, offset, head, &count))
    return;
  for (guint64 i = 0; i < MIN(count, FIELDS_MAX); i++) {
    guint64 at = offset + head + i * entry, tag, to = 0;
    if (!take_number(t, at, 2, &tag))
      return;
    field f;
    if (!all && (tag == TAG_EXIF || tag == TAG_GPS)) {
      take_number(t, at + 4 + word, word, &to);
      *(tag == TAG_EXIF ? camera : place) = to;
    } else if (is_kept((guint16)tag, all) && take_field(t, at, &f)) {
      g_array_append_val(fields, f);
    }
  }
}

static void clear_field(void *data) {
  g_bytes_unref(((field *)data)->value);
}

static GArray *new_fields(void) {
  GArray *fields = g_array_new(FALSE, FALSE, sizeof(field));
  g_array_set_clear_func(fields, clear_field);
  return fields;
}

static void exif_clear(exif *e) {
  g_array_unref(e->main);
  g_array_unref(e->camera);
  g_array_unref(e->place);
}

/* Reads the head: byte order, classic or big, and where the main directory is. */
static bool take_head(tiff *t, guint64 *directory) {
  char order[2];
  guint64 version;
  if (!take(t, 0, order, 2) || (memcmp(order, "II", 2) != 0 && memcmp(order, "MM", 2) != 0))
    return false;
  t->swapped = (order[0] == 'I') != (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  if (!take_number(t, 2, 2, &version) || (version != 42 && version != 43))
    return false;
  t->big = version == 43;
  return take_number(t, t->big ? 8 : 4, t->big ? 8 : 4, directory);
}

/* Clear it in any case. */
static bool take_exif(tiff *t, exif *e) {
  guint64 directory, camera = 0, place = 0;
  *e = (exif){new_fields(), new_fields(), new_fields()};
  if (!take_head(t, &directory))
    return false;
  take_directory(t, directory, false, e->main, &camera, &place);
  take_directory(t, camera, true, e->camera, NULL, NULL);
  take_directory(t, place, true, e->place, NULL, NULL);
  return e->main->len + e->camera->len + e->place->len > 0;
}

/* ---- writing ---- */

static void put_number(GByteArray *out, guint64 number, gsize size) {
  guint16 two = (guint16)number;
  guint32 four = (guint32)number;
  g_byte_array_append(out,
                      size == 2   ? (const guint8 *)&two
                      : size == 4 ? (const guint8 *)&four
                                  : (const guint8 *)&number,
                      (guint)size);
}

/* An entry whose value is what lies at `value`, or is put into `data`, which begins at `base`. */
static void put_entry(GByteArray *entries, const field *f, GByteArray *data, guint64 base,
                      bool big) {
  const gsize word = big ? 8 : 4;
  gsize size;
  const guint8 *value = g_bytes_get_data(f->value, &size), zeros[8] = {0};
  put_number(entries, f->tag, 2);
  put_number(entries, f->type, 2);
  put_number(entries, f->count, word);
  if (size <= word) {
    g_byte_array_append(entries, value, (guint)size);
    g_byte_array_append(entries, zeros, (guint)(word - size));
  } else {
    put_number(entries, base + data->len, word);
    g_byte_array_append(data, value, (guint)size);
    g_byte_array_append(data, zeros, (guint)(size % 2));
  }
}

/* Adds fields to `data`, which begins at `base`, as a directory; returns where that begins, 0 for
 * no field. Longer values than `limit` are left out. */
static guint64 put_directory(GByteArray *data, guint64 base, bool big, const GArray *fields,
                             gsize limit) {
  GByteArray *entries = g_byte_array_new();
  for (guint i = 0; i < fields->len; i++) {
    const field *f = &g_array_index(fields, field, i);
    if (g_bytes_get_size(f->value) <= limit)
      put_entry(entries, f, data, base, big);
  }
  guint64 start = base + data->len, count = entries->len / (big ? 20 : 12);
  if (count > 0) {
    put_number(data, count, big ? 8 : 2);
    g_byte_array_append(data, entries->data, entries->len);
    put_number(data, 0, big ? 8 : 4); /* no directory follows */
  }
  g_byte_array_unref(entries);
  return count > 0 ? start : 0;
}

static gint by_tag(gconstpointer a, gconstpointer b) {
  return ((const field *)a)->tag - ((const field *)b)->tag;
}

static void add_offset(GArray *fields, guint16 tag, guint64 offset, bool big) {
  guint32 four = (guint32)offset;
  field f = {tag, big ? TYPE_IFD8 : TYPE_LONG, 1,
             big ? g_bytes_new(&offset, 8) : g_bytes_new(&four, 4)};
  if (offset != 0)
    g_array_append_val(fields, f);
}

/* The directories of camera and place into `data`, and their offsets to the main fields, which
 * are sorted then. */
static void put_parts(GByteArray *data, guint64 base, bool big, exif *e, gsize limit) {
  add_offset(e->main, TAG_EXIF, put_directory(data, base, big, e->camera, limit), big);
  add_offset(e->main, TAG_GPS, put_directory(data, base, big, e->place, limit), big);
  g_array_sort(e->main, by_tag);
}

static GByteArray *make_block(exif *e, gsize limit) {
  enum { HEAD = 8 };
  static const char signature[] = {'E', 'x', 'i', 'f', 0, 0};
  GByteArray *data = g_byte_array_new(), *block = g_byte_array_new();
  put_parts(data, HEAD, false, e, limit);
  guint64 start = put_directory(data, HEAD, false, e->main, limit);
  g_byte_array_append(block, (const guint8 *)signature, sizeof signature);
  g_byte_array_append(block, (const guint8 *)(G_BYTE_ORDER == G_LITTLE_ENDIAN ? "II" : "MM"), 2);
  put_number(block, 42, 2);
  put_number(block, start, 4);
  g_byte_array_append(block, data->data, data->len);
  g_byte_array_unref(data);
  return block;
}

static void *copy_entry(VipsImage *from, const char *name, GValue *value, void *to) {
  (void)from;
  if (g_str_has_prefix(name, "exif-"))
    vips_image_set(to, name, value);
  return NULL;
}

/* libvips takes EXIF apart as it reads a JPEG file, and in no other way that can be called: here a
 * file of one pixel. */
static void set_exif(VipsImage *image, const GByteArray *block) {
  const guint16 length = GUINT16_TO_BE((guint16)(block->len + 2));
  VipsImage *pixel = NULL, *carrier = NULL;
  void *jpeg = NULL;
  size_t size;
  if (vips_black(&pixel, 1, 1, NULL) == 0 && vips_jpegsave_buffer(pixel, &jpeg, &size, NULL) == 0) {
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, jpeg, 2); /* start of image */
    g_byte_array_append(file, (const guint8 *)"\xff\xe1", 2);
    g_byte_array_append(file, (const guint8 *)&length, 2);
    g_byte_array_append(file, block->data, block->len);
    g_byte_array_append(file, (const guint8 *)jpeg + 2, (guint)(size - 2));
    if (vips_jpegload_buffer(file->data, file->len, &carrier, NULL) == 0)
      vips_image_map(carrier, copy_entry, image);
    g_clear_object(&carrier);
    g_byte_array_unref(file);
  }
  vips_error_clear();
  g_clear_object(&pixel);
  g_free(jpeg);
}

/* False where it cannot be opened; close its descriptor. */
static bool open_tiff(tiff *t, const char *path) {
  GStatBuf status;
  *t = (tiff){.fd = g_open(path, O_RDONLY | O_CLOEXEC, 0)};
  if (t->fd < 0)
    return false;
  t->size = fstat(t->fd, &status) == 0 ? (guint64)status.st_size : 0;
  return true;
}

void exif_read_tiff(const char *path, VipsImage *image) {
  tiff t;
  if (!open_tiff(&t, path))
    return;
  for (gsize limit = VALUE_MAX; limit >= SMALL; limit = limit > SMALL ? SMALL : 0) {
    exif e;
    bool found = take_exif(&t, &e);
    GByteArray *block = make_block(&e, limit);
    bool fits = block->len <= SEGMENT_MAX;
    if (found && fits)
      set_exif(image, block);
    g_byte_array_unref(block);
    exif_clear(&e);
    if (fits)
      break;
  }
  close(t.fd);
}

/* The main directory's entries as they are, each as a field whose value is the entry's own. */
static GArray *raw_entries(const tiff *t, guint64 directory) {
  const gsize entry = t->big ? 20 : 12, head = t->big ? 8 : 2, word = t->big ? 8 : 4;
  GArray *entries = new_fields();
  guint64 count = 0;
  if (!take_number(t, directory, head, &count) || count > FIELDS_MAX)
    return entries;
  for (guint64 i = 0; i < count; i++) {
    guint64 at = directory + head + i * entry, tag, type, values;
    guint8 value[8];
    if (!take_number(t, at, 2, &tag) || !take_number(t, at + 2, 2, &type) ||
        !take_number(t, at + 4, word, &values) || !take(t, at + 4 + word, value, word)) {
      g_array_set_size(entries, 0);
      break;
    }
    field f = {(guint16)tag, (guint16)type, (guint32)values, g_bytes_new(value, word)};
    g_array_append_val(entries, f);
  }
  return entries;
}

bool exif_is_dng(const char *path) {
  tiff t;
  guint64 directory;
  bool found = false;
  if (!open_tiff(&t, path))
    return false;
  if (take_head(&t, &directory)) {
    GArray *entries = raw_entries(&t, directory);
    for (guint i = 0; i < entries->len && !found; i++)
      found = g_array_index(entries, field, i).tag == TAG_DNG_VERSION;
    g_array_unref(entries);
  }
  close(t.fd);
  return found;
}

/* The fields of `more` whose tags are not in `fields` go there. */
static void merge(GArray *fields, const GArray *more) {
  const guint own = fields->len;
  for (guint i = 0; i < more->len; i++) {
    field f = g_array_index(more, field, i);
    bool there = false;
    for (guint k = 0; k < own; k++)
      there = there || g_array_index(fields, field, k).tag == f.tag;
    if (!there) {
      g_bytes_ref(f.value);
      g_array_append_val(fields, f);
    }
  }
  g_array_sort(fields, by_tag);
}

/* The file gets a main directory anew at its end, and its head points there. */
static bool append(int fd, const tiff *to, guint64 directory, exif *e) {
  const gsize word = to->big ? 8 : 4;
  const guint64 base = to->size + to->size % 2;
  GByteArray *data = g_byte_array_new(), *head = g_byte_array_new();
  GArray *entries = raw_entries(to, directory);
  bool good = entries->len > 0;
  put_parts(data, base, to->big, e, VALUE_MAX);
  merge(entries, e->main);
  put_number(head, put_directory(data, base, to->big, entries, VALUE_MAX), word);
  good = good && (to->big || base + data->len <= G_MAXUINT32) &&
         pwrite(fd, data->data, data->len, (off_t)base) == (gssize)data->len &&
         pwrite(fd, head->data, head->len, (off_t)word) == (gssize)head->len;
  g_array_unref(entries);
  g_byte_array_unref(data);
  g_byte_array_unref(head);
  return good;
}

bool exif_add_to_tiff(int fd, VipsImage *image) {
  static const char signature[] = {'E', 'x', 'i', 'f', 0, 0};
  const void *bytes;
  size_t size;
  if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == 0)
    return true;
  if (vips_image_get_blob(image, VIPS_META_EXIF_NAME, &bytes, &size) != 0)
    return false;
  gsize skipped = size >= sizeof signature && memcmp(bytes, signature, sizeof signature) == 0
                    ? sizeof signature
                    : 0;
  tiff from = {.fd = -1, .bytes = (const guint8 *)bytes + skipped, .size = size - skipped};
  tiff to = {.fd = fd, .size = (guint64)lseek(fd, 0, SEEK_END)};
  guint64 directory;
  exif e;
  bool good = take_exif(&from, &e) && take_head(&to, &directory) && !to.swapped &&
              append(fd, &to, directory, &e);
  exif_clear(&e);
  return good;
}
