/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What colour hints come to at each cell of a guide, and at each pixel (after Yatziv and Sapiro 2006,
 * Fast image and video colorization using chrominance blending).
 *
 * A hint at distance d of its reach r counts (1 − (d/r)²)⁴, and so much of the network's colour goes
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
#include "parameters/parameters.h"

/* Of a cell: how much of the network's chroma goes, and the a* and b* that come. */
typedef struct {
  float gone, a, b;
} cell;

/* Distances that a field keeps: 64 MiB, those of some 50 hints that reach everywhere. */
enum { KEPT_CELLS = 1 << 24 };
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

/* ---- rectangles of cells ---- */

/* What is in both; of no width where nothing is. */
static rst_rectangle meet(const rst_rectangle *a, const rst_rectangle *b) {
  const int left = a->x > b->x ? a->x : b->x, top = a->y > b->y ? a->y : b->y;
  const int right = a->x + a->width < b->x + b->width ? a->x + a->width : b->x + b->width;
  const int bottom = a->y + a->height < b->y + b->height ? a->y + a->height : b->y + b->height;

  if (right <= left || bottom <= top)
    return (rst_rectangle){0, 0, 0, 0};
  return (rst_rectangle){left, top, right - left, bottom - top};
}

/* The smallest that has both in it. */
static rst_rectangle unite(const rst_rectangle *a, const rst_rectangle *b) {
  const int left = a->x < b->x ? a->x : b->x, top = a->y < b->y ? a->y : b->y;
  const int right = a->x + a->width > b->x + b->width ? a->x + a->width : b->x + b->width;
  const int bottom = a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height;

  if (a->width == 0 || b->width == 0)
    return a->width == 0 ? *b : *a;
  return (rst_rectangle){left, top, right - left, bottom - top};
}

/* ---- distances and their sums ---- */

/* A hint's cell, the cells that it may reach, and its distances there. */
typedef struct {
  rst_hint hint;
  rst_rectangle box;
  float *distance; /* owned, but where it is an earlier field's */
  bool taken;      /* it is */
} reaching;

struct rst_hint_field {
  const rst_hint_guide *guide;
  rst_hint_guide *own; /* the guide, where it was read for this field */
  cell *cells;         /* (height, width) of the guide; NULL: no hint lies in it */
  rst_hint *hints;     /* that lie in it, in their order */
  int count;
  reaching *kept;      /* for the next change: of the hints that came first */
  int kept_count;
};

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

static size_t cell_count(const rst_hint_guide *g) {
  return (size_t)g->terrain.width * (size_t)g->terrain.height;
}

static size_t box_cells(const reaching *r) {
  return (size_t)r->box.width * (size_t)r->box.height;
}

/* The cells that a hint may reach. */
static rst_rectangle find_box(const rst_hint_guide *g, const rst_hint *hint) {
  const double cells = hint->reach * g->window.side / g->factor;
  const int radius = cells < RST_GUIDE_SIDE ? (int)cells + 1 : RST_GUIDE_SIDE;
  int x = 0, y = 0, left, right, top, bottom;

  find_cell(g, hint, &x, &y);
  left = x > radius ? x - radius : 0;
  top = y > radius ? y - radius : 0;
  right = x + radius < g->terrain.width ? x + radius + 1 : g->terrain.width;
  bottom = y + radius < g->terrain.height ? y + radius + 1 : g->terrain.height;
  return (rst_rectangle){left, top, right - left, bottom - top};
}

/* Cells beyond the reach are no concern of it: ways end there. */
static bool begin_hint(const rst_hint_guide *g, const rst_hint *hint, reaching *r) {
  int x = 0, y = 0;

  find_cell(g, hint, &x, &y);
  *r = (reaching){.hint = *hint, .box = find_box(g, hint)};
  r->distance = rst_floats(box_cells(r));
  if (!r->distance)
    return false;
  for (size_t i = 0; i < box_cells(r); i++)
    r->distance[i] = (float)hint->reach;
  r->distance[(size_t)(y - r->box.y) * (size_t)r->box.width + (size_t)(x - r->box.x)] = 0;
  return true;
}

/* What was measured for a hint at the same cell with the same reach. */
static bool take_hint(const rst_hint_field *f, const rst_hint *hint, reaching *r) {
  int x = 0, y = 0, u = 0, v = 0;

  find_cell(f->guide, hint, &x, &y);
  for (int i = 0; i < f->kept_count; i++) {
    find_cell(f->guide, &f->kept[i].hint, &u, &v);
    if (x == u && y == v && hint->reach == f->kept[i].hint.reach) {
      *r = f->kept[i];
      r->hint = *hint;
      r->taken = true;
      return true;
    }
  }
  return false;
}

static void measure(void *data, int worker) {
  const measuring *m = data;

  if (worker < m->count && !m->hints[worker].taken)
    rst_geodesic(&m->guide->terrain, &m->hints[worker].box, m->hints[worker].distance, m->cancel);
}

/* Adds a hint to the sums over an area. */
static void add_hint(const reaching *r, const rst_rectangle *area, sums *all) {
  const rst_rectangle common = meet(&r->box, area);
  const float reach = (float)r->hint.reach;
  double lab[3];

  rst_to_lab(r->hint.rgb, lab);
  for (int y = common.y; y < common.y + common.height; y++) {
    sums *s = all + (size_t)(y - area->y) * (size_t)area->width + (size_t)(common.x - area->x);
    const float *distance =
      r->distance + (size_t)(y - r->box.y) * (size_t)r->box.width + (size_t)(common.x - r->box.x);

    for (int x = 0; x < common.width; x++, s++, distance++) {
      const float part = *distance / reach, left = 1 - part * part;
      float counts, share;

      if (!(left > 0))
        continue;
      counts = left * left * left * left;
      share = counts / (*distance * *distance + nearest * nearest);
      s->most = counts > s->most ? counts : s->most;
      s->shares += share;
      if (r->hint.keep)
        continue;
      s->coloured += share;
      s->a += share * (float)lab[1];
      s->b += share * (float)lab[2];
    }
  }
}

/* Hints in work, and those measured that are kept. */
typedef struct {
  rst_session *session;
  const rst_hint_field *earlier; /* whose distances are taken */
  const rst_cancel *cancel;
  rst_rectangle area; /* of the guide: the cells that change; others are no other hints' */
  reaching *kept; /* NULL: none are */
  int kept_count;
  size_t kept_cells;
} adding;

static void free_kept(reaching *kept, int count) {
  for (int i = 0; i < count; i++)
    if (!kept[i].taken)
      free(kept[i].distance);
  free(kept);
}

/* Keeps a hint's distances, or frees them. */
static void keep_hint(adding *a, reaching *r) {
  if (a->kept && a->kept_cells + box_cells(r) <= KEPT_CELLS) {
    a->kept_cells += box_cells(r);
    a->kept[a->kept_count++] = *r;
  } else if (!r->taken) {
    free(r->distance);
  }
}

/* Some hints, measured at once and added in their order. */
static rst_status add_some(adding *a, const rst_hint *hints, int count, reaching *reach, sums *all,
                           rst_error *error) {
  const rst_hint_guide *g = a->earlier->guide;
  measuring m = {g, a->cancel, reach, 0};
  rst_status status = RST_OK;

  for (int i = 0; i < count && status == RST_OK; i++) {
    const rst_rectangle box = find_box(g, &hints[i]);

    if (take_hint(a->earlier, &hints[i], &reach[m.count]))
      m.count++;
    else if (meet(&box, &a->area).width == 0)
      continue;
    else if (begin_hint(g, &hints[i], &reach[m.count]))
      m.count++;
    else
      status = rst_fail_memory(error);
  }
  if (status == RST_OK)
    rst_pool_run(a->session->pool, measure, &m);
  if (status == RST_OK && rst_cancelled(a->cancel))
    status = rst_fail_cancelled(error);
  for (int i = 0; i < m.count; i++) {
    if (status == RST_OK) {
      add_hint(&reach[i], &a->area, all);
      keep_hint(a, &reach[i]);
    } else if (!reach[i].taken) {
      free(reach[i].distance);
    }
  }
  return status;
}

static rst_status add_hints(adding *a, const rst_hint *hints, int count, sums *all,
                            rst_error *error) {
  const int threads = rst_session_threads(a->session), at_once = threads < count ? threads : count;
  reaching *reach = rst_array((size_t)at_once, sizeof *reach);
  rst_status status = reach ? RST_OK : rst_fail_memory(error);

  for (int first = 0; first < count && status == RST_OK; first += at_once)
    status = add_some(a, hints + first, count - first < at_once ? count - first : at_once, reach,
                      all, error);
  free(reach);
  return status;
}

/* What the sums come to. */
static void set_cells(const sums *all, size_t count, cell *cells) {
  memset(cells, 0, count * sizeof *cells);
  for (size_t i = 0; i < count; i++)
    if (all[i].shares > 0) {
      const float scale = all[i].most / all[i].shares;

      cells[i] = (cell){scale * all[i].coloured, scale * all[i].a, scale * all[i].b};
    }
}

static bool good_hints(const rst_hint *hints, int count) {
  if (count < 0 || count > RST_HINTS_MAX || (count > 0 && !hints))
    return false;
  for (int i = 0; i < count; i++)
    if (!(hints[i].reach >= RST_HINT_REACH_MIN && hints[i].reach <= RST_HINT_REACH_MAX))
      return false;
  return true;
}

/* What the hints come to at the area's cells: `cells` (height, width) of it. */
static rst_status measure_cells(adding *a, const rst_hint *hints, int count, cell **cells,
                                rst_error *error) {
  const size_t area = (size_t)a->area.width * (size_t)a->area.height;
  sums *all = rst_array(area, sizeof *all);
  rst_status status;

  *cells = rst_array(area, sizeof **cells);
  status = !all || !*cells ? rst_fail_memory(error) : add_hints(a, hints, count, all, error);
  if (status == RST_OK) {
    set_cells(all, area, *cells);
  } else {
    free(*cells);
    *cells = NULL;
  }
  free(all);
  return status;
}

/* The hints that lie in the guide, in their order. */
static int sort_hints(const rst_hint_guide *g, const rst_hint *hints, int count, rst_hint *sorted) {
  int inside = 0, x, y;

  for (int i = 0; i < count; i++)
    if (find_cell(g, &hints[i], &x, &y))
      sorted[inside++] = hints[i];
  qsort(sorted, (size_t)inside, sizeof *sorted, compare_hints);
  return inside;
}

/* The cells that hints may reach which are among one set and not the other, both in their order. */
static rst_rectangle find_stale(const rst_hint_guide *g, const rst_hint *one, int count,
                                const rst_hint *other, int other_count) {
  rst_rectangle stale = {0, 0, 0, 0};

  for (int i = 0, j = 0; i < count || j < other_count;) {
    const int order = i == count ? 1 : j == other_count ? -1 : compare_hints(&one[i], &other[j]);

    if (order != 0) {
      const rst_rectangle box = find_box(g, order < 0 ? &one[i] : &other[j]);

      stale = unite(&stale, &box);
    }
    i += order <= 0;
    j += order >= 0;
  }
  return stale;
}

static bool is_same_cell(const cell *a, const cell *b) {
  return a->gone == b->gone && a->a == b->a && a->b == b->b;
}

/* Puts an area's cells in their place. The pixels whose colours come from other cells than before;
 * those of a cell lie up to a half cell beyond it. */
static void replace_cells(rst_hint_field *f, const rst_rectangle *area, const cell *cells,
                          rst_rectangle *changed) {
  const rst_hint_guide *g = f->guide;
  int left = g->terrain.width, right = -1, top = g->terrain.height, bottom = -1;

  for (int y = area->y; y < area->y + area->height; y++) {
    cell *to = f->cells + (size_t)y * (size_t)g->terrain.width + (size_t)area->x;

    for (int x = area->x; x < area->x + area->width; x++, cells++, to++) {
      const bool same = is_same_cell(cells, to);

      *to = *cells;
      if (same)
        continue;
      left = x < left ? x : left;
      right = x > right ? x : right;
      top = y < top ? y : top;
      bottom = y;
    }
  }
  memset(changed, 0, sizeof *changed);
  if (right < 0)
    return;
  changed->x = g->x + (left - 1) * g->factor;
  changed->y = g->y + (top - 1) * g->factor;
  changed->width = (right - left + 3) * g->factor;
  changed->height = (bottom - top + 3) * g->factor;
}

/* Frees what is kept and no longer taken, and keeps the other instead. */
static void replace_kept(rst_hint_field *f, const adding *a) {
  for (int i = 0; i < a->kept_count; i++)
    for (int j = 0; j < f->kept_count && a->kept[i].taken; j++)
      if (!f->kept[j].taken && a->kept[i].distance == f->kept[j].distance) {
        a->kept[i].taken = false;
        f->kept[j].taken = true;
      }
  free_kept(f->kept, f->kept_count);
  f->kept = a->kept;
  f->kept_count = a->kept_count;
}

/* Gives a field these hints, which lie in its guide and are in their order. */
static rst_status set_hints(adding *a, rst_hint_field *f, const rst_hint *hints, int count,
                            rst_rectangle *changed, rst_error *error) {
  rst_hint *own = rst_array((size_t)count, sizeof *own);
  cell *all = f->cells ? f->cells : rst_array(cell_count(f->guide), sizeof *all), *cells = NULL;
  rst_status status = own && all ? RST_OK : rst_fail_memory(error);

  a->area = find_stale(f->guide, f->hints, f->count, hints, count);
  if (status == RST_OK)
    status = measure_cells(a, hints, count, &cells, error);
  if (status != RST_OK) {
    if (all != f->cells)
      free(all);
    free(own);
    return status;
  }
  f->cells = all;
  replace_cells(f, &a->area, cells, changed);
  free(cells);
  memcpy(own, hints, (size_t)count * sizeof *own);
  free(f->hints);
  f->hints = own;
  f->count = count;
  if (count == 0) {
    free(f->cells);
    f->cells = NULL;
  }
  return RST_OK;
}

rst_status rst_hint_field_new(rst_session *session, const rst_hint_guide *guide,
                              const rst_hint *hints, int count, const rst_cancel *cancel,
                              rst_hint_field **field, rst_error *error) {
  rst_hint sorted[RST_HINTS_MAX];
  rst_rectangle changed;
  rst_hint_field *made;
  rst_status status;

  if (!session || !guide || !field || !good_hints(hints, count))
    return rst_fail_call(error, "rst_hint_field_new");
  made = calloc(1, sizeof *made);
  if (!made)
    return rst_fail_memory(error);
  made->guide = guide;
  count = sort_hints(guide, hints, count, sorted);

  adding a = {.session = session, .earlier = made, .cancel = cancel};

  status = set_hints(&a, made, sorted, count, &changed, error);
  if (status == RST_OK)
    *field = made;
  else
    rst_hint_field_free(made);
  return status;
}

rst_status rst_hint_field_change(rst_session *session, rst_hint_field *field, const rst_hint *hints,
                                 int count, const rst_cancel *cancel, rst_rectangle *changed,
                                 rst_error *error) {
  adding a = {.session = session, .earlier = field, .cancel = cancel};
  rst_hint sorted[RST_HINTS_MAX];
  rst_rectangle storage;
  rst_status status;

  if (!session || !field || !good_hints(hints, count))
    return rst_fail_call(error, "rst_hint_field_change");
  a.kept = rst_array(RST_HINTS_MAX, sizeof *a.kept);
  if (!a.kept)
    return rst_fail_memory(error);
  count = sort_hints(field->guide, hints, count, sorted);
  status = set_hints(&a, field, sorted, count, changed ? changed : &storage, error);
  if (status == RST_OK)
    replace_kept(field, &a);
  else
    free_kept(a.kept, a.kept_count);
  return status;
}

rst_status rst_hint_field_read(rst_session *session, const rst_parameters *parameters,
                               const rst_picture *picture, const rst_part *part,
                               const rst_cancel *cancel, rst_hint_field **field, rst_error *error) {
  RST_FREED rst_parameters *own = NULL;
  rst_hint hints[RST_HINTS_MAX];
  rst_hint_guide *guide;
  rst_status status;
  int count;

  if (!part || !field)
    return rst_fail_call(error, "rst_hint_field_read");
  status = rst_whole_parameters(&parameters, &own, "rst_hint_field_read", error);
  if (status == RST_OK)
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
  if (!field)
    return;
  rst_hint_guide_free(field->own);
  free_kept(field->kept, field->kept_count);
  free(field->hints);
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

/* The field at a position of the picture: the four cells about it, by nearness and by how like
 * their luma is to the pixel's (joint bilateral upsampling, Kopf et al. 2007). */
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
  if (!field || !field->cells)
    return;
  for (int row = 0; row < grid->rows; row++)
    for (int column = 0; column < grid->columns; column++) {
      const size_t i = (size_t)row * (size_t)grid->columns + (size_t)column;
      double lab[3];
      cell hinted;

      if (coverage && !(coverage[i] > 0))
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

void rst_hint_field_weigh(const rst_hint_field *field, const rst_grid *grid, const float *rgba,
                          float *weights) {
  const bool any = field && field->cells;

  for (int row = 0; row < grid->rows; row++)
    for (int column = 0; column < grid->columns; column++) {
      const size_t i = (size_t)row * (size_t)grid->columns + (size_t)column;

      weights[i] = any ? raise(field, grid->x + column * grid->dx, grid->y + row * grid->dy,
                               rst_hint_luma(rgba + 4 * i))
                           .gone
                       : 0;
    }
}
