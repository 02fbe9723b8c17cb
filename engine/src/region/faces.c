/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the faces of a picture. It is read once, shrunk to at most LONGEST samples a side, and halved
 * again and again; the network sees each of these scales and one between it and the next. It knows
 * faces of some 12 to 34 samples, so that each has two or three scales to be found at.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/finder.h"
#include "network/interpolation.h"
#include "region/parts.h"

enum { LONGEST = 1024, SHORTEST = 24, CANDIDATES = 4 * RST_FACES_MAX };

static const double same = 0.5; /* of the smaller box's area: two boxes are of one face */
static const double alike = 0.3; /* of the area of both together: they tell of its place */
static const double weak =
  0.65; /* of how sure a face is: so sure are boxes that tell of its place */
static const double between = 1.4142135623730951; /* a scale and the next: so much wider samples */

/* ---- the picture, shrunk ---- */

/* Luma, −1…1; each sample is `factor` pixels wide, those at the right and lower end less. */
typedef struct {
  int width, height;
  float *luma;
} scale;

static int samples(int pixels, double factor) {
  return (int)ceil(pixels / factor - 1e-9);
}

/* Adds `part` of a row of pixels to a row of samples: sums, then weights. */
static void add_row(const float *luma, const float *alpha, int width, double factor, double part,
                    int count, double *sums) {
  for (int x = 0; x < width; x++) {
    const int first = (int)(x / factor);
    const double inside = fmin((first + 1) * factor - x, 1); /* of the pixel, in the first sample */
    const double weight = part * (double)alpha[x];

    sums[first] += inside * weight * (double)luma[x];
    sums[count + first] += inside * weight;
    if (inside < 1 && first + 1 < count) {
      sums[first + 1] += (1 - inside) * weight * (double)luma[x];
      sums[count + first + 1] += (1 - inside) * weight;
    }
  }
}

typedef struct {
  double factor;
  int width; /* pixels, or samples of a finer scale */
  float *row; /* luma, then alpha of one row */
  double *sums; /* of the whole: (height, 2, width) */
  scale *to;
} shrinking;

/* `to` has new memory. False where there is none. */
static bool begin(shrinking *s, int width, int height, double factor, scale *to) {
  size_t count;

  *to = (scale){samples(width, factor), samples(height, factor), NULL};
  count = (size_t)to->width * (size_t)to->height;
  *s = (shrinking){factor, width, NULL, NULL, to};
  s->row = rst_floats(2 * (size_t)width);
  s->sums = rst_array(2 * count, sizeof *s->sums);
  to->luma = rst_floats(count);
  return s->row && s->sums && to->luma;
}

/* Adds the row y, whose luma and alpha are in `row`. */
static void add_line(shrinking *s, int y) {
  const float *luma = s->row, *alpha = s->row + s->width;
  const int first = (int)(y / s->factor);
  const double inside = fmin((first + 1) * s->factor - y, 1);
  double *sums = s->sums + 2 * (size_t)first * (size_t)s->to->width;

  add_row(luma, alpha, s->width, s->factor, inside, s->to->width, sums);
  if (inside < 1 && first + 1 < s->to->height)
    add_row(luma, alpha, s->width, s->factor, 1 - inside, s->to->width,
            sums + 2 * (size_t)s->to->width);
}

/* Transparent samples are middle grey. */
static void end(shrinking *s, bool whole) {
  for (int y = 0; y < s->to->height && whole; y++) {
    const double *sum = s->sums + 2 * (size_t)y * (size_t)s->to->width;

    for (int x = 0; x < s->to->width; x++)
      s->to->luma[(size_t)y * (size_t)s->to->width + (size_t)x] =
        sum[s->to->width + x] > 0 ? (float)(sum[x] / sum[s->to->width + x]) : 0;
  }
  free(s->row);
  free(s->sums);
}

static void add_pixels(shrinking *s, int row, int rows, const float *rgba) {
  float *luma = s->row, *alpha = s->row + s->width;

  for (int y = row; y < row + rows; y++, rgba += 4 * (size_t)s->width) {
    rst_pixel_luma((size_t)s->width, rgba, NULL, luma);
    for (int x = 0; x < s->width; x++) {
      alpha[x] = isnan(luma[x]) ? 0 : fminf(rgba[4 * (size_t)x + 3], 1);
      luma[x] = isnan(luma[x]) ? 0 : luma[x];
    }
    add_line(s, y);
  }
}

static rst_status read_rows(const rst_picture *picture, const rst_rectangle *box,
                            const rst_cancel *cancel, shrinking *s, rst_error *error) {
  const int rows = rst_band_rows(box->width, box->height);
  float *rgba = rst_floats((size_t)box->width * (size_t)rows * 4);
  rst_status status = rgba ? RST_OK : rst_fail_memory(error);

  for (int y = 0; y < box->height && status == RST_OK; y += rows) {
    const int count = box->height - y < rows ? box->height - y : rows;

    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
    else if (!picture->read(picture->user, box->x, box->y + y, box->width, count, rgba))
      status = rst_fail_host(error);
    else
      add_pixels(s, y, count, rgba);
  }
  free(rgba);
  return status;
}

/* `to` has new memory, also where this fails. */
static rst_status shrink(const rst_picture *picture, const rst_rectangle *box, double factor,
                         const rst_cancel *cancel, scale *to, rst_error *error) {
  shrinking s;
  rst_status status = begin(&s, box->width, box->height, factor, to)
                        ? read_rows(picture, box, cancel, &s, error)
                        : rst_fail_memory(error);

  end(&s, status == RST_OK);
  return status;
}

/* The same of a finer scale. */
static rst_status widen(const scale *from, double factor, scale *to, rst_error *error) {
  shrinking s;
  const bool whole = begin(&s, from->width, from->height, factor, to);

  for (int x = 0; x < from->width && whole; x++)
    s.row[from->width + x] = 1;
  for (int y = 0; y < from->height && whole; y++) {
    memcpy(s.row, from->luma + (size_t)y * (size_t)from->width,
           (size_t)from->width * sizeof *s.row);
    add_line(&s, y);
  }
  end(&s, whole);
  return whole ? RST_OK : rst_fail_memory(error);
}

/* The means of 2 × 2 samples, the edge repeated, in place. */
static void halve(scale *s) {
  const int width = (s->width + 1) / 2, height = (s->height + 1) / 2;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const float *above = s->luma + 2 * (size_t)y * (size_t)s->width;
      const float *below = 2 * y + 1 < s->height ? above + s->width : above;
      const int right = 2 * x + 1 < s->width ? 2 * x + 1 : 2 * x;

      s->luma[(size_t)y * (size_t)width + (size_t)x] =
        (above[2 * x] + above[right] + below[2 * x] + below[right]) / 4;
    }
  s->width = width;
  s->height = height;
}

/* ---- candidates ---- */

typedef struct {
  double x, y, width, height; /* in pixels of the picture */
  double sure;
} candidate;

typedef struct {
  int count;
  candidate all[CANDIDATES]; /* the surest first */
} candidates;

static void add_candidate(candidates *c, const candidate *one) {
  int at = c->count;

  if (at == CANDIDATES && !(one->sure > c->all[at - 1].sure))
    return;
  at = at == CANDIDATES ? at - 1 : at;
  c->count = at + 1;
  for (; at > 0 && one->sure > c->all[at - 1].sure; at--)
    c->all[at] = c->all[at - 1];
  c->all[at] = *one;
}

/* What the network says of a scale whose samples are `factor` pixels wide. */
static void take_cells(const float *cells, int columns, int rows, int cell, double factor,
                       double sure, const rst_rectangle *box, candidates *found) {
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++, cells += RST_FINDER_VALUES) {
      const double share = 1 / (1 + exp(-(double)cells[0]));
      const double size = RST_FINDER_SIZE * factor;
      candidate one = {.sure = share};

      if (!(share >= sure) || !(fabsf(cells[3]) < 4) || !(fabsf(cells[4]) < 4) ||
          !(fabsf(cells[1]) < 8) || !(fabsf(cells[2]) < 8))
        continue;
      one.width = size * exp((double)cells[3]);
      one.height = size * exp((double)cells[4]);
      one.x = box->x + (x + 0.5 + (double)cells[1]) * cell * factor - one.width / 2;
      one.y = box->y + (y + 0.5 + (double)cells[2]) * cell * factor - one.height / 2;
      add_candidate(found, &one);
    }
}

/* The scale with its edge repeated to whole cells. */
static float *padded(const scale *s, int cell, int *width, int *height) {
  float *grey;

  *width = (s->width + cell - 1) / cell * cell;
  *height = (s->height + cell - 1) / cell * cell;
  grey = rst_floats((size_t)*width * (size_t)*height);
  for (int y = 0; grey && y < *height; y++)
    for (int x = 0; x < *width; x++)
      grey[(size_t)y * (size_t)*width + (size_t)x] =
        s->luma[(size_t)rst_clamp_index(y, s->height) * (size_t)s->width +
                (size_t)rst_clamp_index(x, s->width)];
  return grey;
}

/* A search: who looks, where and for what. */
typedef struct {
  rst_session *session;
  const rst_finder *finder;
  const rst_rectangle *box; /* of the picture */
  const rst_cancel *cancel;
  double sure;
  candidates *found;
} search;

/* In a scale whose samples are `factor` pixels wide. */
static rst_status look(const search *l, const scale *s, double factor, rst_error *error) {
  const int cell = l->finder->chain.cell;
  int width, height;
  float *grey = padded(s, cell, &width, &height), *cells;
  rst_status status;

  if (!grey)
    return rst_fail_memory(error);
  status =
    rst_finder_run(l->finder, l->session->pool, grey, width, height, l->cancel, &cells, error);
  free(grey);
  if (status != RST_OK)
    return status;
  take_cells(cells, width / cell, height / cell, cell, factor, weak * l->sure, l->box, l->found);
  free(cells);
  return RST_OK;
}

static int longest(const scale *s) {
  return s->width > s->height ? s->width : s->height;
}

/* The same, and in the one between it and the next. */
static rst_status look_twice(const search *l, const scale *s, double factor, rst_error *error) {
  rst_status status = look(l, s, factor, error);
  scale wider;

  if (status != RST_OK || longest(s) < between * SHORTEST)
    return status;
  status = widen(s, between, &wider, error);
  if (status == RST_OK)
    status = look(l, &wider, factor * between, error);
  free(wider.luma);
  return status;
}

/* ---- faces ---- */

static double overlap(double a, double a_size, double b, double b_size) {
  return fmax(fmin(a + a_size, b + b_size) - fmax(a, b), 0);
}

static double common_area(const candidate *a, const candidate *b) {
  return overlap(a->x, a->width, b->x, b->width) * overlap(a->y, a->height, b->y, b->height);
}

static bool is_same(const candidate *a, const candidate *b) {
  return common_area(a, b) > same * fmin(a->width * a->height, b->width * b->height);
}

/* Whether two boxes of one face are of like size and place. */
static bool is_alike(const candidate *a, const candidate *b) {
  const double common = common_area(a, b);

  return common > alike * (a->width * a->height + b->width * b->height - common);
}

static int by_place(const void *a, const void *b) {
  const rst_face *s = a, *t = b;

  return s->y != t->y ? (s->y > t->y) - (s->y < t->y) : (s->x > t->x) - (s->x < t->x);
}

/* Boxes that lie on one another: the surest, and the sum of those like it, by how sure they are. */
typedef struct {
  candidate surest, sum;
  double weight;
} heap;

static void add_alike(heap *h, const candidate *one) {
  const double weight = one->sure * one->sure;

  if (!is_alike(&h->surest, one))
    return;
  h->sum.x += weight * one->x;
  h->sum.y += weight * one->y;
  h->sum.width += weight * one->width;
  h->sum.height += weight * one->height;
  h->weight += weight;
}

static int round_whole(double value) {
  return (int)floor(value + 0.5);
}

static rst_face face_of(const heap *h) {
  return (rst_face){round_whole(h->sum.x / h->weight), round_whole(h->sum.y / h->weight),
                    (int)fmax(round_whole(h->sum.width / h->weight), 1),
                    (int)fmax(round_whole(h->sum.height / h->weight), 1), h->surest.sure};
}

/* A face of each heap: cells and scales beside each other see it, and their mean knows its place
 * better than the surest (box voting, Gidaris and Komodakis 2015). */
static int choose(const candidates *found, double sure, heap *heaps, rst_face *faces) {
  int count = 0;

  for (int i = 0; i < found->count; i++) {
    const candidate *one = &found->all[i];
    int at = 0;

    while (at < count && !is_same(&heaps[at].surest, one))
      at++;
    if (at == RST_FACES_MAX || (at == count && !(one->sure >= sure)))
      continue;
    if (at == count)
      heaps[count++] = (heap){.surest = *one};
    add_alike(&heaps[at], one);
  }
  for (int i = 0; i < count; i++)
    faces[i] = face_of(&heaps[i]);
  if (count > 0)
    qsort(faces, (size_t)count, sizeof *faces, by_place);
  return count;
}

rst_status rst_find_faces(rst_session *session, const rst_finder *finder,
                          const rst_picture *picture, const rst_rectangle *box, double sure,
                          const rst_hooks *hooks, rst_face *faces, int *count, rst_error *error) {
  search all = {.session = session, .finder = finder};
  rst_status status;
  rst_rectangle inside;
  rst_picture all_picture;
  rst_hooks all_hooks;
  double factor;
  heap *heaps;
  scale s = {0};

  if (!session || !finder || finder->finds != RST_FINDS_FACES ||
      !rst_take_picture(&picture, &all_picture) || !faces || !count || !(sure >= 0 && sure < 1) ||
      !rst_complete_hooks(&hooks, &all_hooks))
    return rst_fail_call(error, "rst_find_faces");
  if (!rst_clip(picture, box, &inside)) {
    *count = 0;
    return RST_OK;
  }
  all.box = &inside;
  all.cancel = hooks ? hooks->cancel : NULL;
  all.sure = sure > 0 ? sure : finder->threshold;
  all.found = rst_array(1, sizeof *all.found);
  heaps = rst_array(RST_FACES_MAX, sizeof *heaps);
  factor = fmax((double)(inside.width > inside.height ? inside.width : inside.height) / LONGEST, 1);
  status = all.found && heaps ? shrink(picture, &inside, factor, all.cancel, &s, error)
                              : rst_fail_memory(error);
  for (; status == RST_OK && longest(&s) >= SHORTEST; factor *= 2) {
    status = look_twice(&all, &s, factor, error);
    halve(&s);
  }
  free(s.luma);
  if (status == RST_OK)
    *count = choose(all.found, all.sure, heaps, faces);
  free(heaps);
  free(all.found);
  return status;
}

rst_status rst_settle_faces(rst_session *session, rst_parameters *parameters,
                            const rst_picture *picture, const rst_rectangle *box,
                            const rst_hooks *hooks, rst_error *error) {
  RST_FREED rst_face *faces = NULL;
  rst_finder *finder;
  char path[4096];
  rst_status status;
  int count;

  if (!rst_can_fill(parameters, sizeof *parameters))
    return rst_fail_call(error, "rst_settle_faces");
  if (parameters->size < sizeof *parameters || parameters->window_kind != RST_WINDOW_FACES ||
      strcmp(parameters->faces, RST_FACES_AUTO) != 0)
    return RST_OK;
  faces = rst_array(RST_FACES_MAX, sizeof *faces);
  if (!faces)
    return rst_fail_memory(error);
  status = rst_find(RST_KIND_FINDER, "faces", path, sizeof path, error);
  if (status == RST_OK)
    status = rst_finder_read(path, &finder, error);
  if (status != RST_OK)
    return status;
  status = rst_find_faces(session, finder, picture, box, 0, hooks, faces, &count, error);
  rst_finder_unref(finder);
  return status == RST_OK
           ? rst_faces_write(faces, count, parameters->faces, sizeof parameters->faces, error)
           : status;
}
