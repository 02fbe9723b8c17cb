/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What setups differ in, as hosts tell them apart. It knows no toolkit.
 */
#ifndef PARAMETER_USE_H
#define PARAMETER_USE_H

#include <restorator.h>

/* A parameter's value as rst_parameters_get() writes it, to be freed; NULL where it does not. */
char *parameter_text(const rst_parameters *parameters, const char *name);
/* Whether two setups hold the same value of it. */
bool parameter_is_same(const rst_parameters *a, const rst_parameters *b, const char *name);

/* Whether a parameter is one of a diffusion model's sampling, of which presets and cards are; the
 * seed is none. */
bool setup_has(const rst_parameter *parameter);

/* In how many of the parameters that the sampler reads two setups differ, but for the seed. */
int setup_count_changes(const rst_parameters *a, const rst_parameters *b,
                        const rst_model_info *info);

#endif
