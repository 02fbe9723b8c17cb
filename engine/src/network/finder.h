/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that finds things in a picture: a chain of convolutions over all of it, whose last map
 * says of each of its cells whether something is there, and where.
 */
#ifndef RST_FINDER_H
#define RST_FINDER_H

#include "base/pool.h"
#include "network/chain.h"
#include "network/network.h"
#include "restorator.h"

/* What it finds, in the order of the description's choices. */
typedef enum rst_thing { RST_FINDS_FACES, RST_FINDS_DAMAGE } rst_thing;

/* Values of a cell of faces: the logarithm of the odds that it is in the middle of something; the way from
 * the cell's middle to that of the thing, in cells, right and down; the logarithms of its width and
 * height, as shares of RST_FINDER_SIZE pixels. */
enum { RST_FINDER_VALUES = 5, RST_FINDER_SIZE = 16 };

/* Samples of the longer side of a shrunk picture. */
enum { RST_AREAS_LEAST = 64, RST_AREAS_MOST = 1024 };

/* What finds lost areas, in the whole picture, shrunk: its last map says of each sample whether it is
 * in one. */
typedef struct rst_areas {
  int side; /* samples of the longer side, at most; 0: it looks for none */
  double threshold;
  rst_chain chain;
} rst_areas;

struct rst_finder {
  rst_network network;
  rst_thing finds;
  double threshold; /* of the odds' share, 0…1: what it is sure enough of */
  rst_chain chain;
  rst_areas areas; /* of damage */
};

/* Runs it on `grey` (height, width), −1…1, both multiples of the cell. `cells`: (height / cell,
 * width / cell, RST_FINDER_VALUES), new memory, to be freed. Errors: RST_CANCELLED,
 * RST_NO_MEMORY. */
rst_status rst_finder_run(const rst_finder *finder, rst_pool *pool, const float *grey, int width,
                          int height, const rst_cancel *cancel, float **cells, rst_error *error);

#endif
