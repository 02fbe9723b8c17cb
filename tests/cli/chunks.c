/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Photoshop's resources, JPEG's segments and PNG's chunks, whole and torn: what is there is found, what is not right is
 * left out, and what is written is read again.
 */
#include <gio/gio.h>
#include <glib.h>
#include <string.h>

#include "io/iptc.h"
#include "io/jpeg.h"
#include "png_chunks.h"

static void append(GByteArray *to, const char *bytes, gsize size) {
  g_byte_array_append(to, (const guint8 *)bytes, (guint)size);
}

/* ---- Photoshop's resources ---- */

/* One of that name; its content is filled up to whole words. */
static void put_resource(GByteArray *to, guint16 id, const char *name, const char *data,
                         gsize size) {
  const guint8 head[2] = {(guint8)(id >> 8), (guint8)id};
  const guint8 length[4] = {0, 0, (guint8)(size >> 8), (guint8)size};
  const guint8 letters = (guint8)strlen(name);

  append(to, "8BIM", 4);
  g_byte_array_append(to, head, sizeof head);
  g_byte_array_append(to, &letters, 1);
  append(to, name, letters + (letters % 2 == 0));
  g_byte_array_append(to, length, sizeof length);
  append(to, data, size);
  if (size % 2 != 0)
    append(to, "", 1);
}

static const char records[] =
  "\x1c\x02\x50\0\x03"
  "Ann";

enum { RESOLUTION = 0x03ed, IPTC = 0x0404, OLD_THUMBNAIL = 0x0409, THUMBNAIL = 0x040c };

static GByteArray *some_resources(void) {
  GByteArray *all = g_byte_array_new();

  put_resource(all, RESOLUTION, "", "sixteen bytes ..", 16);
  put_resource(all, OLD_THUMBNAIL, "old", "small", 5);
  put_resource(all, IPTC, "", "", 0); /* which holds none */
  put_resource(all, IPTC, "odd", records, 8);
  put_resource(all, THUMBNAIL, "", "picture", 7);
  put_resource(all, RESOLUTION, "name", "odd", 3);
  return all;
}

static void assert_bytes(GBytes *bytes, const char *expected, gsize size) {
  gsize length;

  g_assert_nonnull(bytes);
  const guint8 *data = g_bytes_get_data(bytes, &length);

  g_assert_cmpmem(data, length, expected, size);
  g_bytes_unref(bytes);
}

static void test_resources(void) {
  g_autoptr(GByteArray) all = some_resources(), wanted = g_byte_array_new();
  g_autoptr(GBytes) list = g_bytes_new(all->data, all->len);
  g_autoptr(GBytes) own = g_bytes_new_static(
    "\x1c\x02\x50\0\x01"
    "B",
    6);
  g_autoptr(GBytes) odd = g_bytes_new_static(
    "\x1c\x02\x50\0\x02"
    "Bo",
    7);

  assert_bytes(iptc_find(all->data, all->len), records, 8);
  put_resource(wanted, RESOLUTION, "", "sixteen bytes ..", 16);
  put_resource(wanted, RESOLUTION, "name", "odd", 3);
  assert_bytes(iptc_resources(list, NULL), (const char *)wanted->data, wanted->len);
  put_resource(wanted, IPTC, "",
               "\x1c\x02\x50\0\x02"
               "Bo",
               7);
  assert_bytes(iptc_resources(list, odd), (const char *)wanted->data, wanted->len);
  g_byte_array_set_size(wanted, 0);
  put_resource(wanted, IPTC, "",
               "\x1c\x02\x50\0\x01"
               "B",
               6);
  assert_bytes(iptc_resources(NULL, own), (const char *)wanted->data, wanted->len);
  g_assert_null(iptc_resources(NULL, NULL));
}

/* Cut anywhere, or with a length that leads beyond the end: what stands before that is found. */
static void test_torn_resources(void) {
  g_autoptr(GByteArray) all = some_resources();

  for (gsize size = 0; size <= all->len; size++) {
    g_autofree guint8 *cut = g_memdup2(all->data, size); /* so that a sanitizer sees its end */
    g_autoptr(GBytes) list = g_bytes_new_static(cut, size), kept = iptc_resources(list, NULL);
    g_autoptr(GBytes) found = iptc_find(cut, size);

    g_assert_true((found != NULL) == (size >= 8 && memmem(cut, size, records, 8) != NULL));
    if (kept) /* filled up to whole words */
      g_assert_cmpuint(g_bytes_get_size(kept) % 2, ==, 0);
  }
  all->data[6] = 255; /* a name beyond all */
  g_assert_null(iptc_find(all->data, 100));
  all->data[6] = 0;
  all->data[8] = 255; /* more bytes than there are */
  g_assert_null(iptc_find(all->data, all->len));
  all->data[0] = '9';
  g_assert_null(iptc_find(all->data, all->len));
}

static void test_turned(void) {
  static const struct {
    const char *bytes, *right;
    gsize size;
  } turned[] = {
    {"\x1c\x02\x50", "\x1c\x02\x50", 3},
    {"\x1c\x02\x50\0\x01"
     "B",
     "\x1c\x02\x50\0\x01"
     "B",
     6},
    {"none at all", "none at all", 11},
    {"\0\x50\x02\x1c\0\0"
     "B\x01",
     "\x1c\x02\x50\0\x01"
     "B\0\0",
     8},
    {"\0\x50\x02\x1c\x01", "\x1c\x02\x50\0\0", 5}, /* of which a part was cut off */
  };

  for (gsize i = 0; i < G_N_ELEMENTS(turned); i++)
    assert_bytes(iptc_unturned(g_bytes_new_static(turned[i].bytes, turned[i].size)),
                 turned[i].right, turned[i].size);
}

/* ---- JPEG's segments ---- */

/* A file's head of two comments, one ended by zeros, and what is filled up; no pixels. */
static GByteArray *some_segments(void) {
  GByteArray *all = g_byte_array_new();

  append(all, "\xff\xd8", 2);
  jpeg_put(all, 0xfe, "", 0, "first\0\0", 7);
  append(all, "\xff\xff", 2);
  jpeg_put(all, 0xfe, "", 0, "second", 6);
  jpeg_put(all, 0xfe, "", 0, "", 0);
  append(all, "\xff\xd9", 2);
  return all;
}

static void test_segments(void) {
  g_autoptr(GByteArray) all = some_segments();

  for (guint size = 0; size <= all->len; size++) {
    g_autofree guint8 *cut = g_memdup2(all->data, size); /* so that a sanitizer sees its end */
    const cli_bytes bytes = {.fd = -1, .memory = cut, .size = size};
    jpeg_head head;

    jpeg_read(&bytes, &head);
    g_assert_true(head.complete == (size == all->len));
    if (size < 13) /* to the end of the first */
      g_assert_cmpuint(head.comment->len, ==, 0);
    else if (size < 25)
      g_assert_cmpmem(head.comment->data, head.comment->len, "first", 5);
    else
      g_assert_cmpmem(head.comment->data, head.comment->len, "first\nsecond", 12);
    jpeg_clear(&head);
  }
}

/* A length that does not even count itself ends it; one that is too long is not written. */
static void test_bad_segments(void) {
  static const guint8 none[] = {0xff, 0xd8, 0xff, 0xfe, 0, 1, 'x', 'x', 0xff, 0xd9};
  const cli_bytes bytes = {.fd = -1, .memory = none, .size = sizeof none};
  g_autoptr(GByteArray) all = g_byte_array_new();
  g_autofree guint8 *large = g_malloc0(JPEG_SEGMENT_MAX + 1);
  jpeg_head head;

  jpeg_read(&bytes, &head);
  g_assert_cmpuint(head.comment->len, ==, 0);
  g_assert_false(head.complete);
  jpeg_clear(&head);
  jpeg_put(all, 0xfe, "", 0, large, JPEG_SEGMENT_MAX + 1);
  g_assert_cmpuint(all->len, ==, 0);
  jpeg_put(all, 0xfe, "", 0, large, JPEG_SEGMENT_MAX);
  g_assert_cmpuint(all->len, ==, JPEG_SEGMENT_MAX + 4);
}

/* ---- PNG's texts ---- */

static GByteArray *packed(const char *text, gsize size) {
  g_autoptr(GZlibCompressor) zlib = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  g_autoptr(GBytes) bytes = g_bytes_new(text, size);
  g_autoptr(GBytes) made = g_converter_convert_bytes(G_CONVERTER(zlib), bytes, NULL);

  return g_bytes_unref_to_array(g_steal_pointer(&made));
}

/* A chunk of a head, whose last zero counts, and what comes behind it, in a form or not. */
static void put_chunk(GByteArray *to, const char *type, const char *head, gsize head_size,
                      const char *text, bool compress) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  g_autoptr(GByteArray) more = compress ? packed(text, strlen(text)) : NULL;

  append(data, head, head_size);
  append(data, compress ? (const char *)more->data : text, compress ? more->len : strlen(text));
  png_put(to, type, data->data, data->len);
}

#define PUT(to, type, head, text, compress) \
  put_chunk((to), (type), (head), sizeof(head) - 1, (text), (compress))

static GByteArray *some_texts(void) {
  GByteArray *all = g_byte_array_new();

  PUT(all, "tEXt", "Title\0", "caf\xe9", false);
  PUT(all, "zTXt", "Comment\0\0", "long and packed", true);
  PUT(all, "iTXt", "Author\0\0\0en\0Autorin\0", "Zo\xc3\xab", false);
  PUT(all, "iTXt", "Packed\0\1\0\0\0", "\xe2\x82\xac", true);
  PUT(all, "iTXt", "Latin\0\0\0\0\0", "caf\xe9", false);
  PUT(all, "zTXt", "Torn\0\0", "no stream", false);
  PUT(all, "tEXt", "", "no keyword's end", false);
  PUT(all, "iTXt", "Cut\0\0\0", "no language's end", false);
  PUT(all, "iTXt", "Shorter\0", "", false);
  PUT(all, "tEXt", "Empty\0", "", false);
  PUT(all, "tEXt", "Title\0", "another", false);
  return all;
}

static void assert_text(const GByteArray *texts, const char *keyword, const char *expected) {
  g_autofree char *text = png_get_text(texts, keyword);

  g_assert_cmpstr(text, ==, expected);
}

static void test_texts(void) {
  g_autoptr(GByteArray) all = some_texts(), less = png_texts_without(all, "Title");
  g_auto(GStrv) keywords = png_keywords(all);
  g_autofree char *list = g_strjoinv(" ", keywords);

  g_assert_cmpstr(list, ==, "Title Comment Author Packed Latin Torn Empty Title");
  assert_text(all, "Title", "café");
  assert_text(all, "Comment", "long and packed");
  assert_text(all, "Author", "Zoë");
  assert_text(all, "Packed", "€");
  assert_text(all, "Empty", "");
  assert_text(all, "Latin", NULL); /* it says that it is UTF-8 */
  assert_text(all, "Torn", NULL);
  assert_text(all, "Missing", NULL);
  assert_text(less, "Title", NULL);
  assert_text(less, "Author", "Zoë");
  g_byte_array_set_size(less, 0);
  png_put_text(less, "Own", "Zoë", strlen("Zoë"));
  assert_text(less, "Own", "Zoë");
}

/* Of a list that is cut anywhere, what is whole is read. */
static void test_torn_texts(void) {
  g_autoptr(GByteArray) all = some_texts();
  guint most = 0;

  for (guint size = 0; size <= all->len; size++) {
    g_autoptr(GByteArray) cut = g_byte_array_new_take(g_memdup2(all->data, size), size);
    g_auto(GStrv) keywords = png_keywords(cut);

    g_assert_cmpuint(g_strv_length(keywords), >=, most);
    most = g_strv_length(keywords);
  }
  g_assert_cmpuint(most, ==, 8);
}

/* XMP, what is no text and what does not fit are left out; so is all behind a torn chunk. */
static void test_file(void) {
  g_autoptr(GByteArray) file = g_byte_array_new(), texts = some_texts();
  cli_bytes bytes = {.fd = -1};

  append(file, "\x89PNG\r\n\x1a\n", 8);
  png_put(file, "IHDR", "thirteen ....", 13);
  g_assert_cmpuint(file->len, ==, PNG_PLACE);
  png_put_text(file, PNG_XMP, "<x/>", 4);
  g_byte_array_append(file, texts->data, texts->len);
  png_put(file, "IDAT", "pixels", 6);
  append(file,
         "\xff\xff\xff\xff"
         "tEXt",
         8); /* longer than all texts may be */
  bytes.memory = file->data;
  bytes.size = file->len;

  g_autoptr(GByteArray) read = png_texts(&bytes);
  g_auto(GStrv) keywords = png_keywords(read), expected = png_keywords(texts);

  g_assert_true(g_strv_equal((const char *const *)keywords, (const char *const *)expected));
  file->data[1] = 'p';

  g_autoptr(GByteArray) none = png_texts(&bytes);

  g_assert_cmpuint(none->len, ==, 0);
}

/* Small in the file and more than a text may be. */
static void test_long_text(void) {
  enum { LONG = PNG_SIZE_MAX + 10000 };
  g_autoptr(GByteArray) all = g_byte_array_new();
  g_autofree char *text = g_strnfill(LONG, 'x');

  PUT(all, "zTXt", "Comment\0\0", text, true);
  assert_text(all, "Comment", NULL);
}

static void assert_profile(const char *text, const char *expected, gsize size) {
  g_autoptr(GByteArray) all = g_byte_array_new();

  PUT(all, "zTXt", "Raw profile type iptc\0\0", text, true);
  if (expected)
    assert_bytes(png_get_profile(all, "iptc"), expected, size);
  else
    g_assert_null(png_get_profile(all, "iptc"));
}

static void test_profiles(void) {
  g_autoptr(GByteArray) all = some_texts(), bytes = g_byte_array_new();

  for (int i = 0; i < 200; i++)
    append(bytes, (const char[]){(char)i}, 1);

  g_autoptr(GBytes) profile = g_bytes_new(bytes->data, bytes->len);

  png_put_profile(all, "iptc", profile);
  assert_bytes(png_get_profile(all, "iptc"), (const char *)bytes->data, bytes->len);
  g_assert_null(png_get_profile(all, "exif"));

  g_autoptr(GByteArray) less = png_texts_without_profiles(all);

  g_assert_null(png_get_profile(less, "iptc"));
  assert_text(less, "Author", "Zoë");
  assert_profile("\niptc\n       2\n1cFf\n", "\x1c\xff", 2);
  assert_profile("\niptc\n       2\n1c f\n", NULL, 0); /* half a byte */
  assert_profile("\niptc\n       2\n1c\n", NULL, 0); /* fewer than it says */
  assert_profile("\niptc\n       2\n1cxx\n", NULL, 0);
  assert_profile("\niptc\n       0\n\n", NULL, 0);
  assert_profile("\niptc\n 99999999\n1c\n", NULL, 0);
  assert_profile("\niptc", NULL, 0);
  assert_profile("", NULL, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/chunks/resources", test_resources);
  g_test_add_func("/chunks/torn-resources", test_torn_resources);
  g_test_add_func("/chunks/turned", test_turned);
  g_test_add_func("/chunks/segments", test_segments);
  g_test_add_func("/chunks/bad-segments", test_bad_segments);
  g_test_add_func("/chunks/texts", test_texts);
  g_test_add_func("/chunks/torn-texts", test_torn_texts);
  g_test_add_func("/chunks/file", test_file);
  g_test_add_func("/chunks/long-text", test_long_text);
  g_test_add_func("/chunks/profiles", test_profiles);
  return g_test_run();
}
