/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faces: found, listed, drawn, seen from near, recorded and repeated.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "io/xmp.h"
#include "restorator.h"

#define SINGLE "--model", "tiny-single"

static const char *boys_path(void) {
  return data_path("../../../docs/demo/boys.jpg");
}

static void test_list(void) {
  const char *json = path_of("faces.json");
  const outcome *o = run_well("faces", boys_path(), "--json", json, NULL);
  char *text;
  gsize size;

  assert_contains(o->out, "width");
  g_assert_true(g_file_get_contents(json, &text, &size, NULL));
  yyjson_doc *doc = yyjson_read(text, size, 0);
  yyjson_val *one = yyjson_arr_get_first(yyjson_obj_get(yyjson_doc_get_root(doc), "pictures"));
  yyjson_val *faces = yyjson_obj_get(one, "faces");

  g_assert_cmpint(yyjson_get_int(yyjson_obj_get(one, "width")), ==, 590);
  g_assert_cmpint(yyjson_arr_size(faces), ==, 3);
  check_boys(faces);
  yyjson_doc_free(doc);
  g_free(text);
  /* the surer it has to be, the fewer */
  o = run_well("faces", boys_path(), "--sure", "0.999999", NULL);
  g_assert_cmpint(!strchr(strchr(o->out, '\n') + 1, '\n'), ==, true);
}

/* Red outlines, and nothing else. */
static void test_draw(void) {
  const char *drawn = path_of("drawn.png");

  run_well("faces", boys_path(), "-o", drawn, NULL);
  pixels *p = read_pixels(drawn);
  int red = 0;

  for (int y = 0; y < p->height; y++)
    for (int x = 0; x < p->width; x++) {
      const bool marked = value_at(p, x, y, 0) == 255 && value_at(p, x, y, 1) == 32;

      red += marked;
      if (!marked)
        g_assert_cmpint(value_at(p, x, y, 0), ==, value_at(p, x, y, 2));
    }
  g_assert_cmpint(red, >, 300);
  pixels_free(p);
  pixels *plain = make_pixels(200, 150, 3, 8);
  const char *nobody = write_pixels(plain, "nobody.png");

  pixels_free(plain);
  run_well("faces", nobody, "-o", drawn, NULL);
  g_assert_cmpint(differing_files(nobody, drawn), ==, 0);
}

static void test_wrong(void) {
  check_failed(run("faces", NULL), 2, "at least one picture");
  check_failed(run("faces", boys_path(), boys_path(), "-o", path_of("x.png"), NULL), 2, "--output");
  check_failed(run("faces", boys_path(), "--sure", "1", NULL), 2, "--sure");
  check_failed(run("faces", path_of("nowhere.png"), NULL), 1, "nowhere.png");
  check_failed(run("restore", SINGLE, "--faces", "1,2,3", boys_path(), path_of("x.png"), NULL), 2,
               "faces");
}

static char *recorded_faces(const char *path) {
  pixels *p = read_pixels(path);
  const void *bytes = "";
  size_t size = 0;
  g_autofree rst_record *record = g_new0(rst_record, 1);
  rst_parameters parameters;
  int count;

  record->size = sizeof *record;
  rst_parameters_init(&parameters);
  g_assert_cmpint(vips_image_get_blob(p->image, VIPS_META_XMP_NAME, &bytes, &size), ==, 0);
  char *history = xmp_get_history(bytes, size);
  g_assert_cmpint(rst_record_read(history, -1, record, &parameters, &count, NULL), ==, RST_OK);
  g_free(history);
  pixels_free(p);
  g_assert_cmpint(parameters.window_kind, ==, RST_WINDOW_FACES);
  return g_strdup(parameters.faces);
}

/* What was found is recorded; the record and the list give the same picture. */
static void test_restore(void) {
  const char *result = path_of("result.png"), *other = path_of("other.png");
  int count;

  run_well("restore", SINGLE, "--window", "faces", boys_path(), result, NULL);
  g_autofree char *faces = recorded_faces(result);

  g_assert_cmpint(rst_faces_parse(faces, NULL, &count, NULL), ==, RST_OK);
  g_assert_cmpint(count, ==, 3);
  run_well("restore", "--repeat", result, boys_path(), other, NULL);
  g_assert_cmpint(differing_files(result, other), ==, 0);
  run_well("restore", SINGLE, "--window", "faces", "--faces", faces, boys_path(), other, NULL);
  g_assert_cmpint(differing_files(result, other), ==, 0);
  run_well("restore", SINGLE, boys_path(), other, NULL);
  g_assert_cmpint(differing_files(result, other), >, 1000);
  run_well("restore", SINGLE, "--window", "faces", "--faces", "", boys_path(), result, NULL);
  g_assert_cmpint(differing_files(result, other), ==, 0);
  g_autofree char *none = recorded_faces(result);
  g_assert_cmpstr(none, ==, "");
}

/* A region's faces are those in it; beyond the region no pixel changes. */
static void test_region(void) {
  const rect box = {200, 60, 120, 130};
  const char *result = path_of("region.png"), *before = path_of("before.png");
  int count;

  run_well("restore", SINGLE, "--strength", "0", boys_path(), before, NULL);
  run_well("restore", SINGLE, "--window", "faces", "--region", "200,60,120x130", before, result,
           NULL);
  g_autofree char *faces = recorded_faces(result);
  pixels *a = read_pixels(before), *b = read_pixels(result);

  g_assert_cmpint(rst_faces_parse(faces, NULL, &count, NULL), ==, RST_OK);
  g_assert_cmpint(count, ==, 1);
  g_assert_cmpint(differing_outside(a, b, box), ==, 0);
  g_assert_cmpint(differing_inside(a, b, box), >, 1000);
  pixels_free(a);
  pixels_free(b);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/faces/list", test_list);
  g_test_add_func("/faces/draw", test_draw);
  g_test_add_func("/faces/wrong", test_wrong);
  g_test_add_func("/faces/restore", test_restore);
  g_test_add_func("/faces/region", test_region);
  return harness_run();
}
