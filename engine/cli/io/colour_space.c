/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/colour_space.h"

#include <float.h>
#include <glib/gi18n.h>
#include <lcms2.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

enum { GRID = 17, SAMPLES = 4096 };

struct cli_colour_space {
  int channels;
  cmsHTRANSFORM to_srgb, from_srgb; /* both NULL: the space is sRGB */
  float *grid; /* (GRID³ or GRID, 3): without from_srgb, what to_srgb gives */
  cmsToneCurve *linear[3], *coded[3]; /* a channel's coded value to light and back */
};

/* Many profiles are sRGB by another name or another rounding. Their pixels are taken as they are:
 * half a step of 8 bits is the largest difference allowed on a grid of colours. */
static bool is_srgb(const cli_colour_space *s) {
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

static void drop_transforms(cli_colour_space *s) {
  if (s->to_srgb)
    cmsDeleteTransform(s->to_srgb);
  if (s->from_srgb)
    cmsDeleteTransform(s->from_srgb);
  s->to_srgb = s->from_srgb = NULL;
}

/* ---- the way back, where a profile has none ---- */

/* The colour at a node of the grid. */
static void node_at(const cli_colour_space *s, int node, float *native) {
  for (int c = 0; c < s->channels; c++, node /= GRID)
    native[c] = (float)(node % GRID) / (GRID - 1);
}

static int grid_size(const cli_colour_space *s) {
  return s->channels == 1 ? GRID : GRID * GRID * GRID;
}

static void make_grid(cli_colour_space *s) {
  s->grid = g_new(float, 3 * (size_t)grid_size(s));
  for (int i = 0; i < grid_size(s); i++) {
    float native[3];
    node_at(s, i, native);
    cmsDoTransform(s->to_srgb, native, s->grid + 3 * i, 1);
  }
}

static double distance(const float *a, const float *b) {
  double sum = 0;
  for (int c = 0; c < 3; c++)
    sum += ((double)a[c] - b[c]) * ((double)a[c] - b[c]);
  return sum;
}

static void nearest_node(const cli_colour_space *s, const float *rgb, float *native) {
  double least = DBL_MAX;
  int best = 0;
  for (int i = 0; i < grid_size(s); i++) {
    double d = distance(s->grid + 3 * i, rgb);
    if (d < least) {
      least = d;
      best = i;
    }
  }
  node_at(s, best, native);
}

/* Solves the normal equations of (channels) unknowns, damped; false where they are singular. */
static bool solve(double m[3][3], double v[3], int n) {
  for (int i = 0; i < n; i++) {
    int pivot = i;
    for (int k = i + 1; k < n; k++)
      pivot = fabs(m[k][i]) > fabs(m[pivot][i]) ? k : pivot;
    if (fabs(m[pivot][i]) < 1e-14)
      return false;
    for (int c = 0; c < n; c++) {
      double t = m[i][c];
      m[i][c] = m[pivot][c];
      m[pivot][c] = t;
    }
    double t = v[i];
    v[i] = v[pivot];
    v[pivot] = t;
    for (int k = 0; k < n; k++) {
      double f = k == i ? 0 : m[k][i] / m[i][i];
      for (int c = i; c < n; c++)
        m[k][c] -= f * m[i][c];
      v[k] -= f * v[i];
    }
  }
  for (int i = 0; i < n; i++)
    v[i] /= m[i][i];
  return true;
}

/* One step of Levenberg and Marquardt from `native`, whose colour is `at`. */
static bool step(const cli_colour_space *s, const float *rgb, const float *native, const float *at,
                 double damping, float *next) {
  static const float width = 1e-3f;
  const int n = s->channels;
  double m[3][3] = {{0}}, v[3] = {0}, slope[3][3];
  for (int c = 0; c < n; c++) {
    float moved[3], seen[3];
    for (int k = 0; k < 3; k++)
      moved[k] = k < n ? native[k] : 0;
    const float w = moved[c] > 0.5f ? -width : width;
    moved[c] += w;
    cmsDoTransform(s->to_srgb, moved, seen, 1);
    for (int k = 0; k < 3; k++)
      slope[c][k] = ((double)seen[k] - at[k]) / w;
  }
  for (int i = 0; i < n; i++)
    for (int k = 0; k < 3; k++) {
      v[i] += slope[i][k] * ((double)rgb[k] - at[k]);
      for (int c = 0; c < n; c++)
        m[i][c] += slope[i][k] * slope[c][k];
    }
  for (int i = 0; i < n; i++)
    m[i][i] *= 1 + damping;
  if (!solve(m, v, n))
    return false;
  for (int c = 0; c < n; c++)
    next[c] = (float)fmin(fmax(native[c] + v[c], 0), 1);
  return true;
}

/* The colour in 0…1 whose colour in sRGB is nearest to `rgb`: from `native`, where that is near. */
static void invert(const cli_colour_space *s, const float *rgb, float *native) {
  enum { STEPS = 24 };
  static const double near = 1e-10, far = 0.01;
  float at[3], next[3], seen[3];
  double damping = 1e-6;
  cmsDoTransform(s->to_srgb, native, at, 1);
  if (distance(at, rgb) > far) {
    nearest_node(s, rgb, native);
    cmsDoTransform(s->to_srgb, native, at, 1);
  }
  for (int i = 0; i < STEPS && distance(at, rgb) > near; i++) {
    if (!step(s, rgb, native, at, damping, next))
      return;
    cmsDoTransform(s->to_srgb, next, seen, 1);
    if (distance(seen, rgb) < distance(at, rgb)) {
      memcpy(native, next, sizeof(float) * (size_t)s->channels);
      memcpy(at, seen, sizeof at);
      damping *= 0.1;
    } else {
      damping = fmax(damping, 1e-4) * 10;
    }
  }
}

/* ---- opening ---- */

/* How grey from black to white gets lighter, where no curve says it. */
static cmsToneCurve *sampled_curve(const cli_colour_space *s) {
  g_autofree float *samples = g_new(float, SAMPLES);
  for (int i = 0; i < SAMPLES; i++) {
    const float tone = (float)i / (SAMPLES - 1), native[3] = {tone, tone, tone};
    float rgb[3];
    cmsDoTransform(s->to_srgb, native, rgb, 1);
    const double v = CLAMP(rgb[1], 0, 1);
    samples[i] = (float)(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    samples[i] = i > 0 ? fmaxf(samples[i], samples[i - 1]) : samples[i];
  }
  return cmsBuildTabulatedToneCurveFloat(NULL, SAMPLES, samples);
}

static char *profile_name(cmsHPROFILE profile) {
  char name[256] = "";
  cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", name, sizeof name);
  return g_strdup(*name == '\0' ? "?" : name);
}

/* The transforms of a profile of the right kind; false where there is no way to sRGB. */
static bool open_transforms(cli_colour_space *s, cmsHPROFILE own, cmsHPROFILE srgb) {
  const cmsUInt32Number format = s->channels == 1 ? TYPE_GRAY_FLT : TYPE_RGB_FLT;
  const cmsUInt32Number intent = INTENT_RELATIVE_COLORIMETRIC;
  s->to_srgb = cmsCreateTransform(own, format, srgb, TYPE_RGB_FLT, intent, cmsFLAGS_NOCACHE);
  if (!s->to_srgb)
    return false;
  s->from_srgb = cmsCreateTransform(srgb, TYPE_RGB_FLT, own, format, intent, cmsFLAGS_NOCACHE);
  if (is_srgb(s))
    drop_transforms(s);
  else if (!s->from_srgb)
    make_grid(s);
  return true;
}

cli_colour_space *colour_space_new(const void *profile, size_t size, int channels, GError **error) {
  static const cmsTagSignature rgb_curves[] = {cmsSigRedTRCTag, cmsSigGreenTRCTag,
                                               cmsSigBlueTRCTag};
  static const cmsTagSignature grey_curves[] = {cmsSigGrayTRCTag};
  const cmsColorSpaceSignature kind = channels == 1 ? cmsSigGrayData : cmsSigRgbData;
  const cmsTagSignature *tags = channels == 1 ? grey_curves : rgb_curves;

  cli_colour_space *s = g_new0(cli_colour_space, 1);
  s->channels = channels;
  cmsHPROFILE srgb = cmsCreate_sRGBProfile();
  cmsHPROFILE own = profile ? cmsOpenProfileFromMem(profile, (cmsUInt32Number)size) : NULL;
  bool good = true;
  if (own && cmsGetColorSpace(own) == kind)
    good = open_transforms(s, own, srgb);
  else if (profile)
    cli_say(
      _("the picture's profile is malformed, or of another kind of picture, and taken for "
        "sRGB's"));
  for (int c = 0; c < channels && good; c++) {
    const cmsToneCurve *curve =
      cmsReadTag(s->to_srgb ? own : srgb, s->to_srgb ? tags[c] : rgb_curves[c]);
    s->linear[c] = curve ? cmsDupToneCurve(curve) : sampled_curve(s);
    s->coded[c] = cmsReverseToneCurve(s->linear[c]);
  }
  if (!good) {
    g_autofree char *name = profile_name(own);
    g_set_error(error, CLI_ERROR, CLI_FAILED,
                _("the picture's profile “%s” says no way to other colours; convert the picture to "
                  "sRGB first"),
                name);
  }
  if (own)
    cmsCloseProfile(own);
  cmsCloseProfile(srgb);
  if (!good)
    g_clear_pointer(&s, g_free);
  return s;
}

void colour_space_free(cli_colour_space *s) {
  if (!s)
    return;
  drop_transforms(s);
  g_free(s->grid);
  for (int c = 0; c < s->channels; c++) {
    cmsFreeToneCurve(s->linear[c]);
    cmsFreeToneCurve(s->coded[c]);
  }
  g_free(s);
}

void colour_space_to_srgb(const cli_colour_space *s, int count, const float *native, float *rgb) {
  if (s->to_srgb)
    cmsDoTransform(s->to_srgb, native, rgb, (cmsUInt32Number)count);
  else
    for (int i = 0; i < count; i++)
      for (int c = 0; c < 3; c++)
        rgb[3 * i + c] = native[s->channels * i + c % s->channels];
}

void colour_space_from_srgb(const cli_colour_space *s, int count, const float *rgb, float *native) {
  if (s->from_srgb)
    cmsDoTransform(s->from_srgb, rgb, native, (cmsUInt32Number)count);
  else if (s->grid)
    for (int i = 0; i < count; i++) { /* a pixel is near the one before it */
      static const float black[3];
      float *to = native + s->channels * i;
      memcpy(to, i > 0 ? to - s->channels : black, sizeof(float) * (size_t)s->channels);
      invert(s, rgb + 3 * i, to);
    }
  else
    /* A grey picture's restored colours are neutral, so that any channel is the tone. */
    for (int i = 0; i < count; i++)
      memcpy(native + s->channels * i, rgb + 3 * i, sizeof(float) * (size_t)s->channels);
}

void colour_space_blend(const cli_colour_space *s, int count, const float *coverage,
                        const float *original, float *restored) {
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
