/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mends holes, level by level of a pyramid, from the coarsest on: a hole gets what the coarser level
 * has, and that settles into what is round it. Level 0, which is not held whole, is mended in pieces:
 * rectangles round the holes, with the margin that settling looks at, so that how they are cut changes
 * no bit.
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
#include "photo/follow.h"
#include "photo/grain.h"
#include "photo/holes.h"
#include "photo/mended.h"
#include "photo/pyramid.h"
#include "photo/relax.h"
#include "region/parts.h"

/* ---- pieces of level 0 ---- */

enum {
  LARGEST = 256,
  SMALLEST = 8, /* pixels a side of a piece */
  MARGIN =
    RST_FOLLOW_ROUNDS + RST_FOLLOW_SEEN + RST_RELAX_REACH /* what it sees beyond itself, at most */
};

typedef struct {
  size_t count, capacity;
  rst_rectangle *all; /* of holes, without the margin */
  int64_t cost; /* pixels that they see, the work of settling and grain */
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

/* What a piece sees, within the level: what lines are followed through, and what that settles by. */
static rst_rectangle seen_by(const rst_level *l, const rst_rectangle *piece) {
  const rst_rectangle near = rst_follow_sees(l->hole, l->width, l->height, piece);
  const int left = near.x > RST_RELAX_REACH ? near.x - RST_RELAX_REACH : 0;
  const int top = near.y > RST_RELAX_REACH ? near.y - RST_RELAX_REACH : 0;
  const int right = near.x + near.width + RST_RELAX_REACH;
  const int bottom = near.y + near.height + RST_RELAX_REACH;

  return (rst_rectangle){left, top, (right < l->width ? right : l->width) - left,
                         (bottom < l->height ? bottom : l->height) - top};
}

static int64_t cost_of(const rst_level *l, const rst_rectangle *piece) {
  const rst_rectangle seen = seen_by(l, piece);

  return (int64_t)seen.width * seen.height;
}

/* Adds the holes of a square, as one piece or as those of its quarters, whichever is less work, which
 * is added to the cost. */
static bool cut(const rst_level *l, int x, int y, int side, pieces *p) {
  const size_t count = p->count;
  const int64_t cost = p->cost;
  rst_rectangle box;
  int64_t whole;

  if (!rst_find_holes(l->hole, l->width, &l->holes, x, y, side, &box))
    return true;
  whole = cost_of(l, &box);
  if (side > SMALLEST) {
    const int half = side / 2;

    for (int i = 0; i < 4; i++)
      if (!cut(l, x + i % 2 * half, y + i / 2 * half, half, p))
        return false;
    if (p->cost - cost < whole)
      return true;
  }
  p->count = count;
  p->cost = cost + whole;
  return add_piece(p, &box);
}

static bool cut_level(const rst_level *l, pieces *p) {
  const rst_rectangle *box = &l->holes;

  for (int y = box->y / LARGEST * LARGEST; y < box->y + box->height; y += LARGEST)
    for (int x = box->x / LARGEST * LARGEST; x < box->x + box->width; x += LARGEST)
      if (!cut(l, x, y, LARGEST, p))
        return false;
  return true;
}

/* ---- the work ---- */

typedef struct {
  rst_session *session;
  const rst_picture *picture;
  const rst_hooks *hooks;
  const rst_cancel *cancel;
  rst_pyramid pyramid;
  pieces pieces;
  int64_t done; /* of the pieces' cost */
  rst_mended *mended;
} mending;

/* Some pieces, on all threads. */
typedef struct {
  const mending *m;
  const rst_rectangle *pieces;
  int count;
  float *rgba; /* the pixels that each sees, `room` apart */
  float *scratch; /* of each worker */
  size_t room, worker; /* floats */
  atomic_int next;
} batch;

/* What a piece sees, its holes filled. */
typedef struct {
  float *rgb; /* (height, width, 3) */
  unsigned char *hole; /* (height, width): RST_HOLE where it is to be filled; or TRANSPARENT */
  float *work;
} settled;

enum { TRANSPARENT = 2 };

/* Floats of scratch for a map with so many holes. */
static size_t work_size(size_t holes) {
  const size_t relaxing = rst_relax_scratch(holes), following = rst_follow_scratch(holes);

  return relaxing > following ? relaxing : following;
}

/* Floats. */
static size_t settled_size(size_t pixels) {
  return 3 * pixels + pixels / 4 + work_size(pixels);
}

static settled settled_in(size_t pixels, float *scratch) {
  return (settled){scratch, (unsigned char *)(scratch + 3 * pixels),
                   scratch + 3 * pixels + pixels / 4};
}

static void settle(const mending *m, const float *rgba, const rst_rectangle *piece,
                   const rst_rectangle *seen, settled *s) {
  const rst_level *l = &m->pyramid.levels[0];
  const rst_rectangle all = {0, 0, seen->width, seen->height};
  const rst_rectangle wanted = {piece->x - seen->x, piece->y - seen->y, piece->width,
                                piece->height};
  float *rgb = s->rgb;
  unsigned char *hole = s->hole;

  for (int y = seen->y; y < seen->y + seen->height; y++)
    for (int x = seen->x; x < seen->x + seen->width; x++, rgb += 3, rgba += 4) {
      *hole = l->hole[(size_t)y * (size_t)l->width + (size_t)x] ? RST_HOLE
              : rgba[3] > 0                                     ? 0
                                                                : TRANSPARENT;
      if (*hole++)
        rst_pyramid_enlarge(&m->pyramid, 0, x, y, rgb);
      else
        for (int c = 0; c < 3; c++)
          rgb[c] = fminf(fmaxf(rgba[c], 0), 1);
    }
  rst_relax(s->rgb, s->hole, seen->width, seen->height, &all, m->cancel, s->work);
  rst_follow(s->rgb, s->hole, seen->width, seen->height, &wanted, m->cancel, s->work);
}

static void take_pixels(const mending *m, const rst_rectangle *piece, const rst_rectangle *seen,
                        const settled *s) {
  const rst_level *l = &m->pyramid.levels[0];

  for (int y = piece->y; y < piece->y + piece->height; y++) {
    float *rgb = m->mended->rgb + 3 * rst_mended_find(m->mended, piece->x, y);

    for (int x = piece->x; x < piece->x + piece->width; x++) {
      const float *from =
        s->rgb + 3 * ((size_t)(y - seen->y) * (size_t)seen->width + (size_t)(x - seen->x));

      if (!l->hole[(size_t)y * (size_t)l->width + (size_t)x])
        continue;
      for (int c = 0; c < 3; c++)
        rgb[c] = fminf(fmaxf(from[c], 0), 1);
      rgb += 3;
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
static void add_grain(const batch *b, const rst_rectangle *piece, const rst_rectangle *seen,
                      const float *rgba, float *scratch) {
  const int stride = piece->width + 2;
  size_t count;
  unsigned char *mended;
  rst_grain grain;

  count = (size_t)seen->width * (size_t)seen->height;
  mended = (unsigned char *)(scratch + 3 * count);
  take_luma(b, piece, seen, rgba, scratch, mended);
  rst_grain_measure(scratch, mended, seen->width, seen->height, scratch + count, &grain);
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
  float *scratch = b->scratch + (size_t)worker * b->worker;
  settled s = settled_in(b->room / 4, scratch);

  while (!rst_cancelled(b->m->cancel)) {
    const int i = atomic_fetch_add_explicit(&b->next, 1, memory_order_relaxed);
    const float *rgba;
    rst_rectangle seen;

    if (i >= b->count)
      break;
    rgba = b->rgba + (size_t)i * b->room;
    seen = seen_by(&b->m->pyramid.levels[0], &b->pieces[i]);
    settle(b->m, rgba, &b->pieces[i], &seen, &s);
    take_pixels(b->m, &b->pieces[i], &seen, &s);
    add_grain(b, &b->pieces[i], &seen, rgba, scratch);
  }
}

static rst_status run_batch(mending *m, batch *b, rst_error *error) {
  atomic_store(&b->next, 0);
  rst_pool_run(m->session->pool, run_pieces, b);
  if (rst_cancelled(m->cancel))
    return rst_fail_cancelled(error);
  for (int i = 0; i < b->count; i++)
    m->done += cost_of(&m->pyramid.levels[0], &b->pieces[i]);
  if (m->hooks && m->hooks->progress)
    m->hooks->progress(m->hooks->user, RST_PHASE_MENDING, (double)m->done / (double)m->pieces.cost);
  return RST_OK;
}

/* ---- the levels ---- */

/* Fills the holes of a level that is held whole. */
static rst_status mend_level(const mending *m, int level, rst_error *error) {
  const rst_level *l = &m->pyramid.levels[level];
  const rst_rectangle *box = &l->holes;
  size_t holes = 0;
  float *scratch;

  if (box->width == 0 || level == m->pyramid.count - 1)
    return RST_OK;
  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++) {
      const size_t at = (size_t)y * (size_t)l->width + (size_t)x;

      if (l->hole[at]) {
        rst_pyramid_enlarge(&m->pyramid, level, x, y, l->rgb + 3 * at);
        holes++;
      }
    }
  scratch = rst_floats(work_size(holes));
  if (!scratch)
    return rst_fail_memory(error);
  rst_relax(l->rgb, l->hole, l->width, l->height, box, m->cancel, scratch);
  rst_follow(l->rgb, l->hole, l->width, l->height, box, m->cancel, scratch);
  free(scratch);
  return rst_cancelled(m->cancel) ? rst_fail_cancelled(error) : RST_OK;
}

static rst_status mend_pixels(mending *m, batch *b, rst_error *error) {
  const int most = 4 * rst_session_threads(m->session), count = (int)m->pieces.count;
  const rst_picture *p = m->picture;
  rst_status status = RST_OK;

  b->rgba = rst_floats((size_t)(count < most ? count : most) * b->room);
  if (!b->rgba)
    return rst_fail_memory(error);
  for (int first = 0; first < count && status == RST_OK; first += most) {
    b->pieces = m->pieces.all + first;
    b->count = count - first < most ? count - first : most;
    for (int i = 0; i < b->count && status == RST_OK; i++) {
      const rst_rectangle seen = seen_by(&m->pyramid.levels[0], &b->pieces[i]);

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
  const int side = LARGEST + 2 * MARGIN;
  batch b = {.m = m, .room = (size_t)4 * (size_t)side * (size_t)side};
  rst_status status;

  if (!cut_level(&m->pyramid.levels[0], &m->pieces))
    return rst_fail_memory(error);
  b.worker = settled_size(b.room / 4); /* grain needs less */
  b.scratch = rst_floats((size_t)rst_session_threads(m->session) * b.worker);
  if (!b.scratch)
    return rst_fail_memory(error);
  status = rst_pyramid_read(&m->pyramid, m->picture, m->cancel, error);
  for (int i = m->pyramid.count - 1; i > 0 && status == RST_OK; i--)
    status = mend_level(m, i, error);
  if (status == RST_OK)
    status = mend_pixels(m, &b, error);
  free(b.scratch);
  return status;
}

/* ---- the public call ---- */

rst_status rst_mend(rst_session *session, const rst_picture *picture, const rst_rectangle *box,
                    const unsigned char *mask, const rst_hooks *hooks, rst_mended **mended,
                    rst_error *error) {
  mending m = {.session = session};
  rst_rectangle whole;
  rst_picture all_picture;
  rst_hooks all_hooks;
  rst_status status;

  if (!session || !rst_take_picture(&picture, &all_picture) ||
      !rst_complete_hooks(&hooks, &all_hooks) || !mask || !mended ||
      !rst_box_in(picture, &box, &whole))
    return rst_fail_call(error, "rst_mend");
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
  free(m.pieces.all);
  if (status == RST_OK)
    *mended = m.mended;
  else
    rst_mended_free(m.mended);
  return status;
}
