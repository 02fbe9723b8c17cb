/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What colour hints come to at each cell of a guide, and at each pixel (after Yatziv and Sapiro 2006,
 * Fast image and video colorization using chrominance blending).
 *
 * A hint at distance d of its reach r counts (1 − (d/r)²)², and so much of the network's colour goes
 * as the nearest hint counts. Among themselves hints share by that over d²: each has its own colour
 * where it was put. A pin has a share and no colour, so there the network keeps as much.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "region/colour.h"
#include "region/hint_guide.h"

/* Of a cell: how much of the network's chroma goes, and the a* and b* that come. */
typedef struct {
  float gone, a, b;
} cell;

struct rst_hint_field {
  const rst_hint_guide *guide;
  rst_hint_guide *own; /* the guide, where it was read for this field */
  cell *cells; /* (height, width) of the guide; NULL: no hint lies in it */
};

/* A distance, in sides of the window, at which a hint's share stops to grow. */
static const float nearest = 1e-3f;
/* A difference of luma, 0…100, at which a cell counts a quarter for a pixel of it. */
static const float luma_scale = 8;

/* ---- the hints, in an order that is theirs ---- */

static int compare_numbers(double a, double b) {
  return (a > b) - (a < b);
}

static int compare_hints(const void *first, const void *second) {
  const rst_hint *a = first, *b = second;
  int order = compare_numbers(a->y, b->y);

  if (order == 0)
    order = compare_numbers(a->x, b->x);
  if (order == 0)
    order = compare_numbers(a->keep, b->keep);
  for (int c = 0; c < 3 && order == 0; c++)
    order = compare_numbers(a->rgb[c], b->rgb[c]);
  return order == 0 ? compare_numbers(a->reach, b->reach) : order;
}

/* The cell that a hint lies in; false outside of the guide. */
static bool find_cell(const rst_hint_guide *g, const rst_hint *hint, int *x, int *y) {
  if (hint->x < g->x || hint->y < g->y)
    return false;
  *x = (hint->x - g->x) / g->factor;
  *y = (hint->y - g->y) / g->factor;
  return *x < g->terrain.width && *y < g->terrain.height;
}

/* ---- distances and their sums ---- */

/* A hint, the cells that it may reach, and its distances there. */
typedef struct {
  const rst_hint *hint;
  int box[4];
  float *distance;
} reaching;

/* Sums over the hints at a cell. */
typedef struct {
  float most;                   /* how much the nearest hint counts */
  float shares, coloured, a, b; /* of all; of those with a colour; their colours by share */
} sums;

typedef struct {
  const rst_hint_guide *guide;
  const rst_cancel *cancel;
  reaching *hints; /* measured at once, one on each thread */
  int count;
} measuring;

static void reach_out(const rst_hint_guide *g, const rst_hint *hint, reaching *r) {
  const double cells = hint->reach * g->window.side / g->factor;
  const int radius = cells < RST_GUIDE_SIDE ? (int)cells + 1 : RST_GUIDE_SIDE;
  int x = 0, y = 0, right, bottom;

  find_cell(g, hint, &x, &y);
  r->hint = hint;
  r->box[0] = x > radius ? x - radius : 0;
  r->box[1] = y > radius ? y - radius : 0;
  right = x + radius < g->terrain.width ? x + radius + 1 : g->terrain.width;
  bottom = y + radius < g->terrain.height ? y + radius + 1 : g->terrain.height;
  r->box[2] = right - r->box[0];
  r->box[3] = bottom - r->box[1];
  for (size_t i = 0; i < (size_t)r->box[2] * (size_t)r->box[3]; i++)
    r->distance[i] = INFINITY;
  r->distance[(size_t)(y - r->box[1]) * (size_t)r->box[2] + (size_t)(x - r->box[0])] = 0;
}

static void measure(void *data, int worker) {
  const measuring *m = data;

  if (worker < m->count)
    rst_geodesic(&m->guide->terrain, m->hints[worker].box, m->hints[worker].distance, m->cancel);
}

static void add_hint(const rst_hint_guide *g, const reaching *r, sums *all) {
  const float reach = (float)r->hint->reach;
  const float *distance = r->distance;
  double lab[3];

  rst_to_lab(r->hint->rgb, lab);
  for (int y = 0; y < r->box[3]; y++) {
    sums *s = all + (size_t)(r->box[1] + y) * (size_t)g->terrain.width + (size_t)r->box[0];

    for (int x = 0; x < r->box[2]; x++, s++, distance++) {
      const float part = *distance / reach, left = 1 - part * part;
      float counts, share;

      if (!(left > 0))
        continue;
      counts = left * left;
      share = counts / (*distance * *distance + nearest * nearest);
      s->most = counts > s->most ? counts : s->most;
      s->shares += share;
      if (r->hint->keep)
        continue;
      s->coloured += share;
      s->a += share * (float)lab[1];
      s->b += share * (float)lab[2];
    }
  }
}

/* Sums of all hints, which are measured as many at once as there are threads and added in their
 * order. */
static rst_status add_hints(rst_session *session, const rst_hint_guide *g, const rst_hint *hints,
                            int count, const rst_cancel *cancel, sums *all, rst_error *error) {
  const size_t cells = (size_t)g->terrain.width * (size_t)g->terrain.height;
  const int threads = rst_session_threads(session), at_once = threads < count ? threads : count;
  reaching *reach = rst_array((size_t)at_once, sizeof *reach);
  float *distances = rst_floats((size_t)at_once * cells);
  measuring m = {g, cancel, reach, 0};
  rst_status status = reach == NULL || distances == NULL ? rst_fail_memory(error) : RST_OK;

  for (int first = 0; first < count && status == RST_OK; first += at_once) {
    m.count = count - first < at_once ? count - first : at_once;
    for (int i = 0; i < m.count; i++) {
      reach[i].distance = distances + (size_t)i * cells;
      reach_out(g, &hints[first + i], &reach[i]);
    }
    rst_pool_run(session->pool, measure, &m);
    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
    for (int i = 0; i < m.count && status == RST_OK; i++)
      add_hint(g, &reach[i], all);
  }
  free(distances);
  free(reach);
  return status;
}

static bool good_hints(const rst_hint *hints, int count) {
  if (count < 0 || count > RST_HINTS_MAX || (count > 0 && hints == NULL))
    return false;
  for (int i = 0; i < count; i++)
    if (!(hints[i].reach >= RST_HINT_REACH_MIN && hints[i].reach <= RST_HINT_REACH_MAX))
      return false;
  return true;
}

rst_status rst_hint_field_new(rst_session *session, const rst_hint_guide *guide,
                              const rst_hint *hints, int count, const rst_cancel *cancel,
                              rst_hint_field **field, rst_error *error) {
  rst_hint sorted[RST_HINTS_MAX];
  rst_hint_field *made;
  rst_status status;
  size_t cells;
  sums *all;
  int inside = 0, x, y;

  if (session == NULL || guide == NULL || field == NULL || !good_hints(hints, count))
    return rst_fail_call(error, "rst_hint_field_new");
  for (int i = 0; i < count; i++)
    if (find_cell(guide, &hints[i], &x, &y))
      sorted[inside++] = hints[i];
  qsort(sorted, (size_t)inside, sizeof *sorted, compare_hints);
  cells = (size_t)guide->terrain.width * (size_t)guide->terrain.height;
  made = calloc(1, sizeof *made);
  all = inside > 0 ? rst_array(cells, sizeof *all) : NULL;
  if (made != NULL && inside > 0)
    made->cells = rst_array(cells, sizeof *made->cells);
  if (made == NULL || (inside > 0 && (all == NULL || made->cells == NULL)))
    status = rst_fail_memory(error);
  else
    status = inside > 0 ? add_hints(session, guide, sorted, inside, cancel, all, error) : RST_OK;
  for (size_t i = 0; i < cells && inside > 0 && status == RST_OK; i++)
    if (all[i].shares > 0) {
      const float scale = all[i].most / all[i].shares;

      made->cells[i] = (cell){scale * all[i].coloured, scale * all[i].a, scale * all[i].b};
    }
  free(all);
  if (status == RST_OK) {
    made->guide = guide;
    *field = made;
  } else {
    rst_hint_field_free(made);
  }
  return status;
}

rst_status rst_hint_field_read(rst_session *session, const rst_parameters *parameters,
                               const rst_picture *picture, const rst_part *part,
                               const rst_cancel *cancel, rst_hint_field **field, rst_error *error) {
  rst_hint hints[RST_HINTS_MAX];
  rst_hint_guide *guide;
  rst_status status;
  int count;

  if (parameters == NULL || parameters->size != sizeof *parameters || part == NULL || field == NULL)
    return rst_fail_call(error, "rst_hint_field_read");
  status = rst_hints_parse(parameters->hints, hints, &count, error);
  if (status != RST_OK)
    return status;
  if (count == 0 || part->mode == RST_MODE_DETAIL) {
    *field = NULL;
    return RST_OK;
  }
  status = rst_hint_guide_new(picture, &part->window, cancel, &guide, error);
  if (status != RST_OK)
    return status;
  status = rst_hint_field_new(session, guide, hints, count, cancel, field, error);
  if (status == RST_OK)
    (*field)->own = guide;
  else
    rst_hint_guide_free(guide);
  return status;
}

void rst_hint_field_free(rst_hint_field *field) {
  if (field == NULL)
    return;
  rst_hint_guide_free(field->own);
  free(field->cells);
  free(field);
}

/* ---- pixels ---- */

/* A position between cells: the cell before it, which may be one beyond the border, and how far it
 * is from that one to the next. */
static void find_between(double position, int begin, int factor, int *before, double *fraction) {
  const double at = (position - begin) / factor - 0.5, whole = floor(at);

  *before = (int)whole;
  *fraction = at - whole;
}

/* The field at a position of the picture: the four cells about it, by nearness and by how like their
 * luma is to the pixel's (joint bilateral upsampling, Kopf et al. 2007). */
static cell raise(const rst_hint_field *f, double x, double y, float luma) {
  const rst_hint_guide *g = f->guide;
  const int width = g->terrain.width, height = g->terrain.height;
  double across, down, weights = 0, gone = 0, a = 0, b = 0;
  int column, row;

  find_between(x, g->x, g->factor, &column, &across);
  find_between(y, g->y, g->factor, &row, &down);
  for (int k = 0; k < 4; k++) {
    const int i = rst_clamp_index(column + (k & 1), width);
    const int j = rst_clamp_index(row + (k >> 1), height);
    const size_t at = (size_t)j * (size_t)width + (size_t)i;
    const double difference = (luma - g->luma[at]) / luma_scale;
    const double like = 1 / (1 + difference * difference);
    const double weight = (k & 1 ? across : 1 - across) * (k >> 1 ? down : 1 - down) * like * like;

    weights += weight;
    gone += weight * f->cells[at].gone;
    a += weight * f->cells[at].a;
    b += weight * f->cells[at].b;
  }
  return (cell){(float)(gone / weights), (float)(a / weights), (float)(b / weights)};
}

void rst_hint_field_apply(const rst_hint_field *field, const rst_grid *grid, const float *rgba,
                          const float *coverage, float *colours) {
  if (field == NULL || field->cells == NULL)
    return;
  for (int row = 0; row < grid->rows; row++)
    for (int column = 0; column < grid->columns; column++) {
      const size_t i = (size_t)row * (size_t)grid->columns + (size_t)column;
      double lab[3];
      cell hinted;

      if (coverage != NULL && !(coverage[i] > 0))
        continue;
      hinted = raise(field, grid->x + column * grid->dx, grid->y + row * grid->dy,
                     rst_hint_luma(rgba + 4 * i));
      if (!(hinted.gone > 0))
        continue;
      rst_to_lab(colours + 3 * i, lab);
      lab[1] = (1 - hinted.gone) * lab[1] + hinted.a;
      lab[2] = (1 - hinted.gone) * lab[2] + hinted.b;
      rst_from_lab(lab, colours + 3 * i);
    }
}
