/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/snapshot.h"

Snapshot *snapshot_new(GimpDrawable *copied) {
  Snapshot *snapshot = g_new0(Snapshot, 1);

  snapshot->theirs = gimp_drawable_get_buffer(copied);
  snapshot->pixels = gegl_buffer_new(gegl_buffer_get_extent(snapshot->theirs),
                                     gegl_buffer_get_format(snapshot->theirs));
  snapshot->known = cairo_region_create();
  snapshot->width = gegl_buffer_get_width(snapshot->theirs);
  snapshot->height = gegl_buffer_get_height(snapshot->theirs);
  return snapshot;
}

void snapshot_free(Snapshot *snapshot) {
  if (!snapshot)
    return;
  g_object_unref(snapshot->theirs);
  g_object_unref(snapshot->pixels);
  cairo_region_destroy(snapshot->known);
  g_free(snapshot);
}

gboolean snapshot_has_shape(const Snapshot *snapshot, GimpDrawable *drawable) {
  return gimp_drawable_get_width(drawable) == snapshot->width &&
         gimp_drawable_get_height(drawable) == snapshot->height &&
         gimp_drawable_get_format(drawable) == gegl_buffer_get_format(snapshot->pixels);
}

void snapshot_know(Snapshot *snapshot, const GeglRectangle *area) {
  const cairo_rectangle_int_t asked = {area->x, area->y, area->width, area->height};
  cairo_region_t *missing = cairo_region_create_rectangle(&asked);

  cairo_region_subtract(missing, snapshot->known);
  for (int i = 0; i < cairo_region_num_rectangles(missing); i++) {
    cairo_rectangle_int_t r;

    cairo_region_get_rectangle(missing, i, &r);
    gegl_buffer_copy(snapshot->theirs, GEGL_RECTANGLE(r.x, r.y, r.width, r.height), GEGL_ABYSS_NONE,
                     snapshot->pixels, GEGL_RECTANGLE(r.x, r.y, r.width, r.height));
  }
  cairo_region_union(snapshot->known, missing);
  cairo_region_destroy(missing);
}

/* Whether two buffers of one format hold the same bytes there. */
static gboolean is_equal(GeglBuffer *a, GeglBuffer *b, const GeglRectangle *area) {
  const Babl *format = gegl_buffer_get_format(a);
  const size_t bytes = babl_format_get_bytes_per_pixel(format);
  GeglBufferIterator *tiles =
    gegl_buffer_iterator_new(a, area, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE, 2);
  gboolean equal = TRUE;

  gegl_buffer_iterator_add(tiles, b, area, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (equal && gegl_buffer_iterator_next(tiles))
    equal = memcmp(tiles->items[0].data, tiles->items[1].data, tiles->length * bytes) == 0;
  if (!equal)
    gegl_buffer_iterator_stop(tiles);
  return equal;
}

gboolean snapshot_is_current(const Snapshot *snapshot, GimpDrawable *copied) {
  g_autoptr(GeglBuffer) now = gimp_drawable_get_buffer(copied);

  for (int i = 0; i < cairo_region_num_rectangles(snapshot->known); i++) {
    cairo_rectangle_int_t r;

    cairo_region_get_rectangle(snapshot->known, i, &r);
    if (!is_equal(now, snapshot->pixels, GEGL_RECTANGLE(r.x, r.y, r.width, r.height)))
      return FALSE;
  }
  return TRUE;
}
