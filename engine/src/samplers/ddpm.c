/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ho, Jain, Abbeel: Denoising Diffusion Probabilistic Models (2020), algorithm 2:
 *   x_{t−1} = (x_t − β_t/√(1−ᾱ_t) ε̂)/√α_t + σ_t z,   σ_t² = β_t (1−ᾱ_{t−1})/(1−ᾱ_t)
 */
#include <math.h>

#include "samplers/sampler.h"

static void prepare(const rst_parameters *parameters, double beta, double now, double next,
                    rst_step *step) {
  const double root_alpha = sqrt(1 - beta);

  rst_step_set_clean(now, step);
  step->value = 1 / root_alpha;
  step->prediction = -beta / sqrt(1 - now) / root_alpha;
  step->sigma = rst_noise_stddev(parameters->noise_stddev, beta * (1 - next) / (1 - now));
  step->noisy = step->sigma > 0;
}

static void advance(const rst_step *step, int count, int stride, float *value,
                    const float *prediction, const float *noise) {
  for (int c = 0; c < 3; c++, value += stride, prediction += stride, noise += stride)
    for (int p = 0; p < count; p++) {
      const double mean = step->value * value[p] + step->prediction * prediction[p];

      value[p] = (float)(step->noisy ? mean + step->sigma * noise[p] : mean);
    }
}

/* Not step-skip and sequence: β_t belongs to neighbours. */
static const char *const reads[] = {"noise-stddev", NULL};

const rst_sampler_class rst_sampler_ddpm = {
  .traits = {.reads = reads}, .prepare = prepare, .advance = advance};
