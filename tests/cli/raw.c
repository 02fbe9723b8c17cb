/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A camera's raw file: developed where libvips has something that does it, and never taken for the
 * TIFF that most such files are outwardly.
 */
#include <string.h>
#include <tiffio.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

enum { WIDTH = 128, HEIGHT = 96 };

/* A DNG file of one colour filter array, of a sensor that sees light. */
static const char *write_dng(const char *name) {
  static const float matrix[9] = {3.2405f, -1.5371f, -0.4985f, -0.9693f, 1.8760f,
                                  0.0416f, 0.0556f,  -0.2040f, 1.0572f};
  static const float neutral[3] = {1, 1, 1};
  static const uint16_t repeat[2] = {2, 2};
  static const uint8_t version[4] = {1, 4, 0, 0}, pattern[4] = {0, 1, 1, 2};
  const uint32_t white = 65535;
  const char *path = path_of(name);
  TIFF *tiff = TIFFOpen(path, "wl");
  g_assert_nonnull(tiff);
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, 0);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_CFA);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, HEIGHT);
  TIFFSetField(tiff, TIFFTAG_MAKE, "Nobody");
  TIFFSetField(tiff, TIFFTAG_MODEL, "Nothing");
  TIFFSetField(tiff, TIFFTAG_CFAREPEATPATTERNDIM, repeat);
  TIFFSetField(tiff, TIFFTAG_CFAPATTERN, 4, pattern);
  TIFFSetField(tiff, TIFFTAG_DNGVERSION, version);
  TIFFSetField(tiff, TIFFTAG_UNIQUECAMERAMODEL, "Nobody's Nothing");
  TIFFSetField(tiff, TIFFTAG_COLORMATRIX1, 9, matrix);
  TIFFSetField(tiff, TIFFTAG_ASSHOTNEUTRAL, 3, neutral);
  TIFFSetField(tiff, TIFFTAG_CALIBRATIONILLUMINANT1, 21);
  TIFFSetField(tiff, TIFFTAG_WHITELEVEL, 1, &white);
  for (int y = 0; y < HEIGHT; y++) {
    uint16_t row[WIDTH];
    for (int x = 0; x < WIDTH; x++)
      row[x] = (uint16_t)(9000 + 200 * x + 100 * y);
    g_assert_cmpint(TIFFWriteScanline(tiff, row, (uint32_t)y, 0), ==, 1);
  }
  TIFFClose(tiff);
  return path;
}

static bool is_there(const char *operation) {
  return vips_type_find("VipsOperation", operation) != 0;
}

static void test_developed(void) {
  const char *input = write_dng("photo.DNG"), *output = path_of("out.png");
  if (!is_there("dcrawload") && !is_there("magickload")) {
    check_failed(run("restore", input, output, SINGLE, NULL), 1,
                 "photo.DNG: is a camera's raw file, which this libvips does not read");
    g_test_skip("this libvips reads no camera's files");
    return;
  }
  const rect inner = {12, 8, 16, 20};
  const char *plain = path_of("plain.png");
  const outcome *o = run("restore", input, plain, SINGLE, "--strength", "0", NULL);
  if (o->status != 0) { /* ImageMagick is built with or without */
    assert_contains(o->err, "photo.DNG: ");
    g_test_skip(o->err);
    return;
  }
  run_well("restore", input, output, SINGLE, "--region", "12,8,16x20", NULL);
  pixels *before = read_pixels(plain), *after = read_pixels(output);
  g_assert_cmpint(before->bands, ==, 3);
  g_assert_cmpint(before->width, >, WIDTH / 2); /* and not a thumbnail */
  g_assert_cmpint(value_at(before, before->width - 9, 20, 1), >, value_at(before, 8, 20, 1));
  g_assert_cmpint(differing_outside(before, after, inner), ==, 0);
  g_assert_cmpint(differing_inside(before, after, inner), >, 16 * 20);
  check_failed(run("restore", input, path_of("out.dng"), SINGLE, NULL), 2, "must end in .png");
  pixels_free(before);
  pixels_free(after);
}

/* By another name it would be taken for TIFF, of which it shows a preview at best. */
static void test_misnamed(void) {
  const char *output = path_of("refused.png");
  check_failed(run("restore", write_dng("photo.tif"), output, SINGLE, NULL), 1,
               "photo.tif: is a camera's raw file (DNG); its name must end in .dng");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/raw/developed", test_developed);
  g_test_add_func("/raw/misnamed", test_misnamed);
  return harness_run();
}
