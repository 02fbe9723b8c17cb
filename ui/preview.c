/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Locks are pthread's own, since ThreadSanitizer does not see GLib's.
 */
#include "preview.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

#include "failure.h"

enum {
  COARSEST = 64,          /* the largest step between points */
  FIRST_PASSES = 1 << 14, /* network passes over points before something is shown: some 20 ms */
  READ_MICROSECONDS = 4000,
  FRAME_MICROSECONDS = 33000, /* from one frame to the next while refining, at least … */
  FRAME_SHARE = 5,            /* … and at most this part of the time goes into drawing them */
  BAND_PIXELS = 1 << 18,
  NICENESS = 5, /* of the worker and the session's threads: the main loop goes first */
  ENCODINGS_SPARE = 16 /* windows encoded earlier that are kept beside those in use */
};

typedef struct {
  rst_model *model;
  rst_parameters parameters;
  viewport view;
  plane *pixels, *coverage;
  rect region;
  guint64 pixels_serial, region_serial;
  guint64 result_serial; /* of setup or region: what the result depends on */
  gint64 changed_at;     /* monotonic, of the same */
  bool running;
} request;

typedef struct {
  rst_encoding *encoding;
  rst_model *model;
  rst_window window;
  bool hide;
} encoded;

struct preview {
  rst_picture picture;
  void (*changed)(void *user);
  void *user;
  GSource *notice, *reader; /* on the caller's context */
  rst_cancel *cancel;
  rst_session *session;
  int threads; /* asked for */
  GThread *thread;
  void (*restored)(void *user, const canvas *c, int x, int y, int step);
  void *restored_user;

  pthread_mutex_t lock; /* of all down to `encodings` */
  pthread_cond_t wake;
  bool quit, started;
  rst_status start_status;
  rst_error start_error;
  request wanted;
  guint64 serial, taken; /* of `wanted`; of the one in work */
  bool demanded, unreadable;
  rect demand; /* of the picture, for the worker */
  preview_status status;
  frame *frame;
  rst_plan plan; /* count 0: none */
  rst_encoding *encodings[RST_PARTS_MAX];

  /* The worker's own. Between requests the main thread reads it under the lock. */
  request work;
  rst_plan *drawn; /* its plan, and what that is for */
  guint64 planned_pixels, planned_region;
  rst_parameters planned, sampled;
  rst_model *sampled_model;
  canvas *canvases[RST_PARTS_MAX];
  int count;
  GArray *cache; /* of encoded, the newest last */
  gint64 restored_points; /* told when something is published: the lock is held rarely, since a
                           * worker that waits for its turn with it holds up the main loop */
  frame *shown;
  plane *shown_pixels;
  rect dirty; /* of the picture: restored, but not shown yet */
  gint64 next_frame_at; /* monotonic */
  guint64 shown_result, exact_result; /* serials */
};

/* -------------------------------------------------------------------------------------------
 * Errors as values
 */

static rst_status fail_host(rst_error *error) {
  return failure(error, RST_HOST_FAILED, "the picture could not be accessed");
}

/* -------------------------------------------------------------------------------------------
 * The caller's thread: reading in idle steps, and notices
 */

static bool read_covered(void *user, int x, int y, int w, int h, float *values) {
  const rst_picture *picture = user;

  if (picture->read_coverage)
    return picture->read_coverage(picture->user, x, y, w, h, values);
  for (gsize i = 0; i < (gsize)w * (gsize)h; i++)
    values[i] = 1;
  return true;
}

/* One tile of what the worker waits for. False where nothing is missing. */
static bool read_tile(preview *p) {
  const request *r = &p->wanted; /* nobody else changes it */
  bool coverage = false, missing, good;
  int tile;

  pthread_mutex_lock(&p->lock);
  missing = p->demanded && !p->unreadable;
  if (missing && !plane_find_missing(r->pixels, &p->demand, &tile)) {
    coverage = true;
    missing = plane_find_missing(r->coverage, &p->demand, &tile);
  }
  if (!missing && p->demanded) {
    p->demanded = false;
    pthread_cond_broadcast(&p->wake);
  }
  pthread_mutex_unlock(&p->lock);
  if (!missing)
    return false;

  plane *to = coverage ? r->coverage : r->pixels;

  good = coverage ? plane_fill(to, tile, read_covered, &p->picture)
                  : plane_fill(to, tile, p->picture.read, p->picture.user);
  pthread_mutex_lock(&p->lock);
  if (good)
    plane_mark_filled(to, tile);
  else
    p->unreadable = true;
  pthread_mutex_unlock(&p->lock);
  return true;
}

static gboolean read_some(void *data) {
  preview *p = data;
  const gint64 begin = g_get_monotonic_time();

  while (read_tile(p))
    if (g_get_monotonic_time() - begin > READ_MICROSECONDS)
      return G_SOURCE_CONTINUE;
  /* The worker may have asked for more meanwhile: it sets the time under the lock. */
  pthread_mutex_lock(&p->lock);
  if (!p->demanded)
    g_source_set_ready_time(p->reader, -1);
  pthread_mutex_unlock(&p->lock);
  return G_SOURCE_CONTINUE;
}

static gboolean give_notice(void *data) {
  preview *p = data;

  g_source_set_ready_time(p->notice, -1);
  p->changed(p->user);
  return G_SOURCE_CONTINUE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, void *data) {
  (void)source;
  return callback(data);
}

/* Any thread makes it run by setting its ready time: no memory changes hands. */
static GSource *add_source(GSourceFunc callback, int priority, preview *p) {
  static GSourceFuncs functions = {.dispatch = dispatch};
  GSource *source = g_source_new(&functions, sizeof *source);

  g_source_set_callback(source, callback, p, NULL);
  g_source_set_priority(source, priority);
  g_source_set_ready_time(source, -1);
  g_source_attach(source, g_main_context_get_thread_default());
  return source;
}

static void notify(preview *p) {
  if (p->changed)
    g_source_set_ready_time(p->notice, 0);
}

/* -------------------------------------------------------------------------------------------
 * The worker: requests
 */

static bool superseded(const preview *p) {
  return p->quit || p->taken != p->serial;
}

/* Waits until the caller's thread has read an area of the picture. */
static rst_status require(preview *p, const rect *area, rst_error *error) {
  const preview_phase phase = p->status.phase;
  rst_status status = RST_OK;
  int tile;

  pthread_mutex_lock(&p->lock);
  while (!superseded(p) && !p->unreadable &&
         (plane_find_missing(p->work.pixels, area, &tile) ||
          plane_find_missing(p->work.coverage, area, &tile))) {
    p->status.phase = PREVIEW_READING;
    p->demanded = true;
    p->demand = *area;
    g_source_set_ready_time(p->reader, 0);
    pthread_cond_wait(&p->wake, &p->lock);
  }
  if (superseded(p))
    status = RST_CANCELLED;
  else if (p->unreadable)
    status = fail_host(error);
  else
    p->status.phase = phase;
  p->demanded = false;
  pthread_mutex_unlock(&p->lock);
  return status;
}

static void request_clear(request *r) {
  rst_model_unref(r->model);
  plane_unref(r->pixels);
  plane_unref(r->coverage);
  r->model = NULL;
  r->pixels = r->coverage = NULL;
}

/* Waits for the next request and takes it; false at the end. */
static bool take_request(preview *p) {
  pthread_mutex_lock(&p->lock);
  while (!superseded(p))
    pthread_cond_wait(&p->wake, &p->lock);
  if (p->quit) {
    pthread_mutex_unlock(&p->lock);
    return false;
  }
  request_clear(&p->work);
  p->work = p->wanted;
  if (p->work.model)
    rst_model_ref(p->work.model);
  plane_ref(p->work.pixels);
  plane_ref(p->work.coverage);
  p->taken = p->serial;
  p->status.phase = PREVIEW_REFINING;
  p->unreadable = false;
  rst_cancel_reset(p->cancel);
  pthread_mutex_unlock(&p->lock);
  return true;
}

/* -------------------------------------------------------------------------------------------
 * The worker: frames and status
 */

static bool is_matched(const preview *p) {
  return rst_resolve_match(&p->work.parameters);
}

static frame_scene scene_of(const preview *p) {
  return (frame_scene){p->work.pixels, p->canvases, p->count, COARSEST, is_matched(p),
                       p->work.parameters.strength};
}

static void publish(preview *p, preview_phase phase, frame *shown) {
  gint64 points = 0, done = 0;
  const bool match = is_matched(p);

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
  }
  pthread_mutex_unlock(&p->lock);
  notify(p);
}

/* Draws what has become dirty. */
static rst_status show(preview *p, rst_error *error) {
  const frame_scene scene = scene_of(p);
  const gint64 begin = g_get_monotonic_time();
  gint64 end;
  frame *f;

  if (!p->shown || rect_is_empty(&p->dirty)) {
    publish(p, PREVIEW_REFINING, NULL);
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
  publish(p, PREVIEW_REFINING, f);
  return RST_OK;
}

static rect visible_area(const preview *p) {
  return viewport_get_area(&p->work.view, &p->work.pixels->box);
}

static void drop_frame(preview *p) {
  frame_unref(p->shown);
  plane_unref(p->shown_pixels);
  p->shown = NULL;
  p->shown_pixels = NULL;
}

static bool same_view(const viewport *a, const viewport *b) {
  return a->width == b->width && a->height == b->height && a->x == b->x && a->y == b->y &&
         a->zoom == b->zoom;
}

/* A new viewport or picture begins with a frame of its own, with what points there are. */
static rst_status show_viewport(preview *p, rst_error *error) {
  const frame_scene scene = scene_of(p);
  const rect area = visible_area(p);
  frame *before, *f;
  rst_status status;

  if (p->shown && same_view(&p->shown->viewport, &p->work.view) &&
      p->shown_pixels == p->work.pixels)
    return RST_OK;
  if (p->work.view.width < 1 || p->work.view.height < 1 || !(p->work.view.zoom > 0)) {
    drop_frame(p);
    return RST_OK;
  }
  status = require(p, &area, error);
  if (status != RST_OK)
    return status;
  drop_frame(p);
  before = frame_new(&p->work.view, &scene);
  f = before ? frame_update(before, &scene, &area) : NULL;
  frame_unref(before);
  if (!f)
    return failure_of_memory(error);
  p->shown = f;
  p->shown_pixels = plane_ref(p->work.pixels);
  p->dirty = (rect){0, 0, 0, 0};
  publish(p, p->status.phase, f);
  return RST_OK;
}

/* -------------------------------------------------------------------------------------------
 * The worker: plan, canvases, encodings
 */

static bool read_plane(const plane *from, int x, int y, int w, int h, float *values) {
  for (int row = y; row < y + h; row++)
    for (int column = x; column < x + w; column++, values += from->channels) {
      if (rect_contains(&from->box, column, row))
        memcpy(values, plane_at(from, column, row), (gsize)from->channels * sizeof *values);
      else
        memset(values, 0, (gsize)from->channels * sizeof *values);
    }
  return true;
}

static bool copied_read(void *user, int x, int y, int w, int h, float *rgba) {
  return read_plane(((const request *)user)->pixels, x, y, w, h, rgba);
}

static bool copied_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  return read_plane(((const request *)user)->coverage, x, y, w, h, coverage);
}

static void free_canvases(canvas **canvases, int count) {
  for (int i = 0; i < count; i++)
    canvas_free(canvases[i]);
}

static void forget_plan(preview *p) {
  free_canvases(p->canvases, p->count);
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
  const rst_parameters *a = &p->planned, *b = &p->work.parameters;

  return p->count > 0 && p->planned_pixels == p->work.pixels_serial &&
         p->planned_region == p->work.region_serial && a->context == b->context &&
         a->window_kind == b->window_kind &&
         (a->window_kind != RST_WINDOW_GIVEN || same_window(&a->window, &b->window));
}

static void drop_encoding(preview *p, guint i) {
  encoded *e = &g_array_index(p->cache, encoded, i);

  rst_encoding_unref(e->encoding);
  rst_model_unref(e->model);
  g_array_remove_index(p->cache, i);
}

/* Encodings of other pixels are of no use; of another selection, where it was hidden. */
static void forget_encodings(preview *p, bool all) {
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
    p->encodings[i] = i < p->count && p->canvases[i]->encoding
                        ? rst_encoding_ref(p->canvases[i]->encoding) : NULL;
  }
  pthread_mutex_unlock(&p->lock);
}

static rst_status make_plan(preview *p, rst_error *error) {
  const rst_picture copied = {
    .size = sizeof copied,
    .width = p->work.pixels->box.width,
    .height = p->work.pixels->box.height,
    .user = &p->work,
    .read = copied_read,
    .read_coverage = copied_coverage,
  };
  const rect *r = &p->work.region;
  const rect ringed = {r->x - 1, r->y - 1, r->width + 2, r->height + 2};
  const int box[4] = {r->x, r->y, r->width, r->height};
  const bool moved = p->planned_region != p->work.region_serial;
  canvas *old[RST_PARTS_MAX];
  const int count = p->count;
  rst_status status;

  if (is_planned(p))
    return RST_OK;
  status = require(p, &ringed, error);
  if (status == RST_OK)
    status = rst_plan_region(&p->work.parameters, &copied, box, p->drawn, error);
  if (status != RST_OK)
    return status;
  if (moved)
    forget_encodings(p, p->planned_pixels != p->work.pixels_serial);
  memcpy(old, p->canvases, sizeof old);
  p->count = 0;
  status = add_canvases(p, error);
  if (status == RST_OK && !(moved && p->sampled.hide_region))
    adopt(p, old, count);
  free_canvases(old, count);
  if (status == RST_OK)
    publish_plan(p);
  return status;
}

/* Only what is read decides whether points are stale. */
static void keep_what_is_read(const rst_parameters *from, rst_model *model, rst_parameters *to) {
  rst_model_info info = {.size = sizeof info};
  char text[sizeof from->model];
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_model_get_info(model, &info);
  rst_parameters_init(to);
  for (size_t i = 0; i < count; i++)
    if (table[i].sampling && info.process == RST_DIFFUSION &&
        (table[i].ddpm || from->sampler != RST_SAMPLER_DDPM) &&
        rst_parameters_get(from, table[i].name, text, sizeof text, NULL) == RST_OK)
      rst_parameters_set(to, table[i].name, text, NULL);
  if (to->sampler == RST_SAMPLER_AUTO)
    to->sampler = RST_SAMPLER_DDIM;
  if (to->sequence == RST_SEQUENCE_QUADRATIC)
    to->step_skip = 1;
}

static void set_model(rst_model **to, rst_model *model) {
  rst_model *old = *to;

  *to = model ? rst_model_ref(model) : NULL;
  rst_model_unref(old);
}

/* Forgets the points that the request has made stale. */
static void forget_stale(preview *p) {
  const rst_parameters *parameters = &p->work.parameters;
  const bool model = p->sampled_model != p->work.model;
  const bool input = model || p->sampled.hide_region != parameters->hide_region;
  rst_parameters now;

  keep_what_is_read(parameters, p->work.model, &now);
  now.hide_region = parameters->hide_region;
  const bool setup = memcmp(&now, &p->sampled, sizeof now) != 0;

  for (int i = 0; i < p->count; i++) {
    canvas *c = p->canvases[i];

    if (input)
      canvas_set_encoding(c, NULL);
    if (input || setup)
      canvas_forget(c);
    canvas_set_mode(c, rst_resolve_mode(parameters, &c->part.window));
  }
  set_model(&p->sampled_model, p->work.model);
  p->sampled = now;
}

static rst_status read_input(preview *p, rst_input *input, rst_error *error) {
  rst_status status;
  rect box;

  rst_input_get_box(input, &box.x, &box.y, &box.width, &box.height);
  status = require(p, &box, error);
  const int rows = MAX(1, BAND_PIXELS / box.width);
  g_autofree float *rgba = g_try_malloc_n((gsize)box.width * (gsize)rows, 5 * sizeof *rgba);

  if (!rgba)
    return failure_of_memory(error);
  for (int done = 0; done < box.height && status == RST_OK; done += rows) {
    const int count = MIN(rows, box.height - done);
    const gsize pixels = (gsize)box.width * (gsize)count;
    float *hidden = rgba + 4 * pixels;

    if (rst_cancel_is_set(p->cancel))
      return RST_CANCELLED;
    read_plane(p->work.pixels, box.x, box.y + done, box.width, count, rgba);
    read_plane(p->work.coverage, box.x, box.y + done, box.width, count, hidden);
    for (gsize i = 0; i < pixels; i++)
      if (!(rgba[4 * i + 3] > 0) || !(hidden[i] > 0))
        hidden[i] = 0;
    status = rst_input_add(input, count, rgba,
                           p->work.parameters.hide_region ? hidden : NULL, error);
  }
  return status;
}

static rst_status encode_window(preview *p, const canvas *c, rst_encoding **encoding,
                                rst_error *error) {
  rst_input *input = NULL;
  rst_status status;

  publish(p, PREVIEW_ENCODING, NULL);
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

static rst_status need_encoding(preview *p, int index, rst_error *error) {
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

/* -------------------------------------------------------------------------------------------
 * The worker: refining
 */

static void tell_restored(void *user, const canvas *c, int x, int y, int step) {
  preview *p = user;

  p->restored_points++;
  if (p->restored)
    p->restored(p->restored_user, c, x, y, step);
}

static canvas_job job_of(preview *p) {
  return (canvas_job){p->session, &p->work.parameters, p->work.pixels, p->cancel, tell_restored,
                      p};
}

/* Samples a side of what is restored at a time: some batches for each thread, no more, so that
 * something new is shown often. */
static int chunk_side(const preview *p) {
  int side = 32;

  while (side * side < 512 * rst_session_threads(p->session))
    side *= 2;
  return side;
}

static rst_status refine_chunk(preview *p, canvas *c, const rect *area, int step, bool live,
                               rst_error *error) {
  const canvas_job job = job_of(p);
  /* A point stands in for those to its right and below. */
  const rect touched = {area->x, area->y, area->width + step, area->height + step};
  bool changed = false;
  rst_status status = canvas_refine(c, &job, CANVAS_COVERED, area, step, &changed, error);

  if (changed)
    p->dirty = rect_unite(&p->dirty, &touched);
  if (status == RST_OK && live && changed && g_get_monotonic_time() >= p->next_frame_at)
    status = show(p, error);
  return status;
}

/* All points of a part in an area on one lattice, a chunk at a time. */
static rst_status refine_area(preview *p, int index, const rect *area, int step, bool live,
                              rst_error *error) {
  canvas *c = p->canvases[index];
  const int side = chunk_side(p) * step;
  const rect part = {c->part.x, c->part.y, c->part.width, c->part.height};
  const rect inside = rect_intersect(area, &part);
  rst_status status = RST_OK;

  if (rect_is_empty(&inside) || c->covered_done == c->covered)
    return RST_OK;
  status = need_encoding(p, index, error);
  /* Chunks begin at multiples of the step. */
  for (int y = inside.y / step * step; y < inside.y + inside.height; y += side)
    for (int x = inside.x / step * step; x < inside.x + inside.width; x += side) {
      const rect whole = {x, y, side, side};
      const rect chunk = rect_intersect(&whole, &inside);

      if (status == RST_OK)
        status = refine_chunk(p, c, &chunk, step, live, error);
    }
  return status;
}

/* The ring first, since its difference concerns all points. */
static rst_status match_parts(preview *p, rst_error *error) {
  const canvas_job job = job_of(p);
  rst_status status = RST_OK;

  for (int i = 0; i < p->count && status == RST_OK && is_matched(p); i++) {
    canvas *c = p->canvases[i];
    bool changed = false;

    if (c->matched)
      continue;
    status = need_encoding(p, i, error);
    if (status == RST_OK)
      status = canvas_refine(c, &job, CANVAS_RING, &c->box, 1, &changed, error);
    if (status == RST_OK)
      status = canvas_match(c, &job, error);
    p->dirty = rect_unite(&p->dirty, &c->box);
  }
  return status;
}

static gint64 count_covered(const preview *p, const rect *area) {
  gint64 count = 0;

  for (int i = 0; i < p->count; i++) {
    const canvas *c = p->canvases[i];
    const rect inside = rect_intersect(area, &c->box);

    for (int y = inside.y; y < inside.y + inside.height; y++)
      for (int x = inside.x; x < inside.x + inside.width; x++)
        count += canvas_get_coverage(c, x, y) > 0;
  }
  return count;
}

/* The step whose lattice shows the first pixels soon. */
static int first_step(const preview *p, const rect *area) {
  const gint64 points = count_covered(p, area);
  int step = 1, passes = 1;

  rst_parameters_steps(&p->work.parameters, p->work.model, NULL, &passes, NULL);
  while (step < COARSEST && points / (step * step) * passes > FIRST_PASSES)
    step *= 2;
  return step;
}

static void tell_step(preview *p, int step) {
  pthread_mutex_lock(&p->lock);
  p->status.step = step;
  if (p->status.first == 0)
    p->status.first = (double)(g_get_monotonic_time() - p->work.changed_at) / G_USEC_PER_SEC;
  pthread_mutex_unlock(&p->lock);
}

static rst_status refine(preview *p, rst_error *error) {
  const rect all = p->work.pixels->box, seen = visible_area(p);
  const rect visible = rect_is_empty(&seen) ? all : seen;
  const int first = first_step(p, &visible);
  rst_status status = RST_OK;

  /* What was there for the last result stays in sight until there is something new. */
  if (p->shown_result != p->work.result_serial)
    p->dirty = visible;
  for (int step = first; step >= 1 && status == RST_OK; step /= 2) {
    for (int i = 0; i < p->count && status == RST_OK; i++)
      status = refine_area(p, i, &visible, step, step < first, error);
    if (status == RST_OK)
      status = show(p, error);
    if (status == RST_OK) {
      p->shown_result = p->work.result_serial;
      tell_step(p, step);
    }
    if (status == RST_OK && step == first)
      status = match_parts(p, error);
  }
  if (status == RST_OK)
    status = show(p, error);
  for (int i = 0; i < p->count && status == RST_OK; i++)
    status = refine_area(p, i, &all, 1, true, error);
  return status;
}

/* -------------------------------------------------------------------------------------------
 * The worker: one request after the other
 */

static rst_status serve(preview *p, preview_phase *phase, rst_error *error) {
  rst_status status;

  if (p->planned_pixels != p->work.pixels_serial)
    forget_plan(p);
  status = show_viewport(p, error);
  if (status != RST_OK)
    return status;
  *phase = p->work.model ? PREVIEW_STOPPED : PREVIEW_WAITING;
  if (!p->work.model || !p->work.running)
    return RST_OK;
  status = rst_parameters_check(&p->work.parameters, p->work.model, error);
  if (status == RST_OK)
    status = make_plan(p, error);
  if (status != RST_OK)
    return status;
  forget_stale(p);
  *phase = PREVIEW_EXACT;
  return refine(p, error);
}

/* Nothing that was restored for another request may look like this one's. */
static void show_failure(preview *p, const rst_error *error) {
  forget_plan(p);
  p->dirty = visible_area(p);
  show(p, NULL);
  pthread_mutex_lock(&p->lock);
  p->status.error = *error;
  pthread_mutex_unlock(&p->lock);
  publish(p, PREVIEW_FAILED, NULL);
}

/* The session's threads inherit the niceness of the one that makes them; on Linux it is a
 * thread's own. */
static bool start(preview *p, int threads) {
  rst_error error = RST_ERROR_INIT;
  rst_session *session = NULL;

  setpriority(PRIO_PROCESS, 0, NICENESS);

  const rst_status status = rst_session_new(threads, &session, &error);

  pthread_mutex_lock(&p->lock);
  p->session = session;
  p->start_status = status;
  p->start_error = error;
  p->started = true;
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
  return status == RST_OK;
}

static void *run(void *data) {
  preview *p = data;

  if (!start(p, p->threads))
    return NULL;
  while (take_request(p)) {
    rst_error error = RST_ERROR_INIT;
    preview_phase phase = PREVIEW_WAITING;
    const rst_status status = serve(p, &phase, &error);

    if (status == RST_OK)
      publish(p, phase, NULL);
    else if (status != RST_CANCELLED)
      show_failure(p, &error);
    if (status == RST_OK && phase == PREVIEW_EXACT)
      p->exact_result = p->work.result_serial; /* its time stands still from here on */
  }
  return NULL;
}

/* -------------------------------------------------------------------------------------------
 * The caller's thread: new and free
 */

static bool set_planes(request *r, const rst_picture *picture, const int box[4], bool pixels) {
  const rect whole = {0, 0, picture->width, picture->height};
  const rect wanted = {box[0], box[1], box[2], box[3]};
  const rect region = rect_intersect(&wanted, &whole);
  plane *coverage = plane_new(&region, 1);
  plane *copy = pixels ? plane_new(&whole, 4) : plane_ref(r->pixels);

  if (!coverage || !copy) {
    plane_unref(coverage);
    plane_unref(copy);
    return false;
  }
  plane_unref(r->coverage);
  plane_unref(r->pixels);
  r->coverage = coverage;
  r->pixels = copy;
  r->region = region;
  r->region_serial++;
  r->pixels_serial += pixels;
  return true;
}

static void drop(preview *p) {
  free_canvases(p->canvases, p->count);
  forget_encodings(p, true);
  for (int i = 0; i < RST_PARTS_MAX; i++)
    rst_encoding_unref(p->encodings[i]);
  g_array_unref(p->cache);
  drop_frame(p);
  frame_unref(p->frame);
  request_clear(&p->wanted);
  request_clear(&p->work);
  rst_model_unref(p->sampled_model);
  g_free(p->drawn);
  rst_session_free(p->session);
  rst_cancel_free(p->cancel);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->lock);
  g_free(p);
}

/* Waits for its session, which is there within a millisecond. */
static rst_status start_worker(preview *p, rst_error *error) {
  p->thread = g_thread_try_new("preview", run, p, NULL);
  if (!p->thread)
    return failure(error, RST_NO_THREAD, "a thread could not be started");
  pthread_mutex_lock(&p->lock);
  while (!p->started)
    pthread_cond_wait(&p->wake, &p->lock);
  pthread_mutex_unlock(&p->lock);
  if (error)
    *error = p->start_error;
  return p->start_status;
}

rst_status preview_new(const rst_picture *picture, const int box[4], int threads,
                       void (*changed)(void *user), void *user, preview **made,
                       rst_error *error) {
  preview *p = g_new0(preview, 1);
  rst_status status;

  p->picture = *picture;
  p->changed = changed;
  p->user = user;
  p->cache = g_array_new(FALSE, FALSE, sizeof(encoded));
  p->drawn = g_new0(rst_plan, 1);
  p->drawn->size = p->plan.size = sizeof *p->drawn;
  p->wanted.running = true;
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->wake, NULL);
  p->threads = threads;
  p->cancel = rst_cancel_new();
  if (!p->cancel || !set_planes(&p->wanted, picture, box, true)) {
    status = failure_of_memory(error);
  } else {
    p->notice = add_source(give_notice, G_PRIORITY_DEFAULT, p);
    p->reader = add_source(read_some, G_PRIORITY_DEFAULT_IDLE, p);
    status = start_worker(p, error);
  }
  if (status == RST_OK)
    *made = p;
  else
    preview_free(p);
  return status;
}

int preview_get_threads(const preview *p) {
  return rst_session_threads(p->session);
}

/* The newest request wins: what runs for an older one ends now. */
static void wake_worker(preview *p) {
  p->serial++;
  rst_cancel_set(p->cancel);
  pthread_cond_broadcast(&p->wake);
}

void preview_free(preview *p) {
  if (!p)
    return;
  if (p->thread) {
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    wake_worker(p);
    pthread_mutex_unlock(&p->lock);
    g_thread_join(p->thread);
  }
  if (p->notice) {
    g_source_destroy(p->notice);
    g_source_unref(p->notice);
    g_source_destroy(p->reader);
    g_source_unref(p->reader);
  }
  drop(p);
}

/* -------------------------------------------------------------------------------------------
 * The caller's thread: requests
 */

static void begin_change(preview *p) {
  p->wanted.result_serial++;
  p->wanted.changed_at = g_get_monotonic_time();
  p->status.step = 0;
  p->status.first = 0;
}

void preview_set_setup(preview *p, rst_model *model, const rst_parameters *parameters) {
  pthread_mutex_lock(&p->lock);
  set_model(&p->wanted.model, model);
  p->wanted.parameters = *parameters;
  begin_change(p);
  wake_worker(p);
  pthread_mutex_unlock(&p->lock);
}

void preview_set_viewport(preview *p, const viewport *v) {
  pthread_mutex_lock(&p->lock);
  if (!same_view(&p->wanted.view, v)) {
    p->wanted.view = *v;
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
}

void preview_set_region(preview *p, const int box[4], bool pixels) {
  pthread_mutex_lock(&p->lock);
  /* Without memory the older region stays, and stays valid. */
  if (set_planes(&p->wanted, &p->picture, box, pixels)) {
    begin_change(p);
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
}

void preview_set_running(preview *p, bool running) {
  pthread_mutex_lock(&p->lock);
  if (p->wanted.running != running) {
    p->wanted.running = running;
    wake_worker(p);
  }
  pthread_mutex_unlock(&p->lock);
}

void preview_set_trace(preview *p, void (*restored)(void *user, const canvas *c, int x, int y,
                       int step), void *user) {
  p->restored = restored;
  p->restored_user = user;
}

/* -------------------------------------------------------------------------------------------
 * The caller's thread: results
 */

void preview_get_status(preview *p, preview_status *status) {
  pthread_mutex_lock(&p->lock);
  *status = p->status;
  /* What the worker says of an older request is no news of the newest. */
  if (superseded(p))
    status->phase = PREVIEW_REFINING;
  pthread_mutex_unlock(&p->lock);
}

frame *preview_get_frame(preview *p) {
  frame *f;

  pthread_mutex_lock(&p->lock);
  f = p->frame ? frame_ref(p->frame) : NULL;
  pthread_mutex_unlock(&p->lock);
  return f;
}

bool preview_get_plan(preview *p, rst_plan *plan) {
  bool found;

  pthread_mutex_lock(&p->lock);
  found = p->plan.count > 0;
  if (found)
    *plan = p->plan;
  pthread_mutex_unlock(&p->lock);
  return found;
}

rst_encoding *preview_get_encoding(preview *p, int part) {
  rst_encoding *encoding = NULL;

  pthread_mutex_lock(&p->lock);
  if (part >= 0 && part < p->plan.count && p->encodings[part])
    encoding = rst_encoding_ref(p->encodings[part]);
  pthread_mutex_unlock(&p->lock);
  return encoding;
}

static rst_status write_canvas(const preview *p, const canvas *c, rst_error *error) {
  const rst_part *part = &c->part;
  const int rows = MAX(1, BAND_PIXELS / part->width);
  const gsize pixels = (gsize)part->width * (gsize)rows;
  g_autofree float *rgb = g_try_malloc0_n(pixels, 3 * sizeof *rgb);
  g_autofree float *coverage = g_try_malloc_n(pixels, sizeof *coverage);

  if (!rgb || !coverage)
    return failure_of_memory(error);
  for (int y = part->y; y < part->y + part->height; y += rows) {
    const int count = MIN(rows, part->y + part->height - y);

    for (int row = 0; row < count; row++)
      for (int column = 0; column < part->width; column++) {
        const gsize i = (gsize)row * (gsize)part->width + (gsize)column;
        const int x = part->x + column;

        coverage[i] = canvas_get_coverage(c, x, y + row);
        canvas_get(c, x, y + row, 1, is_matched(p), rgb + 3 * i);
      }
    if (!p->picture.write(p->picture.user, part->x, y, part->width, count, rgb, coverage))
      return fail_host(error);
  }
  return RST_OK;
}

rst_status preview_write(preview *p, rst_error *error) {
  rst_status status = RST_OK;

  /* The worker sleeps on the lock: its canvases are at rest. */
  pthread_mutex_lock(&p->lock);
  if (superseded(p) || p->status.phase != PREVIEW_EXACT || !p->picture.write)
    status = failure(error, RST_BAD_CALL, "the result is not finished");
  for (int i = 0; i < p->count && status == RST_OK; i++)
    status = write_canvas(p, p->canvases[i], error);
  pthread_mutex_unlock(&p->lock);
  return status;
}
