/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files as people have them: the pictures of tests/data/files, and more of their kinds, with what is
 * right of each. What describes a picture is read by exiv2, which is not what writes it here.
 */
#include <fcntl.h>
#include <gexiv2/gexiv2.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#include "harness.h"

static const rect inner = {30, 30, 40, 45};
#define INNER "--region", "30,30,40x45"
#define SINGLE "--model", "tiny-single"
#define CASE(name) data_path("../files/" name)

/* ---- what a file says ---- */

/* "" where it says nothing; the text is kept until the end of the test. */
static const char *said(const char *path, const char *tag) {
  GError *error = NULL;
  GExiv2Metadata *m = gexiv2_metadata_new();
  if (!gexiv2_metadata_open_path(m, path, &error))
    g_error("%s: %s", path, error->message);
  char *text = strcmp(tag, "comment") == 0 ? gexiv2_metadata_try_get_comment(m, NULL)
                                           : gexiv2_metadata_try_get_tag_string(m, tag, NULL);
  g_object_unref(m);
  g_test_queue_free(text);
  return text == NULL ? "" : text;
}

static void assert_said(const char *path, const char *tag, const char *text) {
  if (strcmp(said(path, tag), text) != 0)
    g_error("%s: %s is “%s” and not “%s”", path, tag, said(path, tag), text);
}

static const char *restored(const char *input, const char *name) {
  const char *output = path_of(name);
  run_well("restore", input, output, SINGLE, INNER, NULL);
  return output;
}

/* Where the picture was restored it differs from what the file held, and nowhere else. */
static void check_inside(const char *before, const char *after) {
  pixels *a = read_pixels(before), *b = read_pixels(after);
  g_assert_cmpint(differing_outside(a, b, inner), ==, 0);
  g_assert_cmpint(differing_inside(a, b, inner), >, inner.width * inner.height);
  pixels_free(a);
  pixels_free(b);
}

/* ---- metadata ---- */

static const char *const exif_tags[][2] = {
  {"Exif.Image.Make", "Epson"},
  {"Exif.Image.Artist", "Jürgen Muster"},
  {"Exif.Image.Rating", "4"},
  {"Exif.Image.DocumentName", "box 7 leaf 3"},
  {"Exif.Image.XPTitle", "84 0 105 0 116 0 101 0 108 0 0 0"},
  {"Exif.Image.XResolution", "600/1"},
  {"Exif.Photo.DateTimeOriginal", "1911:05:03 12:00:00"},
};

static void assert_profile(const char *path, const char *as) {
  pixels *a = read_pixels(path), *b = read_pixels(as);
  const void *one, *other;
  size_t size, other_size;
  g_assert_cmpint(vips_image_get_blob(a->image, VIPS_META_ICC_NAME, &one, &size), ==, 0);
  g_assert_cmpint(vips_image_get_blob(b->image, VIPS_META_ICC_NAME, &other, &other_size), ==, 0);
  g_assert_cmpmem(one, size, other, other_size);
  pixels_free(a);
  pixels_free(b);
}

/* All of it, in whatever format, and once more from there. */
static void test_metadata(void) {
  static const char *const endings[] = {"jpg", "tif", "png", "webp"};
  const char *input = CASE("profile-metadata.jpg");
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(endings); k++) {
      g_autofree char *first_name = g_strconcat("first.", endings[i], NULL);
      g_autofree char *second_name = g_strconcat("second.", endings[k], NULL);
      const char *first = restored(input, first_name), *second = restored(first, second_name);
      assert_profile(second, input);
      for (gsize t = 0; t < G_N_ELEMENTS(exif_tags); t++)
        assert_said(second, exif_tags[t][0], exif_tags[t][1]);
      assert_contains(said(second, "Xmp.dc.title"), "Großmutter");
      if (i < 2 && k < 2) {
        assert_said(second, "Iptc.Application2.Caption", "Großmutter 1911");
        assert_said(second, "Iptc.Application2.Keywords", "Familie");
      }
      if (i == 0 && k == 0)
        assert_said(second, "comment", "from the scanner");
    }
}

/* What cannot be held is said, in a line that names it. */
static void test_lost(void) {
  const char *input = CASE("profile-metadata.jpg"), *text = CASE("text-utf8.png");
  const outcome *o = run_well("restore", input, path_of("lost.png"), SINGLE, INNER, NULL);
  assert_contains(o->err, "PNG does not hold all of the picture's metadata; left out: IPTC\n");
  o = run_well("restore", input, path_of("lost.webp"), SINGLE, INNER, NULL);
  assert_contains(o->err, "left out: IPTC, the comment\n");
  o = run_well("restore", text, path_of("lost.tif"), SINGLE, INNER, NULL);
  assert_contains(o->err, "left out: the text “Title”, the text “Author”\n");
  o = run_well("restore", input, path_of("kept.jpg"), SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "left out"));
  o = run_well("restore", input, path_of("kept.tif"), SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "left out"));
}

static char *bytes_of(const char *path, gsize *size) {
  char *bytes;
  g_assert_true(g_file_get_contents(path, &bytes, size, NULL));
  return bytes;
}

/* The bytes of a tag in a small-endian TIFF file's first directory; NULL without it. */
static GBytes *tag_of(const char *path, guint16 wanted) {
  static const guint8 sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  gsize size;
  g_autofree char *bytes = bytes_of(path, &size);
  guint32 directory, count, place;
  guint16 entries, tag, type;
  memcpy(&directory, bytes + 4, 4);
  memcpy(&entries, bytes + directory, 2);
  for (const char *entry = bytes + directory + 2; entries > 0; entries--, entry += 12) {
    memcpy(&tag, entry, 2);
    memcpy(&type, entry + 2, 2);
    memcpy(&count, entry + 4, 4);
    memcpy(&place, entry + 8, 4);
    count *= sizes[type];
    if (tag == wanted)
      return g_bytes_new(count <= 4 ? entry + 8 : bytes + place, count);
  }
  return NULL;
}

static void test_iptc(void) {
  const char *input = CASE("iptc.tif"), *tiff = restored(input, "iptc.tif");
  GBytes *before = tag_of(input, 33723), *after = tag_of(tiff, 33723);
  g_assert_nonnull(before);
  g_assert_true(g_bytes_equal(before, after));
  const char *jpeg = restored(tiff, "iptc.jpg");
  assert_said(jpeg, "Iptc.Application2.Caption", "Großmutter 1911");
  const char *again = restored(jpeg, "again.tif");
  assert_said(again, "Iptc.Application2.Keywords", "Familie");
  g_bytes_unref(before);
  g_bytes_unref(after);
}

/* A PNG's text chunk of that keyword, whole; NULL without. */
static GBytes *chunk_of(const char *path, const char *type, const char *keyword) {
  char *bytes;
  gsize size;
  GBytes *found = NULL;
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  for (gsize at = 8; at + 12 <= size && found == NULL;) {
    guint32 length;
    memcpy(&length, bytes + at, 4);
    length = GUINT32_FROM_BE(length);
    if (memcmp(bytes + at + 4, type, 4) == 0 &&
        (keyword == NULL || strcmp(bytes + at + 8, keyword) == 0))
      found = g_bytes_new(bytes + at, 12 + length);
    at += 12 + length;
  }
  g_free(bytes);
  return found;
}

static void test_texts(void) {
  const char *input = CASE("text-utf8.png"), *output = restored(input, "text.png");
  static const char *const keywords[] = {"Title", "Author"};
  for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++) {
    GBytes *before = chunk_of(input, "iTXt", keywords[i]);
    GBytes *after = chunk_of(output, "iTXt", keywords[i]);
    g_assert_nonnull(before);
    g_assert_nonnull(after);
    g_assert_true(g_bytes_equal(before, after));
    g_bytes_unref(before);
    g_bytes_unref(after);
  }
  /* A comment goes between JPEG and PNG. */
  const char *commented = restored(CASE("profile-metadata.jpg"), "commented.png");
  assert_said(restored(commented, "commented.jpg"), "comment", "from the scanner");
}

/* Turned pixels, and nothing that would turn them again. */
static void test_orientation(void) {
  static const char *const endings[] = {"jpg", "tif", "png", "webp"};
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *name = g_strconcat("upright.", endings[i], NULL);
    const char *output = restored(CASE("orientation-xmp.jpg"), name);
    const char *exif = said(output, "Exif.Image.Orientation");
    g_assert_true(*exif == '\0' || strcmp(exif, "1") == 0);
    assert_said(output, "Xmp.tiff.Orientation", "1");
    pixels *p = read_pixels(output);
    g_assert_cmpint(p->width, <, p->height);
    pixels_free(p);
  }
}

/* ---- TIFF ---- */

static void test_thumbnails(void) {
  static const char *const names[] = {"thumbnail.tif", "gimp-thumbnail.tif"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *way = g_strconcat("../files/", names[i], NULL);
    const char *input = data_path(way), *output = restored(input, names[i]);
    check_inside(input, output);
    pixels *p = read_pixels(output);
    g_assert_cmpint(vips_image_get_n_pages(p->image), ==, 1);
    pixels_free(p);
  }
}

/* Multiplied by alpha and rounded, the colours outside are what the file has, as libtiff reads it. */
static void test_associated_alpha(void) {
  const char *input = CASE("associated-alpha.tif"), *output = restored(input, "associated.tif");
  pixels *p = read_pixels(output);
  const gsize row = 4 * (gsize)p->width;
  g_autofree guint8 *stored = g_malloc(row * p->height);
  TIFF *tiff = TIFFOpen(input, "r");
  g_assert_cmpint(p->bands, ==, 4);
  for (int y = 0; y < p->height; y++)
    g_assert_cmpint(TIFFReadScanline(tiff, stored + y * row, (uint32_t)y, 0), ==, 1);
  TIFFClose(tiff);
  int clear = 0;
  for (int y = 0; y < p->height; y++)
    for (int x = 0; x < p->width; x++) {
      bool within =
        x >= inner.x && x < inner.x + inner.width && y >= inner.y && y < inner.y + inner.height;
      const int alpha = value_at(p, x, y, 3);
      clear += alpha > 0 && alpha < 255;
      g_assert_cmpint(alpha, ==, stored[4 * (y * p->width + x) + 3]);
      for (int c = 0; c < 3 && !within; c++)
        g_assert_cmpint(lrint(value_at(p, x, y, c) * alpha / 255.0), ==,
                        stored[4 * (y * p->width + x) + c]);
    }
  g_assert_cmpint(clear, >, 1000);
  pixels_free(p);
}

/* ---- PNG's colours ---- */

/* The same picture with what it says in a profile. */
static void test_gamma(void) {
  const char *input = CASE("gamma-1.png"), *output = restored(input, "gamma.png");
  check_inside(input, output);
  GBytes *profile = chunk_of(output, "iCCP", NULL);
  g_assert_nonnull(profile);
  g_bytes_unref(profile);
  pixels *p = read_pixels(input);
  static const double white[] = {0.3127, 0.3290}, srgb[] = {0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
  icc linear = make_rgb_profile(white, srgb, 1.0, false);
  attach_profile(p, linear);
  const char *same = restored(write_pixels(p, "linear.png"), "linear-out.png");
  pixels *a = read_pixels(output), *b = read_pixels(same);
  g_assert_cmpint(largest_difference(a, b), <=, 1);
  pixels_free(a);
  pixels_free(b);
  pixels_free(p);
  g_free(linear.bytes);
}

/* ---- profiles and floats ---- */

static double coded(double light) {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* A table that leads one way only, against the matrix that means the same. */
static void test_scanner(void) {
  const char *const colour[] = {"--mode", "colour"};
  const char *table = path_of("table.tif"), *matrix = path_of("matrix.tif");
  run_well("restore", CASE("scanner-table.tif"), table, SINGLE, INNER, colour[0], colour[1], NULL);
  run_well("restore", CASE("scanner-matrix.tif"), matrix, SINGLE, INNER, colour[0], colour[1],
           NULL);
  check_inside(CASE("scanner-table.tif"), table);
  pixels *a = read_pixels(table), *b = read_pixels(matrix);
  double worst = 0;
  for (int i = 0; i < a->width * a->height * 3; i++)
    worst = fmax(worst, fabs(coded(a->values[i] / 65535.0) - coded(b->values[i] / 65535.0)));
  g_assert_cmpfloat(255 * worst, <, 3);
  pixels_free(a);
  pixels_free(b);
}

static VipsImage *read_floats(const char *path) {
  VipsImage *file = vips_image_new_from_file(path, NULL), *floats = vips_image_copy_memory(file);
  g_assert_cmpint(floats->BandFmt, ==, VIPS_FORMAT_FLOAT);
  g_object_unref(file);
  return floats;
}

static double light_of(const float *colour) {
  static const double weights[] = {0.2126729, 0.7151522, 0.0721750};
  double light = 0;
  for (int c = 0; c < 3; c++)
    light += weights[c] *
             (colour[c] <= 0.04045 ? colour[c] / 12.92 : pow((colour[c] + 0.055) / 1.055, 2.4));
  return light;
}

/* Inside everything is a number, what is above white keeps its light, and infinite light is no
 * black; outside every bit stays. */
static void test_floats(void) {
  const char *input = CASE("floats.tif"), *output = path_of("floats.tif");
  run_well("restore", input, output, SINGLE, INNER, "--mode", "colour", NULL);
  VipsImage *before = read_floats(input), *after = read_floats(output);
  for (int y = 0; y < after->Ysize; y++)
    for (int x = 0; x < after->Xsize; x++) {
      const float *was = (const float *)VIPS_IMAGE_ADDR(before, x, y);
      const float *is = (const float *)VIPS_IMAGE_ADDR(after, x, y);
      bool within =
        x >= inner.x && x < inner.x + inner.width && y >= inner.y && y < inner.y + inner.height;
      if (!within)
        g_assert_cmpmem(was, 12, is, 12);
      for (int c = 0; c < 3 && within; c++)
        g_assert_true(isfinite(is[c]));
      if (within && was[0] > 1 && isfinite(was[0]))
        g_assert_cmpfloat(fabs(light_of(is) / light_of(was) - 1), <, 1e-3);
    }
  g_assert_cmpfloat(*(const float *)VIPS_IMAGE_ADDR(after, 50, 60), >, 0.9);
  g_assert_cmpfloat(*(const float *)VIPS_IMAGE_ADDR(after, 50, 61), <, 0.1);
  g_object_unref(before);
  g_object_unref(after);
}

/* A mask of floats, and one whose profile is linear, select as what they look like. */
static void test_masks(void) {
  pixels *mask = make_pixels(96, 120, 1, 16), *linear = make_pixels(96, 120, 1, 16);
  float *values = g_new(float, 96 * 120);
  for (int i = 0; i < 96 * 120; i++) {
    const double v = mask->values[i] / 65535.0;
    values[i] = (float)v;
    linear->values[i] =
      (guint16)lrint(65535 * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)));
  }
  pixels_update(linear);
  icc profile = make_grey_profile(1.0);
  attach_profile(linear, profile);
  const char *input = CASE("text-utf8.png"), *plain_out = path_of("plain-mask.png");
  const char *linear_out = path_of("linear-mask.png"), *float_out = path_of("float-mask.png");
  const char *float_mask = path_of("mask.tif");
  VipsImage *floats = vips_image_new_from_memory_copy(values, sizeof(float) * 96 * 120, 96, 120, 1,
                                                      VIPS_FORMAT_FLOAT);
  g_assert_cmpint(vips_tiffsave(floats, float_mask, NULL), ==, 0);
  run_well("restore", input, plain_out, SINGLE, "--mask", write_pixels(mask, "mask.png"), NULL);
  run_well("restore", input, linear_out, SINGLE, "--mask", write_pixels(linear, "linear.png"),
           NULL);
  run_well("restore", input, float_out, SINGLE, "--mask", float_mask, NULL);
  pixels *a = read_pixels(plain_out), *b = read_pixels(linear_out), *c = read_pixels(float_out);
  g_assert_cmpint(largest_difference(a, b), <=, 1);
  g_assert_cmpint(largest_difference(a, c), <=, 1);
  pixels_free(a);
  pixels_free(b);
  pixels_free(c);
  pixels_free(mask);
  pixels_free(linear);
  g_object_unref(floats);
  g_free(values);
  g_free(profile.bytes);
}

/* In no locale's encoding but UTF-8. */
static void test_json(void) {
  g_autofree char *line = g_strdup_printf(
    "LC_ALL=C '%s' restore --json --quiet 'Größe.png' --output-dir json "
    "--model tiny-single --region 30,30,9x9",
    program());
  const char *const arguments[] = {"/bin/sh", "-c", line, NULL};
  g_autofree char *out = NULL, *bytes = NULL;
  gsize size;
  int status;
  bytes = bytes_of(CASE("text-utf8.png"), &size);
  g_assert_true(g_file_set_contents(path_of("Größe.png"), bytes, (gssize)size, NULL));
  g_assert_true(g_spawn_sync(path_of(""), (char **)arguments, environment(), G_SPAWN_DEFAULT, NULL,
                             NULL, &out, NULL, &status, NULL));
  g_assert_cmpint(status, ==, 0);
  assert_contains(out, "\"input\":\"Größe.png\"");
}

/* ---- JPEG ---- */

/* Without its end marker a file is whole all the same; without its last rows it is not. */
static void test_no_end(void) {
  gsize size;
  g_autofree char *bytes = bytes_of(CASE("profile-metadata.jpg"), &size);
  const char *whole = restored(CASE("profile-metadata.jpg"), "whole.png");
  const char *cut = path_of("cut.jfif");
  g_assert_true(g_file_set_contents(cut, bytes, (gssize)size - 2, NULL));
  g_assert_cmpint(differing_files(restored(cut, "cut.png"), whole), ==, 0);
  g_assert_true(g_file_set_contents(cut, bytes, (gssize)size - 600, NULL));
  check_failed(run("restore", cut, path_of("cut.png"), SINGLE, NULL), 1, "cut.jfif: ");
}

/* From a pipe as from a file. */
static void test_pipe(void) {
  static const char *const endings[] = {"jpg", "webp", "tif", "png"};
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *name = g_strconcat("piped.", endings[i], NULL);
    const char *input = restored(CASE("profile-metadata.jpg"), name);
    const char *expected = restored(input, "expected.png"), *output = path_of("piped-out.png");
    g_autofree char *line = g_strdup_printf(
      "cat '%s' | '%s' restore /dev/stdin '%s' --model tiny-single --region 30,30,40x45", input,
      program(), output);
    const char *const arguments[] = {"/bin/sh", "-c", line, NULL};
    int status;
    g_assert_true(g_spawn_sync(NULL, (char **)arguments, environment(), G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpint(differing_files(expected, output), ==, 0);
    assert_said(output, "Exif.Image.Artist", "Jürgen Muster");
    g_assert_cmpint(g_remove(output), ==, 0);
  }
}

/* ---- what is replaced ---- */

/* As long as names can be, and too long: known before anything is done. */
static void test_long_names(void) {
  enum { LONGEST = 255 };
  for (int length = 240; length <= LONGEST + 1; length++) {
    g_autofree char *name = g_strnfill((gsize)length, 'n');
    memcpy(name + length - 4, ".png", 4);
    const char *output = path_of(name);
    if (length <= LONGEST) {
      run_well("restore", CASE("text-utf8.png"), output, SINGLE, "--region", "30,30,9x9", NULL);
      g_assert_true(g_file_test(output, G_FILE_TEST_IS_REGULAR));
    } else {
      check_failed(run("restore", path_of("no such file"), output, SINGLE, NULL), 1,
                   "File name too long");
    }
  }
}

static void test_dangling_link(void) {
  const char *link_path = path_of("dangling.png"), *target = path_of("target.png");
  g_assert_cmpint(symlink("target.png", link_path), ==, 0);
  restored(CASE("text-utf8.png"), "dangling.png");
  g_assert_true(g_file_test(link_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true(g_file_test(target, G_FILE_TEST_IS_REGULAR));
  const char *loop = path_of("loop.png");
  g_assert_cmpint(symlink("loop.png", loop), ==, 0);
  check_failed(run("restore", CASE("text-utf8.png"), loop, SINGLE, NULL), 1, "loop.png: ");
}

/* Nobody may write to it, root neither. */
static void test_read_only(void) {
  const char *output = write_text("closed.png", "before");
  GStatBuf status;
  g_assert_cmpint(g_chmod(output, 0440), ==, 0);
  check_failed(run("restore", CASE("text-utf8.png"), output, SINGLE, INNER, NULL), 1,
               "closed.png: is there and must not be written to");
  run_well("restore", CASE("text-utf8.png"), output, SINGLE, INNER, "--force", NULL);
  g_assert_cmpint(g_stat(output, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 07777, ==, 0440);
  g_assert_cmpint(status.st_size, >, 100);
}

static void test_owner(void) {
  GStatBuf status;
  if (geteuid() != 0) {
    g_test_skip("only root gives files away");
    return;
  }
  const char *output = write_text("owned.png", "before");
  g_assert_cmpint(chown(output, 1234, 2345), ==, 0);
  g_assert_cmpint(g_chmod(output, 02664), ==, 0);
  restored(CASE("text-utf8.png"), "owned.png");
  g_assert_cmpint(g_stat(output, &status), ==, 0);
  g_assert_cmpint(status.st_uid, ==, 1234);
  g_assert_cmpint(status.st_gid, ==, 2345);
  g_assert_cmpint(status.st_mode & 07777, ==, 02664);
}

int main(int argc, char **argv) {
  gexiv2_initialize();
  harness_begin(&argc, &argv);
  g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* libtiff warns of tags */
  g_test_add_func("/cases/metadata", test_metadata);
  g_test_add_func("/cases/lost", test_lost);
  g_test_add_func("/cases/iptc", test_iptc);
  g_test_add_func("/cases/texts", test_texts);
  g_test_add_func("/cases/orientation", test_orientation);
  g_test_add_func("/cases/thumbnails", test_thumbnails);
  g_test_add_func("/cases/associated-alpha", test_associated_alpha);
  g_test_add_func("/cases/gamma", test_gamma);
  g_test_add_func("/cases/scanner", test_scanner);
  g_test_add_func("/cases/floats", test_floats);
  g_test_add_func("/cases/masks", test_masks);
  g_test_add_func("/cases/json", test_json);
  g_test_add_func("/cases/no-end", test_no_end);
  g_test_add_func("/cases/pipe", test_pipe);
  g_test_add_func("/cases/long-names", test_long_names);
  g_test_add_func("/cases/dangling-link", test_dangling_link);
  g_test_add_func("/cases/read-only", test_read_only);
  g_test_add_func("/cases/owner", test_owner);
  return harness_run();
}
