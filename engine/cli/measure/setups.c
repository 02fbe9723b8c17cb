/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/setups.h"

static const rst_stddev stddevs[] = {RST_STDDEV_ZERO, RST_STDDEV_NORMAL, RST_STDDEV_SQUARED};

enum { STDDEVS = sizeof stddevs / sizeof *stddevs };

/* Every stochasticity from 1 down to 0 in so many steps, with every step skipping up to `skips`. */
static cli_setup *add_grid(cli_setup *next, rst_stddev stddev, int steps, int skips, bool project,
                           bool clip) {
  for (int i = steps; i >= 0; i--)
    for (int k = 1; k <= skips; k++)
      *next++ = (cli_setup){stddev, (double)i / steps, k, project, clip};
  return next;
}

void setups_fill(cli_setup setups[SETUPS]) {
  cli_setup *next = setups;
  for (int i = 0; i < STDDEVS; i++)
    next = add_grid(next, stddevs[i], 10, 10, false, false);
  for (int i = 0; i < STDDEVS; i++)
    next = add_grid(next, stddevs[i], 10, 1, false, true);
  for (int i = 0; i < STDDEVS; i++)
    next = add_grid(next, stddevs[i], 2, 10, true, false);
  for (int i = 2; i >= 0; i--)
    for (int k = 15; k <= 30; k += 5)
      *next++ = (cli_setup){RST_STDDEV_SQUARED, i / 2.0, k, true, false};
}

void setup_apply(const cli_setup *setup, rst_parameters *parameters) {
  parameters->sampler = RST_SAMPLER_DDIM;
  parameters->sequence = RST_SEQUENCE_UNIFORM;
  parameters->noise_stddev = setup->noise_stddev;
  parameters->stochasticity = setup->stochasticity;
  parameters->step_skip = setup->step_skip;
  parameters->project = setup->project;
  parameters->clip = setup->clip;
}
