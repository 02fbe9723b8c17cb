/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "png_chunks.h"

#include <gio/gio.h>
#include <string.h>

static const char signature[8] = {'\x89', 'P', 'N', 'G', '\r', '\n', '\x1a', '\n'};

enum {
  FRAME = 12, /* bytes of a chunk round its data: length, type, sum */
};

#define PROFILE "Raw profile type "

static guint32 checksum(const guint8 *bytes, gsize size) {
  guint32 sum = 0xffffffff;
  for (gsize i = 0; i < size; i++) {
    sum ^= bytes[i];
    for (int bit = 0; bit < 8; bit++)
      sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum;
}

bool png_next(const cli_bytes *b, png_chunk *c) {
  guint8 head[8];
  guint64 at = c->at + c->size + 4;
  if (c->at == 0) {
    if (!bytes_take(b, 0, head, sizeof head) || memcmp(head, signature, sizeof head) != 0)
      return false;
    at = sizeof signature;
  }
  if (!bytes_take(b, at, head, sizeof head))
    return false;
  memcpy(c->type, head + 4, 4);
  c->at = at + 8;
  c->size = bytes_number32(head);
  return true;
}

/* ---- writing ---- */

void png_put(GByteArray *out, const char type[4], gconstpointer data, gsize size) {
  const guint32 length = GUINT32_TO_BE((guint32)size);
  const guint start = out->len + 4;
  g_byte_array_append(out, (const guint8 *)&length, 4);
  g_byte_array_append(out, (const guint8 *)type, 4);
  g_byte_array_append(out, data, (guint)size);
  const guint32 sum = GUINT32_TO_BE(checksum(out->data + start, 4 + size));
  g_byte_array_append(out, (const guint8 *)&sum, 4);
}

void png_put_text(GByteArray *out, const char *keyword, const char *text, gsize size) {
  g_autoptr(GByteArray) data = g_byte_array_new();
  g_byte_array_append(data, (const guint8 *)keyword, (guint)strlen(keyword) + 1);
  g_byte_array_append(data, (const guint8 *)"\0\0\0", 4); /* plain, no language, no translation */
  g_byte_array_append(data, (const guint8 *)text, (guint)size);
  png_put(out, "iTXt", data->data, data->len);
}

void png_put_profile(GByteArray *out, const char *name, GBytes *profile) {
  enum { ROW = 36 }; /* bytes a line */
  gsize size;
  const guint8 *bytes = g_bytes_get_data(profile, &size);
  g_autoptr(GString) text = g_string_new(PROFILE);
  g_string_append(text, name);
  g_string_append_c(text, '\0');
  g_string_append_printf(text, "\n%s\n%8" G_GSIZE_FORMAT, name, size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf(text, "%s%02x", i % ROW == 0 ? "\n" : "", bytes[i]);
  g_string_append_c(text, '\n');
  png_put(out, "tEXt", text->str, text->len);
}

/* ---- texts ---- */

/* A text's chunk taken apart; the keyword ends with a zero, the text with the chunk. */
typedef struct text {
  const char *keyword, *text;
  gsize size; /* of the text, as it lies there */
  bool latin, compressed;
} text;

static bool is_text(const char *type) {
  return memcmp(type, "tEXt", 4) == 0 || memcmp(type, "zTXt", 4) == 0 ||
         memcmp(type, "iTXt", 4) == 0;
}

/* False where it is malformed. */
static bool take_apart(const char *type, const char *data, gsize size, text *t) {
  const char *end = data + size, *at = memchr(data, '\0', size);
  if (!at)
    return false;
  *t = (text){.keyword = data, .latin = type[0] != 'i', .compressed = type[0] == 'z'};
  at += 1;
  if (type[0] == 'z')
    at += 1; /* the method */
  if (type[0] == 'i') {
    t->compressed = at < end && *at != 0;
    at += 2;
    for (int i = 0; i < 2 && at && at < end; i++) { /* language, translated keyword */
      at = memchr(at, '\0', (gsize)(end - at));
      at = at ? at + 1 : NULL;
    }
  }
  if (!at || at > end)
    return false;
  t->text = at;
  t->size = (gsize)(end - at);
  return true;
}

/* The text at `at` of a list of whole chunks, which moves behind it; false at the end. `whole`: of
 * how many bytes the chunk is. */
static bool next_text(const GByteArray *texts, gsize *at, text *t, gsize *whole) {
  while (*at + FRAME <= texts->len) {
    const guint8 *chunk = texts->data + *at;
    *whole = FRAME + (gsize)bytes_number32(chunk);
    *at += *whole;
    if (*at <= texts->len &&
        take_apart((const char *)chunk + 4, (const char *)chunk + 8, *whole - FRAME, t))
      return true;
  }
  return false;
}

/* XMP changes, and is no text. */
static bool is_wanted(const char *type, const guint8 *data, gsize size) {
  text t;
  return take_apart(type, (const char *)data, size, &t) && strcmp(t.keyword, PNG_XMP) != 0;
}

GByteArray *png_texts(const cli_bytes *b) {
  GByteArray *texts = g_byte_array_new();
  for (png_chunk c = {0}; png_next(b, &c);) {
    if (!is_text(c.type) || texts->len + (guint64)c.size + FRAME > PNG_SIZE_MAX)
      continue;
    g_autofree guint8 *data = bytes_copy(b, c.at, c.size);
    if (data && is_wanted(c.type, data, c.size))
      png_put(texts, c.type, data, c.size);
  }
  return texts;
}

/* But for the keywords that begin with `head`, or are it. */
static GByteArray *leave_out(const GByteArray *texts, const char *head, bool whole_keyword) {
  GByteArray *left = g_byte_array_new();
  text t;
  gsize whole;
  for (gsize at = 0; next_text(texts, &at, &t, &whole);)
    if (whole_keyword ? strcmp(t.keyword, head) != 0 : !g_str_has_prefix(t.keyword, head))
      g_byte_array_append(left, texts->data + at - whole, (guint)whole);
  return left;
}

GByteArray *png_texts_without(const GByteArray *texts, const char *keyword) {
  return leave_out(texts, keyword, true);
}

GByteArray *png_texts_without_profiles(const GByteArray *texts) {
  return leave_out(texts, PROFILE, false);
}

char **png_keywords(const GByteArray *texts) {
  g_autoptr(GStrvBuilder) keywords = g_strv_builder_new();
  text t;
  gsize whole;
  for (gsize at = 0; next_text(texts, &at, &t, &whole);) {
    g_autofree char *keyword = g_convert(t.keyword, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
    g_strv_builder_add(keywords, keyword ? keyword : "?");
  }
  return g_strv_builder_end(keywords);
}

/* NULL where they are not as zlib makes them, or too long. */
static GByteArray *inflate(const char *bytes, gsize size) {
  g_autoptr(GInputStream) memory = g_memory_input_stream_new_from_data(bytes, (gssize)size, NULL);
  g_autoptr(GZlibDecompressor) zlib = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autoptr(GInputStream) stream = g_converter_input_stream_new(memory, G_CONVERTER(zlib));
  g_autoptr(GByteArray) all = g_byte_array_new();
  guint8 piece[4096];
  gssize got;
  while ((got = g_input_stream_read(stream, piece, sizeof piece, NULL, NULL)) > 0 &&
         all->len <= PNG_SIZE_MAX)
    g_byte_array_append(all, piece, (guint)got);
  return got == 0 ? g_steal_pointer(&all) : NULL;
}

/* The text's own bytes; NULL where they cannot be had. */
static GByteArray *read_text(const text *t) {
  if (t->compressed)
    return inflate(t->text, t->size);
  return g_byte_array_append(g_byte_array_new(), (const guint8 *)t->text, (guint)t->size);
}

/* What cannot be had may have taken long to find out: then no other of that keyword is tried. */
char *png_get_text(const GByteArray *texts, const char *keyword) {
  text t;
  gsize whole;
  for (gsize at = 0; next_text(texts, &at, &t, &whole);) {
    if (strcmp(t.keyword, keyword) != 0)
      continue;
    g_autoptr(GByteArray) bytes = read_text(&t);
    if (!bytes)
      return NULL;
    if (bytes->len == 0) /* no array lies behind it then */
      return g_strdup("");
    if (t.latin)
      return g_convert((const char *)bytes->data, (gssize)bytes->len, "UTF-8", "ISO-8859-1", NULL,
                       NULL, NULL);
    return g_utf8_validate((const char *)bytes->data, (gssize)bytes->len, NULL)
             ? g_strndup((const char *)bytes->data, bytes->len)
             : NULL;
  }
  return NULL;
}

/* The name, the number of bytes, and these as digits in lines. */
static GBytes *decode_profile(const char *digits) {
  char *at;
  digits += strspn(digits, "\n");
  digits += strcspn(digits, "\n");
  const guint64 size = g_ascii_strtoull(digits, &at, 10);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  if (size == 0 || size > PNG_SIZE_MAX)
    return NULL;
  while (bytes->len < size) {
    at += strspn(at, " \r\n");
    const int high = g_ascii_xdigit_value(at[0]);
    const int low = high < 0 ? -1 : g_ascii_xdigit_value(at[1]);
    if (low < 0)
      return NULL;
    const guint8 byte = (guint8)(high << 4 | low);
    g_byte_array_append(bytes, &byte, 1);
    at += 2;
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *png_get_profile(const GByteArray *texts, const char *name) {
  g_autofree char *keyword = g_strconcat(PROFILE, name, NULL);
  g_autofree char *digits = png_get_text(texts, keyword);
  return digits ? decode_profile(digits) : NULL;
}
