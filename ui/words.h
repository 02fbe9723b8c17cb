/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A setup in words, as people tell setups apart.
 */
#ifndef WORDS_H
#define WORDS_H

#include <restorator.h>

/* What the sampler does: "DDIM, 15 of 100 steps, η 1, projected". To be freed. */
char *words_of_setup(const rst_parameters *parameters, const rst_model *model);

#endif
