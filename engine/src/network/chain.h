/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain of convolutions over a map of any size, such as finders are: as a description
 * has it, and run on one thread.
 */
#ifndef RST_CHAIN_H
#define RST_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/session.h"
#include "network/convolution.h"
#include "network/description.h"
#include "network/layers.h"
#include "network/weights.h"

enum { RST_CHAIN_CELL_MAX = 64, RST_CHAIN_REACH_MAX = 256 };

typedef struct rst_chain {
  rst_conv_stack layers;
  int cell;  /* samples of a side of what one sample of the last map stands for */
  int
    reach; /* whole cells, in samples: no further than this beyond a cell it is looked at for it */
} rst_chain;

/* Takes the layers from the list in a description: `in` channels come in. */
void rst_chain_describe(rst_description *r, yyjson_val *list, int in, rst_chain *chain);
/* The channels of its last layer. */
int rst_chain_out(const rst_chain *chain);
/* Loads its weights, which are named `thing`.conv0, …; for rst_network_kind's `load`. */
void rst_chain_load(rst_loader *l, rst_chain *chain, const char *thing);

/* Floats of scratch for maps of up to `width` × `height`. */
size_t rst_chain_scratch(const rst_chain *chain, int width, int height);
/* Multiplications for so many cells of the last map, side by side and in rows. */
int64_t rst_chain_cost(const rst_chain *chain, int columns, int rows);
/* Runs it on `in` (height, width, channels), both multiples of the cell, as far as `cells` of the last
 * map depend on it. They, (rows, columns, channels), lie in `scratch`; NULL where it was cancelled. A
 * value's bits depend on what lies within the reach alone. Any thread. */
const float *rst_chain_run(const rst_chain *chain, const float *in, int width, int height,
                           const rst_rectangle *cells, const rst_cancel *cancel, float *scratch);

#endif
