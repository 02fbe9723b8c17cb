/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"
#include "harness.h"

#define SINGLE "model", "tiny-single"

/* -------------------------------------------------------------------------------------------
 * What the layer lies over, and how
 */

static void put_over_background(GimpLayer *layer) {
  GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer));
  GimpLayer *background =
    gimp_layer_new(image, "background", IMAGE_WIDTH, IMAGE_HEIGHT,
                   gimp_drawable_type(GIMP_DRAWABLE(layer)), 100, GIMP_LAYER_MODE_NORMAL);
  GeglColor *colour = gegl_color_new("rgb(0.2, 0.6, 0.9)");

  gimp_context_set_foreground(colour);
  g_object_unref(colour);
  g_assert_true(gimp_drawable_fill(GIMP_DRAWABLE(background), GIMP_FILL_FOREGROUND));
  g_assert_true(gimp_image_insert_layer(image, background, NULL, 1));
}

static void mask_over_background(GimpLayer *layer) {
  add_mask(layer);
  put_over_background(layer);
}

static void fade_over_background(GimpLayer *layer) {
  g_assert_true(gimp_layer_set_opacity(layer, 60));
  put_over_background(layer);
}

static void multiply_over_background(GimpLayer *layer) {
  g_assert_true(gimp_layer_set_mode(layer, GIMP_LAYER_MODE_MULTIPLY));
  put_over_background(layer);
}

static void hide_over_background(GimpLayer *layer) {
  hide(layer);
  put_over_background(layer);
}

static void group_over_background(GimpLayer *layer) {
  put_over_background(layer);
  put_into_group(layer);
}

static void pass_through_over_background(GimpLayer *layer) {
  group_over_background(layer);
  g_assert_true(gimp_layer_set_mode(GIMP_LAYER(gimp_item_get_parent(GIMP_ITEM(layer))),
                                    GIMP_LAYER_MODE_PASS_THROUGH));
}

static void lock_group(GimpLayer *layer) {
  put_into_group(layer);
  g_assert_true(gimp_item_set_lock_content(gimp_item_get_parent(GIMP_ITEM(layer)), TRUE));
}

/* -------------------------------------------------------------------------------------------
 * A new layer looks as in place
 */

typedef struct OutputCase {
  const char *name;
  Recipe recipe;
  gboolean clipped, grouped; /* how the new layer has to lie above */
  const char *arguments[5];
} OutputCase;

#define FEATHERED .select = select_feathered

static const OutputCase cases[] = {
  {"opaque", {FEATHERED}, FALSE, FALSE, {SINGLE}},
  {"sharp", {.select = select_rectangle}, FALSE, FALSE, {SINGLE}},
  {"no-selection", {0}, FALSE, FALSE, {SINGLE}},
  {"offset",
   {.select = select_corner,
    .width = 90,
    .height = 110,
    .x = -23,
    .y = -31,
    .prepare = put_over_background},
   FALSE,
   FALSE,
   {SINGLE}},
  {"strength", {FEATHERED}, FALSE, FALSE, {SINGLE, "strength", "0.35"}},
  {"background", {FEATHERED, .prepare = put_over_background}, FALSE, FALSE, {SINGLE}},
  {"alpha", {.alpha = TRUE, FEATHERED}, TRUE, FALSE, {SINGLE}},
  {"alpha-no-selection", {.alpha = TRUE}, TRUE, FALSE, {SINGLE}},
  {"alpha-background",
   {.alpha = TRUE, FEATHERED, .prepare = put_over_background},
   TRUE,
   TRUE,
   {SINGLE}},
  {"mask", {FEATHERED, .prepare = add_mask}, TRUE, FALSE, {SINGLE}},
  {"mask-background", {FEATHERED, .prepare = mask_over_background}, TRUE, TRUE, {SINGLE}},
  {"opacity-background", {FEATHERED, .prepare = fade_over_background}, TRUE, TRUE, {SINGLE}},
  {"mode-background", {FEATHERED, .prepare = multiply_over_background}, TRUE, TRUE, {SINGLE}},
  {"hidden", {FEATHERED, .prepare = hide_over_background}, FALSE, FALSE, {SINGLE}},
  {"group", {.alpha = TRUE, FEATHERED, .prepare = group_over_background}, TRUE, FALSE, {SINGLE}},
  {"pass-through",
   {.alpha = TRUE, FEATHERED, .prepare = pass_through_over_background},
   TRUE,
   TRUE,
   {SINGLE}},
  {"locked", {.alpha = TRUE, FEATHERED, .prepare = lock_alpha_and_position}, TRUE, FALSE, {SINGLE}},
  {"grey", {.grey = TRUE, FEATHERED}, FALSE, FALSE, {SINGLE}},
  {"grey-alpha-background",
   {.grey = TRUE, .alpha = TRUE, FEATHERED, .prepare = put_over_background},
   TRUE,
   TRUE,
   {SINGLE}},
  {"wide-u16",
   {.precision = GIMP_PRECISION_U16_NON_LINEAR, .profile = wide_profile, FEATHERED},
   FALSE,
   FALSE,
   {SINGLE}},
  {"u8-linear-alpha",
   {.alpha = TRUE, .precision = GIMP_PRECISION_U8_LINEAR, FEATHERED},
   TRUE,
   FALSE,
   {SINGLE}},
  {"u32-linear", {.precision = GIMP_PRECISION_U32_LINEAR, FEATHERED}, FALSE, FALSE, {SINGLE}},
  {"half-alpha",
   {.alpha = TRUE, .precision = GIMP_PRECISION_HALF_NON_LINEAR, FEATHERED},
   TRUE,
   FALSE,
   {SINGLE}},
  {"float-linear-alpha-background",
   {.alpha = TRUE,
    .precision = GIMP_PRECISION_FLOAT_LINEAR,
    FEATHERED,
    .prepare = put_over_background},
   TRUE,
   TRUE,
   {SINGLE}},
  {"double", {.precision = GIMP_PRECISION_DOUBLE_PERCEPTUAL, FEATHERED}, FALSE, FALSE, {SINGLE}},
};

static char *restore_to(const Picture *picture, const char *const *arguments, const char *output) {
  const char *with_output[16] = {"output", output};

  for (int i = 0; arguments[i]; i++)
    with_output[2 + i] = arguments[i];
  return restore(picture->image, picture->layer, with_output);
}

static GimpLayer *layer_above(const Picture *picture) {
  GimpItem *group = gimp_item_get_parent(GIMP_ITEM(picture->layer));
  g_autofree GimpItem **siblings =
    group ? gimp_item_get_children(group) : (GimpItem **)gimp_image_get_layers(picture->image);
  const int position = gimp_image_get_item_position(picture->image, GIMP_ITEM(picture->layer));

  g_assert_cmpint(position, ==, 1);
  return GIMP_LAYER(siblings[0]);
}

static void check_structure(const OutputCase *test, const Picture *picture,
                            const GimpItem *group_before) {
  GimpItem *group = gimp_item_get_parent(GIMP_ITEM(picture->layer));
  GimpLayer *added = layer_above(picture);
  g_autofree char *name = gimp_item_get_name(GIMP_ITEM(added));

  g_assert_cmpstr(name, ==, "tiny-single");
  g_assert_true(gimp_drawable_has_alpha(GIMP_DRAWABLE(added)));
  g_assert_cmpint(gimp_layer_get_composite_mode(added) == GIMP_LAYER_COMPOSITE_CLIP_TO_BACKDROP, ==,
                  test->clipped);
  g_assert_cmpint(group != group_before, ==, test->grouped);
}

static void test_new_layer(const void *data) {
  const OutputCase *test = data;
  Picture in_place, above;
  g_autofree char *first = NULL, *second = NULL;

  picture_make(&test->recipe, &in_place);
  picture_make(&test->recipe, &above);
  g_autoptr(GBytes) before = layer_bytes(above.layer);
  g_autofree float *untouched = image_values(above.image);
  GimpItem *group = gimp_item_get_parent(GIMP_ITEM(above.layer));
  first = restore_to(&in_place, test->arguments, "in-place");
  second = restore_to(&above, test->arguments, "new-layer");
  g_assert_cmpstr(first, ==, NULL);
  g_assert_cmpstr(second, ==, NULL);
  check_structure(test, &above, group);

  g_autoptr(GBytes) after = layer_bytes(above.layer);
  g_autofree float *expected = image_values(in_place.image);
  g_autofree float *seen = image_values(above.image);
  const double difference = largest_difference(expected, seen);
  const double change = largest_difference(untouched, expected);
  g_test_message("largest difference %.3g steps of 8 bits, change %.3g", 255 * difference,
                 255 * change);
  g_assert_true(g_bytes_equal(before, after));
  g_assert_cmpfloat(difference, <=, 1.01 / 255);
  if (gimp_item_get_visible(GIMP_ITEM(above.layer)))
    g_assert_cmpfloat(change, >, 0.05);
  picture_free(&in_place);
  picture_free(&above);
}

/* The coverage is its alpha, and it is as large as what was selected. */
static void test_alpha(void) {
  static const Recipe recipe = {
    .select = select_feathered, .width = 60, .height = 50, .x = 17, .y = 11};
  Picture picture;
  g_autofree char *message = NULL;
  int x, y, left, top, width, height;
  gsize between = 0;

  picture_make(&recipe, &picture);
  g_assert_true(gimp_drawable_mask_intersect(picture.layer, &left, &top, &width, &height));
  message = restore_to(&picture, (const char *const[]){SINGLE, NULL}, "new-layer");
  g_assert_cmpstr(message, ==, NULL);
  GimpDrawable *added = GIMP_DRAWABLE(layer_above(&picture));
  g_assert_true(gimp_drawable_get_offsets(added, &x, &y));
  g_assert_cmpint(x, ==, left + recipe.x);
  g_assert_cmpint(y, ==, top + recipe.y);
  g_assert_cmpint(gimp_drawable_get_width(added), ==, width);
  g_assert_cmpint(gimp_drawable_get_height(added), ==, height);

  g_autoptr(GeglBuffer) selection =
    gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(picture.image)));
  g_autofree guint8 *coverage = g_malloc((gsize)width * height);
  g_autoptr(GBytes) bytes = layer_bytes(added);
  const guint8 *pixels = g_bytes_get_data(bytes, NULL);
  gegl_buffer_get(selection, GEGL_RECTANGLE(x, y, width, height), 1.0, babl_format("Y u8"),
                  coverage, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (gsize i = 0; i < (gsize)width * height; i++) {
    if (pixels[4 * i + 3] != coverage[i])
      g_test_fail();
    between += coverage[i] > 0 && coverage[i] < 255;
  }
  g_assert_cmpuint(between, >, 100);
  picture_free(&picture);
}

static void check_name(const char *const *arguments, const char *expected) {
  static const Recipe recipe = {.select = select_feathered};
  Picture picture;
  g_autofree char *message = NULL, *name = NULL;

  picture_make(&recipe, &picture);
  message = restore_to(&picture, arguments, "new-layer");
  g_assert_cmpstr(message, ==, NULL);
  name = gimp_item_get_name(GIMP_ITEM(layer_above(&picture)));
  g_assert_cmpstr(name, ==, expected);
  picture_free(&picture);
}

static void test_name(void) {
  g_auto(GStrv) folders = g_strsplit(g_getenv("RESTORATOR_MODELS"), ":", -1);
  g_autofree char *model = g_build_filename(folders[1], "tiny-single.safetensors", NULL);
  g_autofree char *preset = g_build_filename(g_getenv("RESTORATOR_PRESETS"), "half.json", NULL);

  check_name((const char *const[]){SINGLE, "preset", "half", NULL}, "tiny-single, half");
  check_name((const char *const[]){"model", model, "preset", preset, NULL}, "tiny-single, half");
}

/* What is locked is not changed by a layer above it. */
static void test_locked(const void *data) {
  const Recipe recipe = {FEATHERED, .prepare = data ? lock_group : NULL};
  Picture picture;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  g_assert_true(gimp_item_set_lock_content(GIMP_ITEM(picture.layer), TRUE));
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  message = restore_to(&picture, (const char *const[]){SINGLE, NULL}, "new-layer");
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_assert_cmpstr(message, ==, NULL);
  g_assert_true(g_bytes_equal(before, after));
  g_assert_nonnull(layer_above(&picture));
  picture_free(&picture);
}

void add_output_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/output/new-layer/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_new_layer);
  }
  g_test_add_func("/output/alpha", test_alpha);
  g_test_add_func("/output/name", test_name);
  g_test_add_data_func("/output/pixels-locked", NULL, test_locked);
  g_test_add_data_func("/output/group-locked", "group", test_locked);
}
