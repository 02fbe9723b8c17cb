/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kinds of pictures: depths, palettes, floats, pages, animations, other colours, other formats;
 * each is restored, or refused by name.
 */
#include <math.h>
#include <string.h>

#include "harness.h"

static const rect inner = {12, 8, 16, 20};
#define INNER "--region", "12,8,16x20"
#define SINGLE "--model", "tiny-single"

/* What is stored is what the program keeps outside the region, in so many channels and bits. */
typedef struct kind {
  const char *name;
  int bands, bits; /* of the result */
  int (*save)(VipsImage *image, const char *path);
  int source_bands;
} kind;

static int save_palette(VipsImage *image, const char *path) {
  return vips_pngsave(image, path, "palette", TRUE, NULL);
}

static int save_two_bits(VipsImage *image, const char *path) {
  return vips_pngsave(image, path, "bitdepth", 2, NULL);
}

static int save_interlaced(VipsImage *image, const char *path) {
  return vips_pngsave(image, path, "interlace", TRUE, NULL);
}

static int save_one_bit(VipsImage *image, const char *path) {
  return vips_tiffsave(image, path, "bitdepth", 1, NULL);
}

static int save_tiles(VipsImage *image, const char *path) {
  return vips_tiffsave(image, path, "tile", TRUE, "tile-width", 16, "tile-height", 16, NULL);
}

static int save_big_tiff(VipsImage *image, const char *path) {
  return vips_tiffsave(image, path, "bigtiff", TRUE, NULL);
}

static int save_tiff_of_jpeg(VipsImage *image, const char *path) {
  return vips_tiffsave(image, path, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_JPEG, NULL);
}

static int save_progressive(VipsImage *image, const char *path) {
  return vips_jpegsave(image, path, "interlace", TRUE, NULL);
}

static int save_lossy_webp(VipsImage *image, const char *path) {
  return vips_webpsave(image, path, NULL);
}

static const kind handled[] = {
  {"palette.png", 3, 8, save_palette, 3},       {"palette-alpha.png", 4, 8, save_palette, 4},
  {"two-bits.png", 3, 8, save_two_bits, 1},     {"interlaced.png", 3, 8, save_interlaced, 3},
  {"grey-alpha.png", 4, 8, save_interlaced, 2}, {"one-bit.tif", 3, 8, save_one_bit, 1},
  {"tiles.tif", 3, 8, save_tiles, 3},           {"big.tif", 3, 8, save_big_tiff, 3},
  {"jpeg.tif", 3, 8, save_tiff_of_jpeg, 3},     {"progressive.jpg", 3, 8, save_progressive, 3},
  {"grey.jpg", 3, 8, save_progressive, 1},      {"lossy.webp", 3, 8, save_lossy_webp, 3},
};

static void test_handled(gconstpointer data) {
  const kind *k = data;
  pixels *source = make_pixels(48, 40, k->source_bands, 8);
  const char *input = path_of(k->name), *output = path_of("out.png");
  g_assert_cmpint(k->save(source->image, input), ==, 0);
  run_well("restore", input, output, SINGLE, INNER, NULL);
  pixels *stored = read_pixels(input), *restored = read_pixels(output);
  g_assert_cmpint(restored->bands, ==, k->bands);
  g_assert_cmpint(restored->bits, ==, k->bits);
  g_assert_cmpint(vips_image_get_typeof(restored->image, VIPS_META_PALETTE), ==, 0);
  int inside = 0;
  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 48; x++)
      for (int c = 0; c < restored->bands; c++) {
        int from = stored->bands == restored->bands ? c : c < 3 ? 0 : 1;
        bool within = x >= 12 && x < 28 && y >= 8 && y < 28;
        if (within)
          inside += value_at(restored, x, y, c) != value_at(stored, x, y, from);
        else
          g_assert_cmpint(value_at(restored, x, y, c), ==, value_at(stored, x, y, from));
      }
  g_assert_cmpint(inside, >, 16 * 20);
  pixels_free(source);
  pixels_free(stored);
  pixels_free(restored);
}

/* Alpha that is multiplied in is taken out. */
static void test_premultiplied(void) {
  pixels *clear = make_pixels(48, 40, 4, 8);
  const char *input = path_of("multiplied.tif"), *output = path_of("multiplied-out.tif");
  g_assert_cmpint(vips_tiffsave(clear->image, input, "premultiply", TRUE, NULL), ==, 0);
  run_well("restore", input, output, SINGLE, "--strength", "0", NULL);
  pixels *after = read_pixels(output);
  g_assert_cmpint(largest_difference(clear, after), <=, 2);
  pixels_free(after);
  pixels_free(clear);
}

static VipsImage *converted(VipsImage *image, VipsInterpretation to) {
  VipsImage *result;
  if (vips_colourspace(image, &result, to, NULL) != 0)
    g_error("%s", vips_error_buffer());
  return result;
}

static VipsImage *cast(VipsImage *image, VipsBandFormat to) {
  VipsImage *result;
  if (vips_cast(image, &result, to, NULL) != 0)
    g_error("%s", vips_error_buffer());
  return result;
}

/* Two pictures in one file. */
static VipsImage *pages(VipsImage *image) {
  VipsImage *result;
  g_assert_cmpint(vips_copy(image, &result, NULL), ==, 0);
  vips_image_set_int(result, VIPS_META_PAGE_HEIGHT, 20);
  return result;
}

static void check_refused(VipsImage *image, const char *name, const char *reason) {
  const char *input = path_of(name), *output = path_of("refused.png");
  if (vips_image_write_to_file(image, input, NULL) != 0)
    g_error("%s: %s", name, vips_error_buffer());
  g_object_unref(image);
  char *message = g_strdup_printf("%s: %s", name, reason);
  check_failed(run("restore", input, output, SINGLE, NULL), 1, message);
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  g_free(message);
}

static void test_refused(void) {
  static const char several[] = "holds several pictures; take one out first";
  static const char depth[] =
    "has integers of 32 bits a channel, neither 8 or 16 bits nor 32-bit floats";
  pixels *source = make_pixels(48, 40, 3, 8);
  VipsImage *image = source->image, *five;
  VipsImage *more[] = {image, image};
  g_assert_cmpint(vips_bandjoin(more, &five, 2, NULL), ==, 0);
  check_refused(pages(image), "pages.tif", several);
  check_refused(pages(image), "moving.webp", several);
  check_refused(pages(image), "moving.gif", "is a GIF file, which is not read");
  check_refused(converted(image, VIPS_INTERPRETATION_CMYK), "cmyk.tif",
                "is a CMYK picture; convert it to RGB first");
  check_refused(converted(image, VIPS_INTERPRETATION_CMYK), "cmyk.jpg",
                "is a CMYK picture; convert it to RGB first");
  check_refused(converted(image, VIPS_INTERPRETATION_LAB), "lab.tif", "is neither grey nor RGB");
  check_refused(five, "channels.tif", "is neither grey nor RGB");
  check_refused(cast(image, VIPS_FORMAT_UINT), "whole.tif", depth);
  check_refused(cast(image, VIPS_FORMAT_DOUBLE), "double.tif", ""); /* by libvips */
  check_refused(g_object_ref(image), "still.gif", "is a GIF file, which is not read");
  check_refused(g_object_ref(image), "netpbm.ppm", "is a PPM file, which is not read");
  check_failed(run("restore",
                   write_text("drawing.svg",
                              "<svg xmlns='http://www.w3.org/2000/svg' "
                              "width='9' height='9'/>"),
                   path_of("refused.png"), SINGLE, NULL),
               1, "drawing.svg: is a SVG file");
  pixels_free(source);
}

/* libvips shows an animated PNG's first picture as if it were the only one. */
static void test_animated_png(void) {
  static const guint8 control[8] = {0, 0, 0, 2, 0, 0, 0, 0};
  enum { HEAD = 8 + 4 + 4 + 13 + 4 }; /* signature and IHDR */
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *output = path_of("refused.png"), *input = path_of("moving.png");
  char *bytes;
  gsize size;
  g_assert_true(g_file_get_contents(write_pixels(source, "in.png"), &bytes, &size, NULL));
  GByteArray *png = g_byte_array_new();
  g_byte_array_append(png, (guint8 *)bytes, HEAD);
  append_chunk(png, "acTL", control, sizeof control);
  g_byte_array_append(png, (guint8 *)bytes + HEAD, (guint)(size - HEAD));
  g_assert_true(g_file_set_contents(input, (char *)png->data, png->len, NULL));
  check_failed(run("restore", input, output, SINGLE, NULL), 1,
               "moving.png: holds several pictures; take one out first");
  /* The same name in the pixels' own data means nothing. */
  g_byte_array_set_size(png, 0);
  g_byte_array_append(png, (guint8 *)bytes, HEAD);
  append_chunk(png, "tEXt", (const guint8 *)"Title\0acTL", 10);
  g_byte_array_append(png, (guint8 *)bytes + HEAD, (guint)(size - HEAD));
  g_assert_true(g_file_set_contents(input, (char *)png->data, png->len, NULL));
  run_well("restore", input, output, SINGLE, INNER, NULL);
  g_byte_array_unref(png);
  g_free(bytes);
  pixels_free(source);
}

/* ---- floats ---- */

/* (height, width, bands), which is the caller's to free. */
static float *float_values(const pixels *p) {
  gsize count = (gsize)p->width * p->height * p->bands;
  float *values = g_new(float, count);
  for (gsize i = 0; i < count; i++)
    values[i] = p->values[i] / 65535.0f;
  return values;
}

static const char *write_floats(const float *values, int bands, const char *name) {
  const char *path = path_of(name);
  VipsImage *image = vips_image_new_from_memory_copy(values, sizeof(float) * 48 * 40 * (gsize)bands,
                                                     48, 40, bands, VIPS_FORMAT_FLOAT);
  VipsImage *typed;
  g_assert_cmpint(vips_copy(image, &typed, "interpretation",
                            bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_scRGB, NULL),
                  ==, 0);
  g_assert_cmpint(vips_tiffsave(typed, path, NULL), ==, 0);
  g_object_unref(image);
  g_object_unref(typed);
  return path;
}

static void put(GByteArray *bytes, guint32 value, int size) {
  for (int i = 0; i < size; i++, value >>= 8)
    g_byte_array_append(bytes, &(guint8){value & 0xff}, 1);
}

/* RGB in values of so many bits and of a kind (1: whole, 2: signed, 3: floats, 6: complex), given by
 * their bytes: (40, 48, 3). */
static const char *write_values(const void *values, guint32 bits, guint32 format,
                                const char *name) {
  enum { TRIPLES = 8 + 2 + 10 * 12 + 4, PIXELS = TRIPLES + 12 };
  const guint32 size = 48 * 40 * 3 * bits / 8;
  /* tag, type (3: 2 bytes, 4: 4), count, value or place */
  const guint32 tags[10][4] = {
    {256, 3, 1, 48},   {257, 3, 1, 40},          {258, 3, 3, TRIPLES}, {259, 3, 1, 1},
    {262, 3, 1, 2},    {273, 4, 1, PIXELS},      {277, 3, 1, 3},       {278, 3, 1, 40},
    {279, 4, 1, size}, {339, 3, 3, TRIPLES + 6},
  };
  GByteArray *bytes = g_byte_array_new();
  g_byte_array_append(bytes, (const guint8 *)"II*", 4);
  put(bytes, 8, 4);
  put(bytes, 10, 2);
  for (int i = 0; i < 10; i++) {
    put(bytes, tags[i][0], 2);
    put(bytes, tags[i][1], 2);
    put(bytes, tags[i][2], 4);
    put(bytes, tags[i][3], 4);
  }
  put(bytes, 0, 4);
  for (int i = 0; i < 6; i++)
    put(bytes, i < 3 ? bits : format, 2);
  g_byte_array_append(bytes, values, size);
  const char *path = path_of(name);
  g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
  g_byte_array_unref(bytes);
  return path;
}

static float *read_floats(const char *path, int bands) {
  VipsImage *image = vips_image_new_from_file(path, NULL);
  gsize size;
  g_assert_nonnull(image);
  g_assert_cmpint(image->BandFmt, ==, VIPS_FORMAT_FLOAT);
  g_assert_cmpint(image->Bands, ==, bands);
  float *values = vips_image_write_to_memory(image, &size);
  g_assert_cmpuint(size, ==, sizeof(float) * 48 * 40 * (gsize)bands);
  g_object_unref(image);
  return values;
}

static bool is_inside(int i) {
  int x = i % 48, y = i / 48;
  return x >= inner.x && x < inner.x + inner.width && y >= inner.y && y < inner.y + inner.height;
}

/* Outside the region all bits stay, also of what is no colour; inside is what 16 bits give. */
static void test_floats(void) {
  static const float odd[] = {-0.5f, 7.25f, INFINITY, -INFINITY, NAN, 1e-42f, -0.0f};
  for (int bands = 3; bands <= 4; bands++) {
    pixels *source = make_pixels(48, 40, bands, 16);
    float *values = float_values(source);
    for (int i = 0; i < (int)G_N_ELEMENTS(odd); i++) /* beyond the window */
      values[(i + 1) * bands] = odd[i];
    const char *input = write_floats(values, bands, "in.tif"), *output = path_of("out.tif");
    const char *deep = path_of("deep.png");
    run_well("restore", input, output, SINGLE, INNER, NULL);
    run_well("restore", write_pixels(source, "in.png"), deep, SINGLE, INNER, NULL);
    float *restored = read_floats(output, bands);
    pixels *expected = read_pixels(deep);
    for (int i = 0; i < 48 * 40; i++)
      if (is_inside(i))
        for (int c = 0; c < bands; c++)
          g_assert_cmpfloat(
            fabsf(restored[i * bands + c] - expected->values[i * bands + c] / 65535.0f), <, 1e-5);
      else
        g_assert_cmpmem(restored + i * bands, sizeof(float) * (gsize)bands, values + i * bands,
                        sizeof(float) * (gsize)bands);
    g_free(values);
    g_free(restored);
    pixels_free(source);
    pixels_free(expected);
  }
}

/* IEEE 754's binary16. */
static float half_value(guint16 half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  double value = exponent == 31  ? fraction == 0 ? INFINITY : NAN
                 : exponent == 0 ? ldexp(fraction, -24)
                                 : ldexp(1024 + fraction, exponent - 25);
  return (float)(half >> 15 ? -value : value);
}

/* They become floats of 32 bits, which is said; outside of the region of the same value. */
static void test_halves(void) {
  guint16 halves[48 * 40 * 3];
  for (int i = 0; i < 48 * 40 * 3; i++)
    halves[i] = (guint16)(0x3000 + 37 * i % 0x0c00); /* 1/8…1 */
  static const guint16 odd[] = {0xb800, 0x4740, 0x7c00, 0xfc00, 0x0001, 0x8000, 0x7bff};
  memcpy(halves + 3, odd, sizeof odd); /* beyond the window */
  const char *input = write_values(halves, 16, 3, "half.tif"), *output = path_of("half-out.tif");
  const outcome *o = run_well("restore", input, output, SINGLE, INNER, NULL);
  assert_contains(o->err, "half-out.tif: half floats are written as floats of 32 bits");
  float *restored = read_floats(output, 3);
  int changed = 0;
  for (int i = 0; i < 48 * 40; i++)
    for (int c = 0; c < 3; c++) {
      float before = half_value(halves[3 * i + c]);
      if (is_inside(i))
        changed += restored[3 * i + c] != before;
      else
        g_assert_cmpmem(&restored[3 * i + c], sizeof before, &before, sizeof before);
    }
  g_assert_cmpint(changed, >, inner.width * inner.height);
  g_free(restored);
  o = run_well("restore", output, path_of("again.tif"), SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "half floats"));
  check_failed(run("restore", input, path_of("half.png"), SINGLE, NULL), 1,
               "half.png: PNG holds no floats");
}

/* Strength works on the picture's own values, and those beyond white are values too. */
static void test_bright_floats(void) {
  pixels *source = make_pixels(48, 40, 3, 16);
  float *values = float_values(source);
  for (int i = 0; i < 48 * 40 * 3; i++)
    values[i] *= 4;
  const char *input = write_floats(values, 3, "bright.tif"), *output = path_of("bright-out.tif");
  run_well("restore", input, output, SINGLE, "--strength", "0", NULL);
  float *same = read_floats(output, 3);
  g_assert_cmpmem(same, sizeof(float) * 48 * 40 * 3, values, sizeof(float) * 48 * 40 * 3);
  run_well("restore", input, output, SINGLE, NULL);
  float *whole = read_floats(output, 3);
  run_well("restore", input, output, SINGLE, "--strength", "0.5", NULL);
  float *half = read_floats(output, 3);
  for (int i = 0; i < 48 * 40 * 3; i++) {
    g_assert_cmpfloat(whole[i], <=, 1);
    g_assert_cmpfloat(fabsf(half[i] - (whole[i] + values[i]) / 2), <, 1e-5);
  }
  g_free(values);
  g_free(same);
  g_free(whole);
  g_free(half);
  pixels_free(source);
}

/* Tones alone, in grey and in three channels. */
static void test_grey_floats(void) {
  pixels *source = make_pixels(48, 40, 2, 16);
  float *values = float_values(source);
  const char *input = write_floats(values, 2, "grey.tif"), *output = path_of("grey-out.tif");
  run_well("restore", input, output, SINGLE, INNER, NULL);
  float *coloured = read_floats(output, 4);
  run_well("restore", input, output, SINGLE, INNER, "--mode", "detail", NULL);
  float *toned = read_floats(output, 2);
  int differences = 0;
  for (int i = 0; i < 48 * 40; i++)
    if (is_inside(i)) {
      differences += coloured[4 * i] != values[2 * i];
    } else {
      for (int c = 0; c < 4; c++)
        g_assert_cmpfloat(coloured[4 * i + c], ==, values[2 * i + (c == 3)]);
      g_assert_cmpmem(toned + 2 * i, 2 * sizeof(float), values + 2 * i, 2 * sizeof(float));
    }
  g_assert_cmpint(differences, >, 16 * 20 / 2);
  g_free(values);
  g_free(coloured);
  g_free(toned);
  pixels_free(source);
}

static void test_floats_refused(void) {
  pixels *source = make_pixels(48, 40, 3, 16), *grey = make_pixels(48, 40, 1, 16);
  float *values = float_values(source), *tones = float_values(grey);
  const char *input = write_floats(values, 3, "in.tif"), *output = path_of("forced.png");
  check_failed(run("restore", input, output, SINGLE, NULL), 1,
               "forced.png: PNG holds no floats and the picture has them; write TIFF");
  check_failed(run("restore", input, path_of("forced.jpg"), SINGLE, NULL), 1,
               "forced.jpg: JPEG holds no floats");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  run_well("restore", input, output, SINGLE, "--strength", "0", "--force", NULL);
  pixels *forced = read_pixels(output);
  g_assert_cmpint(forced->bits, ==, 16);
  g_assert_cmpint(differing(forced, source), ==, 0);
  run_well("restore", input, path_of("forced.jpg"), SINGLE, "--strength", "0", "--force", NULL);
  pixels *small = read_pixels(path_of("forced.jpg"));
  for (int x = 0; x < 48; x++)
    g_assert_cmpint(ABS(value_at(small, x, 20, 1) - value_at(source, x, 20, 1) / 257), <=, 16);
  g_free(values);
  g_free(tones);
  pixels_free(source);
  pixels_free(grey);
  pixels_free(forced);
  pixels_free(small);
}

/* What is not read is named as what it is. */
static void test_named(void) {
  static const struct {
    guint32 bits, kind;
    const char *name, *reason;
  } kinds[] = {
    {64, 3, "double.tif", "is a TIFF file of 64-bit floats a channel, which is not read: "},
    {32, 2, "signed.tif", "has signed integers of 32 bits a channel, neither 8 or 16 bits nor"},
    {16, 2, "short.tif", "has signed integers of 16 bits a channel, neither 8 or 16 bits nor"},
    {24, 1, "odd.tif", "is a TIFF file of 24-bit unsigned integers a channel, which is not read: "},
    {64, 6, "complex.tif",
     "is a TIFF file of 64-bit complex floats a channel, which is not read: "},
  };
  g_autofree guint8 *values = g_malloc0(48 * 40 * 3 * 8);
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *message = g_strdup_printf("%s: %s", kinds[i].name, kinds[i].reason);
    check_failed(run("restore", write_values(values, kinds[i].bits, kinds[i].kind, kinds[i].name),
                     path_of("named.png"), SINGLE, NULL),
                 1, message);
  }
}

/* ---- HEIF ---- */

/* To PNG, upright as libheif shows it, with profile and EXIF; not written. */
static void test_heif(gconstpointer data) {
  const char *name = data, *output = path_of("from-heif.png");
  char *input = g_build_filename(data_path("../pictures"), name, NULL);
  g_assert_true(g_file_test(input, G_FILE_TEST_EXISTS));
  VipsImage *image = vips_image_new_from_file(input, NULL);
  if (!image) {
    g_test_skip("this libvips does not read it");
    vips_error_clear();
    g_free(input);
    return;
  }
  pixels *stored = pixels_of(image), *restored;
  run_well("restore", input, output, SINGLE, INNER, NULL);
  restored = read_pixels(output);
  g_assert_cmpint(restored->bits, ==, g_str_has_prefix(name, "deep") ? 16 : 8);
  g_assert_cmpint(differing_outside(stored, restored, inner), ==, 0);
  g_assert_cmpint(differing_inside(stored, restored, inner), >, 16 * 20);
  g_assert_cmpint(vips_image_get_orientation(restored->image), ==, 1);
  g_assert_cmpint(vips_image_get_typeof(restored->image, VIPS_META_ICC_NAME) != 0, ==,
                  vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0);
  if (g_str_has_prefix(name, "small")) {
    const char *artist = "";
    vips_image_get_string(restored->image, "exif-ifd0-Artist", &artist);
    g_assert_true(g_str_has_prefix(artist, "Somebody"));
  }
  check_failed(run("restore", input, path_of("written.heic"), SINGLE, NULL), 2,
               "written.heic: must end in .png, .jpg, .tif or .webp");
  g_object_unref(image);
  g_free(input);
  pixels_free(stored);
  pixels_free(restored);
}

/* Of two pictures of other sizes the one that the file calls its primary, not its first. */
static void test_heif_primary(void) {
  const char *input = data_path("../pictures/second.heic"), *output = path_of("primary.png");
  g_autoptr(VipsImage) first = vips_image_new_from_file(input, "page", 0, NULL);
  if (!first) {
    g_test_skip("this libvips does not read it");
    vips_error_clear();
    return;
  }
  run_well("restore", input, output, SINGLE, INNER, NULL);
  pixels *restored = read_pixels(output);
  g_autoptr(VipsImage) primary = vips_image_new_from_file(input, "page", 1, NULL);
  pixels *stored = pixels_of(primary);
  g_assert_cmpint(first->Xsize, ==, 64);
  g_assert_cmpint(restored->width, ==, 48);
  g_assert_cmpint(differing_outside(stored, restored, inner), ==, 0);
  pixels_free(stored);
  pixels_free(restored);
}

int main(int argc, char **argv) {
  static const char *const pictures[] = {"small.heic", "deep.heic", "small.avif"};
  harness_begin(&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS(handled); i++) {
    char *path = g_strdup_printf("/kinds/handled/%s", handled[i].name);
    g_test_add_data_func(path, &handled[i], test_handled);
    g_free(path);
  }
  g_test_add_func("/kinds/premultiplied", test_premultiplied);
  g_test_add_func("/kinds/refused", test_refused);
  g_test_add_func("/kinds/animated-png", test_animated_png);
  g_test_add_func("/kinds/floats", test_floats);
  g_test_add_func("/kinds/halves", test_halves);
  g_test_add_func("/kinds/floats-bright", test_bright_floats);
  g_test_add_func("/kinds/floats-grey", test_grey_floats);
  g_test_add_func("/kinds/floats-refused", test_floats_refused);
  g_test_add_func("/kinds/named", test_named);
  for (gsize i = 0; i < G_N_ELEMENTS(pictures); i++) {
    char *path = g_strdup_printf("/kinds/heif/%s", pictures[i]);
    g_test_add_data_func(path, pictures[i], test_heif);
    g_free(path);
  }
  g_test_add_func("/kinds/heif-primary", test_heif_primary);
  return harness_run();
}
