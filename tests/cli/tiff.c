/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TIFF files as libtiff writes them: several directories, colours stored times alpha.
 */
#include <math.h>
#include <string.h>
#include <tiffio.h>

#include "harness.h"

enum { WIDTH = 48, HEIGHT = 40 };

static const rect inner = {12, 8, 16, 20};
#define INNER "--region", "12,8,16x20"
#define SINGLE "--model", "tiny-single"

static void set_size(TIFF *tiff, int width, int height, int samples, int bits, int colours) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, colours);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, height);
}

/* ---- directories ---- */

/* A directory of that NewSubfileType: a mask of one bit, or the picture's first rows and columns. */
static void add_directory(TIFF *tiff, const pixels *p, guint32 kind, int width, int height) {
  guint8 row[3 * WIDTH];
  const bool mask = (kind & FILETYPE_MASK) != 0;
  set_size(tiff, width, height, mask ? 1 : 3, mask ? 1 : 8,
           mask ? PHOTOMETRIC_MASK : PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, kind);
  memset(row, 0x5a, sizeof row);
  for (int y = 0; y < height; y++) {
    for (int i = 0; i < 3 * width && !mask; i++)
      row[i] = (guint8)p->values[y * WIDTH * 3 + i];
    g_assert_cmpint(TIFFWriteScanline(tiff, row, (uint32_t)y, 0), ==, 1);
  }
  g_assert_cmpint(TIFFWriteDirectory(tiff), ==, 1);
}

static void test_directories(void) {
  enum { PICTURE = 0, REDUCED = FILETYPE_REDUCEDIMAGE, PAGE = FILETYPE_PAGE, MASK = FILETYPE_MASK };
  static const char left_out[] =
    "the mask of the picture's transparency, a page of its own, is left "
    "out";
  static const char several[] = "holds several pictures; take one out first";
  static const struct {
    guint32 kinds[4];
    int count;
    bool good, told;
  } files[] = {
    {{PICTURE, REDUCED, REDUCED}, 3, true, false},
    {{REDUCED, PICTURE}, 2, true, false},
    {{PAGE, REDUCED | PAGE}, 2, true, false},
    {{PICTURE, MASK}, 2, true, true},
    {{PICTURE, MASK, REDUCED, REDUCED | MASK}, 4, true, true},
    {{PICTURE, PICTURE}, 2, false, false},
    {{PAGE, PAGE}, 2, false, false},
    {{PAGE, PAGE, MASK, REDUCED}, 4, false, false},
  };
  pixels *p = make_pixels(WIDTH, HEIGHT, 3, 8);
  const char *input = path_of("directories.tif"), *output = path_of("directories-out.png");
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    TIFF *tiff = TIFFOpen(input, i % 2 == 0 ? "wl" : "wb8"); /* in either order of bytes */
    for (int k = 0; k < files[i].count; k++) {
      const bool small = (files[i].kinds[k] & REDUCED) != 0;
      add_directory(tiff, p, files[i].kinds[k], small ? WIDTH / 2 : WIDTH,
                    small ? HEIGHT / 2 : HEIGHT);
    }
    TIFFClose(tiff);
    const outcome *o = run("restore", input, output, SINGLE, INNER, NULL);
    if (!files[i].good) {
      check_failed(o, 1, several);
      continue;
    }
    check_done(o, G_STRLOC);
    g_assert_cmpint(strstr(o->err, left_out) != NULL, ==, files[i].told);
    pixels *after = read_pixels(output);
    g_assert_cmpint(differing_outside(p, after, inner), ==, 0);
    g_assert_cmpint(differing_inside(p, after, inner), >, 16 * 20);
    pixels_free(after);
  }
  pixels_free(p);
}

/* ---- colours times alpha ---- */

/* Numbers below `limit`, the same at every run. */
static guint32 some(guint32 *state, guint32 limit) {
  *state = *state * 1664525 + 1013904223;
  return (guint32)(((guint64)*state * limit) >> 32);
}

/* Alpha of all sizes, the largest above all: there the quotient of two colours that are next to each
 * other is near to whole numbers. */
static void make_multiplied(int bands, guint16 *values) {
  guint32 state = 1;
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const guint32 lowest = i % 2 == 0 ? 65000 : i % 5 == 0 ? 0 : 1;
    const guint32 alpha = lowest + some(&state, 65536 - lowest);
    for (int c = 0; c < bands - 1; c++)
      values[i * bands + c] = (guint16)some(&state, alpha + 1);
    values[i * bands + bands - 1] = (guint16)alpha;
  }
}

static const char *write_multiplied(int bands, int bits, const void *values, const char *mode) {
  const char *path = path_of("multiplied.tif");
  const guint16 kind = EXTRASAMPLE_ASSOCALPHA;
  const gsize row = (gsize)WIDTH * bands * bits / 8;
  g_autofree guint8 *copy = g_malloc(row); /* libtiff turns the bytes in place */
  TIFF *tiff = TIFFOpen(path, mode);
  set_size(tiff, WIDTH, HEIGHT, bands, bits, bands < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, bits == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
  TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &kind);
  for (int y = 0; y < HEIGHT; y++) {
    memcpy(copy, (const guint8 *)values + row * (gsize)y, row);
    g_assert_cmpint(TIFFWriteScanline(tiff, copy, (uint32_t)y, 0), ==, 1);
  }
  TIFFClose(tiff);
  return path;
}

static bool is_inside(int i) {
  const int x = i % WIDTH, y = i / WIDTH;
  return x >= inner.x && x < inner.x + inner.width && y >= inner.y && y < inner.y + inner.height;
}

/* What libtiff finds in the file that is written, which says that its colours are no products. */
static void read_plain(const char *path, int bands, int bits, void *values) {
  guint16 count = 0, *kinds = NULL;
  TIFF *tiff = TIFFOpen(path, "r");
  g_assert_cmpint(TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds), ==, 1);
  g_assert_cmpint(kinds[0], ==, EXTRASAMPLE_UNASSALPHA);
  for (int y = 0; y < HEIGHT; y++)
    g_assert_cmpint(TIFFReadScanline(tiff, (guint8 *)values + (gsize)y * WIDTH * bands * bits / 8,
                                     (uint32_t)y, 0),
                    ==, 1);
  TIFFClose(tiff);
}

/* Outside, colours times alpha are what the file had; alpha is so everywhere. */
static void test_multiplied(void) {
  static const char *const modes[] = {"wl", "wb"};
  for (int bands = 2; bands <= 4; bands += 2)
    for (gsize m = 0; m < G_N_ELEMENTS(modes); m++) {
      guint16 before[WIDTH * HEIGHT * 4], after[WIDTH * HEIGHT * 4];
      const char *output = path_of("plain.tif");
      make_multiplied(bands, before);
      run_well("restore", write_multiplied(bands, 16, before, modes[m]), output, SINGLE, INNER,
               "--mode", bands < 3 ? "detail" : "colour", NULL);
      read_plain(output, bands, 16, after);
      for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const guint16 alpha = before[i * bands + bands - 1];
        g_assert_cmpint(after[i * bands + bands - 1], ==, alpha);
        for (int c = 0; c < bands - 1 && !is_inside(i); c++)
          g_assert_cmpint(lrint(after[i * bands + c] * (alpha / 65535.0)), ==,
                          before[i * bands + c]);
      }
    }
}

static void test_multiplied_floats(void) {
  guint16 numbers[WIDTH * HEIGHT * 4];
  float before[WIDTH * HEIGHT * 4], after[WIDTH * HEIGHT * 4];
  const char *output = path_of("plain-floats.tif");
  make_multiplied(4, numbers);
  for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
    before[i] = (float)numbers[i] / 65535;
  run_well("restore", write_multiplied(4, 32, before, "wl"), output, SINGLE, INNER, NULL);
  read_plain(output, 4, 32, after);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    g_assert_cmpfloat(after[4 * i + 3], ==, before[4 * i + 3]);
    for (int c = 0; c < 3 && !is_inside(i); c++)
      g_assert_cmpfloat(fabsf(after[4 * i + c] * before[4 * i + 3] - before[4 * i + c]), <, 1e-6f);
  }
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/tiff/directories", test_directories);
  g_test_add_func("/tiff/multiplied", test_multiplied);
  g_test_add_func("/tiff/multiplied-floats", test_multiplied_floats);
  return harness_run();
}
