/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "cases.h"
#include "harness.h"

#define DAMAGED "restorator-setup-damaged"
#define ARGUMENTS(...) \
  ((const char *const[]){"model", "tiny-diffusion", "start", "2", __VA_ARGS__, NULL})

static const Recipe recipe = {
  .alpha = TRUE, .precision = GIMP_PRECISION_U16_NON_LINEAR, .select = select_feathered};

/* A new picture after a run with these arguments; `history` (NULL allowed): what it recorded. */
static GBytes *restored(Arguments arguments, char **history) {
  Picture picture;
  GBytes *bytes;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  message = restore(picture.image, picture.layer, arguments);
  g_assert_cmpstr(message, ==, NULL);
  bytes = layer_bytes(picture.layer);
  if (history)
    *history = history_text(picture.image);
  picture_free(&picture);
  return bytes;
}

/* Two u16 pictures. */
static void check_same(GBytes *a, GBytes *b) {
  const guint16 *one = g_bytes_get_data(a, NULL), *other = g_bytes_get_data(b, NULL);
  gsize different = 0;
  int largest = 0;

  g_assert_cmpuint(g_bytes_get_size(a), ==, g_bytes_get_size(b));
  for (gsize i = 0; i < g_bytes_get_size(a) / 2; i++) {
    different += one[i] != other[i];
    largest = MAX(largest, ABS(one[i] - other[i]));
  }
  g_test_message("%zu values differ, by %d at most", (size_t)different, largest);
  g_assert_cmpint(largest, ==, 0);
}

static char *model_sum(const char *id) {
  rst_error error = RST_ERROR_INIT;
  g_autofree char *bytes = NULL;
  char path[4096];
  gsize size;

  g_assert_cmpint(rst_find(RST_KIND_MODEL, id, path, sizeof path, &error), ==, RST_OK);
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
}

/* Its parameters are there until the next call. */
static void read_entry(const char *history, int index, rst_record *record, int *count) {
  static rst_parameters parameters;
  rst_error error = RST_ERROR_INIT;

  record->size = sizeof *record;
  rst_parameters_init(&parameters);
  g_assert_nonnull(history);
  rst_record_read(history, index, record, &parameters, count, &error);
  g_assert_cmpstr(error.message, ==, "");
}

static void test_recorded(const void *output) {
  Picture picture;
  rst_record record;
  int count, box[4];
  g_autofree char *message = NULL, *sum = model_sum("tiny-diffusion");

  picture_make(&recipe, &picture);
  message =
    restore(picture.image, picture.layer,
            ARGUMENTS("seed", "7", "strength", "0.5", "window", "10,5,70", "output", output));
  g_assert_cmpstr(message, ==, NULL);
  g_autofree char *history = history_text(picture.image);
  GimpParasite *parasite = gimp_image_get_parasite(picture.image, "restorator-setup");
  g_assert_nonnull(parasite);
  g_assert_true(gimp_parasite_is_persistent(parasite));
  g_assert_true(gimp_parasite_is_undoable(parasite));
  gimp_parasite_free(parasite);

  read_entry(history, -1, &record, &count);
  g_assert_cmpint(count, ==, 1);
  g_assert_cmpstr(record.version, ==, rst_version());
  g_assert_cmpstr(record.sha256, ==, sum);
  g_assert_cmpstr(record.parameters->model, ==, "tiny-diffusion");
  g_assert_cmpint(record.parameters->seed, ==, 7);
  g_assert_cmpint(record.parameters->start, ==, 2);
  g_assert_cmpfloat(record.parameters->strength, ==, 0.5);
  g_assert_cmpint(record.window_count, ==, 1);
  g_assert_cmpint(record.windows[0].x, ==, 10);
  g_assert_cmpint(record.windows[0].y, ==, 5);
  g_assert_cmpint(record.windows[0].side, ==, 70);
  g_assert_cmpint(record.output, ==,
                  g_str_equal(output, "new-layer") ? RST_OUTPUT_NEW_LAYER : RST_OUTPUT_IN_PLACE);
  g_assert_cmpstr(record.preset, ==, "");
  /* The box is of pixels that are not wholly transparent. */
  gimp_drawable_mask_intersect(picture.layer, &box[0], &box[1], &box[2], &box[3]);
  g_assert_cmpint(record.box.x, >=, box[0]);
  g_assert_cmpint(record.box.y, >=, box[1]);
  g_assert_cmpint(record.box.x + record.box.width, <=, box[0] + box[2]);
  g_assert_cmpint(record.box.y + record.box.height, <=, box[1] + box[3]);
  g_assert_cmpint(record.box.width, >, box[2] - 8);
  g_assert_cmpint(record.box.height, >, box[3] - 10);
  picture_free(&picture);
}

/* What is there already stays, also what a later version may have written. */
static void test_appended(void) {
  Picture picture;
  rst_record record;
  int count;

  picture_make(&recipe, &picture);
  parasite_set(picture.image, "restorator-setup", "[{\"format\":9,\"spell\":\"é\"}]");
  for (int i = 0; i < 2; i++) {
    g_autofree char *seed = g_strdup_printf("%d", i + 40);
    g_autofree char *message = restore(picture.image, picture.layer, ARGUMENTS("seed", seed));

    g_assert_cmpstr(message, ==, NULL);
  }
  g_autofree char *history = history_text(picture.image);
  g_assert_true(g_regex_match_simple("^\\[\\s*\\{\\s*\"format\": ?9,\\s*\"spell\": ?\"é\"\\s*\\},",
                                     history, 0, 0));
  read_entry(history, 1, &record, &count);
  g_assert_cmpint(count, ==, 3);
  g_assert_cmpint(record.parameters->seed, ==, 40);
  read_entry(history, 2, &record, &count);
  g_assert_cmpint(record.parameters->seed, ==, 41);
  g_autofree char *damaged = parasite_text(picture.image, DAMAGED);
  g_assert_null(damaged);
  picture_free(&picture);
}

/* A record that cannot be read is no reason to refuse, nor to lose it. */
static void test_damaged(void) {
  Picture picture;
  rst_record record;
  int count;

  picture_make(&recipe, &picture);
  for (int i = 0; i < 2; i++) {
    g_autofree char *message = NULL;

    parasite_set(picture.image, "restorator-setup", i == 0 ? "{torn" : "\xff[]");
    message = restore(picture.image, picture.layer, ARGUMENTS("seed", "7"));
    g_assert_cmpstr(message, ==, NULL);
    g_autofree char *history = history_text(picture.image);
    read_entry(history, -1, &record, &count);
    g_assert_cmpint(count, ==, 1);
  }
  g_autofree char *first = parasite_text(picture.image, DAMAGED);
  g_autofree char *second = parasite_text(picture.image, DAMAGED "-2");
  g_assert_cmpstr(first, ==, "{torn");
  g_assert_cmpstr(second, ==, "\xff[]");
  picture_free(&picture);
}

/* -------------------------------------------------------------------------------------------
 * Repetition
 */

/* What repeating gives on the same picture, untouched but for that record. */
static GBytes *repeated(const char *history, const char *index) {
  const char *const arguments[] = {"index", index, NULL};
  Picture picture;
  GBytes *bytes;
  rst_record record, again;
  int before, after;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  parasite_set(picture.image, "restorator-setup", history);
  message = repeat(picture.image, picture.layer, arguments);
  g_assert_cmpstr(message, ==, NULL);
  bytes = layer_bytes(picture.layer);
  g_autofree char *longer = history_text(picture.image);
  read_entry(history, atoi(index), &record, &before);
  read_entry(longer, -1, &again, &after);
  g_assert_cmpint(after, ==, before + 1);
  g_assert_cmpstr(again.preset, ==, record.preset);
  picture_free(&picture);
  return bytes;
}

static void test_repeat(void) {
  g_autofree char *history = NULL;
  g_autoptr(GBytes) first = restored(
    ARGUMENTS("seed", "7", "strength", "0.83", "context", "2.2", "preset", "half"), &history);
  rst_record record;
  int count;
  g_autoptr(GBytes) second = repeated(history, "-1");
  g_autoptr(GBytes) other =
    restored(ARGUMENTS("seed", "8", "strength", "0.83", "context", "2.2"), NULL);

  g_assert_true(g_bytes_equal(first, second));
  g_assert_false(g_bytes_equal(first, other));
  read_entry(history, -1, &record, &count);
  g_assert_cmpstr(record.preset, ==, "half");
}

static void test_index(void) {
  Picture picture;

  picture_make(&recipe, &picture);
  for (int i = 0; i < 2; i++) {
    g_autofree char *seed = g_strdup_printf("%d", i);
    g_autofree char *message = restore(picture.image, picture.layer, ARGUMENTS("seed", seed));

    g_assert_cmpstr(message, ==, NULL);
  }
  g_autofree char *history = history_text(picture.image);
  picture_free(&picture);

  g_autoptr(GBytes) zero = restored(ARGUMENTS("seed", "0"), NULL);
  g_autoptr(GBytes) one = restored(ARGUMENTS("seed", "1"), NULL);
  g_autoptr(GBytes) first = repeated(history, "0");
  g_autoptr(GBytes) last_but_one = repeated(history, "-2");
  g_autoptr(GBytes) last = repeated(history, "-1");
  check_same(first, zero);
  check_same(last_but_one, zero);
  check_same(last, one);
  g_assert_false(g_bytes_equal(first, last));
}

/* Saved and loaded, it is there, and the picture can be restored the same way again. */
static void test_file(void) {
  g_autofree char *path = g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), "kept.xcf", NULL);
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autofree char *recorded = NULL, *message = NULL;
  g_autoptr(GBytes) expected = restored(ARGUMENTS("seed", "7"), NULL);
  Picture picture;

  picture_make(&recipe, &picture);
  g_autoptr(GBytes) untouched = layer_bytes(picture.layer);
  message = restore(picture.image, picture.layer, ARGUMENTS("seed", "7", "output", "new-layer"));
  g_assert_cmpstr(message, ==, NULL);
  recorded = history_text(picture.image);
  g_assert_true(gimp_file_save(GIMP_RUN_NONINTERACTIVE, picture.image, file, NULL));
  picture_free(&picture);

  GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);
  g_assert_nonnull(image);
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  GimpDrawable *layer = GIMP_DRAWABLE(layers[1]);
  g_autoptr(GBytes) before = layer_bytes(layer);
  g_autofree char *kept = history_text(image);
  g_assert_true(g_bytes_equal(before, untouched));
  g_assert_cmpstr(kept, ==, recorded);
  g_free(message);
  message = repeat(image, layer, NULL);
  g_assert_cmpstr(message, ==, NULL);
  g_autoptr(GBytes) after = layer_bytes(layer);
  g_assert_true(g_bytes_equal(after, expected));
  g_assert_true(gimp_image_delete(image));
}

/* -------------------------------------------------------------------------------------------
 * What cannot be repeated
 */

typedef struct HistoryRefusal {
  const char *name;
  const char *pattern, *replacement; /* in what a restoration records; NULL: no record at all */
  const char *index;
  const char *says[3];
} HistoryRefusal;

static const HistoryRefusal refusals[] = {
  {"nothing", NULL, NULL, "-1", {"nothing to repeat", "no record"}},
  {"other-model",
   "\"sha256\": ?\"[0-9a-f]*\"",
   "\"sha256\":\"00ff\"",
   "-1",
   {"another file of the model “tiny-diffusion”", "SHA-256 was 00ff"}},
  {"no-model", "tiny-diffusion", "vanished", "-1", {"no model “vanished”"}},
  {"later-version",
   "\"version\": ?\"[^\"]*\"",
   "\"version\":\"99.0.1\"",
   "-1",
   {"version 99.0.1, which this version"}},
  {"no-version",
   "\"version\": ?\"[^\"]*\"",
   "\"version\":\"new\"",
   "-1",
   {"version new, which this version"}},
  {"format", "\"format\": ?2", "\"format\":3", "-1", {"cannot be used", "format"}},
  {"parameter", "\"seed\"", "\"sead\"", "-1", {"cannot be used", "sead"}},
  {"damaged", "^\\[", "", "-1", {"cannot be used"}},
  /* numbers that become others where they are cut to fewer bits */
  {"format-cut", "\"format\": ?2", "\"format\":4294967298", "-1", {"cannot be used", "format"}},
  {"window-cut",
   "\"windows\":\\s*\\[\\s*\\[[^\\]]*\\]",
   "\"windows\":[[0,0,18446744073709551615]",
   "-1",
   {"cannot be used", "windows"}},
  {"window-negative",
   "\"windows\":\\s*\\[\\s*\\[[^\\]]*\\]",
   "\"windows\":[[-9223372036854775808,0,-64]",
   "-1",
   {"cannot be used", "windows"}},
  {"seed-cut", "\"seed\": ?7", "\"seed\":4294967303", "-1", {"cannot be used", "seed"}},
  {"control", "tiny-diffusion", "\\u001b[31m/../../x", "-1", {"", NULL}},
  {"index", "^", "", "1", {"cannot be used", "no such entry"}},
};

static void test_refusal(const void *data) {
  const HistoryRefusal *refusal = data;
  const char *const arguments[] = {"index", refusal->index, NULL};
  Picture picture;
  g_autofree char *history = NULL, *message = NULL;

  g_bytes_unref(restored(ARGUMENTS("seed", "7"), &history));
  picture_make(&recipe, &picture);
  if (refusal->pattern) {
    g_autoptr(GRegex) regex = g_regex_new(refusal->pattern, 0, 0, NULL);
    g_autofree char *changed =
      g_regex_replace_literal(regex, history, -1, 0, refusal->replacement, 0, NULL);

    g_assert_true(g_regex_match(regex, history, 0, NULL));
    parasite_set(picture.image, "restorator-setup", changed);
  }
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  gimp_image_clean_all(picture.image);
  message = repeat(picture.image, picture.layer, arguments);
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_test_message("%s", message ? message : "not refused");
  g_assert_nonnull(message);
  for (int i = 0; message && refusal->says[i]; i++)
    if (!strstr(message, refusal->says[i]))
      g_test_fail_printf("does not say: %s", refusal->says[i]);
  g_assert_true(g_bytes_equal(before, after));
  g_assert_false(gimp_image_is_dirty(picture.image));
  picture_free(&picture);
}

void add_history_cases(void) {
  g_test_add_data_func("/history/recorded/in-place", "in-place", test_recorded);
  g_test_add_data_func("/history/recorded/new-layer", "new-layer", test_recorded);
  g_test_add_func("/history/appended", test_appended);
  g_test_add_func("/history/damaged", test_damaged);
  g_test_add_func("/history/repeat", test_repeat);
  g_test_add_func("/history/index", test_index);
  g_test_add_func("/history/file", test_file);
  for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
    g_autofree char *path = g_strconcat("/history/refusal/", refusals[i].name, NULL);

    g_test_add_data_func(path, &refusals[i], test_refusal);
  }
}
