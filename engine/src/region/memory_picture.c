/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture in memory as one with callbacks.
 */
#include <string.h>

#include "base/complete.h"

static size_t index_of(const rst_pixels *pixels, int x, int y) {
  return (size_t)y * (size_t)pixels->width + (size_t)x;
}

static bool read(void *user, int x, int y, int w, int h, float *rgba) {
  const rst_pixels *pixels = user;

  for (int row = 0; row < h; row++, rgba += 4 * (size_t)w)
    memcpy(rgba, pixels->rgba + 4 * index_of(pixels, x, y + row), 4 * (size_t)w * sizeof *rgba);
  return true;
}

static bool read_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  const rst_pixels *pixels = user;

  for (int row = 0; row < h; row++, coverage += w)
    memcpy(coverage, pixels->coverage + index_of(pixels, x, y + row), (size_t)w * sizeof *coverage);
  return true;
}

static bool write(void *user, int x, int y, int w, int h, const float *rgb, const float *coverage) {
  const rst_pixels *pixels = user;

  for (int row = 0; row < h && pixels->result; row++)
    for (int column = 0; column < w; column++, rgb += 3, coverage++)
      if (*coverage > 0)
        memcpy(pixels->result + 3 * index_of(pixels, x + column, y + row), rgb, 3 * sizeof *rgb);
  return true;
}

void rst_picture_from_memory_sized(rst_picture *picture, size_t size, rst_pixels *pixels) {
  const rst_picture all = {.width = pixels->width,
                           .height = pixels->height,
                           .user = pixels,
                           .read = read,
                           .read_coverage = pixels->coverage ? read_coverage : NULL,
                           .write = write,
                           .rgba = pixels->rgba};

  memset(picture, 0, size);
  picture->size = size;
  if (size <= sizeof all)
    rst_hand_over(picture, &all);
}
