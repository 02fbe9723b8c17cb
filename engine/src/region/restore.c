/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole way of a region, from pixels to pixels.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "network/model.h"
#include "parameters/parameters.h"
#include "region/partial.h"
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

static void report(restoration *r, rst_phase phase, double fraction) {
  if (fraction > r->reported)
    r->reported = fraction > 1 ? 1 : fraction;
  if (r->hooks && r->hooks->progress)
    r->hooks->progress(r->hooks->user, phase, r->reported);
}

static rst_cancel *cancel_of(const restoration *r) {
  return r->hooks ? r->hooks->cancel : NULL;
}

/* Of what comes before the points: no fraction of its own. */
static void report_phase(void *user, rst_phase phase, double fraction) {
  (void)fraction;
  report(user, phase, 0);
}

static void report_band(void *user, rst_phase phase, double fraction) {
  restoration *r = user;

  report(r, phase, ((double)r->done + fraction * (double)r->band_points) / (double)r->points);
}

/* What the host is handed: colours, or how they vary with the seed, of a rectangle. */
typedef struct {
  rst_rectangle box;
  float *colours, *coverage;
} output;

static rst_status take_output(const restoration *r, const rst_part *part, const rst_rectangle *area,
                              output *to) {
  float *memory;
  size_t pixels;

  to->box = area ? *area : part->box;
  /* Deviations are of the whole, colours are read some rows at a time. */
  pixels = (size_t)to->box.width *
           (size_t)(r->deviation ? to->box.height : rst_band_rows(to->box.width, to->box.height));
  memory = rst_floats((r->deviation ? 10 : 4) * pixels);
  if (!memory)
    return rst_fail_memory(r->error);
  to->coverage = memory;
  to->colours = memory + pixels;
  return RST_OK;
}

typedef struct {
  const rst_partial *partial;
  const output *from;
  const rst_cancel *cancel;
  int row, rows, threads;
} reading;

static void read_some(void *data, int worker) {
  const reading *d = data;

  for (int i = worker; i < d->rows && !rst_cancelled(d->cancel); i += d->threads) {
    const size_t first = (size_t)i * (size_t)d->from->box.width;
    const rst_rectangle area = {d->from->box.x, d->from->box.y + d->row + i, d->from->box.width, 1};

    rst_partial_read(d->partial, &area, 1, d->from->colours + 3 * first, d->from->coverage + first,
                     NULL);
  }
}

/* Rows row … row + rows − 1 of the rectangle into its memory. */
static rst_status read_rows(const restoration *r, const rst_partial *partial, const output *from,
                            int row, int rows) {
  reading d = {partial, from, cancel_of(r), row, rows, rst_session_threads(r->session)};

  rst_pool_run(r->session->pool, read_some, &d);
  return rst_cancelled(d.cancel) ? rst_fail_cancelled(r->error) : RST_OK;
}

static rst_status write_rows(const restoration *r, const output *from, int row, int rows) {
  return r->picture->write(r->picture->user, from->box.x, from->box.y + row, from->box.width, rows,
                           from->colours, from->coverage)
           ? RST_OK
           : rst_fail_host(r->error);
}

static rst_status finish(restoration *r, rst_partial *partial) {
  const rst_hooks hooks = {sizeof hooks, r, report_band, NULL, cancel_of(r), NULL};
  rst_status status = rst_partial_finish(r->session, partial, &hooks, r->error);
  rst_hooks silent = hooks;

  silent.progress = NULL;
  r->done += r->band_points;
  return status == RST_OK ? rst_partial_match(r->session, partial, &silent, r->error) : status;
}

static rst_status write_colours(restoration *r, rst_partial *partial, const output *to) {
  const int band = rst_band_rows(to->box.width, to->box.height);
  rst_status status = finish(r, partial);

  for (int row = 0; row < to->box.height && status == RST_OK; row += band) {
    const int rows = to->box.height - row < band ? to->box.height - row : band;

    status = read_rows(r, partial, to, row, rows);
    if (status == RST_OK)
      status = write_rows(r, to, row, rows);
  }
  return status;
}

static rst_status write_deviations(restoration *r, rst_partial *partial, const output *to) {
  const size_t values = 3 * (size_t)to->box.width * (size_t)to->box.height;
  float *mean = to->colours + values, *squares = mean + values;
  RST_FREED rst_parameters *parameters = rst_parameters_copy(r->parameters);
  rst_status status = parameters ? RST_OK : rst_fail_memory(r->error);

  for (int i = 1; i <= r->seeds && status == RST_OK; i++) {
    status = finish(r, partial);
    if (status == RST_OK)
      status = read_rows(r, partial, to, 0, to->box.height);
    if (status == RST_OK)
      rst_deviation_add(i, values, to->colours, mean, squares);
    parameters->seed = rst_next_seed(parameters->seed);
    if (status == RST_OK && i < r->seeds)
      status = rst_partial_set(partial, parameters, r->error);
  }
  if (status != RST_OK)
    return status;
  rst_deviation_get(r->seeds, values, squares, to->colours);
  return write_rows(r, to, 0, to->box.height);
}

/* ---- a part ---- */

/* `area` of a part; NULL: all of it, which where it is matched is held whole: the boundary's
 * influence reaches everywhere. */
static rst_status restore_area(restoration *r, const rst_part *part, rst_encoding *encoding,
                               const rst_hint_field *hints, const rst_rectangle *area) {
  rst_picture picture = *r->picture;
  rst_partial *partial;
  rst_status status;
  output to;

  picture.cancel = cancel_of(r);
  status = rst_partial_new(r->parameters, encoding, &picture, part, area, &partial, r->error);
  if (status != RST_OK)
    return status;
  rst_partial_set_hints(partial, hints);
  r->band_points = rst_partial_count(partial, NULL);
  if (r->band_points > 0)
    status = take_output(r, part, area, &to);
  if (r->band_points > 0 && status == RST_OK) {
    status = (r->deviation ? write_deviations : write_colours)(r, partial, &to);
    free(to.coverage);
  }
  rst_partial_free(partial);
  return status;
}

static rst_status restore_bands(restoration *r, const rst_part *part, rst_encoding *encoding,
                                const rst_hint_field *hints) {
  const int rows = rst_band_rows(part->box.width, part->box.height),
            end = part->box.y + part->box.height;
  rst_status status = RST_OK;

  for (int y = part->box.y; y < end && status == RST_OK; y += rows) {
    const rst_rectangle area = {part->box.x, y, part->box.width, end - y < rows ? end - y : rows};

    status = restore_area(r, part, encoding, hints, &area);
  }
  return status;
}

static rst_status restore_part(restoration *r, const rst_part *part) {
  const rst_hooks hooks = {sizeof hooks, r, report_phase, NULL, cancel_of(r), NULL};
  rst_hint_field *hints = NULL;
  rst_encoding *encoding;
  rst_status status = rst_encode_window(r->session, r->model, r->parameters, r->picture,
                                        &part->window, &hooks, &encoding, r->error);

  if (status != RST_OK)
    return status;
  status = rst_hint_field_read(r->session, r->parameters, r->picture, part, cancel_of(r), &hints,
                               r->error);
  if (status == RST_OK)
    status = rst_resolve_match(r->parameters) ? restore_area(r, part, encoding, hints, NULL)
                                              : restore_bands(r, part, encoding, hints);
  rst_hint_field_free(hints);
  rst_encoding_unref(encoding);
  return status;
}

static bool good_plan(const rst_plan *plan, const rst_picture *picture) {
  if (plan->count < 1 || plan->count > RST_PARTS_MAX || plan->points < 1)
    return false;
  for (int i = 0; i < plan->count; i++) {
    const rst_part *part = &plan->parts[i];

    if (part->box.x < 0 || part->box.y < 0 || part->box.width < 1 || part->box.height < 1 ||
        part->box.width > picture->width - part->box.x ||
        part->box.height > picture->height - part->box.y)
      return false;
  }
  return true;
}

static rst_status restore_plan(restoration *r, const rst_plan *plan) {
  RST_FREED rst_parameters *own = NULL;
  rst_picture all_picture;
  rst_hooks all_hooks;
  rst_plan all_plan;
  rst_status status;

  if (!r->session || !rst_take_picture(&r->picture, &all_picture) || !r->picture->write ||
      !rst_complete_plan(&plan, &all_plan) || !good_plan(plan, r->picture) ||
      !rst_complete_hooks(&r->hooks, &all_hooks))
    return rst_fail_call(r->error, "rst_restore");
  status = rst_whole_parameters(&r->parameters, &own, "rst_restore", r->error);
  if (status != RST_OK)
    return status;
  r->points = plan->points * r->seeds;
  status = rst_parameters_check(r->parameters, r->model, r->error);
  for (int i = 0; i < plan->count && status == RST_OK; i++)
    status = restore_part(r, &plan->parts[i]);
  if (status == RST_OK)
    report(r, RST_PHASE_SAMPLING, 1);
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

  if (!model)
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
