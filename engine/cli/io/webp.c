/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/webp.h"

#include <string.h>

enum { HEAD = 12, CHUNK_HEAD = 8, EXTENDED = 10, HAS_ALPHA = 0x10, HAS_EXIF = 0x08 };

static void put_chunk(GByteArray *out, const char type[4], gconstpointer data, gsize size) {
  const guint32 length = GUINT32_TO_LE((guint32)size);
  g_byte_array_append(out, (const guint8 *)type, 4);
  g_byte_array_append(out, (const guint8 *)&length, 4);
  g_byte_array_append(out, data, (guint)size);
  if (size % 2 != 0)
    g_byte_array_append(out, (const guint8 *)"", 1);
}

static void put_extended(GByteArray *out, int width, int height, bool alpha) {
  const guint32 w = (guint32)width - 1, h = (guint32)height - 1;
  const guint8 head[EXTENDED] = {alpha ? HAS_ALPHA | HAS_EXIF : HAS_EXIF,
                                 0,
                                 0,
                                 0,
                                 (guint8)w,
                                 (guint8)(w >> 8),
                                 (guint8)(w >> 16),
                                 (guint8)h,
                                 (guint8)(h >> 8),
                                 (guint8)(h >> 16)};
  put_chunk(out, "VP8X", head, sizeof head);
}

/* EXIF goes before XMP, which is the last. */
static void copy_chunks(GByteArray *out, const GByteArray *file, GBytes *exif) {
  gsize size, exif_size;
  const guint8 *block = g_bytes_get_data(exif, &exif_size);
  bool put = false;
  for (gsize at = HEAD; at + CHUNK_HEAD <= file->len; at += size) {
    guint32 length;
    const guint8 *chunk = file->data + at;
    memcpy(&length, chunk + 4, sizeof length);
    length = GUINT32_FROM_LE(length);
    size = MIN((gsize)CHUNK_HEAD + length + length % 2, file->len - at);
    if (memcmp(chunk, "XMP ", 4) == 0 && !put) {
      put_chunk(out, "EXIF", block, exif_size);
      put = true;
    }
    const guint start = out->len;
    g_byte_array_append(out, chunk, (guint)size);
    if (memcmp(chunk, "VP8X", 4) == 0 && size > CHUNK_HEAD)
      out->data[start + CHUNK_HEAD] |= HAS_EXIF;
  }
  if (!put)
    put_chunk(out, "EXIF", block, exif_size);
}

bool webp_add_exif(GByteArray *file, GBytes *exif, int width, int height, bool alpha) {
  if (file->len < HEAD + CHUNK_HEAD || memcmp(file->data + 8, "WEBP", 4) != 0)
    return false;
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_byte_array_append(out, file->data, HEAD);
  if (memcmp(file->data + HEAD, "VP8X", 4) != 0)
    put_extended(out, width, height, alpha);
  copy_chunks(out, file, exif);
  const guint32 length = GUINT32_TO_LE(out->len - 8);
  memcpy(out->data + 4, &length, sizeof length);
  g_byte_array_set_size(file, 0);
  g_byte_array_append(file, out->data, out->len);
  return true;
}
