/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CIELAB, gamut, modes, strength.
 */
#include "fixtures.h"

#include <math.h>
#include <string.h>

#include "network/interpolation.h"
#include "region/colour.h"

/* L*, a*, b* of sRGB under D65, as published to two places. */
static void test_known(void) {
  static const struct {
    float rgb[3];
    double lab[3];
  } known[] = {
    {{1, 1, 1}, {100, 0, 0}},
    {{0, 0, 0}, {0, 0, 0}},
    {{1, 0, 0}, {53.24, 80.09, 67.20}},
    {{0, 1, 0}, {87.74, -86.18, 83.18}},
    {{0, 0, 1}, {32.30, 79.19, -107.86}},
    {{0, 1, 1}, {91.11, -48.09, -14.13}},
    {{1, 0, 1}, {60.32, 98.23, -60.82}},
    {{1, 1, 0}, {97.14, -21.55, 94.48}},
    {{0.5f, 0.5f, 0.5f}, {53.39, 0, 0}},
    {{0.02f, 0.02f, 0.02f}, {1.40, 0, 0}}, /* the linear part of both curves: 903.3 · 0.02/12.92 */
  };

  for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
    double lab[3];

    rst_to_lab(known[i].rgb, lab);
    for (int c = 0; c < 3; c++)
      g_assert_cmpfloat(fabs(lab[c] - known[i].lab[c]), <=, 0.02);
  }
}

static void test_greys(void) {
  for (int i = 0; i <= 1000; i++) {
    const float v = (float)i / 1000, grey[3] = {v, v, v};
    double lab[3];

    rst_to_lab(grey, lab);
    g_assert_cmpfloat(fabs(lab[1]), <=, 1e-3);
    g_assert_cmpfloat(fabs(lab[2]), <=, 1e-3);
  }
}

static void test_round_trip(void) {
  dice d = {1};

  for (int i = 0; i < 20000; i++) {
    float rgb[3], back[3];
    double lab[3], expected[3];

    for (int c = 0; c < 3; c++) {
      const int kind = dice_int(&d, 0, 9);

      rgb[c] = kind == 0 ? 0 : kind == 1 ? 1 : (float)dice_real(&d, 0, kind == 2 ? 0.05 : 1);
      expected[c] = rgb[c];
    }
    rst_to_lab(rgb, lab);
    rst_from_lab(lab, back);
    assert_close(back, expected, 3, 2e-5);
  }
}

/* Out of gamut: in 0…1, the same L* and hue, never more chroma, and as much as there is room
 * for. */
static void test_gamut(void) {
  dice d = {2};
  int shrunk = 0;

  for (int i = 0; i < 20000; i++) {
    const double lab[3] = {dice_real(&d, 0.5, 99.5), dice_real(&d, -150, 150),
                           dice_real(&d, -150, 150)};
    double found[3], chroma, expected;
    float rgb[3];

    rst_from_lab(lab, rgb);
    for (int c = 0; c < 3; c++) {
      g_assert_cmpfloat(rgb[c], >=, 0);
      g_assert_cmpfloat(rgb[c], <=, 1);
    }
    rst_to_lab(rgb, found);
    chroma = hypot(found[1], found[2]);
    expected = hypot(lab[1], lab[2]);
    g_assert_cmpfloat(fabs(found[0] - lab[0]), <=, 2e-2);
    g_assert_cmpfloat(chroma, <=, expected + 0.05);
    if (chroma > 1) /* the same hue */
      g_assert_cmpfloat(fabs(found[1] * lab[2] - found[2] * lab[1]), <=, 0.01 * chroma * expected);
    if (chroma < expected - 0.1) { /* then it lies on the gamut's surface */
      const float low = MIN(rgb[0], MIN(rgb[1], rgb[2])), high = MAX(rgb[0], MAX(rgb[1], rgb[2]));

      shrunk++;
      g_assert_true(low < 2e-3f || high > 1 - 2e-3f);
    }
  }
  g_assert_cmpint(shrunk, >, 5000);
}

/* Lightness beyond what there is: black or white. */
static void test_lightness(void) {
  const double light[3] = {140, 50, -20}, dark[3] = {-10, 50, -20};
  float rgb[3];

  rst_from_lab(light, rgb);
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat(rgb[c], >=, 0.999f);
  rst_from_lab(dark, rgb);
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat(rgb[c], <=, 0.001f);
}

static void test_modes(void) {
  enum { COUNT = 2000 };
  float *rgba = random_floats(3, 4 * COUNT, 0.2, 0.8);
  float *colours = random_floats(4, 3 * COUNT, 0.2, 0.8), result[3 * COUNT], same[3 * COUNT];

  rst_mix(RST_MODE_FULL, 1, COUNT, rgba, colours, result);
  assert_same(result, colours, 3 * COUNT);
  for (int mode = RST_MODE_COLOUR; mode <= RST_MODE_DETAIL; mode++) {
    int exact = 0;

    rst_mix((rst_mode)mode, 1, COUNT, rgba, colours, result);
    memcpy(same, colours, sizeof same);
    rst_mix((rst_mode)mode, 1, COUNT, rgba, same, same); /* in place */
    assert_same(same, result, 3 * COUNT);
    for (int i = 0; i < COUNT; i++) {
      double picture[3], restored[3], found[3];

      rst_to_lab(rgba + 4 * i, picture);
      rst_to_lab(colours + 3 * i, restored);
      rst_to_lab(result + 3 * i, found);
      g_assert_cmpfloat(fabs(found[0] - (mode == RST_MODE_COLOUR ? picture : restored)[0]), <=,
                        2e-2);
      exact += fabs(found[1] - (mode == RST_MODE_COLOUR ? restored : picture)[1]) < 2e-2 &&
               fabs(found[2] - (mode == RST_MODE_COLOUR ? restored : picture)[2]) < 2e-2;
    }
    g_assert_cmpint(exact, >, COUNT / 2); /* the others were out of gamut */
  }
  g_free(rgba);
  g_free(colours);
}

/* The chroma of what comes out, times a factor, at its own lightness and hue. */
static void test_saturation(void) {
  enum { COUNT = 2000 };
  static const double factors[] = {0, 0.5, 1.5, 2};
  float *rgba = random_floats(5, 4 * COUNT, 0.35, 0.65);
  float *colours = random_floats(6, 3 * COUNT, 0.35, 0.65), plain[3 * COUNT], result[3 * COUNT];

  for (int mode = RST_MODE_FULL; mode <= RST_MODE_DETAIL; mode++)
    for (size_t f = 0; f < G_N_ELEMENTS(factors); f++) {
      int exact = 0;

      rst_mix((rst_mode)mode, 1, COUNT, rgba, colours, plain);
      rst_mix((rst_mode)mode, factors[f], COUNT, rgba, colours, result);
      for (int i = 0; i < COUNT; i++) {
        double before[3], after[3];

        rst_to_lab(plain + 3 * i, before);
        rst_to_lab(result + 3 * i, after);
        g_assert_cmpfloat(fabs(after[0] - before[0]), <=, 2e-2);
        g_assert_cmpfloat(hypot(after[1], after[2]), <=,
                          factors[f] * hypot(before[1], before[2]) + 2e-2);
        exact += fabs(after[1] - factors[f] * before[1]) < 2e-2 &&
                 fabs(after[2] - factors[f] * before[2]) < 2e-2;
      }
      g_assert_cmpint(exact, >, COUNT * 3 / 4); /* the others were out of gamut */
    }
  g_free(rgba);
  g_free(colours);
}

/* What no mode may make of wild values: anything beyond 0…1, but for light above white that is the
 * picture's own in the mode colour. */
static void test_wild(void) {
  static const float wild[] = {0, 1, -1, 2, 1e30f, -1e30f, NAN, INFINITY, -INFINITY};

  for (size_t i = 0; i < 9; i++)
    for (size_t j = 0; j < 9; j++)
      for (int k = 0; k < 9; k++) {
        const int mode = RST_MODE_FULL + k % 3;
        const double saturation = k / 3;
        const float rgba[4] = {wild[i], 0.3f, wild[j], 1}, colours[3] = {0.6f, wild[j], wild[i]};
        const float top = fmaxf(rgba[0], rgba[2]);
        const float most = mode == RST_MODE_COLOUR && isfinite(top) && top > 1 ? top : 1;
        float result[3];

        rst_mix((rst_mode)mode, saturation, 1, rgba, colours, result);
        for (int c = 0; c < 3; c++)
          g_assert_true(result[c] >= 0 && result[c] <= most * 1.00001f);
      }
}

static void test_strength(void) {
  enum { COUNT = 1000 };
  float *original = random_floats(5, COUNT, -2, 2), *restored = random_floats(6, COUNT, -2, 2);
  float result[COUNT];

  rst_apply_strength(0, COUNT, original, restored, result);
  assert_same(result, original, COUNT);
  rst_apply_strength(1, COUNT, original, restored, result);
  assert_same(result, restored, COUNT);
  for (int step = 1; step < 10; step++) {
    const double s = step / 10.0;

    rst_apply_strength(s, COUNT, original, restored, result);
    for (int i = 0; i < COUNT; i++) {
      const double expected = original[i] + s * ((double)restored[i] - original[i]);

      assert_close(&result[i], &expected, 1, 1e-6);
    }
  }
  memcpy(result, original, sizeof result);
  rst_apply_strength(0.5, COUNT, result, restored, result);
  rst_apply_strength(0.5, COUNT, original, restored, original);
  assert_same(result, original, COUNT);
  g_free(original);
  g_free(restored);
}

static double interpolated(const float *values, int size, double x, double y) {
  double value;

  rst_interpolate_cubic(values, size, x, y, 0, 1, &value);
  return value;
}

/* Interpolation and luma, that other tests take from here. */
static void test_catmull_rom(void) {
  const float constant[16] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  float ramp[64];

  for (int i = 0; i <= 100; i++) {
    double w[4];

    rst_catmull_rom(i / 100.0, w);
    g_assert_cmpfloat_with_epsilon(w[0] + w[1] + w[2] + w[3], 1, 1e-15);
  }
  for (int i = 0; i < 64; i++)
    ramp[i] = (float)(i % 8);
  for (int i = 0; i <= 100; i++) {
    const double x = i / 100.0;

    g_assert_cmpfloat_with_epsilon(interpolated(constant, 4, x, 1 - x), 3, 1e-12);
    if (x > 0.25 && x < 0.75) /* straight lines stay straight, away from the edge */
      g_assert_cmpfloat_with_epsilon(interpolated(ramp, 8, x, x), 8 * x - 0.5, 1e-12);
  }
  /* the grid round a point is the values there, at the edges too, rows first */
  for (int i = 0; i <= 20; i++) {
    const double x = i / 20.0, y = fmod(i * 0.37, 1);
    const int step = 1 + i % RST_STEP_MAX;
    double grid[25];

    for (int p = 0; p < 64; p++)
      ramp[p] = (float)(p % 8 + p / 8 * (p % 3));
    rst_interpolate_cubic(ramp, 8, x, y, 2, step, grid);
    for (int p = 0; p < 25; p++)
      g_assert_cmpfloat_with_epsilon(
        grid[p], interpolated(ramp, 8, x + step * (p % 5 - 2) / 8.0, y + step * (p / 5 - 2) / 8.0),
        1e-10);
  }
  for (int i = 0; i < 64; i++)
    ramp[i] = (float)(i % 8);
  /* at the centres values are as they are */
  g_assert_cmpfloat(interpolated(ramp, 8, 0.5 / 8, 0.3), ==, 0);
  g_assert_cmpfloat(interpolated(ramp, 8, 3.5 / 8, 0.3), ==, 3);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/colour/known", test_known);
  g_test_add_func("/colour/greys", test_greys);
  g_test_add_func("/colour/round trip", test_round_trip);
  g_test_add_func("/colour/gamut", test_gamut);
  g_test_add_func("/colour/lightness", test_lightness);
  g_test_add_func("/colour/modes", test_modes);
  g_test_add_func("/colour/wild", test_wild);
  g_test_add_func("/colour/saturation", test_saturation);
  g_test_add_func("/colour/strength", test_strength);
  g_test_add_func("/colour/catmull-rom", test_catmull_rom);
  return g_test_run();
}
