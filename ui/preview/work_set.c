/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/work_set.h"

#include "failure.h"

enum { ENCODINGS_SPARE = 16 }; /* windows encoded earlier that are kept beside those in use */

typedef struct {
  rst_encoding *encoding;
  rst_model *model;
  rst_window window;
  bool hide;
  char *faces; /* that have windows of their own; NULL where none has */
} kept_encoding;

static bool same_window(const rst_window *a, const rst_window *b) {
  return a->x == b->x && a->y == b->y && a->side == b->side;
}

/* ---- encodings that are kept ---- */

static void drop_encoding(work_set *s, guint i) {
  kept_encoding *e = &g_array_index(s->encodings, kept_encoding, i);

  rst_encoding_unref(e->encoding);
  rst_model_unref(e->model);
  g_free(e->faces);
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

static bool is_planned(const work_set *s) {
  return s->lattice->count > 0 && s->planned_pixels == s->work->pixels_serial &&
         s->planned_region == s->work->region_serial &&
         !(rst_parameters_compare(&s->planned, &s->work->parameters, NULL) & RST_STAGE_PLAN);
}

static rst_status add_parts(work_set *s, const rst_picture *picture, rst_error *error) {
  lattice *l = s->lattice;
  rst_status status = RST_OK;

  while (l->count < s->plan->count && status == RST_OK) {
    status = part_points_new(&s->plan->parts[l->count], picture, &s->work->parameters,
                             &l->parts[l->count], error);
    l->count += status == RST_OK;
  }
  return status;
}

/* Parts with the window of an earlier one take over its points. */
static rst_status adopt(lattice *l, const lattice *old, rst_error *error) {
  rst_status status = RST_OK;

  for (int i = 0; i < l->count; i++)
    for (int j = 0; j < old->count && status == RST_OK; j++)
      if (same_window(&l->parts[i]->part.window, &old->parts[j]->part.window))
        status = part_points_adopt(l->parts[i], old->parts[j], error);
  return status;
}

static void report_plan(work_set *s) {
  report *to = &s->mailbox->report;
  const lattice *l = s->lattice;

  mailbox_lock(s->mailbox);
  to->plan = *s->plan;
  g_strlcpy(to->faces, s->work->parameters.faces, sizeof to->faces);
  for (int i = 0; i < RST_PARTS_MAX; i++) {
    rst_encoding *encoding = i < l->count ? l->parts[i]->encoding : NULL;

    rst_encoding_unref(to->encodings[i]);
    to->encodings[i] = encoding ? rst_encoding_ref(encoding) : NULL;
  }
  mailbox_unlock(s->mailbox);
}

/* Whether the points' encodings are those of the request's model and setup. */
static bool is_encoded_alike(const work_set *s) {
  rst_model_info info = {.size = sizeof info};

  if (s->sampled_model != s->work->model)
    return false;
  rst_model_get_info(s->work->model, &info);
  return !(rst_parameters_compare(&s->sampled, &s->work->parameters, &info) & RST_STAGE_ENCODE);
}

static void note_sampled(work_set *s) {
  rst_model_ref(s->work->model);
  rst_model_unref(s->sampled_model);
  s->sampled_model = s->work->model;
  s->sampled = s->work->parameters;
}

rst_status work_set_plan(work_set *s, rst_error *error) {
  const rst_rectangle bordered = request_get_bordered_region(s->work);
  const rst_picture picture = request_get_picture(s->work, s->mailbox->cancel);
  const bool moved = s->planned_region != s->work->region_serial;
  lattice old;
  rst_status status;

  if (is_planned(s))
    return RST_OK;
  status = tile_reader_require(s->reader, &bordered, error);
  if (status == RST_OK)
    status = rst_plan_region(&s->work->parameters, &picture, &s->work->region, s->plan, error);
  if (status != RST_OK)
    return status;
  if (s->planned_pixels != s->work->pixels_serial)
    drop_encodings(s, true);
  else if (moved)
    drop_encodings(s, false);
  old = *s->lattice;
  s->lattice->count = 0;
  status = add_parts(s, &picture, error);
  /* A hidden selection is part of the network's input, which has changed with it. */
  if (status == RST_OK && is_encoded_alike(s) && !(moved && s->sampled.hide_region))
    status = adopt(s->lattice, &old, error);
  if (status != RST_OK) {
    lattice_clear(s->lattice);
    *s->lattice = old;
    return status;
  }
  for (int i = 0; i < old.count; i++) /* there may be no part in its place any more */
    publisher_mark(s->publisher, &old.parts[i]->box);
  lattice_clear(&old);
  note_sampled(s);
  s->redrawn = true;
  s->planned = s->work->parameters;
  s->planned_pixels = s->work->pixels_serial;
  s->planned_region = s->work->region_serial;
  report_plan(s);
  return RST_OK;
}

/* ---- what is stale ---- */

/* Whether more than hints has changed, which mark themselves what they change. */
static bool is_drawn_otherwise(const work_set *s) {
  rst_model_info info = {.size = sizeof info};

  rst_model_get_info(s->work->model, &info);
  return (rst_parameters_compare(&s->sampled, &s->work->parameters, &info) &
          ~(unsigned)RST_STAGE_HINT) != 0;
}

rst_status work_set_forget_stale(work_set *s, rst_error *error) {
  const rst_parameters *parameters = &s->work->parameters;
  const rst_picture picture = request_get_picture(s->work, s->mailbox->cancel);
  const bool alike = is_encoded_alike(s);
  const bool redrawn = s->redrawn || !alike || is_drawn_otherwise(s);
  rst_status status = RST_OK;

  for (int i = 0; i < s->lattice->count && status == RST_OK; i++) {
    part_points *part = s->lattice->parts[i];

    status = alike ? rst_partial_set(part->partial, parameters, error)
                   : part_points_restart(part, &picture, parameters, error);
    /* The last result stays visible until the first of this one is drawn over it. */
    if (redrawn)
      publisher_mark(s->publisher, &part->box);
  }
  if (status != RST_OK) { /* some parts are of this request, some of the last one */
    g_clear_pointer(&s->sampled_model, rst_model_unref);
    return status;
  }
  note_sampled(s);
  s->redrawn = false;
  return RST_OK;
}

/* ---- encoding ---- */

/* Reads what the windows of faces show that a part's own window touches. */
static rst_status require_faces(work_set *s, const rst_rectangle *square, rst_error *error) {
  rst_face faces[RST_FACES_MAX];
  int count;
  rst_status status = rst_faces_parse(s->work->parameters.faces, faces, &count, error);

  for (int i = 0; i < count && status == RST_OK; i++) {
    rst_window window;
    rst_rectangle box, common;

    rst_face_window(&faces[i], &window);
    box = (rst_rectangle){window.x, window.y, window.side, window.side};
    common = rect_intersect(&box, square);
    box = rect_intersect(&box, &s->work->pixels->box);
    if (rect_is_empty(&common) || rect_is_empty(&box))
      continue;
    status = tile_reader_require(s->reader, &box, error);
  }
  return status;
}

static rst_status encode_window(work_set *s, const rst_window *window, rst_encoding **encoding,
                                rst_error *error) {
  const rst_rectangle square = {window->x, window->y, window->side, window->side};
  const rst_rectangle box = rect_intersect(&square, &s->work->pixels->box);
  const rst_picture picture = request_get_picture(s->work, s->mailbox->cancel);
  const rst_hooks hooks = {.size = sizeof hooks, .cancel = s->mailbox->cancel};
  rst_status status;

  publisher_report(s->publisher, PREVIEW_ENCODING);
  status = tile_reader_require(s->reader, &box, error);
  if (status == RST_OK && s->work->parameters.window_kind == RST_WINDOW_FACES)
    status = require_faces(s, &square, error);
  if (status != RST_OK)
    return status;
  return rst_encode_window(s->lattice->session, s->work->model, &s->work->parameters, &picture,
                           window, &hooks, encoding, error);
}

/* A window's encoding from those that are kept, or a new one. The new reference is the caller's. */
static rst_status get_encoding(work_set *s, const rst_window *window, rst_encoding **encoding,
                               rst_error *error) {
  const rst_parameters *parameters = &s->work->parameters;
  const bool near = parameters->window_kind == RST_WINDOW_FACES;
  kept_encoding made = {NULL, s->work->model, *window, parameters->hide_region, NULL};
  rst_status status;

  for (guint i = 0; i < s->encodings->len; i++) {
    const kept_encoding *e = &g_array_index(s->encodings, kept_encoding, i);

    if (e->model == made.model && e->hide == made.hide && same_window(&e->window, &made.window) &&
        g_strcmp0(e->faces, near ? parameters->faces : NULL) == 0) {
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
  made.faces = near ? g_strdup(parameters->faces) : NULL;
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
  status = part_points_set_encoding(c, encoding, error);
  if (status != RST_OK) {
    rst_encoding_unref(encoding);
    return status;
  }
  mailbox_lock(s->mailbox);
  rst_encoding_unref(to->encodings[part]);
  to->encodings[part] = encoding;
  mailbox_unlock(s->mailbox);
  return RST_OK;
}
