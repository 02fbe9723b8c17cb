/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds damage: the finder says of each pixel how sure it is. The picture is cut into tiles of a
 * grid that begins at its corner; with the margin that the network looks at round each of them, a
 * pixel's value is the same whatever the tile. What is wide or soft is found in the picture at a
 * quarter and at half of its density first, whose values are enlarged; the surest one counts. Lost
 * areas, torn corners and stains, which fine marks' surroundings would hide, are found by a chain of
 * their own in the whole picture, shrunk, less sure below faces.
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
#include "photo/bodies.h"
#include "photo/sureness.h"
#include "photo/plane.h"
#include "photo/surround.h"
#include "region/parts.h"

enum {
  TILE = 384, /* samples a side: a multiple of every cell */
  LEAST = 96  /* samples on the longer side of a shrunk picture that is worth a look */
};

/* By how much the odds' logarithm of what is found in a shrunk picture is lowered: more of it is the
 * picture's own. */
static const double shrunk_doubt = 1;

/* How much less sure than the file's threshold has to be what no sensitivity takes for damage. */
static const double unsure = 6;

/* ---- cells ---- */

/* One axis. */
static void see(const rst_chain *chain, int from, int size, int length, int *first, int *count) {
  const int cell = chain->cell;
  const int begin = from / cell * cell - chain->reach;
  const int end = (from + size + cell - 1) / cell * cell + chain->reach;
  const int limit = (length + cell - 1) / cell * cell;

  *first = begin > 0 ? begin : 0;
  *count = (end < limit ? end : limit) - *first;
}

/* The whole cells that hold a rectangle of samples, with what the chain looks at round them, as far
 * as a map of `width` × `height` reaches, whose last cells may reach beyond it. */
static void get_seen(const rst_chain *chain, const rst_rectangle *wanted, int width, int height,
                     rst_rectangle *seen) {
  see(chain, wanted->x, wanted->width, width, &seen->x, &seen->width);
  see(chain, wanted->y, wanted->height, height, &seen->y, &seen->height);
}

/* The cells of a last map, whose first one is at a multiple of the cell's size, that hold a
 * rectangle. */
static void get_cells(int cell, const rst_rectangle *wanted, rst_rectangle *cells) {
  cells->x = wanted->x / cell;
  cells->y = wanted->y / cell;
  cells->width = (wanted->x + wanted->width - 1) / cell + 1 - cells->x;
  cells->height = (wanted->y + wanted->height - 1) / cell + 1 - cells->y;
}

/* The index of sample (x, y) among `cells` that have a value for each of their samples. */
static inline size_t cell_index(int cell, const rst_rectangle *cells, int x, int y) {
  return (((size_t)(y / cell - cells->y) * (size_t)cells->width + (size_t)(x / cell - cells->x)) *
            (size_t)cell +
          (size_t)(y % cell)) *
           (size_t)cell +
         (size_t)(x % cell);
}

/* ---- one density ---- */

/* A row of tiles. */
typedef struct {
  const rst_chain *chain;
  const rst_cancel *cancel;
  const rst_plane *plane;
  const rst_rectangle *wanted; /* samples */
  unsigned char *found; /* of the wanted ones */
  int top, bottom; /* of them, in this row of tiles */
  int first, last; /* tiles */
  float *scratch; /* of each worker: the tile, then the chain's */
  size_t tile, worker; /* floats */
  atomic_int next;
} tile_row;

static void run_tile(tile_row *row, int number, float *scratch) {
  const rst_chain *chain = row->chain;
  const int left = number * TILE > row->wanted->x ? number * TILE : row->wanted->x;
  const int end = row->wanted->x + row->wanted->width;
  const int right = (number + 1) * TILE < end ? (number + 1) * TILE : end;
  const rst_rectangle wanted = {left, row->top, right - left, row->bottom - row->top};
  rst_rectangle seen, cells;
  const float *odds;

  get_seen(chain, &wanted, row->plane->full_width, row->plane->full_height, &seen);
  get_cells(chain->cell,
            &(rst_rectangle){left - seen.x, row->top - seen.y, wanted.width, wanted.height},
            &cells);
  rst_plane_copy(row->plane, &seen, scratch);
  odds = rst_chain_run(chain, scratch, seen.width, seen.height, &cells, row->cancel,
                       scratch + row->tile);
  if (!odds)
    return;
  for (int y = row->top; y < row->bottom; y++) {
    unsigned char *to = row->found + (size_t)(y - row->wanted->y) * (size_t)row->wanted->width +
                        (left - row->wanted->x);

    const float *luma = rst_plane_at(row->plane, left, y);

    for (int x = left; x < right; x++, to++, luma++) {
      const float here = odds[cell_index(chain->cell, &cells, x - seen.x, y - seen.y)];

      *to = isnan(*luma) ? 0 : rst_to_byte((double)here);
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
  const rst_picture *picture;
  const rst_hooks *hooks;
  double begin, share; /* of the progress */
} search;

/* One look at the picture. */
typedef struct {
  const rst_chain *chain;
  int factor; /* pixels of a sample's side */
  bool areas; /* lost ones, of which the surest count; else what stands out from what is found round
               * it */
  double doubt; /* by which the odds' logarithm is lowered */
  double least; /* of areas, the odds' logarithm from which on they are found */
} look;

static void report(const search *s, double part) {
  if (s->hooks && s->hooks->progress)
    s->hooks->progress(s->hooks->user, RST_PHASE_FINDING, s->begin + part * s->share);
}

/* Asks the chain of the wanted samples: `found` (height, width), 0 where they are transparent. */
static rst_status run_chain(const search *s, const look *l, const rst_rectangle *wanted,
                            unsigned char *found, rst_error *error) {
  const rst_chain *chain = l->chain;
  const int side = TILE + 2 * chain->reach, end = wanted->y + wanted->height;
  tile_row row = {.chain = chain,
                  .cancel = s->hooks ? s->hooks->cancel : NULL,
                  .wanted = wanted,
                  .found = found,
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
    rst_plane_size(s->picture, l->factor, &plane);
    get_seen(chain, &(rst_rectangle){wanted->x, row.top, wanted->width, row.bottom - row.top},
             plane.full_width, plane.full_height, &seen);
    status = rst_plane_read(s->picture, l->factor, &seen, row.cancel, &plane, error);
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

/* Raises `sure` (height, width), of the wanted samples, to what is found and stands out from what is
 * found round it; 0 where they are transparent. */
static rst_status search_suppressed(const search *s, const look *l, const rst_rectangle *wanted,
                                    unsigned char *sure, rst_error *error) {
  rst_plane plane;
  rst_rectangle around;
  unsigned char *found;
  rst_status status;

  rst_plane_size(s->picture, l->factor, &plane);
  rst_surround(wanted, plane.full_width, plane.full_height, &around);
  found = rst_zeros((size_t)around.width * (size_t)around.height, 1);
  if (!found)
    return rst_fail_memory(error);
  status = run_chain(s, l, &around, found, error);
  if (status == RST_OK)
    status = rst_suppress(found, &around, wanted, s->hooks ? s->hooks->cancel : NULL, sure, error);
  free(found);
  return status;
}

/* ---- shrunk ---- */

/* Where a pixel lies between samples that are `factor` pixels wide: the one before it, and how far
 * beyond that, in halves of a pixel. */
static int before(int factor, int pixel, int *halves) {
  const int at = 2 * pixel + 1 - factor; /* from the middle of sample 0 */
  const int sample = at >= 0 ? at / (2 * factor) : -1;

  *halves = at - sample * 2 * factor;
  return sample;
}

/* Raises `sure` to what is found in a shrunk picture, enlarged bilinearly, until it is cancelled. */
static void enlarge(int factor, const unsigned char *shrunk, const rst_rectangle *from,
                    const rst_cancel *cancel, unsigned char *sure, const rst_rectangle *box) {
  const int whole = 2 * factor;

  for (int y = 0; y < box->height && !rst_cancelled(cancel); y++) {
    int v, u;
    const int row = before(factor, box->y + y, &v) - from->y;
    const unsigned char *above = shrunk + (size_t)(row > 0 ? row : 0) * (size_t)from->width;
    const unsigned char *below =
      shrunk + (size_t)(row + 1 < from->height ? row + 1 : row) * (size_t)from->width;

    for (int x = 0; x < box->width; x++, sure++) {
      const int column = before(factor, box->x + x, &u) - from->x;
      const int left = column > 0 ? column : 0;
      const int right = column + 1 < from->width ? column + 1 : column;
      const int64_t value =
        ((int64_t)(whole - u) * ((whole - v) * above[left] + v * below[left]) +
         (int64_t)u * ((whole - v) * above[right] + v * below[right]) + (int64_t)whole * factor) /
        ((int64_t)whole * whole);

      *sure = value > *sure ? (unsigned char)value : *sure;
    }
  }
}

/* The samples that a box's pixels lie between. */
static void get_samples(const rst_picture *picture, int factor, const rst_rectangle *box,
                        rst_rectangle *to) {
  const int columns = (picture->width + factor - 1) / factor;
  const int rows = (picture->height + factor - 1) / factor;
  int part, right, bottom;

  to->x = before(factor, box->x, &part);
  to->y = before(factor, box->y, &part);
  to->x = to->x > 0 ? to->x : 0;
  to->y = to->y > 0 ? to->y : 0;
  right = before(factor, box->x + box->width - 1, &part) + 2;
  bottom = before(factor, box->y + box->height - 1, &part) + 2;
  to->width = (right < columns ? right : columns) - to->x;
  to->height = (bottom < rows ? bottom : rows) - to->y;
}

static void lower(unsigned char *sure, size_t count, double doubt) {
  unsigned char less[256] = {0};

  for (int byte = 1; byte < 256; byte++)
    less[byte] = rst_to_byte(rst_odds(byte) - doubt);
  for (size_t i = 0; i < count; i++)
    sure[i] = less[sure[i]];
}

static rst_status search_shrunk(const search *s, const look *l, const rst_rectangle *box,
                                unsigned char *sure, rst_error *error) {
  const rst_cancel *cancel = s->hooks ? s->hooks->cancel : NULL;
  rst_rectangle samples;
  unsigned char *shrunk;
  size_t count;
  rst_status status;

  get_samples(s->picture, l->factor, box, &samples);
  count = (size_t)samples.width * (size_t)samples.height;
  shrunk = rst_zeros(count, 1);
  if (!shrunk)
    return rst_fail_memory(error);
  status = l->areas ? run_chain(s, l, &samples, shrunk, error)
                    : search_suppressed(s, l, &samples, shrunk, error);
  if (status == RST_OK)
    lower(shrunk, count, l->doubt);
  if (status == RST_OK && l->areas)
    status = rst_spare_bodies(s->session, s->picture, l->factor, &samples, l->least, s->hooks,
                              shrunk, error);
  if (status == RST_OK) {
    enlarge(l->factor, shrunk, &samples, cancel, sure, box);
    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
  }
  free(shrunk);
  return status;
}

/* ---- all looks ---- */

enum { LOOKS = 4 };

/* The looks that a picture of that longer side is worth: what is shrunk, then its own density. */
static int get_looks(const rst_finder *finder, int longer, look *looks) {
  const rst_areas *areas = &finder->areas;
  int count = 0;

  if (areas->side > 0 && longer >= RST_AREAS_LEAST)
    looks[count++] = (look){.chain = &areas->chain,
                            .factor = (longer + areas->side - 1) / areas->side,
                            .areas = true,
                            .doubt = rst_logit(areas->threshold) - rst_logit(finder->threshold),
                            .least = rst_logit(finder->threshold) - unsure};
  for (int factor = 4; factor > 1; factor /= 2)
    if (longer / factor >= LEAST)
      looks[count++] = (look){.chain = &finder->chain, .factor = factor, .doubt = shrunk_doubt};
  looks[count++] = (look){.chain = &finder->chain, .factor = 1};
  return count;
}

rst_status rst_find_damage(rst_session *session, const rst_finder *finder,
                           const rst_picture *picture, const rst_rectangle *box,
                           const rst_hooks *hooks, unsigned char *sure, rst_error *error) {
  search s = {.session = session};
  look looks[LOOKS];
  rst_rectangle whole;
  rst_picture all_picture;
  rst_hooks all_hooks;
  rst_status status = RST_OK;
  int count;

  if (!session || !finder || finder->finds != RST_FINDS_DAMAGE ||
      !rst_take_picture(&picture, &all_picture) || !rst_complete_hooks(&hooks, &all_hooks) ||
      !sure || !rst_box_in(picture, &box, &whole))
    return rst_fail_call(error, "rst_find_damage");
  s.picture = picture;
  s.hooks = hooks;
  memset(sure, 0, (size_t)box->width * (size_t)box->height);
  count =
    get_looks(finder, picture->width > picture->height ? picture->width : picture->height, looks);
  for (int i = 0; i < count - 1 && status == RST_OK; i++) {
    s.share = 0.75 / (looks[i].factor * looks[i].factor);
    status = search_shrunk(&s, &looks[i], box, sure, error);
    s.begin += s.share;
  }
  s.share = 1 - s.begin;
  return status == RST_OK ? search_suppressed(&s, &looks[count - 1], box, sure, error) : status;
}
