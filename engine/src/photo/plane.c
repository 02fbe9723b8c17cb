/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo/plane.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "region/parts.h"

void rst_plane_size(const rst_picture *picture, int factor, rst_plane *plane) {
  *plane = (rst_plane){.full_width = (picture->width + factor - 1) / factor,
                       .full_height = (picture->height + factor - 1) / factor};
}

/* Adds `rows` rows of pixels, the first of them row `y` of the samples' pixels. */
static void add_rows(const rst_plane *plane, int factor, int width, int y, int rows,
                     const float *rgba, float *luma, float *weights) {
  for (int row = y; row < y + rows; row++, rgba += 4 * (size_t)width) {
    const size_t at = (size_t)(row / factor) * (size_t)plane->box.width;

    rst_pixel_luma((size_t)width, rgba, NULL, luma);
    for (int x = 0; x < width; x++) {
      const float alpha = isnan(luma[x]) ? 0 : fminf(rgba[4 * (size_t)x + 3], 1);

      if (alpha > 0) {
        plane->luma[at + (size_t)(x / factor)] += alpha * luma[x];
        weights[at + (size_t)(x / factor)] += alpha;
      }
    }
  }
}

static rst_status add_all(const rst_picture *picture, int factor, const rst_plane *plane,
                          const rst_cancel *cancel, float *weights, rst_error *error) {
  const int x = plane->box.x * factor, y = plane->box.y * factor;
  const int right = x + plane->box.width * factor, bottom = y + plane->box.height * factor;
  const int width = (right < picture->width ? right : picture->width) - x;
  const int height = (bottom < picture->height ? bottom : picture->height) - y;
  const int rows = rst_band_rows(width, height);
  float *rgba = rst_floats((size_t)width * (size_t)rows * 4), *luma = rst_floats((size_t)width);
  rst_status status = rgba && luma ? RST_OK : rst_fail_memory(error);

  for (int row = 0; row < height && status == RST_OK; row += rows) {
    const int count = height - row < rows ? height - row : rows;

    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
    else if (!picture->read(picture->user, x, y + row, width, count, rgba))
      status = rst_fail_host(error);
    else
      add_rows(plane, factor, width, row, count, rgba, luma, weights);
  }
  free(rgba);
  free(luma);
  return status;
}

rst_status rst_plane_read(const rst_picture *picture, int factor, const rst_rectangle *box,
                          const rst_cancel *cancel, rst_plane *plane, rst_error *error) {
  float *weights;
  size_t count;
  rst_status status;

  rst_plane_size(picture, factor, plane);
  plane->box = *box;
  if (plane->box.width > plane->full_width - box->x)
    plane->box.width = plane->full_width - box->x;
  if (plane->box.height > plane->full_height - box->y)
    plane->box.height = plane->full_height - box->y;
  count = (size_t)plane->box.width * (size_t)plane->box.height;
  plane->luma = rst_floats(count);
  weights = rst_floats(count);
  status = plane->luma && weights ? add_all(picture, factor, plane, cancel, weights, error)
                                  : rst_fail_memory(error);
  for (size_t i = 0; i < count && status == RST_OK; i++)
    plane->luma[i] = weights[i] > 0 ? plane->luma[i] / weights[i] : NAN;
  free(weights);
  return status;
}

void rst_plane_clear(rst_plane *plane) {
  free(plane->luma);
  plane->luma = NULL;
}

void rst_plane_copy(const rst_plane *plane, const rst_rectangle *box, float *to) {
  for (int y = box->y; y < box->y + box->height; y++) {
    const float *row = plane->luma + (size_t)rst_clamp_index(y - plane->box.y, plane->box.height) *
                                       (size_t)plane->box.width;

    for (int x = box->x; x < box->x + box->width; x++) {
      const float luma = row[rst_clamp_index(x - plane->box.x, plane->box.width)];

      *to++ = isnan(luma) ? 0 : luma;
    }
  }
}
