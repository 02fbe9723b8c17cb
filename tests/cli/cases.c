/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files as people have them: the pictures of tests/data/files, and more of their kinds, with what is
 * right of each. What describes a picture is read by exiv2, which is not what writes it here.
 */
#define _GNU_SOURCE /* memmem() */
#include <fcntl.h>
#include <gexiv2/gexiv2.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tiffio.h>
#include <unistd.h>

#include "harness.h"

static const rect inner = {30, 30, 40, 45};
#define INNER "--region", "30,30,40x45"
#define SINGLE "--model", "tiny-single"
#define CASE(name) data_path("../files/" name)

/* ---- what a file says ---- */

/* gexiv2 0.16 has other names; 0.14 these alone. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

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
  return text ? text : "";
}
#pragma GCC diagnostic pop

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
      if (i < 3 && k < 3) { /* WebP has no place for it */
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
  const outcome *o = run_well("restore", input, path_of("lost.webp"), SINGLE, INNER, NULL);
  assert_contains(
    o->err, "WebP does not hold all of the picture's metadata; left out: IPTC, the comment\n");
  o = run_well("restore", text, path_of("lost.tif"), SINGLE, INNER, NULL);
  assert_contains(o->err, "left out: the text “Title”, the text “Author”\n");
  o = run_well("restore", input, path_of("kept.jpg"), SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "left out"));
  o = run_well("restore", input, path_of("kept.png"), SINGLE, INNER, NULL);
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

/* A JPEG file with more segments behind its start. */
static const char *write_segments(const GByteArray *segments, const char *name) {
  gsize size;
  g_autofree char *bytes = bytes_of(CASE("profile-metadata.jpg"), &size);
  g_autoptr(GByteArray) jpeg = g_byte_array_new();
  g_byte_array_append(jpeg, (guint8 *)bytes, 2);
  g_byte_array_append(jpeg, segments->data, segments->len);
  g_byte_array_append(jpeg, (guint8 *)bytes + 2, (guint)size - 2);
  g_assert_true(g_file_set_contents(path_of(name), (char *)jpeg->data, jpeg->len, NULL));
  return path_of(name);
}

static void add_segment(GByteArray *segments, guint8 marker, const char *head, gsize head_size,
                        gconstpointer bytes, gsize size) {
  const gsize length = 2 + head_size + size;
  const guint8 mark[] = {0xff, marker, (guint8)(length >> 8), (guint8)length};
  g_byte_array_append(segments, mark, sizeof mark);
  g_byte_array_append(segments, (const guint8 *)head, (guint)head_size);
  g_byte_array_append(segments, bytes, (guint)size);
}

/* XMP that is too long for one segment has an extension in others. */
static void test_long_xmp(void) {
  enum { PIECE = 40000 };
  static const char head[] = "http://ns.adobe.com/xmp/extension/";
  g_autoptr(GByteArray) segments = g_byte_array_new();
  g_autofree char *words = g_strnfill(2 * PIECE - 1000, 'w');
  g_autofree char *packet = g_strconcat(
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
    "xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"><photoshop:History>",
    words, "</photoshop:History></rdf:Description></rdf:RDF></x:xmpmeta>", NULL);
  const gsize length = strlen(packet);
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, packet, -1);
  g_autofree char *name = g_ascii_strup(sum, -1);
  for (gsize at = 0; at < length; at += PIECE) {
    const guint32 numbers[] = {GUINT32_TO_BE((guint32)length), GUINT32_TO_BE((guint32)at)};
    g_autoptr(GByteArray) whole = g_byte_array_new();
    g_byte_array_append(whole, (const guint8 *)head, sizeof head);
    g_byte_array_append(whole, (const guint8 *)name, 32);
    g_byte_array_append(whole, (const guint8 *)numbers, sizeof numbers);
    g_byte_array_append(whole, (const guint8 *)packet + at, (guint)MIN(PIECE, length - at));
    add_segment(segments, 0xe1, "", 0, whole->data, whole->len);
  }
  const char *input = write_segments(segments, "long-xmp.jpg");
  gsize size;
  g_autofree char *after = bytes_of(restored(input, "long-xmp-out.jpg"), &size);
  g_assert_nonnull(memmem(after, size, segments->data, segments->len));
  const outcome *o = run_well("restore", input, path_of("long-xmp.png"), SINGLE, INNER, NULL);
  assert_contains(o->err, "left out: the extension of XMP\n");
}

/* EXIF that is there for its thumbnail alone has nothing to lose. */
static void test_thumbnail_alone(void) {
  static const guint8 exif[] = {'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0,
                                0,   0,   0,   14,  0, 0, 0,   1,   0,  3, 1, 3, 0,
                                1,   0,   0,   0,   6, 0, 0,   0,   0,  0, 0, 0};
  gsize size;
  pixels *p = make_pixels(96, 120, 3, 8);
  g_autofree char *bytes = bytes_of(write_pixels(p, "bare.jpg"), &size);
  g_autoptr(GByteArray) jpeg = g_byte_array_new();
  pixels_free(p);
  g_byte_array_append(jpeg, (guint8 *)bytes, 2);
  add_segment(jpeg, 0xe1, "", 0, exif, sizeof exif);
  g_byte_array_append(jpeg, (guint8 *)bytes + 2, (guint)size - 2);
  g_assert_true(g_file_set_contents(path_of("thumbnail.jpg"), (char *)jpeg->data, jpeg->len, NULL));
  const outcome *o =
    run_well("restore", path_of("thumbnail.jpg"), path_of("thumbnail.png"), SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "left out"));
}

/* What is too long for JPEG is said. */
static void test_xmp_too_long(void) {
  pixels *p = make_pixels(96, 120, 3, 8);
  g_autofree char *words = g_strnfill(70000, 'w');
  g_autofree char *packet = g_strconcat(
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
    "xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"><photoshop:History>",
    words, "</photoshop:History></rdf:Description></rdf:RDF></x:xmpmeta>", NULL);
  const char *input = path_of("too-long.tif");
  vips_image_set_blob_copy(p->image, VIPS_META_XMP_NAME, packet, strlen(packet));
  g_assert_cmpint(vips_tiffsave(p->image, input, NULL), ==, 0);
  const outcome *o = run_well("restore", input, path_of("too-long.jpg"), SINGLE, INNER, NULL);
  assert_contains(o->err, "left out: XMP\n");
  o = run_well("restore", input, path_of("too-long.png"), SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "left out"));
  pixels_free(p);
}

/* Photoshop's resources go over several segments, and IPTC with them. */
static void test_split_resources(void) {
  static const char head[] = "Photoshop 3.0";
  static const guint8 begin[12] = {'8', 'B', 'I', 'M', 4, 4}; /* no name; the size goes last */
  enum { KEYWORDS = 80, LENGTH = 995, SPLIT = 50000 };
  g_autoptr(GByteArray) segments = g_byte_array_new(), resource = g_byte_array_new();
  g_byte_array_append(resource, begin, sizeof begin);
  for (int i = 0; i < KEYWORDS; i++) {
    static const guint8 keyword[] = {0x1c, 2, 25, LENGTH >> 8, LENGTH & 255};
    g_autofree char *word = g_strnfill(LENGTH, (char)('A' + i % 26));
    g_byte_array_append(resource, keyword, sizeof keyword);
    g_byte_array_append(resource, (guint8 *)word, LENGTH);
  }
  resource->data[8] = 0;
  resource->data[9] = (guint8)((resource->len - sizeof begin) >> 16);
  resource->data[10] = (guint8)((resource->len - sizeof begin) >> 8);
  resource->data[11] = (guint8)(resource->len - sizeof begin);
  add_segment(segments, 0xed, head, sizeof head, resource->data, SPLIT);
  add_segment(segments, 0xed, head, sizeof head, resource->data + SPLIT, resource->len - SPLIT);
  /* The picture's own resources come after them and repeat nothing. */
  const char *input = write_segments(segments, "split.jpg");
  const char *tiff = restored(input, "split.tif");
  GBytes *records = tag_of(tiff, 33723);
  g_assert_nonnull(records);
  g_assert_cmpuint(g_bytes_get_size(records), ==, resource->len - sizeof begin);
  g_bytes_unref(records);
  const char *again = restored(tiff, "split-again.jpg");
  records = tag_of(restored(again, "split-again.tif"), 33723);
  g_assert_nonnull(records);
  g_assert_cmpmem(g_bytes_get_data(records, NULL), g_bytes_get_size(records),
                  resource->data + sizeof begin, resource->len - sizeof begin);
  g_bytes_unref(records);
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

/* gexiv2 0.16 has other names; 0.14 these alone. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* In PNG, as exiv2 and so GIMP write it: a compressed text. It is no text of people's. */
static void test_iptc_in_png(void) {
  gsize size;
  g_autofree char *bytes = bytes_of(CASE("text-utf8.png"), &size);
  const char *input = path_of("iptc-in.png");
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new();
  g_assert_true(g_file_set_contents(input, bytes, (gssize)size, NULL));
  g_assert_true(gexiv2_metadata_open_path(metadata, input, NULL));
  g_assert_true(gexiv2_metadata_try_set_tag_string(metadata, "Iptc.Application2.Caption",
                                                   "Großmutter 1911", NULL));
  g_assert_true(gexiv2_metadata_save_file(metadata, input, NULL));
  assert_said(restored(input, "iptc-out.jpg"), "Iptc.Application2.Caption", "Großmutter 1911");
  assert_said(restored(input, "iptc-out.tif"), "Iptc.Application2.Caption", "Großmutter 1911");
  assert_said(restored(input, "iptc-out.png"), "Iptc.Application2.Caption", "Großmutter 1911");
  const outcome *o = run_well("restore", input, path_of("iptc-out.webp"), SINGLE, INNER, NULL);
  assert_contains(o->err, "left out: IPTC, the text “Title”, the text “Author”\n");
}
#pragma GCC diagnostic pop

/* EXIF in PNG as programs wrote it before there was a chunk for it: turned as it says. */
static void test_old_exif(void) {
  static const guint8 exif[] = {'E',  'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0,
                                0x12, 1,   3,   0,   1, 0, 0,   0,   6,  0, 0, 0, 0, 0, 0, 0};
  enum { PLACE = 33 };
  gsize size;
  g_autofree char *bytes = bytes_of(CASE("text-utf8.png"), &size);
  g_autoptr(GByteArray) png = g_byte_array_new();
  g_autoptr(GString) text = g_string_new("Raw profile type exif");
  const char *input = path_of("old-exif.png");
  g_string_append_c(text, '\0');
  g_string_append_printf(text, "\nexif\n%8d\n", (int)sizeof exif);
  for (gsize i = 0; i < sizeof exif; i++)
    g_string_append_printf(text, "%02x", exif[i]);
  g_byte_array_append(png, (guint8 *)bytes, PLACE);
  append_chunk(png, "tEXt", (const guint8 *)text->str, (guint)text->len);
  g_byte_array_append(png, (guint8 *)bytes + PLACE, (guint)(size - PLACE));
  g_assert_true(g_file_set_contents(input, (char *)png->data, png->len, NULL));
  pixels *before = read_pixels(input), *after = read_pixels(restored(input, "old-exif-out.png"));
  g_assert_cmpint(after->width, ==, before->height);
  g_assert_cmpint(value_at(after, after->width - 1, 0, 0), ==, value_at(before, 0, 0, 0));
  pixels_free(before);
  pixels_free(after);
}

/* A PNG's text chunk of that keyword, whole; NULL without. */
static GBytes *chunk_of(const char *path, const char *type, const char *keyword) {
  char *bytes;
  gsize size;
  GBytes *found = NULL;
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  for (gsize at = 8; at + 12 <= size && !found;) {
    guint32 length;
    memcpy(&length, bytes + at, 4);
    length = GUINT32_FROM_BE(length);
    if (memcmp(bytes + at + 4, type, 4) == 0 && (!keyword || strcmp(bytes + at + 8, keyword) == 0))
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
  /* What counts as a text for PNG is said to be UTF-8, since the record may name a file. */
  GBytes *xmp = chunk_of(output, "iTXt", "XML:com.adobe.xmp");
  g_assert_nonnull(xmp);
  g_assert_null(chunk_of(output, "tEXt", "XML:com.adobe.xmp"));
  g_bytes_unref(xmp);
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
  static const char *const names[] = {"thumbnail.tif", "gimp-thumbnail.tif",
                                      "transparency-mask.tif"};
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

/* A picture's PNG with a chunk that says something of its colours, in its place before the pixels and
 * behind those that `before` has. */
static const char *write_colour(const char *before, const char *type, const guint8 *data,
                                guint count, const char *name) {
  enum { PLACE = 33 };
  gsize size;
  g_autofree char *bytes = bytes_of(before, &size);
  g_autoptr(GByteArray) png = g_byte_array_new();
  g_byte_array_append(png, (guint8 *)bytes, PLACE);
  append_chunk(png, type, data, count);
  g_byte_array_append(png, (guint8 *)bytes + PLACE, (guint)(size - PLACE));
  g_assert_true(g_file_set_contents(path_of(name), (char *)png->data, png->len, NULL));
  return path_of(name);
}

static const char *write_code_points(const pixels *p, const guint8 code[4], const char *name) {
  return write_colour(write_pixels(p, "plain.png"), "cICP", code, 4, name);
}

/* A gamma that is below what else is there does nothing, and is in no file that is written, where it
 * would be above it. */
static void test_precedence(void) {
  static const guint8 linear[] = {0, 1, 0x86, 0xa0}, intent[] = {0}, srgb[] = {1, 13, 0, 1};
  static const double white[] = {0.3127, 0.3290};
  static const double primaries[] = {0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
  icc wide = make_rgb_profile(white, primaries, 2.2, false);
  pixels *plain = make_pixels(96, 120, 3, 8), *profiled = make_pixels(96, 120, 3, 8);
  attach_profile(profiled, wide);
  const char *expected = restored(write_pixels(plain, "bare.png"), "bare-out.png");
  const char *expected_wide = restored(write_pixels(profiled, "wide.png"), "wide-out.png");
  const char *below = write_colour(path_of("bare.png"), "gAMA", linear, 4, "gamma.png");
  static const struct {
    const char *type, *name;
    const guint8 *data;
    guint size;
  } above[] = {{"sRGB", "srgb.png", intent, 1}, {"cICP", "cicp.png", srgb, 4}};
  for (gsize i = 0; i < G_N_ELEMENTS(above); i++) {
    const char *output = restored(
      write_colour(below, above[i].type, above[i].data, above[i].size, above[i].name), "above.png");
    g_assert_cmpint(differing_files(output, expected), ==, 0);
    g_assert_null(chunk_of(output, "gAMA", NULL));
    g_assert_null(chunk_of(output, "iCCP", NULL));
  }
  const char *output =
    restored(write_colour(path_of("wide.png"), "gAMA", linear, 4, "both.png"), "both-out.png");
  g_assert_cmpint(differing_files(output, expected_wide), ==, 0);
  g_assert_null(chunk_of(output, "gAMA", NULL));
  assert_profile(output, expected_wide);
  pixels_free(plain);
  pixels_free(profiled);
  g_free(wide.bytes);
}

/* Code points are above a profile, and mean what a profile of them means; those of HDR are refused
 * by name. */
static void test_code_points(void) {
  static const guint8 p3[] = {12, 4, 0, 1}, srgb[] = {1, 13, 0, 1}, hdr[] = {9, 16, 0, 1};
  static const double white[] = {0.3127, 0.3290};
  static const double primaries[] = {0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
  icc wide = make_rgb_profile(white, primaries, 2.2, false);
  pixels *plain = make_pixels(96, 120, 3, 8), *wrong = make_pixels(96, 120, 3, 8);
  const char *expected_srgb = restored(write_pixels(plain, "srgb.png"), "srgb-out.png");
  const char *as_srgb = restored(write_code_points(plain, srgb, "is-srgb.png"), "is-srgb-out.png");
  g_assert_cmpint(differing_files(as_srgb, expected_srgb), ==, 0);
  g_assert_null(chunk_of(as_srgb, "iCCP", NULL));
  attach_profile(plain, wide);
  const char *expected_wide = restored(write_pixels(plain, "wide.png"), "wide-out.png");
  icc narrow =
    make_rgb_profile(white, (const double[]){0.64, 0.33, 0.30, 0.60, 0.15, 0.06}, 1.0, false);
  attach_profile(wrong, narrow);
  const char *as_wide = restored(write_code_points(wrong, p3, "is-wide.png"), "is-wide-out.png");
  pixels *a = read_pixels(as_wide), *b = read_pixels(expected_wide);
  g_assert_cmpint(largest_difference(a, b), <=, 1);
  GBytes *profile = chunk_of(as_wide, "iCCP", NULL);
  g_assert_nonnull(profile);
  g_bytes_unref(profile);
  check_failed(
    run("restore", write_code_points(plain, hdr, "hdr.png"), path_of("hdr-out.png"), SINGLE, NULL),
    1, "hdr.png: has colours that are not known here (cICP 9, 16, 0, 1)");
  pixels_free(a);
  pixels_free(b);
  pixels_free(plain);
  pixels_free(wrong);
  g_free(wide.bytes);
  g_free(narrow.bytes);
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

/* A mask in colours selects by their luminance, which is not rounded to the mask's 8 bits. */
static void test_colour_mask(void) {
  static const double weights[] = {0.2126, 0.7152, 0.0722};
  pixels *picture = make_pixels(96, 120, 3, 16), *mask = make_pixels(96, 120, 3, 8);
  pixels *grey = make_pixels(96, 120, 1, 16);
  for (int i = 0; i < 96 * 120; i++) {
    double light = 0;
    for (int c = 0; c < 3; c++) {
      const double v = mask->values[3 * i + c] / 255.0;
      light += weights[c] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    grey->values[i] = (guint16)lrint(65535 * coded(light));
  }
  pixels_update(grey);
  const char *input = write_pixels(picture, "deep.png"), *output = path_of("by-colours.png");
  const char *expected = path_of("by-grey.png");
  run_well("restore", input, output, SINGLE, "--mask", write_pixels(mask, "colours.png"), NULL);
  run_well("restore", input, expected, SINGLE, "--mask", write_pixels(grey, "grey.png"), NULL);
  pixels *a = read_pixels(output), *b = read_pixels(expected);
  g_assert_cmpint(largest_difference(a, b), <=, 8); /* a step of 8 bits is 257 */
  pixels_free(a);
  pixels_free(b);
  pixels_free(picture);
  pixels_free(mask);
  pixels_free(grey);
}

/* Grey floats with a profile become the colours that the same tones in 16 bits become; what is above
 * white stays so, and what is no number too. */
static void test_grey_floats(void) {
  pixels *grey = make_pixels(96, 120, 1, 16);
  icc profile = make_grey_profile(1.8);
  g_autofree float *values = g_new(float, 96 * 120);
  const char *input = path_of("grey.tif"), *output = path_of("grey-out.tif");
  for (int i = 0; i < 96 * 120; i++)
    values[i] = grey->values[i] / 65535.0f;
  values[0] = 2;
  values[1] = NAN;
  values[2] = INFINITY;
  attach_profile(grey, profile);
  VipsImage *floats = vips_image_new_from_memory_copy(values, sizeof(float) * 96 * 120, 96, 120, 1,
                                                      VIPS_FORMAT_FLOAT);
  vips_image_set_blob_copy(floats, VIPS_META_ICC_NAME, profile.bytes, profile.size);
  g_assert_cmpint(vips_tiffsave(floats, input, NULL), ==, 0);
  run_well("restore", input, output, SINGLE, INNER, "--mode", "colour", NULL);
  const char *deep = path_of("grey-deep.png");
  run_well("restore", write_pixels(grey, "grey.png"), deep, SINGLE, INNER, "--mode", "colour",
           NULL);
  VipsImage *after = read_floats(output);
  pixels *expected = read_pixels(deep);
  g_assert_cmpint(after->Bands, ==, 3);
  for (int i = 3; i < 96 * 120; i++)
    for (int c = 0; c < 3; c++)
      g_assert_cmpfloat(
        fabs(65535 * (double)((const float *)after->data)[3 * i + c] - expected->values[3 * i + c]),
        <, 3);
  g_assert_cmpfloat(((const float *)after->data)[0], >, 1);
  g_assert_true(isnan(((const float *)after->data)[3]));
  g_assert_true(isinf(((const float *)after->data)[6]));
  pixels_free(grey);
  pixels_free(expected);
  g_object_unref(floats);
  g_object_unref(after);
  g_free(profile.bytes);
}

/* ---- WebP ---- */

/* Colours of transparent pixels come back, or a line says that they do not. */
static void test_transparent_webp(void) {
  pixels *p = make_pixels(96, 120, 4, 8);
  const char *output = path_of("clear.webp");
  const outcome *o =
    run_well("restore", write_pixels(p, "opaque.png"), output, SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "transparent pixels"));
  for (int y = 0; y < 20; y++)
    for (int x = 0; x < 96; x++)
      p->values[4 * (y * 96 + x) + 3] = 0;
  pixels_update(p);
  o = run_well("restore", write_pixels(p, "clear.png"), output, SINGLE, INNER, NULL);
  const bool said_so = strstr(o->err,
                              "clear.webp: WebP does not keep the colours of transparent "
                              "pixels; PNG does");
  pixels *after = read_pixels(output);
  g_assert_cmpint(differing_outside(p, after, inner) > 0, ==, said_so);
  pixels_free(p);
  pixels_free(after);
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

/* Two runs into one folder at once: both end well, and every file is whole. */
static void test_two_runs(void) {
  enum { FILES = 8 };
  GPid children[2];
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  const char *const words[] = {
    program(),     "restore", "--overwrite", "--output-dir", "both", "--region",
    "30,30,40x45", "--model", "tiny-single", "--threads",    "1"};
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    g_ptr_array_add(arguments, (char *)words[i]);
  pixels *p = make_pixels(96, 120, 3, 8);
  for (int i = 0; i < FILES; i++) {
    g_autofree char *name = g_strdup_printf("both-%d.png", i);
    g_ptr_array_add(arguments, (char *)write_pixels(p, name));
  }
  g_ptr_array_add(arguments, NULL);
  for (int i = 0; i < 2; i++)
    g_assert_true(g_spawn_async(path_of(""), (char **)arguments->pdata, environment(),
                                G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                                &children[i], NULL));
  for (int i = 0; i < 2; i++) {
    int status;
    g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
    g_assert_cmpint(status, ==, 0);
  }
  const char *expected = restored(path_of("both-0.png"), "one.png");
  GDir *folder = g_dir_open(path_of("both"), 0, NULL);
  int count = 0;
  for (const char *name; (name = g_dir_read_name(folder)); count++) {
    g_autofree char *way = g_build_filename("both", name, NULL);
    g_assert_cmpint(differing_files(path_of(way), expected), ==, 0);
  }
  g_dir_close(folder);
  g_assert_cmpint(count, ==, FILES);
  pixels_free(p);
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
  g_test_add_func("/cases/long-xmp", test_long_xmp);
  g_test_add_func("/cases/thumbnail-alone", test_thumbnail_alone);
  g_test_add_func("/cases/xmp-too-long", test_xmp_too_long);
  g_test_add_func("/cases/split-resources", test_split_resources);
  g_test_add_func("/cases/iptc-in-png", test_iptc_in_png);
  g_test_add_func("/cases/old-exif", test_old_exif);
  g_test_add_func("/cases/texts", test_texts);
  g_test_add_func("/cases/orientation", test_orientation);
  g_test_add_func("/cases/thumbnails", test_thumbnails);
  g_test_add_func("/cases/associated-alpha", test_associated_alpha);
  g_test_add_func("/cases/gamma", test_gamma);
  g_test_add_func("/cases/code-points", test_code_points);
  g_test_add_func("/cases/precedence", test_precedence);
  g_test_add_func("/cases/scanner", test_scanner);
  g_test_add_func("/cases/floats", test_floats);
  g_test_add_func("/cases/masks", test_masks);
  g_test_add_func("/cases/colour-mask", test_colour_mask);
  g_test_add_func("/cases/grey-floats", test_grey_floats);
  g_test_add_func("/cases/transparent-webp", test_transparent_webp);
  g_test_add_func("/cases/json", test_json);
  g_test_add_func("/cases/no-end", test_no_end);
  g_test_add_func("/cases/pipe", test_pipe);
  g_test_add_func("/cases/long-names", test_long_names);
  g_test_add_func("/cases/two-runs", test_two_runs);
  g_test_add_func("/cases/dangling-link", test_dangling_link);
  g_test_add_func("/cases/read-only", test_read_only);
  g_test_add_func("/cases/owner", test_owner);
  return harness_run();
}
