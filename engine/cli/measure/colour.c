/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/colour.h"

#include <math.h>
#include <stdbool.h>
#include <vips/vips.h>

static int level(float value) {
  return (int)lrintf(65535 * CLAMP(value, 0, 1));
}

void colour_lab(const float rgb[3], double lab[3]) {
  float light[3], xyz[3], coordinates[3];
  vips_col_sRGB2scRGB_16(level(rgb[0]), level(rgb[1]), level(rgb[2]), &light[0], &light[1],
                         &light[2]);
  vips_col_scRGB2XYZ(light[0], light[1], light[2], &xyz[0], &xyz[1], &xyz[2]);
  vips_col_XYZ2Lab(xyz[0], xyz[1], xyz[2], &coordinates[0], &coordinates[1], &coordinates[2]);
  for (int i = 0; i < 3; i++)
    lab[i] = coordinates[i];
}

double colour_chroma(const double lab[3]) {
  return hypot(lab[1], lab[2]);
}

static double radians(double degrees) {
  return degrees * G_PI / 180;
}

/* 0…360 degrees; 0 of grey. */
static double hue(double a, double b) {
  double angle = a == 0 && b == 0 ? 0 : atan2(b, a) * 180 / G_PI;
  return angle < 0 ? angle + 360 : angle;
}

/* Near 1 for colours of high chroma. */
static double saturation(double chroma) {
  return sqrt(pow(chroma, 7) / (pow(chroma, 7) + pow(25, 7)));
}

double colour_difference(const double lab[3], const double other[3]) {
  double stretch = 1 + 0.5 * (1 - saturation((colour_chroma(lab) + colour_chroma(other)) / 2));
  double a0 = stretch * lab[1], a1 = stretch * other[1];
  double c0 = hypot(a0, lab[2]), c1 = hypot(a1, other[2]);
  double h0 = hue(a0, lab[2]), h1 = hue(a1, other[2]);
  bool grey = c0 * c1 == 0;

  double turn = grey ? 0 : h1 - h0;
  turn += turn > 180 ? -360 : turn < -180 ? 360 : 0;
  double lightness = other[0] - lab[0], chroma = c1 - c0;
  double angle = 2 * sqrt(c0 * c1) * sin(radians(turn / 2));

  double mean_l = (lab[0] + other[0]) / 2, mean_c = (c0 + c1) / 2;
  double mean_h = grey ? h0 + h1 : (h0 + h1) / 2;
  if (!grey && fabs(h0 - h1) > 180)
    mean_h += h0 + h1 < 360 ? 180 : -180;
  double t = 1 - 0.17 * cos(radians(mean_h - 30)) + 0.24 * cos(radians(2 * mean_h)) +
             0.32 * cos(radians(3 * mean_h + 6)) - 0.20 * cos(radians(4 * mean_h - 63));
  double middle = (mean_l - 50) * (mean_l - 50), bend = (mean_h - 275) / 25;
  double l = lightness / (1 + 0.015 * middle / sqrt(20 + middle));
  double c = chroma / (1 + 0.045 * mean_c);
  double h = angle / (1 + 0.015 * mean_c * t);
  double rotation = -sin(radians(60 * exp(-bend * bend))) * 2 * saturation(mean_c);
  return sqrt(l * l + c * c + h * h + rotation * c * h);
}
