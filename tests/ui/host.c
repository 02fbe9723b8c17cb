/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include <math.h>
#include <string.h>

/* ---- a picture in memory ---- */

static float wave(int x, int y, int c) {
  return 0.5f + 0.3f * sinf(0.11f * (float)x + (float)c) + 0.15f * cosf(0.23f * (float)(y - x));
}

photo *photo_new(int width, int height) {
  photo *p = g_new0(photo, 1);
  const gsize count = (gsize)width * (gsize)height;

  p->thread = g_thread_self();
  p->width = width;
  p->height = height;
  p->rgba = g_new(float, 4 * count);
  p->coverage = g_new0(float, count);
  p->result = g_new0(float, 3 * count);
  p->written = g_new0(int, count);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      float *at = p->rgba + 4 * ((gsize)y * (gsize)width + (gsize)x);

      for (int c = 0; c < 3; c++)
        at[c] = wave(x, y, c);
      at[3] = x < 4 && y > 60 ? 0 : 1; /* a transparent edge */
    }
  return p;
}

void photo_free(photo *p) {
  g_free(p->rgba);
  g_free(p->coverage);
  g_free(p->result);
  g_free(p->written);
  g_free(p);
}

void select_ellipse(photo *p, int x, int y, int w, int h) {
  for (int v = y; v < y + h; v++)
    for (int u = x; u < x + w; u++) {
      const double dx = (u + 0.5 - x) / w * 2 - 1, dy = (v + 0.5 - y) / h * 2 - 1;
      const double inside = (1 - sqrt(dx * dx + dy * dy)) * 5;

      if (inside > 0)
        p->coverage[(gsize)v * (gsize)p->width + (gsize)u] = (float)fmin(inside, 1);
    }
}

int64_t count_selected(const photo *p) {
  int64_t count = 0;

  for (gsize i = 0; i < (gsize)p->width * (gsize)p->height; i++)
    count += p->coverage[i] > 0 && p->rgba[4 * i + 3] > 0;
  return count;
}

static void copy_out(const photo *p, const float *from, int channels, int x, int y, int w, int h,
                     float *to) {
  g_assert_true(g_thread_self() == p->thread);
  for (int row = 0; row < h; row++)
    memcpy(to + (gsize)row * (gsize)(w * channels),
           from + ((gsize)(y + row) * (gsize)p->width + (gsize)x) * (gsize)channels,
           (gsize)(w * channels) * sizeof *to);
}

static void note_read(photo *p) {
  p->reads++;
  if (p->pause > 0)
    g_usleep((gulong)p->pause);
}

static bool photo_read(void *user, int x, int y, int w, int h, float *rgba) {
  photo *p = user;

  note_read(p);
  copy_out(p, p->rgba, 4, x, y, w, h, rgba);
  return !p->broken;
}

static bool photo_coverage(void *user, int x, int y, int w, int h, float *coverage) {
  photo *p = user;

  note_read(p);
  copy_out(p, p->coverage, 1, x, y, w, h, coverage);
  return true;
}

static bool photo_write(void *user, int x, int y, int w, int h, const float *rgb,
                        const float *coverage) {
  photo *p = user;

  g_assert_true(g_thread_self() == p->thread);
  for (int row = 0; row < h; row++)
    for (int column = 0; column < w; column++) {
      const gsize from = (gsize)row * (gsize)w + (gsize)column;
      const gsize to = (gsize)(y + row) * (gsize)p->width + (gsize)(x + column);

      if (!(coverage[from] > 0))
        continue;
      g_assert_cmpfloat(coverage[from], ==, p->coverage[to]);
      p->written[to]++;
      memcpy(p->result + 3 * to, rgb + 3 * from, 3 * sizeof *rgb);
    }
  return true;
}

rst_picture picture_of(photo *p) {
  return (rst_picture){.size = sizeof(rst_picture),
                       .width = p->width,
                       .height = p->height,
                       .user = p,
                       .read = photo_read,
                       .read_coverage = photo_coverage,
                       .write = photo_write};
}

/* ---- models and setups ---- */

rst_model *read_model(const char *id) {
  char path[4096];
  rst_model *model = NULL;
  rst_error error = RST_ERROR_INIT;

  if (rst_find(RST_KIND_MODEL, id, path, sizeof path, &error) != RST_OK ||
      rst_model_read(path, &model, &error) != RST_OK)
    g_error("%s", error.message);
  return model;
}

rst_parameters parameters_of(const char *text) {
  rst_parameters parameters;
  char **words = g_strsplit(text, " ", -1);

  rst_parameters_init(&parameters);
  for (char **word = words; word[0] && word[1]; word += 2)
    g_assert_cmpint(rst_parameters_set(&parameters, word[0], word[1], NULL), ==, RST_OK);
  g_strfreev(words);
  return parameters;
}

/* ---- a preview on a photo ---- */

static void note(void *user) {
  preview_fixture *b = user;

  g_assert_true(g_thread_self() == b->photo->thread);
  b->notices++;
}

static void trace(void *user, const part_points *c, int x, int y, int step) {
  preview_fixture *b = user;
  const point p = {x, y, step};

  (void)c;
  g_array_append_val(b->points, p);
}

rst_rectangle whole(const photo *p) {
  return (rst_rectangle){0, 0, p->width, p->height};
}

preview_fixture *preview_fixture_new(photo *p, const char *model) {
  preview_fixture *b = g_new0(preview_fixture, 1);
  const rst_picture picture = picture_of(p);
  rst_error error = RST_ERROR_INIT;
  rst_rectangle box;

  b->photo = p;
  b->model = read_model(model);
  b->points = g_array_new(FALSE, FALSE, sizeof(point));
  box = whole(p);
  if (preview_new(&picture, &box, 2, note, b, &b->preview, &error) != RST_OK)
    g_error("%s", error.message);
  preview_set_trace(b->preview, trace, b);
  return b;
}

void preview_fixture_free(preview_fixture *b) {
  preview_free(b->preview);
  rst_model_unref(b->model);
  g_array_unref(b->points);
  photo_free(b->photo);
  g_free(b);
}

void set(preview_fixture *b, const char *setup) {
  const rst_parameters parameters = parameters_of(setup);

  preview_set_setup(b->preview, b->model, &parameters);
}

gboolean tick(void *data) {
  (void)data;
  return G_SOURCE_CONTINUE;
}

/* Seconds. The sanitizers' programs take several times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { PATIENCE = 900 };
#else
enum { PATIENCE = 120 };
#endif

preview_status reach(preview_fixture *b, preview_phase phase) {
  const guint timer = g_timeout_add(5, tick, NULL);
  const gint64 end = g_get_monotonic_time() + (gint64)PATIENCE * G_USEC_PER_SEC;
  preview_status status;

  do {
    g_main_context_iteration(NULL, TRUE);
    preview_get_status(b->preview, &status);
    if (g_get_monotonic_time() > end)
      g_error("phase %d instead of %d", status.phase, phase);
    if (status.phase == PREVIEW_FAILED && phase != PREVIEW_FAILED)
      g_error("%s", status.error.message);
  } while (status.phase != phase);
  g_source_remove(timer);
  return status;
}

preview_status finish(preview_fixture *b, const char *setup) {
  set(b, setup);
  return reach(b, PREVIEW_EXACT);
}

void check_exact(preview_fixture *b, const char *setup) {
  const rst_parameters parameters = parameters_of(setup);
  const gsize count = (gsize)b->photo->width * (gsize)b->photo->height;
  const rst_picture picture = picture_of(b->photo);
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_error error = RST_ERROR_INIT;
  int64_t inside = 0;
  float *ours;
  rst_rectangle box;

  memset(b->photo->written, 0, count * sizeof *b->photo->written);
  memset(b->photo->result, 0, 3 * count * sizeof *b->photo->result);
  if (preview_write(b->preview, &error) != RST_OK)
    g_error("%s", error.message);
  for (gsize i = 0; i < count; i++)
    g_assert_cmpint(b->photo->written[i], ==,
                    b->photo->coverage[i] > 0 && b->photo->rgba[4 * i + 3] > 0);
  ours = g_memdup2(b->photo->result, 3 * count * sizeof *ours);
  memset(b->photo->result, 0, 3 * count * sizeof *b->photo->result);
  box = whole(b->photo);
  if (rst_session_new(1, &session, &error) != RST_OK ||
      rst_plan_region(&parameters, &picture, &box, &plan, &error) != RST_OK ||
      rst_restore(session, b->model, &parameters, &picture, &plan, NULL, &error) != RST_OK)
    g_error("%s", error.message);
  /* Were all colours clamped, the bits would say nothing. */
  for (gsize i = 0; i < 3 * count; i++)
    inside += ours[i] > 0 && ours[i] < 1;
  g_assert_cmpint(inside, >, count_selected(b->photo));
  g_assert_cmpmem(ours, 3 * count * sizeof *ours, b->photo->result, 3 * count * sizeof *ours);
  rst_session_free(session);
  g_free(ours);
}

void check_once(const preview_fixture *b) {
  const photo *p = b->photo;
  g_autofree int *times = g_new0(int, (gsize)p->width *(gsize)p->height);

  for (guint i = 0; i < b->points->len; i++) {
    const point *at = &g_array_index(b->points, point, i);

    g_assert_cmpint(++times[at->y * p->width + at->x], ==, 1);
  }
}
