/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region of a picture: its parts, their windows, and the whole way from pixels to pixels.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "membrane.h"
#include "memory.h"
#include "parameters.h"
#include "session.h"
#include "status.h"

/* Pixels that are read or restored at a time: enough to keep all threads busy, few enough to be
 * small beside the picture. */
enum { BAND_PIXELS = 1 << 18 };

static int band_rows(int width, int height) {
  const int rows = BAND_PIXELS / width;

  return rows < 1 ? 1 : rows > height ? height : rows;
}

static rst_status fail_host(rst_error *error) {
  return rst_fail(error, RST_HOST_FAILED, NULL, NULL, NULL, "the picture could not be accessed");
}

/* Coverage of a rectangle: what is selected, where alpha is above 0. `rgba` holds its pixels
 * afterwards. */
static bool read_covered(const rst_picture *picture, int x, int y, int w, int h, float *rgba,
                         float *coverage) {
  const size_t pixels = (size_t)w * (size_t)h;

  if (!picture->read(picture->user, x, y, w, h, rgba))
    return false;
  if (picture->read_coverage == NULL)
    for (size_t i = 0; i < pixels; i++)
      coverage[i] = 1;
  else if (!picture->read_coverage(picture->user, x, y, w, h, coverage))
    return false;
  for (size_t i = 0; i < pixels; i++)
    if (!(rgba[4 * i + 3] > 0) || !(coverage[i] > 0))
      coverage[i] = 0;
  return true;
}

/* ---- areas: pixels that touch, and the boxes round them ---- */

/* More areas than this are restored as one without trying to join their boxes: a dithered or
 * noisy selection, not faces. */
enum { AREAS_MAX = 4096 };

typedef struct {
  int x0, y0, x1, y1; /* x1, y1 are outside */
  int64_t points;
  int joined; /* the area that this one became part of; itself while it is one */
} area;

typedef struct {
  int x0, x1, area;
} run;

typedef struct {
  area *areas;
  int count, room;
  bool too_many;
  area whole;
} areas;

static int root(const areas *a, int i) {
  while (a->areas[i].joined != i)
    i = a->areas[i].joined;
  return i;
}

static void grow(area *to, const area *by) {
  to->x0 = by->x0 < to->x0 ? by->x0 : to->x0;
  to->y0 = by->y0 < to->y0 ? by->y0 : to->y0;
  to->x1 = by->x1 > to->x1 ? by->x1 : to->x1;
  to->y1 = by->y1 > to->y1 ? by->y1 : to->y1;
  to->points += by->points;
}

static int join(areas *a, int i, int j) {
  i = root(a, i);
  j = root(a, j);
  if (i == j)
    return i;
  grow(&a->areas[i], &a->areas[j]);
  a->areas[j].joined = i;
  return i;
}

/* A new area; −1 where memory ran out. */
static int add_area(areas *a, const area *first) {
  if (a->count == a->room) {
    const int room = a->room == 0 ? 64 : 2 * a->room;
    area *more = realloc(a->areas, (size_t)room * sizeof *more);

    if (more == NULL)
      return -1;
    a->areas = more;
    a->room = room;
  }
  a->areas[a->count] = *first;
  a->areas[a->count].joined = a->count;
  return a->count++;
}

/* Runs of one row joined with those of the row above that they touch, corners included. */
static bool add_run(areas *a, int x0, int x1, int y, const run *above, int above_count, run *out) {
  const area piece = {x0, y, x1, y + 1, x1 - x0, 0};
  int found = -1;

  grow(&a->whole, &piece);
  *out = (run){x0, x1, 0};
  if (a->too_many)
    return true;
  for (int i = 0; i < above_count && above[i].x0 <= x1; i++)
    if (above[i].x1 >= x0)
      found = found < 0 ? root(a, above[i].area) : join(a, found, above[i].area);
  if (found >= 0)
    grow(&a->areas[found], &piece);
  else
    found = add_area(a, &piece);
  out->area = found;
  a->too_many = a->count > 16 * AREAS_MAX; /* most of these have been joined already */
  return found >= 0;
}

static int find_runs(areas *a, const float *coverage, int x, int y, int width, const run *above,
                     int above_count, run *runs) {
  int count = 0;

  for (int i = 0; i < width; i++) {
    const int begin = i;

    while (i < width && coverage[i] > 0)
      i++;
    if (i > begin && !add_run(a, x + begin, x + i, y, above, above_count, &runs[count++]))
      return -1;
  }
  return count;
}

static rst_status find_areas(const rst_picture *picture, const int box[4], areas *a,
                             rst_error *error) {
  const int width = box[2], height = box[3], rows = band_rows(width, height);
  float *pixels = rst_floats((size_t)width * (size_t)rows * 5);
  run *runs[2] = {rst_array((size_t)width, sizeof(run)), rst_array((size_t)width, sizeof(run))};
  rst_status status = RST_OK;
  int above_count = 0;

  if (pixels == NULL || runs[0] == NULL || runs[1] == NULL)
    status = rst_fail_memory(error);
  for (int y = 0; y < height && status == RST_OK; y += rows) {
    const int count = height - y < rows ? height - y : rows;
    float *coverage = pixels + (size_t)width * (size_t)rows * 4;

    if (!read_covered(picture, box[0], box[1] + y, width, count, pixels, coverage))
      status = fail_host(error);
    for (int r = 0; r < count && status == RST_OK; r++) {
      above_count = find_runs(a, coverage + (size_t)r * (size_t)width, box[0], box[1] + y + r,
                              width, runs[0], above_count, runs[1]);
      if (above_count < 0)
        status = rst_fail_memory(error);
      else {
        run *spare = runs[0];

        runs[0] = runs[1];
        runs[1] = spare;
      }
    }
  }
  free(pixels);
  free(runs[0]);
  free(runs[1]);
  return status;
}

static bool boxes_overlap(const area *a, const area *b) {
  return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* Joins areas whose boxes overlap, until none do; the areas that remain come first. */
static void join_boxes(areas *a) {
  bool joined;
  int count = 0;

  for (int i = 0; i < a->count; i++)
    if (a->areas[i].joined == i)
      a->areas[count++] = a->areas[i];
  a->count = count;
  a->too_many = a->too_many || count > AREAS_MAX;
  if (a->too_many)
    return;
  do {
    joined = false;
    for (int i = 0; i < a->count; i++)
      for (int j = i + 1; j < a->count;)
        if (boxes_overlap(&a->areas[i], &a->areas[j])) {
          grow(&a->areas[i], &a->areas[j]);
          a->areas[j] = a->areas[--a->count];
          joined = true; /* the grown box may overlap any other: one round more */
        } else {
          j++;
        }
  } while (joined);
}

/* ---- windows ---- */

static int floor_half(int n) {
  return (n - (n < 0)) / 2;
}

/* One axis of a window of `side` about a span; `moved`: inside the picture where it fits. */
static int centre(int begin, int length, int side, int size) {
  const int at = begin + floor_half(length - side);

  if (side > size)
    return floor_half(size - side);
  return at < 0 ? 0 : at > size - side ? size - side : at;
}

static void choose_window(const rst_parameters *parameters, const rst_picture *picture,
                          rst_part *part) {
  const int longest = part->width > part->height ? part->width : part->height;
  const int largest = picture->width > picture->height ? picture->width : picture->height;
  /* less a rounding of the product: 1.1 · 10 is 11 */
  const double wanted = ceil(parameters->context * longest - 1e-6);
  rst_window *window = &part->window;

  if (parameters->window_kind == RST_WINDOW_GIVEN) {
    *window = parameters->window;
    return;
  }
  window->side = parameters->window_kind == RST_WINDOW_PICTURE || wanted > largest ? largest
                                                                                   : (int)wanted;
  window->x = centre(part->x, part->width, window->side, picture->width);
  window->y = centre(part->y, part->height, window->side, picture->height);
}

static bool window_holds(const rst_window *window, const rst_part *part) {
  return part->x >= window->x && part->y >= window->y &&
         part->x + part->width <= window->x + window->side &&
         part->y + part->height <= window->y + window->side;
}

/* ---- the plan ---- */

static rst_status make_plan(const rst_parameters *parameters, const rst_picture *picture,
                            areas *a, rst_plan *plan, rst_error *error) {
  rst_plan made = {.size = sizeof made, .points = a->whole.points};

  if (made.points == 0)
    return rst_fail(error, RST_EMPTY_REGION, NULL, NULL, NULL,
                    "nothing is selected inside the picture");
  join_boxes(a);
  if (a->too_many || a->count > RST_PARTS_MAX || parameters->window_kind != RST_WINDOW_AUTO) {
    a->count = 1;
    a->areas[0] = a->whole;
  }
  made.count = a->count;
  for (int i = 0; i < a->count; i++) {
    const area *from = &a->areas[i];
    rst_part *part = &made.parts[i];

    *part = (rst_part){.x = from->x0, .y = from->y0, .width = from->x1 - from->x0,
                       .height = from->y1 - from->y0, .points = from->points};
    choose_window(parameters, picture, part);
    part->mode = rst_resolve_mode(parameters, &part->window);
    if (!window_holds(&part->window, part)) {
      char text[64];

      snprintf(text, sizeof text, "%d,%d,%d", part->window.x, part->window.y, part->window.side);
      return rst_fail(error, RST_OUTSIDE_WINDOW, "window", text, NULL,
                      "the window %s does not hold the whole region", text);
    }
  }
  *plan = made;
  return RST_OK;
}

static bool good_picture(const rst_picture *picture) {
  return picture != NULL && picture->size == sizeof *picture && picture->read != NULL &&
         picture->width >= 1 && picture->height >= 1 && picture->width <= RST_SIDE_MAX &&
         picture->height <= RST_SIDE_MAX;
}

rst_status rst_plan_region(const rst_parameters *parameters, const rst_picture *picture,
                           const int box[4], rst_plan *plan, rst_error *error) {
  areas a = {.whole = {RST_SIDE_MAX, RST_SIDE_MAX, 0, 0, 0, 0}};
  rst_status status;
  int inside[4];

  if (parameters == NULL || parameters->size != sizeof *parameters || !good_picture(picture) ||
      plan == NULL || plan->size != sizeof *plan)
    return rst_fail_call(error, "rst_plan_region");
  status = rst_parameters_check_values(parameters, error);
  if (status != RST_OK)
    return status;
  for (int axis = 0; axis < 2; axis++) {
    const int size = axis == 0 ? picture->width : picture->height;
    const int64_t begin = box == NULL ? 0 : box[axis];
    const int64_t end = box == NULL ? size : begin + box[2 + axis];

    inside[axis] = begin < 0 ? 0 : begin > size ? size : (int)begin;
    inside[2 + axis] = (end > size ? size : end < 0 ? 0 : (int)end) - inside[axis];
  }
  status = inside[2] < 1 || inside[3] < 1 ? RST_OK : find_areas(picture, inside, &a, error);
  if (status == RST_OK)
    status = make_plan(parameters, picture, &a, plan, error);
  free(a.areas);
  return status;
}

/* ---- restoring ---- */

typedef struct {
  rst_session *session;
  rst_model *model;
  const rst_parameters *parameters;
  const rst_picture *picture;
  const rst_hooks *hooks;
  rst_error *error;
  int64_t points, done; /* of the whole region; restored so far */
  int64_t band_points;
  double reported;      /* the last fraction told: it never falls */
} restoration;

static void tell(restoration *r, rst_phase phase, double fraction) {
  if (fraction > r->reported)
    r->reported = fraction > 1 ? 1 : fraction;
  if (r->hooks != NULL && r->hooks->progress != NULL)
    r->hooks->progress(r->hooks->user, phase, r->reported);
}

static rst_cancel *cancel_of(const restoration *r) {
  return r->hooks == NULL ? NULL : r->hooks->cancel;
}

static void tell_band(void *user, rst_phase phase, double fraction) {
  restoration *r = user;

  tell(r, phase, ((double)r->done + fraction * (double)r->band_points) / (double)r->points);
}

/* The window's pixels into an input. */
static rst_status read_input(restoration *r, rst_input *input) {
  const rst_picture *picture = r->picture;
  int x, y, width, height, rows;
  float *rgba, *hidden = NULL;
  rst_status status = RST_OK;

  rst_input_get_box(input, &x, &y, &width, &height);
  rows = band_rows(width, height);
  rgba = rst_floats((size_t)width * (size_t)rows * 5);
  if (rgba == NULL)
    return rst_fail_memory(r->error);
  if (r->parameters->hide_region)
    hidden = rgba + (size_t)width * (size_t)rows * 4;
  for (int done = 0; done < height && status == RST_OK; done += rows) {
    const int count = height - done < rows ? height - done : rows;

    tell(r, RST_PHASE_READING, 0);
    if (rst_cancelled(cancel_of(r)))
      status = rst_fail_cancelled(r->error);
    else if (hidden == NULL ? !picture->read(picture->user, x, y + done, width, count, rgba)
                            : !read_covered(picture, x, y + done, width, count, rgba, hidden))
      status = fail_host(r->error);
    else
      status = rst_input_add(input, count, rgba, hidden, r->error);
  }
  free(rgba);
  return status;
}

static rst_status encode_part(restoration *r, const rst_part *part, rst_encoding **encoding) {
  rst_input *input;
  rst_status status = rst_input_new(r->model, &part->window, r->picture->width,
                                    r->picture->height, &input, r->error);

  if (status != RST_OK)
    return status;
  status = read_input(r, input);
  if (status == RST_OK) {
    tell(r, RST_PHASE_ENCODING, 0);
    status = rst_encode(r->session, r->model, input, cancel_of(r), encoding, r->error);
  }
  rst_input_free(input);
  return status;
}

/* A rectangle restored at a time: its pixels, what of it is covered, what is to be computed, and
 * its colours. */
typedef struct {
  rst_mode mode;
  int x, y, width, height;
  int threads;
  const rst_cancel *cancel;
  float *rgba, *coverage, *wanted, *colours;
} band;

static size_t band_pixels(const band *b) {
  return (size_t)b->width * (size_t)b->height;
}

static rst_status take_band(band *b, rst_error *error) {
  const size_t pixels = band_pixels(b);

  b->rgba = rst_floats(9 * pixels);
  if (b->rgba == NULL)
    return rst_fail_memory(error);
  b->coverage = b->rgba + 4 * pixels;
  b->wanted = b->rgba + 5 * pixels;
  b->colours = b->rgba + 6 * pixels;
  return RST_OK;
}

static void mix_rows(void *data, int worker) {
  const band *b = data;

  for (int row = worker; row < b->height && !rst_cancelled(b->cancel); row += b->threads) {
    const size_t first = (size_t)row * (size_t)b->width;

    for (size_t i = first; i < first + (size_t)b->width; i++)
      if (b->wanted[i] > 0)
        rst_mix(b->mode, 1, b->rgba + 4 * i, b->colours + 3 * i, b->colours + 3 * i);
  }
}

/* Restores the wanted pixels of a band, joined with the picture by mode. */
static rst_status restore_band(restoration *r, const rst_encoding *encoding, band *b) {
  const rst_hooks hooks = {sizeof hooks, r, tell_band, NULL, cancel_of(r), NULL};
  rst_status status;
  rst_grid grid;

  rst_grid_pixels(&grid, b->x, b->y, b->width, b->height);
  status = rst_sample(r->session, encoding, r->parameters, &grid, b->wanted, b->colours, &hooks,
                      r->error);
  if (status != RST_OK)
    return status;
  b->cancel = cancel_of(r);
  rst_pool_run(r->session->pool, mix_rows, b);
  return rst_cancelled(b->cancel) ? rst_fail_cancelled(r->error) : RST_OK;
}

static int64_t count_covered(const band *b) {
  int64_t count = 0;

  for (size_t i = 0; i < band_pixels(b); i++)
    count += b->coverage[i] > 0;
  return count;
}

static rst_status restore_bands(restoration *r, const rst_part *part,
                                const rst_encoding *encoding) {
  const rst_picture *picture = r->picture;
  band b = {.mode = part->mode, .x = part->x, .width = part->width,
            .height = band_rows(part->width, part->height),
            .threads = rst_session_threads(r->session)};
  rst_status status = take_band(&b, r->error);
  const int rows = b.height, end = part->y + part->height;

  for (b.y = part->y; b.y < end && status == RST_OK; b.y += rows) {
    b.height = end - b.y < rows ? end - b.y : rows;
    if (!read_covered(picture, b.x, b.y, b.width, b.height, b.rgba, b.coverage)) {
      status = fail_host(r->error);
      break;
    }
    r->band_points = count_covered(&b);
    if (r->band_points == 0)
      continue;
    memcpy(b.wanted, b.coverage, band_pixels(&b) * sizeof *b.wanted);
    status = restore_band(r, encoding, &b);
    r->done += r->band_points;
    if (status == RST_OK && !picture->write(picture->user, b.x, b.y, b.width, b.height, b.colours,
                                            b.coverage))
      status = fail_host(r->error);
  }
  free(b.rgba);
  return status;
}

/* ---- matching ---- */

void rst_match_box(const rst_part *part, int width, int height, int box[4]) {
  const rst_window *w = &part->window;
  const int right = w->x + w->side < width ? w->x + w->side : width;
  const int bottom = w->y + w->side < height ? w->y + w->side : height;

  box[0] = part->x > 0 && part->x > w->x ? part->x - 1 : part->x;
  box[1] = part->y > 0 && part->y > w->y ? part->y - 1 : part->y;
  box[2] = (part->x + part->width < right ? part->x + part->width + 1 : right) - box[0];
  box[3] = (part->y + part->height < bottom ? part->y + part->height + 1 : bottom) - box[1];
}

static bool beside_covered(int width, int height, const float *coverage, int x, int y) {
  const float *at = coverage + (size_t)y * (size_t)width + x;

  return (x > 0 && at[-1] > 0) || (x < width - 1 && at[1] > 0) || (y > 0 && at[-width] > 0) ||
         (y < height - 1 && at[width] > 0);
}

void rst_match_ring(int width, int height, const float *rgba, const float *coverage, bool *ring) {
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const size_t i = (size_t)y * (size_t)width + (size_t)x;

      ring[i] = !(coverage[i] > 0) && rgba[4 * i + 3] > 0 &&
                beside_covered(width, height, coverage, x, y);
    }
}

rst_status rst_match_spread(int width, int height, const float *rgba, const float *coverage,
                            const bool *ring, const float *colours, float *difference,
                            const rst_cancel *cancel, rst_error *error) {
  const size_t pixels = (size_t)width * (size_t)height;
  unsigned char *cells = rst_array(pixels, 1);
  rst_status status;

  if (cells == NULL)
    return rst_fail_memory(error);
  for (size_t i = 0; i < pixels; i++) {
    cells[i] = coverage[i] > 0 ? RST_CELL_UNKNOWN : ring[i] ? RST_CELL_KNOWN : RST_CELL_IGNORED;
    for (size_t c = 0; cells[i] == RST_CELL_KNOWN && c < 3; c++)
      difference[3 * i + c] = fminf(fmaxf(rgba[4 * i + c], 0), 1) - colours[3 * i + c];
  }
  status = rst_membrane_spread(width, height, cells, difference, cancel, error);
  free(cells);
  return status;
}

/* Adds to the colours what the picture differs from them on the ring, spread over the region. */
static rst_status match_ring(restoration *r, const band *b, const bool *ring) {
  const size_t pixels = band_pixels(b);
  float *difference = rst_floats(3 * pixels);
  rst_status status;

  if (difference == NULL)
    return rst_fail_memory(r->error);
  status = rst_match_spread(b->width, b->height, b->rgba, b->coverage, ring, b->colours,
                            difference, cancel_of(r), r->error);
  for (size_t i = 0; i < pixels && status == RST_OK; i++)
    for (size_t c = 0; b->coverage[i] > 0 && c < 3; c++) {
      float *colour = &b->colours[3 * i + c];

      *colour = fminf(fmaxf(*colour + difference[3 * i + c], 0), 1);
    }
  free(difference);
  return status;
}

/* A host expects rectangles inside the part, so the ring is left out, row by row. */
static rst_status write_part(restoration *r, const rst_part *part, const band *b) {
  for (int y = part->y; y < part->y + part->height; y++) {
    const size_t first = (size_t)(y - b->y) * (size_t)b->width + (size_t)(part->x - b->x);

    if (!r->picture->write(r->picture->user, part->x, y, part->width, 1, b->colours + 3 * first,
                           b->coverage + first))
      return fail_host(r->error);
  }
  return RST_OK;
}

/* The ring's influence reaches everywhere, so the part is held whole. */
static rst_status restore_matched(restoration *r, const rst_part *part,
                                  const rst_encoding *encoding) {
  band b = {.mode = part->mode, .threads = rst_session_threads(r->session)};
  bool *ring;
  rst_status status;
  int box[4];

  rst_match_box(part, r->picture->width, r->picture->height, box);
  b.x = box[0];
  b.y = box[1];
  b.width = box[2];
  b.height = box[3];
  status = take_band(&b, r->error);
  ring = rst_array(band_pixels(&b), sizeof *ring);
  if (status == RST_OK && ring == NULL)
    status = rst_fail_memory(r->error);
  if (status == RST_OK && !read_covered(r->picture, b.x, b.y, b.width, b.height, b.rgba,
                                        b.coverage))
    status = fail_host(r->error);
  if (status == RST_OK) {
    rst_match_ring(b.width, b.height, b.rgba, b.coverage, ring);
    for (size_t i = 0; i < band_pixels(&b); i++)
      b.wanted[i] = ring[i] ? 1 : b.coverage[i];
    r->band_points = part->points;
    status = restore_band(r, encoding, &b);
    r->done += part->points;
  }
  if (status == RST_OK)
    status = match_ring(r, &b, ring);
  if (status == RST_OK)
    status = write_part(r, part, &b);
  free(ring);
  free(b.rgba);
  return status;
}

static rst_status restore_part(restoration *r, const rst_part *part) {
  rst_encoding *encoding;
  rst_status status = encode_part(r, part, &encoding);

  if (status != RST_OK)
    return status;
  status = rst_resolve_match(r->parameters) ? restore_matched(r, part, encoding)
                                            : restore_bands(r, part, encoding);
  rst_encoding_unref(encoding);
  return status;
}

static bool good_plan(const rst_plan *plan, const rst_picture *picture) {
  if (plan == NULL || plan->size != sizeof *plan || plan->count < 1 ||
      plan->count > RST_PARTS_MAX || plan->points < 1)
    return false;
  for (int i = 0; i < plan->count; i++) {
    const rst_part *part = &plan->parts[i];

    if (part->x < 0 || part->y < 0 || part->width < 1 || part->height < 1 ||
        part->width > picture->width - part->x || part->height > picture->height - part->y)
      return false;
  }
  return true;
}

bool rst_resolve_match(const rst_parameters *parameters) {
  return parameters->match == RST_MATCH_AUTO ? parameters->hide_region
                                             : parameters->match == RST_MATCH_ON;
}

rst_status rst_restore(rst_session *session, rst_model *model, const rst_parameters *parameters,
                       const rst_picture *picture, const rst_plan *plan, const rst_hooks *hooks,
                       rst_error *error) {
  restoration r = {.session = session, .model = model, .parameters = parameters,
                   .picture = picture, .hooks = hooks, .error = error};
  rst_status status;

  if (session == NULL || !good_picture(picture) || picture->write == NULL ||
      !good_plan(plan, picture) || (hooks != NULL && hooks->size != sizeof *hooks))
    return rst_fail_call(error, "rst_restore");
  r.points = plan->points;
  status = rst_parameters_check(parameters, model, error);
  for (int i = 0; i < plan->count && status == RST_OK; i++)
    status = restore_part(&r, &plan->parts[i]);
  if (status == RST_OK)
    tell(&r, RST_PHASE_SAMPLING, 1);
  return status;
}
