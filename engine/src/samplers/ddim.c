/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Song, Meng, Ermon: Denoising Diffusion Implicit Models (2021), equations 12 and 16:
 *   x̂₀ = (x_t − √(1−ᾱ_t) ε̂)/√ᾱ_t,   σ² = η² (1−ᾱ_s)/(1−ᾱ_t) (1−ᾱ_t/ᾱ_s)
 *   x_s = p + σ z,   p = √ᾱ_s x̂₀ + √(1−ᾱ_s−σ²) ε̂
 * Noise projection puts the noisy value back on the sphere of radius L = |p − x̂₀| about x̂₀:
 *   x_s = x̂₀ + L · (p + σ z − x̂₀)/|p + σ z − x̂₀|, norms over a point's three channels.
 */
#include <math.h>

#include "samplers/sampler.h"

static void prepare(const rst_parameters *parameters, double beta, double now, double next,
                    rst_step *step) {
  const double eta = parameters->stochasticity;
  const double variance = eta * eta * (1 - next) / (1 - now) * (1 - now / next);
  const double direction = sqrt(fmax(1 - next - variance, 0));

  (void)beta;
  rst_step_set_clean(now, step);
  step->value = sqrt(next) * step->clean_value;
  step->prediction = sqrt(next) * step->clean_prediction + direction;
  step->sigma = rst_noise_stddev(parameters->noise_stddev, variance);
  step->noisy = step->sigma > 0;
  step->project = parameters->project && step->noisy;
}

static void advance_plain(const rst_step *step, int count, int stride, float *value,
                          const float *prediction, const float *noise) {
  for (int c = 0; c < 3; c++, value += stride, prediction += stride, noise += stride)
    for (int p = 0; p < count; p++) {
      const double mean = step->value * value[p] + step->prediction * prediction[p];

      value[p] = (float)(step->noisy ? mean + step->sigma * noise[p] : mean);
    }
}

/* p − x̂₀ from factors combined beforehand: p and x̂₀ may be thousands of times larger. */
static void advance_projected(const rst_step *step, int count, int stride, float *value,
                              const float *prediction, const float *noise) {
  const double from_value = step->value - step->clean_value;
  const double from_prediction = step->prediction - step->clean_prediction;

  for (int p = 0; p < count; p++) {
    double clean[3], noisy[3], radius = 0, length = 0, scale;

    for (int c = 0; c < 3; c++) {
      const double x = value[c * stride + p], e = prediction[c * stride + p];
      const double away = from_value * x + from_prediction * e;

      clean[c] = step->clean_value * x + step->clean_prediction * e;
      noisy[c] = away + step->sigma * noise[c * stride + p];
      radius += away * away;
      length += noisy[c] * noisy[c];
    }
    scale = length > 0 ? sqrt(radius / length) : 0; /* a vector of length 0 stays 0 */
    for (int c = 0; c < 3; c++)
      value[c * stride + p] = (float)(clean[c] + scale * noisy[c]);
  }
}

static void advance(const rst_step *step, int count, int stride, float *value,
                    const float *prediction, const float *noise) {
  (step->project ? advance_projected : advance_plain)(step, count, stride, value, prediction,
                                                      noise);
}

static const char *const reads[] = {"stochasticity", "step-skip", "sequence",
                                    "noise-stddev",  "project",   NULL};

/* σ is 0 with η, and any power of it. */
static bool is_noiseless(const rst_parameters *parameters) {
  return !(parameters->stochasticity > 0);
}

const rst_sampler_class rst_sampler_ddim = {
  .traits = {.reads = reads, .is_noiseless = is_noiseless}, .prepare = prepare, .advance = advance};
