/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the worker tells the caller's thread: frames and status.
 */
#include "preview_private.h"

#include "failure.h"

enum {
  FRAME_MICROSECONDS = 33000, /* from one frame to the next while refining, at least … */
  FRAME_SHARE = 5             /* … and at most this part of the time goes into drawing them */
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
  return (frame_scene){p->work.pixels, p->canvases, p->count, COARSEST, preview_is_matched(p),
                       p->work.parameters.strength, range_of(p)};
}

/* A point stands in for those to its right and below. */
void preview_touch(preview *p, const rect *area, int step) {
  const rect touched = {area->x, area->y, area->width + step, area->height + step};

  p->dirty = rect_unite(&p->dirty, &touched);
}

void preview_publish(preview *p, preview_phase phase, frame *shown) {
  gint64 points = 0, done = 0;
  const bool match = preview_is_matched(p);

  for (int i = 0; i < p->count; i++) {
    const canvas *c = p->canvases[i];

    points += c->covered + (match ? c->ring : 0);
    done += c->covered_done + (match ? c->ring_done : 0);
  }
  pthread_mutex_lock(&p->lock);
  p->status.phase = phase;
  p->status.points = points;
  p->status.done = done;
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
  f = frame_update(p->shown, &scene, &p->dirty);
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

rst_status preview_show_viewport(preview *p, rst_error *error) {
  const frame_scene scene = scene_of(p);
  const rect area = preview_visible_area(p);
  frame *before, *f;
  rst_status status;

  if (p->shown && viewport_is_same(&p->shown->viewport, &p->work.view) &&
      p->shown_pixels == p->work.pixels)
    return RST_OK;
  if (p->work.view.width < 1 || p->work.view.height < 1 || !(p->work.view.zoom > 0)) {
    preview_drop_frame(p);
    return RST_OK;
  }
  status = preview_require(p, &area, error);
  if (status != RST_OK)
    return status;
  preview_drop_frame(p);
  before = frame_new(&p->work.view, &scene);
  f = before ? frame_update(before, &scene, &area) : NULL;
  frame_unref(before);
  if (!f)
    return failure_of_memory(error);
  p->shown = f;
  p->shown_pixels = plane_ref(p->work.pixels);
  p->dirty = (rect){0, 0, 0, 0};
  preview_publish(p, p->status.phase, f);
  return RST_OK;
}
