/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arithmetic under the measuring commands: distances of colours, resampling, ticks of axes.
 */
#include <glib.h>
#include <math.h>
#include <vips/vips.h>

#include "measure/axis.h"
#include "measure/colour.h"
#include "measure/resize.h"

/* The test pairs of Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005), table 1:
 * L*, a*, b* of both, and their distance to four decimals. */
static const double pairs[][7] = {
  {50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425},
  {50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615},
  {50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412},
  {50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000},
  {50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000},
  {50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000},
  {50, 0, 0, 50, -1, 2, 2.3669},
  {50, -1, 2, 50, 0, 0, 2.3669},
  {50, 2.4900, -0.0010, 50, -2.4900, 0.0009, 7.1792},
  {50, 2.4900, -0.0010, 50, -2.4900, 0.0010, 7.1792},
  {50, 2.4900, -0.0010, 50, -2.4900, 0.0011, 7.2195},
  {50, 2.4900, -0.0010, 50, -2.4900, 0.0012, 7.2195},
  {50, -0.0010, 2.4900, 50, 0.0009, -2.4900, 4.8045},
  {50, -0.0010, 2.4900, 50, 0.0010, -2.4900, 4.8045},
  {50, -0.0010, 2.4900, 50, 0.0011, -2.4900, 4.7461},
  {50, 2.5000, 0, 50, 0, -2.5000, 4.3065},
  {50, 2.5000, 0, 73, 25, -18, 27.1492},
  {50, 2.5000, 0, 61, -5, 29, 22.8977},
  {50, 2.5000, 0, 56, -27, -3, 31.9030},
  {50, 2.5000, 0, 58, 24, 15, 19.4535},
  {50, 2.5000, 0, 50, 3.1736, 0.5854, 1.0000},
  {50, 2.5000, 0, 50, 3.2972, 0, 1.0000},
  {50, 2.5000, 0, 50, 1.8634, 0.5757, 1.0000},
  {50, 2.5000, 0, 50, 3.2592, 0.3350, 1.0000},
  {60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644},
  {63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630},
  {61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731},
  {35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645},
  {22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373},
  {36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146},
  {90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441},
  {90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381},
  {6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377},
  {2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082},
};

static void test_difference(void) {
  g_assert_cmpuint(G_N_ELEMENTS(pairs), ==, 34);
  for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
    g_assert_cmpfloat_with_epsilon(colour_difference(pairs[i], pairs[i] + 3), pairs[i][6], 5.1e-5);
    g_assert_cmpfloat_with_epsilon(colour_difference(pairs[i] + 3, pairs[i]), pairs[i][6], 5.1e-5);
    g_assert_cmpfloat(colour_difference(pairs[i], pairs[i]), ==, 0);
  }
}

/* L*, a*, b* of sRGB's corners (D65), as they follow from IEC 61966-2-1. */
static void test_lab(void) {
  static const struct {
    float rgb[3];
    double lab[3];
  } known[] = {
    {{0, 0, 0}, {0, 0, 0}},
    {{1, 1, 1}, {100, 0, 0}},
    {{1, 0, 0}, {53.241, 80.092, 67.203}},
    {{0, 1, 0}, {87.735, -86.183, 83.179}},
    {{0, 0, 1}, {32.297, 79.188, -107.860}},
    {{0.5f, 0.5f, 0.5f}, {53.389, 0, 0}},
    {{2, -1, 0}, {53.241, 80.092, 67.203}}, /* clamped */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
    double lab[3];
    colour_lab(known[i].rgb, lab);
    for (int c = 0; c < 3; c++)
      g_assert_cmpfloat_with_epsilon(lab[c], known[i].lab[c], 0.02);
  }
  const double lab[3] = {50, 3, -4};
  g_assert_cmpfloat_with_epsilon(colour_chroma(lab), 5, 1e-12);
}

/* Five samples → two cells of 2.5: the middle one belongs to both by half. */
static void test_shrinking(void) {
  const float from[] = {0.1f, 0.2f, 0.6f, 0.9f, 0.8f};
  float to[2];
  resize(from, 5, 1, 1, to, 2, 1);
  g_assert_cmpfloat_with_epsilon(to[0], (0.1 + 0.2 + 0.3) / 2.5, 1e-6);
  g_assert_cmpfloat_with_epsilon(to[1], (0.3 + 0.9 + 0.8) / 2.5, 1e-6);
}

/* Catmull-Rom keeps straight lines, away from the edges, and samples that are met. */
static void test_growing(void) {
  enum { SIDE = 9, FACTOR = 3 };
  float from[SIDE * SIDE * 2], to[SIDE * FACTOR * SIDE * FACTOR * 2];
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      from[2 * (y * SIDE + x)] = 0.05f * (float)x + 0.04f * (float)y;
      from[2 * (y * SIDE + x) + 1] = (float)(x * 7 % 5) / 4;
    }
  resize(from, SIDE, SIDE, 2, to, SIDE * FACTOR, SIDE * FACTOR);
  for (int y = 2 * FACTOR; y < (SIDE - 2) * FACTOR; y++)
    for (int x = 2 * FACTOR; x < (SIDE - 2) * FACTOR; x++) {
      const float *value = to + 2 * (y * SIDE * FACTOR + x);
      double u = (x + 0.5) / FACTOR - 0.5, v = (y + 0.5) / FACTOR - 0.5;
      g_assert_cmpfloat_with_epsilon(value[0], 0.05 * u + 0.04 * v, 1e-6);
      if (x % FACTOR == FACTOR / 2)
        g_assert_cmpfloat_with_epsilon(value[1], x / FACTOR * 7 % 5 / 4.0, 1e-6);
    }
}

/* Beside a step the curve overshoots, and is clamped. */
static void test_clamping(void) {
  const float from[] = {0, 0, 0, 1, 1, 1};
  float to[24];
  resize(from, 6, 1, 1, to, 24, 1);
  for (int i = 0; i < 24; i++)
    g_assert_true(to[i] >= 0 && to[i] <= 1);
  g_assert_cmpfloat(to[9], ==, 0);
  g_assert_cmpfloat_with_epsilon(to[11], 0.345703, 1e-5); /* 3/8 of the way */
}

/* Ticks are few enough for their labels to stand apart, enough to read a value by, and round. */
static void test_ticks(void) {
  const double ranges[][2] = {{0, 1},      {-0.5, 1},    {-1.5, 2.5}, {-110, 200}, {-109.5, 1},
                              {0, 123456}, {-3e6, 2e6},  {-4, 5},     {0, 9.5},    {-9999, 1},
                              {-0.5, 4.5}, {-17.5, 3.5}, {-50, 50},   {-1e9, 3e9}};
  for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
    for (int most = 2; most <= 12; most++) {
      const double low = ranges[i][0], high = ranges[i][1], unit = axis_unit(low, high, most);
      const double first = axis_first(low, unit);
      int count = 0;
      for (double value = first; value <= high; value += unit)
        count++;
      g_assert_cmpint(count, <=, most);
      g_assert_cmpint(count, >=, high - low < most * 0.5 ? 2 : MAX(1, most / 3));
      g_assert_cmpfloat(first, >=, low);
      g_assert_cmpfloat(first, <, low + unit);
      g_assert_cmpfloat(fmod(first, unit), ==, 0);
    }
  g_assert_cmpfloat(axis_unit(-110, 200, 10), ==, 50);
  g_assert_cmpfloat(axis_unit(-1.5, 2.5, 10), ==, 0.5);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (VIPS_INIT(argv[0]) != 0)
    return 1;
  g_test_add_func("/measures/difference", test_difference);
  g_test_add_func("/measures/lab", test_lab);
  g_test_add_func("/measures/shrinking", test_shrinking);
  g_test_add_func("/measures/growing", test_growing);
  g_test_add_func("/measures/clamping", test_clamping);
  g_test_add_func("/measures/ticks", test_ticks);
  return g_test_run();
}
