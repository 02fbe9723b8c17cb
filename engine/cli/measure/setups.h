/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 465 setups of the published sweep: noise stddev zero, normal, squared × stochasticity 1, 0.9
 * … 0 × step skipping 1…10; the same with clipping, without skipping; with projection, noise
 * stddev × stochasticity 0, 0.5, 1 × step skipping 1…10, and, squared, 15, 20, 25, 30.
 */
#ifndef CLI_TOOLS_SETUPS_H
#define CLI_TOOLS_SETUPS_H

#include <stdbool.h>

#include "restorator.h"

enum { SETUPS = 465 };

typedef struct cli_setup {
  rst_stddev noise_stddev;
  double stochasticity;
  int step_skip;
  bool project, clip;
} cli_setup;

/* All of them, in the order of the text above. */
void setups_fill(cli_setup setups[SETUPS]);
/* Sets the parameters that the setup is of. */
void setup_apply(const cli_setup *setup, rst_parameters *parameters);

#endif
