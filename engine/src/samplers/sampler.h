/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restoration processes: how predictions become colours. One file each: single_pass.c and those of
 * the samplers, ddpm.c, ddim.c. A new sampler is a file NAME.c that defines rst_sampler_NAME, and
 * its name in the list of ../meson.build.
 */
#ifndef RST_SAMPLER_H
#define RST_SAMPLER_H

#include "restorator.h"

/* RST_SAMPLERS is the build's list, SAMPLER(ddpm) SAMPLER(ddim) …, in the order of rst_sampler
 * behind `auto`. */

/* What of the parameters it reads. */
typedef struct rst_sampler_traits {
  /* Which of those that not every sampler reads it does, NULL-terminated. */
  const char *const *reads;
  /* Whether no step adds noise, whatever noise-stddev is; NULL: some do. */
  bool (*is_noiseless)(const rst_parameters *parameters);
} rst_sampler_traits;

/* One network pass from timestep `t` to the earlier `previous` (−1: the clean picture), with
 * coefficients of the sampler's own, in double: 1/√ᾱ reaches 6400 at t = T−1. */
typedef struct rst_step {
  int t, previous;
  double time;    /* what the network is told, 0…1 */
  bool noisy;     /* reads noise */
  bool clip;      /* the value is clipped to −1…1 afterwards */
  bool project;
  double sigma;   /* standard deviation of the noise added */
  double value, prediction;             /* factors of the value's mean */
  double clean_value, clean_prediction; /* factors of x̂₀ */
} rst_step;

typedef struct rst_sampler_class {
  rst_sampler_traits traits;
  /* Fills all but t, previous, time, clip of a step between levels of signal `now` = ᾱ_t and
   * `next` = ᾱ of the previous timestep; β_t is the schedule's. */
  void (*prepare)(const rst_parameters *parameters, double beta, double now, double next,
                  rst_step *step);
  /* Moves `count` numbers of each of three channels (3, stride) one step on; `noise` is standard
   * normal, unused unless step->noisy. */
  void (*advance)(const rst_step *step, int count, int stride, float *value,
                  const float *prediction, const float *noise);
} rst_sampler_class;

extern const rst_sampler_class rst_sampler_single_pass;
#define SAMPLER(name) extern const rst_sampler_class rst_sampler_##name;
RST_SAMPLERS
#undef SAMPLER

/* σ as the parameter noise-stddev has it: normal σ, squared σ², zero 0. */
double rst_noise_stddev(rst_stddev kind, double variance);
/* Sets the factors of x̂₀ = (x_t − √(1−ᾱ_t) ε̂)/√ᾱ_t, `now` = ᾱ_t. */
void rst_step_set_clean(double now, rst_step *step);

/* The sampler of that number, not `auto`; NULL where there is none. */
const rst_sampler_class *rst_sampler_find(rst_sampler sampler);
/* Of it; likewise. */
const rst_sampler_traits *rst_sampler_get_traits(rst_sampler sampler);

#endif
