/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where several results for one picture differ most.
 */
#ifndef CLI_TOOLS_SEARCH_H
#define CLI_TOOLS_SEARCH_H

#include <stdbool.h>

typedef struct cli_region {
  int x, y; /* of its top left pixel */
  double score;
} cli_region;

/* Searches windows of side × side pixels, shifted by eighths of that. A window's score is the
 * largest standard deviation that one result has within it, over its pixels and channels, plus the
 * mean spread of its pixels: the largest channel's standard deviation across the results. So what
 * is found is both detailed and disputed. Windows are taken best first, but none that overlaps one
 * taken.
 *
 * `results`: `count` pictures of (height, width, 3), on any one scale; `side`: 1 up to the shorter
 * side; `found`: (wanted). Returns how many there are, −1 where memory ran out. */
int search_regions(const float *const *results, int count, int width, int height, int side,
                   int wanted, cli_region *found);

#endif
