/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/colour_space.h"

#include <glib.h>
#include <lcms2.h>
#include <math.h>
#include <string.h>

struct cli_space {
  int channels;
  cmsHTRANSFORM to_srgb, from_srgb; /* NULL: the space is sRGB */
  cmsToneCurve *linear[3], *coded[3]; /* a channel's coded value to light and back */
};

/* Many profiles are sRGB by another name or another rounding. Their pixels are taken as they are:
 * half a step of 8 bits is the largest difference allowed on a grid of colours. */
static bool is_srgb(const cli_space *s) {
  enum { LEVELS = 9 };
  int count = s->channels == 1 ? LEVELS : LEVELS * LEVELS * LEVELS;
  for (int i = 0; i < count; i++) {
    int levels[3] = {i % LEVELS, i / LEVELS % LEVELS, i / (LEVELS * LEVELS)};
    float native[3], rgb[3];
    for (int c = 0; c < 3; c++)
      native[c] = (float)levels[s->channels == 1 ? 0 : c] / (LEVELS - 1);
    cmsDoTransform(s->to_srgb, native, rgb, 1);
    for (int c = 0; c < 3; c++)
      if (fabsf(rgb[c] - native[c]) > 0.5f / 255)
        return false;
  }
  return true;
}

static void drop_transforms(cli_space *s) {
  if (s->to_srgb != NULL)
    cmsDeleteTransform(s->to_srgb);
  if (s->from_srgb != NULL)
    cmsDeleteTransform(s->from_srgb);
  s->to_srgb = s->from_srgb = NULL;
}

cli_space *space_new(const void *profile, size_t size, int channels) {
  static const cmsTagSignature rgb_curves[] = {cmsSigRedTRCTag, cmsSigGreenTRCTag,
                                               cmsSigBlueTRCTag};
  static const cmsTagSignature grey_curves[] = {cmsSigGrayTRCTag};
  cmsColorSpaceSignature kind = channels == 1 ? cmsSigGrayData : cmsSigRgbData;
  const cmsTagSignature *tags = channels == 1 ? grey_curves : rgb_curves;
  cmsUInt32Number format = channels == 1 ? TYPE_GRAY_FLT : TYPE_RGB_FLT;

  cli_space *s = g_new0(cli_space, 1);
  s->channels = channels;
  cmsHPROFILE srgb = cmsCreate_sRGBProfile();
  cmsHPROFILE own = profile == NULL ? NULL : cmsOpenProfileFromMem(profile, (cmsUInt32Number)size);
  if (own != NULL && cmsGetColorSpace(own) == kind) {
    s->to_srgb = cmsCreateTransform(own, format, srgb, TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC,
                                    cmsFLAGS_NOCACHE);
    s->from_srgb = cmsCreateTransform(srgb, TYPE_RGB_FLT, own, format, INTENT_RELATIVE_COLORIMETRIC,
                                      cmsFLAGS_NOCACHE);
    if (s->to_srgb == NULL || s->from_srgb == NULL || is_srgb(s))
      drop_transforms(s);
  }
  for (int c = 0; c < channels; c++) {
    /* A profile made of tables alone has no curves: sRGB's are a fair stand-in. */
    const cmsToneCurve *curve = s->to_srgb == NULL ? NULL : cmsReadTag(own, tags[c]);
    if (curve == NULL)
      curve = cmsReadTag(srgb, rgb_curves[c]);
    s->linear[c] = cmsDupToneCurve(curve);
    s->coded[c] = cmsReverseToneCurve(curve);
  }
  if (own != NULL)
    cmsCloseProfile(own);
  cmsCloseProfile(srgb);
  return s;
}

void space_free(cli_space *s) {
  if (s == NULL)
    return;
  drop_transforms(s);
  for (int c = 0; c < s->channels; c++) {
    cmsFreeToneCurve(s->linear[c]);
    cmsFreeToneCurve(s->coded[c]);
  }
  g_free(s);
}

void space_to_srgb(const cli_space *s, int count, const float *native, float *rgb) {
  if (s->to_srgb != NULL)
    cmsDoTransform(s->to_srgb, native, rgb, (cmsUInt32Number)count);
  else
    for (int i = 0; i < count; i++)
      for (int c = 0; c < 3; c++)
        rgb[3 * i + c] = native[s->channels * i + c % s->channels];
}

void space_from_srgb(const cli_space *s, int count, const float *rgb, float *native) {
  if (s->from_srgb != NULL)
    cmsDoTransform(s->from_srgb, rgb, native, (cmsUInt32Number)count);
  else
    /* A grey picture's restored colours are neutral, so that any channel is the tone. */
    for (int i = 0; i < count; i++)
      memcpy(native + s->channels * i, rgb + 3 * i, sizeof(float) * (size_t)s->channels);
}

void space_blend(const cli_space *s, int count, const float *coverage, const float *original,
                 float *restored) {
  for (int i = 0; i < count; i++) {
    if (coverage[i] >= 1)
      continue;
    for (int c = 0; c < s->channels; c++) {
      float *value = &restored[s->channels * i + c];
      float before = original[s->channels * i + c];
      if (*value == before)
        continue;
      float from = cmsEvalToneCurveFloat(s->linear[c], before);
      float to = cmsEvalToneCurveFloat(s->linear[c], *value);
      *value = cmsEvalToneCurveFloat(s->coded[c], from + coverage[i] * (to - from));
    }
  }
}
