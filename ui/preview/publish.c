/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the worker tells the caller's thread: frames and status.
 */
#include "preview/preview_private.h"

#include "failure.h"

enum {
  FRAME_MICROSECONDS = 33000, /* from one frame to the next while refining, at least … */
  FRAME_SHARE = 5,            /* … and at most this part of the time goes into drawing them */
  PACE_MICROSECONDS = 500000  /* that the pace is judged by, at least */
};

bool preview_is_matched(const preview *p) {
  return rst_resolve_match(&p->work.parameters);
}

/* What the overlay's colours reach to: the range that all but a hundredth of the known deviations
 * are within, since a few stray pixels would leave one colour for all others; or 0. */
static double range_of(const preview *p) {
  gint64 counts[CANVAS_RANGES + 1] = {0}, all = 0, within = 0;
  int range = 0;

  for (int i = 0; i < p->count && p->work.seeds >= 2; i++)
    for (int k = 0; k <= CANVAS_RANGES; k++) {
      counts[k] += p->canvases[i]->deviated[k];
      all += p->canvases[i]->deviated[k];
    }
  if (all == 0)
    return 0;
  for (within = counts[0]; range < CANVAS_RANGES - 1 && within < all - all / 100; range++)
    within += counts[range + 1];
  return canvas_ranges[range];
}

static frame_scene scene_of(const preview *p) {
  return (frame_scene){p->work.pixels, p->canvases,           p->count,
                       COARSEST,       preview_is_matched(p), p->work.parameters.strength,
                       range_of(p)};
}

/* A point stands in for those to its right and below. */
void preview_touch(preview *p, const rect *area, int step) {
  const rect touched = {area->x, area->y, area->width + step, area->height + step};

  p->dirty = rect_unite(&p->dirty, &touched);
}

/* Points of all parts that are wanted, and that are finished. */
static void count_points(const preview *p, gint64 *points, gint64 *done) {
  const bool match = preview_is_matched(p);

  *points = *done = 0;
  for (int i = 0; i < p->count; i++) {
    const canvas *c = p->canvases[i];

    *points += c->covered + (match ? c->ring : 0);
    *done += c->covered_done + (match ? c->ring_done : 0);
  }
}

void preview_begin_pace(preview *p) {
  gint64 points;

  if (p->shown_result != p->work.result_serial)
    p->pace = 0;
  p->refining_at = g_get_monotonic_time();
  count_points(p, &points, &p->refining_from);
}

/* How long the rest takes, in seconds; 0 while that is not known. */
static double estimate_rest(preview *p, preview_phase phase, gint64 points, gint64 done) {
  const gint64 passed = g_get_monotonic_time() - p->refining_at;

  if (phase != PREVIEW_REFINING)
    return 0;
  if (passed > PACE_MICROSECONDS && done > p->refining_from)
    p->pace = (double)(done - p->refining_from) * G_USEC_PER_SEC / (double)passed;
  return p->pace > 0 ? (double)(points - done) / p->pace : 0;
}

void preview_publish(preview *p, preview_phase phase, frame *shown) {
  gint64 points, done;
  double rest;

  count_points(p, &points, &done);
  rest = estimate_rest(p, phase, points, done);
  pthread_mutex_lock(&p->lock);
  p->status.phase = phase;
  p->status.points = points;
  p->status.done = done;
  p->status.rest = rest;
  p->status.restored = p->restored_points;
  if (p->exact_result != p->work.result_serial)
    p->status.seconds = (double)(g_get_monotonic_time() - p->work.changed_at) / G_USEC_PER_SEC;
  if (shown) {
    frame_unref(p->frame);
    p->frame = frame_ref(shown);
    p->status.range = shown->range;
    p->status.seeds = shown->overlay ? p->work.seeds : 0;
  }
  pthread_mutex_unlock(&p->lock);
  preview_notify(p);
}

rst_status preview_show(preview *p, preview_phase phase, rst_error *error) {
  const frame_scene scene = scene_of(p);
  const gint64 begin = g_get_monotonic_time();
  gint64 end;
  frame *f;

  if (!p->shown || (rect_is_empty(&p->dirty) && p->shown->range == scene.range)) {
    preview_publish(p, phase, NULL);
    return RST_OK;
  }
  f = frame_update(p->shown, &scene, &p->dirty, false);
  if (!f)
    return failure_of_memory(error);
  frame_unref(p->shown);
  p->shown = f;
  p->dirty = (rect){0, 0, 0, 0};
  end = g_get_monotonic_time();
  p->next_frame_at = end + MAX(FRAME_MICROSECONDS, (FRAME_SHARE - 1) * (end - begin));
  preview_publish(p, phase, f);
  return RST_OK;
}

rect preview_visible_area(const preview *p) {
  return viewport_get_area(&p->work.view, &p->work.pixels->box);
}

void preview_drop_frame(preview *p) {
  frame_unref(p->shown);
  plane_unref(p->shown_pixels);
  p->shown = NULL;
  p->shown_pixels = NULL;
}

/* Draws a band of the picture that has been read. */
static rst_status draw_band(preview *p, const rect *band, rst_error *error) {
  const frame_scene scene = scene_of(p);
  frame *f = frame_update(p->shown, &scene, band, true);

  if (!f)
    return failure_of_memory(error);
  frame_unref(p->shown);
  p->shown = f;
  return RST_OK;
}

/* Draws the picture as it is read. */
static rst_status draw_viewport(preview *p, const rect *area, rst_error *error) {
  const plane *pixels = p->work.pixels;
  rect band = {0, 0, 0, 0};
  rst_status status = RST_OK;

  if (preview_is_read(p, area))
    return draw_band(p, area, error);
  while (status == RST_OK && plane_next_band(pixels, area, &band)) {
    status = preview_require(p, &band, error);
    if (status == RST_OK)
      status = draw_band(p, &band, error);
    if (status != RST_OK || g_get_monotonic_time() < p->next_frame_at)
      continue;
    p->next_frame_at = g_get_monotonic_time() + FRAME_MICROSECONDS;
    preview_publish(p, PREVIEW_READING, p->shown);
  }
  return status;
}

/* Whether the frame shows all of the viewport, and this picture. */
static bool is_shown(const preview *p) {
  return p->shown && viewport_is_same(&p->shown->viewport, &p->work.view) &&
         p->shown_pixels == p->work.pixels;
}

rst_status preview_show_viewport(preview *p, rst_error *error) {
  const preview_phase phase = p->status.phase;
  const rect area = preview_visible_area(p);
  rst_status status;

  if (is_shown(p))
    return RST_OK;
  preview_drop_frame(p);
  if (p->work.view.width < 1 || p->work.view.height < 1 || !(p->work.view.zoom > 0))
    return RST_OK;
  p->shown = frame_new(&p->work.view);
  if (!p->shown)
    return failure_of_memory(error);
  p->next_frame_at = 0;
  status = rect_is_empty(&area) ? RST_OK : draw_viewport(p, &area, error);
  if (status != RST_OK) {
    preview_drop_frame(p);
    return status;
  }
  p->shown_pixels = plane_ref(p->work.pixels); /* all of it */
  p->dirty = (rect){0, 0, 0, 0};
  preview_publish(p, phase, p->shown);
  return RST_OK;
}
