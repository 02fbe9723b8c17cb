/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/iptc.h"

#include <stdbool.h>
#include <string.h>

#include "bytes.h"

enum { ID_IPTC = 0x0404, ID_THUMBNAIL_4 = 0x0409, ID_THUMBNAIL = 0x040c };

typedef struct resource {
  guint16 id;
  const guint8 *start, *data; /* of all of it, of its content */
  gsize whole, size;          /* of them */
} resource;

/* The resource at `at`, which moves behind it; false at the end, or where it is malformed. */
static bool next_resource(const guint8 *all, gsize size, gsize *at, resource *r) {
  const gsize start = *at;
  if (size < 12 || start > size - 12 || memcmp(all + start, "8BIM", 4) != 0)
    return false;
  r->id = bytes_number16(all + start + 4);
  gsize name = 1u + all[start + 6], data = start + 6 + name + name % 2 + 4;
  if (data > size)
    return false;
  r->size = bytes_number32(all + data - 4);
  if (r->size > size - data)
    return false;
  r->start = all + start;
  r->data = all + data;
  *at = MIN(size, data + r->size + r->size % 2);
  r->whole = *at - start;
  return true;
}

GBytes *iptc_find(const guint8 *resources, gsize size) {
  resource r;
  for (gsize at = 0; next_resource(resources, size, &at, &r);)
    if (r.id == ID_IPTC && r.size > 0)
      return g_bytes_new(r.data, r.size);
  return NULL;
}

GBytes *iptc_resources(GBytes *resources, GBytes *records) {
  GByteArray *list = g_byte_array_new();
  gsize size = 0;
  const guint8 *all = resources ? g_bytes_get_data(resources, &size) : NULL;
  resource r;
  for (gsize at = 0; next_resource(all, size, &at, &r);)
    if (r.id != ID_IPTC && r.id != ID_THUMBNAIL && r.id != ID_THUMBNAIL_4) {
      g_byte_array_append(list, r.start, (guint)r.whole);
      if (r.whole % 2 != 0)
        g_byte_array_append(list, (const guint8 *)"", 1);
    }
  if (records) {
    const guint8 *data = g_bytes_get_data(records, &size);
    const guint32 length = GUINT32_TO_BE((guint32)size);
    g_byte_array_append(list, (const guint8 *)"8BIM\x04\x04\0\0", 8);
    g_byte_array_append(list, (const guint8 *)&length, 4);
    g_byte_array_append(list, data, (guint)size);
    if (size % 2 != 0)
      g_byte_array_append(list, (const guint8 *)"", 1);
  }
  if (list->len > 0)
    return g_byte_array_free_to_bytes(list);
  g_byte_array_unref(list);
  return NULL;
}

GBytes *iptc_unturned(GBytes *records) {
  gsize size;
  const guint8 *data = g_bytes_get_data(records, &size);
  if (size < 4 || data[0] == IPTC_MARKER || data[3] != IPTC_MARKER)
    return records;
  guint8 *turned = g_malloc(size);
  for (gsize i = 0; i < size; i++) {
    gsize from = (i & ~(gsize)3) + 3 - i % 4;
    turned[i] = from < size ? data[from] : 0;
  }
  g_bytes_unref(records);
  return g_bytes_new_take(turned, size);
}
