/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What parameters have to know of the samplers, which say it in files of their own in diffusion/.
 */
#ifndef RST_SAMPLERS_H
#define RST_SAMPLERS_H

#include "restorator.h"

/* RST_SAMPLERS is the build's list, SAMPLER(ddpm) SAMPLER(ddim) …, in the order of rst_sampler
 * behind `auto`. */
typedef struct rst_sampler_traits {
  /* Which of the parameters that not every sampler reads it does, NULL-terminated. */
  const char *const *reads;
  /* Whether no step adds noise, whatever noise-stddev is; NULL: some do. */
  bool (*is_noiseless)(const rst_parameters *parameters);
} rst_sampler_traits;

/* Of a sampler, not `auto`; NULL where there is none of that number. */
const rst_sampler_traits *rst_sampler_get_traits(rst_sampler sampler);

/* Whether the sampler of these parameters reads one of that name. */
bool rst_sampler_reads(const rst_parameters *parameters, const char *name);

#endif
