/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that finds things in a picture: a chain of convolutions over all of it, whose last map
 * says of each of its cells whether something is there, and where.
 */
#ifndef RST_FINDER_H
#define RST_FINDER_H

#include "base/pool.h"
#include "network/layers.h"
#include "network/network.h"
#include "restorator.h"

/* Values of a cell: the logarithm of the odds that it is in the middle of something; the way from
 * the cell's middle to that of the thing, in cells, right and down; the logarithms of its width and
 * height, as shares of RST_FINDER_SIZE pixels. */
enum { RST_FINDER_VALUES = 5, RST_FINDER_SIZE = 16, RST_FINDER_CELL_MAX = 64 };

struct rst_finder {
  rst_network network;
  double threshold; /* of the odds' share, 0…1: what it is sure enough of */
  int cell;         /* pixels of a side of a cell */
  rst_conv_stack layers;
};

/* Runs it on `grey` (height, width), −1…1, both multiples of the cell. `cells`: (height / cell,
 * width / cell, RST_FINDER_VALUES), new memory, to be freed. Errors: RST_CANCELLED,
 * RST_NO_MEMORY. */
rst_status rst_finder_run(const rst_finder *finder, rst_pool *pool, const float *grey, int width,
                          int height, const rst_cancel *cancel, float **cells, rst_error *error);

#endif
