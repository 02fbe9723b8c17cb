/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/jpeg.h"

#include <string.h>

enum {
  END = 0xd9,
  SCAN = 0xda,
  APP0 = 0xe0,
  APP1 = 0xe1,
  APP13 = 0xed,
  COMMENT = 0xfe,
  RESTART_FIRST = 0xd0,
  RESTART_LAST = 0xd7,
};

static const char photoshop[] = "Photoshop 3.0"; /* a zero belongs to it, and to the next */
static const char extension[] = "http://ns.adobe.com/xmp/extension/";

static bool begins(const guint8 *bytes, gsize size, const char *head, gsize head_size) {
  return size > head_size && memcmp(bytes, head, head_size) == 0;
}

static void take_segment(jpeg_head *head, guint8 marker, const guint8 *bytes, gsize size) {
  if (marker == APP13 && begins(bytes, size, photoshop, sizeof photoshop))
    g_byte_array_append(head->resources, bytes + sizeof photoshop,
                        (guint)(size - sizeof photoshop));
  if (marker == APP1 && begins(bytes, size, extension, sizeof extension))
    jpeg_put(head->extension, marker, "", 0, bytes, size);
  if (marker != COMMENT)
    return;
  while (size > 0 && bytes[size - 1] == '\0')
    size--;
  if (size > 0 && head->comment->len > 0)
    g_byte_array_append(head->comment, (const guint8 *)"\n", 1);
  g_byte_array_append(head->comment, bytes, (guint)size);
}

/* The first marker in coded pixels from `at` on; false where the file ends before one. */
static bool skip_scan(const cli_bytes *b, guint64 *at) {
  guint8 piece[1 << 14];
  bool escaped = false;
  for (guint64 done = *at; done < b->size;) {
    const gsize size = (gsize)MIN(sizeof piece, b->size - done);
    if (!bytes_take(b, done, piece, size))
      return false;
    for (gsize i = 0; i < size; i++) {
      const guint8 byte = piece[i];
      if (escaped && byte != 0 && byte != 0xff && (byte < RESTART_FIRST || byte > RESTART_LAST)) {
        *at = done + i - 1;
        return true;
      }
      escaped = byte == 0xff;
    }
    done += size;
  }
  return false;
}

/* A file of several scans has segments between them. */
void jpeg_read(const cli_bytes *b, jpeg_head *head) {
  guint8 mark[4];
  guint64 at = 2;
  *head = (jpeg_head){g_byte_array_new(), g_byte_array_new(), g_byte_array_new(), false};
  while (bytes_take(b, at, mark, 2) && mark[0] == 0xff) {
    if (mark[1] == END) {
      head->complete = true;
      return;
    }
    if (mark[1] == 0xff) { /* fill */
      at++;
      continue;
    }
    if (!bytes_take(b, at, mark, 4))
      return;
    const gsize length = bytes_number16(mark + 2);
    g_autofree guint8 *segment = length < 2 ? NULL : bytes_copy(b, at + 4, length - 2);
    if (!segment)
      return;
    take_segment(head, mark[1], segment, length - 2);
    at += 2 + length;
    if (mark[1] == SCAN && !skip_scan(b, &at))
      return;
  }
}

void jpeg_clear(jpeg_head *head) {
  g_clear_pointer(&head->resources, g_byte_array_unref);
  g_clear_pointer(&head->comment, g_byte_array_unref);
  g_clear_pointer(&head->extension, g_byte_array_unref);
}

void jpeg_put(GByteArray *out, guint8 marker, const char *head, gsize head_size,
              gconstpointer bytes, gsize size) {
  const gsize length = 2 + head_size + size;
  const guint8 mark[] = {0xff, marker, (guint8)(length >> 8), (guint8)length};
  if (head_size + size > JPEG_SEGMENT_MAX)
    return;
  g_byte_array_append(out, mark, sizeof mark);
  g_byte_array_append(out, (const guint8 *)head, (guint)head_size);
  g_byte_array_append(out, bytes, (guint)size);
}

void jpeg_put_all(GByteArray *out, guint8 marker, const char *head, gsize head_size,
                  GBytes *bytes) {
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  for (gsize done = 0, part; done < size; done += part) {
    part = MIN(size - done, JPEG_SEGMENT_MAX - head_size);
    jpeg_put(out, marker, head, head_size, data + done, part);
  }
}

gsize jpeg_place(const guint8 *begin, gsize size) {
  if (size < 6)
    return 0;
  return begin[2] == 0xff && begin[3] == APP0 ? 4 + (gsize)bytes_number16(begin + 4) : 2;
}
