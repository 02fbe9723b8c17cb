/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a request keeps of the work for those before it: plan, points, encodings.
 */
#include "preview/preview_private.h"

#include <string.h>

#include "failure.h"

enum { ENCODINGS_SPARE = 16 /* windows encoded earlier that are kept beside those in use */ };

static bool copied_read(void *user, int x, int y, int w, int h, float *rgba) {
  plane_read(((const request *)user)->pixels, &(rect){x, y, w, h}, rgba);
  return true;
}

static bool copied_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  plane_read(((const request *)user)->coverage, &(rect){x, y, w, h}, coverage);
  return true;
}

void preview_free_canvases(canvas **canvases, int count) {
  for (int i = 0; i < count; i++)
    canvas_free(canvases[i]);
}

void preview_forget_plan(preview *p) {
  preview_free_canvases(p->canvases, p->count);
  p->count = 0;
  pthread_mutex_lock(&p->lock);
  p->plan.count = 0;
  for (int i = 0; i < RST_PARTS_MAX; i++)
    g_clear_pointer(&p->encodings[i], rst_encoding_unref);
  pthread_mutex_unlock(&p->lock);
}

static bool same_window(const rst_window *a, const rst_window *b) {
  return a->x == b->x && a->y == b->y && a->side == b->side;
}

static bool is_planned(const preview *p) {
  return p->count > 0 && p->planned_pixels == p->work.pixels_serial &&
         p->planned_region == p->work.region_serial &&
         !(rst_parameters_compare(&p->planned, &p->work.parameters, NULL) & RST_STAGE_PLAN);
}

static void drop_encoding(preview *p, guint i) {
  encoded *e = &g_array_index(p->cache, encoded, i);

  rst_encoding_unref(e->encoding);
  rst_model_unref(e->model);
  g_array_remove_index(p->cache, i);
}

/* Encodings of other pixels are of no use; of another selection, where it was hidden. */
void preview_forget_encodings(preview *p, bool all) {
  for (guint i = p->cache->len; i-- > 0;)
    if (all || g_array_index(p->cache, encoded, i).hide)
      drop_encoding(p, i);
}

/* Points of the same window stay, unless its input has changed with the selection. */
static void adopt(preview *p, canvas *const *old, int count) {
  for (int i = 0; i < p->count; i++)
    for (int j = 0; j < count; j++)
      if (same_window(&p->canvases[i]->part.window, &old[j]->part.window))
        canvas_adopt(p->canvases[i], old[j]);
}

static rst_status add_canvases(preview *p, rst_error *error) {
  for (; p->count < p->drawn->count; p->count++) {
    canvas *c = canvas_new(&p->drawn->parts[p->count], p->work.pixels->box.width,
                           p->work.pixels->box.height, p->work.pixels, p->work.coverage);

    if (!c)
      return failure_of_memory(error);
    p->canvases[p->count] = c;
  }
  return RST_OK;
}

static void publish_plan(preview *p) {
  p->planned = p->work.parameters;
  p->planned_pixels = p->work.pixels_serial;
  p->planned_region = p->work.region_serial;
  pthread_mutex_lock(&p->lock);
  p->plan = *p->drawn;
  for (int i = 0; i < RST_PARTS_MAX; i++) {
    rst_encoding_unref(p->encodings[i]);
    p->encodings[i] =
      i < p->count && p->canvases[i]->encoding ? rst_encoding_ref(p->canvases[i]->encoding) : NULL;
  }
  pthread_mutex_unlock(&p->lock);
}

rst_status preview_make_plan(preview *p, rst_error *error) {
  const rst_picture copied = {
    .size = sizeof copied,
    .width = p->work.pixels->box.width,
    .height = p->work.pixels->box.height,
    .user = &p->work,
    .read = copied_read,
    .read_coverage = copied_coverage,
  };
  const rect *r = &p->work.region, ringed = preview_ringed_region(p);
  const int box[4] = {r->x, r->y, r->width, r->height};
  const bool moved = p->planned_region != p->work.region_serial;
  canvas *old[RST_PARTS_MAX];
  const int count = p->count;
  rst_status status;

  if (is_planned(p))
    return RST_OK;
  status = preview_require(p, &ringed, error);
  if (status == RST_OK)
    status = rst_plan_region(&p->work.parameters, &copied, box, p->drawn, error);
  if (status != RST_OK)
    return status;
  if (moved)
    preview_forget_encodings(p, p->planned_pixels != p->work.pixels_serial);
  memcpy(old, p->canvases, sizeof old);
  p->count = 0;
  status = add_canvases(p, error);
  if (status == RST_OK && !(moved && p->sampled.hide_region))
    adopt(p, old, count);
  for (int i = 0; i < count; i++) /* which may lie where there is none now */
    p->dirty = rect_unite(&p->dirty, &old[i]->box);
  preview_free_canvases(old, count);
  if (status == RST_OK)
    publish_plan(p);
  return status;
}

/* Only what is read decides. */
void preview_forget_stale(preview *p) {
  const rst_parameters *parameters = &p->work.parameters;
  rst_model_info info = {.size = sizeof info};

  rst_model_get_info(p->work.model, &info);
  const unsigned stale = p->sampled_model != p->work.model
                           ? RST_STAGE_ENCODE
                           : rst_parameters_compare(&p->sampled, parameters, &info);
  const bool input = stale & RST_STAGE_ENCODE, setup = stale & RST_STAGE_SAMPLE;

  for (int i = 0; i < p->count; i++) {
    canvas *c = p->canvases[i];

    if (input)
      canvas_set_encoding(c, NULL);
    if (input || setup)
      canvas_forget(c);
    canvas_set_mix(c, rst_resolve_mode(parameters, &c->part.window), parameters->saturation);
  }
  preview_take_model(&p->sampled_model, p->work.model);
  p->sampled = *parameters;
}

static rst_status read_input(preview *p, rst_input *input, rst_error *error) {
  rst_status status;
  rect box;

  rst_input_get_box(input, &box.x, &box.y, &box.width, &box.height);
  status = preview_require(p, &box, error);
  const bool hide = p->work.parameters.hide_region;
  const int rows = MAX(1, BAND_PIXELS / box.width);
  g_autofree float *rgba = g_try_malloc_n((gsize)box.width * (gsize)rows, 5 * sizeof *rgba);

  if (!rgba)
    return failure_of_memory(error);
  for (int done = 0; done < box.height && status == RST_OK; done += rows) {
    const int count = MIN(rows, box.height - done);
    const gsize pixels = (gsize)box.width * (gsize)count;
    const rect band = {box.x, box.y + done, box.width, count};
    float *hidden = hide ? rgba + 4 * pixels : NULL;

    if (rst_cancel_is_set(p->cancel))
      return RST_CANCELLED;
    plane_read(p->work.pixels, &band, rgba);
    if (hide)
      plane_read(p->work.coverage, &band, hidden);
    for (gsize i = 0; hide && i < pixels; i++)
      if (!(rgba[4 * i + 3] > 0) || !(hidden[i] > 0))
        hidden[i] = 0;
    status = rst_input_add(input, count, rgba, hidden, error);
  }
  return status;
}

static rst_status encode_window(preview *p, const canvas *c, rst_encoding **encoding,
                                rst_error *error) {
  rst_input *input = NULL;
  rst_status status;

  preview_publish(p, PREVIEW_ENCODING, NULL);
  status = rst_input_new(p->work.model, &c->part.window, p->work.pixels->box.width,
                         p->work.pixels->box.height, &input, error);
  if (status == RST_OK)
    status = read_input(p, input, error);
  if (status == RST_OK)
    status = rst_encode(p->session, p->work.model, input, p->cancel, encoding, error);
  rst_input_free(input);
  return status;
}

/* A window's encoding from those that are kept, or a new one. The new reference is the caller's. */
static rst_status get_encoding(preview *p, const canvas *c, rst_encoding **encoding,
                               rst_error *error) {
  encoded made = {NULL, p->work.model, c->part.window, p->work.parameters.hide_region};
  rst_status status;

  for (guint i = 0; i < p->cache->len; i++) {
    const encoded *e = &g_array_index(p->cache, encoded, i);

    if (e->model == made.model && e->hide == made.hide && same_window(&e->window, &made.window)) {
      *encoding = rst_encoding_ref(e->encoding);
      return RST_OK;
    }
  }
  status = encode_window(p, c, &made.encoding, error);
  if (status != RST_OK)
    return status;
  while (p->cache->len >= ENCODINGS_SPARE + (guint)p->count)
    drop_encoding(p, 0);
  rst_model_ref(made.model);
  g_array_append_val(p->cache, made);
  *encoding = rst_encoding_ref(made.encoding);
  pthread_mutex_lock(&p->lock);
  p->status.encoded++;
  pthread_mutex_unlock(&p->lock);
  return RST_OK;
}

rst_status preview_need_encoding(preview *p, int index, rst_error *error) {
  canvas *c = p->canvases[index];
  rst_encoding *encoding;
  rst_status status;

  if (c->encoding)
    return RST_OK;
  status = get_encoding(p, c, &encoding, error);
  if (status != RST_OK)
    return status;
  canvas_set_encoding(c, encoding);
  pthread_mutex_lock(&p->lock);
  rst_encoding_unref(p->encodings[index]);
  p->encodings[index] = rst_encoding_ref(encoding);
  pthread_mutex_unlock(&p->lock);
  return RST_OK;
}
