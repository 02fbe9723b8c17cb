/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EXIF into and out of TIFF, as libtiff sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

#include "io/exif.h"
#include "harness.h"

#define SINGLE "--model", "tiny-single"
#define INNER "--region", "12,8,16x20"

/* A JPEG file with tags of each directory, and values of each width. */
static const char *write_jpeg(void) {
  static const char *const tags[][2] = {
    {"exif-ifd0-Artist", "Somebody else (Somebody else, ASCII, 14, 14)"},
    {"exif-ifd0-Model", "X1 (X1, ASCII, 3, 3)"},
    {"exif-ifd2-FNumber", "28/10 (f/2.8, Rational, 1, 8)"},
    {"exif-ifd2-ISOSpeedRatings", "400 (400, Short, 1, 2)"},
    {"exif-ifd2-UserComment", "Nobody's comment (Nobody's comment, Undefined, 16, 16)"},
    {"exif-ifd3-GPSLatitude", "52/1 30/1 1234/100 (52, 30, 12.34, Rational, 3, 24)"},
  };
  pixels *source = make_pixels(48, 40, 3, 8);
  for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
    vips_image_set_string(source->image, tags[i][0], tags[i][1]);
  const char *path = write_pixels(source, "in.jpg");
  pixels_free(source);
  return path;
}

static const char *text_of(const pixels *p, const char *name) {
  const char *text = "";
  if (vips_image_get_typeof(p->image, name) != 0)
    vips_image_get_string(p->image, name, &text);
  return text;
}

/* Every EXIF field of one file is in the other, but for those of the file's own making. */
static void assert_same_exif(const char *a, const char *b) {
  static const char *const names[] = {
    "exif-ifd0-Artist",          "exif-ifd0-Model",       "exif-ifd2-FNumber",
    "exif-ifd2-ISOSpeedRatings", "exif-ifd2-UserComment", "exif-ifd3-GPSLatitude",
  };
  pixels *first = read_pixels(a), *second = read_pixels(b);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_assert_cmpstr(text_of(first, names[i]), !=, "");
    g_assert_cmpstr(text_of(first, names[i]), ==, text_of(second, names[i]));
  }
  pixels_free(first);
  pixels_free(second);
}

/* What libtiff reads of a file. */
static void check_tiff(const char *path, bool big, bool place) {
  TIFF *tiff = TIFFOpen(path, "rm");
  char *artist = NULL;
  toff_t camera = 0, gps = 0;
  float number = 0;
  double *latitude = NULL;
  uint16_t count = 0, *speeds = NULL;
  g_assert_nonnull(tiff);
  g_assert_cmpint(TIFFIsBigTIFF(tiff), ==, big);
  g_assert_cmpint(TIFFNumberOfDirectories(tiff), ==, 1);
  g_assert_true(TIFFGetField(tiff, TIFFTAG_ARTIST, &artist));
  g_assert_cmpstr(artist, ==, "Somebody else");
  g_assert_true(TIFFGetField(tiff, TIFFTAG_EXIFIFD, &camera));
  g_assert_cmpint(TIFFGetField(tiff, TIFFTAG_GPSIFD, &gps), ==, place);
  g_assert_true(TIFFReadEXIFDirectory(tiff, camera));
  g_assert_true(TIFFGetField(tiff, EXIFTAG_FNUMBER, &number));
  g_assert_cmpfloat(fabsf(number - 2.8f), <, 1e-6);
  g_assert_true(TIFFGetField(tiff, EXIFTAG_ISOSPEEDRATINGS, &count, &speeds));
  g_assert_cmpint(count, ==, 1);
  g_assert_cmpint(speeds[0], ==, 400);
  if (place) {
    g_assert_true(TIFFReadGPSDirectory(tiff, gps));
    g_assert_true(TIFFGetField(tiff, GPSTAG_LATITUDE, &latitude));
    g_assert_cmpfloat(fabs(latitude[2] - 12.34), <, 1e-5);
  }
  TIFFClose(tiff);
}

/* In and out, and to TIFF again: nothing is lost on the way, pixels least of all. */
static void test_round(void) {
  const char *input = write_jpeg(), *first = path_of("first.tif"), *second = path_of("second.tif");
  const char *png = path_of("out.png"), *jpeg = path_of("out.jpg");
  const outcome *o = run_well("restore", input, first, SINGLE, INNER, NULL);
  g_assert_null(strstr(o->err, "EXIF"));
  check_tiff(first, false, true);
  run_well("restore", first, second, SINGLE, INNER, "--strength", "0", NULL);
  check_tiff(second, false, true);
  g_assert_cmpint(differing_files(first, second), ==, 0);
  run_well("restore", first, png, SINGLE, INNER, NULL);
  assert_same_exif(input, png);
  run_well("restore", second, jpeg, SINGLE, INNER, NULL);
  assert_same_exif(input, jpeg);
  pixels *p = read_pixels(second);
  g_assert_cmpint(vips_image_get_typeof(p->image, VIPS_META_XMP_NAME), !=, 0);
  pixels_free(p);
}

/* By libtiff's hand, in the order and the layout of that mode. */
static const char *write_tiff(const char *name, const char *mode) {
  const char *path = path_of(name);
  pixels *source = make_pixels(48, 40, 3, 8);
  TIFF *tiff = TIFFOpen(path, mode);
  uint64_t camera = 0;
  const uint16_t speed = 400;
  g_assert_nonnull(tiff);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 48);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 40);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 40);
  TIFFSetField(tiff, TIFFTAG_ARTIST, "Somebody else");
  for (int y = 0; y < 40; y++) {
    guint8 row[3 * 48];
    for (int i = 0; i < 3 * 48; i++)
      row[i] = (guint8)source->values[y * 3 * 48 + i];
    g_assert_cmpint(TIFFWriteScanline(tiff, row, (uint32_t)y, 0), ==, 1);
  }
  TIFFSetField(tiff, TIFFTAG_EXIFIFD, camera);
  g_assert_true(TIFFWriteDirectory(tiff));
  TIFFFreeDirectory(tiff);
  g_assert_cmpint(TIFFCreateEXIFDirectory(tiff), ==, 0);
  TIFFSetField(tiff, EXIFTAG_FNUMBER, 2.8);
  TIFFSetField(tiff, EXIFTAG_ISOSPEEDRATINGS, 1, &speed);
  g_assert_true(TIFFWriteCustomDirectory(tiff, &camera));
  g_assert_true(TIFFSetDirectory(tiff, 0));
  TIFFSetField(tiff, TIFFTAG_EXIFIFD, camera);
  g_assert_true(TIFFRewriteDirectory(tiff));
  TIFFClose(tiff);
  pixels_free(source);
  return path;
}

/* The other order of bytes, and BigTIFF. */
static void test_layouts(void) {
  static const char *const modes[] = {"wl", "wb", "w8l", "w8b"};
  const char *output = path_of("out.tif"), *png = path_of("out.png");
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
    const char *input = write_tiff("written.tif", modes[i]);
    check_tiff(input, i >= 2, false);
    run_well("restore", input, output, SINGLE, INNER, NULL);
    check_tiff(output, false, false);
    run_well("restore", input, png, SINGLE, INNER, NULL);
    pixels *p = read_pixels(png);
    assert_contains(text_of(p, "exif-ifd0-Artist"), "Somebody else");
    assert_contains(text_of(p, "exif-ifd2-FNumber"), "f/2.8");
    assert_contains(text_of(p, "exif-ifd2-ISOSpeedRatings"), "400");
    pixels_free(p);
  }
}

/* BigTIFF gets its EXIF in its own layout. */
static void test_big(void) {
  pixels *source = read_pixels(write_jpeg());
  const char *path = path_of("big.tif");
  g_assert_cmpint(vips_tiffsave(source->image, path, "bigtiff", TRUE, NULL), ==, 0);
  int fd = open(path, O_RDWR), fault;
  GArray *none = tiff_fields_new();
  g_assert_true(exif_add_to_tiff(fd, source->image, none, &fault));
  close(fd);
  g_array_unref(none);
  check_tiff(path, true, true);
  pixels *written = read_pixels(path);
  g_assert_cmpint(differing(source, written), ==, 0);
  pixels_free(source);
  pixels_free(written);
}

static void read_bytes(const char *path, const char *bytes, gsize size) {
  VipsImage *image;
  g_assert_true(
    g_file_set_contents_full(path, bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0666, NULL));
  g_assert_cmpint(vips_black(&image, 1, 1, NULL), ==, 0);
  const int fd = open(path, O_RDONLY);
  cli_bytes file = bytes_in(fd);
  cli_tiff tiff;
  if (tiff_open(&tiff, &file))
    exif_read_tiff(&tiff, tiff.first, image);
  close(fd);
  g_object_unref(image);
}

/* Whatever a file holds where its directories are, nothing outside of it is read. */
static void test_hostile(void) {
  static const guint8 values[] = {0, 1, 0x7f, 0x80, 0xff};
  const char *path = path_of("hostile.tif");
  char *bytes;
  gsize size;
  g_assert_true(g_file_get_contents(write_tiff("good.tif", "w8b"), &bytes, &size, NULL));
  const gsize pixels_end = 16 + 48 * 40 * 3;
  g_assert_cmpuint(size, >, pixels_end + 200);
  for (gsize length = 0; length < size; length += length < 16 || length > pixels_end ? 7 : 5760)
    read_bytes(path, bytes, length);
  for (gsize i = 0; i < size; i = i == 15 ? pixels_end : i + 1)
    for (gsize k = 0; k < G_N_ELEMENTS(values); k++) {
      char before = bytes[i];
      bytes[i] = (char)values[k];
      read_bytes(path, bytes, size);
      bytes[i] = before;
    }
  g_free(bytes);
}

/* EXIF that is none leaves a TIFF file as it is. */
static void test_malformed(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *path = path_of("plain.tif");
  char *before, *after;
  gsize before_size, after_size;
  g_assert_cmpint(vips_tiffsave(source->image, path, NULL), ==, 0);
  g_assert_true(g_file_get_contents(path, &before, &before_size, NULL));
  int fd = open(path, O_RDWR), fault;
  GArray *none = tiff_fields_new();
  g_assert_true(exif_add_to_tiff(fd, source->image, none, &fault)); /* none at all */
  vips_image_set_blob_copy(source->image, VIPS_META_EXIF_NAME, "Exif\0\0II*\0\xff\xff\xff\xff", 14);
  g_assert_false(exif_add_to_tiff(fd, source->image, none, &fault));
  close(fd);
  g_array_unref(none);
  g_assert_true(g_file_get_contents(path, &after, &after_size, NULL));
  g_assert_cmpmem(before, before_size, after, after_size);
  g_free(before);
  g_free(after);
  pixels_free(source);
}

/* ---- thumbnails, which show the picture as it was ---- */

static void put_number(GByteArray *to, guint32 number, int bytes) {
  for (int i = 0; i < bytes; i++)
    g_byte_array_append(to, (const guint8[]){(guint8)(number >> 8 * i)}, 1);
}

static void put_entry(GByteArray *to, guint16 tag, guint16 type, guint32 count, guint32 value) {
  put_number(to, tag, 2);
  put_number(to, type, 2);
  put_number(to, count, 4);
  put_number(to, value, 4);
}

enum { ASCII = 2, LONG = 4, THUMBNAIL_BYTES = 16, TEXT_BYTES = 12 };
enum { FIRST = 8, SECOND = FIRST + 2 + 12 + 4, DATA = SECOND + 2 + 2 * 12 + 4 };

/* An EXIF block whose thumbnail stands before a text, or behind it; `length`: what it says of the
 * thumbnail. */
static GByteArray *block_with_thumbnail(bool before, guint32 length) {
  GByteArray *block = g_byte_array_new();
  const guint32 thumbnail = before ? DATA : DATA + TEXT_BYTES;
  const guint32 text = before ? DATA + THUMBNAIL_BYTES : DATA;
  g_byte_array_append(block, (const guint8 *)"II*\0", 4);
  put_number(block, FIRST, 4);
  put_number(block, 1, 2);
  put_entry(block, TIFFTAG_ARTIST, ASCII, TEXT_BYTES, text);
  put_number(block, SECOND, 4);
  put_number(block, 2, 2);
  put_entry(block, 0x0201, LONG, 1, thumbnail);
  put_entry(block, 0x0202, LONG, 1, length);
  put_number(block, 0, 4);
  if (!before)
    g_byte_array_append(block, (const guint8 *)"Anne Other.", TEXT_BYTES);
  g_byte_array_append(block, (const guint8 *)"\xff\xd8sixteen bytes", THUMBNAIL_BYTES);
  if (before)
    g_byte_array_append(block, (const guint8 *)"Anne Other.", TEXT_BYTES);
  return block;
}

/* What is written of a block; NULL where that is none. Unref it. */
static GBytes *written_block(const GByteArray *block, gsize limit, bool *shortened) {
  pixels *p = make_pixels(8, 8, 3, 8);
  bool malformed;
  vips_image_set_blob_copy(p->image, VIPS_META_EXIF_NAME, block->data, block->len);
  GBytes *written = exif_block(p->image, limit, shortened, &malformed);
  g_assert_false(malformed);
  pixels_free(p);
  return written;
}

static void test_thumbnail(void) {
  static const guint8 nothing[THUMBNAIL_BYTES];
  for (int before = 0; before < 2; before++) {
    g_autoptr(GByteArray) block = block_with_thumbnail(before, THUMBNAIL_BYTES);
    bool shortened;
    gsize size;
    g_autoptr(GBytes) written = written_block(block, G_MAXINT32, &shortened);
    const guint8 *bytes = g_bytes_get_data(written, &size);
    g_assert_false(shortened);
    g_assert_cmpuint(size, ==, before ? block->len : block->len - THUMBNAIL_BYTES);
    g_assert_cmpmem(bytes + SECOND - 4, 4, nothing, 4); /* no second directory */
    if (before)
      g_assert_cmpmem(bytes + DATA, THUMBNAIL_BYTES, nothing, THUMBNAIL_BYTES);
    g_assert_cmpstr((const char *)bytes + size - TEXT_BYTES, ==, "Anne Other.");
  }
}

/* One that leads beyond the block is left where it is, and nobody is led to it. */
static void test_thumbnail_beyond(void) {
  g_autoptr(GByteArray) block = block_with_thumbnail(true, 1 << 20);
  bool shortened;
  gsize size;
  g_autoptr(GBytes) written = written_block(block, G_MAXINT32, &shortened);
  const guint8 *bytes = g_bytes_get_data(written, &size);
  g_assert_cmpuint(size, ==, block->len);
  g_assert_cmpmem(bytes + SECOND - 4, 4, "\0\0\0\0", 4);
  g_assert_cmpmem(bytes + DATA, 2, "\xff\xd8", 2);
}

/* A block that is too long is made anew; one that does not get short enough is left out. */
static void test_limit(void) {
  g_autoptr(GByteArray) block = block_with_thumbnail(true, THUMBNAIL_BYTES);
  bool shortened;
  gsize size;
  g_autoptr(GBytes) written = written_block(block, block->len - 1, &shortened);
  g_assert_true(shortened);
  g_assert_nonnull(written);
  g_assert_nonnull(
    memmem(g_bytes_get_data(written, &size), g_bytes_get_size(written), "Anne Other.", TEXT_BYTES));
  g_assert_cmpuint(size, <, block->len);
  g_assert_null(written_block(block, 20, &shortened));
  g_assert_true(shortened);
}

/* Why a TIFF file does not get its EXIF is told. */
static void test_unwritable(void) {
  pixels *source = read_pixels(write_jpeg());
  const char *path = path_of("closed.tif");
  int fault;
  g_assert_cmpint(vips_tiffsave(source->image, path, NULL), ==, 0);
  const int fd = open(path, O_RDONLY);
  GArray *none = tiff_fields_new();
  g_assert_false(exif_add_to_tiff(fd, source->image, none, &fault));
  g_assert_cmpint(fault, ==, EBADF);
  close(fd);
  g_array_unref(none);
  pixels_free(source);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  TIFFSetWarningHandler(NULL);
  g_test_add_func("/exif/round", test_round);
  g_test_add_func("/exif/layouts", test_layouts);
  g_test_add_func("/exif/big", test_big);
  g_test_add_func("/exif/hostile", test_hostile);
  g_test_add_func("/exif/malformed", test_malformed);
  g_test_add_func("/exif/thumbnail", test_thumbnail);
  g_test_add_func("/exif/thumbnail-beyond", test_thumbnail_beyond);
  g_test_add_func("/exif/limit", test_limit);
  g_test_add_func("/exif/unwritable", test_unwritable);
  return harness_run();
}
