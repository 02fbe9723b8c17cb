/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures too large to be held: a region is restored, and the rest passes by in strips.
 */
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"

#define SINGLE "--model", "tiny-single"

enum { ACROSS = 105, DOWN = 118 }; /* tiles of 48 × 40 pixels: 71 MB */

static const rect region = {4700, 4500, 60, 50}, around = {4500, 4300, 540, 420};

/* The most memory that a child has had so far, in bytes. */
static gint64 peak(void) {
  struct rusage usage;
  g_assert_cmpint(getrusage(RUSAGE_CHILDREN, &usage), ==, 0);
  return (gint64)usage.ru_maxrss * 1024;
}

static VipsImage *make_large(int bands) {
  pixels *tile = make_pixels(48, 40, bands, 8);
  VipsImage *large;
  g_assert_cmpint(vips_replicate(tile->image, &large, ACROSS, DOWN, NULL), ==, 0);
  pixels_free(tile);
  return large;
}

static VipsImage *open_strips(const char *path) {
  VipsImage *image = vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
  if (!image)
    g_error("%s", vips_error_buffer());
  return image;
}

/* Values that differ outside the region. */
static void assert_same_outside(const char *a, const char *b) {
  VipsImage *images[2] = {open_strips(a), open_strips(b)}, *filled[2], *same, *patch;
  double least;
  g_assert_cmpint(vips_black(&patch, region.width, region.height, "bands", images[0]->Bands, NULL),
                  ==, 0);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint(vips_insert(images[i], patch, &filled[i], region.x, region.y, NULL), ==, 0);
  g_assert_cmpint(vips_equal(filled[0], filled[1], &same, NULL), ==, 0);
  g_assert_cmpint(vips_min(same, &least, NULL), ==, 0);
  g_assert_cmpfloat(least, ==, 255);
  for (int i = 0; i < 2; i++) {
    g_object_unref(images[i]);
    g_object_unref(filled[i]);
  }
  g_object_unref(same);
  g_object_unref(patch);
}

static pixels *read_box(const char *path, rect box) {
  VipsImage *image = open_strips(path), *crop;
  g_assert_cmpint(vips_crop(image, &crop, box.x, box.y, box.width, box.height, NULL), ==, 0);
  pixels *p = pixels_of(crop);
  g_object_unref(image);
  g_object_unref(crop);
  return p;
}

/* What is restored is what a picture of the surroundings alone gives. */
static const char *restore_around(VipsImage *large) {
  VipsImage *crop;
  g_assert_cmpint(vips_crop(large, &crop, around.x, around.y, around.width, around.height, NULL),
                  ==, 0);
  pixels *p = pixels_of(crop);
  const char *input = write_pixels(p, "around.png"), *output = path_of("around-out.png");
  char *box = g_strdup_printf("%d,%d,%dx%d", region.x - around.x, region.y - around.y, region.width,
                              region.height);
  run_well("restore", input, output, SINGLE, "--region", box, NULL);
  pixels_free(p);
  g_object_unref(crop);
  g_free(box);
  return output;
}

static void check_result(const char *input, const char *output, const char *alone) {
  const rect inner = {region.x - around.x, region.y - around.y, region.width, region.height};
  pixels *restored = read_box(output, region), *before = read_box(input, region);
  pixels *expected = read_box(alone, inner);
  g_assert_cmpint(differing(restored, expected), ==, 0);
  g_assert_cmpint(differing(restored, before), >, region.width * region.height);
  assert_same_outside(input, output);
  pixels_free(restored);
  pixels_free(before);
  pixels_free(expected);
}

/* A small picture tells what the program takes anyway. */
static void test_strips(void) {
  VipsImage *large = make_large(3);
  const gint64 bytes = (gint64)VIPS_IMAGE_SIZEOF_IMAGE(large);
  const char *alone = restore_around(large);
  const char *inputs[] = {path_of("large.png"), path_of("large.tif")};
  const char *outputs[] = {path_of("out.png"), path_of("out.tif")};
  const gint64 least = peak();
  g_assert_cmpint(vips_pngsave(large, inputs[0], "compression", 1, NULL), ==, 0);
  g_assert_cmpint(vips_tiffsave(large, inputs[1], NULL), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++) {
    run_well("restore", inputs[i], outputs[i], SINGLE, "--region", "4700,4500,60x50", NULL);
    g_assert_cmpint(peak() - least, <, bytes / 2);
    check_result(inputs[i], outputs[i], alone);
  }
  g_object_unref(large);
}

/* One whose file ends too early is no mask, where it is read in strips too. */
static void check_torn_mask(VipsImage *mask, const char *input) {
  const char *torn = path_of("torn.png"), *output = path_of("torn-out.tif");
  VipsImage *copies[] = {mask, mask, mask}, *grey, *wide, *deep, *colours;
  g_assert_cmpint(vips_bandjoin_const1(mask, &grey, 255, NULL), ==, 0);
  g_assert_cmpint(vips_cast_ushort(grey, &wide, "shift", TRUE, NULL), ==, 0);
  g_assert_cmpint(vips_copy(wide, &deep, "interpretation", VIPS_INTERPRETATION_GREY16, NULL), ==,
                  0);
  g_assert_cmpint(vips_bandjoin(copies, &colours, 3, NULL), ==, 0);
  VipsImage *kinds[] = {deep, colours}; /* both of more bytes than are held */
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    GStatBuf status;
    g_assert_cmpint(vips_pngsave(kinds[i], torn, "compression", 0, NULL), ==, 0);
    g_assert_cmpint(g_stat(torn, &status), ==, 0);
    g_assert_cmpint(truncate(torn, status.st_size / 2), ==, 0);
    check_failed(run("restore", input, output, SINGLE, "--mask", torn, NULL), 1, "torn.png");
    check_failed(run("restore", input, output, SINGLE, "--mask", torn, "--region",
                     "4700,4500,60x50", "--size", "30x20", NULL),
                 1, "torn.png");
    g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  }
  g_object_unref(grey);
  g_object_unref(wide);
  g_object_unref(deep);
  g_object_unref(colours);
}

/* A mask says where the region is; the files may be one. */
static void test_mask(void) {
  VipsImage *black, *white, *mask;
  const char *selection = path_of("mask.png"), *input = path_of("large.tif");
  const char *alone = path_of("around-out.png"), *output = path_of("masked.tif");
  g_assert_cmpint(vips_black(&black, 48 * ACROSS, 40 * DOWN, NULL), ==, 0);
  g_assert_cmpint(vips_black(&mask, region.width, region.height, NULL), ==, 0);
  g_assert_cmpint(vips_invert(mask, &white, NULL), ==, 0);
  g_object_unref(mask);
  g_assert_cmpint(vips_insert(black, white, &mask, region.x, region.y, NULL), ==, 0);
  g_assert_cmpint(vips_pngsave(mask, selection, NULL), ==, 0);
  const outcome *o = run_well("restore", input, output, SINGLE, "--mask", selection, NULL);
  assert_contains(o->err, "restored 3000 points");
  check_result(input, output, alone);
  char *bytes;
  gsize size;
  g_assert_true(g_file_get_contents(input, &bytes, &size, NULL));
  g_assert_true(g_file_set_contents(path_of("same.tif"), bytes, (gssize)size, NULL));
  run_well("restore", path_of("same.tif"), path_of("same.tif"), SINGLE, "--mask", selection, NULL);
  check_result(input, path_of("same.tif"), alone);
  check_torn_mask(mask, input);
  g_free(bytes);
  g_object_unref(black);
  g_object_unref(white);
  g_object_unref(mask);
}

/* As a region the whole of a picture is not held either: what lies far apart in it is read and
 * written in a file. Opaque is the region alone, so that no more has to be restored. */
static void test_whole(void) {
  VipsImage *colours = make_large(3), *black, *white, *opaque, *alpha, *joined, *large;
  const char *input = path_of("whole.tif"), *alone = path_of("alone.tif");
  const char *output = path_of("whole-out.tif");
  g_assert_cmpint(vips_black(&black, 48 * ACROSS, 40 * DOWN * 2, NULL), ==, 0);
  g_assert_cmpint(vips_black(&white, region.width, region.height, NULL), ==, 0);
  g_assert_cmpint(vips_invert(white, &opaque, NULL), ==, 0);
  g_assert_cmpint(vips_insert(black, opaque, &alpha, region.x, region.y, NULL), ==, 0);
  g_assert_cmpint(vips_replicate(colours, &large, 1, 2, NULL), ==, 0);
  g_assert_cmpint(vips_bandjoin2(large, alpha, &joined, NULL), ==, 0);
  const gint64 bytes = (gint64)VIPS_IMAGE_SIZEOF_IMAGE(joined); /* 190 MB */
  g_assert_cmpint(vips_tiffsave(joined, input, NULL), ==, 0);
  run_well("restore", input, alone, SINGLE, "--region", "4700,4500,60x50", NULL);
  const gint64 least = peak();
  run_well("restore", input, output, SINGLE, NULL);
  g_test_message("%ld MB more for %ld MB", (long)(peak() - least) >> 20, (long)bytes >> 20);
  g_assert_cmpint(peak() - least, <, bytes / 2);
  pixels *restored = read_box(output, region), *expected = read_box(alone, region);
  pixels *before = read_box(input, region);
  g_assert_cmpint(differing(restored, expected), ==, 0);
  g_assert_cmpint(differing(restored, before), >, region.width * region.height);
  assert_same_outside(input, output);
  pixels_free(restored);
  pixels_free(expected);
  pixels_free(before);
  g_object_unref(colours);
  g_object_unref(black);
  g_object_unref(white);
  g_object_unref(opaque);
  g_object_unref(alpha);
  g_object_unref(joined);
  g_object_unref(large);
}

/* What is broken behind the region is found before the output takes its name. */
static void test_truncated(void) {
  char *bytes;
  gsize size;
  const char *broken = path_of("broken.png"), *output = path_of("none.png");
  g_assert_true(g_file_get_contents(path_of("large.png"), &bytes, &size, NULL));
  g_assert_true(g_file_set_contents(broken, bytes, (gssize)(size - size / 3), NULL));
  check_failed(run("restore", broken, output, SINGLE, "--region", "100,100,60x50", NULL), 1,
               "broken.png: ");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  g_free(bytes);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/large/strips", test_strips);
  g_test_add_func("/large/mask", test_mask);
  g_test_add_func("/large/whole", test_whole);
  g_test_add_func("/large/truncated", test_truncated);
  return harness_run();
}
