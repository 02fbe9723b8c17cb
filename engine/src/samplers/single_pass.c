/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single pass: the prediction is the colour.
 */
#include <string.h>

#include "samplers/sampler.h"

static void prepare(const rst_parameters *parameters, double beta, double now, double next,
                    rst_step *step) {
  (void)parameters;
  (void)beta;
  (void)now;
  (void)next;
  step->prediction = step->clean_prediction = 1;
}

static void advance(const rst_step *step, int count, int stride, float *value,
                    const float *prediction, const float *noise) {
  (void)step;
  (void)noise;
  for (int c = 0; c < 3; c++)
    memcpy(value + c * stride, prediction + c * stride, (size_t)count * sizeof *value);
}

const rst_sampler_class rst_sampler_single_pass = {.prepare = prepare, .advance = advance};
