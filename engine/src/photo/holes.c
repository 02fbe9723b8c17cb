/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo/holes.h"

bool rst_find_holes(const unsigned char *hole, int width, const rst_rectangle *within, int x, int y,
                    int side, rst_rectangle *box) {
  const int left = x > within->x ? x : within->x, top = y > within->y ? y : within->y;
  const int right = x + side < within->x + within->width ? x + side : within->x + within->width;
  const int bottom = y + side < within->y + within->height ? y + side : within->y + within->height;
  int west = right, east = left, north = bottom, south = top;
  bool found = false;

  for (int v = top; v < bottom; v++)
    for (int u = left; u < right; u++)
      if (hole[(size_t)v * (size_t)width + (size_t)u] == RST_HOLE) {
        found = true;
        west = u < west ? u : west;
        east = u + 1 > east ? u + 1 : east;
        north = v < north ? v : north;
        south = v + 1;
      }
  *box = (rst_rectangle){west, north, east - west, south - north};
  return found;
}
