/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mends holes, level by level of a pyramid, from the coarsest on: a hole gets what the coarser level
 * has, and what the network adds to that; last comes grain. The network runs on rectangles round the
 * holes alone, with the margin that it looks at, so that how they are cut changes no bit of it.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "network/mender.h"
#include "photo/grain.h"
#include "photo/mended.h"
#include "photo/pyramid.h"
#include "photo/samples.h"
#include "region/parts.h"

/* ---- where the network runs ---- */

enum { LARGEST = 256, SMALLEST = 8 }; /* samples a side of a rectangle */

typedef struct {
  size_t count, capacity;
  rst_rectangle *all; /* of holes, without the margin */
  int64_t cost; /* multiplications */
} pieces;

static bool add_piece(pieces *p, const rst_rectangle *one) {
  if (p->count == p->capacity) {
    const size_t capacity = p->capacity == 0 ? 64 : 2 * p->capacity;
    rst_rectangle *more = realloc(p->all, capacity * sizeof *more);

    if (!more)
      return false;
    p->all = more;
    p->capacity = capacity;
  }
  p->all[p->count++] = *one;
  return true;
}

/* The box of the holes in a square; false where there are none. */
static bool find_holes(const rst_level *l, int x, int y, int side, rst_rectangle *box) {
  const rst_rectangle *all = &l->holes;
  const int left = x > all->x ? x : all->x, top = y > all->y ? y : all->y;
  const int right = x + side < all->x + all->width ? x + side : all->x + all->width;
  const int bottom = y + side < all->y + all->height ? y + side : all->y + all->height;
  int west = right, east = left, north = bottom, south = top;
  bool found = false;

  for (int v = top; v < bottom; v++) {
    const unsigned char *hole = l->hole + (size_t)v * (size_t)l->width;

    for (int u = left; u < right; u++)
      if (hole[u]) {
        found = true;
        west = u < west ? u : west;
        east = u + 1 > east ? u + 1 : east;
        north = v < north ? v : north;
        south = v + 1;
      }
  }
  *box = (rst_rectangle){west, north, east - west, south - north};
  return found;
}

/* Of a piece: multiplications. */
static int64_t cost_of(const rst_chain *chain, const rst_rectangle *piece) {
  rst_rectangle cells;

  rst_cells_of(chain->cell, piece, &cells);
  return rst_chain_cost(chain, cells.width, cells.height);
}

/* Adds the holes of a square, as one piece or as those of its quarters, whichever is less work, which
 * is added to the cost. */
static bool cut(const rst_chain *chain, const rst_level *l, int x, int y, int side, pieces *p) {
  const size_t count = p->count;
  const int64_t cost = p->cost;
  rst_rectangle box;
  int64_t whole;

  if (!find_holes(l, x, y, side, &box))
    return true;
  whole = cost_of(chain, &box);
  if (side > SMALLEST) {
    const int half = side / 2;

    for (int i = 0; i < 4; i++)
      if (!cut(chain, l, x + i % 2 * half, y + i / 2 * half, half, p))
        return false;
    if (p->cost - cost < whole)
      return true;
  }
  p->count = count;
  p->cost = cost + whole;
  return add_piece(p, &box);
}

static bool cut_level(const rst_chain *chain, const rst_level *l, pieces *p) {
  const rst_rectangle *box = &l->holes;

  for (int y = box->y / LARGEST * LARGEST; y < box->y + box->height; y += LARGEST)
    for (int x = box->x / LARGEST * LARGEST; x < box->x + box->width; x += LARGEST)
      if (!cut(chain, l, x, y, LARGEST, p))
        return false;
  return true;
}

/* ---- the work ---- */

typedef struct {
  rst_session *session;
  const rst_chain *chain;
  const rst_picture *picture;
  const rst_hooks *hooks;
  const rst_cancel *cancel;
  rst_pyramid pyramid;
  pieces pieces[RST_PYRAMID_LEVELS];
  int64_t cost, done;
  rst_mended *mended;
} mending;

/* All that the pieces see, of their level and of the coarser one. */
static void want(mending *m, int level) {
  const rst_level *l = &m->pyramid.levels[level];
  const bool coarsest = level == m->pyramid.count - 1;

  for (size_t i = 0; i < m->pieces[level].count; i++) {
    rst_rectangle seen;

    rst_cells_seen(m->chain, &m->pieces[level].all[i], l->width, l->height, &seen);
    if (level > 0)
      rst_pyramid_want(&m->pyramid, level, &seen);
    if (!coarsest)
      rst_pyramid_want(
        &m->pyramid, level + 1,
        &(rst_rectangle){seen.x / 2 - 1, seen.y / 2 - 1, seen.width / 2 + 2, seen.height / 2 + 2});
  }
}

/* Some pieces of a level, on all threads. */
typedef struct {
  const mending *m;
  int level;
  const rst_rectangle *pieces;
  int count;
  float *rgba; /* level 0: the pixels that each sees, `room` apart */
  float *change; /* others: (height, width): what is to be added */
  float *scratch; /* of each worker */
  size_t room, worker; /* floats */
  atomic_int next;
} batch;

/* What the network sees: luma, −1…1, and whether it is a hole. */
static void fill_input(const batch *b, const float *rgba, const rst_rectangle *seen, float *to) {
  const rst_level *l = &b->m->pyramid.levels[b->level];
  const int right = seen->x + seen->width < l->width ? seen->x + seen->width : l->width;

  for (int y = seen->y; y < seen->y + seen->height; y++) {
    const int row = rst_clamp_index(y, l->height);

    for (int x = seen->x; x < seen->x + seen->width; x++, to += 2) {
      const int column = rst_clamp_index(x, l->width);
      const size_t at = (size_t)row * (size_t)l->width + (size_t)column;
      float colour[3];

      if (b->level > 0) {
        memcpy(colour, l->rgb + 3 * at, sizeof colour);
      } else if (l->hole[at]) {
        rst_pyramid_enlarge(&b->m->pyramid, 0, column, row, colour);
      } else {
        const float *pixel = rgba + 4 * ((size_t)(row - seen->y) * (size_t)(right - seen->x) +
                                         (size_t)(column - seen->x));

        for (int c = 0; c < 3; c++)
          colour[c] = pixel[3] > 0 ? fminf(fmaxf(pixel[c], 0), 1) : 0.5f;
      }
      to[0] = 2 * rst_luma(colour[0], colour[1], colour[2]) - 1;
      to[1] = l->hole[at];
    }
  }
}

static float share_of(float change) {
  return fabsf(change) < 16 ? change / 2 : 0; /* a hostile file's may be anything */
}

static void take_pixels(const batch *b, const rst_rectangle *piece, const rst_rectangle *seen,
                        const rst_rectangle *cells, const float *changes) {
  const int cell = b->m->chain->cell;
  const rst_level *l = &b->m->pyramid.levels[b->level];
  rst_mended *mended = b->m->mended;

  for (int y = piece->y; y < piece->y + piece->height; y++) {
    size_t next = b->level == 0 ? rst_mended_find(mended, piece->x, y) : 0;

    for (int x = piece->x; x < piece->x + piece->width; x++) {
      const size_t at = (size_t)y * (size_t)l->width + (size_t)x;
      const float change = share_of(changes[rst_cell_index(cell, cells, x - seen->x, y - seen->y)]);

      if (!l->hole[at])
        continue;
      if (b->level > 0) {
        b->change[at] = change;
        continue;
      }
      float *rgb = mended->rgb + 3 * next++;

      rst_pyramid_enlarge(&b->m->pyramid, 0, x, y, rgb);
      for (int c = 0; c < 3; c++)
        rgb[c] = fminf(fmaxf(rgb[c] + change, 0), 1);
    }
  }
}

/* Luma of what a piece sees, NaN where it is not known; what of it the piece has mended is marked. */
static void take_luma(const batch *b, const rst_rectangle *piece, const rst_rectangle *seen,
                      const float *rgba, float *luma, unsigned char *mended) {
  const rst_level *l = &b->m->pyramid.levels[0];

  for (int y = seen->y; y < seen->y + seen->height; y++) {
    const unsigned char *hole = l->hole + (size_t)y * (size_t)l->width + (size_t)seen->x;

    for (int x = 0; x < seen->width; x++, rgba += 4) {
      *luma++ = hole[x] || !(rgba[3] > 0) ? NAN : rst_luma(rgba[0], rgba[1], rgba[2]);
      *mended++ = 0;
    }
  }
  luma -= (size_t)seen->width * (size_t)seen->height;
  mended -= (size_t)seen->width * (size_t)seen->height;
  for (int y = piece->y; y < piece->y + piece->height; y++) {
    const rst_mended *all = b->m->mended;
    const size_t end = rst_mended_find(all, piece->x + piece->width, y);

    for (size_t i = rst_mended_find(all, piece->x, y); i < end; i++) {
      const size_t at =
        (size_t)(y - seen->y) * (size_t)seen->width + (size_t)(all->columns[i] - seen->x);

      luma[at] = rst_luma(all->rgb[3 * i], all->rgb[3 * i + 1], all->rgb[3 * i + 2]);
      mended[at] = 1;
    }
  }
}

/* The grain that the pixels of a piece lack beside what it sees. `scratch`: four floats for each pixel
 * of the largest piece and what that sees. */
static void add_grain(const batch *b, const rst_rectangle *piece, rst_rectangle seen,
                      const float *rgba, float *scratch) {
  const rst_level *l = &b->m->pyramid.levels[0];
  const int stride = piece->width + 2;
  size_t count;
  unsigned char *mended;
  rst_grain grain;

  seen.width = seen.width < l->width - seen.x ? seen.width : l->width - seen.x;
  seen.height = seen.height < l->height - seen.y ? seen.height : l->height - seen.y;
  count = (size_t)seen.width * (size_t)seen.height;
  mended = (unsigned char *)(scratch + 3 * count);
  take_luma(b, piece, &seen, rgba, scratch, mended);
  rst_grain_measure(scratch, mended, seen.width, seen.height, scratch + count, &grain);
  if (!(grain.amplitude > 0))
    return;
  rst_grain_draw(piece->x - 1, piece->y - 1, stride, piece->height + 2, scratch);
  for (int y = piece->y; y < piece->y + piece->height; y++) {
    rst_mended *all = b->m->mended;
    const size_t end = rst_mended_find(all, piece->x + piece->width, y);

    for (size_t i = rst_mended_find(all, piece->x, y); i < end; i++) {
      const float more =
        rst_grain_at(&grain, scratch, stride, all->columns[i] - piece->x + 1, y - piece->y + 1);

      for (size_t c = 3 * i; c < 3 * i + 3; c++)
        all->rgb[c] = fminf(fmaxf(all->rgb[c] + more, 0), 1);
    }
  }
}

static void run_pieces(void *data, int worker) {
  batch *b = data;
  const rst_level *l = &b->m->pyramid.levels[b->level];
  float *scratch = b->scratch + (size_t)worker * b->worker;

  while (!rst_cancelled(b->m->cancel)) {
    const int i = atomic_fetch_add_explicit(&b->next, 1, memory_order_relaxed);
    rst_rectangle seen, cells;
    const float *changes;

    if (i >= b->count)
      break;
    rst_cells_seen(b->m->chain, &b->pieces[i], l->width, l->height, &seen);
    fill_input(b, b->rgba ? b->rgba + (size_t)i * b->room : NULL, &seen, scratch);
    rst_cells_of(b->m->chain->cell,
                 &(rst_rectangle){b->pieces[i].x - seen.x, b->pieces[i].y - seen.y,
                                  b->pieces[i].width, b->pieces[i].height},
                 &cells);
    changes = rst_chain_run(b->m->chain, scratch, seen.width, seen.height, &cells, b->m->cancel,
                            scratch + RST_MENDER_CHANNELS * b->room / 4);
    if (!changes)
      break;
    take_pixels(b, &b->pieces[i], &seen, &cells, changes);
    if (b->level == 0)
      add_grain(b, &b->pieces[i], seen, b->rgba + (size_t)i * b->room, scratch);
  }
}

static rst_status run_batch(mending *m, batch *b, rst_error *error) {
  atomic_store(&b->next, 0);
  rst_pool_run(m->session->pool, run_pieces, b);
  if (rst_cancelled(m->cancel))
    return rst_fail_cancelled(error);
  for (int i = 0; i < b->count; i++)
    m->done += cost_of(m->chain, &b->pieces[i]);
  if (m->hooks && m->hooks->progress)
    m->hooks->progress(m->hooks->user, RST_PHASE_MENDING, (double)m->done / (double)m->cost);
  return RST_OK;
}

/* ---- the levels ---- */

/* What the holes of a level have before the network adds to it. */
static void fill_level(const rst_pyramid *p, int level) {
  const rst_level *l = &p->levels[level];
  const rst_rectangle *box = &l->holes;

  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++) {
      const size_t at = (size_t)y * (size_t)l->width + (size_t)x;

      if (l->hole[at])
        rst_pyramid_enlarge(p, level, x, y, l->rgb + 3 * at);
    }
}

static void add_change(const rst_level *l, const float *change) {
  const rst_rectangle *box = &l->holes;

  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++) {
      const size_t at = (size_t)y * (size_t)l->width + (size_t)x;

      for (size_t c = 0; c < 3 && l->hole[at]; c++)
        l->rgb[3 * at + c] += change[at];
    }
}

static rst_status mend_level(mending *m, int level, batch *b, rst_error *error) {
  const rst_level *l = &m->pyramid.levels[level];
  rst_status status;

  if (l->holes.width == 0)
    return RST_OK;
  if (level < m->pyramid.count - 1)
    fill_level(&m->pyramid, level);
  b->change = rst_zeros((size_t)l->width * (size_t)l->height, sizeof *b->change);
  if (!b->change)
    return rst_fail_memory(error);
  b->level = level;
  b->pieces = m->pieces[level].all;
  b->count = (int)m->pieces[level].count;
  status = run_batch(m, b, error);
  if (status == RST_OK)
    add_change(l, b->change);
  free(b->change);
  return status;
}

static rst_status mend_pixels(mending *m, batch *b, rst_error *error) {
  const int most = 4 * rst_session_threads(m->session), count = (int)m->pieces[0].count;
  const rst_picture *p = m->picture;
  rst_status status = RST_OK;

  b->level = 0;
  b->rgba = rst_floats((size_t)(count < most ? count : most) * b->room);
  if (!b->rgba)
    return rst_fail_memory(error);
  for (int first = 0; first < count && status == RST_OK; first += most) {
    b->pieces = m->pieces[0].all + first;
    b->count = count - first < most ? count - first : most;
    for (int i = 0; i < b->count && status == RST_OK; i++) {
      rst_rectangle seen;

      rst_cells_seen(m->chain, &b->pieces[i], p->width, p->height, &seen);
      seen.width = seen.width < p->width - seen.x ? seen.width : p->width - seen.x;
      seen.height = seen.height < p->height - seen.y ? seen.height : p->height - seen.y;
      if (!p->read(p->user, seen.x, seen.y, seen.width, seen.height, b->rgba + (size_t)i * b->room))
        status = rst_fail_host(error);
    }
    if (status == RST_OK)
      status = run_batch(m, b, error);
  }
  free(b->rgba);
  return status;
}

static rst_status mend_all(mending *m, rst_error *error) {
  const int side = LARGEST + 2 * m->chain->cell + 2 * m->chain->reach;
  batch b = {.m = m, .room = (size_t)4 * (size_t)side * (size_t)side};
  rst_status status;

  for (int i = 0; i < m->pyramid.count; i++) {
    if (!cut_level(m->chain, &m->pyramid.levels[i], &m->pieces[i]))
      return rst_fail_memory(error);
    m->cost += m->pieces[i].cost;
    want(m, i);
  }
  b.worker = RST_MENDER_CHANNELS * b.room / 4 + rst_chain_scratch(m->chain, side, side);
  b.worker = b.worker > b.room ? b.worker : b.room; /* that is for grain */
  b.scratch = rst_floats((size_t)rst_session_threads(m->session) * b.worker);
  if (!b.scratch)
    return rst_fail_memory(error);
  status = rst_pyramid_read(&m->pyramid, m->picture, m->cancel, error);
  for (int i = m->pyramid.count - 1; i > 0 && status == RST_OK; i--)
    status = mend_level(m, i, &b, error);
  if (status == RST_OK)
    status = mend_pixels(m, &b, error);
  free(b.scratch);
  return status;
}

/* ---- the public call ---- */

rst_status rst_mend(rst_session *session, const rst_mender *mender, const rst_picture *picture,
                    const rst_rectangle *box, const unsigned char *mask, const rst_hooks *hooks,
                    rst_mended **mended, rst_error *error) {
  mending m = {.session = session};
  rst_rectangle whole;
  rst_picture all_picture;
  rst_hooks all_hooks;
  rst_status status;

  if (!session || !mender || !rst_take_picture(&picture, &all_picture) ||
      !rst_complete_hooks(&hooks, &all_hooks) || !mask || !mended ||
      !rst_box_in(picture, &box, &whole))
    return rst_fail_call(error, "rst_mend");
  m.chain = &mender->chain;
  m.picture = picture;
  m.hooks = hooks;
  m.cancel = hooks ? hooks->cancel : NULL;
  status = rst_mended_new(box, mask, &m.mended, error);
  if (status != RST_OK)
    return status;
  if (rst_mended_count(m.mended) > 0) {
    status = rst_pyramid_new(picture, box, mask, &m.pyramid, error);
    if (status == RST_OK)
      status = mend_all(&m, error);
    rst_pyramid_clear(&m.pyramid);
  }
  for (int i = 0; i < RST_PYRAMID_LEVELS; i++)
    free(m.pieces[i].all);
  if (status == RST_OK)
    *mended = m.mended;
  else
    rst_mended_free(m.mended);
  return status;
}
