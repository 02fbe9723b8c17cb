/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "cases.h"
#include "harness.h"
#include "meddle.h"

#define DIFFUSION ((const char *const[]){"model", "tiny-diffusion", "start", "2", NULL})

static const Recipe recipe = {
  .alpha = TRUE, .precision = GIMP_PRECISION_FLOAT_NON_LINEAR, .select = select_feathered};
static const Recipe unselected = {.alpha = TRUE, .precision = GIMP_PRECISION_FLOAT_NON_LINEAR};
/* More than the engine computes at once: it is asked for several pieces. */
static const Recipe large = {.alpha = TRUE, .width = 700, .height = 700};

/* -------------------------------------------------------------------------------------------
 * Progress, and what happens to the picture while the plug-in computes: the copy of it that these
 * cases call writes its progress down and meddles when all is computed
 */

static char *file(const char *name) {
  return g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), name, NULL);
}

/* Restores with that word for the meddler; gives the message. */
static char *restore_meddled(const Picture *picture, const char *word) {
  g_autofree char *meddle_file = file("meddle");
  g_autofree char *progress_file = file("progress");

  g_remove(progress_file);
  g_assert_true(g_file_set_contents(meddle_file, word, -1, NULL));
  return restore(picture->image, picture->layer, DIFFUSION);
}

static void test_progress(void) {
  Picture picture;
  g_autofree char *message = NULL;
  g_autofree char *progress_file = file("progress");
  g_autofree char *progress = NULL;
  double last = 0;
  guint updates = 0, count;

  picture_make(&recipe, &picture);
  message = restore_meddled(&picture, "");
  g_assert_cmpstr(message, ==, NULL);
  g_assert_true(g_file_get_contents(progress_file, &progress, NULL, NULL));

  g_auto(GStrv) lines = g_strsplit(g_strchomp(progress), "\n", -1);
  count = g_strv_length(lines);
  g_assert_cmpuint(count, >=, 5);
  g_assert_cmpstr(lines[0], ==, "init Restoring “portrait”");
  g_assert_cmpstr(lines[count - 1], ==, "end");
  for (guint i = 1; i + 1 < count; i++) {
    double fraction;

    g_assert_true(g_str_has_prefix(lines[i], "update "));
    fraction = g_ascii_strtod(lines[i] + strlen("update "), NULL);
    g_assert_cmpfloat(fraction, >=, last);
    last = fraction;
    updates++;
  }
  g_test_message("%u updates", updates);
  g_assert_cmpfloat(last, ==, 1);
  picture_free(&picture);
}

/* The layer has to be as it was right after the meddling: nothing was written. */
static char *run_meddled(const Recipe *of, const char *word) {
  Picture picture, twin;
  char *message;

  picture_make(of, &picture);
  message = restore_meddled(&picture, word);
  picture_make(of, &twin);
  if (strcmp(word, "die") != 0)
    meddle(word, twin.image);
  if (gimp_item_is_valid(GIMP_ITEM(picture.layer))) {
    g_autoptr(GBytes) expected = layer_bytes(twin.layer);
    g_autoptr(GBytes) after = layer_bytes(picture.layer);

    g_assert_true(g_bytes_equal(after, expected));
  }
  picture_free(&twin);
  picture_free(&picture);
  return message;
}

static void whiten(GimpLayer *layer) {
  gimp_drawable_fill(GIMP_DRAWABLE(layer), GIMP_FILL_WHITE);
}

/* The same values in colour and in grey, in floats and in bytes. */
static const Recipe white = {
  .precision = GIMP_PRECISION_FLOAT_NON_LINEAR, .select = select_feathered, .prepare = whiten};

/* Each is told by one thing alone, but for what is gone. */
static const struct change {
  const char *path;
  const Recipe *of;
  const char *word;
} changes[] = {
  {"/run/changed/selection-gone", &recipe, "select-none"},
  {"/run/changed/selection", &recipe, "select-less"},
  {"/run/changed/selection-box", &recipe, "select-more"},
  {"/run/changed/selection-new", &unselected, "select-round-hole"},
  {"/run/changed/offset", &unselected, "move-layer"},
  {"/run/changed/layer-gone", &recipe, "remove-layer"},
  {"/run/changed/pixel", &recipe, "paint-pixel"},
  {"/run/changed/pixel-beside", &recipe, "paint-beside"},
  {"/run/changed/size", &recipe, "enlarge-layer"},
  {"/run/changed/mode", &white, "convert-grey"},
  {"/run/changed/precision", &white, "convert-precision"},
};

static void test_changed(const void *data) {
  const struct change *change = data;
  g_autofree char *message = run_meddled(change->of, change->word);

  g_assert_cmpstr(message, ==,
                  "The layer or the selection has changed in the meantime. Nothing "
                  "was written: run it again");
}

/* The image closed: GIMP keeps it until the plug-in is done with it, and what is written goes with
 * it. The next one is restored as ever. */
static void test_image_gone(void) {
  Picture picture;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  message = restore_meddled(&picture, "delete-image");
  g_assert_cmpstr(message, ==, NULL);
  g_assert_false(gimp_image_is_valid(picture.image));
  picture_make(&recipe, &picture);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  message = restore_meddled(&picture, "");
  g_assert_cmpstr(message, ==, NULL);
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_assert_false(g_bytes_equal(before, after));
  picture_free(&picture);
}

static void test_locked(void) {
  g_autofree char *message = run_meddled(&recipe, "lock-layer");

  g_assert_cmpstr(message, ==,
                  "The pixels of “portrait” are locked: unlock them in the Layers "
                  "dialog first");
}

static void test_killed(void) {
  g_autofree char *progress_file = file("progress");
  g_autofree char *progress = NULL;

  g_free(run_meddled(&large, "die"));
  /* It had computed all, and did not come to its end. */
  g_assert_true(g_file_get_contents(progress_file, &progress, NULL, NULL));
  g_assert_nonnull(strstr(progress, "update 1"));
  g_assert_null(strstr(progress, "end"));
}

/* Memory runs out at one of the engine's allocations, each time at a later one: it is said, and
 * nothing was written, or it does no harm. */
static void test_starved(void) {
  g_autofree char *starve = file("starve"), *starved = file("starved");
  gboolean fired = TRUE;
  int failed = 0, at;
  Picture picture;

  picture_make(&recipe, &picture);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  g_autofree char *none = restore_meddled(&picture, "");
  g_assert_cmpstr(none, ==, NULL);
  g_autoptr(GBytes) expected = layer_bytes(picture.layer);
  picture_free(&picture);
  for (at = 1; fired; at += 1 + at / 8) {
    g_autofree char *number = g_strdup_printf("%d", at);

    picture_make(&recipe, &picture);
    g_remove(starved);
    g_assert_true(g_file_set_contents(starve, number, -1, NULL));
    g_autofree char *message = restore_meddled(&picture, "");
    g_remove(starve);
    fired = g_file_test(starved, G_FILE_TEST_EXISTS);
    g_autoptr(GBytes) after = layer_bytes(picture.layer);
    g_assert_true(g_bytes_equal(after, message ? before : expected));
    if (message && !strstr(message, "not enough memory"))
      g_test_fail_printf("allocation %d: %s", at, message);
    failed += message != NULL;
    picture_free(&picture);
  }
  g_test_message("fewer than %d allocations, %d failures", at, failed);
  g_assert_cmpint(failed, >, 5);
}

/* -------------------------------------------------------------------------------------------
 * Undo, which GIMP offers to people alone: needs a display, and xdotool to press the keys
 */

static gboolean press(const char *key) {
  const char *const command[] = {
    "xdotool", "search", "--onlyvisible", "--name", "Untitled", "windowfocus", "key", key, NULL};
  int status;

  return g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                      &status, NULL) &&
         g_spawn_check_wait_status(status, NULL);
}

/* What an undo has to bring back: the layer's pixels, where it lies, and the layers there are. */
static GBytes *state_of(const Picture *picture) {
  g_autoptr(GBytes) bytes = layer_bytes(picture->layer);
  g_autofree char *history = history_text(picture->image);
  g_autofree GimpLayer **layers = gimp_image_get_layers(picture->image);
  GByteArray *state = g_byte_array_new();

  g_byte_array_append(state, g_bytes_get_data(bytes, NULL), (guint)g_bytes_get_size(bytes));
  for (int i = 0; layers[i]; i++) {
    const int id = gimp_item_get_id(GIMP_ITEM(layers[i]));

    g_byte_array_append(state, (const guint8 *)&id, sizeof id);
  }
  if (history)
    g_byte_array_append(state, (const guint8 *)history, (guint)strlen(history));
  return g_byte_array_free_to_bytes(state);
}

/* Presses the key until something happens, since the window takes a while to appear. */
static GBytes *press_and_wait(const char *key, const Picture *picture) {
  g_autoptr(GBytes) before = state_of(picture);

  for (int i = 0; i < 20; i++) {
    press(key);
    for (int k = 0; k < 10; k++) {
      GBytes *after = state_of(picture);

      if (!g_bytes_equal(before, after))
        return after;
      g_bytes_unref(after);
      g_usleep(50 * 1000);
    }
  }
  return g_bytes_ref(before);
}

static void put_over_nothing(GimpLayer *layer) {
  GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer));
  GimpLayer *beneath =
    gimp_layer_new(image, "beneath", 1, 1, GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);

  g_assert_true(gimp_image_insert_layer(image, beneath, NULL, 1));
}

static void test_undo(const void *output) {
  const char *const arguments[] = {"model", "tiny-diffusion", "start", "2", "output", output, NULL};
  Recipe layered = recipe;
  Picture picture;
  GimpDisplay *display;
  g_autofree char *message = NULL;

  /* A new layer goes into a group with the layer, as that is not opaque. */
  layered.prepare = put_over_nothing;
  picture_make(&layered, &picture);
  display = gimp_display_new(picture.image);
  g_assert_nonnull(display);
  /* A step before it, which one undo has to leave alone. */
  g_assert_true(gimp_drawable_invert(picture.layer, FALSE));
  g_autoptr(GBytes) before = state_of(&picture);
  message = restore(picture.image, picture.layer, arguments);
  g_assert_cmpstr(message, ==, NULL);
  g_autoptr(GBytes) after = state_of(&picture);
  g_assert_false(g_bytes_equal(before, after));

  g_autoptr(GBytes) undone = press_and_wait("ctrl+z", &picture);
  g_assert_true(g_bytes_equal(undone, before));
  g_autoptr(GBytes) redone = press_and_wait("ctrl+y", &picture);
  g_assert_true(g_bytes_equal(redone, after));
  /* The image goes with its only display. */
  g_assert_true(gimp_display_delete(display));
}

void add_run_cases(void) {
  g_test_add_func("/run/progress", test_progress);
  for (gsize i = 0; i < G_N_ELEMENTS(changes); i++)
    g_test_add_data_func(changes[i].path, &changes[i], test_changed);
  g_test_add_func("/run/changed/image-gone", test_image_gone);
  g_test_add_func("/run/locked", test_locked);
  g_test_add_func("/run/killed", test_killed);
  g_test_add_func("/run/starved", test_starved);
  g_test_add_data_func("/undo/in-place", "in-place", test_undo);
  g_test_add_data_func("/undo/new-layer", "new-layer", test_undo);
}
