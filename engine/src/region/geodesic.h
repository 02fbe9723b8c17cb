/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geodesic distance on a grid: the cost of the cheapest way, by raster scans (Criminisi, Sharp and
 * Blake 2008, GeoS: geodesic image segmentation).
 */
#ifndef RST_GEODESIC_H
#define RST_GEODESIC_H

#include "restorator.h"

/* The neighbours whose steps are stored with a cell; those to the other four are stored with
 * them. */
enum { RST_STEP_RIGHT, RST_STEP_DOWN_LEFT, RST_STEP_DOWN, RST_STEP_DOWN_RIGHT, RST_STEPS };

enum { RST_TERRAIN_SIDE = 512 }; /* a grid's side, at most */

/* A grid and what its steps cost. */
typedef struct rst_terrain {
  int width, height;      /* 1 … RST_TERRAIN_SIDE */
  float *cost[RST_STEPS]; /* (height, width) each: of the step from a cell to that neighbour, at
                           * least 0; not read where there is none */
} rst_terrain;

/* Inside `box` of the grid, `distance` (box height, box width), 0 at the seeds and a limit elsewhere
 * (INFINITY: none), becomes each cell's distance from the nearest seed over ways inside the box, and
 * stays the limit where that is no less. Raster scans forth and back are repeated until they change
 * nothing, so the distances are those of Dijkstra's algorithm; rows that nothing new can come to are
 * left out. False where it was cancelled. */
bool rst_geodesic(const rst_terrain *terrain, const rst_rectangle *box, float *distance,
                  const rst_cancel *cancel);

#endif
