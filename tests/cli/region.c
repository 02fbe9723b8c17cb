/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is restored: region, mask, transparency; the pixels are the engine's; everything else stays
 * bit-identical.
 */
#include <math.h>
#include <string.h>

#include "harness.h"
#include "restorator.h"

static const rect inner = {12, 8, 16, 20};
#define INNER "12,8,16x20"
#define SINGLE "--model", "tiny-single"
/* Its weights are random: from the noisiest timesteps on all values would leave 0…1 for good. */
#define DIFFUSION "--model", "tiny-diffusion", "--start", "20"

/* A host of the engine of the tests' own: an sRGB picture without alpha. */
typedef struct test_host {
  const pixels *source;
  pixels *result;
} test_host;

static bool host_read(void *user, int x, int y, int width, int height, float *rgba) {
  const test_host *h = user;
  float top = h->source->bits == 16 ? 65535 : 255;
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++, rgba += 4) {
      for (int c = 0; c < 3; c++)
        rgba[c] = value_at(h->source, column, row, c) / top;
      rgba[3] = 1;
    }
  return true;
}

static bool host_write(void *user, int x, int y, int width, int height, const float *rgb,
                       const float *coverage) {
  const test_host *h = user;
  double top = h->source->bits == 16 ? 65535 : 255;
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++, coverage++, rgb += 3)
      for (int c = 0; c < 3 && *coverage > 0; c++)
        h->result->values[(row * h->result->width + column) * 3 + c] =
          (guint16)floor(rgb[c] * top + 0.5);
  return true;
}

/* The region restored through the engine's interface. */
static pixels *restore_directly(const pixels *source, const char *model_id, int start,
                                rect region) {
  char path[1024];
  rst_error error = RST_ERROR_INIT;
  rst_model *model;
  rst_session *session;
  rst_parameters parameters;
  rst_plan *plan = g_new0(rst_plan, 1);
  plan->size = sizeof *plan;
  test_host host = {source, pixels_of(source->image)};
  rst_picture picture = {.size = sizeof picture,
                         .width = source->width,
                         .height = source->height,
                         .user = &host,
                         .read = host_read,
                         .write = host_write};
  rst_rectangle box = {region.x, region.y, region.width, region.height};
  rst_parameters_init(&parameters);
  parameters.start = start;
  if (rst_find(RST_KIND_MODEL, model_id, path, sizeof path, &error) != RST_OK ||
      rst_model_read(path, &model, &error) != RST_OK ||
      rst_session_new(1, &session, &error) != RST_OK ||
      rst_plan_region(&parameters, &picture, &box, plan, &error) != RST_OK ||
      rst_restore(session, model, &parameters, &picture, plan, NULL, &error) != RST_OK)
    g_error("%s", error.message);
  rst_session_free(session);
  rst_model_unref(model);
  g_free(plan);
  return host.result;
}

/* The program's pixels are the engine's, for both depths and processes. */
static void test_engine(void) {
  static const char *const models[] = {"tiny-single", "tiny-diffusion"};
  static const int starts[] = {0, 20};
  for (int bits = 8; bits <= 16; bits += 8)
    for (gsize i = 0; i < G_N_ELEMENTS(models); i++) {
      pixels *source = make_pixels(48, 40, 3, bits);
      const char *input = write_pixels(source, "engine-in.png"), *output = path_of("engine.png");
      char *start = g_strdup_printf("%d", starts[i]);
      run_well("restore", input, output, "--region", INNER, "--model", models[i], "--start", start,
               NULL);
      g_free(start);
      pixels *restored = read_pixels(output);
      pixels *expected = restore_directly(source, models[i], starts[i], inner);
      g_assert_cmpint(restored->bits, ==, bits);
      g_assert_cmpint(largest_difference(restored, expected), <=, bits == 8 ? 0 : 1);
      g_assert_cmpint(differing_outside(restored, source, inner), ==, 0);
      g_assert_cmpint(differing_inside(restored, source, inner), >, 16 * 20);
      pixels_free(source);
      pixels_free(restored);
      pixels_free(expected);
    }
}

/* Without a region the whole picture is restored. */
static void test_whole(void) {
  pixels *source = make_pixels(30, 44, 3, 8);
  const char *input = write_pixels(source, "whole-in.png"), *output = path_of("whole.png");
  run_well("restore", input, output, SINGLE, NULL);
  pixels *restored = read_pixels(output);
  g_assert_cmpint(differing(source, restored), >, 30 * 44);
  const char *given = path_of("given.png");
  run_well("restore", input, given, SINGLE, "--region", "0,0,30x44", NULL);
  g_assert_cmpint(differing_files(output, given), ==, 0);
  pixels_free(source);
  pixels_free(restored);
}

static void test_refused_regions(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(source, "refused-in.png"), *output = path_of("refused.png");
  static const char *const beyond[] = {"40,0,16x8", "0,38,8x3",  "-1,0,8x8",
                                       "0,-3,8x8",  "48,40,1x1", "0,0,16777216x16777216"};
  for (gsize i = 0; i < G_N_ELEMENTS(beyond); i++) {
    check_failed(run("restore", input, output, SINGLE, "--region", beyond[i], NULL), 1,
                 "which has 48 × 40 pixels");
    check_failed(run("restore", input, output, SINGLE, "--region", beyond[i], NULL), 1, beyond[i]);
  }
  static const char *const malformed[] = {"",
                                          "1",
                                          "1,2,3",
                                          "1,2,3x",
                                          "1,2,3x4x",
                                          "1,2,0x4",
                                          "1,2,3x-4",
                                          "1,2,3,4",
                                          "a,b,cxd",
                                          "1,2,3x4 ",
                                          "1,2,99999999999999999999x4",
                                          "1,-99999999999999999999,3x4",
                                          "1.5,2,3x4"};
  for (gsize i = 0; i < G_N_ELEMENTS(malformed); i++)
    check_failed(run("restore", input, output, SINGLE, "--region", malformed[i], NULL), 2,
                 "must be X,Y,WxH");
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  pixels_free(source);
}

static void test_strength_zero(void) {
  for (int bands = 1; bands <= 4; bands++)
    for (int bits = 8; bits <= 16; bits += 8) {
      pixels *source = make_pixels(48, 40, bands, bits);
      const char *input = write_pixels(source, "zero-in.png"), *output = path_of("zero.png");
      run_well("restore", input, output, SINGLE, "--strength", "0", "--mode", "detail", NULL);
      g_assert_cmpint(differing_files(input, output), ==, 0);
      pixels_free(source);
    }
}

/* The same seed gives the same file, with any number of threads; another seed another. */
static void test_threads(void) {
  pixels *source = make_pixels(48, 40, 3, 16);
  const char *input = write_pixels(source, "threads-in.png");
  const char *one = path_of("one.png"), *two = path_of("two.png"), *seven = path_of("seven.png");
  run_well("restore", input, one, DIFFUSION, "--threads", "1", "--seed", "3", NULL);
  run_well("restore", input, two, DIFFUSION, "--threads", "2", "--seed", "3", NULL);
  run_well("restore", input, seven, DIFFUSION, "--threads", "7", "--seed", "3", NULL);
  char *bytes, *others;
  gsize size, others_size;
  g_assert_true(g_file_get_contents(one, &bytes, &size, NULL));
  g_assert_true(g_file_get_contents(two, &others, &others_size, NULL));
  g_assert_cmpmem(bytes, size, others, others_size);
  g_free(bytes);
  g_free(others);
  g_assert_cmpint(differing_files(one, seven), ==, 0);
  run_well("restore", input, two, DIFFUSION, "--threads", "2", "--seed", "4", NULL);
  g_assert_cmpint(differing_files(one, two), >, 0);
  pixels_free(source);
}

/* Pixels of alpha 0 are not restored; alpha stays as it is. */
static void test_alpha(void) {
  for (int bits = 8; bits <= 16; bits += 8) {
    pixels *source = make_pixels(48, 40, 4, bits);
    for (int y = 0; y < 40; y++)
      for (int x = 20; x < 24; x++)
        source->values[(y * 48 + x) * 4 + 3] = 0;
    pixels_update(source);
    const char *input = write_pixels(source, "alpha-in.png"), *output = path_of("alpha.png");
    run_well("restore", input, output, SINGLE, "--region", INNER, NULL);
    pixels *restored = read_pixels(output);
    g_assert_cmpint(restored->bands, ==, 4);
    g_assert_cmpint(differing_outside(source, restored, inner), ==, 0);
    g_assert_cmpint(differing_inside(source, restored, (rect){20, 8, 4, 20}), ==, 0);
    g_assert_cmpint(differing_inside(source, restored, (rect){12, 8, 8, 20}), >, 8 * 20);
    for (int y = 0; y < 40; y++)
      for (int x = 0; x < 48; x++)
        g_assert_cmpint(value_at(source, x, y, 3), ==, value_at(restored, x, y, 3));
    pixels_free(source);
    pixels_free(restored);
  }
}

static double to_linear(double value) {
  return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double from_linear(double value) {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

/* A mask selects by its value: black nothing, white all, grey interpolates in linear light. The
 * region limits it. */
static void test_mask(void) {
  pixels *source = make_pixels(48, 40, 3, 16);
  pixels *white = make_pixels(48, 40, 1, 8), *mask = make_pixels(48, 40, 1, 8);
  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 48; x++) {
      bool within = x >= 12 && x < 28 && y >= 8 && y < 28;
      white->values[y * 48 + x] = within ? 255 : 0;
      mask->values[y * 48 + x] = within ? (guint16)(15 * (x - 12) + 15) : 0;
    }
  pixels_update(white);
  pixels_update(mask);
  const char *input = write_pixels(source, "mask-in.png"), *output = path_of("masked.png");
  const char *full = path_of("full.png"), *region = path_of("region.png");
  run_well("restore", input, full, SINGLE, "--mask", write_pixels(white, "white.png"), NULL);
  run_well("restore", input, region, SINGLE, "--region", INNER, NULL);
  g_assert_cmpint(differing_files(full, region), ==, 0);

  const char *mask_path = write_pixels(mask, "mask.png");
  run_well("restore", input, output, SINGLE, "--mask", mask_path, NULL);
  pixels *whole = read_pixels(full), *partly = read_pixels(output);
  g_assert_cmpint(differing_outside(source, partly, inner), ==, 0);
  int worst = 0;
  for (int y = 8; y < 28; y++)
    for (int x = 12; x < 28; x++)
      for (int c = 0; c < 3; c++) {
        double coverage = mask->values[y * 48 + x] / 255.0;
        double from = to_linear(value_at(source, x, y, c) / 65535.0);
        double to = to_linear(value_at(whole, x, y, c) / 65535.0);
        int expected = (int)lrint(from_linear(from + coverage * (to - from)) * 65535);
        worst = MAX(worst, ABS(expected - value_at(partly, x, y, c)));
      }
  g_assert_cmpint(worst, <=, 4);

  run_well("restore", input, output, SINGLE, "--mask", mask_path, "--region", "20,0,28x40",
           "--window", "picture", NULL);
  pixels *limited = read_pixels(output);
  g_assert_cmpint(differing_outside(source, limited, (rect){20, 8, 8, 20}), ==, 0);
  g_assert_cmpint(differing_inside(source, limited, (rect){20, 8, 8, 20}), >, 8 * 20);
  pixels_free(source);
  pixels_free(white);
  pixels_free(mask);
  pixels_free(whole);
  pixels_free(partly);
  pixels_free(limited);
}

static void test_refused_masks(void) {
  pixels *source = make_pixels(48, 40, 3, 8), *mask = make_pixels(40, 48, 1, 8);
  pixels *black = make_pixels(48, 40, 1, 8);
  memset(black->values, 0, sizeof *black->values * 48 * 40);
  pixels_update(black);
  const char *input = write_pixels(source, "in.png"), *output = path_of("refused.png");
  check_failed(
    run("restore", input, output, SINGLE, "--mask", write_pixels(mask, "wide.png"), NULL), 1,
    "the mask has 40 × 48 pixels and the picture 48 × 40");
  check_failed(run("restore", input, output, SINGLE, "--mask", path_of("none.png"), NULL), 1,
               "none.png: No such file");
  const outcome *o =
    run("restore", input, output, SINGLE, "--mask", write_pixels(black, "black.png"), NULL);
  check_failed(o, 1, ""); /* the engine's sentence on an empty region */
  g_assert_false(g_file_test(output, G_FILE_TEST_EXISTS));
  pixels_free(source);
  pixels_free(mask);
  pixels_free(black);
}

/* Two areas of a mask are two parts, and the second does not see what became of the first. */
static void test_parts(void) {
  pixels *source = make_pixels(64, 40, 3, 8), *mask = make_pixels(64, 40, 1, 8);
  static const rect areas[] = {{4, 4, 20, 20}, {28, 4, 20, 20}};
  const char *input = write_pixels(source, "parts-in.png"), *output = path_of("parts.png");
  memset(mask->values, 0, sizeof *mask->values * 64 * 40);
  for (int i = 0; i < 2; i++)
    for (int y = 4; y < 24; y++)
      for (int x = areas[i].x; x < areas[i].x + 20; x++)
        mask->values[y * 64 + x] = 255;
  pixels_update(mask);
  const outcome *o = run_well("restore", input, output, SINGLE, "--mask",
                              write_pixels(mask, "parts-mask.png"), NULL);
  g_assert_nonnull(strstr(o->err, "2 parts"));
  pixels *restored = read_pixels(output);
  const char *alone = path_of("alone.png");
  static const char *const regions[] = {"4,4,20x20", "28,4,20x20"};
  for (int i = 0; i < 2; i++) {
    run_well("restore", input, alone, SINGLE, "--region", regions[i], NULL);
    pixels *single = read_pixels(alone);
    g_assert_cmpint(differing_inside(restored, single, areas[i]), ==, 0);
    g_assert_cmpint(differing_inside(restored, source, areas[i]), >, 0);
    pixels_free(single);
  }
  pixels_free(source);
  pixels_free(mask);
  pixels_free(restored);
}

/* A hidden region is the region alone: what surrounds it is seen, what is in it is not. */
static void test_hidden(void) {
  pixels *source = make_pixels(48, 40, 3, 8), *other = make_pixels(48, 40, 3, 8);
  for (int y = 8; y < 28; y++)
    for (int x = 12; x < 28; x++)
      other->values[(y * 48 + x) * 3] ^= 0x55;
  pixels_update(other);
  const char *input = write_pixels(source, "hidden-in.png");
  const char *changed = write_pixels(other, "changed-in.png");
  const char *output = path_of("hidden.png"), *same = path_of("same.png");
  run_well("restore", input, output, SINGLE, "--region", INNER, NULL);
  run_well("restore", changed, same, SINGLE, "--region", INNER, NULL);
  g_assert_cmpint(differing_files(output, same), >, 0);
  run_well("restore", input, output, SINGLE, "--region", INNER, "--hide-region", NULL);
  run_well("restore", changed, same, SINGLE, "--region", INNER, "--hide-region", NULL);
  g_assert_cmpint(differing_files(output, same), ==, 0);
  pixels_free(source);
  pixels_free(other);
}

/* The line at the end says what was done. */
static void test_closing_line(void) {
  pixels *source = make_pixels(48, 40, 3, 8);
  const char *input = write_pixels(source, "line-in.png"), *output = path_of("line.png");
  const outcome *o = run_well("restore", input, output, DIFFUSION, "--region", INNER, "--seed", "5",
                              "--window", "4,2,36", NULL);
  char *expected = g_strdup_printf(
    "restorator: %s: restored 320 points with tiny-diffusion (ddim, "
    "5 of 100 steps, stochasticity 1, start 20, noise stddev normal, "
    "projected, seed 5), mode full, window 4,2,36, in ",
    output);
  g_assert_true(g_str_has_prefix(o->err, expected));
  g_assert_true(g_str_has_suffix(o->err, " s\n"));
  g_assert_cmpstr(o->out, ==, "");
  g_free(expected);
  o = run_well("restore", input, output, SINGLE, "--region", INNER, "--hide-region", NULL);
  g_assert_nonnull(strstr(o->err,
                          "with tiny-single (single pass), mode full, matched to the "
                          "surroundings, hide-region true, window 5,3,30, in "));
  o = run_well("restore", input, output, "--model", "tiny-diffusion", "--start", "40", "--strength",
               "0.5", "--stochasticity", "0", NULL);
  g_assert_nonnull(strstr(o->err,
                          " of 100 steps, stochasticity 0, start 40, seed 0), "
                          "mode full, strength 0.5, window "));
  o = run_well("restore", input, output, SINGLE, "--quiet", "--step-skip", "3", NULL);
  g_assert_cmpstr(o->err, ==, "");
  pixels_free(source);
}

int main(int argc, char **argv) {
  harness_begin(&argc, &argv);
  g_test_add_func("/region/engine", test_engine);
  g_test_add_func("/region/whole", test_whole);
  g_test_add_func("/region/refused", test_refused_regions);
  g_test_add_func("/region/strength-zero", test_strength_zero);
  g_test_add_func("/region/threads", test_threads);
  g_test_add_func("/region/alpha", test_alpha);
  g_test_add_func("/region/mask", test_mask);
  g_test_add_func("/region/refused-masks", test_refused_masks);
  g_test_add_func("/region/parts", test_parts);
  g_test_add_func("/region/hidden", test_hidden);
  g_test_add_func("/region/closing-line", test_closing_line);
  return harness_run();
}
