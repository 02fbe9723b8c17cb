/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"
#include "expectation.h"

typedef struct PixelCase {
  const char *name;
  Recipe recipe;
  double tolerance; /* 0: by the precision */
  const char *arguments[9];
} PixelCase;

#define SINGLE "model", "tiny-single"
#define DIFFUSION "model", "tiny-diffusion", "start", "2"

static const PixelCase cases[] = {
  {"selection/feathered", {.select = select_feathered}, 0, {SINGLE}},
  {"selection/sharp", {.select = select_rectangle}, 0, {SINGLE}},
  {"selection/none", {0}, 0, {SINGLE}},
  {"selection/partly-outside", {.select = select_corner, .x = 9, .y = 5}, 0, {SINGLE}},
  {"layer/offset",
   {.select = select_feathered, .width = 60, .height = 50, .x = 17, .y = 11},
   0,
   {SINGLE}},
  {"layer/negative-offset",
   {.select = select_corner, .width = 90, .height = 110, .x = -23, .y = -31},
   0,
   {SINGLE}},
  {"layer/small-no-selection", {.width = 20, .height = 30, .x = 70, .y = 60}, 0, {SINGLE}},
  {"layer/oversized-no-selection", {.width = 150, .height = 120, .x = -20, .y = -10}, 0, {SINGLE}},
  {"layer/outside-of-image-no-selection",
   {.width = 30, .height = 30, .x = 200, .y = -100},
   0,
   {SINGLE}},
  {"layer/with-mask",
   {.alpha = TRUE, .select = select_feathered, .prepare = add_mask},
   0,
   {SINGLE}},
  {"layer/alpha-and-position-locked",
   {.alpha = TRUE, .select = select_feathered, .prepare = lock_alpha_and_position},
   0,
   {SINGLE}},
  {"layer/hidden", {.select = select_feathered, .prepare = hide}, 0, {SINGLE}},
  {"layer/in-group", {.select = select_feathered, .prepare = put_into_group}, 0, {SINGLE}},
  {"layer/alpha", {.alpha = TRUE, .select = select_feathered}, 0, {SINGLE}},
  {"layer/alpha-no-selection", {.alpha = TRUE}, 0, {SINGLE}},
  {"layer/grey", {.grey = TRUE, .select = select_feathered}, 0, {SINGLE}},
  {"layer/grey-alpha", {.grey = TRUE, .alpha = TRUE, .select = select_feathered}, 0, {SINGLE}},
  {"layer/grey-alpha-no-selection", {.grey = TRUE, .alpha = TRUE}, 0, {SINGLE}},
  {"layer/grey-u16-linear",
   {.grey = TRUE,
    .alpha = TRUE,
    .precision = GIMP_PRECISION_U16_LINEAR,
    .select = select_feathered},
   0,
   {SINGLE}},
  {"parameters/strength",
   {.alpha = TRUE, .select = select_feathered},
   0,
   {SINGLE, "strength", "0.35"}},
  {"parameters/strength-wide-float",
   {.alpha = TRUE,
    .precision = GIMP_PRECISION_FLOAT_LINEAR,
    .profile = wide_profile,
    .select = select_feathered},
   0,
   {SINGLE, "strength", "0.35"}},
  {"parameters/colour", {.select = select_feathered}, 0, {SINGLE, "mode", "colour"}},
  {"parameters/detail", {.select = select_feathered}, 0, {SINGLE, "mode", "detail"}},
  {"parameters/hide-region", {.select = select_feathered}, 0, {SINGLE, "hide-region", "true"}},
  {"parameters/window", {.select = select_feathered}, 0, {SINGLE, "window", "10,5,70"}},
  {"parameters/diffusion", {.select = select_feathered}, 0, {DIFFUSION, "seed", "7"}},
  {"parameters/ddpm",
   {.select = select_feathered},
   0,
   {DIFFUSION, "sampler", "ddpm", "noise-stddev", "squared"}},
  {"profile/wide-u8", {.profile = wide_profile, .select = select_feathered}, 0, {SINGLE}},
  {"profile/wide-u16-alpha",
   {.alpha = TRUE,
    .precision = GIMP_PRECISION_U16_NON_LINEAR,
    .profile = wide_profile,
    .select = select_feathered},
   2e-4 /* its curve is steep at black */,
   {SINGLE}},
  {"profile/wide-float-linear",
   {.precision = GIMP_PRECISION_FLOAT_LINEAR, .profile = wide_profile},
   0,
   {SINGLE}},
  {"profile/adobe-u8",
   {.profile = gimp_color_profile_new_rgb_adobe, .select = select_feathered},
   0,
   {SINGLE}},
  {"profile/linear-u16",
   {.precision = GIMP_PRECISION_U16_LINEAR,
    .profile = gimp_color_profile_new_rgb_srgb_linear,
    .select = select_feathered},
   0,
   {SINGLE}},
  {"profile/grey",
   {.grey = TRUE, .profile = gimp_color_profile_new_d50_gray_lab_trc, .select = select_feathered},
   0,
   {SINGLE}},
#define PRECISION(name, value)                                                   \
  {"precision/" name,                                                            \
   {.alpha = TRUE, .precision = value, .select = select_feathered},              \
   0,                                                                            \
   {SINGLE}},                                                                    \
  {                                                                              \
    "precision/" name "-no-selection", {.alpha = TRUE, .precision = value}, 0, { \
      SINGLE                                                                     \
    }                                                                            \
  }
  PRECISION("u8-linear", GIMP_PRECISION_U8_LINEAR),
  PRECISION("u8-non-linear", GIMP_PRECISION_U8_NON_LINEAR),
  PRECISION("u8-perceptual", GIMP_PRECISION_U8_PERCEPTUAL),
  PRECISION("u16-linear", GIMP_PRECISION_U16_LINEAR),
  PRECISION("u16-non-linear", GIMP_PRECISION_U16_NON_LINEAR),
  PRECISION("u16-perceptual", GIMP_PRECISION_U16_PERCEPTUAL),
  PRECISION("u32-linear", GIMP_PRECISION_U32_LINEAR),
  PRECISION("u32-non-linear", GIMP_PRECISION_U32_NON_LINEAR),
  PRECISION("u32-perceptual", GIMP_PRECISION_U32_PERCEPTUAL),
  PRECISION("half-linear", GIMP_PRECISION_HALF_LINEAR),
  PRECISION("half-non-linear", GIMP_PRECISION_HALF_NON_LINEAR),
  PRECISION("half-perceptual", GIMP_PRECISION_HALF_PERCEPTUAL),
  PRECISION("float-linear", GIMP_PRECISION_FLOAT_LINEAR),
  PRECISION("float-non-linear", GIMP_PRECISION_FLOAT_NON_LINEAR),
  PRECISION("float-perceptual", GIMP_PRECISION_FLOAT_PERCEPTUAL),
  PRECISION("double-linear", GIMP_PRECISION_DOUBLE_LINEAR),
  PRECISION("double-non-linear", GIMP_PRECISION_DOUBLE_NON_LINEAR),
  PRECISION("double-perceptual", GIMP_PRECISION_DOUBLE_PERCEPTUAL),
};

/* One step of an integer: the restored pixel is rounded once before GIMP blends it and once after.
 * Elsewhere float's own rounding, through conversions between curves. */
static double tolerance(const PixelCase *test) {
  if (test->tolerance > 0)
    return test->tolerance;
  switch (test->recipe.precision / 100) {
    case 0:
    case 1:
      return 1.01 / 255;
    case 2:
      return 1.5 / 65535;
    case 5:
      return 1e-3;
    default:
      return 1e-5;
  }
}

static void test_pixels(const void *data) {
  const PixelCase *test = data;
  Picture picture;
  Expectation expectation;
  g_autofree char *message = NULL;

  picture_make(&test->recipe, &picture);
  expectation_make(&picture, test->arguments, &expectation);
  message = restore(picture.image, picture.layer, test->arguments);
  g_assert_cmpstr(message, ==, NULL);
  expectation_check(&expectation, &picture, tolerance(test));
  expectation_free(&expectation);
  picture_free(&picture);
}

/* Not even the rounding of double precision to the engine's floats. */
static void test_strength_0(void) {
  static const Recipe recipe = {
    .alpha = TRUE, .precision = GIMP_PRECISION_DOUBLE_NON_LINEAR, .select = select_feathered};
  Picture picture;
  g_autofree char *message = NULL;

  picture_make(&recipe, &picture);
  g_autoptr(GBytes) before = layer_bytes(picture.layer);
  message = restore(picture.image, picture.layer, (const char *[]){SINGLE, "strength", "0", NULL});
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  g_assert_cmpstr(message, ==, NULL);
  g_assert_true(g_bytes_equal(before, after));
  picture_free(&picture);
}

void add_pixel_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/pixels/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_pixels);
  }
  g_test_add_func("/pixels/parameters/strength-0", test_strength_0);
}
