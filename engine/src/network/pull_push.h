/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is hidden of a network's input, filled from what is seen.
 */
#ifndef RST_HOLES_H
#define RST_HOLES_H

#include <stddef.h>

/* How many floats rst_fill_holes() needs of each array for a picture of size × size. */
size_t rst_holes_floats(int size);

/* Fills a picture (size, size) where its `weights` (size, size), 0…1, are under 1, in place, by
 * pull-push (Gortler et al., The Lumigraph, 1996): the averages of 2 × 2 pixels, by their weights,
 * are a picture of half the size with the weight of their sum, 1 at most; that is filled in the
 * same way, enlarged bilinearly, its edge repeated, and mixed in with what the weights leave. All
 * weights 0: all values 0. Behind picture and weights the arrays are scratch. */
void rst_fill_holes(int size, float *values, float *weights);

#endif
