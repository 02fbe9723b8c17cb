/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "region/colour.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "restorator.h"
#include "base/memory.h"
#include "parameters/parameters.h"

/* The primaries of IEC 61966-2-1 with white D65, rows X Y Z divided by white, so that (1, 1, 1)
 * is L* 100, a* = b* = 0 to rounding. */
static const double white[3] = {0.95047, 1.0, 1.08883};
static const double to_xyz[3][3] = {{0.4124564, 0.3575761, 0.1804375},
                                    {0.2126729, 0.7151522, 0.0721750},
                                    {0.0193339, 0.1191920, 0.9503041}};
static const double from_xyz[3][3] = {{3.2404542, -1.5371385, -0.4985314},
                                      {-0.9692660, 1.8760108, 0.0415560},
                                      {0.0556434, -0.2040259, 1.0572252}};
static const double delta = 6.0 / 29;

static double linear(double coded) {
  const double v = fabs(coded);

  return copysign(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4), coded);
}

static double coded(double light) {
  const double v = fabs(light);

  return copysign(v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055, light);
}

static double lab_curve(double t) {
  return t > delta * delta * delta ? cbrt(t) : t / (3 * delta * delta) + 4.0 / 29;
}

static double lab_inverse(double f) {
  return f > delta ? f * f * f : 3 * delta * delta * (f - 4.0 / 29);
}

void rst_to_lab(const float rgb[3], double lab[3]) {
  const double light[3] = {linear(rgb[0]), linear(rgb[1]), linear(rgb[2])};
  double f[3];

  for (int i = 0; i < 3; i++)
    f[i] = lab_curve((to_xyz[i][0] * light[0] + to_xyz[i][1] * light[1] + to_xyz[i][2] * light[2]) /
                     white[i]);
  lab[0] = 116 * f[1] - 16;
  lab[1] = 500 * (f[0] - f[1]);
  lab[2] = 200 * (f[1] - f[2]);
}

/* Linear light of a colour with its chroma scaled; true where it lies in 0…1. */
static bool light_of(const double lab[3], double chroma, double light[3]) {
  const double fy = (lab[0] + 16) / 116;
  const double xyz[3] = {white[0] * lab_inverse(fy + chroma * lab[1] / 500),
                         white[1] * lab_inverse(fy),
                         white[2] * lab_inverse(fy - chroma * lab[2] / 200)};
  const double slack = 1e-6; /* rounding of the matrices */
  bool inside = true;

  for (int i = 0; i < 3; i++) {
    light[i] = from_xyz[i][0] * xyz[0] + from_xyz[i][1] * xyz[1] + from_xyz[i][2] * xyz[2];
    inside = inside && light[i] >= -slack && light[i] <= 1 + slack;
  }
  return inside;
}

void rst_from_lab(const double lab[3], float rgb[3]) {
  const double clamped[3] = {fmin(fmax(lab[0], 0), 100), lab[1], lab[2]};
  double light[3];

  if (!light_of(clamped, 1, light)) {
    double inside = 0, outside = 1;

    for (int i = 0; i < 20; i++) { /* to a millionth of the chroma */
      const double middle = (inside + outside) / 2;

      if (light_of(clamped, middle, light))
        inside = middle;
      else
        outside = middle;
    }
    light_of(clamped, inside, light);
  }
  for (int i = 0; i < 3; i++)
    rgb[i] = (float)fmin(fmax(coded(light[i]), 0), 1);
}

/* ---- the public calls ---- */

rst_mode rst_resolve_mode(const rst_parameters *parameters, const rst_window *window) {
  RST_FREED rst_parameters *own = NULL;

  if (rst_whole_parameters(&parameters, &own, "rst_resolve_mode", NULL) != RST_OK)
    return RST_MODE_FULL;
  if (parameters->mode != RST_MODE_AUTO)
    return parameters->mode;
  return window->side <= 256 || parameters->hide_region ? RST_MODE_FULL : RST_MODE_COLOUR;
}

/* How many times as bright as white a colour's largest channel is, in light; 1 within 0…1, and
 * where it is no finite number. */
static double brightness(const float rgb[3]) {
  const float top = fmaxf(rgb[0], fmaxf(rgb[1], rgb[2]));

  return top > 1 && isfinite(top) ? linear(top) : 1;
}

static void scale_light(const float rgb[3], double factor, float scaled[3]) {
  for (int c = 0; c < 3; c++)
    scaled[c] = (float)coded(linear(rgb[c]) * factor);
}

void rst_mix(rst_mode mode, double saturation, size_t count, const float *rgba,
             const float *colours, float *result) {
  for (size_t i = 0; i < count; i++) {
    double picture[3], network[3];
    float clamped[3];

    for (int c = 0; c < 3; c++)
      clamped[c] = fminf(fmaxf(colours[3 * i + c], 0), 1);
    if (mode == RST_MODE_COLOUR || mode == RST_MODE_DETAIL || saturation != 1) {
      /* What is above white is mixed as dark as white, and then as bright as it was: its light is
       * the picture's. */
      const double bright = mode == RST_MODE_COLOUR ? brightness(rgba + 4 * i) : 1;
      float shown[3];

      memcpy(shown, rgba + 4 * i, sizeof shown);
      if (bright > 1)
        scale_light(shown, 1 / bright, shown);
      rst_to_lab(shown, picture);
      rst_to_lab(clamped, network);
      if (mode == RST_MODE_COLOUR)
        network[0] = picture[0];
      else if (mode == RST_MODE_DETAIL)
        memcpy(network + 1, picture + 1, 2 * sizeof *network);
      network[1] *= saturation;
      network[2] *= saturation;
      rst_from_lab(network, clamped);
      if (bright > 1)
        scale_light(clamped, bright, clamped);
    }
    memcpy(result + 3 * i, clamped, sizeof clamped);
  }
}

void rst_apply_strength(double strength, size_t count, const float *original, const float *restored,
                        float *result) {
  const float s = (float)strength;

  for (size_t i = 0; i < count; i++)
    result[i] = s <= 0   ? original[i]
                : s >= 1 ? restored[i]
                         : original[i] + s * (restored[i] - original[i]);
}
