/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layers/in_place.h"

#include <math.h>

/* GIMP keeps the box for its undo, and blends what is in the shadow with it. It takes every pixel
 * through floats to do so, in ways that babl chooses by the clock in each session anew: last bits
 * come out different another time, and those of pixels that shall not change are lost. So its
 * pixels are replaced afterwards; the undo of the merge covers that. */
static gboolean merge(const Layer *layer) {
  GeglBuffer *shadow = gimp_drawable_get_shadow_buffer(layer->drawable);

  if (!shadow)
    return FALSE;
  gegl_buffer_copy(layer->result, &layer->box, GEGL_ABYSS_NONE, shadow, &layer->box);
  g_object_unref(shadow);
  return gimp_drawable_merge_shadow(layer->drawable, TRUE);
}

typedef struct Row {
  float *coverage;
  guint8 *original, *result; /* in the layer's format */
  /* Those of its pixels that are restored in part. */
  int *place;                /* in the row */
  guint8 *before, *after;    /* in the layer's format */
  double *from, *to;         /* in linear light */
} Row;

static void row_init(Row *row, const Layer *layer) {
  const gsize count = (gsize)layer->box.width;

  row->coverage = g_new(float, count);
  row->original = g_malloc(count * layer->bytes);
  row->result = g_malloc(count * layer->bytes);
  row->before = g_malloc(count * layer->bytes);
  row->after = g_malloc(count * layer->bytes);
  row->from = g_new(double, 4 * count);
  row->to = g_new(double, 4 * count);
  row->place = g_new(int, count);
}

static void row_clear(Row *row) {
  g_free(row->coverage);
  g_free(row->original);
  g_free(row->result);
  g_free(row->before);
  g_free(row->after);
  g_free(row->from);
  g_free(row->to);
  g_free(row->place);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Row, row_clear)

/* Collects the pixels that are restored in part. */
static int find_mixed(const Layer *layer, Row *row) {
  const gsize bytes = (gsize)layer->bytes;
  int mixed = 0;

  for (int i = 0; i < layer->box.width; i++) {
    const guint8 *original = row->original + i * bytes;
    const guint8 *result = row->result + i * bytes;

    if (row->coverage[i] >= 1 || memcmp(original, result, bytes) == 0)
      continue;
    memcpy(row->before + mixed * bytes, original, bytes);
    memcpy(row->after + mixed * bytes, result, bytes);
    row->place[mixed++] = i;
  }
  return mixed;
}

/* Mixes the original into what is restored in part, in linear light of the layer's own space. */
static void mix(const Layer *layer, Row *row) {
  const gboolean grey = layer_is_grey(layer);
  const int values = grey ? 2 : 4;
  const Babl *linear = babl_format_with_space(grey ? "YA double" : "RGBA double",
                                              babl_format_get_space(layer->native));
  const int count = find_mixed(layer, row);

  if (count == 0)
    return;
  babl_process(babl_fish(layer->native, linear), row->before, row->from, count);
  babl_process(babl_fish(layer->native, linear), row->after, row->to, count);
  for (int i = 0; i < count * values; i++)
    if (!isfinite(row->from[i])) /* as layer.c has it */
      row->from[i] = row->from[i] > 0 ? 1 : 0;
  for (int i = 0; i < count * values; i++)
    row->to[i] = row->from[i] + row->coverage[row->place[i / values]] * (row->to[i] - row->from[i]);
  babl_process(babl_fish(linear, layer->native), row->to, row->after, count);
  for (int i = 0; i < count; i++)
    memcpy(row->result + row->place[i] * (gsize)layer->bytes, row->after + i * (gsize)layer->bytes,
           layer->colour_bytes);
}

/* What was not restored, and alpha, keep their own bytes. */
static void replace_merged(const Layer *layer, Row *row) {
  g_autoptr(GeglBuffer) merged = gimp_drawable_get_buffer(layer->drawable);

  for (int y = 0; y < layer->box.height; y++) {
    const GeglRectangle area = {layer->box.x, layer->box.y + y, layer->box.width, 1};

    layer_read_coverage(layer, &area, row->coverage);
    gegl_buffer_get(layer->original->pixels, &area, 1.0, layer->native, row->original,
                    GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    gegl_buffer_get(layer->result, &area, 1.0, layer->native, row->result, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    mix(layer, row);
    gegl_buffer_set(merged, &area, 0, layer->native, row->result, GEGL_AUTO_ROWSTRIDE);
  }
  gegl_buffer_flush(merged);
}

/* Without memory this ends before anything is written. */
gboolean in_place_write(const Layer *layer) {
  g_auto(Row) row = {0};

  row_init(&row, layer);
  if (!merge(layer))
    return FALSE;
  replace_merged(layer, &row);
  return gimp_drawable_update(layer->drawable, layer->box.x, layer->box.y, layer->box.width,
                              layer->box.height);
}
