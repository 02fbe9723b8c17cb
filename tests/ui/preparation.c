/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An old photograph in the preview: prepared once, shown, restored and written as the engine alone
 * does it. The finder takes what is nearly white for damage.
 */
#include "components.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 100, HEIGHT = 80, TOP = 40, ROWS = 2 /* of a scratch from side to side */ };

#define SETUP "mode full match off"

static const viewport view = {WIDTH, HEIGHT, 0, 0, 1};

static float *pixel_of(const photo *p, int x, int y) {
  return p->rgba + 4 * ((gsize)y * (gsize)p->width + (gsize)x);
}

/* Calm greys with a white scratch, all but its rim selected. */
static photo *old_photo(void) {
  photo *p = photo_new(WIDTH, HEIGHT);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      float *at = pixel_of(p, x, y);

      at[0] = at[1] = at[2] =
        y >= TOP && y < TOP + ROWS ? 1 : 0.25f + 0.002f * (float)x + 0.003f * (float)y;
      at[3] = 1;
      p->coverage[y * WIDTH + x] = x < 4 || x >= WIDTH - 4 ? 0 : 1;
    }
  return p;
}

static rst_photo_settings settings_of(bool tone) {
  rst_photo_settings settings;

  rst_photo_settings_init(&settings);
  settings.tone = tone;
  return settings;
}

/* An rst_edit for each pixel. */
static GBytes *edits_of(rst_edit edit) {
  guchar *edits = g_malloc(WIDTH * HEIGHT);

  memset(edits, edit, WIDTH * HEIGHT);
  return g_bytes_new_take(edits, WIDTH * HEIGHT);
}

/* -------------------------------------------------------------------------------------------
 * Step by step
 */

static components *opened(photo *p) {
  components *made = components_new(p, "tiny-single");

  made->mailbox.newest.view = view;
  return made;
}

/* Sends that and takes it, as the worker would. */
static void take(components *p, const rst_photo_settings *settings, const char *setup) {
  request *newest = &p->mailbox.newest;

  mailbox_lock(&p->mailbox);
  newest->is_photo = settings != NULL;
  if (settings)
    newest->photo = *settings;
  newest->pixels_serial++;
  mailbox_unlock(&p->mailbox);
  components_take(p, setup);
}

static rst_status prepare(components *p) {
  worker *w = &p->worker;

  preparation_begin(&w->preparation);
  return preparation_settle(&w->preparation, w->session, NULL);
}

/* What was prepared, all of it. */
static const tiles *prepared_by(components *p) {
  const request *work = &p->worker.work;

  g_assert_cmpint(tile_reader_require(&p->reader, &work->region, NULL), ==, RST_OK);
  return work->prepared;
}

/* The scratch becomes like what is beside it, where it is selected; what is far from it keeps its
 * bits. */
static void test_mended(void) {
  components *p = opened(old_photo());
  const rst_photo_settings settings = settings_of(false);
  const photo_found *found;
  const tiles *prepared;

  take(p, &settings, SETUP);
  g_assert_cmpint(prepare(p), ==, RST_OK);
  found = p->mailbox.report.photo;
  g_assert_nonnull(found);
  g_assert_true(found->info.takes_colour);
  g_assert_cmpint(found->info.damaged, >=, (WIDTH - 8) * ROWS);
  g_assert_cmpint(found->mask[TOP * WIDTH + WIDTH / 2], ==, 255);
  g_assert_cmpint(found->mask[(TOP - 10) * WIDTH + WIDTH / 2], ==, 0);
  prepared = prepared_by(p);
  for (int x = 8; x < WIDTH - 8; x++) {
    const float beside = pixel_of(p->photo, x, TOP - 6)[0];

    g_assert_cmpfloat(fabsf(tiles_at(prepared, x, TOP)[0] - beside), <, 0.15f);
  }
  for (int y = 0; y < TOP - 6; y++)
    for (int x = 0; x < WIDTH; x++)
      g_assert_cmpmem(tiles_at(prepared, x, y), 4 * sizeof(float), pixel_of(p->photo, x, y),
                      4 * sizeof(float));
  components_free(p);
}

/* What is prepared is kept as long as it is the same; the photo, and with it its damage, as long as
 * picture and region are. */
static void test_kept(void) {
  components *p = opened(old_photo());
  preparation *of = &p->worker.preparation;
  const rst_photo_settings settings = settings_of(false), toned = settings_of(true);
  const photo_found *found;
  const rst_photo *first;
  tiles *prepared;

  take(p, &settings, SETUP);
  g_assert_cmpint(prepare(p), ==, RST_OK);
  first = of->photo;
  found = p->mailbox.report.photo;
  prepared = tiles_ref(p->worker.work.prepared);
  components_take(p, SETUP " strength 0.5"); /* another setup */
  preparation_begin(of);
  g_assert_true(p->worker.work.prepared == prepared);
  g_assert_cmpint(prepare(p), ==, RST_OK);
  g_assert_true(p->worker.work.prepared == prepared);
  g_assert_true(p->mailbox.report.photo == found);
  take(p, &toned, SETUP);
  preparation_begin(of);
  g_assert_true(p->worker.work.prepared == prepared); /* until there is something newer */
  g_assert_cmpint(prepare(p), ==, RST_OK);
  g_assert_true(p->worker.work.prepared != prepared);
  g_assert_true(of->photo == first);
  g_assert_true(p->mailbox.report.photo->settings.tone);
  tiles_unref(prepared);
  take(p, NULL, SETUP); /* no longer an old photograph */
  g_assert_cmpint(prepare(p), ==, RST_OK);
  g_assert_null(p->worker.work.prepared);
  components_free(p);
}

/* Someone knows better than the finder. */
static void test_edits(void) {
  components *p = opened(old_photo());
  const rst_photo_settings settings = settings_of(false);

  p->mailbox.newest.edits = edits_of(RST_EDIT_REMOVE);
  take(p, &settings, SETUP);
  g_assert_cmpint(prepare(p), ==, RST_OK);
  g_assert_cmpint(p->mailbox.report.photo->info.damaged, ==, 0);
  g_clear_pointer(&p->mailbox.newest.edits, g_bytes_unref);
  p->mailbox.newest.edits = edits_of(RST_EDIT_ADD);
  take(p, &settings, SETUP);
  g_assert_cmpint(prepare(p), ==, RST_OK);
  g_assert_cmpint(p->mailbox.report.photo->info.damaged, ==, (WIDTH - 8) * HEIGHT);
  components_free(p);
}

/* Which photographs the setup restores, once they are prepared. */
static void test_colour(void) {
  const struct {
    bool own_colours, wanted;
    const char *setup;
    bool restored;
  } cases[] = {{false, true, SETUP, true},
               {true, true, SETUP, false},
               {false, false, SETUP, false},
               {false, true, SETUP " strength 0", false}};

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    photo *of = old_photo();
    rst_photo_settings settings = settings_of(false);
    components *p;

    settings.colour = cases[i].wanted;
    for (int y = 0; y < HEIGHT && cases[i].own_colours; y++)
      for (int x = 0; x < WIDTH; x++)
        pixel_of(of, x, y)[(x / 25 + y / 20) % 3] = 0.9f;
    p = opened(of);
    take(p, &settings, cases[i].setup);
    g_assert_cmpint(prepare(p), ==, RST_OK);
    g_assert_cmpint(p->mailbox.report.photo->info.takes_colour, ==, !cases[i].own_colours);
    g_assert_cmpint(p->worker.work.model != NULL, ==, cases[i].restored);
    components_free(p);
  }
}

/* A newer request ends it; nothing half prepared is shown, and the next time all is there. */
static void test_cancelled(void) {
  components *p = opened(old_photo());
  const rst_photo_settings settings = settings_of(false);

  take(p, &settings, SETUP);
  rst_cancel_set(p->mailbox.cancel);
  g_assert_cmpint(prepare(p), ==, RST_CANCELLED);
  g_assert_null(p->worker.work.prepared);
  g_assert_null(p->mailbox.report.photo);
  take(p, &settings, SETUP);
  g_assert_cmpint(prepare(p), ==, RST_OK);
  g_assert_cmpint(p->mailbox.report.photo->info.damaged, >, 0);
  components_free(p);
}

/* -------------------------------------------------------------------------------------------
 * By the preview
 */

/* What the engine alone writes; without a model, what is prepared. */
static float *write_alone(photo *p, rst_photo_settings settings, GBytes *edits, rst_model *model,
                          rst_parameters parameters) {
  const gsize size = 3 * (gsize)p->width * (gsize)p->height * sizeof(float);
  const rst_picture picture = picture_of(p);
  const rst_rectangle box = whole(p);
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_photo *of = NULL;
  rst_picture prepared;

  memset(p->result, 0, size);
  settings.colour_strength = parameters.strength;
  parameters.strength = 1; /* the photo's write applies it */
  g_assert_cmpint(rst_session_new(1, &session, NULL), ==, RST_OK);
  g_assert_cmpint(rst_photo_new(&picture, &box, &of, NULL), ==, RST_OK);
  g_assert_cmpint(
    rst_photo_set(session, of, &settings, edits ? g_bytes_get_data(edits, NULL) : NULL, NULL, NULL),
    ==, RST_OK);
  if (model) {
    rst_photo_picture(of, &prepared);
    g_assert_cmpint(rst_plan_region(&parameters, &prepared, &box, &plan, NULL), ==, RST_OK);
    g_assert_cmpint(rst_restore(session, model, &parameters, &prepared, &plan, NULL, NULL), ==,
                    RST_OK);
  } else {
    g_assert_cmpint(rst_photo_write(of, NULL, NULL), ==, RST_OK);
  }
  rst_photo_free(of);
  rst_session_free(session);
  return g_memdup2(p->result, size);
}

static void check_written(preview_fixture *b, const rst_photo_settings *settings, GBytes *edits,
                          rst_model *model, const char *setup) {
  const gsize size = 3 * (gsize)WIDTH * (gsize)HEIGHT * sizeof(float);
  g_autofree float *expected = write_alone(b->photo, *settings, edits, model, parameters_of(setup));

  memset(b->photo->result, 0, size);
  g_assert_cmpint(preview_write(b->preview, NULL), ==, RST_OK);
  g_assert_cmpmem(b->photo->result, size, expected, size);
}

static void show(preview_fixture *b, rst_model *model, const char *setup) {
  const rst_parameters parameters = parameters_of(setup);

  preview_set_setup(b->preview, model, &parameters);
  reach(b, PREVIEW_EXACT);
}

/* How far a pixel of the preview is from grey, 0…255. */
static int shown_colour(preview_fixture *b) {
  frame *f = preview_get_frame(b->preview);
  int most = 0;

  g_assert_nonnull(f);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const int red = f->after[i] >> 16 & 255, green = f->after[i] >> 8 & 255,
              blue = f->after[i] & 255;

    most = MAX(most, MAX(abs(red - green), abs(blue - green)));
  }
  frame_unref(f);
  return most;
}

/* The preview writes what the engine does: mended and toned, coloured in part, by another tone too,
 * and mended alone again, which is seen. */
static void test_written(void) {
  preview_fixture *b = preview_fixture_new(old_photo(), "tiny-single");
  const rst_photo_settings plain = settings_of(false), settings = settings_of(true);

  preview_set_viewport(b->preview, &view);
  preview_set_photo(b->preview, &plain, NULL);
  show(b, b->model, SETUP);
  check_written(b, &plain, NULL, b->model, SETUP);
  preview_set_photo(b->preview, &settings, NULL);
  show(b, NULL, SETUP);
  g_assert_false(preview_is_coloured(b->preview));
  check_written(b, &settings, NULL, NULL, SETUP);
  g_assert_cmpint(shown_colour(b), <=, 1);
  show(b, b->model, SETUP " strength 0.75");
  g_assert_true(preview_is_coloured(b->preview));
  check_written(b, &settings, NULL, b->model, SETUP " strength 0.75");
  g_assert_cmpint(shown_colour(b), >, 20);
  show(b, NULL, SETUP);
  check_written(b, &settings, NULL, NULL, SETUP);
  g_assert_cmpint(shown_colour(b), <=, 1);
  show(b, b->model, SETUP);
  g_assert_cmpint(shown_colour(b), >, 20);
  show(b, b->model, SETUP " strength 0");
  check_written(b, &settings, NULL, NULL, SETUP);
  g_assert_cmpint(shown_colour(b), <=, 1);
  preview_fixture_free(b);
}

/* Settings, marks and setups that come while the last ones are in work: the newest alone counts. */
static void test_superseded(void) {
  preview_fixture *b = preview_fixture_new(old_photo(), "tiny-single");
  g_autoptr(GBytes) edits = edits_of(RST_EDIT_REMOVE);
  rst_photo_settings settings = settings_of(true);

  preview_set_viewport(b->preview, &view);
  for (int i = 0; i < 30; i++) {
    settings.tone_strength = i / 30.0;
    settings.sensitivity = i % 3 / 2.0;
    preview_set_photo(b->preview, &settings, i % 2 ? edits : NULL);
    set(b, i % 4 ? SETUP : SETUP " strength 0");
    for (int k = 0; k < i % 7; k++) {
      g_usleep(1000);
      g_main_context_iteration(NULL, FALSE);
      photo_found_unref(preview_get_photo(b->preview));
    }
  }
  settings.sensitivity = 0.5;
  preview_set_photo(b->preview, &settings, edits);
  show(b, b->model, SETUP);
  check_written(b, &settings, edits, b->model, SETUP);
  preview_fixture_free(b);
}

/* Another picture is prepared anew, its marks gone. */
static void test_other_picture(void) {
  preview_fixture *b = preview_fixture_new(old_photo(), "tiny-single");
  g_autoptr(GBytes) edits = edits_of(RST_EDIT_REMOVE);
  const rst_photo_settings settings = settings_of(false);
  const rst_picture picture = picture_of(b->photo);
  const rst_rectangle box = whole(b->photo);

  preview_set_photo(b->preview, &settings, edits);
  show(b, NULL, SETUP);
  for (int x = 0; x < WIDTH; x++)
    for (int c = 0; c < 3; c++)
      pixel_of(b->photo, x, 20)[c] = 1;
  g_assert_cmpint(preview_set_picture(b->preview, &picture, &box, NULL), ==, RST_OK);
  show(b, NULL, SETUP);
  check_written(b, &settings, NULL, NULL, SETUP);
  preview_fixture_free(b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/preparation/mended", test_mended);
  g_test_add_func("/preparation/kept", test_kept);
  g_test_add_func("/preparation/edits", test_edits);
  g_test_add_func("/preparation/colour", test_colour);
  g_test_add_func("/preparation/cancelled", test_cancelled);
  g_test_add_func("/preparation/written", test_written);
  g_test_add_func("/preparation/superseded", test_superseded);
  g_test_add_func("/preparation/other-picture", test_other_picture);
  return g_test_run();
}
