/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region at a size of its own.
 */
#include <string.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

static const char *write_picture(const char *name, int bands, int bits) {
  pixels *p = make_pixels(48, 40, bands, bits);
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

/* Samples that lie on the centres of pixels, of a size `across` and `down` times the region's. */
static void check_centres(const pixels *sized, const pixels *whole, rect box, int across, int down,
                          int largest) {
  g_assert_cmpint(sized->width, ==, box.width * across);
  g_assert_cmpint(sized->height, ==, box.height * down);
  g_assert_cmpint(sized->bands, ==, whole->bands);
  g_assert_cmpint(sized->bits, ==, whole->bits);
  for (int y = 0; y < box.height; y++)
    for (int x = 0; x < box.width; x++)
      for (int c = 0; c < whole->bands; c++)
        g_assert_cmpint(ABS(value_at(sized, x * across + across / 2, y * down + down / 2, c) -
                            value_at(whole, box.x + x, box.y + y, c)),
                        <=, largest);
}

/* Single-pass points depend on their place alone: odd factors meet the pixels' centres. */
static void test_places(void) {
  static const char *const modes[] = {"full", "colour", "detail"};
  const rect box = {12, 8, 16, 20};
  for (int bands = 3; bands <= 4; bands++)
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
      const char *input = write_picture("in.png", bands, 16), *output = path_of("sized.png");
      const char *whole = path_of("whole.png");
      run_well("restore", input, whole, SINGLE, "--region", "12,8,16x20", "--mode", modes[i], NULL);
      const outcome *o = run_well("restore", input, output, SINGLE, "--region", "12,8,16x20",
                                  "--mode", modes[i], "--size", "48x100", NULL);
      g_assert_nonnull(strstr(o->err, "restored 4800 points"));
      pixels *sized = read_pixels(output), *restored = read_pixels(whole);
      check_centres(sized, restored, box, 3, 5, bands == 4 ? 70 : 3);
      pixels_free(sized);
      pixels_free(restored);
    }
}

/* Restored between the pixels, not enlarged afterwards. */
static void test_between(void) {
  const char *input = write_picture("in.png", 3, 8), *output = path_of("sized.png");
  const char *enlarged = path_of("enlarged.png");
  run_well("restore", input, output, SINGLE, "--region", "12,8,16x20", "--size", "160x200", NULL);
  run_well("restore", input, enlarged, SINGLE, "--region", "12,8,16x20", "--size", "160x200",
           "--strength", "0", NULL);
  g_assert_cmpint(differing_files(output, enlarged), >, 160 * 200);
}

/* At the region's own size in the picture's corner, all is as without a size, noise included. */
static void test_same_size(gconstpointer model) {
  const char *input = write_picture("in.png", 3, 8), *output = path_of("sized.png");
  const char *whole = path_of("whole.png");
  const rect box = {0, 0, 16, 20};
  run_well("restore", input, whole, "--model", model, "--start", "20", "--region", "0,0,16x20",
           NULL);
  run_well("restore", input, output, "--model", model, "--start", "20", "--region", "0,0,16x20",
           "--size", "16x20", NULL);
  pixels *sized = read_pixels(output), *restored = read_pixels(whole);
  check_centres(sized, restored, box, 1, 1, 0);
  pixels_free(sized);
  pixels_free(restored);
}

/* Smaller than the region, pixels are averaged; one axis may shrink while the other grows. */
static void test_smaller(void) {
  pixels *p = make_pixels(48, 40, 3, 8);
  for (int i = 0; i < 48 * 40 * 3; i++)
    p->values[i] = i / 3 % 2 == 0 ? 60 : 180; /* columns */
  pixels_update(p);
  const char *output = path_of("sized.png");
  run_well("restore", write_pixels(p, "in.png"), output, SINGLE, "--strength", "0", "--size",
           "7x90", NULL);
  pixels *sized = read_pixels(output);
  g_assert_cmpint(sized->width, ==, 7);
  g_assert_cmpint(sized->height, ==, 90);
  for (int x = 1; x < 6; x++)
    g_assert_cmpint(ABS(value_at(sized, x, 45, 1) - 120), <, 12);
  pixels_free(sized);
  pixels_free(p);
}

/* Where the mask is black, the enlarged picture stays as it was. */
static void test_mask(void) {
  pixels *mask = make_pixels(48, 40, 1, 8);
  for (int i = 0; i < 48 * 40; i++)
    mask->values[i] = i % 48 < 24 ? 255 : 0;
  pixels_update(mask);
  const char *input = write_picture("in.png", 1, 8), *selection = write_pixels(mask, "mask.png");
  const char *output = path_of("sized.png"), *plain = path_of("plain.png");
  run_well("restore", input, output, SINGLE, "--mask", selection, "--size", "96x80", NULL);
  run_well("restore", input, plain, SINGLE, "--strength", "0", "--size", "96x80", NULL);
  pixels *sized = read_pixels(output), *enlarged = read_pixels(plain);
  g_assert_cmpint(differing_inside(sized, enlarged, (rect){52, 0, 44, 80}), ==, 0);
  g_assert_cmpint(differing_inside(sized, enlarged, (rect){0, 0, 44, 80}), >, 44 * 80);
  pixels_free(sized);
  pixels_free(enlarged);
  pixels_free(mask);
}

static void test_refused(void) {
  static const char *const wrong[] = {
    "", "12", "12x", "x12", "0x5", "5x-5", "9x9 ", "99999999x1", "1000000x1000000"};
  pixels *mask = make_pixels(48, 40, 1, 8);
  for (int i = 0; i < 48 * 40; i++)
    mask->values[i] = i % 48 < 9 || i % 48 > 30 ? 255 : 0;
  pixels_update(mask);
  const char *input = write_picture("in.png", 3, 8), *output = path_of("refused.png");
  const char *selection = write_pixels(mask, "mask.png");
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
    check_failed(run("restore", input, output, SINGLE, "--size", wrong[i], NULL), 2,
                 "must be WxH in pixels");
  check_failed(run("restore", input, output, SINGLE, "--mask", selection, "--size", "9x9", NULL), 1,
               "--size restores one area and 2 are selected");
  check_failed(run("restore", input, output, SINGLE, "--region", "9,9,9x9", "--hide-region",
                   "--size", "9x9", NULL),
               1, "--match off");
  check_failed(run("restore", input, path_of("wide.webp"), SINGLE, "--size", "20000x2", NULL), 1,
               "at most 16383 pixels a side");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  run_well("restore", input, output, SINGLE, "--mask", selection, "--size", "9x9", "--window",
           "picture", NULL);
  run_well("restore", input, output, SINGLE, "--region", "9,9,9x9", "--hide-region", "--match",
           "off", "--size", "9x9", NULL);
  pixels_free(mask);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/sized/places", test_places);
  g_test_add_func("/sized/between", test_between);
  g_test_add_data_func("/sized/same-size", "tiny-diffusion", test_same_size);
  g_test_add_data_func("/sized/same-size/pixel", "tiny-pixel", test_same_size);
  g_test_add_func("/sized/smaller", test_smaller);
  g_test_add_func("/sized/mask", test_mask);
  g_test_add_func("/sized/refused", test_refused);
  return harness_run();
}
