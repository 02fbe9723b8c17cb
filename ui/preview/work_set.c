/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/work_set.h"

#include "failure.h"

enum {
  ENCODINGS_SPARE = 16, /* windows encoded earlier that are kept beside those in use */
  BAND_PIXELS = 1 << 18 /* of a window, read at a time */
};

typedef struct {
  rst_encoding *encoding;
  rst_model *model;
  rst_window window;
  bool hide;
} kept_encoding;

static bool same_window(const rst_window *a, const rst_window *b) {
  return a->x == b->x && a->y == b->y && a->side == b->side;
}

/* ---- encodings that are kept ---- */

static void drop_encoding(work_set *s, guint i) {
  kept_encoding *e = &g_array_index(s->encodings, kept_encoding, i);

  rst_encoding_unref(e->encoding);
  rst_model_unref(e->model);
  g_array_remove_index(s->encodings, i);
}

/* Encodings of other pixels are of no use; nor are those that another selection was hidden in. */
static void drop_encodings(work_set *s, bool all) {
  for (guint i = s->encodings->len; i-- > 0;)
    if (all || g_array_index(s->encodings, kept_encoding, i).hide)
      drop_encoding(s, i);
}

/* ---- init and clear ---- */

void work_set_init(work_set *s) {
  s->encodings = g_array_new(FALSE, FALSE, sizeof(kept_encoding));
  s->plan = g_new0(rst_plan, 1);
  s->plan->size = sizeof *s->plan;
}

void work_set_clear(work_set *s) {
  drop_encodings(s, true);
  g_array_unref(s->encodings);
  rst_model_unref(s->sampled_model);
  g_free(s->plan);
}

void work_set_forget(work_set *s) {
  report *to = &s->mailbox->report;

  lattice_clear(s->lattice);
  mailbox_lock(s->mailbox);
  to->plan.count = 0;
  for (int i = 0; i < RST_PARTS_MAX; i++)
    g_clear_pointer(&to->encodings[i], rst_encoding_unref);
  mailbox_unlock(s->mailbox);
}

void work_set_forget_other_picture(work_set *s) {
  if (s->planned_pixels != s->work->pixels_serial)
    work_set_forget(s);
}

/* ---- the plan ---- */

static bool copied_read(void *user, int x, int y, int w, int h, float *rgba) {
  tiles_read(((const work_set *)user)->work->pixels, &(rect){x, y, w, h}, rgba);
  return true;
}

static bool copied_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  tiles_read(((const work_set *)user)->work->coverage, &(rect){x, y, w, h}, coverage);
  return true;
}

static bool is_planned(const work_set *s) {
  return s->lattice->count > 0 && s->planned_pixels == s->work->pixels_serial &&
         s->planned_region == s->work->region_serial &&
         !(rst_parameters_compare(&s->planned, &s->work->parameters, NULL) & RST_STAGE_PLAN);
}

static rst_status add_parts(work_set *s, rst_error *error) {
  lattice *l = s->lattice;

  for (; l->count < s->plan->count; l->count++) {
    part_points *part =
      part_points_new(&s->plan->parts[l->count], s->work->pixels->box.width,
                      s->work->pixels->box.height, s->work->pixels, s->work->coverage);

    if (!part)
      return failure_of_memory(error);
    l->parts[l->count] = part;
  }
  return RST_OK;
}

/* Parts with the window of an earlier one take over its points. */
static void adopt(lattice *l, const lattice *old) {
  for (int i = 0; i < l->count; i++)
    for (int j = 0; j < old->count; j++)
      if (same_window(&l->parts[i]->part.window, &old->parts[j]->part.window))
        part_points_adopt(l->parts[i], old->parts[j]);
}

static void report_plan(work_set *s) {
  report *to = &s->mailbox->report;
  const lattice *l = s->lattice;

  mailbox_lock(s->mailbox);
  to->plan = *s->plan;
  for (int i = 0; i < RST_PARTS_MAX; i++) {
    rst_encoding *encoding = i < l->count ? l->parts[i]->encoding : NULL;

    rst_encoding_unref(to->encodings[i]);
    to->encodings[i] = encoding ? rst_encoding_ref(encoding) : NULL;
  }
  mailbox_unlock(s->mailbox);
}

static rst_status make_plan(work_set *s, rst_error *error) {
  const rect *r = &s->work->region;
  const int box[4] = {r->x, r->y, r->width, r->height};
  const rst_picture copied = {
    .size = sizeof copied,
    .width = s->work->pixels->box.width,
    .height = s->work->pixels->box.height,
    .user = s,
    .read = copied_read,
    .read_coverage = copied_coverage,
  };

  return rst_plan_region(&s->work->parameters, &copied, box, s->plan, error);
}

rst_status work_set_plan(work_set *s, rst_error *error) {
  const rect bordered = request_get_bordered_region(s->work);
  const bool moved = s->planned_region != s->work->region_serial;
  lattice old;
  rst_status status;

  if (is_planned(s))
    return RST_OK;
  status = tile_reader_require(s->reader, &bordered, error);
  if (status == RST_OK)
    status = make_plan(s, error);
  if (status != RST_OK)
    return status;
  if (moved)
    drop_encodings(s, s->planned_pixels != s->work->pixels_serial);
  old = *s->lattice;
  s->lattice->count = 0;
  status = add_parts(s, error);
  /* A hidden selection is part of the network's input, which has changed with it. */
  if (status == RST_OK && !(moved && s->sampled.hide_region))
    adopt(s->lattice, &old);
  for (int i = 0; i < old.count; i++) /* there may be no part in its place any more */
    publisher_mark(s->publisher, &old.parts[i]->box);
  lattice_clear(&old);
  if (status != RST_OK)
    return status;
  s->planned = s->work->parameters;
  s->planned_pixels = s->work->pixels_serial;
  s->planned_region = s->work->region_serial;
  report_plan(s);
  return RST_OK;
}

/* ---- what is stale ---- */

void work_set_forget_stale(work_set *s) {
  const rst_parameters *parameters = &s->work->parameters;
  const bool model = s->sampled_model != s->work->model;
  rst_model_info info = {.size = sizeof info};
  unsigned stages;

  rst_model_get_info(s->work->model, &info);
  stages = model ? RST_STAGE_ENCODE : rst_parameters_compare(&s->sampled, parameters, &info);
  for (int i = 0; i < s->lattice->count; i++) {
    part_points *part = s->lattice->parts[i];

    if (stages & RST_STAGE_ENCODE)
      part_points_set_encoding(part, NULL);
    if (stages & (RST_STAGE_ENCODE | RST_STAGE_SAMPLE))
      part_points_forget(part);
    part_points_set_mix(part, rst_resolve_mode(parameters, &part->part.window),
                        parameters->saturation);
  }
  if (model) {
    rst_model_unref(s->sampled_model);
    s->sampled_model = rst_model_ref(s->work->model);
  }
  s->sampled = *parameters;
}

/* ---- encoding ---- */

/* Reads a window's pixels into the network's input, band by band. */
static rst_status read_input(work_set *s, rst_input *input, rst_error *error) {
  const bool hide = s->work->parameters.hide_region;
  g_autofree float *rgba = NULL;
  rst_status status;
  rect box;
  int rows;

  rst_input_get_box(input, &box.x, &box.y, &box.width, &box.height);
  status = tile_reader_require(s->reader, &box, error);
  rows = MAX(1, BAND_PIXELS / box.width);
  rgba = g_try_malloc_n((gsize)box.width * (gsize)rows, 5 * sizeof *rgba);
  if (!rgba)
    return failure_of_memory(error);
  for (int done = 0; done < box.height && status == RST_OK; done += rows) {
    const int count = MIN(rows, box.height - done);
    const gsize pixels = (gsize)box.width * (gsize)count;
    const rect band = {box.x, box.y + done, box.width, count};
    float *hidden = hide ? rgba + 4 * pixels : NULL;

    if (rst_cancel_is_set(s->mailbox->cancel))
      return RST_CANCELLED;
    tiles_read(s->work->pixels, &band, rgba);
    if (hide)
      tiles_read(s->work->coverage, &band, hidden);
    for (gsize i = 0; hide && i < pixels; i++)
      if (!(rgba[4 * i + 3] > 0) || !(hidden[i] > 0))
        hidden[i] = 0;
    status = rst_input_add(input, count, rgba, hidden, error);
  }
  return status;
}

static rst_status encode_window(work_set *s, const rst_window *window, rst_encoding **encoding,
                                rst_error *error) {
  rst_input *input = NULL;
  rst_status status;

  publisher_report(s->publisher, PREVIEW_ENCODING);
  status = rst_input_new(s->work->model, window, s->work->pixels->box.width,
                         s->work->pixels->box.height, &input, error);
  if (status == RST_OK)
    status = read_input(s, input, error);
  if (status == RST_OK)
    status =
      rst_encode(s->lattice->session, s->work->model, input, s->mailbox->cancel, encoding, error);
  rst_input_free(input);
  return status;
}

/* A window's encoding from those that are kept, or a new one. The new reference is the caller's. */
static rst_status get_encoding(work_set *s, const rst_window *window, rst_encoding **encoding,
                               rst_error *error) {
  kept_encoding made = {NULL, s->work->model, *window, s->work->parameters.hide_region};
  rst_status status;

  for (guint i = 0; i < s->encodings->len; i++) {
    const kept_encoding *e = &g_array_index(s->encodings, kept_encoding, i);

    if (e->model == made.model && e->hide == made.hide && same_window(&e->window, &made.window)) {
      *encoding = rst_encoding_ref(e->encoding);
      return RST_OK;
    }
  }
  status = encode_window(s, window, &made.encoding, error);
  if (status != RST_OK)
    return status;
  while (s->encodings->len >= ENCODINGS_SPARE + (guint)s->lattice->count)
    drop_encoding(s, 0);
  rst_model_ref(made.model);
  g_array_append_val(s->encodings, made);
  *encoding = rst_encoding_ref(made.encoding);
  mailbox_lock(s->mailbox);
  s->mailbox->report.status.encoded++;
  mailbox_unlock(s->mailbox);
  return RST_OK;
}

rst_status work_set_encode(work_set *s, int part, rst_error *error) {
  part_points *c = s->lattice->parts[part];
  report *to = &s->mailbox->report;
  rst_encoding *encoding;
  rst_status status;

  if (c->encoding)
    return RST_OK;
  status = get_encoding(s, &c->part.window, &encoding, error);
  if (status != RST_OK)
    return status;
  part_points_set_encoding(c, encoding);
  mailbox_lock(s->mailbox);
  rst_encoding_unref(to->encodings[part]);
  to->encodings[part] = rst_encoding_ref(encoding);
  mailbox_unlock(s->mailbox);
  return RST_OK;
}
