/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/multiplied_alpha.h"

#include <stdbool.h>

/* What the file has: the only whole number whose quotient was rounded down to `colour`. */
static int stored(VipsImage *colour, VipsImage *alpha, double top, VipsImage **product) {
  g_autoptr(VipsImage) times = NULL, scaled = NULL;
  return vips_multiply(colour, alpha, &times, NULL) != 0 ||
         vips_linear1(times, &scaled, 1 / top, -1e-6, NULL) != 0 ||
         vips_ceil(scaled, product, NULL) != 0;
}

/* Divided anew; 0 where alpha is. */
static int divided(VipsImage *product, VipsImage *alpha, double top, VipsImage **colour) {
  g_autoptr(VipsImage) quotient = NULL, scaled = NULL;
  return vips_divide(product, alpha, &quotient, NULL) != 0 ||
         vips_linear1(quotient, &scaled, top, 0, NULL) != 0 || vips_rint(scaled, colour, NULL) != 0;
}

VipsImage *multiplied_alpha_round(VipsImage *image) {
  const VipsBandFormat format = image->BandFmt;
  const double top = format == VIPS_FORMAT_USHORT ? 65535 : 255;
  g_autoptr(VipsImage) exact = NULL, colour = NULL, alpha = NULL, product = NULL, rounded = NULL;
  VipsImage *joined = NULL, *cast = NULL, *result = NULL;
  if ((format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT) || image->Bands < 2)
    return image;
  bool good = vips_cast_double(image, &exact, NULL) == 0 &&
              vips_extract_band(exact, &colour, 0, "n", image->Bands - 1, NULL) == 0 &&
              vips_extract_band(exact, &alpha, image->Bands - 1, NULL) == 0 &&
              stored(colour, alpha, top, &product) == 0 &&
              divided(product, alpha, top, &rounded) == 0 &&
              vips_bandjoin2(rounded, alpha, &joined, NULL) == 0 &&
              vips_cast(joined, &cast, format, NULL) == 0 &&
              vips_copy(cast, &result, "interpretation", image->Type, NULL) == 0;
  if (!good)
    g_clear_object(&result);
  g_clear_object(&joined);
  g_clear_object(&cast);
  g_object_unref(image);
  return result;
}
