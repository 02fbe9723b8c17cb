/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In place, to the bit: the same in every session, whichever conversions GIMP itself has chosen.
 */
#include "cases.h"
#include "harness.h"

#define SINGLE "model", "tiny-single"

typedef struct BitCase {
  const char *name;
  Recipe recipe;
} BitCase;

#define FEATHERED .alpha = TRUE, .select = select_feathered

static const BitCase cases[] = {
  {"u8", {FEATHERED}},
  {"u8-linear", {FEATHERED, .precision = GIMP_PRECISION_U8_LINEAR}},
  {"u16", {FEATHERED, .precision = GIMP_PRECISION_U16_NON_LINEAR}},
  {"u16-wide", {FEATHERED, .precision = GIMP_PRECISION_U16_PERCEPTUAL, .profile = wide_profile}},
  {"u32-linear", {FEATHERED, .precision = GIMP_PRECISION_U32_LINEAR}},
  {"half", {FEATHERED, .precision = GIMP_PRECISION_HALF_NON_LINEAR}},
  {"float", {FEATHERED, .precision = GIMP_PRECISION_FLOAT_NON_LINEAR}},
  {"float-linear-wide",
   {FEATHERED, .precision = GIMP_PRECISION_FLOAT_LINEAR, .profile = wide_profile}},
  {"double", {FEATHERED, .precision = GIMP_PRECISION_DOUBLE_PERCEPTUAL}},
  {"grey-u16", {FEATHERED, .grey = TRUE, .precision = GIMP_PRECISION_U16_PERCEPTUAL}},
  {"no-selection", {.precision = GIMP_PRECISION_FLOAT_NON_LINEAR}},
};

/* A box of the layer, its bytes and coverage. */
typedef struct Patch {
  int x, y, width, height;
  guint8 *restored; /* of a new layer: what GIMP has not blended */
  float *coverage;
} Patch;

static void make_patch(const Recipe *recipe, Patch *patch) {
  Picture picture;
  g_autofree char *message = NULL;

  picture_make(recipe, &picture);
  message = restore(picture.image, picture.layer,
                    (const char *const[]){SINGLE, "output", "new-layer", NULL});
  g_assert_cmpstr(message, ==, NULL);

  g_autofree GimpLayer **layers = gimp_image_get_layers(picture.image);
  GimpDrawable *added = GIMP_DRAWABLE(layers[0]);
  g_assert_true(gimp_drawable_get_offsets(added, &patch->x, &patch->y));
  patch->width = gimp_drawable_get_width(added);
  patch->height = gimp_drawable_get_height(added);
  patch->restored = g_bytes_unref_to_data(layer_bytes(added), &(gsize){0});

  const gsize count = (gsize)patch->width * patch->height;
  patch->coverage = g_new(float, count);
  for (gsize i = 0; i < count; i++)
    patch->coverage[i] = 1;
  if (!gimp_selection_is_empty(picture.image)) {
    g_autoptr(GeglBuffer) selection =
      gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(picture.image)));
    g_autofree float *values = g_new(float, 2 * count);

    gegl_buffer_get(selection, GEGL_RECTANGLE(patch->x, patch->y, patch->width, patch->height), 1.0,
                    babl_format("YA float"), values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    for (gsize i = 0; i < count; i++)
      patch->coverage[i] = values[2 * i];
  }
  picture_free(&picture);
}

/* One pixel of the layer as it has to become. */
static void mix(const Babl *native, gboolean grey, float coverage, const guint8 *restored,
                guint8 *pixel) {
  const Babl *linear =
    babl_format_with_space(grey ? "YA double" : "RGBA double", babl_format_get_space(native));
  const int values = grey ? 2 : 4;
  double from[4], to[4];

  babl_process(babl_fish(native, linear), pixel, from, 1);
  babl_process(babl_fish(native, linear), restored, to, 1);
  for (int c = 0; c < values - 1; c++)
    to[c] = from[c] + coverage * (to[c] - from[c]);
  babl_process(babl_fish(linear, native), to, pixel, 1);
}

static void test_bits(const void *data) {
  const Recipe *recipe = &((const BitCase *)data)->recipe;
  Patch patch;
  Picture picture;
  g_autofree char *message = NULL;
  gsize mixed = 0, different = 0;

  make_patch(recipe, &patch);
  picture_make(recipe, &picture);
  const Babl *native = gimp_drawable_get_format(picture.layer);
  const gsize bytes = (gsize)babl_format_get_bytes_per_pixel(native);
  const gsize alpha = recipe->alpha ? bytes / babl_format_get_n_components(native) : 0;
  const gsize colour = bytes - alpha;
  /* A new layer has an alpha where the layer has none. */
  const gsize step = recipe->alpha ? bytes : recipe->grey ? 2 * bytes : bytes / 3 * 4;
  gsize size;
  g_autofree guint8 *expected = g_bytes_unref_to_data(layer_bytes(picture.layer), &size);

  for (int y = 0; y < patch.height; y++)
    for (int x = 0; x < patch.width; x++) {
      const gsize from = (gsize)y * patch.width + x;
      guint8 *pixel = expected + ((gsize)(patch.y + y) * picture.width + patch.x + x) * bytes;
      guint8 restored[4 * sizeof(double)], is[4 * sizeof(double)];
      static const guint8 clear[sizeof(double)];

      if (patch.coverage[from] == 0 || (alpha > 0 && memcmp(pixel + colour, clear, alpha) == 0))
        continue;
      memcpy(restored, patch.restored + from * step, colour);
      memcpy(restored + colour, pixel + colour, alpha);
      memcpy(is, restored, bytes);
      if (patch.coverage[from] < 1 && memcmp(restored, pixel, bytes) != 0) {
        memcpy(is, pixel, bytes);
        mix(native, recipe->grey, patch.coverage[from], restored, is);
        mixed++;
      }
      memcpy(pixel, is, colour);
    }

  message = restore(picture.image, picture.layer, (const char *const[]){SINGLE, NULL});
  g_assert_cmpstr(message, ==, NULL);
  g_autoptr(GBytes) after = layer_bytes(picture.layer);
  const guint8 *pixels = g_bytes_get_data(after, NULL);
  for (gsize i = 0; i < size; i += bytes)
    different += memcmp(pixels + i, expected + i, bytes) != 0;
  g_test_message("%zu pixels mixed, %zu different", (size_t)mixed, (size_t)different);
  g_assert_cmpuint(different, ==, 0);
  if (recipe->select)
    g_assert_cmpuint(mixed, >, 100);
  g_free(patch.restored);
  g_free(patch.coverage);
  picture_free(&picture);
}

void add_in_place_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/in-place/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_bits);
  }
}
