/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo/pyramid.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "photo/follow.h"
#include "region/parts.h"

enum {
  BLOCK = 32, /* samples a side of what is read or left out as a whole */
  RUN = 64    /* blocks that are read at a time */
};

static int blocks(int samples) {
  return (samples + BLOCK - 1) / BLOCK;
}

static size_t at(const rst_level *l, int x, int y) {
  return (size_t)y * (size_t)l->width + (size_t)x;
}

/* ---- holes ---- */

static void add_hole(rst_level *l, int x, int y) {
  rst_rectangle *box = &l->holes;
  const int right = box->x + box->width, bottom = box->y + box->height;

  l->hole[at(l, x, y)] = 1;
  if (box->width == 0) {
    *box = (rst_rectangle){x, y, 1, 1};
    return;
  }
  box->x = x < box->x ? x : box->x;
  box->y = y < box->y ? y : box->y;
  box->width = (x + 1 > right ? x + 1 : right) - box->x;
  box->height = (y + 1 > bottom ? y + 1 : bottom) - box->y;
}

/* Whether all samples are holes that a sample of the next level stands for. */
static bool is_hole(const rst_level *finer, int x, int y) {
  for (int v = 2 * y; v < 2 * y + 2 && v < finer->height; v++)
    for (int u = 2 * x; u < 2 * x + 2 && u < finer->width; u++)
      if (!finer->hole[at(finer, u, v)])
        return false;
  return true;
}

static void halve_holes(const rst_level *finer, rst_level *l) {
  const rst_rectangle *box = &finer->holes;

  for (int y = box->y / 2; y <= (box->y + box->height - 1) / 2; y++)
    for (int x = box->x / 2; x <= (box->x + box->width - 1) / 2; x++)
      if (is_hole(finer, x, y))
        add_hole(l, x, y);
}

static bool is_last(const rst_pyramid *p) {
  const rst_level *l = &p->levels[p->count - 1];

  return l->holes.width == 0 || p->count == RST_PYRAMID_LEVELS ||
         (p->count > 1 && (l->width < l->height ? l->width : l->height) < RST_PYRAMID_LEAST);
}

static bool add_level(rst_pyramid *p) {
  const rst_level *finer = &p->levels[p->count - 1];
  rst_level *l = &p->levels[p->count++];
  size_t count;

  l->width = (finer->width + 1) / 2;
  l->height = (finer->height + 1) / 2;
  count = (size_t)l->width * (size_t)l->height;
  l->hole = rst_zeros(count, 1);
  l->rgb = rst_zeros(count, 3 * sizeof *l->rgb);
  l->wanted = rst_zeros((size_t)blocks(l->width) * (size_t)blocks(l->height), 1);
  if (!l->hole || !l->rgb || !l->wanted)
    return false;
  halve_holes(finer, l);
  return true;
}

rst_status rst_pyramid_new(const rst_picture *picture, const rst_rectangle *box,
                           const unsigned char *mask, rst_pyramid *pyramid, rst_error *error) {
  rst_level *l = &pyramid->levels[0];
  bool good;

  *pyramid = (rst_pyramid){.count = 1};
  l->width = picture->width;
  l->height = picture->height;
  l->hole = rst_zeros((size_t)l->width * (size_t)l->height, 1);
  good = l->hole;
  for (int y = 0; y < box->height && good; y++)
    for (int x = 0; x < box->width; x++)
      if (mask[(size_t)y * (size_t)box->width + (size_t)x] > 0)
        add_hole(l, box->x + x, box->y + y);
  while (good && !is_last(pyramid))
    good = add_level(pyramid);
  if (good)
    return RST_OK;
  rst_pyramid_clear(pyramid);
  return rst_fail_memory(error);
}

void rst_pyramid_clear(rst_pyramid *pyramid) {
  for (int i = 0; i < pyramid->count; i++) {
    free(pyramid->levels[i].hole);
    free(pyramid->levels[i].rgb);
    free(pyramid->levels[i].wanted);
  }
  pyramid->count = 0;
}

/* ---- what is needed ---- */

/* Asks for the samples of a rectangle, of which what lies beyond the level is left out. */
static void want(rst_level *l, const rst_rectangle *box) {
  const int columns = blocks(l->width);
  const int right = box->x + box->width < l->width ? box->x + box->width : l->width;
  const int bottom = box->y + box->height < l->height ? box->y + box->height : l->height;

  for (int y = (box->y > 0 ? box->y : 0) / BLOCK; y * BLOCK < bottom; y++)
    for (int x = (box->x > 0 ? box->x : 0) / BLOCK; x * BLOCK < right; x++)
      l->wanted[(size_t)y * (size_t)columns + (size_t)x] = 1;
}

/* Asks for what mending looks at: the coarser samples that a hole is enlarged from, and the known ones
 * that it settles into. */
static void want_beside(rst_pyramid *p) {
  for (int i = 0; i < p->count; i++) {
    const rst_level *l = &p->levels[i];
    const rst_rectangle *box = &l->holes;

    for (int y = box->y; y < box->y + box->height; y++)
      for (int x = box->x; x < box->x + box->width; x++) {
        if (!l->hole[at(l, x, y)])
          continue;
        if (i > 0)
          want(&p->levels[i], &(rst_rectangle){x - RST_FOLLOW_SEEN, y - RST_FOLLOW_SEEN,
                                               2 * RST_FOLLOW_SEEN + 1, 2 * RST_FOLLOW_SEEN + 1});
        if (i < p->count - 1)
          want(&p->levels[i + 1], &(rst_rectangle){x / 2 - 1, y / 2 - 1, 3, 3});
      }
  }
}

/* Of the blocks that a block is made from, as many are needed. */
static void want_finer(rst_pyramid *p) {
  for (int i = p->count - 1; i > 1; i--) {
    const rst_level *l = &p->levels[i];
    const int columns = blocks(l->width);

    for (int y = 0; y < blocks(l->height); y++)
      for (int x = 0; x < columns; x++)
        if (l->wanted[(size_t)y * (size_t)columns + (size_t)x])
          want(&p->levels[i - 1],
               &(rst_rectangle){2 * BLOCK * x, 2 * BLOCK * y, 2 * BLOCK, 2 * BLOCK});
  }
}

/* ---- what is known ---- */

/* The mean of some colours. */
typedef struct {
  float sum[3];
  int count;
} mean;

static void add(mean *m, const float *rgb) {
  for (int c = 0; c < 3; c++)
    m->sum[c] += fminf(fmaxf(rgb[c], 0), 1);
  m->count++;
}

/* Where nothing is known, since all is transparent, is a hole too. */
static void put(const mean *m, rst_level *l, int x, int y) {
  if (m->count == 0 && !l->hole[at(l, x, y)])
    add_hole(l, x, y);
  for (int c = 0; c < 3; c++)
    l->rgb[3 * at(l, x, y) + (size_t)c] = m->count > 0 ? m->sum[c] / (float)m->count : 0.5f;
}

/* Samples of level 1 from pixels: `rgba` of the rectangle `box`, all of whose sides are even but at
 * the picture's edge. */
static void halve_pixels(rst_pyramid *p, const rst_rectangle *box, const float *rgba) {
  const rst_level *finer = &p->levels[0];
  rst_level *l = &p->levels[1];

  for (int y = 0; y < box->height; y += 2)
    for (int x = 0; x < box->width; x += 2) {
      mean m = {{0}, 0};

      for (int v = y; v < y + 2 && v < box->height; v++)
        for (int u = x; u < x + 2 && u < box->width; u++) {
          const float *pixel = rgba + 4 * ((size_t)v * (size_t)box->width + (size_t)u);

          if (!finer->hole[at(finer, box->x + u, box->y + v)] && pixel[3] > 0)
            add(&m, pixel);
        }
      put(&m, l, (box->x + x) / 2, (box->y + y) / 2);
    }
}

/* Blocks side by side. */
static rst_status read_blocks(rst_pyramid *p, const rst_picture *picture, int x, int y, int count,
                              float *rgba, rst_error *error) {
  rst_rectangle box = {2 * BLOCK * x, 2 * BLOCK * y, 2 * BLOCK * count, 2 * BLOCK};

  box.width = box.width < picture->width - box.x ? box.width : picture->width - box.x;
  box.height = box.height < picture->height - box.y ? box.height : picture->height - box.y;
  if (!picture->read(picture->user, box.x, box.y, box.width, box.height, rgba))
    return rst_fail_host(error);
  halve_pixels(p, &box, rgba);
  return RST_OK;
}

static rst_status read_level(rst_pyramid *p, const rst_picture *picture, const rst_cancel *cancel,
                             rst_error *error) {
  const rst_level *l = &p->levels[1];
  const int columns = blocks(l->width);
  float *rgba = rst_floats((size_t)4 * 4 * BLOCK * BLOCK * RUN);
  rst_status status = rgba ? RST_OK : rst_fail_memory(error);

  for (int y = 0; y < blocks(l->height); y++)
    for (int x = 0; x < columns && status == RST_OK; x++) {
      const unsigned char *wanted = l->wanted + (size_t)y * (size_t)columns;
      int end = x;

      while (end < columns && end < x + RUN && wanted[end])
        end++;
      if (end == x)
        continue;
      status = rst_cancelled(cancel) ? rst_fail_cancelled(error)
                                     : read_blocks(p, picture, x, y, end - x, rgba, error);
      x = end - 1;
    }
  free(rgba);
  return status;
}

static void halve_block(const rst_level *finer, rst_level *l, int column, int row) {
  for (int y = row * BLOCK; y < (row + 1) * BLOCK && y < l->height; y++)
    for (int x = column * BLOCK; x < (column + 1) * BLOCK && x < l->width; x++) {
      mean m = {{0}, 0};

      for (int v = 2 * y; v < 2 * y + 2 && v < finer->height; v++)
        for (int u = 2 * x; u < 2 * x + 2 && u < finer->width; u++)
          if (!finer->hole[at(finer, u, v)])
            add(&m, finer->rgb + 3 * at(finer, u, v));
      put(&m, l, x, y);
    }
}

static void halve_level(const rst_level *finer, rst_level *l) {
  const int columns = blocks(l->width);

  for (int y = 0; y < blocks(l->height); y++)
    for (int x = 0; x < columns; x++)
      if (l->wanted[(size_t)y * (size_t)columns + (size_t)x])
        halve_block(finer, l, x, y);
}

static bool is_known(const rst_level *l, int x, int y) {
  return !l->hole[at(l, x, y)] &&
         l->wanted[(size_t)(y / BLOCK) * (size_t)blocks(l->width) + (size_t)(x / BLOCK)];
}

/* The holes of the last level. */
static void fill_last(rst_level *l) {
  const rst_rectangle *box = &l->holes;
  double sums[3] = {0};
  int64_t known = 0;

  for (int y = 0; y < l->height; y++)
    for (int x = 0; x < l->width; x++)
      for (int c = 0; c < 3 && is_known(l, x, y); c++) {
        sums[c] += (double)l->rgb[3 * at(l, x, y) + (size_t)c];
        known += c == 0;
      }
  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++)
      for (int c = 0; c < 3 && l->hole[at(l, x, y)]; c++)
        l->rgb[3 * at(l, x, y) + (size_t)c] = known > 0 ? (float)(sums[c] / (double)known) : 0.5f;
}

rst_status rst_pyramid_read(rst_pyramid *pyramid, const rst_picture *picture,
                            const rst_cancel *cancel, rst_error *error) {
  rst_level *last = &pyramid->levels[pyramid->count - 1];
  rst_status status;

  if (pyramid->count < 2)
    return RST_OK;
  if (last->holes.width > 0)
    want(last, &(rst_rectangle){0, 0, last->width, last->height});
  want_beside(pyramid);
  want_finer(pyramid);
  status = read_level(pyramid, picture, cancel, error);
  for (int i = 2; i < pyramid->count && status == RST_OK; i++) {
    if (rst_cancelled(cancel))
      return rst_fail_cancelled(error);
    halve_level(&pyramid->levels[i - 1], &pyramid->levels[i]);
  }
  if (status == RST_OK && last->holes.width > 0)
    fill_last(last);
  return status;
}

/* The sample before a finer one's place, and how far beyond it that is. */
static int before(int finer, float *part) {
  *part = finer % 2 == 0 ? 0.75f : 0.25f;
  return finer % 2 == 0 ? finer / 2 - 1 : finer / 2;
}

void rst_pyramid_enlarge(const rst_pyramid *pyramid, int level, int x, int y, float rgb[3]) {
  const rst_level *l = &pyramid->levels[level + 1];
  float u, v;
  const int column = before(x, &u), row = before(y, &v);
  const size_t above = (size_t)rst_clamp_index(row, l->height) * (size_t)l->width;
  const size_t below = (size_t)rst_clamp_index(row + 1, l->height) * (size_t)l->width;
  const size_t left = (size_t)rst_clamp_index(column, l->width);
  const size_t right = (size_t)rst_clamp_index(column + 1, l->width);

  for (size_t c = 0; c < 3; c++) {
    const float top =
      (1 - u) * l->rgb[3 * (above + left) + c] + u * l->rgb[3 * (above + right) + c];
    const float bottom =
      (1 - u) * l->rgb[3 * (below + left) + c] + u * l->rgb[3 * (below + right) + c];

    rgb[c] = (1 - v) * top + v * bottom;
  }
}
