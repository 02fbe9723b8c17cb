/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matching a part to its surroundings: what the picture differs on the boundary round it, spread
 * inward; and where the region is hidden, a fill from the surroundings near its border.
 *
 * The network sees a few dozen samples across its window, so of what is nearer to the border than
 * about two of them the surroundings tell more than the network does. There the fill continues
 * them, with their slopes (a thin plate in tension, see poisson.h) and what the model's fill adds to
 * that; the deeper, the more the network counts.
 * Lengths are in the network's samples, since both errors go with them: the fill's grows with the
 * distance, the network's is that of its grid.
 */
#include "region/seam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/encoder.h"
#include "region/border_net.h"
#include "region/poisson.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "parameters/parameters.h"

enum {
  BORDER =
    RST_FILL_REACH_MAX, /* known pixels round a part: what the fill sees; the thin plate's slope
                                * takes two */
  AT_ONCE = 1 << 15 /* pixels mixed between two looks at the token: some 5 ms */
};

/* In the network's samples. */
static const double fill_stiffness = 2;
static const double even_depth = 2; /* where network and fill count the same */

bool rst_resolve_match(const rst_parameters *parameters) {
  RST_FREED rst_parameters *own = NULL;

  if (rst_whole_parameters(&parameters, &own, "rst_resolve_match", NULL) != RST_OK)
    return false;
  return parameters->match == RST_MATCH_AUTO ? parameters->hide_region
                                             : parameters->match == RST_MATCH_ON;
}

/* One axis: a span with its border, inside window and picture. */
static void widen(int begin, int length, int window, int side, int size, int *from, int *count) {
  const int first = window > 0 ? window : 0;
  const int last = window + side < size ? window + side : size;
  const int end = begin + length + BORDER < last ? begin + length + BORDER : last;

  *from = begin - BORDER > first ? begin - BORDER : first;
  *count = end - *from;
}

void rst_seam_get_box(const rst_part *part, int width, int height, rst_rectangle *box) {
  const rst_window *w = &part->window;

  widen(part->box.x, part->box.width, w->x, w->side, width, &box->x, &box->width);
  widen(part->box.y, part->box.height, w->y, w->side, height, &box->y, &box->height);
}

/* Whether a pixel of the box is the part's to restore: another part's may lie in its border. */
static bool is_own(const rst_part *part, const rst_rectangle *box, const float *coverage, int x,
                   int y) {
  const int u = x + box->x - part->box.x, v = y + box->y - part->box.y;

  return x >= 0 && y >= 0 && x < box->width && y < box->height && u >= 0 && v >= 0 &&
         u < part->box.width && v < part->box.height &&
         coverage[(size_t)y * (size_t)box->width + (size_t)x] > 0;
}

void rst_seam_find_boundary(const rst_part *part, const rst_rectangle *box, const float *rgba,
                            int stride, const float *coverage, int row, bool *boundary) {
  for (int x = 0; x < box->width; x++)
    boundary[x] =
      !(coverage[(size_t)row * (size_t)box->width + (size_t)x] > 0) &&
      (is_own(part, box, coverage, x - 1, row) || is_own(part, box, coverage, x + 1, row) ||
       is_own(part, box, coverage, x, row - 1) || is_own(part, box, coverage, x, row + 1)) &&
      rgba[4 * ((size_t)row * (size_t)stride + (size_t)x) + 3] > 0;
}

typedef struct {
  const rst_part *part;
  const rst_rectangle *box;
  const float *rgba; /* in rows of … */
  int stride;        /* … so many pixels */
  const float *coverage;
  const bool *boundary;
  const rst_cancel *cancel;
  rst_error *error;
  unsigned char *cells;
} seam;

static size_t pixel_count(const seam *s) {
  return (size_t)s->box->width * (size_t)s->box->height;
}

/* The picture's pixel there. */
static const float *rgba_at(const seam *s, size_t i) {
  const size_t width = (size_t)s->box->width;

  return s->rgba + 4 * (i / width * (size_t)s->stride + i % width);
}

/* For loops over the pixels. */
static bool go_on(const seam *s, size_t i) {
  return i % AT_ONCE != 0 || !rst_cancelled(s->cancel);
}

/* What is known: the boundary, or all that is seen. What a cancelled call leaves is not used. */
static void sort_cells(const seam *s, bool boundary_only) {
  for (int y = 0; y < s->box->height && !rst_cancelled(s->cancel); y++)
    for (int x = 0; x < s->box->width; x++) {
      const size_t i = (size_t)y * (size_t)s->box->width + (size_t)x;
      const bool seen =
        boundary_only ? s->boundary[i] : !(s->coverage[i] > 0) && rgba_at(s, i)[3] > 0;

      s->cells[i] = is_own(s->part, s->box, s->coverage, x, y) ? RST_CELL_UNKNOWN
                    : seen                                     ? RST_CELL_KNOWN
                                                               : RST_CELL_IGNORED;
    }
}

/* The picture's own colours, 0…1, and less `colours` (NULL: less nothing), at known cells. */
static void take_known(const seam *s, const float *colours, float *values) {
  for (size_t i = 0; i < pixel_count(s) && go_on(s, i); i++)
    for (size_t c = 0; s->cells[i] == RST_CELL_KNOWN && c < 3; c++)
      values[3 * i + c] = fminf(fmaxf(rgba_at(s, i)[c], 0), 1) - (colours ? colours[3 * i + c] : 0);
}

static rst_status spread(const seam *s, double stiffness, float *values) {
  return rst_poisson_spread(s->box->width, s->box->height, stiffness, s->cells, values, s->cancel,
                            s->error);
}

/* ---- the fill's weight ---- */

static void come_nearer(float *distance, float way, float *nearest) {
  if (*distance + way < *nearest)
    *nearest = *distance + way;
}

/* Distances of unknown cells from known ones, in pixels: in two passes, forth and back, by steps
 * to the eight neighbours (chamfer, Borgefors 1986), which come within 8 %. */
static bool measure(const seam *s, float *distance) {
  const int width = s->box->width, height = s->box->height;
  static const float straight = 1, diagonal = 4.0f / 3;

  for (size_t i = 0; i < pixel_count(s) && go_on(s, i); i++)
    distance[i] = s->cells[i] == RST_CELL_KNOWN ? 0 : INFINITY;
  for (int pass = 0; pass < 2; pass++) {
    const int by = pass == 0 ? 1 : -1;

    for (int row = 0; row < height; row++) {
      const int y = pass == 0 ? row : height - 1 - row;
      float *line = distance + (size_t)y * (size_t)width;
      float *above = row > 0 ? line - (ptrdiff_t)by * width : NULL;

      if (rst_cancelled(s->cancel))
        return false;
      for (int column = 0; column < width; column++) {
        const int x = pass == 0 ? column : width - 1 - column;

        if (column > 0)
          come_nearer(&line[x - by], straight, &line[x]);
        if (!above)
          continue;
        come_nearer(&above[x], straight, &line[x]);
        if (x > 0)
          come_nearer(&above[x - 1], diagonal, &line[x]);
        if (x < width - 1)
          come_nearer(&above[x + 1], diagonal, &line[x]);
      }
    }
  }
  return true;
}

/* The network's weight: 0 at the border, ever nearer to 1 the deeper. Two estimates are weighed by
 * the inverse of their variances: the network's is the same everywhere, the fill's grows with the
 * depth, in portraits about as its power of 1.5. */
static float weigh(double samples) {
  return (float)(1 / (1 + pow(even_depth / samples, 1.5)));
}

/* Pixels of the picture to a sample of the network's input; a pixel where it is enlarged. */
static double sample_length(const rst_encoding *encoding) {
  rst_window window;
  int size;

  rst_encoding_window(encoding, &window);
  rst_encoding_input(encoding, &size);
  return window.side > size ? (double)window.side / size : 1;
}

/* Mixes the fill into weights that were 1 and offsets that were the difference. */
static rst_status mix_fill(const seam *s, const rst_encoding *encoding, float *weight,
                           float *offset) {
  const double length = sample_length(encoding);
  float *fill = rst_zeros(3 * pixel_count(s), sizeof *fill);
  rst_status status;

  if (!fill)
    return rst_fail_memory(s->error);
  sort_cells(s, false);
  take_known(s, NULL, fill);
  status = spread(s, fill_stiffness * length, fill);
  if (status == RST_OK && !measure(s, weight))
    status = rst_fail_cancelled(s->error);
  if (status == RST_OK)
    status = rst_fill_add(encoding->model, s->box->width, s->box->height, s->cells, weight, fill,
                          s->cancel, s->error);
  for (size_t i = 0; i < pixel_count(s) && status == RST_OK; i++) {
    if (!go_on(s, i))
      status = rst_fail_cancelled(s->error);
    /* ignored: what no known pixel reaches has no fill */
    if (s->cells[i] != RST_CELL_UNKNOWN) {
      weight[i] = 1;
      continue;
    }
    weight[i] = weigh(weight[i] / length);
    /* the surroundings' own colours stay as vivid as they are */
    rst_mix(s->part->mode, 1, 1, rgba_at(s, i), fill + 3 * i, fill + 3 * i);
    for (size_t c = 0; c < 3; c++)
      offset[3 * i + c] = weight[i] * offset[3 * i + c] + (1 - weight[i]) * fill[3 * i + c];
  }
  free(fill);
  return status;
}

rst_status rst_seam_spread(const rst_parameters *parameters, const rst_encoding *encoding,
                           const rst_part *part, const rst_rectangle *box, const float *rgba,
                           int stride, const float *coverage, const bool *boundary,
                           const float *colours, float *weight, float *offset,
                           const rst_cancel *cancel, rst_error *error) {
  seam s = {part, box, rgba, stride, coverage, boundary, cancel, error, NULL};
  rst_status status;

  s.cells = rst_zeros(pixel_count(&s), 1);
  if (!s.cells)
    return rst_fail_memory(error);
  sort_cells(&s, true);
  take_known(&s, colours, offset);
  status = spread(&s, 0, offset);
  for (size_t i = 0; i < pixel_count(&s) && go_on(&s, i); i++)
    weight[i] = 1;
  if (status == RST_OK && parameters->hide_region)
    status = mix_fill(&s, encoding, weight, offset);
  if (status == RST_OK && rst_cancelled(cancel))
    status = rst_fail_cancelled(error);
  free(s.cells);
  return status;
}

void rst_seam_join(float weight, const float offset[3], float colour[3]) {
  for (int c = 0; c < 3; c++)
    colour[c] = fminf(fmaxf(weight * colour[c] + offset[c], 0), 1);
}
