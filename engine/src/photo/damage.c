/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds damage: the finder says of each pixel how sure it is. The picture is cut into tiles of a
 * grid that begins at its corner; with the margin that the network looks at round each of them, a
 * pixel's value is the same whatever the tile. What is wide is found in the picture at a quarter of
 * its density first, whose values are enlarged; the surer one counts.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/finder.h"
#include "photo/samples.h"
#include "region/parts.h"

enum {
  TILE = 384,    /* samples a side: a multiple of every cell */
  QUARTER = 4,   /* pixels a side of a sample of the shrunk picture … */
  LARGE = 768    /* … which is looked at where the longer side has so many */
};

/* ---- one density ---- */

/* A row of tiles. */
typedef struct {
  const rst_finder *finder;
  const rst_cancel *cancel;
  const rst_plane *plane;
  const rst_rectangle *wanted; /* samples */
  unsigned char *sure;         /* of the wanted ones */
  int top, bottom;             /* of them, in this row of tiles */
  int first, last;             /* tiles */
  float *scratch;              /* of each worker: the tile, then the chain's */
  size_t tile, worker;         /* floats */
  atomic_int next;
} tile_row;

static unsigned char to_byte(float odds) {
  return (unsigned char)(rst_sureness((double)odds) + 0.5);
}

static void run_tile(tile_row *row, int number, float *scratch) {
  const rst_chain *chain = &row->finder->chain;
  const int left = number * TILE > row->wanted->x ? number * TILE : row->wanted->x;
  const int end = row->wanted->x + row->wanted->width;
  const int right = (number + 1) * TILE < end ? (number + 1) * TILE : end;
  const rst_rectangle wanted = {left, row->top, right - left, row->bottom - row->top};
  rst_rectangle seen, cells;
  const float *odds;

  rst_cells_seen(chain, &wanted, row->plane->full_width, row->plane->full_height, &seen);
  rst_cells_of(chain->cell,
               &(rst_rectangle){left - seen.x, row->top - seen.y, wanted.width, wanted.height},
               &cells);
  rst_plane_copy(row->plane, &seen, 1, scratch);
  odds = rst_chain_run(chain, scratch, seen.width, seen.height, &cells, row->cancel,
                       scratch + row->tile);
  if (!odds)
    return;
  for (int y = row->top; y < row->bottom; y++) {
    unsigned char *to = row->sure + (size_t)(y - row->wanted->y) * (size_t)row->wanted->width +
                        (left - row->wanted->x);

    const float *luma = rst_plane_at(row->plane, left, y);

    for (int x = left; x < right; x++, to++, luma++) {
      const unsigned char share =
        to_byte(odds[rst_cell_index(chain->cell, &cells, x - seen.x, y - seen.y)]);

      *to = isnan(*luma) ? 0 : share > *to ? share : *to;
    }
  }
}

static void run_tiles(void *data, int worker) {
  tile_row *row = data;

  while (!rst_cancelled(row->cancel)) {
    const int number = atomic_fetch_add_explicit(&row->next, 1, memory_order_relaxed);

    if (number > row->last)
      break;
    run_tile(row, number, row->scratch + (size_t)worker * row->worker);
  }
}

typedef struct {
  rst_session *session;
  const rst_finder *finder;
  const rst_picture *picture;
  const rst_hooks *hooks;
  double begin, share; /* of the progress */
} search;

static void report(const search *s, double part) {
  if (s->hooks && s->hooks->progress)
    s->hooks->progress(s->hooks->user, RST_PHASE_FINDING, s->begin + part * s->share);
}

/* Raises `sure` (height, width), of the wanted samples, each `factor` pixels wide, to what is found; 0
 * where they are transparent. */
static rst_status search_density(const search *s, int factor, const rst_rectangle *wanted,
                                 unsigned char *sure, rst_error *error) {
  const rst_chain *chain = &s->finder->chain;
  const int side = TILE + 2 * chain->reach, end = wanted->y + wanted->height;
  tile_row row = {.finder = s->finder,
                  .cancel = s->hooks ? s->hooks->cancel : NULL,
                  .wanted = wanted,
                  .sure = sure,
                  .first = wanted->x / TILE,
                  .last = (wanted->x + wanted->width - 1) / TILE,
                  .tile = (size_t)side * (size_t)side};
  rst_status status = RST_OK;

  row.worker = row.tile + rst_chain_scratch(chain, side, side);
  row.scratch = rst_floats((size_t)rst_session_threads(s->session) * row.worker);
  if (!row.scratch)
    return rst_fail_memory(error);
  for (row.top = wanted->y; row.top < end && status == RST_OK; row.top = row.bottom) {
    rst_rectangle seen;
    rst_plane plane;

    row.bottom = (row.top / TILE + 1) * TILE < end ? (row.top / TILE + 1) * TILE : end;
    rst_plane_size(s->picture, factor, &plane);
    rst_cells_seen(chain, &(rst_rectangle){wanted->x, row.top, wanted->width, row.bottom - row.top},
                   plane.full_width, plane.full_height, &seen);
    status = rst_plane_read(s->picture, factor, &seen, row.cancel, &plane, error);
    if (status == RST_OK) {
      row.plane = &plane;
      atomic_store(&row.next, row.first);
      rst_pool_run(s->session->pool, run_tiles, &row);
      if (rst_cancelled(row.cancel))
        status = rst_fail_cancelled(error);
      else
        report(s, (double)(row.bottom - wanted->y) / wanted->height);
    }
    rst_plane_clear(&plane);
  }
  free(row.scratch);
  return status;
}

/* ---- the quarter ---- */

/* Where a pixel lies between samples: the one before it, and how far beyond that, in eighths. */
static int before(int pixel, int *eighths) {
  const int at = 2 * pixel + 1 - QUARTER; /* in halves of a pixel, from the middle of sample 0 */
  const int sample = at >= 0 ? at / (2 * QUARTER) : -1;

  *eighths = at - sample * 2 * QUARTER;
  return sample;
}

/* Enlarges bilinearly. */
static void enlarge(const unsigned char *shrunk, const rst_rectangle *from, unsigned char *sure,
                    const rst_rectangle *box) {
  for (int y = 0; y < box->height; y++) {
    int v, u;
    const int row = before(box->y + y, &v) - from->y;
    const unsigned char *above = shrunk + (size_t)(row > 0 ? row : 0) * (size_t)from->width;
    const unsigned char *below =
      shrunk + (size_t)(row + 1 < from->height ? row + 1 : row) * (size_t)from->width;

    for (int x = 0; x < box->width; x++, sure++) {
      const int column = before(box->x + x, &u) - from->x;
      const int left = column > 0 ? column : 0;
      const int right = column + 1 < from->width ? column + 1 : column;
      const int value = ((8 - u) * ((8 - v) * above[left] + v * below[left]) +
                         u * ((8 - v) * above[right] + v * below[right]) + 32) /
                        64;

      *sure = (unsigned char)value;
    }
  }
}

/* The samples that a box's pixels lie between. */
static void get_samples(const rst_picture *picture, const rst_rectangle *box, rst_rectangle *to) {
  const int columns = (picture->width + QUARTER - 1) / QUARTER;
  const int rows = (picture->height + QUARTER - 1) / QUARTER;
  int part, right, bottom;

  to->x = before(box->x, &part);
  to->y = before(box->y, &part);
  to->x = to->x > 0 ? to->x : 0;
  to->y = to->y > 0 ? to->y : 0;
  right = before(box->x + box->width - 1, &part) + 2;
  bottom = before(box->y + box->height - 1, &part) + 2;
  to->width = (right < columns ? right : columns) - to->x;
  to->height = (bottom < rows ? bottom : rows) - to->y;
}

static rst_status search_quarter(const search *s, const rst_rectangle *box, unsigned char *sure,
                                 rst_error *error) {
  rst_rectangle samples;
  unsigned char *shrunk;
  rst_status status;

  get_samples(s->picture, box, &samples);
  shrunk = rst_zeros((size_t)samples.width * (size_t)samples.height, 1);
  if (!shrunk)
    return rst_fail_memory(error);
  status = search_density(s, QUARTER, &samples, shrunk, error);
  if (status == RST_OK)
    enlarge(shrunk, &samples, sure, box);
  free(shrunk);
  return status;
}

/* ---- the public call ---- */

rst_status rst_find_damage(rst_session *session, const rst_finder *finder,
                           const rst_picture *picture, const rst_rectangle *box,
                           const rst_hooks *hooks, unsigned char *sure, rst_error *error) {
  search s = {.session = session, .finder = finder, .share = 1};
  rst_rectangle whole;
  rst_picture all_picture;
  rst_hooks all_hooks;
  rst_status status = RST_OK;

  if (!session || !finder || finder->finds != RST_FINDS_DAMAGE ||
      !rst_take_picture(&picture, &all_picture) || !rst_complete_hooks(&hooks, &all_hooks) ||
      !sure || !rst_box_in(picture, &box, &whole))
    return rst_fail_call(error, "rst_find_damage");
  s.picture = picture;
  s.hooks = hooks;
  memset(sure, 0, (size_t)box->width * (size_t)box->height);
  if ((picture->width > picture->height ? picture->width : picture->height) >= LARGE) {
    s.share = 1.0 / (QUARTER * QUARTER + 1);
    status = search_quarter(&s, box, sure, error);
    s.begin = s.share;
    s.share = 1 - s.begin;
  }
  return status == RST_OK ? search_density(&s, 1, box, sure, error) : status;
}

/* ---- the mask ---- */

/* Odds by which the threshold changes from one end of the sensitivity to the other, and by which a
 * pixel may be less sure that joins sure ones; logarithms. */
static const double sensitivity_odds = 8, weak_odds = 1.5;

/* The least of the bytes that is above a threshold. */
static int least(double odds) {
  const int value = (int)ceil(rst_sureness(odds));

  return value > 1 ? value : 1;
}

/* The neighbours of a pixel. */
static const int across[8] = {-1, 0, 1, -1, 1, -1, 0, 1}, down[8] = {-1, -1, -1, 0, 0, 1, 1, 1};

enum {
  FOUND = 255,
  BESIDE = 254,
  BACK = 1
}; /* mask values; BACK + i: on the way, from neighbour i */

/* All weak pixels that join a sure one. The way back lies in the mask while it is gone, so that no
 * memory is needed. */
static void follow(const unsigned char *sure, int width, int height, int weak, int x, int y,
                   unsigned char *mask) {
  int next = 0;

  mask[(size_t)y * (size_t)width + (size_t)x] = BACK + 8; /* the way ends here */
  while (true) {
    unsigned char *here = &mask[(size_t)y * (size_t)width + (size_t)x];

    for (; next < 8; next++) {
      const int u = x + across[next], v = y + down[next];
      const size_t at = (size_t)v * (size_t)width + (size_t)u;

      if (u >= 0 && v >= 0 && u < width && v < height && mask[at] == 0 && sure[at] >= weak) {
        mask[at] = (unsigned char)(BACK + 7 - next); /* the neighbour opposite */
        x = u;
        y = v;
        break;
      }
    }
    if (next < 8) {
      next = 0;
      continue;
    }
    const int back = *here - BACK;

    *here = FOUND;
    if (back == 8)
      return;
    x += across[back];
    y += down[back];
    next = 7 - back + 1;
  }
}

static void grow(int width, int height, unsigned char *mask) {
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      if (mask[(size_t)y * (size_t)width + (size_t)x] != FOUND)
        continue;
      for (int i = 0; i < 8; i++) {
        const int u = x + across[i], v = y + down[i];

        if (u >= 0 && v >= 0 && u < width && v < height &&
            mask[(size_t)v * (size_t)width + (size_t)u] == 0)
          mask[(size_t)v * (size_t)width + (size_t)u] = BESIDE;
      }
    }
  for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
    mask[i] = mask[i] == 0 ? 0 : FOUND;
}

void rst_damage_mask(const rst_finder *finder, const unsigned char *sure, int width, int height,
                     double sensitivity, unsigned char *mask) {
  const double odds = log(finder->threshold / (1 - finder->threshold)) +
                      (0.5 - fmin(fmax(sensitivity, 0), 1)) * sensitivity_odds;
  const int strong = least(odds), weak = least(odds - weak_odds);

  memset(mask, 0, (size_t)width * (size_t)height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const size_t at = (size_t)y * (size_t)width + (size_t)x;

      if (sure[at] >= strong && mask[at] == 0)
        follow(sure, width, height, weak, x, y, mask);
    }
  grow(width, height, mask);
}
