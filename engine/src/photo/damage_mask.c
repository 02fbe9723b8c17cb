/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What counts as damage: pixels that are sure enough, less sure ones that join them, and the soft rim
 * of all of these.
 */
#include <math.h>
#include <string.h>

#include "network/finder.h"
#include "photo/sureness.h"

/* Odds by which the threshold changes from one end of the sensitivity to the other, and by which a
 * pixel may be less sure that joins sure ones; logarithms. */
static const double sensitivity_odds = 8, weak_odds = 1.5;

/* The least of the bytes that is above a threshold. */
static int least(double odds) {
  const int value = (int)ceil(rst_sureness(odds));

  return value > 1 ? value : 1;
}

/* The neighbours of a pixel. */
static const int across[8] = {-1, 0, 1, -1, 1, -1, 0, 1}, down[8] = {-1, -1, -1, 0, 0, 1, 1, 1};

enum {
  FOUND = 255,
  BESIDE = 254,
  BACK = 1
}; /* mask values; BACK + i: on the way, from neighbour i */

/* All weak pixels that join a sure one. The way back lies in the mask while it is gone, so that no
 * memory is needed. */
static void follow(const unsigned char *sure, int width, int height, int weak, int x, int y,
                   unsigned char *mask) {
  int next = 0;

  mask[(size_t)y * (size_t)width + (size_t)x] = BACK + 8; /* the way ends here */
  while (true) {
    unsigned char *here = &mask[(size_t)y * (size_t)width + (size_t)x];

    for (; next < 8; next++) {
      const int u = x + across[next], v = y + down[next];
      const size_t at = (size_t)v * (size_t)width + (size_t)u;

      if (u >= 0 && v >= 0 && u < width && v < height && mask[at] == 0 && sure[at] >= weak) {
        mask[at] = (unsigned char)(BACK + 7 - next); /* the neighbour opposite */
        x = u;
        y = v;
        break;
      }
    }
    if (next < 8) {
      next = 0;
      continue;
    }
    const int back = *here - BACK;

    *here = FOUND;
    if (back == 8)
      return;
    x += across[back];
    y += down[back];
    next = 7 - back + 1;
  }
}

static void grow(int width, int height, unsigned char *mask) {
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      if (mask[(size_t)y * (size_t)width + (size_t)x] != FOUND)
        continue;
      for (int i = 0; i < 8; i++) {
        const int u = x + across[i], v = y + down[i];

        if (u >= 0 && v >= 0 && u < width && v < height &&
            mask[(size_t)v * (size_t)width + (size_t)u] == 0)
          mask[(size_t)v * (size_t)width + (size_t)u] = BESIDE;
      }
    }
  for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
    mask[i] = mask[i] == 0 ? 0 : FOUND;
}

void rst_damage_mask(const rst_finder *finder, const unsigned char *sure, int width, int height,
                     double sensitivity, unsigned char *mask) {
  const double odds = log(finder->threshold / (1 - finder->threshold)) +
                      (0.5 - fmin(fmax(sensitivity, 0), 1)) * sensitivity_odds;
  const int strong = least(odds), weak = least(odds - weak_odds);

  memset(mask, 0, (size_t)width * (size_t)height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const size_t at = (size_t)y * (size_t)width + (size_t)x;

      if (sure[at] >= strong && mask[at] == 0)
        follow(sure, width, height, weak, x, y, mask);
    }
  grow(width, height, mask);
}
