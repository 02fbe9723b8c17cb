/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What encoding needs of a collected input.
 */
#ifndef RST_INPUT_H
#define RST_INPUT_H

#include "restorator.h"

/* Whether all rows are there, for a model of that input size. */
bool rst_input_is_complete(const rst_input *input, const rst_model *model);
const rst_window *rst_input_window(const rst_input *input);
/* The network's input, (input_size, input_size); false where it would see nothing at all. */
bool rst_input_finish(const rst_input *input, float *values);

#endif
