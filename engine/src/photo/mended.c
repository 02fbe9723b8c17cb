/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo/mended.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

static size_t count_row(const unsigned char *mask, int width) {
  size_t count = 0;

  for (int x = 0; x < width; x++)
    count += mask[x] > 0;
  return count;
}

rst_status rst_mended_new(const rst_rectangle *box, const unsigned char *mask, rst_mended **mended,
                          rst_error *error) {
  rst_mended *m = calloc(1, sizeof *m);
  size_t count = 0, i = 0;

  if (!m)
    return rst_fail_memory(error);
  m->y = box->y;
  m->height = box->height;
  m->starts = rst_array((size_t)box->height + 1, sizeof *m->starts);
  for (int y = 0; y < box->height && m->starts; y++) {
    count += count_row(mask + (size_t)y * (size_t)box->width, box->width);
    m->starts[y + 1] = count;
  }
  m->columns = rst_zeros(count > 0 ? count : 1, sizeof *m->columns);
  m->rgb = rst_zeros(count > 0 ? count : 1, 3 * sizeof *m->rgb);
  if (!m->starts || !m->columns || !m->rgb) {
    rst_mended_free(m);
    return rst_fail_memory(error);
  }
  for (int y = 0; y < box->height; y++)
    for (int x = 0; x < box->width; x++, mask++)
      if (*mask > 0)
        m->columns[i++] = box->x + x;
  *mended = m;
  return RST_OK;
}

void rst_mended_free(rst_mended *mended) {
  if (!mended)
    return;
  free(mended->starts);
  free(mended->columns);
  free(mended->rgb);
  free(mended);
}

int64_t rst_mended_count(const rst_mended *mended) {
  return (int64_t)mended->starts[mended->height];
}

void rst_mended_keep(rst_mended *mended, const rst_rectangle *box, const unsigned char *mask) {
  size_t i = 0, kept = 0;

  for (int row = 0; row < mended->height; row++) {
    const int y = mended->y + row - box->y;
    const size_t end = mended->starts[row + 1];

    for (; i < end; i++) {
      const int x = mended->columns[i] - box->x;

      if (x < 0 || y < 0 || x >= box->width || y >= box->height ||
          mask[(size_t)y * (size_t)box->width + (size_t)x] == 0)
        continue;
      mended->columns[kept] = mended->columns[i];
      memmove(mended->rgb + 3 * kept++, mended->rgb + 3 * i, 3 * sizeof *mended->rgb);
    }
    mended->starts[row + 1] = kept;
  }
}

size_t rst_mended_find(const rst_mended *mended, int x, int y) {
  size_t low = mended->starts[y - mended->y], high = mended->starts[y - mended->y + 1];

  while (low < high) {
    const size_t middle = low + (high - low) / 2;

    if (mended->columns[middle] < x)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void rst_mended_apply(const rst_mended *mended, int x, int y, int width, int height, float *rgba) {
  for (int row = y; row < y + height; row++, rgba += 4 * (size_t)width) {
    if (row < mended->y || row >= mended->y + mended->height)
      continue;
    for (size_t i = rst_mended_find(mended, x, row);
         i < mended->starts[row - mended->y + 1] && mended->columns[i] < x + width; i++) {
      float *pixel = rgba + 4 * (size_t)(mended->columns[i] - x);

      if (pixel[3] > 0)
        memcpy(pixel, mended->rgb + 3 * i, 3 * sizeof *pixel);
    }
  }
}
