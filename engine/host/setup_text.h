/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A setup and a duration in words.
 */
#ifndef WORDS_H
#define WORDS_H

#include <restorator.h>

/* What the sampler does, as people tell setups apart: "DDIM, 15 of 100 steps, η 1, projected". To
 * be freed. */
char *words_of_setup(const rst_parameters *parameters, const rst_model *model);

/* "0.4 s", "12 s", "8 min", "1.5 h". To be freed. */
char *words_of_duration(double seconds);

#endif
