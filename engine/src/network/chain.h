/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain of convolutions over a map of any size, such as finders are: as a description
 * has it, and run on one thread.
 */
#ifndef RST_CHAIN_H
#define RST_CHAIN_H

#include <stddef.h>

#include "base/session.h"
#include "network/convolution.h"
#include "network/description.h"
#include "network/layers.h"

/* Bounds of a description, beside those of network/layers.h, so that a hostile file cannot ask for much
 * memory: 8 values of a layer for each sample that comes in, patches of 1 MiB for each thread. */
enum {
  RST_CHAIN_CELL_MAX = 64,
  RST_CHAIN_REACH_MAX = 256,
  RST_DILATION_MAX = 32,
  RST_CHAIN_CHANNELS_MAX = 256,
  RST_CHAIN_VALUES_MAX =
    8, /* channels of a layer, divided by the samples that one of its own stands for */
  RST_CHAIN_PATCH_MAX = 4096 /* values that a layer looks at for one of its own */
};

typedef struct rst_chain {
  rst_conv_stack layers;
  int cell; /* samples of a side of what one sample of the last map stands for */
  /* How far beyond a cell the layers look for its value, in samples: a multiple of the cell. */
  int reach;
} rst_chain;

/* Takes the layers from the list in a description; luma, one channel, comes in. */
void rst_chain_describe(rst_description *r, yyjson_val *list, rst_chain *chain);
/* The channels of its last layer. */
int rst_chain_out(const rst_chain *chain);

/* What its layers need for a map of `width` × `height`, the largest of each. */
void rst_chain_measure(const rst_chain *chain, int width, int height, rst_convolution_sizes *sizes);
/* Floats of scratch for rst_chain_run() on maps of up to `width` × `height`. */
size_t rst_chain_scratch(const rst_chain *chain, int width, int height);
/* Runs it on `in` (height, width), both multiples of the cell, as far as `cells` of the last map
 * depend on it. They, (rows, columns, channels), lie in `scratch`; NULL where it was cancelled. A
 * value's bits depend on what lies within the reach alone. Any thread. */
const float *rst_chain_run(const rst_chain *chain, const float *in, int width, int height,
                           const rst_rectangle *cells, const rst_cancel *cancel, float *scratch);

#endif
