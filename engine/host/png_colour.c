/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "png_colour.h"

#include <lcms2.h>
#include <math.h>
#include <string.h>

static void take_chunk(png_head *h, const char *type, const guint8 *data, gsize size) {
  if (memcmp(type, "acTL", 4) == 0 && size >= 4) {
    h->frames = (int)MIN(bytes_number32(data), G_MAXINT32);
  } else if (memcmp(type, "iCCP", 4) == 0) {
    h->profile = true;
  } else if (memcmp(type, "sRGB", 4) == 0) {
    h->srgb = true;
  } else if (memcmp(type, "cICP", 4) == 0 && size == 4) {
    h->cicp = true;
    memcpy(h->code_points, data, 4);
  } else if (memcmp(type, "gAMA", 4) == 0 && size == 4) {
    h->exponent = bytes_number32(data);
    png_put(h->gamma, type, data, size);
  } else if (memcmp(type, "cHRM", 4) == 0 && size == 32) {
    h->chromaticities = true;
    for (int i = 0; i < 8; i++)
      h->xy[i] = bytes_number32(data + 4 * i) / 1e5;
    png_put(h->gamma, type, data, size);
  }
}

/* Colours and the number of frames come before the pixels; texts may come after them. */
void png_read(const cli_bytes *b, png_head *h) {
  static const char wanted[][5] = {"acTL", "iCCP", "sRGB", "cICP", "gAMA", "cHRM"};
  *h = (png_head){.frames = 1, .texts = png_texts(b), .gamma = g_byte_array_new()};
  for (png_chunk c = {0}; png_next(b, &c) && memcmp(c.type, "IDAT", 4) != 0;)
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
      if (memcmp(c.type, wanted[i], 4) != 0 || c.size > PNG_SIZE_MAX)
        continue;
      g_autofree guint8 *data = bytes_copy(b, c.at, c.size);
      if (data)
        take_chunk(h, c.type, data, c.size);
    }
}

void png_clear(png_head *h) {
  g_clear_pointer(&h->texts, g_byte_array_unref);
  g_clear_pointer(&h->gamma, g_byte_array_unref);
}

/* ---- colours ---- */

static const double srgb_xy[8] = {0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06};

/* A curve of ICC's type 4: (a x + b)^g where x ≥ d, else c x. */
static cmsToneCurve *curve_of(double g, double a, double b, double c, double d) {
  const double parameters[] = {g, a, b, c, d};
  return cmsBuildParametricToneCurve(NULL, 4, parameters);
}

static cmsToneCurve *srgb_curve(void) {
  return curve_of(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
}

/* H.273, table 3: from code to light; NULL for what is not known here, HDR among it. */
static cmsToneCurve *transfer_curve(guint8 code) {
  switch (code) {
    case 1:
    case 6:
    case 14:
    case 15:
      return curve_of(1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081);
    case 4:
      return cmsBuildGamma(NULL, 2.2);
    case 5:
      return cmsBuildGamma(NULL, 2.8);
    case 8:
      return cmsBuildGamma(NULL, 1);
    case 13:
      return srgb_curve();
    default:
      return NULL;
  }
}

/* H.273, table 2, as xy of white, red, green, blue; NULL for what is not known here. */
static const double *primaries_of(guint8 code) {
  static const double bt470m[] = {0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08};
  static const double bt470bg[] = {0.3127, 0.3290, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06};
  static const double smpte170m[] = {0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070};
  static const double bt2020[] = {0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046};
  static const double dci[] = {0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
  static const double p3[] = {0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
  static const double *const known[13] = {
    [1] = srgb_xy,   [4] = bt470m, [5] = bt470bg, [6] = smpte170m,
    [7] = smpte170m, [9] = bt2020, [11] = dci,    [12] = p3,
  };
  return code < G_N_ELEMENTS(known) ? known[code] : NULL;
}

/* The date that lcms puts into a profile would make each file another. */
static GBytes *save_profile(cmsHPROFILE profile) {
  static const guint8 date[12] = {2000 >> 8, 2000 & 0xff, 0, 1, 0, 1};
  cmsUInt32Number size = 0;
  if (!profile || !cmsSaveProfileToMem(profile, NULL, &size))
    return NULL;
  guint8 *bytes = g_malloc(size);
  if (!cmsSaveProfileToMem(profile, bytes, &size)) {
    g_free(bytes);
    return NULL;
  }
  memcpy(bytes + 24, date, sizeof date);
  memset(bytes + 84, 0, 16); /* the profile's sum */
  return g_bytes_new_take(bytes, size);
}

/* NULL where the chromaticities are those of no colours. Frees the curve. */
static GBytes *make_profile(const double xy[8], cmsToneCurve *curve, bool grey) {
  const cmsCIExyY white = {xy[0], xy[1], 1};
  const cmsCIExyYTRIPLE primaries = {{xy[2], xy[3], 1}, {xy[4], xy[5], 1}, {xy[6], xy[7], 1}};
  cmsToneCurve *curves[] = {curve, curve, curve};
  cmsHPROFILE profile = white.y <= 0 ? NULL
                        : grey       ? cmsCreateGrayProfile(&white, curve)
                                     : cmsCreateRGBProfile(&white, &primaries, curves);
  GBytes *bytes = save_profile(profile);
  if (profile)
    cmsCloseProfile(profile);
  cmsFreeToneCurve(curve);
  return bytes;
}

static bool is_srgb(const double xy[8]) {
  double worst = 0;
  for (int i = 0; i < 8; i++)
    worst = fmax(worst, fabs(xy[i] - srgb_xy[i]));
  return worst < 0.002;
}

static png_colour colour_of_code_points(const png_head *h, bool grey, GBytes **profile) {
  const guint8 *code = h->code_points;
  const double *xy = primaries_of(code[0]);
  if (code[2] != 0 || code[3] != 1 || !xy)
    return PNG_COLOUR_UNKNOWN;
  if (code[1] == 13 && xy == srgb_xy)
    return PNG_COLOUR_SRGB;
  cmsToneCurve *curve = transfer_curve(code[1]);
  if (!curve)
    return PNG_COLOUR_UNKNOWN;
  *profile = make_profile(xy, curve, grey);
  return *profile ? PNG_COLOUR_PROFILE : PNG_COLOUR_UNKNOWN;
}

png_colour png_get_colour(const png_head *h, bool grey, GBytes **profile) {
  /* What the standard has beside sRGB, for programs that do not know it: not meant to the digit. */
  const bool srgb_exponent = h->exponent >= 45445 && h->exponent <= 45465;
  const double *xy = h->chromaticities ? h->xy : srgb_xy;
  *profile = NULL;
  if (h->cicp)
    return colour_of_code_points(h, grey, profile);
  if (h->profile || h->srgb || (h->exponent == 0 && !h->chromaticities) ||
      ((h->exponent == 0 || srgb_exponent) && is_srgb(xy)))
    return PNG_COLOUR_KEPT;
  *profile = make_profile(
    xy, h->exponent == 0 ? srgb_curve() : cmsBuildGamma(NULL, 1e5 / h->exponent), grey);
  return *profile ? PNG_COLOUR_PROFILE : PNG_COLOUR_KEPT;
}
