/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How faded a picture is, by the histograms of its channels. The deepest shadow of a photograph is
 * nearly black, and its brightest light nearly white: where all of the shadows are grey or all of the
 * lights dull, so much of the difference is taken back as can hardly be what was in front of the
 * camera. Of a coloured picture that is done in each channel, near to what is done to all; the tint of a
 * toned one stays.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/complete.h"
#include "base/memory.h"
#include "base/session.h"
#include "base/status.h"
#include "network/interpolation.h"
#include "region/parts.h"

enum {
  BINS = 1024,
  FRAME = 16,           /* a sixteenth of the box on each side may be frame */
  SAMPLES = 1 << 22     /* pixels that are looked at, at most */
};

/* A share of the pixels that may be darker than black, or brighter than white. */
static const double beyond = 0.005;
/* Of the values 0…1: a shadow so dark and a light so bright are right as they are; how far black and
 * white are moved at most; and a channel's from that of all. */
static const double dark = 0.1, bright = 0.87, farthest = 0.22, apart = 0.08;
/* Beyond these it is taken back twice as fast, until so much is left of what is missing. */
static const double kept = 0.04;
/* Middle tones within are right as they are; how far ½ is moved at most, and a channel's. */
static const double middle_low = 0.3, middle_high = 0.62, middle_farthest = 0.1,
                    middle_apart = 0.04;

static const rst_tone identity = {sizeof identity, {0, 0, 0}, {1, 1, 1}, {0.5, 0.5, 0.5}};

/* ---- histograms ---- */

/* After R', G' and B': the least and the most of the three, and luma. */
enum { LEAST = 3, MOST, LUMA, CHANNELS };

typedef struct {
  int64_t counts[CHANNELS][BINS];
  int64_t pixels;
} histograms;

static void add_value(int64_t *counts, float value) {
  const int bin = (int)(fminf(fmaxf(value, 0), 1) * BINS);

  counts[bin < BINS ? bin : BINS - 1]++;
}

static void add_row(histograms *h, const float *rgba, const float *coverage,
                    const unsigned char *mask, int width, int step) {
  for (int x = 0; x < width; x += step) {
    const float *pixel = rgba + 4 * (size_t)x;

    if (!(coverage[x] > 0) || (mask && mask[x] > 0))
      continue;
    for (int c = 0; c < 3; c++)
      add_value(h->counts[c], pixel[c]);
    add_value(h->counts[LEAST], fminf(pixel[0], fminf(pixel[1], pixel[2])));
    add_value(h->counts[MOST], fmaxf(pixel[0], fmaxf(pixel[1], pixel[2])));
    add_value(h->counts[LUMA], rst_luma(pixel[0], pixel[1], pixel[2]));
    h->pixels++;
  }
}

/* Every `step`th row and column of the box but for its frame. */
static rst_status count(const rst_picture *picture, const rst_rectangle *box,
                        const unsigned char *mask, const rst_cancel *cancel, histograms *h,
                        rst_error *error) {
  const int left = box->width / FRAME, top = box->height / FRAME;
  const int width = box->width - 2 * left, height = box->height - 2 * top;
  const int step = (int)ceil(sqrt((double)width * height / SAMPLES));
  float *rgba = rst_floats((size_t)4 * (size_t)width), *coverage = rst_floats((size_t)width);
  rst_status status = rgba && coverage ? RST_OK : rst_fail_memory(error);

  for (int y = 0; y < height && status == RST_OK; y += step)
    if (rst_cancelled(cancel))
      status = rst_fail_cancelled(error);
    else if (!rst_read_covered(picture, box->x + left, box->y + top + y, width, 1, rgba, coverage))
      status = rst_fail_host(error);
    else
      add_row(h, rgba, coverage, mask ? mask + (size_t)(top + y) * (size_t)box->width + left : NULL,
              width, step);
  free(rgba);
  free(coverage);
  return status;
}

/* The value that a share of the pixels is below. */
static double quantile(const histograms *h, int channel, double share) {
  const double wanted = share * (double)h->pixels;
  double sum = 0;

  for (int i = 0; i < BINS; i++) {
    const double next = sum + (double)h->counts[channel][i];

    if (next >= wanted && next > sum)
      return (i + (wanted - sum) / (next - sum)) / BINS;
    sum = next;
  }
  return 1;
}

/* ---- the correction ---- */

static double within(double value, double low, double high) {
  return fmin(fmax(value, low), high);
}

static double black_of(const histograms *h, int channel) {
  const double darkest = quantile(h, channel, beyond);

  return within(fmin(2 * (darkest - dark), darkest - kept), 0, farthest);
}

static double white_of(const histograms *h, int channel) {
  const double brightest = quantile(h, channel, 1 - beyond);

  return 1 - within(fmin(2 * (bright - brightest), 1 - kept - brightest), 0, farthest);
}

/* Where the middle of a channel's tones lies, once it is stretched. */
static double middle_of(const histograms *h, int channel, double black, double white) {
  return within((quantile(h, channel, 0.5) - black) / (white - black), 0.01, 0.99);
}

/* The `middle` by which a value becomes another one. */
static double moving(double from, double to) {
  return to * (1 - from) / (to * (1 - from) + from * (1 - to));
}

/* How much speaks for fading, 0…1. */
static double evidence(double black, double white) {
  return within((black + 1 - white) / 0.08, 0, 1);
}

/* A strong colour is dark in one channel and bright in another: it is no sign of fading. But a channel
 * that is nowhere dark is one of a faded dye, whose lights are then looked at as well. */
static void correct_channels(const histograms *h, double middle, rst_tone *tone) {
  double most = 0;

  for (int c = 0; c < 3; c++)
    most = fmax(most, black_of(h, c));
  for (int c = 0; c < 3; c++) {
    const double sure = evidence(most, 1);

    tone->black[c] += within(black_of(h, c) - tone->black[c], 0, apart);
    tone->white[c] += sure * within(white_of(h, c) - tone->white[c], -apart, 0);
    tone->middle[c] +=
      sure * within((moving(middle_of(h, c, tone->black[c], tone->white[c]), middle) - 0.5) / 2,
                    -middle_apart, middle_apart);
  }
}

/* A toned print's tint, what a channel has beyond luma in the shadows and in the lights, stays as strong
 * as it is: stretched with the tones, faded sepia would come out orange. */
static void keep_tint(const histograms *h, rst_tone *tone) {
  const double luma_shadow = quantile(h, LUMA, beyond), luma_light = quantile(h, LUMA, 1 - beyond);

  for (int c = 0; c < 3; c++) {
    const double stretch = 1 / (tone->white[c] - tone->black[c]);
    const double shadow = quantile(h, c, beyond), light = quantile(h, c, 1 - beyond);
    const double to_shadow = (luma_shadow - tone->black[c]) * stretch + shadow - luma_shadow;
    const double to_light = (luma_light - tone->black[c]) * stretch + light - luma_light;
    const double scale = (to_light - to_shadow) / (light - shadow);

    if (!(light > shadow && to_light > to_shadow))
      continue;
    tone->black[c] = shadow - to_shadow / scale;
    tone->white[c] = tone->black[c] + 1 / scale;
  }
}

static void correct(const histograms *h, rst_picture_kind kind, rst_tone *tone) {
  const double black = black_of(h, LEAST), white = white_of(h, MOST);
  const double middle = middle_of(h, LUMA, black, white);
  const double right = within(middle, middle_low, middle_high);
  const double all =
    0.5 + evidence(black, white) *
            within(moving(middle, (middle + right) / 2) - 0.5, -middle_farthest, middle_farthest);

  for (int c = 0; c < 3; c++) {
    tone->black[c] = black;
    tone->white[c] = white;
    tone->middle[c] = all;
  }
  if (kind == RST_PICTURE_COLOURED)
    correct_channels(h, middle, tone);
  else if (kind == RST_PICTURE_TONED && black + 1 - white > 0)
    keep_tint(h, tone);
}

rst_status rst_measure_tone_sized(const rst_picture *picture, const rst_rectangle *box,
                                  const unsigned char *mask, rst_picture_kind kind,
                                  const rst_hooks *hooks, rst_tone *tone, size_t size,
                                  rst_error *error) {
  rst_tone found = identity;
  rst_rectangle whole;
  rst_picture all_picture;
  rst_hooks all_hooks;
  histograms *h;
  rst_status status;

  if (!rst_take_picture(&picture, &all_picture) || !rst_complete_hooks(&hooks, &all_hooks) ||
      !tone || size < sizeof size || size > sizeof found || !rst_box_in(picture, &box, &whole))
    return rst_fail_call(error, "rst_measure_tone");
  h = rst_array(1, sizeof *h);
  if (!h)
    return rst_fail_memory(error);
  status = count(picture, box, mask, hooks ? hooks->cancel : NULL, h, error);
  if (status == RST_OK && h->pixels > 0 && kind != RST_PICTURE_DRAWING)
    correct(h, kind, &found);
  free(h);
  if (status != RST_OK)
    return status;
  tone->size = size;
  rst_hand_over(tone, &found);
  return RST_OK;
}

bool rst_tone_is_identity(const rst_tone *tone) {
  return memcmp(tone->black, identity.black, sizeof tone->black) == 0 &&
         memcmp(tone->white, identity.white, sizeof tone->white) == 0 &&
         memcmp(tone->middle, identity.middle, sizeof tone->middle) == 0;
}

void rst_tone_apply(const rst_tone *tone, double strength, size_t count, float *rgba) {
  float black[3], scale[3], middle[3];
  const float share = (float)strength;

  if (rst_tone_is_identity(tone) || !(strength > 0))
    return;
  for (int c = 0; c < 3; c++) {
    black[c] = (float)tone->black[c];
    scale[c] = (float)(1 / (tone->white[c] - tone->black[c]));
    middle[c] = (float)tone->middle[c];
  }
  for (; count > 0; count--, rgba += 4)
    for (int c = 0; c < 3; c++) {
      const float t = fminf(fmaxf((rgba[c] - black[c]) * scale[c], 0), 1);
      const float high = middle[c] * t, low = (1 - middle[c]) * (1 - t);

      rgba[c] += share * (high / (high + low) - rgba[c]);
    }
}
