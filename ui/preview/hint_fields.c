/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/hint_fields.h"

#include <string.h>

#include "failure.h"

enum { CONTOUR_SIDE = 256 /* samples, at most */ };

typedef struct {
  rst_window window;
  rst_hint_guide *guide;
  rst_hint_field *field;
  char *text; /* the hints that it was given */
} window_field;

/* ---- what is kept ---- */

static void clear_field(void *data) {
  window_field *f = data;

  rst_hint_field_free(f->field);
  rst_hint_guide_free(f->guide);
  g_free(f->text);
}

void hint_fields_init(hint_fields *h) {
  h->fields = g_array_new(FALSE, FALSE, sizeof(window_field));
  g_array_set_clear_func(h->fields, clear_field);
}

void hint_fields_clear(hint_fields *h) {
  g_array_unref(h->fields);
}

static bool is_same_window(const rst_window *a, const rst_window *b) {
  return a->x == b->x && a->y == b->y && a->side == b->side;
}

static bool is_in_use(const hint_fields *h, const rst_window *window) {
  for (int i = 0; i < h->lattice->count; i++)
    if (is_same_window(&h->lattice->parts[i]->part.window, window))
      return true;
  return false;
}

static void forget_unused(hint_fields *h) {
  for (guint i = h->fields->len; i-- > 0;)
    if (h->pixels_serial != h->work->pixels_serial ||
        !is_in_use(h, &g_array_index(h->fields, window_field, i).window))
      g_array_remove_index(h->fields, i);
  h->pixels_serial = h->work->pixels_serial;
}

/* A window's field, without hints at first. */
static rst_status get_field(hint_fields *h, const rst_window *window, window_field **field,
                            rst_error *error) {
  const rst_picture picture = request_get_picture(h->set->work, h->mailbox->cancel);
  const rst_rectangle square = {window->x, window->y, window->side, window->side};
  const rst_rectangle box = rect_intersect(&square, &h->work->pixels->box);
  window_field made = {.window = *window};
  rst_status status;

  for (guint i = 0; i < h->fields->len; i++) {
    *field = &g_array_index(h->fields, window_field, i);
    if (is_same_window(&(*field)->window, window))
      return RST_OK;
  }
  status = tile_reader_require(h->reader, &box, error);
  if (status == RST_OK)
    status = rst_hint_guide_new(&picture, window, h->mailbox->cancel, &made.guide, error);
  if (status == RST_OK)
    status = rst_hint_field_new(h->lattice->session, made.guide, NULL, 0, NULL, &made.field, error);
  if (status != RST_OK) {
    rst_hint_guide_free(made.guide);
    return status;
  }
  made.text = g_strdup("");
  g_array_append_val(h->fields, made);
  *field = &g_array_index(h->fields, window_field, h->fields->len - 1);
  return RST_OK;
}

/* ---- hints ---- */

static rst_status update_part(hint_fields *h, part_points *part, const rst_hint *hints, int count,
                              rst_error *error) {
  const rst_parameters *parameters = &h->work->parameters;
  window_field *field;
  rst_status status;
  rst_rectangle changed;

  if (rst_resolve_mode(parameters, &part->part.window) == RST_MODE_DETAIL ||
      (count == 0 && h->fields->len == 0)) {
    rst_partial_set_hints(part->partial, NULL);
    return RST_OK;
  }
  status = get_field(h, &part->part.window, &field, error);
  if (status == RST_OK && strcmp(field->text, parameters->hints) != 0) {
    status = rst_hint_field_change(h->lattice->session, field->field, hints, count,
                                   h->mailbox->cancel, &changed, error);
    if (status == RST_OK) {
      const rst_rectangle dirty = rect_intersect(&changed, &part->box);

      publisher_mark(h->publisher, &dirty);
      g_free(field->text);
      field->text = g_strdup(parameters->hints);
    }
  }
  if (status == RST_OK)
    rst_partial_set_hints(part->partial, field->field);
  return status;
}

static bool is_finished(const lattice *l) {
  gint64 points, done;

  lattice_count_points(l, &points, &done);
  return points == done;
}

rst_status hint_fields_update(hint_fields *h, rst_error *error) {
  rst_hint hints[RST_HINTS_MAX];
  int count;
  rst_status status = rst_hints_parse(h->work->parameters.hints, hints, &count, error);

  forget_unused(h);
  for (int i = 0; i < h->lattice->count && status == RST_OK; i++)
    status = update_part(h, h->lattice->parts[i], hints, count, error);
  /* While points are missing, what is there of them is drawn as they come. */
  if (status == RST_OK && is_finished(h->lattice))
    status = publisher_show_draft(h->publisher, PREVIEW_REFINING, error);
  return status;
}

/* ---- the contour ---- */

/* Weights of one hint over what its window shows of the picture. */
static rst_status weigh(hint_fields *h, const window_field *w, const rst_hint *hint, contour **made,
                        rst_error *error) {
  const rst_rectangle square = {w->window.x, w->window.y, w->window.side, w->window.side};
  const rst_rectangle area = rect_intersect(&square, &h->work->pixels->box);
  const int step = 1 + (MAX(area.width, area.height) - 1) / CONTOUR_SIDE;
  const int width = (area.width + step - 1) / step, height = (area.height + step - 1) / step;
  const rst_rectangle sampled = {area.x, area.y, width * step, height * step};
  g_autofree float *rgba = g_try_malloc_n((gsize)width * (gsize)height, 4 * sizeof *rgba);
  rst_hint_field *field = NULL;
  rst_status status;
  rst_grid grid;

  if (!rgba)
    return failure_of_memory(error);
  for (int i = 0; i < width * height; i++)
    memcpy(
      rgba + 4 * i,
      tiles_at(request_get_pixels(h->work), area.x + i % width * step, area.y + i / width * step),
      4 * sizeof *rgba);
  status =
    rst_hint_field_new(h->lattice->session, w->guide, hint, 1, h->mailbox->cancel, &field, error);
  if (status != RST_OK)
    return status;
  *made = contour_new(&sampled, width, height);
  rst_grid_pixels(&grid, area.x, area.y, width, height);
  grid.dx = grid.dy = step;
  rst_hint_field_weigh(field, &grid, rgba, (*made)->weights);
  rst_hint_field_free(field);
  return RST_OK;
}

static bool is_inside(const rst_window *w, const rst_hint *hint) {
  return hint->x >= w->x && hint->y >= w->y && hint->x < w->x + w->side && hint->y < w->y + w->side;
}

rst_status hint_fields_measure_contour(hint_fields *h, rst_error *error) {
  report *to = &h->mailbox->report;
  rst_hint hint = h->work->contour_hint;
  contour *made = NULL;
  rst_status status = RST_OK;

  if (!h->work->contouring || h->contour_serial == h->work->contour_serial)
    return RST_OK;
  hint.keep = false; /* a pin reaches as far */
  for (int i = 0; i < h->lattice->count && status == RST_OK && !made; i++) {
    window_field *field;

    if (!is_inside(&h->lattice->parts[i]->part.window, &hint))
      continue;
    status = get_field(h, &h->lattice->parts[i]->part.window, &field, error);
    if (status == RST_OK)
      status = weigh(h, field, &hint, &made, error);
  }
  if (status != RST_OK)
    return status;
  h->contour_serial = h->work->contour_serial;
  mailbox_lock(h->mailbox);
  contour_unref(to->contour);
  to->contour = made;
  mailbox_unlock(h->mailbox);
  mailbox_notify(h->mailbox);
  return RST_OK;
}
