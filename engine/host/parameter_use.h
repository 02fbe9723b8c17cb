/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of a setup's parameters count: some are not read beside what others are set to. It knows
 * no toolkit.
 */
#ifndef SETUP_H
#define SETUP_H

#include <restorator.h>

/* Why a parameter has no effect. */
typedef enum setup_use {
  SETUP_USED,
  SETUP_SINGLE_PASS, /* the model's process has no sampler */
  SETUP_DDPM,        /* the sampler does not read it */
  SETUP_QUADRATIC,   /* the sequence has steps of its own */
  SETUP_NO_NOISE,    /* no step adds any */
  SETUP_WINDOW       /* the window is given */
} setup_use;

setup_use setup_get_use(const rst_parameter *parameter, const rst_parameters *now,
                        const rst_model_info *info);

/* What the sampler reads, the seed too, in one way of many to say it: all else is at its default.
 * Those that are equal, byte by byte, give every point the same colour. */
void setup_keep_read(const rst_parameters *from, const rst_model_info *info, rst_parameters *to);
/* In how many of the parameters that the sampler reads two setups differ, but for the seed. */
int setup_count_changes(const rst_parameters *a, const rst_parameters *b,
                        const rst_model_info *info);

#endif
