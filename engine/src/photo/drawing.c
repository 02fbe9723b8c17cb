/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An engraving makes its middle tones of lines: a small patch of it is paper, or ink, or holds both,
 * and nothing is brighter than its paper. A photograph has patches that are even and of a middle tone,
 * on faces, clothes, walls and skies, and what is most of it is seldom the brightest.
 */
#include "photo/drawing.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "region/parts.h"

enum { PATCHES = 64 /* on a side, at most */, SIDE = 8 /* pixels of one */ };

typedef struct {
  float low, high, mean; /* luma, 0…1; NaN where something is transparent */
} patch;

static patch look(const float *rgba) {
  float luma[SIDE * SIDE];
  patch p = {1, 0, 0};

  rst_pixel_luma(SIDE * SIDE, rgba, NULL, luma);
  for (int i = 0; i < SIDE * SIDE; i++) {
    const float value = (luma[i] + 1) / 2;

    p.low = fminf(p.low, value);
    p.high = fmaxf(p.high, value);
    p.mean += value / (SIDE * SIDE);
  }
  return p;
}

static int by_value(const void *a, const void *b) {
  const float s = *(const float *)a, t = *(const float *)b;

  return (s > t) - (s < t);
}

/* Where paper and ink are, and how many patches are even and between, or brighter. Ink may be worn, so
 * that even patches of it are brighter than the darkest. */
static bool decide(const patch *patches, size_t count, float *values) {
  float paper, ink;
  size_t even = 0, lines = 0, brighter = 0, seen = 0;

  for (size_t i = 0; i < count; i++)
    if (!isnan(patches[i].mean)) {
      values[seen] = patches[i].high;
      values[count + seen++] = patches[i].low;
    }
  if (seen < 16)
    return false;
  qsort(values, seen, sizeof *values, by_value);
  qsort(values + count, seen, sizeof *values, by_value);
  paper = values[seen / 2];
  ink = values[count + seen / 20];
  if (!(paper - ink > 0.3f))
    return false;
  for (size_t i = 0; i < count; i++) {
    const float mean = (patches[i].mean - ink) / (paper - ink);
    const float range = (patches[i].high - patches[i].low) / (paper - ink);

    even += mean > 0.3f && mean < 0.75f && range < 0.35f;
    brighter += mean > 1.1f;
    lines += range > 0.6f;
  }
  return even * 50 < seen && brighter * 50 < seen && lines * 10 > seen;
}

rst_status rst_is_drawing(const rst_picture *picture, const rst_rectangle *box, bool *drawing,
                          rst_error *error) {
  const int columns = box->width / SIDE < PATCHES ? box->width / SIDE : PATCHES;
  const int rows = box->height / SIDE < PATCHES ? box->height / SIDE : PATCHES;
  const size_t count = (size_t)columns * (size_t)rows;
  patch *patches = rst_array(count + 1, sizeof *patches);
  float *values = rst_floats(2 * count + 1), rgba[4 * SIDE * SIDE];
  rst_status status = patches && values ? RST_OK : rst_fail_memory(error);

  for (size_t i = 0; i < count && status == RST_OK; i++) {
    const int x = (int)((int64_t)(box->width - SIDE) * (int)(i % (size_t)columns) /
                        (columns > 1 ? columns - 1 : 1));
    const int y =
      (int)((int64_t)(box->height - SIDE) * (int)(i / (size_t)columns) / (rows > 1 ? rows - 1 : 1));

    if (rst_cancelled(picture->cancel) ||
        !picture->read(picture->user, box->x + x, box->y + y, SIDE, SIDE, rgba))
      status = rst_fail_reading(picture, error);
    else
      patches[i] = look(rgba);
  }
  if (status == RST_OK)
    *drawing = decide(patches, count, values);
  free(patches);
  free(values);
  return status;
}
