/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP against the command line: the same file and the same mask give the same picture.
 */
#include "cases.h"
#include "harness.h"

#define PIXELS ((gsize)IMAGE_WIDTH * IMAGE_HEIGHT)

/* -------------------------------------------------------------------------------------------
 * The table
 */

typedef struct Kind {
  const char *name;
  Recipe recipe;
  const char *ending; /* of its file */
} Kind;

static const Kind kinds[] = {
  {"rgb-u8", {0}, "png"},
  {"rgba-u8", {.alpha = TRUE}, "png"},
  {"grey-u8", {.grey = TRUE}, "png"},
  {"grey-alpha-u8", {.grey = TRUE, .alpha = TRUE}, "png"},
  {"rgb-u8-tiff", {0}, "tiff"},
  {"rgb-u16", {.precision = GIMP_PRECISION_U16_NON_LINEAR}, "png"},
  {"rgba-u16", {.alpha = TRUE, .precision = GIMP_PRECISION_U16_NON_LINEAR}, "tiff"},
  {"grey-u16", {.grey = TRUE, .precision = GIMP_PRECISION_U16_NON_LINEAR}, "png"},
  {"rgb-float", {.precision = GIMP_PRECISION_FLOAT_NON_LINEAR}, "tiff"},
  {"rgba-float", {.alpha = TRUE, .precision = GIMP_PRECISION_FLOAT_NON_LINEAR}, "tiff"},
  {"rgb-float-linear", {.precision = GIMP_PRECISION_FLOAT_LINEAR}, "tiff"},
  {"rgb-half", {.precision = GIMP_PRECISION_HALF_NON_LINEAR}, "tiff"},
  {"rgba-half-linear", {.alpha = TRUE, .precision = GIMP_PRECISION_HALF_LINEAR}, "tiff"},
  {"rgb-wide-u16", {.precision = GIMP_PRECISION_U16_NON_LINEAR, .profile = wide_profile}, "tiff"},
  {"rgba-adobe-u8", {.alpha = TRUE, .profile = gimp_color_profile_new_rgb_adobe}, "png"},
};

/* What a mask of 8 bits selects. */
static guint8 select_all(int x, int y) {
  (void)x, (void)y;
  return 255;
}

static guint8 select_box(int x, int y) {
  return x >= 30 && x < 63 && y >= 20 && y < 61 ? 255 : 0;
}

static guint8 select_soft(int x, int y) {
  const double distance = hypot((x + 0.5 - 48) / 34, (y + 0.5 - 40) / 28);

  return (guint8)CLAMP(255 * 3 * (1 - distance) + 0.5, 0, 255);
}

static guint8 select_parts(int x, int y) {
  const double left = hypot(x + 0.5 - 24, y + 0.5 - 30), right = hypot(x + 0.5 - 74, y + 0.5 - 52);

  return (guint8)CLAMP(64 * MAX(17 - left, 14 - right), 0, 255);
}

typedef struct Area {
  const char *name;
  guint8 (*value)(int x, int y);
  gboolean hidden;
} Area;

static const Area areas[] = {
  {"all", select_all, FALSE},     {"box", select_box, FALSE},    {"soft", select_soft, FALSE},
  {"parts", select_parts, FALSE}, {"hidden", select_soft, TRUE},
};

static const char *const modes[] = {"full", "colour", "detail"};
static const char *const outputs[] = {"in-place", "new-layer"};

/* -------------------------------------------------------------------------------------------
 * Files
 */

static char *path_to(const char *name, const char *ending) {
  g_autofree char *file = g_strdup_printf("hosts-%s.%s", name, ending);

  return g_build_filename(g_getenv("RESTORATOR_TEST_FILES"), file, NULL);
}

/* Without a thumbnail, which would be a second page of a TIFF file. */
static void save(GimpImage *image, const char *path) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autofree char *name = g_strdup_printf("file-%s-export", strrchr(path, '.') + 1);
  GimpProcedure *procedure = gimp_pdb_lookup_procedure(gimp_get_pdb(), name);
  g_autoptr(GimpProcedureConfig) config = gimp_procedure_create_config(procedure);

  g_object_set(config, "run-mode", GIMP_RUN_NONINTERACTIVE, "image", image, "file", file,
               "include-thumbnail", FALSE, NULL);
  gimp_value_array_unref(gimp_procedure_run_config(procedure, config));
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static GimpDrawable *only_layer(GimpImage *image) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);

  g_assert_true(layers[0] && !layers[1]);
  return GIMP_DRAWABLE(layers[0]);
}

/* The file that both hosts read, made once. */
static char *picture_file(const Kind *kind) {
  char *path = path_to(kind->name, kind->ending);
  Picture picture;

  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return path;
  picture_make(&kind->recipe, &picture);
  save(picture.image, path);
  picture_free(&picture);
  return path;
}

static guint8 *mask_values(const Area *area) {
  guint8 *values = g_malloc(PIXELS);

  for (gsize i = 0; i < PIXELS; i++)
    values[i] = area->value((int)(i % IMAGE_WIDTH), (int)(i / IMAGE_WIDTH));
  return values;
}

static char *mask_file(const Area *area) {
  static const Recipe grey = {.grey = TRUE};
  char *path = path_to(area->name, "mask.png");
  g_autofree guint8 *values = mask_values(area);
  Picture picture;

  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return path;
  picture_make(&grey, &picture);
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(picture.layer);
  gegl_buffer_set(buffer, NULL, 0, gimp_drawable_get_format(picture.layer), values,
                  GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush(buffer);
  save(picture.image, path);
  picture_free(&picture);
  return path;
}

/* -------------------------------------------------------------------------------------------
 * Both hosts
 */

typedef struct Case {
  const Kind *kind;
  const Area *area;
  const char *mode, *output;
} Case;

/* In the command line. The picture as GIMP reads what it wrote. */
static GimpImage *run_program(const Case *test) {
  g_autofree char *in = picture_file(test->kind);
  g_autofree char *mask = mask_file(test->area);
  g_autofree char *out = path_to("out", test->kind->ending);
  g_autofree char *said = NULL;
  const char *const words[] = {g_getenv("RESTORATOR_PROGRAM"),
                               "restore",
                               in,
                               out,
                               "--force",
                               "--quiet",
                               "--model",
                               "tiny-single",
                               "--mode",
                               test->mode,
                               "--mask",
                               mask,
                               test->area->hidden ? "--hide-region" : NULL,
                               NULL};
  int status;

  if (!g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said,
                    &status, NULL) ||
      status != 0)
    g_error("%s: %s", words[0], said ? said : "did not start");
  return image_load(out);
}

/* As it was, in the colours that the plug-in needs for that mode. */
static GimpImage *open_picture(const Case *test) {
  g_autofree char *path = picture_file(test->kind);
  g_autofree guint8 *values = mask_values(test->area);
  GimpImage *image = image_load(path);

  if (test->kind->recipe.grey && strcmp(test->mode, "detail") != 0)
    g_assert_true(gimp_image_convert_rgb(image));
  select_values(image, values);
  return image;
}

static GimpImage *run_plug_in(const Case *test) {
  GimpImage *image = open_picture(test);
  g_autofree char *message = restore(
    image, only_layer(image),
    (const char *const[]){"model", "tiny-single", "mode", test->mode, "output", test->output,
                          "hide-region", test->area->hidden ? "true" : "false", NULL});

  if (message)
    g_error("%s", message);
  return image;
}

/* -------------------------------------------------------------------------------------------
 * Comparing
 */

/* The program writes half floats as floats. */
static const Babl *written_format(const Babl *format) {
  g_auto(GStrv) parts = g_strsplit(babl_format_get_encoding(format), "half", -1);
  g_autofree char *encoding = g_strjoinv("float", parts);

  return babl_format_with_space(encoding, babl_format_get_space(format));
}

/* Pixels outside of the mask whose bytes, in that format of `after`, differ from those before. */
static gsize count_changed(GimpDrawable *before, GimpDrawable *after, const Babl *format,
                           const guint8 *mask) {
  g_autoptr(GBytes) old = layer_bytes_in(before, format);
  g_autoptr(GBytes) new = layer_bytes(after);
  const gsize bytes = g_bytes_get_size(old) / PIXELS;
  const char *a = g_bytes_get_data(old, NULL), *b = g_bytes_get_data(new, NULL);
  gsize changed = 0;

  g_assert_cmpstr(babl_get_name(format), ==, babl_get_name(gimp_drawable_get_format(after)));
  g_assert_cmpuint(g_bytes_get_size(old), ==, g_bytes_get_size(new));
  for (gsize i = 0; i < PIXELS; i++)
    changed += mask[i] == 0 && memcmp(a + i * bytes, b + i * bytes, bytes) != 0;
  return changed;
}

static void test_hosts(const void *data) {
  const Case *test = data;
  g_autofree guint8 *mask = mask_values(test->area);
  GimpImage *before = open_picture(test);
  GimpImage *program = run_program(test);
  GimpImage *plug_in = run_plug_in(test);
  g_autofree float *was = image_values(before);
  g_autofree float *here = image_values(plug_in);
  g_autofree float *there = image_values(program);
  const double difference = largest_difference(here, there);
  const double change = largest_difference(was, here);
  const Babl *format = gimp_drawable_get_format(only_layer(before));

  g_test_message("largest difference %.3g steps of 8 bits, change %.3g", 255 * difference,
                 255 * change);
  g_assert_cmpfloat(difference, <=, 1.01 / 255);
  g_assert_cmpfloat(change, >, 0.05);
  g_assert_cmpuint(
    count_changed(only_layer(before), only_layer(program), written_format(format), mask), ==, 0);
  if (strcmp(test->output, "in-place") == 0)
    g_assert_cmpuint(count_changed(only_layer(before), only_layer(plug_in), format, mask), ==, 0);
  gimp_image_delete(before);
  gimp_image_delete(program);
  gimp_image_delete(plug_in);
}

/* Each kind with each area and each area with each mode and output; the plainest kind with all. */
void add_host_cases(void) {
  static Case cases[(G_N_ELEMENTS(kinds) + G_N_ELEMENTS(modes) * G_N_ELEMENTS(outputs)) *
                    G_N_ELEMENTS(areas)];
  gsize count = 0;

  for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++)
    for (gsize a = 0; a < G_N_ELEMENTS(areas); a++)
      for (gsize m = 0; m < G_N_ELEMENTS(modes); m++)
        for (gsize o = 0; o < G_N_ELEMENTS(outputs); o++) {
          Case *test = &cases[count];

          if (k > 0 && (m != (k + a) % G_N_ELEMENTS(modes) || o != (k + a) / 3 % 2))
            continue;
          *test = (Case){&kinds[k], &areas[a], modes[m], outputs[o]};
          g_autofree char *path = g_strdup_printf("/hosts/%s/%s/%s/%s", test->kind->name,
                                                  test->area->name, test->mode, test->output);
          g_test_add_data_func(path, test, test_hosts);
          count++;
        }
}
