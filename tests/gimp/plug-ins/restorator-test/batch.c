/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files are XCF here, which GIMP reads and writes without another plug-in.
 */
#include <glib/gstdio.h>

#include "cases.h"
#include "harness.h"

#define SINGLE "model", "tiny-single"

enum { COLOURED = 10 /* what file_colour() gives at least for a file that got colour */ };

static const Recipe recipe = {.alpha = TRUE};

/* -------------------------------------------------------------------------------------------
 * A folder for each case, with `in` and `out` inside
 */

static char *folder;

static char *path_to(const char *name) {
  return g_build_filename(folder, name, NULL);
}

static void make_folder(void) {
  g_autofree char *template =
    g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), "batch-XXXXXX", NULL);
  g_autofree char *in = NULL;

  g_free(folder);
  folder = g_strdup(g_mkdtemp(template));
  in = path_to("in");
  g_assert_cmpint(g_mkdir(in, 0777), ==, 0);
}

static void save_as(GimpImage *image, const char *name) {
  g_autofree char *path = path_to(name);
  g_autoptr(GFile) file = g_file_new_for_path(path);

  g_assert_true(gimp_file_save(GIMP_RUN_NONINTERACTIVE, image, file, NULL));
}

static void make_file(const Recipe *of, const char *name) {
  Picture picture;

  picture_make(of, &picture);
  save_as(picture.image, name);
  picture_free(&picture);
}

/* A mask that is half white within a rectangle. */
static void make_mask(const char *name) {
  static const Recipe grey = {.grey = TRUE, .select = select_rectangle};
  GeglColor *black = gegl_color_new("black");
  GeglColor *half = gegl_color_new("#808080");
  Picture picture;

  picture_make(&grey, &picture);
  gimp_context_set_foreground(black);
  g_assert_true(gimp_drawable_fill(picture.layer, GIMP_FILL_FOREGROUND));
  gimp_context_set_foreground(half);
  g_object_unref(black);
  g_object_unref(half);
  g_assert_true(gimp_drawable_edit_fill(picture.layer, GIMP_FILL_FOREGROUND));
  save_as(picture.image, name);
  picture_free(&picture);
}

static GBytes *file_layer(const char *name) {
  g_autofree char *path = path_to(name);
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);
  g_autofree GimpLayer **layers = image ? gimp_image_get_layers(image) : NULL;
  GBytes *bytes;

  g_assert_nonnull(image);
  bytes = layer_bytes(GIMP_DRAWABLE(layers[0]));
  g_assert_true(gimp_image_delete(image));
  return bytes;
}

static char *file_bytes(const char *name) {
  g_autofree char *path = path_to(name);
  char *bytes = NULL;

  g_assert_true(g_file_get_contents(path, &bytes, NULL, NULL));
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes, -1);
}

/* The names in `out`, in order, separated by blanks. */
static char *listing(void) {
  g_autofree char *out = path_to("out");
  g_autoptr(GDir) dir = g_dir_open(out, 0, NULL);
  GPtrArray *names = g_ptr_array_new();
  const char *name;
  char *list;

  while (dir && (name = g_dir_read_name(dir)))
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort_values(names, (GCompareFunc)strcmp);
  g_ptr_array_add(names, NULL);
  list = g_strjoinv(" ", (char **)names->pdata);
  g_strfreev((char **)g_ptr_array_free(names, FALSE));
  return list;
}

/* -------------------------------------------------------------------------------------------
 * Runs
 */

typedef struct Result {
  char *message; /* NULL where the run succeeded */
  int done, skipped, failed;
  char **reasons;
} Result;

static void result_clear(Result *result) {
  g_free(result->message);
  g_strfreev(result->reasons);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* Restores in/…, `pattern`, into out/ as XCF; the arguments may say otherwise. */
static void run_batch_in(GimpRunMode mode, const char *pattern, Arguments arguments,
                         Result *result) {
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), "plug-in-restorator-batch");
  GimpProcedureConfig *config;
  GimpValueArray *values;
  g_autofree char *in = g_build_filename(folder, "in", pattern, NULL);
  g_autofree char *out = path_to("out");

  g_assert_nonnull(procedure);
  config = gimp_procedure_create_config(procedure);
  g_object_set(config, "run-mode", mode, "input", in, "output-folder", out, "format", "xcf", NULL);
  arguments_set(config, arguments);
  values = gimp_procedure_run_config(procedure, config);
  g_object_unref(config);
  *result = (Result){0};
  if (g_value_get_enum(gimp_value_array_index(values, 0)) != GIMP_PDB_SUCCESS) {
    result->message = g_strdup(gimp_value_array_length(values) > 1
                                 ? g_value_get_string(gimp_value_array_index(values, 1))
                                 : gimp_pdb_get_last_error(gimp_get_pdb()));
    g_test_message("%s", result->message);
  } else {
    result->done = g_value_get_int(gimp_value_array_index(values, 1));
    result->skipped = g_value_get_int(gimp_value_array_index(values, 2));
    result->failed = g_value_get_int(gimp_value_array_index(values, 3));
    result->reasons = g_value_dup_boxed(gimp_value_array_index(values, 4));
    for (char **reason = result->reasons; reason && *reason; reason++)
      g_test_message("%s", *reason);
  }
  gimp_value_array_unref(values);
}

static void run_batch(const char *pattern, Arguments arguments, Result *result) {
  run_batch_in(GIMP_RUN_NONINTERACTIVE, pattern, arguments, result);
}

static void check_result(const Result *result, int done, int skipped, int failed) {
  g_assert_cmpstr(result->message, ==, NULL);
  g_assert_cmpint(result->done, ==, done);
  g_assert_cmpint(result->skipped, ==, skipped);
  g_assert_cmpint(result->failed, ==, failed);
  g_assert_cmpuint(result->reasons ? g_strv_length(result->reasons) : 0, ==, (guint)failed);
}

/* One reason, with these parts. */
static void check_reason(const Result *result, const char *file, const char *why) {
  check_result(result, 0, 0, 1);
  if (!result->reasons || !result->reasons[0])
    return;
  if (!strstr(result->reasons[0], file) || !strstr(result->reasons[0], why))
    g_test_fail_printf("does not say “%s” and “%s”: %s", file, why, result->reasons[0]);
}

/* What the plug-in makes of the same picture and selection in an open image. */
static GBytes *restored(void (*select)(GimpImage *image), Arguments arguments) {
  Picture picture;
  GBytes *bytes;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  if (select)
    select(picture.image);
  message = restore(picture.image, picture.layer, arguments);
  g_assert_cmpstr(message, ==, NULL);
  bytes = layer_bytes(picture.layer);
  picture_free(&picture);
  return bytes;
}

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_files(void) {
  g_auto(Result) first = {0}, second = {0}, third = {0};
  g_autofree char *broken = NULL;
  g_autoptr(GBytes) expected = restored(NULL, ARGUMENTS(SINGLE));

  make_folder();
  make_file(&recipe, "in/a.xcf");
  make_file(&recipe, "in/c.xcf");
  broken = path_to("in/b.xcf");
  g_assert_true(g_file_set_contents(broken, "gimp xcf, but no more", -1, NULL));
  run_batch("*.xcf", ARGUMENTS(SINGLE), &first);
  check_result(&first, 2, 0, 1);
  g_assert_true(g_str_has_prefix(first.reasons[0], broken));
  g_autofree char *list = listing();
  g_assert_cmpstr(list, ==, "a.xcf c.xcf");
  g_autoptr(GBytes) a = file_layer("out/a.xcf");
  g_autoptr(GBytes) c = file_layer("out/c.xcf");
  g_assert_true(g_bytes_equal(a, expected));
  g_assert_true(g_bytes_equal(c, expected));

  /* What is there is not touched, whatever it is. */
  make_file(&recipe, "out/a.xcf");
  g_autofree char *before = file_bytes("out/a.xcf");
  run_batch("*.xcf", ARGUMENTS(SINGLE), &second);
  check_result(&second, 0, 2, 1);
  g_autofree char *after = file_bytes("out/a.xcf");
  g_assert_cmpstr(before, ==, after);

  run_batch("[ac].xcf", ARGUMENTS(SINGLE, "overwrite", "true"), &third);
  check_result(&third, 2, 0, 0);
  g_autoptr(GBytes) anew = file_layer("out/a.xcf");
  g_assert_true(g_bytes_equal(anew, expected));
}

static void test_region(void) {
  g_auto(Result) result = {0};
  g_autoptr(GBytes) expected = restored(select_rectangle, ARGUMENTS(SINGLE, "preset", "half"));

  make_folder();
  make_file(&recipe, "in/a.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE, "region", "30,20,33x41", "preset", "half"), &result);
  check_result(&result, 1, 0, 0);
  g_autoptr(GBytes) is = file_layer("out/a.xcf");
  g_assert_true(g_bytes_equal(is, expected));
}

/* The left part of the mask's rectangle, at 128 of 255. */
static void select_half(GimpImage *image) {
  g_autofree guint8 *values = g_malloc0(IMAGE_WIDTH * IMAGE_HEIGHT);

  for (int y = 20; y < 20 + 41; y++)
    for (int x = 30; x < 50; x++)
      values[y * IMAGE_WIDTH + x] = 128;
  select_values(image, values);
}

static void test_mask(void) {
  g_auto(Result) result = {0};
  g_autofree char *mask = NULL;
  g_autoptr(GBytes) expected = restored(select_half, ARGUMENTS(SINGLE));

  make_folder();
  make_file(&recipe, "in/a.xcf");
  make_mask("mask.xcf");
  mask = path_to("mask.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE, "mask", mask, "region", "0,0,50x80"), &result);
  check_result(&result, 1, 0, 0);
  g_autoptr(GBytes) is = file_layer("out/a.xcf");
  g_assert_true(g_bytes_equal(is, expected));
}

/* -------------------------------------------------------------------------------------------
 * Failures of one file
 */

static void add_layer(GimpLayer *layer) {
  g_assert_true(gimp_image_insert_layer(gimp_item_get_image(GIMP_ITEM(layer)),
                                        gimp_layer_copy(layer), NULL, 0));
}

static void test_failures(void) {
  static const Recipe small = {.width = 30, .height = 30};
  static const Recipe layered = {.prepare = add_layer};
  g_auto(Result) beyond = {0}, size = {0}, black = {0}, several = {0}, twice = {0}, itself = {0},
                 again = {0};
  g_autofree char *mask = NULL, *in = NULL;
  GimpImage *image = gimp_image_new(30, 30, GIMP_GRAY);

  make_folder();
  make_file(&recipe, "in/a.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE, "region", "90,0,7x7"), &beyond);
  check_reason(&beyond, "in/a.xcf", "90,0,7x7 reaches beyond the picture, which has 96 × 80");

  GimpLayer *layer = gimp_layer_new(image, "mask", small.width, small.height, GIMP_GRAY_IMAGE, 100,
                                    GIMP_LAYER_MODE_NORMAL);
  g_assert_true(gimp_image_insert_layer(image, layer, NULL, 0));
  g_assert_true(gimp_drawable_fill(GIMP_DRAWABLE(layer), GIMP_FILL_WHITE));
  save_as(image, "small.xcf");
  g_assert_true(gimp_image_delete(image));
  mask = path_to("small.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE, "mask", mask), &size);
  check_reason(&size, "in/a.xcf", "The mask has 30 × 30 pixels and the picture 96 × 80");

  make_mask("mask.xcf");
  g_free(mask);
  mask = path_to("mask.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE, "mask", mask, "region", "0,0,20x20"), &black);
  check_reason(&black, "in/a.xcf", "The mask selects nothing");

  make_file(&layered, "in/layers.xcf");
  run_batch("layers.xcf", ARGUMENTS(SINGLE), &several);
  check_reason(&several, "in/layers.xcf", "several layers");

  /* Nothing of all this is left behind. */
  g_autofree char *list = listing();
  g_assert_cmpstr(list, ==, "");

  in = path_to("in");
  g_autofree char *before = file_bytes("in/a.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE, "output-folder", in, "overwrite", "true"), &itself);
  check_reason(&itself, "in/a.xcf", "replaced itself");
  g_autofree char *after = file_bytes("in/a.xcf");
  g_assert_cmpstr(before, ==, after);

  /* Also the second time, when the output is there: it is another file's. */
  g_autofree char *from = path_to("in/a.xcf"), *to = path_to("in/a.bak");
  g_assert_cmpint(g_rename(from, to), ==, 0);
  make_file(&recipe, "in/a.xcf");
  run_batch("a.[bx]*", ARGUMENTS(SINGLE), &twice);
  check_result(&twice, 1, 0, 1);
  run_batch("a.[bx]*", ARGUMENTS(SINGLE), &again);
  check_result(&again, 0, 1, 1);
}

/* How far a file's pixels are from grey on average, 0…255: the largest component less the smallest. */
static double file_colour(const char *name) {
  g_autoptr(GBytes) bytes = file_layer(name);
  gsize size;
  const guint8 *rgb = g_bytes_get_data(bytes, &size);
  double sum = 0;

  g_assert_cmpuint(size, ==, 3 * IMAGE_WIDTH * IMAGE_HEIGHT); /* RGB, without alpha */
  for (gsize i = 0; i < size; i += 3)
    sum += MAX(MAX(rgb[i], rgb[i + 1]), rgb[i + 2]) - MIN(MIN(rgb[i], rgb[i + 1]), rgb[i + 2]);
  g_test_message("%s: %g", name, sum / (IMAGE_WIDTH * IMAGE_HEIGHT));
  return sum / (IMAGE_WIDTH * IMAGE_HEIGHT);
}

static int largest_component(const guint8 *rgb) {
  const int first = rgb[1] > rgb[0];

  return rgb[2] > rgb[first] ? 2 : first;
}

/* Its own colours may become lighter or darker, but no others. */
static void check_same_hues(const char *from, const char *to) {
  g_autoptr(GBytes) before = file_layer(from), after = file_layer(to);
  const guint8 *was = g_bytes_get_data(before, NULL), *is = g_bytes_get_data(after, NULL);
  const gsize size = g_bytes_get_size(before);

  g_assert_cmpuint(g_bytes_get_size(after), ==, size);
  for (gsize i = 0; i < size; i += 3)
    g_assert_cmpint(largest_component(is + i), ==, largest_component(was + i));
}

/* A grey file gets colour, but where only its tone is wanted. */
static void test_grey(void) {
  static const Recipe grey = {.grey = TRUE};
  g_auto(Result) full = {0}, detail = {0};

  make_folder();
  make_file(&grey, "in/a.xcf");
  run_batch("a.xcf", ARGUMENTS(SINGLE), &full);
  check_result(&full, 1, 0, 0);
  g_assert_cmpfloat(file_colour("out/a.xcf"), >, COLOURED);
  run_batch("a.xcf", ARGUMENTS(SINGLE, "mode", "detail", "overwrite", "true"), &detail);
  check_result(&detail, 1, 0, 0);
  g_autoptr(GBytes) toned = file_layer("out/a.xcf");
  g_assert_cmpuint(g_bytes_get_size(toned), ==, IMAGE_WIDTH * IMAGE_HEIGHT);
}

static void fill_with_colours(GimpLayer *layer) {
  static const char *const names[] = {"red", "#20a040", "#3060d0", "#e0c020"};
  GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer));

  for (int i = 0; i < 4; i++) {
    GeglColor *colour = gegl_color_new(names[i]);

    gimp_context_set_foreground(colour);
    g_object_unref(colour);
    gimp_image_select_rectangle(image, GIMP_CHANNEL_OP_REPLACE, 24 * i, 0, 24, IMAGE_HEIGHT);
    gimp_drawable_edit_fill(GIMP_DRAWABLE(layer), GIMP_FILL_FOREGROUND);
  }
  gimp_selection_none(image);
}

static void drain(GimpLayer *layer) {
  gimp_drawable_desaturate(GIMP_DRAWABLE(layer), GIMP_DESATURATE_LUMINANCE);
}

/* The file's record of what was done. */
static char *file_history(const char *name) {
  g_autofree char *path = path_to(name);
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);
  char *text = history_text(image);

  g_assert_true(gimp_image_delete(image));
  return text;
}

static void check_history(const char *name, const char *part, gboolean there) {
  g_autofree char *text = file_history(name);

  if (!text || (strstr(text, part) != NULL) != there)
    g_test_fail_printf("%s: %s: %s", name, part, text);
}

/* Each file by what it shows, where nothing is given; a model beats that. */
static void test_automatic(void) {
  static const Recipe coloured = {.prepare = fill_with_colours}, toned = {.prepare = drain},
                      grey = {.grey = TRUE};
  g_auto(Result) first = {0}, model = {0};

  make_folder();
  make_file(&coloured, "in/coloured.xcf");
  make_file(&toned, "in/drained.xcf");
  make_file(&grey, "in/grey.xcf");
  run_batch("*.xcf", ARGUMENTS("step-skip", "50"), &first);
  check_result(&first, 3, 0, 0);
  check_history("out/coloured.xcf", "\"photo\"", TRUE);
  check_history("out/drained.xcf", "photo\"", TRUE);
  check_history("out/drained.xcf", "\"preset\": \"photo\"", TRUE);
  check_history("out/grey.xcf", "\"preset\": \"photo\"", TRUE);
  g_assert_cmpfloat(file_colour("in/drained.xcf"), ==, 0);
  g_assert_cmpfloat(file_colour("out/drained.xcf"), >, COLOURED);
  g_assert_cmpfloat(file_colour("out/grey.xcf"), >, COLOURED);
  check_same_hues("in/coloured.xcf", "out/coloured.xcf");

  run_batch("drained.xcf", ARGUMENTS(SINGLE, "overwrite", "true"), &model);
  check_result(&model, 1, 0, 0);
  check_history("out/drained.xcf", "\"tiny-single\"", TRUE);
  check_history("out/drained.xcf", "\"preset\"", FALSE);
}

/* Killed when the second file is computed and not yet saved, as by Cancel in GIMP's progress bar:
 * what is there is complete, and the next run goes on from there. */
static void test_killed(void) {
  g_autofree char *meddle = g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), "meddle", NULL);
  g_auto(Result) killed = {0}, resumed = {0};
  g_autoptr(GBytes) expected = restored(NULL, ARGUMENTS(SINGLE));

  make_folder();
  make_file(&recipe, "in/a.xcf");
  make_file(&recipe, "in/b.xcf");
  g_assert_true(g_file_set_contents(meddle, "die", -1, NULL));
  run_batch("*.xcf", ARGUMENTS(SINGLE), &killed);
  g_assert_nonnull(killed.message);
  g_autofree char *list = listing();
  g_assert_cmpstr(list, ==, "a.xcf");
  g_autofree char *before = file_bytes("out/a.xcf");

  g_assert_cmpint(g_remove(meddle), ==, 0);
  run_batch("*.xcf", ARGUMENTS(SINGLE), &resumed);
  check_result(&resumed, 1, 1, 0);
  g_autofree char *after = file_bytes("out/a.xcf");
  g_assert_cmpstr(before, ==, after);
  g_autoptr(GBytes) a = file_layer("out/a.xcf");
  g_autoptr(GBytes) b = file_layer("out/b.xcf");
  g_assert_true(g_bytes_equal(a, expected));
  g_assert_true(g_bytes_equal(b, expected));
}

/* -------------------------------------------------------------------------------------------
 * Refused before the first file
 */

typedef struct BatchRefusal {
  const char *name, *pattern;
  const char *arguments[7];
  const char *says;
} BatchRefusal;

static const BatchRefusal refusals[] = {
  {"no-pattern", "a.xcf", {SINGLE, "input", ""}, "No files are named"},
  {"no-file", "*.nosuch", {SINGLE}, "There is no file"},
  {"no-folder", "a.xcf", {SINGLE, "output-folder", ""}, "There is no output folder"},
  {"folder", "a.xcf", {SINGLE, "output-folder", "/dev/null/out"}, "“/dev/null/out” could not be"},
  {"format", "a.xcf", {SINGLE, "format", "jpgg"}, "“jpgg” of “format”"},
  {"region", "a.xcf", {SINGLE, "region", "1,2,3"}, "“1,2,3” of “region”"},
  {"region-empty", "a.xcf", {SINGLE, "region", "1,2,0x3"}, "“1,2,0x3” of “region”"},
  {"region-more", "a.xcf", {SINGLE, "region", "1,2,3x4x"}, "“1,2,3x4x” of “region”"},
  {"mask", "a.xcf", {SINGLE, "mask", "/no/such.png"}, "“/no/such.png”"},
  {"model", "a.xcf", {"model", "nosuch"}, "no model “nosuch”"},
  {"mode", "a.xcf", {SINGLE, "mode", "fulll"}, "“fulll” of “mode”"},
  {"preset", "a.xcf", {SINGLE, "preset", "steps"}, "does not fit the model “tiny-single”"},
};

static void test_refusal(const void *data) {
  const BatchRefusal *refusal = data;
  g_auto(Result) result = {0};
  g_autofree char *out = NULL;

  make_folder();
  make_file(&recipe, "in/a.xcf");
  run_batch(refusal->pattern, refusal->arguments, &result);
  g_assert_nonnull(result.message);
  if (result.message && !strstr(result.message, refusal->says))
    g_test_fail_printf("does not say: %s", refusal->says);
  out = path_to("out");
  g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

static void test_no_display(void) {
  g_auto(Result) result = {0};

  make_folder();
  make_file(&recipe, "in/a.xcf");
  run_batch_in(GIMP_RUN_INTERACTIVE, "a.xcf", ARGUMENTS(SINGLE), &result);
  g_assert_nonnull(result.message);
  g_assert_nonnull(strstr(result.message, "no display"));
  g_autofree char *out = path_to("out");
  g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

void add_batch_cases(void) {
  g_test_add_func("/batch/no-display", test_no_display);
  g_test_add_func("/batch/files", test_files);
  g_test_add_func("/batch/region", test_region);
  g_test_add_func("/batch/automatic", test_automatic);
  g_test_add_func("/batch/mask", test_mask);
  g_test_add_func("/batch/failures", test_failures);
  g_test_add_func("/batch/grey", test_grey);
  g_test_add_func("/run/batch-killed", test_killed);
  for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
    g_autofree char *path = g_strconcat("/batch/refusal/", refusals[i].name, NULL);

    g_test_add_data_func(path, &refusals[i], test_refusal);
  }
}
