/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures and masks that EXIF turns (orientations 2 to 8), in every format: worked on and written
 * as every viewer shows them.
 */
#include <string.h>

#include "harness.h"

enum { WIDTH = 48, HEIGHT = 40 }; /* as displayed */

static const rect inner = {12, 8, 16, 20};
#define INNER "--region", "12,8,16x20"
#define SINGLE "--model", "tiny-single"

/* Where a pixel that is displayed at (x, y) is stored, as EXIF has it (CIPA DC-008, Orientation). */
static void place_of(int orientation, int x, int y, int *column, int *row) {
  const bool lies = orientation >= 5;
  const int width = lies ? HEIGHT : WIDTH, height = lies ? WIDTH : HEIGHT;
  const bool from_right =
    orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_below =
    orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  *column = lies ? y : x;
  *row = lies ? x : y;
  if (from_right)
    *column = width - 1 - *column;
  if (from_below)
    *row = height - 1 - *row;
}

/* What is stored so that it shows `shown`. */
static pixels *turned(const pixels *shown, int orientation) {
  const bool lies = orientation >= 5;
  pixels *stored = make_pixels(lies ? HEIGHT : WIDTH, lies ? WIDTH : HEIGHT, shown->bands, 8);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int column, row;
      place_of(orientation, x, y, &column, &row);
      memcpy(stored->values + (gsize)(row * stored->width + column) * shown->bands,
             shown->values + (gsize)(y * WIDTH + x) * shown->bands,
             sizeof *shown->values * (gsize)shown->bands);
    }
  pixels_update(stored);
  vips_image_set_int(stored->image, VIPS_META_ORIENTATION, orientation);
  return stored;
}

/* What a file's own pixels show. */
static pixels *shown_by(const char *path, int orientation) {
  pixels *stored = read_pixels(path), *shown = make_pixels(WIDTH, HEIGHT, stored->bands, 8);
  g_assert_cmpint(vips_image_get_orientation(stored->image), ==, orientation);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < stored->bands; c++) {
        int column, row;
        place_of(orientation, x, y, &column, &row);
        shown->values[(y * WIDTH + x) * stored->bands + c] =
          (guint16)value_at(stored, column, row, c);
      }
  pixels_free(stored);
  return shown;
}

static void test_pictures(gconstpointer ending) {
  static const char *const outputs[] = {"png", "tif"};
  for (int orientation = 2; orientation <= 8; orientation++) {
    pixels *plain = make_pixels(WIDTH, HEIGHT, 3, 8), *stored = turned(plain, orientation);
    g_autofree char *name = g_strdup_printf("turned.%s", (const char *)ending);
    const char *input = write_pixels(stored, name);
    pixels *before = shown_by(input, orientation);
    for (gsize i = 0; i < G_N_ELEMENTS(outputs); i++) {
      g_autofree char *output_name = g_strdup_printf("upright.%s", outputs[i]);
      const char *output = path_of(output_name);
      run_well("restore", input, output, SINGLE, INNER, NULL);
      pixels *after = read_pixels(output);
      g_assert_cmpint(vips_image_get_orientation(after->image), ==, 1);
      g_assert_cmpint(differing_outside(before, after, inner), ==, 0);
      g_assert_cmpint(differing_inside(before, after, inner), >, 16 * 20);
      pixels_free(after);
    }
    pixels_free(plain);
    pixels_free(stored);
    pixels_free(before);
  }
}

/* A mask selects what it shows, not what it stores. */
static void test_masks(gconstpointer ending) {
  pixels *picture = make_pixels(WIDTH, HEIGHT, 3, 8), *mask = make_pixels(WIDTH, HEIGHT, 1, 8);
  const char *input = write_pixels(picture, "picture.png");
  const char *output = path_of("masked.png"), *expected = path_of("expected.png");
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      mask->values[y * WIDTH + x] = x < 16 && y < 8 ? 255 : 0;
  pixels_update(mask);
  run_well("restore", input, expected, SINGLE, "--region", "0,0,16x8", NULL);
  for (int orientation = 2; orientation <= 8; orientation++) {
    pixels *stored = turned(mask, orientation);
    g_autofree char *name = g_strdup_printf("mask.%s", (const char *)ending);
    run_well("restore", input, output, SINGLE, "--mask", write_pixels(stored, name), NULL);
    g_assert_cmpint(differing_files(output, expected), ==, 0);
    pixels_free(stored);
  }
  pixels_free(picture);
  pixels_free(mask);
}

int main(int argc, char **argv) {
  static const char *const endings[] = {"png", "jpg", "tif", "webp"};
  harness_begin(&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *path = g_strdup_printf("/turned/pictures/%s", endings[i]);
    g_test_add_data_func(path, endings[i], test_pictures);
  }
  g_test_add_data_func("/turned/masks/png", "png", test_masks);
  g_test_add_data_func("/turned/masks/tif", "tif", test_masks);
  return harness_run();
}
