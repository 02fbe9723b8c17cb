/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/multiplied_alpha.h"

#include <stdbool.h>

VipsImage *multiplied_alpha_divide(VipsImage *image) {
  const VipsBandFormat format = image->BandFmt;
  const bool whole = format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT;
  const double top = format == VIPS_FORMAT_USHORT ? 65535 : whole ? 255 : 1;
  g_autoptr(VipsImage) exact = NULL, colour = NULL, alpha = NULL, quotient = NULL, scaled = NULL;
  g_autoptr(VipsImage) rounded = NULL, joined = NULL, cast = NULL;
  VipsImage *result = NULL;
  if (image->Bands < 2 || (!whole && format != VIPS_FORMAT_FLOAT))
    return image;
  bool good =
    vips_cast_double(image, &exact, NULL) == 0 &&
    vips_extract_band(exact, &colour, 0, "n", image->Bands - 1, NULL) == 0 &&
    vips_extract_band(exact, &alpha, image->Bands - 1, NULL) == 0 &&
    vips_divide(colour, alpha, &quotient, NULL) == 0 && /* 0 where alpha is */
    vips_linear1(quotient, &scaled, top, 0, NULL) == 0 &&
    (whole ? vips_rint(scaled, &rounded, NULL) : vips_copy(scaled, &rounded, NULL)) == 0 &&
    vips_bandjoin2(rounded, alpha, &joined, NULL) == 0 &&
    vips_cast(joined, &cast, format, NULL) == 0 &&
    vips_copy(cast, &result, "interpretation", image->Type, NULL) == 0;
  if (!good)
    g_clear_object(&result);
  g_object_unref(image);
  return result;
}
