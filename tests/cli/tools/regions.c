/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * regions: found where differences were put.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "harness.h"

static yyjson_doc *json;

/* The regions of a JSON file. */
static yyjson_val *read_regions(const char *path) {
  yyjson_doc_free(json);
  json = yyjson_read_file(path, 0, NULL, NULL);
  yyjson_val *regions = yyjson_obj_get(yyjson_doc_get_root(json), "regions");
  g_assert_true(yyjson_is_arr(regions));
  return regions;
}

static void check_region(yyjson_val *regions, size_t index, int x, int y, int side, double score) {
  yyjson_val *one = yyjson_arr_get(regions, index);
  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(one, "x")), ==, x);
  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(one, "y")), ==, y);
  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(one, "width")), ==, side);
  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(one, "height")), ==, side);
  g_assert_cmpfloat_with_epsilon(yyjson_get_num(yyjson_obj_get(one, "score")), score, 1e-6);
}

static const char *write_flat(const char *name, int level, const rect *spot, int inside) {
  pixels *p = make_pixels(64, 48, 3, 8);
  for (int i = 0; i < 64 * 48 * 3; i++)
    p->values[i] = (guint16)level;
  for (int y = 0; spot && y < spot->height; y++)
    for (int x = 0; x < spot->width; x++)
      p->values[3 * ((spot->y + y) * 64 + spot->x + x) + 1] = (guint16)inside;
  pixels_update(p);
  const char *path = write_pixels(p, name);
  pixels_free(p);
  return path;
}

/* Flat pictures of 100 and 140: each window's spread is 20, and nothing varies within it. */
static void test_flat(void) {
  const char *figures = path_of("flat.json");
  run_well("regions", write_flat("a.png", 100, NULL, 0), write_flat("b.png", 140, NULL, 0),
           "--side", "16", "--count", "5", "--json", figures, NULL);
  yyjson_val *regions = read_regions(figures);
  g_assert_cmpuint(yyjson_arr_size(regions), ==, 5);
  for (size_t i = 0; i < 5; i++)
    check_region(regions, i, (int)(i % 4) * 16, (int)(i / 4) * 16, 16, 20);
}

/* One result has a green spot: half of a window's pixels, one channel of three. The score is the
 * deviation of 1/6 of the values by 90, and half the pixels' spread of 45. */
static void test_spot(void) {
  const rect spot = {40, 22, 8, 16};
  const char *figures = path_of("spot.json");
  const outcome *o =
    run_well("regions", write_flat("a.png", 100, NULL, 0), write_flat("b.png", 100, &spot, 190),
             "--side", "16", "--count", "2", "--json", figures, NULL);
  double score = 90 * sqrt(1.0 / 6 * 5.0 / 6) + 45.0 / 2;
  check_region(read_regions(figures), 0, 32, 22, 16, score);
  char *shown = g_strdup_printf("%.3f", score);
  assert_contains(o->out, shown);
  g_free(shown);
  /* By default, a quarter of the shorter side. */
  o = run_well("regions", path_of("a.png"), path_of("b.png"), "--json", figures, NULL);
  g_assert_cmpint(
    yyjson_get_int(yyjson_obj_get(yyjson_arr_get_first(read_regions(figures)), "width")), ==, 12);
}

/* Restoring first and comparing the files comes to the same; the sheet shows the first region. */
static void test_restored(void) {
  pixels *p = make_pixels(64, 48, 3, 8);
  const char *input = write_pixels(p, "in.png"), *sheet = path_of("sheet.png");
  const char *one = path_of("one.png"), *two = path_of("two.png");
  const char *first = path_of("first.json"), *second = path_of("second.json");
  run_well("restore", input, one, "--model", "tiny-single", "--mode", "full", NULL);
  run_well("restore", input, two, "--model", "tiny-diffusion", "--mode", "full", NULL);
  run_well("regions", one, two, "--side", "16", "--json", first, NULL);
  run_well("regions", input, "--options", "--mode full", "--with", "--model tiny-single", "--with",
           "Other: --model tiny-diffusion", "--side", "16", "--json", second, "-o", sheet, NULL);
  yyjson_val *results = NULL;
  char *found = yyjson_val_write(read_regions(first), 0, NULL);
  char *again = yyjson_val_write(read_regions(second), 0, NULL);
  g_assert_cmpstr(found, ==, again);
  results = yyjson_obj_get(yyjson_doc_get_root(json), "results");
  g_assert_cmpstr(yyjson_get_str(yyjson_arr_get(results, 0)), ==, "tiny-single");
  g_assert_cmpstr(yyjson_get_str(yyjson_arr_get(results, 1)), ==, "Other");

  pixels *drawn = read_pixels(sheet);
  yyjson_val *best = yyjson_arr_get_first(read_regions(second));
  int x = 8 + (int)(yyjson_get_int(yyjson_obj_get(best, "x")) * 480 / 64.0);
  int y = 46 + (int)(yyjson_get_int(yyjson_obj_get(best, "y")) * 480 / 64.0);
  int right = x + (int)(16 * 480 / 64.0) - 1;
  g_assert_cmpint(value_at(drawn, right, y + 60, 0), ==, 0xff);
  g_assert_cmpint(value_at(drawn, right, y + 60, 1), ==, 0x20);
  pixels_free(drawn);
  free(found);
  free(again);
  pixels_free(p);
}

static void test_refused(void) {
  const char *a = write_flat("a.png", 100, NULL, 0), *b = write_flat("b.png", 100, NULL, 0);
  pixels *p = make_pixels(20, 20, 3, 8);
  const char *small = write_pixels(p, "small.png");
  check_failed(run("regions", NULL), 2, "at least two results");
  check_failed(run("regions", a, NULL), 2, "at least two results");
  check_failed(run("regions", a, small, NULL), 1, "small.png has 20 × 20 pixels");
  check_failed(run("regions", a, b, "--side", "49", NULL), 1, "--side is 49");
  check_failed(run("regions", a, b, "--count", "0", NULL), 2, "--count must be");
  check_failed(run("regions", a, b, "--options", "--clip", NULL), 2, "--options belongs");
  check_failed(run("regions", a, "--with", "--model tiny-single", NULL), 2, "twice at least");
  check_failed(run("regions", a, b, "--with", "--model tiny-single", "--with", "--clip", NULL), 2,
               "one picture at a time");
  check_failed(run("regions", a, path_of("nowhere.png"), NULL), 1, "nowhere.png");
  check_failed(run("regions", a, b, "-o", "sheet.gif", NULL), 2, "must end in");
  pixels_free(p);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/regions/flat", test_flat);
  g_test_add_func("/regions/spot", test_spot);
  g_test_add_func("/regions/restored", test_restored);
  g_test_add_func("/regions/refused", test_refused);
  int status = harness_run();
  yyjson_doc_free(json);
  return status;
}
