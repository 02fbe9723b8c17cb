/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * evaluate: its figures against those of pictures that `restore` writes.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <yyjson.h>

#include "measure/colour.h"
#include "harness.h"

enum { SIDE = 178 };

static yyjson_doc *json;

static yyjson_val *read_json(const char *path) {
  yyjson_doc_free(json);
  json = yyjson_read_file(path, 0, NULL, NULL);
  g_assert_nonnull(json);
  return yyjson_doc_get_root(json);
}

static double number(yyjson_val *object, const char *key) {
  yyjson_val *value = yyjson_obj_get(object, key);
  g_assert_true(yyjson_is_num(value));
  return yyjson_get_num(value);
}

/* A colour picture in a folder of that name. */
static const char *write_colours(const char *folder, const char *name, int width, int height,
                                 double turn) {
  pixels *p = make_pixels(width, height, 3, 16);
  for (int i = 0; i < width * height; i++) {
    double x = (double)(i % width) / width, y = (double)(i / width) / height;
    p->values[3 * i] = (guint16)(65535 * (0.5 + 0.4 * sin(5 * x + turn)));
    p->values[3 * i + 1] = (guint16)(65535 * (0.4 + 0.3 * cos(7 * y - turn)));
    p->values[3 * i + 2] = (guint16)(65535 * (0.45 + 0.4 * sin(4 * x * y + 2 * turn)));
  }
  pixels_update(p);
  g_mkdir(path_of(folder), 0777);
  char *path = g_build_filename(folder, name, NULL);
  const char *written = write_pixels(p, path);
  g_free(path);
  pixels_free(p);
  return written;
}

static void get_rgb(const pixels *p, int i, float rgb[3]) {
  for (int c = 0; c < 3; c++)
    rgb[c] = p->values[3 * i + c] / 65535.0f;
}

/* At 178 × 178 the picture is its own truth, and `restore` does the same with it. */
static void test_reference(void) {
  static const char *const models[] = {"tiny-single", "tiny-diffusion"};
  const char *input = write_colours("reference", "a.png", SIDE, SIDE, 0.3);
  const char *output = path_of("whole.png"), *figures = path_of("figures.json");
  for (gsize m = 0; m < G_N_ELEMENTS(models); m++) {
    run_well("restore", input, output, "--model", models[m], "--mode", "full", "--seed", "9", NULL);
    run_well("evaluate", path_of("reference"), "--model", models[m], "--protocol", "reference",
             "--seed", "9", "--json", figures, NULL);
    yyjson_val *root = read_json(figures);
    pixels *truth = read_pixels(input), *restored = read_pixels(output);
    double mse = 0;
    for (int i = 0; i < SIDE * SIDE * 3; i++)
      mse += pow((restored->values[i] - truth->values[i]) / 65535.0, 2) / (SIDE * SIDE * 3);
    g_assert_cmpfloat_with_epsilon(number(root, "mse"), mse, 1e-5 * mse);
    g_assert_cmpfloat_with_epsilon(number(root, "ratio"), mse / number(root, "bicubic"), 1e-3);
    g_assert_true(yyjson_is_null(yyjson_obj_get(root, "ciede2000")));
    g_assert_true(yyjson_is_null(yyjson_obj_get(root, "chroma")));
    g_assert_cmpint(yyjson_get_int(yyjson_obj_get(root, "passes")), ==, m == 0 ? 1 : 15);
    g_assert_true(yyjson_is_obj(yyjson_obj_get(root, "setup")) == (m == 1));
    pixels_free(truth);
    pixels_free(restored);
  }
}

/* True hints help, and are told: restoring with them gives what was measured. */
static void test_hints(void) {
  const char *input = write_colours("hinted", "a.png", 90, 60, 0.3);
  const char *figures = path_of("figures.json"), *output = path_of("hinted.png");
  double before = 0, error = 0;
  run_well("evaluate", input, "--model", "tiny-single", "--protocol", "colour", "--json", figures,
           NULL);
  before = number(read_json(figures), "ciede2000");
  run_well("evaluate", input, "--model", "tiny-single", "--protocol", "colour", "--hints", "5",
           "--json", figures, NULL);
  yyjson_val *root = read_json(figures);
  yyjson_val *one = yyjson_arr_get_first(yyjson_obj_get(root, "each"));
  const char *hints = yyjson_get_str(yyjson_obj_get(one, "hints"));
  g_assert_cmpfloat_with_epsilon(number(root, "ciede2000_unhinted"), before, 1e-9);
  g_assert_cmpfloat(number(root, "ciede2000"), <, 0.9 * before);
  char **each = g_strsplit(hints, "; ", -1);
  g_assert_cmpuint(g_strv_length(each), ==, 5);
  g_strfreev(each);
  run_well("restore", input, output, "--model", "tiny-single", "--mode", "colour", "--window",
           "picture", "--hint", hints, NULL);
  pixels *truth = read_pixels(input), *restored = read_pixels(output);
  for (int i = 0; i < 90 * 60; i++) {
    float rgb[3];
    double lab[3], other[3];
    get_rgb(truth, i, rgb);
    colour_lab(rgb, lab);
    get_rgb(restored, i, rgb);
    colour_lab(rgb, other);
    other[0] = lab[0]; /* the picture was restored in colour, not in grey */
    error += colour_difference(lab, other) / (90 * 60);
  }
  g_assert_cmpfloat(error, <, before);
  pixels_free(truth);
  pixels_free(restored);
  check_failed(run("evaluate", input, "--hints", "257", NULL), 2, "--hints");
  check_failed(run("evaluate", input, "--hints", "3", "--pixels", "9", NULL), 2, "--pixels");
}

/* Of a flat picture, the enlarged input is the luma. */
static void test_bicubic(void) {
  const char *figures = path_of("flat.json");
  const double rgb[3] = {51 / 255.0, 153 / 255.0, 102 / 255.0};
  pixels *p = make_pixels(64, 50, 3, 8);
  for (int i = 0; i < 64 * 50 * 3; i++)
    p->values[i] = (guint16)(255 * rgb[i % 3] + 0.5);
  pixels_update(p);
  run_well("evaluate", write_pixels(p, "flat.png"), "--model", "tiny-single", "--json", figures,
           NULL);
  double luma = 0.2989 * rgb[0] + 0.5870 * rgb[1] + 0.1140 * rgb[2], expected = 0;
  for (int c = 0; c < 3; c++)
    expected += (luma - rgb[c]) * (luma - rgb[c]) / 3;
  g_assert_cmpfloat_with_epsilon(number(read_json(figures), "bicubic"), expected, 1e-6);
  pixels_free(p);
}

/* The grey of the picture, restored in mode colour. */
static void test_colour(gconstpointer model) {
  const char *input = write_colours("colour", "a.png", 60, 44, 1.1);
  const char *output = path_of("coloured.png"), *figures = path_of("colour.json");
  pixels *truth = read_pixels(input), *grey = read_pixels(input);
  for (int i = 0; i < 60 * 44; i++) {
    float rgb[3];
    get_rgb(truth, i, rgb);
    double luma = 0.2989 * rgb[0] + 0.5870 * rgb[1] + 0.1140 * rgb[2];
    for (int c = 0; c < 3; c++)
      grey->values[3 * i + c] = (guint16)(65535 * luma + 0.5);
  }
  pixels_update(grey);
  run_well("restore", write_pixels(grey, "grey.png"), output, "--model", model, "--mode", "colour",
           "--window", "picture", NULL);
  run_well("evaluate", path_of("colour"), "--model", model, "--protocol", "colour", "--json",
           figures, NULL);
  yyjson_val *root = read_json(figures);
  pixels *restored = read_pixels(output);
  double distance = 0, plain = 0, chroma = 0, chroma_truth = 0;
  for (int i = 0; i < 60 * 44; i++) {
    float rgb[3];
    double lab[3][3];
    const pixels *all[] = {truth, grey, restored};
    for (int k = 0; k < 3; k++) {
      get_rgb(all[k], i, rgb);
      colour_lab(rgb, lab[k]);
    }
    plain += colour_difference(lab[1], lab[0]) / (60 * 44);
    distance += colour_difference(lab[2], lab[0]) / (60 * 44);
    chroma_truth += colour_chroma(lab[0]);
    chroma += colour_chroma(lab[2]);
  }
  g_assert_cmpfloat_with_epsilon(number(root, "ciede2000"), distance, 0.002 * distance);
  g_assert_cmpfloat_with_epsilon(number(root, "ciede2000_grey"), plain, 0.002 * plain);
  g_assert_cmpfloat_with_epsilon(number(root, "chroma"), chroma / chroma_truth, 0.002);
  g_assert_true(yyjson_is_null(yyjson_obj_get(root, "mse")));
  pixels_free(truth);
  pixels_free(grey);
  pixels_free(restored);
}

/* Means over pictures, which come by name; other files of the folder do not count. */
static void test_many(void) {
  const char *figures = path_of("many.json");
  write_colours("many", "b.png", 40, 40, 0);
  write_colours("many", "a.png", 40, 30, 1);
  write_colours("many", "c.png", 30, 40, 2);
  write_text("many/notes.txt", "no picture");
  const outcome *o =
    run_well("evaluate", path_of("many"), "--model", "tiny-single", "--json", figures, NULL);
  assert_contains(o->out, "tiny-single (single pass), 3 pictures");
  assert_contains(o->out, "The model's input is");
  yyjson_val *root = read_json(figures), *each = yyjson_obj_get(root, "each"), *one;
  double mse = 0, ciede2000 = 0;
  size_t i, count;
  const char *const names[] = {"a.png", "b.png", "c.png"};
  g_assert_cmpuint(yyjson_arr_size(each), ==, 3);
  yyjson_arr_foreach(each, i, count, one) {
    g_assert_cmpstr(yyjson_get_str(yyjson_obj_get(one, "picture")), ==, names[i]);
    mse += number(one, "mse") / 3;
    ciede2000 += number(one, "ciede2000") / 3;
  }
  g_assert_cmpfloat_with_epsilon(number(root, "mse"), mse, 1e-12);
  g_assert_cmpfloat_with_epsilon(number(root, "ciede2000"), ciede2000, 1e-9);
  char *shown = g_strdup_printf("%.6f", mse);
  assert_contains(o->out, shown);
  g_free(shown);
}

/* Some of the points are near all of them, and the same at every run. */
static void test_pixels(void) {
  const char *figures = path_of("pixels.json");
  double mse[3];
  const char *input = write_colours("pixels", "a.png", 90, 90, 0.7);
  for (int i = 0; i < 3; i++) {
    run_well("evaluate", input, "--model", "tiny-single", "--json", figures, "--pixels",
             i == 0 ? "99999999" : "2000", NULL);
    mse[i] = number(read_json(figures), "mse");
  }
  g_assert_cmpfloat(mse[1], ==, mse[2]);
  g_assert_cmpfloat(mse[0], !=, mse[1]);
  g_assert_cmpfloat_with_epsilon(mse[1], mse[0], 0.1 * mse[0]);
}

static void test_refused(void) {
  const char *input = write_colours("refused", "a.png", 40, 40, 0);
  pixels *grey = make_pixels(40, 40, 1, 8);
  g_mkdir(path_of("empty"), 0777);
  check_failed(run("evaluate", NULL), 2, "a folder of pictures is needed");
  check_failed(run("evaluate", input, "--protocol", "mine", NULL), 2, "“mine”, must be reference");
  check_failed(run("evaluate", input, "--pixels", "-3", NULL), 2, "--pixels is -3");
  check_failed(run("evaluate", input, "--stochasticity", "2", NULL), 2, "stochasticity");
  check_failed(run("evaluate", input, "--model", "nobody", NULL), 1, "nobody");
  check_failed(run("evaluate", path_of("empty"), "--model", "tiny-single", NULL), 1,
               "no pictures are in this folder");
  check_failed(run("evaluate", path_of("nowhere.png"), "--model", "tiny-single", NULL), 1,
               "nowhere.png");
  check_failed(run("evaluate", write_pixels(grey, "grey.png"), "--model", "tiny-single", NULL), 1,
               "grey.png: is grey");
  check_failed(
    run("evaluate", input, "--model", "tiny-single", "--json", path_of("no/f.json"), NULL), 1,
    "no/f.json");
  pixels_free(grey);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/evaluate/reference", test_reference);
  g_test_add_func("/evaluate/bicubic", test_bicubic);
  g_test_add_func("/evaluate/hints", test_hints);
  g_test_add_data_func("/evaluate/colour", "tiny-single", test_colour);
  g_test_add_data_func("/evaluate/colour of pixels", "tiny-pixel", test_colour);
  g_test_add_func("/evaluate/many", test_many);
  g_test_add_func("/evaluate/pixels", test_pixels);
  g_test_add_func("/evaluate/refused", test_refused);
  int status = harness_run();
  yyjson_doc_free(json);
  return status;
}
