/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files as people have them, in the batch: the pictures of tests/data/files and more of their kinds.
 * Read again by GIMP, by exiv2 and by the command line.
 */
#define _GNU_SOURCE /* flock() */

#include <fcntl.h>
#include <gexiv2/gexiv2.h>
#include <glib/gstdio.h>
#include <lcms2.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cases.h"
#include "harness.h"

#define ARGUMENTS(...) ((const char *const[]){"model", "tiny-single", __VA_ARGS__, NULL})
#define REGION "region", "30,30,40x45"

/* A new folder. */
static char *make_folder(void) {
  char *path = g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), "files-XXXXXX", NULL);

  g_assert_nonnull(g_mkdtemp(path));
  return path;
}

static char *case_path(const char *name) {
  return g_build_filename(g_getenv("RESTORATOR_FILES"), name, NULL);
}

/* "done skipped failed reason reason …", or the message of a run that is refused. */
static char *run_batch(const char *input, const char *folder, Arguments arguments) {
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), "plug-in-restorator-batch");
  GimpProcedureConfig *config = gimp_procedure_create_config(procedure);
  GString *text = g_string_new(NULL);
  GimpValueArray *values;

  g_object_set(config, "run-mode", GIMP_RUN_NONINTERACTIVE, "input", input, "output-folder", folder,
               NULL);
  arguments_set(config, arguments);
  values = gimp_procedure_run_config(procedure, config);
  g_object_unref(config);
  if (g_value_get_enum(gimp_value_array_index(values, 0)) == GIMP_PDB_SUCCESS) {
    for (int i = 1; i <= 3; i++)
      g_string_append_printf(text, "%s%d", i > 1 ? " " : "",
                             g_value_get_int(gimp_value_array_index(values, i)));
    for (char **reason = g_value_get_boxed(gimp_value_array_index(values, 4)); reason && *reason;
         reason++)
      g_string_append_printf(text, " %s", *reason);
  } else {
    g_string_append(text, gimp_value_array_length(values) > 1
                            ? g_value_get_string(gimp_value_array_index(values, 1))
                            : gimp_pdb_get_last_error(gimp_get_pdb()));
  }
  gimp_value_array_unref(values);
  return g_string_free(text, FALSE);
}

static void check_run(const char *input, const char *folder, Arguments arguments,
                      const char *expected) {
  g_autofree char *said = run_batch(input, folder, arguments);

  if (!g_str_has_prefix(said, expected)) {
    g_test_message("%s: “%s” and not “%s”", input, said, expected);
    g_test_fail();
  }
}

/* Restores a picture of tests/data/files; the path of what it becomes. */
static char *restored(const char *name, const char *format) {
  g_autofree char *folder = make_folder(), *input = case_path(name);
  g_autofree char *stem = g_strndup(name, (gsize)(strchr(name, '.') - name));
  g_autofree char *file = g_strconcat(stem, ".", format, NULL);

  check_run(input, folder, ARGUMENTS(REGION, "mode", "colour", "format", format), "1 0 0");
  return g_build_filename(folder, file, NULL);
}

/* (height, width, 3) of 8 bits. */
static guint8 *colours(GimpImage *image, gsize *size) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layers[0]));
  const GeglRectangle *box = gegl_buffer_get_extent(buffer);
  guint8 *values;

  g_assert_null(layers[1]);
  *size = 3 * (gsize)box->width * box->height;
  values = g_malloc(*size);
  gegl_buffer_get(
    buffer, NULL, 1.0,
    babl_format_with_space("R'G'B' u8", babl_format_get_space(gegl_buffer_get_format(buffer))),
    values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return values;
}

static int largest_difference_of_files(const char *a, const char *b) {
  GimpImage *first = image_load(a), *second = image_load(b);
  gsize size, other;
  g_autofree guint8 *one = colours(first, &size), *two = colours(second, &other);
  int largest = 0;

  g_assert_cmpuint(size, ==, other);
  for (gsize i = 0; i < MIN(size, other); i++)
    largest = MAX(largest, ABS(one[i] - two[i]));
  gimp_image_delete(first);
  gimp_image_delete(second);
  return largest;
}

/* By the command line, from file to file. */
static void run_program(const char *input, const char *output, const char *option,
                        const char *value) {
  g_autofree char *said = NULL;
  const char *const words[] = {g_getenv("RESTORATOR_PROGRAM"),
                               "restore",
                               input,
                               output,
                               "--reduce",
                               "--model",
                               "tiny-single",
                               "--mode",
                               "colour",
                               option,
                               value,
                               NULL};
  int status;

  if (!g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said,
                    &status, NULL) ||
      status != 0)
    g_error("%s", said);
}

/* The same of a picture of tests/data/files, as PNG beside `path`. */
static char *by_program(const char *name, const char *path) {
  g_autofree char *input = case_path(name);
  char *output = g_strconcat(path, "-program.png", NULL);

  run_program(input, output, "--region", "30,30,40x45");
  return output;
}

/* -------------------------------------------------------------------------------------------
 * What describes the picture
 */

/* gexiv2 0.16 has other names; 0.14 these alone. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static void check_said(GExiv2Metadata *metadata, const char *tag, const char *text) {
  g_autofree char *said = gexiv2_metadata_try_get_tag_string(metadata, tag, NULL);

  if (!said || !strstr(said, text))
    g_test_fail_printf("%s is “%s” and not “%s”", tag, said ? said : "", text);
}
#pragma GCC diagnostic pop

/* In its own place: GIMP finds it in EXIF too. */
static void check_comment(const char *path) {
  static const char head[] = {'\xff', '\xfe'};
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  const char *text = memmem(bytes, size, "from the scanner", 16);
  bool found = false;
  for (; text && !found;
       text = memmem(text + 1, size - (gsize)(text + 1 - bytes), "from the scanner", 16))
    found = g_str_has_suffix(path, ".jpg") ? memcmp(text - 4, head, sizeof head) == 0
            : g_str_has_suffix(path, ".png")
              ? memcmp(text - 8, "Comment", 8) == 0 || memcmp(text - 12, "Comment", 8) == 0
              : true;
  if (!found)
    g_test_fail_printf("%s has no comment", path);
}

static void test_metadata(void) {
  static const char *const formats[] = {"png", "jpg", "tif"};
  static const char *const tags[][2] = {
    {"Exif.Image.Make", "Epson"},
    {"Exif.Image.Artist", "Jürgen Muster"},
    {"Exif.Image.Rating", "4"},
    {"Exif.Image.DocumentName", "box 7 leaf 3"},
    {"Exif.Image.XPTitle", "84 0 105 0 116 0 101 0 108 0"},
    {"Exif.Photo.DateTimeOriginal", "1911:05:03 12:00:00"},
    {"Iptc.Application2.Caption", "Großmutter 1911"},
    {"Iptc.Application2.Keywords", "Familie"},
    {"Xmp.dc.title", "Großmutter"},
  };
  g_autofree char *input = case_path("profile-metadata.jpg");
  GimpImage *before = image_load(input);
  GimpColorProfile *profile = gimp_image_get_color_profile(before);

  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
    g_autofree char *output = restored("profile-metadata.jpg", formats[i]);
    g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new();
    GimpImage *after = image_load(output);
    GimpColorProfile *kept = gimp_image_get_color_profile(after);

    g_test_message("%s", output);
    g_assert_true(kept && gimp_color_profile_is_equal(profile, kept));
    check_comment(output);
    g_assert_true(gexiv2_metadata_open_path(metadata, output, NULL));
    for (gsize t = 0; t < G_N_ELEMENTS(tags); t++)
      check_said(metadata, tags[t][0], tags[t][1]);
    g_clear_object(&kept);
    gimp_image_delete(after);
  }
  g_object_unref(profile);
  gimp_image_delete(before);
}

/* The command line reads the record, and does the same again. */
static void test_record(void) {
  static const char *const formats[] = {"png", "jpg", "tif"};
  g_autofree char *input = case_path("text-utf8.png");

  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
    g_autofree char *output = restored("text-utf8.png", formats[i]);
    g_autofree char *again = g_strconcat(output, "-again.png", NULL), *said = NULL;
    g_autofree char *expected = by_program("text-utf8.png", output);
    const char *const words[] = {
      g_getenv("RESTORATOR_PROGRAM"), "restore", "--repeat", output, input, again, NULL};
    int status = -1;

    g_assert_true(g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               &said, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_test_message("%s", said);
    if (status == 0)
      g_assert_cmpint(largest_difference_of_files(again, expected), ==, 0);
  }
}

/* -------------------------------------------------------------------------------------------
 * Pixels
 */

/* Both programs: the pixels of PNG and TIFF within one step, those of JPEG as near as two decoders
 * come; upright, with what a profile means, without a thumbnail. */
static void test_hosts(void) {
  static const struct {
    const char *name;
    int steps;
  } files[] = {
    {"text-utf8.png", 1},         {"iptc.tif", 1},           {"gamma-1.png", 1},
    {"code-points.png", 1},       {"gimp-thumbnail.tif", 1}, {"thumbnail.tif", 1},
    {"transparency-mask.tif", 1}, {"orientation-6.jpg", 5},  {"profile-metadata.jpg", 5},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *output = restored(files[i].name, "png");
    g_autofree char *expected = by_program(files[i].name, output);
    const int largest = largest_difference_of_files(output, expected);

    g_test_message("%s: %d", files[i].name, largest);
    g_assert_cmpint(largest, <=, files[i].steps);
  }
}

/* A feather of the caller's is not the region's. */
static void test_feather(void) {
  g_autofree char *plain = restored("text-utf8.png", "png");
  g_autofree char *feathered = NULL;

  g_assert_true(gimp_context_set_feather(TRUE) && gimp_context_set_feather_radius(20, 20));
  feathered = restored("text-utf8.png", "png");
  g_assert_true(gimp_context_get_feather()); /* and stays */
  g_assert_true(gimp_context_set_feather(FALSE));
  g_assert_cmpint(largest_difference_of_files(plain, feathered), ==, 0);
}

static void save(GimpImage *image, const char *path) {
  g_autoptr(GFile) file = g_file_new_for_path(path);

  g_assert_true(gimp_file_save(GIMP_RUN_NONINTERACTIVE, image, file, NULL));
}

/* Nor is anything else that the caller has set: what is transparent is laid on white in JPEG. */
static void test_context(void) {
  g_autofree char *folder = make_folder(), *first = make_folder(), *second = make_folder();
  g_autofree char *input = g_build_filename(folder, "clear.xcf", NULL);
  g_autofree char *plain = g_build_filename(first, "clear.jpg", NULL);
  g_autofree char *bent = g_build_filename(second, "clear.jpg", NULL);
  GeglColor *red = gegl_color_new("red");
  static const Recipe clear = {.alpha = TRUE};
  Picture picture;

  picture_make(&clear, &picture);
  save(picture.image, input);
  picture_free(&picture);
  check_run(input, first, ARGUMENTS("region", "10,10,20x20", "format", "jpg"), "1 0 0");
  g_assert_true(gimp_context_push() && gimp_context_set_background(red) &&
                gimp_context_set_foreground(red) && gimp_context_set_antialias(FALSE) &&
                gimp_context_set_opacity(30) &&
                gimp_context_set_paint_mode(GIMP_LAYER_MODE_MULTIPLY) &&
                gimp_context_set_interpolation(GIMP_INTERPOLATION_NONE) &&
                gimp_context_set_sample_threshold(0.9) && gimp_context_set_sample_merged(TRUE) &&
                gimp_context_set_sample_transparent(TRUE));
  check_run(input, second, ARGUMENTS("region", "10,10,20x20", "format", "jpg"), "1 0 0");
  g_assert_true(gimp_context_pop());
  g_object_unref(red);
  g_assert_cmpint(largest_difference_of_files(plain, bent), ==, 0);
}

/* Neither program nor viewer knows the way back: it is said which profile. */
static void test_scanner(void) {
  g_autofree char *folder = make_folder(), *input = case_path("scanner-table.tif");
  g_autofree char *said = run_batch(input, folder, ARGUMENTS(REGION));

  if (!g_str_has_prefix(said, "0 0 1") || !strstr(said, "“Scanner, table, linear”"))
    g_test_fail_printf("does not name the profile: %s", said);
}

/* With its profile, whatever the preferences are. */
static void save_kept(GimpImage *image, const char *path) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(
    gimp_get_pdb(), g_str_has_suffix(path, ".png") ? "file-png-export" : "file-tiff-export");
  g_autoptr(GimpProcedureConfig) config = gimp_procedure_create_config(procedure);

  g_object_set(config, "run-mode", GIMP_RUN_NONINTERACTIVE, "image", image, "file", file,
               "include-color-profile", TRUE, "include-thumbnail", FALSE, NULL);
  gimp_value_array_unref(gimp_procedure_run_config(procedure, config));
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static GimpColorProfile *grey_profile(double gamma) {
  cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
  cmsHPROFILE made = cmsCreateGrayProfile(cmsD50_xyY(), curve);
  GimpColorProfile *profile = gimp_color_profile_new_from_lcms_profile(made, NULL);

  g_assert_nonnull(profile);
  cmsFreeToneCurve(curve);
  cmsCloseProfile(made);
  return profile;
}

/* A PNG file's text chunk of that keyword, whole; NULL without. */
static GBytes *find_text(GBytes *file, const char *keyword) {
  gsize size;
  const char *bytes = g_bytes_get_data(file, &size);

  for (gsize at = 8; at + 12 <= size;) {
    guint32 length;

    memcpy(&length, bytes + at, 4);
    length = GUINT32_FROM_BE(length);
    if (memcmp(bytes + at + 5, "TXt", 3) == 0 && strcmp(bytes + at + 8, keyword) == 0)
      return g_bytes_new(bytes + at, 12 + length);
    at += 12 + (gsize)length;
  }
  return NULL;
}

/* (height, width, 3) floats, coded as sRGB is, not touched on the way. */
static float *float_colours(const char *path, int *width, int *height) {
  GimpImage *image = image_load(path);
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layers[0]));
  const Babl *kept = gegl_buffer_get_format(buffer);
  float *values;

  *width = gegl_buffer_get_width(buffer);
  *height = gegl_buffer_get_height(buffer);
  values = g_new(float, 3 * (gsize)*width * *height);
  g_assert_true(babl_format_get_type(kept, 0) == babl_type("float"));
  g_assert_cmpint(babl_format_get_n_components(kept), ==, 3);
  gegl_buffer_get(buffer, NULL, 1.0, kept, values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  gimp_image_delete(image);
  return values;
}

/* As the program does it, which keeps the light of what is above white: inside everything is a
 * number, outside every bit stays. */
static void test_floats(void) {
  g_autofree char *input = case_path("floats.tif"), *output = restored("floats.tif", "tif");
  g_autofree char *expected = g_strconcat(output, "-program.tif", NULL);
  int width, height;

  run_program(input, expected, "--region", "30,30,40x45");
  g_autofree float *before = float_colours(input, &width, &height);
  g_autofree float *after = float_colours(output, &width, &height);
  g_autofree float *same = float_colours(expected, &width, &height);
  int bright = 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const gsize at = 3 * ((gsize)y * width + x);
      const gboolean within = x >= 30 && x < 70 && y >= 30 && y < 75;

      if (!within) {
        g_assert_cmpmem(before + at, 12, after + at, 12);
        continue;
      }
      for (int c = 0; c < 3; c++) {
        g_assert_true(isfinite(after[at + c]));
        g_assert_cmpfloat(fabsf(after[at + c] - same[at + c]), <=, 1.0f / 255);
      }
      bright += same[at] > 1;
    }
  g_assert_cmpint(bright, >, 0);
}

/* A mask of floats, and one whose profile is linear, of pictures that are linear themselves too: both
 * programs select the same. */
static void check_masks(const char *picture) {
  static const char *const names[] = {"mask-floats.tif", "mask-linear.png"};
  g_autofree char *folder = make_folder(), *input = case_path(picture);
  g_autofree char *stem = g_strndup(picture, (gsize)(strchr(picture, '.') - picture));
  g_autofree char *name = g_strconcat(stem, ".png", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *out = make_folder(), *mask = g_build_filename(folder, names[i], NULL);
    g_autofree char *output = g_build_filename(out, name, NULL);
    g_autofree char *expected = g_strconcat(output, "-program.png", NULL);
    g_autoptr(GimpColorProfile) linear = gimp_color_profile_new_d65_gray_linear();
    GimpImage *image = gimp_image_new_with_precision(
      96, 120, GIMP_GRAY, i == 0 ? GIMP_PRECISION_FLOAT_NON_LINEAR : GIMP_PRECISION_U16_NON_LINEAR);
    GimpLayer *layer =
      gimp_layer_new(image, "mask", 96, 120, GIMP_GRAY_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    float values[96 * 120];

    if (i > 0)
      g_assert_true(gimp_image_set_color_profile(image, linear));
    g_assert_true(gimp_image_insert_layer(image, layer, NULL, 0));
    for (int k = 0; k < 96 * 120; k++) {
      const double d = hypot(k % 96 - 48.0, k / 96 - 60.0);

      values[k] = (float)CLAMP(2 - d / 20, 0, 1);
    }
    g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
    gegl_buffer_set(buffer, NULL, 0, babl_format("Y' float"), values, GEGL_AUTO_ROWSTRIDE);
    gegl_buffer_flush(buffer);
    save_kept(image, mask);
    gimp_image_delete(image);

    check_run(input, out, ARGUMENTS("mask", mask, "mode", "colour"), "1 0 0");
    run_program(input, expected, "--mask", mask);
    const int largest = largest_difference_of_files(output, expected);
    g_test_message("%s, %s: %d", picture, names[i], largest);
    g_assert_cmpint(largest, <=, 1);
  }
}

static void test_masks(void) {
  check_masks("text-utf8.png");
  check_masks("scanner-matrix.tif");
}

/* gexiv2 0.16 has other names; 0.14 these alone. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* A mask that EXIF turns selects what it shows. */
static void test_turned_mask(void) {
  g_autofree char *folder = make_folder(), *first = make_folder(), *second = make_folder();
  g_autofree char *input = case_path("text-utf8.png");
  g_autofree char *mask = g_build_filename(folder, "lies.png", NULL);
  g_autofree char *output = g_build_filename(first, "text-utf8.png", NULL);
  g_autofree char *expected = g_build_filename(second, "text-utf8.png", NULL);
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new();
  GimpImage *image = gimp_image_new(120, 96, GIMP_GRAY);
  GimpLayer *layer =
    gimp_layer_new(image, "mask", 120, 96, GIMP_GRAY_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
  guint8 values[96 * 120];

  /* Orientation 6: what is shown at (x, y) is stored at (y, 95 − x). */
  for (int k = 0; k < 96 * 120; k++) {
    const int x = 95 - k / 120, y = k % 120;

    values[k] = x >= 30 && x < 70 && y >= 30 && y < 75 ? 255 : 0;
  }
  g_assert_true(gimp_image_insert_layer(image, layer, NULL, 0));
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
  gegl_buffer_set(buffer, NULL, 0, babl_format("Y' u8"), values, GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush(buffer);
  save_kept(image, mask);
  gimp_image_delete(image);
  g_assert_true(gexiv2_metadata_open_path(metadata, mask, NULL));
  gexiv2_metadata_try_set_orientation(metadata, GEXIV2_ORIENTATION_ROT_90, NULL);
  g_assert_true(gexiv2_metadata_save_file(metadata, mask, NULL));

  check_run(input, first, ARGUMENTS("mask", mask), "1 0 0");
  check_run(input, second, ARGUMENTS(REGION), "1 0 0");
  g_assert_cmpint(largest_difference_of_files(output, expected), ==, 0);
}
#pragma GCC diagnostic pop

static float *deep_colours(const char *path, gsize *count) {
  GimpImage *image = image_load(path);
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layers[0]));
  float *values;

  *count = 3 * (gsize)gegl_buffer_get_width(buffer) * gegl_buffer_get_height(buffer);
  values = g_new(float, *count);
  gegl_buffer_get(buffer, NULL, 1.0, babl_format("R'G'B' float"), values, GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  gimp_image_delete(image);
  return values;
}

/* A grey picture with a profile becomes what GIMP makes of it, in both programs. */
static void test_grey_profile(void) {
  static const double gammas[] = {1.0, 1.8};
  g_autofree char *folder = make_folder();

  for (gsize i = 0; i < G_N_ELEMENTS(gammas); i++) {
    g_autofree char *name = g_strdup_printf("grey-%zu.png", i), *out = make_folder();
    g_autofree char *input = g_build_filename(folder, name, NULL);
    g_autofree char *output = g_build_filename(out, name, NULL);
    g_autofree char *program = g_strconcat(output, "-program.png", NULL);
    g_autofree char *converted = g_strconcat(output, "-gimp.png", NULL);
    g_autoptr(GimpColorProfile) profile = grey_profile(gammas[i]);
    GimpImage *image =
      gimp_image_new_with_precision(96, 120, GIMP_GRAY, GIMP_PRECISION_U16_NON_LINEAR);
    GimpLayer *layer =
      gimp_layer_new(image, "grey", 96, 120, GIMP_GRAY_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    guint16 values[96 * 120];

    g_assert_true(gimp_image_set_color_profile(image, profile));
    g_assert_true(gimp_image_insert_layer(image, layer, NULL, 0));
    for (int k = 0; k < 96 * 120; k++)
      values[k] = (guint16)(k * 5 + 3);
    g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
    gegl_buffer_set(buffer, NULL, 0, gegl_buffer_get_format(buffer), values, GEGL_AUTO_ROWSTRIDE);
    gegl_buffer_flush(buffer);
    save_kept(image, input);
    g_assert_true(gimp_image_convert_rgb(image));
    save_kept(image, converted);
    gimp_image_delete(image);

    check_run(input, out, ARGUMENTS("region", "0,0,4x4", "mode", "colour"), "1 0 0");
    run_program(input, program, "--region", "0,0,4x4");
    gsize count;
    g_autofree float *expected = deep_colours(converted, &count);
    g_autofree float *by_batch = deep_colours(output, &count);
    g_autofree float *by_program = deep_colours(program, &count);
    double worst = 0;
    for (gsize k = 0; k < count; k++)
      if (k / 3 % 96 >= 4 || k / 3 / 96 >= 4)
        worst =
          fmax(worst, fmax(fabs(by_batch[k] - expected[k]), fabs(by_program[k] - expected[k])));
    g_test_message("gamma %g: %g of 255", gammas[i], 255 * worst);
    g_assert_cmpfloat(255 * worst, <, 0.5);
  }
}

/* GIMP knows nothing of them. */
static void test_texts(void) {
  g_autofree char *input = case_path("text-utf8.png"), *output = restored("text-utf8.png", "png");
  g_autofree char *before = NULL, *after = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(input, &before, &size, NULL));
  g_autoptr(GBytes) one = g_bytes_new_take(g_steal_pointer(&before), size);
  g_assert_true(g_file_get_contents(output, &after, &size, NULL));
  g_autoptr(GBytes) other = g_bytes_new_take(g_steal_pointer(&after), size);
  for (int i = 0; i < 2; i++) {
    g_autoptr(GBytes) chunk = find_text(one, i == 0 ? "Title" : "Author");
    g_autoptr(GBytes) kept = find_text(other, i == 0 ? "Title" : "Author");

    g_assert_true(chunk && kept && g_bytes_equal(chunk, kept));
  }
}

/* What is transparent keeps its colours. */
static void test_transparent(void) {
  static const Recipe clear = {.alpha = TRUE};
  static const char *const formats[] = {"png", "tif"};
  g_autofree char *folder = make_folder();
  g_autofree char *input = g_build_filename(folder, "clear.xcf", NULL);
  Picture picture;

  picture_make(&clear, &picture);
  save(picture.image, input);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
    g_autofree char *name = g_strconcat("clear.", formats[i], NULL);
    g_autofree char *output = g_build_filename(folder, name, NULL);

    check_run(input, folder, ARGUMENTS("strength", "0", "format", formats[i]), "1 0 0");
    GimpImage *after = image_load(output);
    g_autofree GimpLayer **layers = gimp_image_get_layers(after);
    g_autoptr(GBytes) kept = layer_bytes(GIMP_DRAWABLE(layers[0]));
    g_assert_true(g_bytes_equal(before, kept));
    gimp_image_delete(after);
  }
  picture_free(&picture);
}

static void test_indexed(void) {
  g_autofree char *folder = make_folder(), *out = make_folder();
  g_autofree char *input = g_build_filename(folder, "palette.xcf", NULL);
  g_autofree char *output = g_build_filename(out, "palette.png", NULL);
  static const Recipe plain = {0};
  Picture picture;

  picture_make(&plain, &picture);
  g_assert_true(gimp_image_convert_indexed(picture.image, GIMP_CONVERT_DITHER_NONE,
                                           GIMP_CONVERT_PALETTE_GENERATE, 16, FALSE, FALSE, ""));
  save(picture.image, input);
  picture_free(&picture);
  check_run(input, out, ARGUMENTS("mode", "detail"), "1 0 0");
  GimpImage *after = image_load(output);
  g_assert_cmpint(gimp_image_get_base_type(after), ==, GIMP_RGB);
  gimp_image_delete(after);
}

/* -------------------------------------------------------------------------------------------
 * Names
 */

static void copy_case(const char *name, const char *path) {
  g_autofree char *input = case_path(name), *bytes = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(input, &bytes, &size, NULL));
  /* Without a temporary file, whose name would be longer. */
  g_assert_true(
    g_file_set_contents_full(path, bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0666, NULL));
}

static void check_file(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);

  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
    g_test_fail_printf("there is no %s", path);
}

static void test_names(void) {
  g_autofree char *folder = make_folder(), *out = make_folder(), *back = make_folder();
  g_autofree char *scans = g_build_filename(folder, "scans [1911]", NULL);
  g_autofree char *one = g_build_filename(scans, "a[1].png", NULL);
  g_autofree char *latin = g_build_filename(scans, "gr\xe4u.png", NULL);
  g_autofree char *all = g_build_filename(scans, "*.png", NULL);
  g_autofree char *damaged = g_build_filename(scans, "br\xe4uch.png", NULL);

  g_assert_cmpint(g_mkdir(scans, 0777), ==, 0);
  copy_case("text-utf8.png", one);
  check_run(one, out, ARGUMENTS(REGION), "1 0 0");
  check_file(out, "a[1].png");
  copy_case("text-utf8.png", latin);
  g_assert_true(g_file_set_contents(damaged, "no picture", -1, NULL));
  /* What failed is told, in text. */
  g_autofree char *said = run_batch(all, out, ARGUMENTS(REGION));
  if (!g_str_has_prefix(said, "1 1 1 ") || !g_utf8_validate(said, -1, NULL))
    g_test_fail_printf("unexpected: %s", said);
  check_file(out, "gr\xe4u.png");

  /* The home folder, which is another for the tests' GIMP only from outside: a path is enough. */
  g_autofree char *home = g_build_filename(g_get_home_dir(), ".restorator-XXXXXX", NULL);
  if (!g_mkdtemp(home))
    return;
  g_autofree char *inside = g_build_filename(home, "b.png", NULL);
  g_autofree char *last = g_path_get_basename(home);
  g_autofree char *short_path = g_build_filename("~", last, "*.png", NULL);
  copy_case("text-utf8.png", inside);
  check_run(short_path, back, ARGUMENTS(REGION, "format", "jpg"), "1 0 0");
  check_file(back, "b.jpg");
  g_remove(inside);
  g_rmdir(home);
}

/* As long as names can be; what would become longer is told before the work. */
static void test_long_names(void) {
  g_autofree char *folder = make_folder(), *out = make_folder();

  for (int length = 243; length <= 255; length += 4) {
    g_autofree char *name = g_strnfill((gsize)length, 'n');
    memcpy(name + length - 4, ".png", 4);
    g_autofree char *input = g_build_filename(folder, name, NULL);
    copy_case("text-utf8.png", input);
    check_run(input, out, ARGUMENTS("region", "30,30,9x9"), "1 0 0");
    check_file(out, name);
    if (length == 255)
      check_run(input, out, ARGUMENTS("region", "30,30,9x9", "format", "tiff"), "0 0 1");
  }
  /* Nothing of the work is left. */
  GDir *dir = g_dir_open(out, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir));)
    g_assert_true(g_str_has_suffix(name, "nnn.png"));
  g_dir_close(dir);
}

/* A folder with a piece of a picture in it; its path. */
static char *make_left(const char *folder, const char *name) {
  char *left = g_build_filename(folder, name, NULL);
  g_autofree char *piece = g_build_filename(left, "picture.png", NULL);

  g_assert_cmpint(g_mkdir(left, 0700), ==, 0);
  g_assert_true(g_file_set_contents(piece, "half a picture", -1, NULL));
  return left;
}

/* What killed plug-ins have left is cleared by the next, but not what one at work holds, nor what
 * only looks alike. */
static void test_swept(void) {
  g_autofree char *input = case_path("text-utf8.png"), *out = make_folder();
  g_autofree char *left = make_left(out, ".restorator-a1b2c3");
  g_autofree char *held = make_left(out, ".restorator-d4e5f6");
  g_autofree char *other = make_left(out, ".restorator-settings");
  const int fd = g_open(held, O_RDONLY | O_DIRECTORY, 0);

  g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
  check_run(input, out, ARGUMENTS("region", "30,30,9x9"), "1 0 0");
  g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(held, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
  close(fd);
  check_run(input, out, ARGUMENTS("region", "30,30,9x9", "overwrite", "true"), "1 0 0");
  g_assert_false(g_file_test(held, G_FILE_TEST_EXISTS));

  /* And nothing else is there but that and the picture. */
  g_autoptr(GDir) entries = g_dir_open(out, 0, NULL);
  int count = 0;
  while (g_dir_read_name(entries))
    count++;
  g_assert_cmpint(count, ==, 2);
}

/* What is in an output's place: a link stays one, a file keeps its permissions, a pipe is refused. */
static void test_places(void) {
  g_autofree char *input = case_path("text-utf8.png"), *out = make_folder();
  g_autofree char *elsewhere = make_folder();
  g_autofree char *place = g_build_filename(out, "text-utf8.png", NULL);
  g_autofree char *there = g_build_filename(elsewhere, "there.png", NULL);
  const Arguments arguments = ARGUMENTS("region", "30,30,9x9", "overwrite", "true");
  GStatBuf status;

  g_assert_true(g_file_set_contents(there, "old", -1, NULL));
  g_assert_cmpint(g_chmod(there, 0640), ==, 0);
  g_assert_cmpint(symlink(there, place), ==, 0);
  check_run(input, out, arguments, "1 0 0");
  g_assert_true(g_file_test(place, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint(g_stat(there, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 07777, ==, 0640);
  g_assert_cmpint(status.st_size, >, 100);

  g_assert_cmpint(g_unlink(place), ==, 0);
  g_assert_cmpint(symlink(place, place), ==, 0);
  check_run(input, out, arguments, "0 0 1");
  g_assert_cmpint(g_unlink(place), ==, 0);
  g_assert_cmpint(mkfifo(place, 0666), ==, 0);
  check_run(input, out, arguments, "0 0 1");
  g_assert_cmpint(g_stat(place, &status), ==, 0);
  g_assert_true(S_ISFIFO(status.st_mode));
}

/* -------------------------------------------------------------------------------------------
 * What is replaced
 */

/* Links stay links, and lead to a file that there was not yet too; the owner and the permissions stay;
 * what nobody may write to is not replaced. */
static void test_replaced(void) {
  g_autofree char *folder = make_folder(), *input = case_path("text-utf8.png");
  g_autofree char *output = g_build_filename(folder, "text-utf8.png", NULL);
  g_autofree char *target = g_build_filename(folder, "elsewhere", NULL), *before = NULL;
  GStatBuf status;

  g_assert_cmpint(symlink("elsewhere", output), ==, 0);
  check_run(input, folder, ARGUMENTS(REGION), "1 0 0");
  g_assert_true(g_file_test(output, G_FILE_TEST_IS_SYMLINK));
  check_file(folder, "elsewhere");

  g_assert_cmpint(g_chmod(target, 0664), ==, 0);
  if (geteuid() == 0)
    g_assert_cmpint(chown(target, 1234, 2345), ==, 0);
  check_run(input, folder, ARGUMENTS(REGION, "overwrite", "true", "seed", "5"), "1 0 0");
  g_assert_true(g_file_test(output, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint(g_stat(target, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 07777, ==, 0664);
  if (geteuid() == 0) {
    g_assert_cmpint(status.st_uid, ==, 1234);
    g_assert_cmpint(status.st_gid, ==, 2345);
  }

  g_assert_cmpint(g_chmod(target, 0444), ==, 0);
  g_assert_true(g_file_get_contents(target, &before, NULL, NULL));
  g_autofree char *said = run_batch(input, folder, ARGUMENTS(REGION, "overwrite", "true"));
  if (!g_str_has_prefix(said, "0 0 1") || !strstr(said, "must not be written to"))
    g_test_fail_printf("unexpected: %s", said);
  g_assert_cmpint(g_chmod(target, 0644), ==, 0);
  g_assert_cmpint(g_unlink(output), ==, 0);
  g_assert_cmpint(symlink("text-utf8.png", output), ==, 0); /* to itself */
  check_run(input, folder, ARGUMENTS(REGION), "0 0 1");
  g_assert_true(g_file_test(output, G_FILE_TEST_IS_SYMLINK));
}

/* -------------------------------------------------------------------------------------------
 * Another image's layer
 */

static void test_other_image(void) {
  static const Recipe plain = {0};
  Picture one, other;

  picture_make(&plain, &one);
  picture_make(&plain, &other);
  g_autoptr(GBytes) before = layer_bytes(other.layer);
  g_autofree char *message =
    restore(one.image, other.layer, (const char *const[]){"model", "tiny-single", NULL});
  g_autoptr(GBytes) after = layer_bytes(other.layer);
  if (!message || !strstr(message, "another image"))
    g_test_fail_printf("is not refused: %s", message ? message : "");
  g_assert_true(g_bytes_equal(before, after));
  picture_free(&one);
  picture_free(&other);
}

void add_file_cases(void) {
  gexiv2_initialize();
  g_test_add_func("/files/metadata", test_metadata);
  g_test_add_func("/files/record", test_record);
  g_test_add_func("/files/hosts", test_hosts);
  g_test_add_func("/files/feather", test_feather);
  g_test_add_func("/files/context", test_context);
  g_test_add_func("/files/scanner", test_scanner);
  g_test_add_func("/files/floats", test_floats);
  g_test_add_func("/files/masks", test_masks);
  g_test_add_func("/files/turned-mask", test_turned_mask);
  g_test_add_func("/files/grey-profile", test_grey_profile);
  g_test_add_func("/files/texts", test_texts);
  g_test_add_func("/files/transparent", test_transparent);
  g_test_add_func("/files/indexed", test_indexed);
  g_test_add_func("/files/names", test_names);
  g_test_add_func("/files/long-names", test_long_names);
  g_test_add_func("/files/swept", test_swept);
  g_test_add_func("/files/places", test_places);
  g_test_add_func("/files/replaced", test_replaced);
  g_test_add_func("/files/other-image", test_other_image);
}
