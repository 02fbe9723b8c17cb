/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview/publish.h"

#include "failure.h"

enum {
  FRAME_MICROSECONDS = 33000, /* between two frames while refining, at least … */
  FRAME_SHARE = 5,            /* … and at most this part of the time goes into drawing them */
  BAND_PIXELS = 1 << 18,      /* of the screen, drawn before a newer request is looked for */
  PACE_MICROSECONDS = 500000  /* over which the pace is measured, at least */
};

static frame_scene scene_of(const publisher *p) {
  return (frame_scene){
    .source = p->work->pixels,
    .pixels = request_get_pixels(p->work),
    .parts = p->lattice->parts,
    .count = p->lattice->count,
    .coarsest = LATTICE_COARSEST,
    .strength = p->work->parameters.strength,
    .seeds = p->work->seeds,
    .range = p->work->seeds >= 2 ? lattice_get_range(p->lattice, p->work->seeds) : 0,
  };
}

static double seconds_since(gint64 begin) {
  return (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

static void drop_frame(publisher *p) {
  g_clear_pointer(&p->frame, frame_unref);
  g_clear_pointer(&p->frame_pixels, tiles_unref);
}

void publisher_clear(publisher *p) {
  drop_frame(p);
}

void publisher_mark(publisher *p, const rst_rectangle *area) {
  p->dirty = rect_unite(&p->dirty, area);
}

void publisher_mark_lattice(publisher *p, const rst_rectangle *area, int step) {
  publisher_mark(p, &(rst_rectangle){area->x, area->y, area->width + step, area->height + step});
}

bool publisher_is_due(const publisher *p) {
  return g_get_monotonic_time() >= p->next_frame_at;
}

/* ---- reports ---- */

void publisher_begin(publisher *p) {
  gint64 points;

  if (p->shown_result != p->work->result_serial)
    p->pace = 0;
  p->refining_at = g_get_monotonic_time();
  lattice_count_points(p->lattice, &points, &p->refining_from);
}

/* The seconds until all points are done; 0 while the pace is not known. */
static double estimate_rest(publisher *p, preview_phase phase, gint64 points, gint64 done) {
  const gint64 passed = g_get_monotonic_time() - p->refining_at;

  if (phase != PREVIEW_REFINING)
    return 0;
  if (passed > PACE_MICROSECONDS && done > p->refining_from)
    p->pace = (double)(done - p->refining_from) * G_USEC_PER_SEC / (double)passed;
  return p->pace > 0 ? (double)(points - done) / p->pace : 0;
}

static void report_frame(publisher *p, preview_phase phase, frame *shown) {
  report *to = &p->mailbox->report;
  gint64 points, done;
  double rest;

  lattice_count_points(p->lattice, &points, &done);
  rest = estimate_rest(p, phase, points, done);
  mailbox_lock(p->mailbox);
  to->status.phase = phase;
  to->status.points = points;
  to->status.done = done;
  to->status.rest = rest;
  to->status.restored = p->lattice->restored;
  to->status.drawn = p->drawn;
  if (p->exact_result != p->work->result_serial)
    to->status.seconds = seconds_since(p->work->changed_at);
  if (shown) {
    frame_unref(to->frame);
    to->frame = frame_ref(shown);
    p->own = false;
    to->status.range = shown->range;
    to->status.seeds = shown->overlay ? p->work->seeds : 0;
  }
  mailbox_unlock(p->mailbox);
  mailbox_notify(p->mailbox);
}

void publisher_report(publisher *p, preview_phase phase) {
  report_frame(p, phase, NULL);
}

/* Under the lock. */
static void note_first(publisher *p) {
  preview_status *status = &p->mailbox->report.status;

  if (status->first == 0)
    status->first = seconds_since(p->work->changed_at);
}

void publisher_finish_step(publisher *p, int step) {
  preview_status *status = &p->mailbox->report.status;

  p->shown_result = p->work->result_serial;
  mailbox_lock(p->mailbox);
  /* Steps of an older request would be taken for the newest one's. */
  if (!mailbox_is_superseded(p->mailbox)) {
    status->step = step;
    note_first(p);
  }
  mailbox_unlock(p->mailbox);
}

void publisher_finish(publisher *p) {
  p->exact_result = p->work->result_serial;
}

/* ---- frames ---- */

/* Draws in the frame, or in a copy where it was handed out. */
static rst_status draw(publisher *p, const rst_rectangle *area, frame_drawing drawing,
                       rst_error *error) {
  const frame_scene scene = scene_of(p);

  if (!p->own || drawing == FRAME_BOTH || p->frame->range != scene.range) {
    frame *f = frame_copy(p->frame, &scene, drawing);

    if (!f)
      return failure_of_memory(error);
    frame_unref(p->frame);
    p->frame = f;
    p->own = true;
  }
  p->drawn += frame_draw(p->frame, &scene, area, drawing);
  return RST_OK;
}

/* So many rows that drawing them takes a tenth of a second at most. */
static int count_band_rows(const publisher *p, const rst_rectangle *area) {
  const viewport *v = &p->frame->viewport;
  const double width = MIN(area->width * v->zoom, v->width);

  return (int)CLAMP(BAND_PIXELS / (width * v->zoom), 1, area->height);
}

/* Band by band, since a newer request must not wait for all of it. */
static rst_status draw_dirty(publisher *p, rst_error *error) {
  const rst_rectangle visible = request_get_visible_area(p->work);
  rst_status status = RST_OK;

  p->dirty = rect_intersect(&p->dirty, &visible);
  if (rect_is_empty(&p->dirty)) /* the overlay alone */
    return draw(p, &p->dirty, FRAME_AFTER, error);
  while (!rect_is_empty(&p->dirty) && status == RST_OK) {
    rst_rectangle band = p->dirty;

    if (rst_cancel_is_set(p->mailbox->cancel))
      return failure(error, RST_CANCELLED, "cancelled");
    band.height = count_band_rows(p, &band);
    status = draw(p, &band, FRAME_AFTER, error);
    if (status == RST_OK) {
      p->dirty.y += band.height;
      p->dirty.height -= band.height;
    }
  }
  return status;
}

rst_status publisher_show(publisher *p, preview_phase phase, rst_error *error) {
  const gint64 begin = g_get_monotonic_time();
  rst_status status;
  gint64 end;

  if (!p->frame || (rect_is_empty(&p->dirty) && p->frame->range == scene_of(p).range)) {
    publisher_report(p, phase);
    return RST_OK;
  }
  status = draw_dirty(p, error);
  if (status != RST_OK)
    return status;
  p->dirty = (rst_rectangle){0, 0, 0, 0};
  end = g_get_monotonic_time();
  p->next_frame_at = end + MAX(FRAME_MICROSECONDS, (FRAME_SHARE - 1) * (end - begin));
  report_frame(p, phase, p->frame);
  return RST_OK;
}

rst_status publisher_show_draft(publisher *p, preview_phase phase, rst_error *error) {
  static const frame_drawing drawings[] = {FRAME_DRAFT, FRAME_FINER};
  const rst_rectangle visible = request_get_visible_area(p->work);
  const rst_rectangle seen = rect_intersect(&p->dirty, &visible);

  if (!p->frame || rect_is_empty(&seen) || count_band_rows(p, &seen) >= seen.height)
    return RST_OK;
  for (gsize i = 0; i < G_N_ELEMENTS(drawings); i++) {
    rst_status status;

    if (rst_cancel_is_set(p->mailbox->cancel))
      return failure(error, RST_CANCELLED, "cancelled");
    status = draw(p, &seen, drawings[i], error);
    if (status != RST_OK)
      return status;
    mailbox_lock(p->mailbox);
    if (!mailbox_is_superseded(p->mailbox))
      note_first(p);
    mailbox_unlock(p->mailbox);
    report_frame(p, phase, p->frame);
  }
  return RST_OK;
}

/* Draws the picture band by band as it is read. */
static rst_status draw_viewport(publisher *p, const rst_rectangle *area, rst_error *error) {
  rst_rectangle band = {0, 0, 0, 0};
  rst_status status = RST_OK;

  if (tile_reader_has(p->reader, area))
    return draw(p, area, FRAME_BOTH, error);
  while (status == RST_OK && tiles_next_band(p->work->pixels, area, &band)) {
    status = tile_reader_require(p->reader, &band, error);
    if (status == RST_OK)
      status = draw(p, &band, FRAME_BOTH, error);
    if (status != RST_OK || !publisher_is_due(p))
      continue;
    p->next_frame_at = g_get_monotonic_time() + FRAME_MICROSECONDS;
    report_frame(p, PREVIEW_READING, p->frame);
  }
  return status;
}

/* Whether the frame shows all of the viewport, and this picture. */
static bool is_shown(const publisher *p) {
  return p->frame && viewport_is_same(&p->frame->viewport, &p->work->view) &&
         p->frame_pixels == request_get_pixels(p->work);
}

rst_status publisher_show_viewport(publisher *p, rst_error *error) {
  const viewport *view = &p->work->view;
  const rst_rectangle area = request_get_visible_area(p->work);
  rst_status status;

  if (is_shown(p))
    return RST_OK;
  drop_frame(p);
  if (view->width < 1 || view->height < 1 || !(view->zoom > 0))
    return RST_OK;
  p->frame = frame_new(view);
  p->own = true;
  if (!p->frame)
    return failure_of_memory(error);
  p->next_frame_at = 0;
  status = rect_is_empty(&area) ? RST_OK : draw_viewport(p, &area, error);
  if (status != RST_OK) {
    drop_frame(p);
    return status;
  }
  p->frame_pixels = tiles_ref((tiles *)request_get_pixels(p->work)); /* all of it */
  p->dirty = (rst_rectangle){0, 0, 0, 0};
  report_frame(p, PREVIEW_REFINING, p->frame);
  return RST_OK;
}
