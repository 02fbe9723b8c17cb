/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole way of a region, from pixels to pixels.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/model.h"
#include "parameters/parameters.h"
#include "region/parts.h"
#include "base/session.h"
#include "base/status.h"

typedef struct {
  rst_session *session;
  rst_model *model;
  const rst_parameters *parameters;
  const rst_picture *picture;
  const rst_hooks *hooks;
  rst_error *error;
  bool deviation;       /* instead of colours, how they vary … */
  int seeds;            /* … over so many */
  int64_t points, done; /* of the whole region, by each seed; restored so far */
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
  rows = rst_band_rows(width, height);
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
                            : !rst_read_covered(picture, x, y + done, width, count, rgba, hidden))
      status = rst_fail_host(r->error);
    else
      status = rst_input_add(input, count, rgba, hidden, r->error);
  }
  free(rgba);
  return status;
}

static rst_status encode_window(restoration *r, const rst_window *window, rst_encoding **encoding) {
  rst_input *input;
  rst_status status =
    rst_input_new(r->model, window, r->picture->width, r->picture->height, &input, r->error);

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
  double saturation;
  int x, y, width, height;
  int threads;
  const rst_cancel *cancel;
  float *rgba, *coverage, *wanted, *luma, *colours;
  bool *ring;            /* where it is matched; else NULL */
  const rst_hint_field *hints; /* NULL: none */
  float *mean, *squares; /* of the colours so far, where their deviation is wanted */
} band;

static size_t band_pixels(const band *b) {
  return (size_t)b->width * (size_t)b->height;
}

static rst_status take_band(restoration *r, band *b) {
  const size_t pixels = band_pixels(b);

  b->rgba = rst_floats((r->deviation ? 16 : 10) * pixels);
  if (b->rgba == NULL)
    return rst_fail_memory(r->error);
  b->coverage = b->rgba + 4 * pixels;
  b->wanted = b->rgba + 5 * pixels;
  b->luma = b->rgba + 6 * pixels;
  b->colours = b->rgba + 7 * pixels;
  b->mean = r->deviation ? b->rgba + 10 * pixels : NULL;
  b->squares = r->deviation ? b->rgba + 13 * pixels : NULL;
  return RST_OK;
}

static void mix_rows(void *data, int worker) {
  const band *b = data;

  for (int row = worker; row < b->height && !rst_cancelled(b->cancel); row += b->threads) {
    const size_t first = (size_t)row * (size_t)b->width;

    for (size_t i = first; i < first + (size_t)b->width; i++)
      if (b->wanted[i] > 0)
        rst_mix(b->mode, b->saturation, 1, b->rgba + 4 * i, b->colours + 3 * i, b->colours + 3 * i);
  }
}

/* Restores the wanted pixels of a band, joined with the picture by mode. */
static rst_status restore_wanted(restoration *r, const rst_parameters *parameters,
                                 const rst_encoding *encoding, band *b) {
  const rst_hooks hooks = {sizeof hooks, r, tell_band, NULL, cancel_of(r), NULL};
  rst_status status;
  rst_grid grid;

  rst_grid_pixels(&grid, b->x, b->y, b->width, b->height);
  grid.luma = b->luma;
  status =
    rst_sample(r->session, encoding, parameters, &grid, b->wanted, b->colours, &hooks, r->error);
  if (status != RST_OK)
    return status;
  b->cancel = cancel_of(r);
  rst_pool_run(r->session->pool, mix_rows, b);
  return rst_cancelled(b->cancel) ? rst_fail_cancelled(r->error) : RST_OK;
}

/* Matches the colours to what the picture shows round them. */
static rst_status match_ring(restoration *r, const rst_part *part, const rst_encoding *encoding,
                             const band *b) {
  const int box[4] = {b->x, b->y, b->width, b->height};
  const size_t pixels = band_pixels(b);
  float *offset = rst_floats(4 * pixels), *weight;
  rst_status status;

  if (offset == NULL)
    return rst_fail_memory(r->error);
  weight = offset + 3 * pixels;
  status = rst_match_spread(r->parameters, encoding, part, box, b->rgba, b->coverage, b->ring,
                            b->colours, weight, offset, cancel_of(r), r->error);
  for (size_t i = 0; i < pixels && status == RST_OK; i++)
    if (b->coverage[i] > 0)
      rst_match_join(weight[i], offset + 3 * i, b->colours + 3 * i);
  free(offset);
  return status;
}

/* ---- colour hints ---- */

static void hint_rows(void *data, int worker) {
  const band *b = data;

  for (int row = worker; row < b->height && !rst_cancelled(b->cancel); row += b->threads) {
    const size_t first = (size_t)row * (size_t)b->width;
    rst_grid grid;

    rst_grid_pixels(&grid, b->x, b->y + row, b->width, 1);
    rst_hint_field_apply(b->hints, &grid, b->rgba + 4 * first, b->coverage + first,
                         b->colours + 3 * first);
  }
}

static rst_status apply_hints(restoration *r, band *b) {
  if (b->hints == NULL)
    return RST_OK;
  b->cancel = cancel_of(r);
  rst_pool_run(r->session->pool, hint_rows, b);
  return rst_cancelled(b->cancel) ? rst_fail_cancelled(r->error) : RST_OK;
}

/* What is handed to the host: the colours, or how they vary with the seed. */
static rst_status restore_band(restoration *r, const rst_part *part, const rst_encoding *encoding,
                               band *b) {
  rst_parameters parameters = *r->parameters;
  const size_t values = 3 * band_pixels(b);
  rst_status status = RST_OK;

  rst_pixel_luma(band_pixels(b), b->rgba, r->parameters->hide_region ? b->coverage : NULL, b->luma);
  for (int i = 1; i <= r->seeds && status == RST_OK; i++) {
    status = restore_wanted(r, &parameters, encoding, b);
    r->done += r->band_points;
    if (status == RST_OK && b->ring != NULL)
      status = match_ring(r, part, encoding, b);
    if (status == RST_OK)
      status = apply_hints(r, b);
    if (r->deviation)
      rst_deviation_add(i, values, b->colours, b->mean, b->squares);
    parameters.seed = rst_next_seed(parameters.seed);
  }
  if (r->deviation)
    rst_deviation_get(r->seeds, values, b->squares, b->colours);
  return status;
}

static int64_t count_covered(const band *b) {
  int64_t count = 0;

  for (size_t i = 0; i < band_pixels(b); i++)
    count += b->coverage[i] > 0;
  return count;
}

static rst_status restore_bands(restoration *r, const rst_part *part, const rst_encoding *encoding,
                                const rst_hint_field *hints) {
  const rst_picture *picture = r->picture;
  band b = {.mode = part->mode,
            .saturation = r->parameters->saturation,
            .x = part->x,
            .width = part->width,
            .height = rst_band_rows(part->width, part->height),
            .threads = rst_session_threads(r->session),
            .hints = hints};
  rst_status status = take_band(r, &b);
  const int rows = b.height, end = part->y + part->height;

  for (b.y = part->y; b.y < end && status == RST_OK; b.y += rows) {
    b.height = end - b.y < rows ? end - b.y : rows;
    if (!rst_read_covered(picture, b.x, b.y, b.width, b.height, b.rgba, b.coverage)) {
      status = rst_fail_host(r->error);
      break;
    }
    r->band_points = count_covered(&b);
    if (r->band_points == 0)
      continue;
    memcpy(b.wanted, b.coverage, band_pixels(&b) * sizeof *b.wanted);
    status = restore_band(r, part, encoding, &b);
    if (status == RST_OK &&
        !picture->write(picture->user, b.x, b.y, b.width, b.height, b.colours, b.coverage))
      status = rst_fail_host(r->error);
  }
  free(b.rgba);
  return status;
}

/* A host expects rectangles inside the part, so the ring is left out, row by row. */
static rst_status write_part(restoration *r, const rst_part *part, const band *b) {
  for (int y = part->y; y < part->y + part->height; y++) {
    const size_t first = (size_t)(y - b->y) * (size_t)b->width + (size_t)(part->x - b->x);

    if (!r->picture->write(r->picture->user, part->x, y, part->width, 1, b->colours + 3 * first,
                           b->coverage + first))
      return rst_fail_host(r->error);
  }
  return RST_OK;
}

/* The ring's influence reaches everywhere, so the part is held whole. */
static rst_status restore_matched(restoration *r, const rst_part *part,
                                  const rst_encoding *encoding, const rst_hint_field *hints) {
  band b = {.mode = part->mode,
            .saturation = r->parameters->saturation,
            .threads = rst_session_threads(r->session),
            .hints = hints};
  rst_status status;
  int box[4];

  rst_match_box(part, r->picture->width, r->picture->height, box);
  b.x = box[0];
  b.y = box[1];
  b.width = box[2];
  b.height = box[3];
  status = take_band(r, &b);
  b.ring = rst_array(band_pixels(&b), sizeof *b.ring);
  if (status == RST_OK && b.ring == NULL)
    status = rst_fail_memory(r->error);
  if (status == RST_OK &&
      !rst_read_covered(r->picture, b.x, b.y, b.width, b.height, b.rgba, b.coverage))
    status = rst_fail_host(r->error);
  if (status == RST_OK) {
    rst_match_ring(part, box, b.rgba, b.coverage, b.ring);
    for (size_t i = 0; i < band_pixels(&b); i++)
      b.wanted[i] = b.ring[i] ? 1 : b.coverage[i];
    r->band_points = part->points;
    status = restore_band(r, part, encoding, &b);
  }
  if (status == RST_OK)
    status = write_part(r, part, &b);
  free(b.ring);
  free(b.rgba);
  return status;
}

static rst_status restore_part(restoration *r, const rst_part *part) {
  rst_encoding *encoding;
  rst_status status = encode_window(r, &part->window, &encoding);
  rst_hint_field *hints = NULL;

  if (status != RST_OK)
    return status;
  status = rst_hint_field_read(r->session, r->parameters, r->picture, part, cancel_of(r), &hints,
                               r->error);
  if (status == RST_OK)
    status = rst_resolve_match(r->parameters) ? restore_matched(r, part, encoding, hints)
                                              : restore_bands(r, part, encoding, hints);
  rst_hint_field_free(hints);
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

static bool good_hooks(const rst_hooks *hooks) {
  return hooks == NULL || hooks->size == sizeof *hooks;
}

static rst_status restore_plan(restoration *r, const rst_plan *plan) {
  rst_status status;

  if (r->session == NULL || !rst_good_picture(r->picture) || r->picture->write == NULL ||
      !good_plan(plan, r->picture) || !good_hooks(r->hooks))
    return rst_fail_call(r->error, "rst_restore");
  r->points = plan->points * r->seeds;
  status = rst_parameters_check(r->parameters, r->model, r->error);
  for (int i = 0; i < plan->count && status == RST_OK; i++)
    status = restore_part(r, &plan->parts[i]);
  if (status == RST_OK)
    tell(r, RST_PHASE_SAMPLING, 1);
  return status;
}

rst_status rst_restore(rst_session *session, rst_model *model, const rst_parameters *parameters,
                       const rst_picture *picture, const rst_plan *plan, const rst_hooks *hooks,
                       rst_error *error) {
  restoration r = {.session = session,
                   .model = model,
                   .parameters = parameters,
                   .picture = picture,
                   .hooks = hooks,
                   .error = error,
                   .seeds = 1};

  return restore_plan(&r, plan);
}

rst_status rst_uncertainty(rst_session *session, rst_model *model, const rst_parameters *parameters,
                           const rst_picture *picture, const rst_plan *plan, int seeds,
                           const rst_hooks *hooks, rst_error *error) {
  restoration r = {.session = session,
                   .model = model,
                   .parameters = parameters,
                   .picture = picture,
                   .hooks = hooks,
                   .error = error,
                   .deviation = true,
                   .seeds = seeds};

  if (model == NULL)
    return rst_fail_call(error, "rst_uncertainty");
  if (seeds < 2 || seeds > RST_SEEDS_MAX) {
    char text[16];

    snprintf(text, sizeof text, "%d", seeds);
    return rst_fail_range(error, "seeds", text, 2, RST_SEEDS_MAX);
  }
  if (model->process == RST_SINGLE_PASS)
    r.seeds = 1; /* whose result is everybody's */
  return restore_plan(&r, plan);
}

rst_status rst_encode_window(rst_session *session, rst_model *model,
                             const rst_parameters *parameters, const rst_picture *picture,
                             const rst_window *window, const rst_hooks *hooks,
                             rst_encoding **encoding, rst_error *error) {
  restoration r = {.session = session,
                   .model = model,
                   .parameters = parameters,
                   .picture = picture,
                   .hooks = hooks,
                   .error = error};

  if (session == NULL || parameters == NULL || parameters->size != sizeof *parameters ||
      !rst_good_picture(picture) || !good_hooks(hooks))
    return rst_fail_call(error, "rst_encode_window");
  return encode_window(&r, window, encoding);
}
