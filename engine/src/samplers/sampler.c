/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "samplers/sampler.h"

#include <math.h>
#include <stddef.h>

#define SAMPLER(name) &rst_sampler_##name,
static const rst_sampler_class *const registry[] = {RST_SAMPLERS};
#undef SAMPLER

const rst_sampler_class *rst_sampler_find(rst_sampler sampler) {
  const size_t i = (size_t)sampler - 1; /* `auto` has no entry */

  return i < sizeof registry / sizeof *registry ? registry[i] : NULL;
}

const rst_sampler_traits *rst_sampler_get_traits(rst_sampler sampler) {
  const rst_sampler_class *found = rst_sampler_find(sampler);

  return found ? &found->traits : NULL;
}

double rst_noise_stddev(rst_stddev kind, double variance) {
  switch (kind) {
    case RST_STDDEV_SQUARED:
      return fmax(variance, 0);
    case RST_STDDEV_ZERO:
      return 0;
    case RST_STDDEV_NORMAL:
    default:
      return sqrt(fmax(variance, 0));
  }
}

void rst_step_set_clean(double now, rst_step *step) {
  step->clean_value = 1 / sqrt(now);
  step->clean_prediction = -sqrt(1 - now) / sqrt(now);
}
