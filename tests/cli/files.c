/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files: formats, depths, grey, profiles, orientation, metadata, and how they are replaced.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static const rect inner = {12, 8, 16, 20};
#define INNER "--region", "12,8,16x20"
#define SINGLE "--model", "tiny-single"

static void assert_loader(const char *path, const char *name) {
  pixels *p = read_pixels(path);
  const char *loader;
  g_assert_cmpint(vips_image_get_string(p->image, VIPS_META_LOADER, &loader), ==, 0);
  g_assert_cmpstr(loader, ==, name);
  pixels_free(p);
}

static const char *string_of(VipsImage *image, const char *name) {
  const char *text = "";
  if (vips_image_get_typeof(image, name) != 0)
    vips_image_get_string(image, name, &text);
  return text;
}

/* Colour pictures in PNG keep depth, alpha and every pixel outside. */
static void test_png(void) {
  for (int bands = 3; bands <= 4; bands++)
    for (int bits = 8; bits <= 16; bits += 8) {
      pixels *source = make_pixels(48, 40, bands, bits);
      const char *input = write_pixels(source, "in.png"), *output = path_of("out.png");
      const outcome *o = run_well("restore", input, output, SINGLE, INNER, NULL);
      g_assert_null(strstr(o->err, "JPEG"));
      pixels *restored = read_pixels(output);
      g_assert_cmpint(restored->bits, ==, bits);
      g_assert_cmpint(differing_outside(source, restored, inner), ==, 0);
      g_assert_cmpint(differing_inside(source, restored, inner), >, 16 * 20);
      pixels_free(source);
      pixels_free(restored);
    }
}

/* TIFF keeps all that PNG does; the file really is one. */
static void test_tiff(void) {
  for (int bands = 1; bands <= 4; bands++)
    for (int bits = 8; bits <= 16; bits += 8) {
      pixels *source = make_pixels(48, 40, bands, bits);
      const char *input = write_pixels(source, "in.tif"), *output = path_of("out.tiff");
      const char *mode = bands < 3 ? "detail" : "full", *png = path_of("out.png");
      run_well("restore", input, output, SINGLE, INNER, "--mode", mode, NULL);
      assert_loader(output, "tiffload");
      pixels *restored = read_pixels(output);
      g_assert_cmpint(restored->bits, ==, bits);
      g_assert_cmpint(differing_outside(source, restored, inner), ==, 0);
      g_assert_cmpint(differing_inside(source, restored, inner), >, 16 * 20 / 2);
      run_well("restore", write_pixels(source, "in.png"), png, SINGLE, INNER, "--mode", mode, NULL);
      g_assert_cmpint(differing_files(output, png), ==, 0);
      pixels_free(source);
      pixels_free(restored);
    }
}

/* WebP is written without loss. */
static void test_webp(void) {
  for (int bands = 3; bands <= 4; bands++) {
    pixels *source = make_pixels(48, 40, bands, 8);
    const char *input = path_of("in.webp"), *output = path_of("out.webp");
    g_assert_cmpint(vips_webpsave(source->image, input, "lossless", TRUE, NULL), ==, 0);
    run_well("restore", input, output, SINGLE, INNER, NULL);
    assert_loader(output, "webpload");
    pixels *restored = read_pixels(output);
    g_assert_cmpint(differing_outside(source, restored, inner), ==, 0);
    g_assert_cmpint(differing_inside(source, restored, inner), >, 16 * 20);
    pixels_free(source);
    pixels_free(restored);
  }
}

static const char *const keep_all[] = {"tif", "webp"};

/* Profile, XMP and EXIF. */
static void test_more_metadata(void) {
  static const double srgb[] = {0.64, 0.33, 0.30, 0.60, 0.15, 0.06}, white[] = {0.3127, 0.3290};
  static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>kept</x:xmpmeta>";
  icc profile = make_rgb_profile(white, srgb, 1.5, false);
  pixels *source = make_pixels(48, 40, 3, 8);
  attach_profile(source, profile);
  vips_image_set_blob_copy(source->image, VIPS_META_XMP_NAME, xmp, sizeof xmp - 1);
  vips_image_set_string(source->image, "exif-ifd0-Artist", "Somebody (Somebody, ASCII, 9, 9)");
  const char *input = write_pixels(source, "described.jpg");
  for (gsize i = 0; i < G_N_ELEMENTS(keep_all); i++) {
    char *name = g_strdup_printf("described.%s", keep_all[i]);
    char *again = g_strdup_printf("again.%s", keep_all[i]);
    const char *output = path_of(name), *second = path_of(again);
    run_well("restore", input, output, SINGLE, INNER, "--no-record", NULL);
    run_well("restore", output, second, SINGLE, INNER, "--no-record", NULL);
    for (int k = 0; k < 2; k++) {
      pixels *restored = read_pixels(k == 0 ? output : second);
      const void *kept;
      size_t size;
      g_assert_cmpint(vips_image_get_blob(restored->image, VIPS_META_ICC_NAME, &kept, &size), ==,
                      0);
      g_assert_cmpmem(kept, size, profile.bytes, profile.size);
      g_assert_cmpint(vips_image_get_blob(restored->image, VIPS_META_XMP_NAME, &kept, &size), ==,
                      0);
      g_assert_cmpmem(kept, size, xmp, sizeof xmp - 1);
      if (i == 1) /* of TIFF, see exif.c */
        assert_contains(string_of(restored->image, "exif-ifd0-Artist"), "Somebody");
      pixels_free(restored);
    }
    g_free(name);
    g_free(again);
  }
  pixels_free(source);
  g_free(profile.bytes);
}

/* What WebP cannot keep is refused by name; depth may be lost by force. */
static void test_webp_refused(void) {
  pixels *deep = make_pixels(48, 40, 3, 16), *grey = make_pixels(48, 40, 1, 8);
  pixels *long_one = make_pixels(16384, 1, 3, 8);
  const char *output = path_of("no.webp"), *deep_path = write_pixels(deep, "deep.png");
  check_failed(run("restore", deep_path, output, SINGLE, NULL), 1,
               "no.webp: WebP holds 8 bits and the picture has 16");
  check_failed(
    run("restore", write_pixels(grey, "grey.png"), output, SINGLE, "--mode", "detail", NULL), 1,
    "no.webp: WebP holds no grey pictures");
  check_failed(run("restore", write_pixels(long_one, "long.png"), output, SINGLE, NULL), 1,
               "no.webp: WebP holds at most 16383 pixels a side and the picture has 16384");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  run_well("restore", deep_path, output, SINGLE, "--strength", "0", "--force", NULL);
  pixels *forced = read_pixels(output);
  g_assert_cmpint(forced->bits, ==, 8);
  for (int i = 0; i < 48 * 40 * 3; i++)
    g_assert_cmpint(ABS(forced->values[i] - deep->values[i] / 257), <=, 1);
  run_well("restore", path_of("grey.png"), output, SINGLE, NULL);
  pixels_free(forced);
  pixels_free(deep);
  pixels_free(grey);
  pixels_free(long_one);
}

/* From JPEG to JPEG: recompressed, which the program says, and close to what PNG holds. */
static void test_jpeg(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(source, "in.jpg");
  const char *output = path_of("out.JPG"), *exact = path_of("exact.png");
  const outcome *o = run_well("restore", input, output, SINGLE, INNER, "--mode", "colour", NULL);
  assert_contains(o->err, "out.JPG: JPEG compresses anew");
  run_well("restore", input, exact, SINGLE, INNER, "--mode", "colour", NULL);
  pixels *decoded = read_pixels(input), *jpeg = read_pixels(output), *png = read_pixels(exact);
  g_assert_cmpstr(vips_image_get_typeof(jpeg->image, "jpeg-multiscan") ? "JPEG" : "", ==, "JPEG");
  g_assert_cmpint(differing_outside(decoded, png, inner), ==, 0);
  double sum = 0;
  for (int i = 0; i < 48 * 40 * 3; i++)
    sum += pow(jpeg->values[i] - png->values[i], 2);
  g_assert_cmpfloat(sqrt(sum / (48 * 40 * 3)), <, 8);
  g_assert_cmpint(differing_inside(decoded, jpeg, inner), >, 16 * 20);
  pixels_free(source);
  pixels_free(decoded);
  pixels_free(jpeg);
  pixels_free(png);
}

static void test_jpeg_force(void) {
  pixels *deep = make_pixels(48, 40, 3, 16), *clear = make_pixels(48, 40, 4, 8);
  const char *deep_path = write_pixels(deep, "deep.png");
  const char *clear_path = write_pixels(clear, "clear.png"), *output = path_of("forced.jpg");
  check_failed(run("restore", deep_path, output, SINGLE, INNER, NULL), 1,
               "forced.jpg: JPEG holds 8 bits and the picture has 16");
  check_failed(run("restore", clear_path, output, SINGLE, INNER, NULL), 1,
               "forced.jpg: JPEG holds no transparency");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));

  run_well("restore", deep_path, output, SINGLE, "--strength", "0", "--force", NULL);
  pixels *forced = read_pixels(output);
  g_assert_cmpint(forced->bits, ==, 8);
  g_assert_cmpint(forced->bands, ==, 3);
  for (int x = 0; x < 48; x++)
    g_assert_cmpint(ABS(value_at(forced, x, 20, 1) - value_at(deep, x, 20, 1) / 257), <=, 16);
  pixels_free(forced);

  run_well("restore", clear_path, output, SINGLE, "--strength", "0", "--reduce", NULL);
  forced = read_pixels(output);
  g_assert_cmpint(forced->bands, ==, 3);
  for (int x = 0; x < 48; x++) {
    double alpha = value_at(clear, x, 20, 3) / 255.0;
    double white = value_at(clear, x, 20, 1) * alpha + 255 * (1 - alpha);
    g_assert_cmpint(abs(value_at(forced, x, 20, 1) - (int)white), <=, 16);
  }
  pixels_free(forced);
  pixels_free(deep);
  pixels_free(clear);
}

/* A grey picture becomes sRGB; in the mode detail it stays grey and gains tone. */
static void test_grey(void) {
  for (int bands = 1; bands <= 2; bands++)
    for (int bits = 8; bits <= 16; bits += 8) {
      pixels *source = make_pixels(48, 40, bands, bits);
      const char *input = write_pixels(source, "in.png"), *output = path_of("out.png");
      run_well("restore", input, output, SINGLE, INNER, NULL);
      pixels *coloured = read_pixels(output);
      g_assert_cmpint(coloured->bands, ==, bands + 2);
      g_assert_cmpint(coloured->bits, ==, bits);
      int differences = 0;
      for (int y = 0; y < 40; y++)
        for (int x = 0; x < 48; x++) {
          bool within = x >= 12 && x < 28 && y >= 8 && y < 28;
          for (int c = 0; c < 3; c++)
            if (within)
              differences += value_at(coloured, x, y, c) != value_at(source, x, y, 0);
            else
              g_assert_cmpint(value_at(coloured, x, y, c), ==, value_at(source, x, y, 0));
          if (bands == 2)
            g_assert_cmpint(value_at(coloured, x, y, 3), ==, value_at(source, x, y, 1));
        }
      g_assert_cmpint(differences, >, 16 * 20);

      run_well("restore", input, output, SINGLE, INNER, "--mode", "detail", NULL);
      pixels *toned = read_pixels(output);
      g_assert_cmpint(toned->bands, ==, bands);
      g_assert_cmpint(toned->bits, ==, bits);
      g_assert_cmpint(differing_outside(source, toned, inner), ==, 0);
      g_assert_cmpint(differing_inside(source, toned, inner), >, 16 * 20 / 2);
      pixels_free(source);
      pixels_free(coloured);
      pixels_free(toned);
    }
}

/* A grey picture's tones in the mode detail are those of the same picture in R'G'B'. */
static void test_grey_tone(void) {
  pixels *grey = make_pixels(48, 40, 1, 16), *rgb = make_pixels(48, 40, 3, 16);
  for (int i = 0; i < 48 * 40; i++)
    for (int c = 0; c < 3; c++)
      rgb->values[3 * i + c] = grey->values[i];
  pixels_update(rgb);
  const char *output = path_of("tone.png"), *other = path_of("tone-rgb.png");
  run_well("restore", write_pixels(grey, "grey.png"), output, SINGLE, "--mode", "detail", NULL);
  run_well("restore", write_pixels(rgb, "rgb.png"), other, SINGLE, "--mode", "detail", NULL);
  pixels *tone = read_pixels(output), *reference = read_pixels(other);
  for (int i = 0; i < 48 * 40; i++)
    for (int c = 0; c < 3; c++)
      g_assert_cmpint(ABS(tone->values[i] - reference->values[3 * i + c]), <=, 8);
  pixels_free(grey);
  pixels_free(rgb);
  pixels_free(tone);
  pixels_free(reference);
}

static void test_grey_profile(void) {
  icc linear = make_grey_profile(1.0);
  pixels *source = make_pixels(48, 40, 1, 16);
  attach_profile(source, linear);
  const char *input = write_pixels(source, "in.png"), *output = path_of("out.png");
  run_well("restore", input, output, SINGLE, INNER, NULL);
  pixels *restored = read_pixels(output);
  g_assert_cmpint(restored->bands, ==, 3);
  for (int x = 0; x < 48; x++) {
    double light = value_at(source, x, 2, 0) / 65535.0; /* well above sRGB's straight piece */
    int expected = (int)lrint((1.055 * pow(light, 1 / 2.4) - 0.055) * 65535);
    for (int c = 0; c < 3; c++)
      g_assert_cmpint(ABS(value_at(restored, x, 2, c) - expected), <=, 128);
  }
  pixels_free(restored);

  run_well("restore", input, output, SINGLE, INNER, "--mode", "detail", NULL);
  restored = read_pixels(output);
  g_assert_cmpint(differing_outside(source, restored, inner), ==, 0);
  g_assert_cmpint(differing_inside(source, restored, inner), >, 16 * 20 / 2);
  const void *kept;
  size_t size;
  g_assert_cmpint(vips_image_get_blob(restored->image, VIPS_META_ICC_NAME, &kept, &size), ==, 0);
  g_assert_cmpmem(kept, size, linear.bytes, linear.size);
  pixels_free(restored);
  pixels_free(source);
  g_free(linear.bytes);
}

static const double d65[] = {0.3127, 0.3290}, d50[] = {0.3457, 0.3585};

/* A colour space with one gamma, and its matrix to sRGB's linear light, from the primaries alone
 * (with Bradford's adaptation where the white differs). */
typedef struct colour_space {
  const double *white;
  double primaries[6], gamma, matrix[3][3];
} colour_space;

static const colour_space adobe = {
  d65,
  {0.64, 0.33, 0.21, 0.71, 0.15, 0.06},
  2.19921875,
  {{1.398356, -0.398356, 0}, {0, 1, 0}, {0, -0.042929, 1.042929}},
};
static const colour_space prophoto = {
  d50,
  {0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001},
  1.8,
  {{2.034368, -0.727634, -0.306733},
   {-0.228827, 1.231753, -0.002927},
   {-0.008558, -0.153268, 1.161827}},
};

/* The same picture in sRGB, by the book; what lies outside sRGB is clamped. */
static pixels *to_srgb(const pixels *source, const colour_space *space) {
  pixels *srgb = make_pixels(source->width, source->height, 3, 16);
  for (int i = 0; i < source->width * source->height; i++)
    for (int c = 0; c < 3; c++) {
      double light = 0;
      for (int k = 0; k < 3; k++)
        light += space->matrix[c][k] * pow(source->values[3 * i + k] / 65535.0, space->gamma);
      double value = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055;
      srgb->values[3 * i + c] = (guint16)lrint(CLAMP(value, 0, 1) * 65535);
    }
  pixels_update(srgb);
  return srgb;
}

/* A picture with a profile and the same picture in sRGB are restored to the same colours. */
static void compare_with_srgb(const colour_space *space) {
  icc profile = make_rgb_profile(space->white, space->primaries, space->gamma, false);
  pixels *source = make_pixels(48, 40, 3, 16), *srgb = to_srgb(source, space);
  attach_profile(source, profile);
  const char *input = write_pixels(source, "profile.png"), *output = path_of("profile-out.png");
  const char *plain = path_of("plain-out.png");
  run_well("restore", input, output, SINGLE, INNER, NULL);
  run_well("restore", write_pixels(srgb, "plain.png"), plain, SINGLE, INNER, NULL);

  pixels *restored = read_pixels(output), *reference = read_pixels(plain);
  g_assert_cmpint(differing_outside(source, restored, inner), ==, 0);
  const void *kept;
  size_t size;
  g_assert_cmpint(vips_image_get_blob(restored->image, VIPS_META_ICC_NAME, &kept, &size), ==, 0);
  g_assert_cmpmem(kept, size, profile.bytes, profile.size);
  pixels *seen = to_srgb(restored, space);
  int worst = 0, moved = 0;
  for (int y = 8; y < 28; y++)
    for (int x = 12; x < 28; x++)
      for (int c = 0; c < 3; c++) {
        worst = MAX(worst, ABS(value_at(seen, x, y, c) - value_at(reference, x, y, c)));
        moved = MAX(moved, ABS(value_at(restored, x, y, c) - value_at(reference, x, y, c)));
      }
  g_assert_cmpint(worst, <=, 257); /* one step of 8 bits */
  g_assert_cmpint(moved, >, 20 * 257);

  run_well("restore", input, output, SINGLE, "--strength", "0", NULL);
  g_assert_cmpint(differing_files(input, output), ==, 0);
  pixels_free(source);
  pixels_free(srgb);
  pixels_free(restored);
  pixels_free(reference);
  pixels_free(seen);
  g_free(profile.bytes);
}

static void test_adobe(void) {
  compare_with_srgb(&adobe);
}

static void test_prophoto(void) {
  compare_with_srgb(&prophoto);
}

/* A mask whose file ends too early selects nothing: not the half that is there either; nor does a
 * black one. */
static void test_torn_mask(void) {
  pixels *source = make_pixels(300, 200, 3, 8);
  const char *input = write_pixels(source, "in.png"), *output = path_of("torn-out.png");
  for (int bands = 1; bands <= 3; bands += 2) {
    pixels *p = make_pixels(300, 200, bands, 8);
    const char *mask = write_pixels(p, "torn-mask.png");
    GStatBuf status;
    g_assert_cmpint(g_stat(mask, &status), ==, 0);
    g_assert_cmpint(truncate(mask, status.st_size / 2), ==, 0);
    check_failed(run("restore", input, output, SINGLE, "--mask", mask, NULL), 1, "mask");
    check_failed(run("restore", input, output, SINGLE, "--mask", mask, "--size", "30x20", NULL), 1,
                 "mask");
    g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
    pixels_free(p);
  }
  pixels *black = make_pixels(300, 200, 1, 8);
  memset(black->values, 0, sizeof *black->values * 300 * 200);
  pixels_update(black);
  check_failed(
    run("restore", input, output, SINGLE, "--mask", write_pixels(black, "black.png"), NULL), 1,
    "Nothing is selected");
  pixels_free(black);
  pixels_free(source);
}

/* Colours of a space that nobody knows the way to. */
static void test_wayless_profile(void) {
  static const double srgb[] = {0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
  icc profile = make_rgb_profile(d65, srgb, 2.2, false);
  pixels *source = make_pixels(48, 40, 3, 8);
  char *curve = memmem(profile.bytes, profile.size, "rTRC", 4);
  const char *output = path_of("wayless-out.png");
  g_assert_nonnull(curve);
  curve[0] = 'x';
  attach_profile(source, profile);
  check_failed(run("restore", write_pixels(source, "wayless.png"), output, SINGLE, NULL), 1,
               "says no way to other colours");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  g_free(profile.bytes);
  pixels_free(source);
}

/* In a linear space, coverage interpolates the stored values themselves. */
static void test_linear_profile(void) {
  static const double srgb[] = {0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
  icc linear = make_rgb_profile(d65, srgb, 1.0, false);
  pixels *source = make_pixels(48, 40, 3, 16), *mask = make_pixels(48, 40, 1, 8);
  for (int i = 0; i < 48 * 40; i++)
    mask->values[i] = 51; /* a fifth */
  pixels_update(mask);
  attach_profile(source, linear);
  const char *input = write_pixels(source, "in.png"), *output = path_of("fifth.png");
  const char *full = path_of("full.png");
  run_well("restore", input, full, SINGLE, NULL);
  run_well("restore", input, output, SINGLE, "--mask", write_pixels(mask, "mask.png"), NULL);
  pixels *whole = read_pixels(full), *fifth = read_pixels(output);
  for (int i = 0; i < 48 * 40 * 3; i++) {
    double expected = source->values[i] + 0.2 * (whole->values[i] - source->values[i]);
    g_assert_cmpfloat(fabs(expected - fifth->values[i]), <=, 1.5);
  }
  g_assert_cmpint(differing(source, fifth), >, 48 * 40);
  pixels_free(source);
  pixels_free(mask);
  pixels_free(whole);
  pixels_free(fifth);
  g_free(linear.bytes);
}

/* A profile's sampled curves have no exact inverse: what is not covered must never go through
 * them, neither masked nor transparent pixels. */
static void test_sampled_profile(void) {
  icc sampled = make_rgb_profile(adobe.white, adobe.primaries, adobe.gamma, true);
  pixels *source = make_pixels(48, 40, 4, 16), *mask = make_pixels(48, 40, 1, 8);
  for (int i = 0; i < 48 * 40; i++) {
    mask->values[i] = i % 3 == 0 ? 0 : 128;
    if (i % 5 == 0)
      source->values[4 * i + 3] = 0;
  }
  pixels_update(mask);
  pixels_update(source);
  attach_profile(source, sampled);
  const char *output = path_of("out.png");
  run_well("restore", write_pixels(source, "in.png"), output, SINGLE, "--mask",
           write_pixels(mask, "mask.png"), "--window", "picture", NULL);
  pixels *restored = read_pixels(output);
  int changed = 0;
  for (int i = 0; i < 48 * 40; i++)
    for (int c = 0; c < 4; c++)
      if (i % 3 == 0 || i % 5 == 0 || c == 3)
        g_assert_cmpint(restored->values[4 * i + c], ==, source->values[4 * i + c]);
      else
        changed += restored->values[4 * i + c] != source->values[4 * i + c];
  g_assert_cmpint(changed, >, 48 * 40);
  pixels_free(source);
  pixels_free(mask);
  pixels_free(restored);
  g_free(sampled.bytes);
}

/* A profile for another kind of picture is not used. */
static void test_foreign_profile(void) {
  icc grey = make_grey_profile(1.0);
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *output = path_of("foreign.png");
  attach_profile(source, grey);
  run_well("restore", write_pixels(source, "in.jpg"), output, SINGLE, INNER, NULL);
  pixels *restored = read_pixels(output);
  g_assert_cmpint(restored->bands, ==, 3);
  g_assert_cmpint(differing_inside(source, restored, inner), >, 16 * 20);
  pixels_free(restored);
  pixels_free(source);
  g_free(grey.bytes);
}

/* Orientation 6 is turned upright first: regions are as displayed, and the tag is gone. */
static void test_orientation(void) {
  pixels *source = make_pixels(40, 48, 3, 8);
  vips_image_set_int(source->image, VIPS_META_ORIENTATION, 6);
  const char *input = write_pixels(source, "turned.jpg"), *output = path_of("upright.png");
  pixels *stored = read_pixels(input);
  g_assert_cmpint(vips_image_get_orientation(stored->image), ==, 6);
  VipsImage *turned;
  g_assert_cmpint(vips_autorot(stored->image, &turned, NULL), ==, 0);
  pixels *upright = pixels_of(turned);
  g_object_unref(turned);
  g_assert_cmpint(upright->width, ==, 48);

  run_well("restore", input, output, SINGLE, INNER, NULL);
  pixels *restored = read_pixels(output);
  g_assert_cmpint(differing_outside(upright, restored, inner), ==, 0);
  g_assert_cmpint(differing_inside(upright, restored, inner), >, 16 * 20);
  g_assert_cmpint(vips_image_get_orientation(restored->image), ==, 1);
  pixels_free(restored);

  const char *jpeg = path_of("upright.jpg");
  run_well("restore", input, jpeg, SINGLE, INNER, NULL);
  restored = read_pixels(jpeg);
  g_assert_cmpint(restored->width, ==, 48);
  g_assert_cmpint(vips_image_get_orientation(restored->image), ==, 1);
  pixels_free(source);
  pixels_free(stored);
  pixels_free(upright);
  pixels_free(restored);
}

static bool has_thumbnail(const pixels *p) {
  return vips_image_get_typeof(p->image, "jpeg-thumbnail-data") != 0;
}

/* A thumbnail in the file shows the picture as it was: it is dropped. */
static void test_thumbnail(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  void *bytes;
  size_t size;
  g_assert_cmpint(vips_jpegsave_buffer(source->image, &bytes, &size, NULL), ==, 0);
  vips_image_set_blob_copy(source->image, "jpeg-thumbnail-data", bytes, size);
  const char *input = write_pixels(source, "thumbnail.jpg"), *output = path_of("none.jpg");
  run_well("restore", input, output, SINGLE, INNER, NULL);
  pixels *before = read_pixels(input), *after = read_pixels(output);
  g_assert_true(has_thumbnail(before));
  g_assert_false(has_thumbnail(after));
  pixels_free(source);
  pixels_free(before);
  pixels_free(after);
  g_free(bytes);
}

/* The text of a PNG's comment. libvips numbers them in the file's order, where XMP counts or not
 * as its version has it. */
static const char *png_comment(VipsImage *image, const char *key) {
  for (int number = 0; number < 3; number++) {
    g_autofree char *name = g_strdup_printf("png-comment-%d-%s", number, key);

    if (vips_image_get_typeof(image, name) != 0)
      return string_of(image, name);
  }
  return "";
}

/* EXIF, XMP, resolution and comments live on. */
static void test_metadata(void) {
  static const char xmp[] = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">kept</x:xmpmeta>";
  static const char *const suffixes[] = {"png", "jpg"};
  for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    pixels *source = make_pixels(48, 40, 3, 8);
    VipsImage *described;
    g_assert_cmpint(vips_copy(source->image, &described, "xres", 11.811, "yres", 11.811, NULL), ==,
                    0);
    vips_image_set_string(described, "exif-ifd0-Artist", "Somebody (Somebody, ASCII, 9, 9)");
    vips_image_set_blob_copy(described, VIPS_META_XMP_NAME, xmp, sizeof xmp - 1);
    vips_image_set_string(described, "png-comment-0-Title", "A title");
    pixels *with = pixels_of(described);
    g_object_unref(described);
    char *name = g_strdup_printf("described.%s", suffixes[i]);
    char *output_name = g_strdup_printf("described-out.%s", suffixes[i]);
    const char *input = write_pixels(with, name), *output = path_of(output_name);
    run_well("restore", input, output, SINGLE, INNER, "--no-record", NULL);
    pixels *restored = read_pixels(output);
    assert_contains(string_of(restored->image, "exif-ifd0-Artist"), "Somebody");
    const void *kept;
    size_t size;
    g_assert_cmpint(vips_image_get_blob(restored->image, VIPS_META_XMP_NAME, &kept, &size), ==, 0);
    g_assert_cmpmem(kept, size, xmp, sizeof xmp - 1);
    g_assert_cmpfloat(fabs(restored->image->Xres - 11.811), <, 0.01);
    if (i == 0)
      g_assert_cmpstr(png_comment(restored->image, "Title"), ==, "A title");
    g_free(name);
    g_free(output_name);
    pixels_free(source);
    pixels_free(with);
    pixels_free(restored);
  }
}

/* IN and OUT may be one file; a link stays a link, and the file's permissions stay. */
static void test_in_place(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(source, "in.png"), *output = path_of("out.png");
  const char *same = write_pixels(source, "same.png"), *link_path = path_of("link.png");
  run_well("restore", input, output, SINGLE, INNER, NULL);
  g_assert_cmpint(g_chmod(same, 0664), ==, 0);
  g_assert_cmpint(symlink("same.png", link_path), ==, 0);
  run_well("restore", link_path, link_path, SINGLE, INNER, NULL);
  g_assert_true(g_file_test(link_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint(differing_files(output, same), ==, 0);
  GStatBuf status;
  g_assert_cmpint(g_stat(same, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 07777, ==, 0664);
  pixels_free(source);
}

/* Names are names, whatever is in them. */
static void test_odd_names(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  char *bytes;
  gsize size;
  const char *input = path_of("a photo [1,page=2] é.png"), *output = path_of("out [x=1].png");
  g_assert_true(g_file_get_contents(write_pixels(source, "in.png"), &bytes, &size, NULL));
  g_assert_true(g_file_set_contents(input, bytes, (gssize)size, NULL));
  run_well("restore", input, output, SINGLE, INNER, NULL);
  g_assert_true(g_file_test(output, G_FILE_TEST_IS_REGULAR));
  /* What a file is decides how it is read, not its name; relative paths work. */
  g_assert_true(g_file_set_contents(path_of("misnamed.jpg"), bytes, (gssize)size, NULL));
  run_well("restore", "misnamed.jpg", "relative.png", SINGLE, INNER, NULL);
  g_assert_true(g_file_test(path_of("relative.png"), G_FILE_TEST_IS_REGULAR));
  g_free(bytes);
  pixels_free(source);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/files/png", test_png);
  g_test_add_func("/files/tiff", test_tiff);
  g_test_add_func("/files/webp", test_webp);
  g_test_add_func("/files/webp-refused", test_webp_refused);
  g_test_add_func("/files/more-metadata", test_more_metadata);
  g_test_add_func("/files/jpeg", test_jpeg);
  g_test_add_func("/files/jpeg-force", test_jpeg_force);
  g_test_add_func("/files/grey", test_grey);
  g_test_add_func("/files/grey-tone", test_grey_tone);
  g_test_add_func("/files/grey-profile", test_grey_profile);
  g_test_add_func("/files/adobe-rgb", test_adobe);
  g_test_add_func("/files/prophoto", test_prophoto);
  g_test_add_func("/files/linear-profile", test_linear_profile);
  g_test_add_func("/files/sampled-profile", test_sampled_profile);
  g_test_add_func("/files/foreign-profile", test_foreign_profile);
  g_test_add_func("/files/orientation", test_orientation);
  g_test_add_func("/files/metadata", test_metadata);
  g_test_add_func("/files/thumbnail", test_thumbnail);
  g_test_add_func("/files/in-place", test_in_place);
  g_test_add_func("/files/odd-names", test_odd_names);
  g_test_add_func("/files/torn-mask", test_torn_mask);
  g_test_add_func("/files/wayless-profile", test_wayless_profile);
  return harness_run();
}
