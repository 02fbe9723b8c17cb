/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The equation is A u = 0 in the holes, A = −Δ + 3 Δ², divided by its middle weight. A has eigenvalues
 * from almost 0 to 3.2; those from LOW on are worked off by Chebyshev's iteration, which is
 * a gradient descent whose steps are chosen for that range (Golub and Varga 1961). A membrane alone,
 * −Δ, goes through a scratch as if light had no direction: on pictures with known truth its squared
 * error is 1.2 to 1.3 times that of Δ², and that of the mixture 0.98 to 1.03 times.
 */
#include "photo/relax.h"

#include "base/session.h"

enum { REACH = RST_RELAX_STEP }; /* of A */
static const double low = 0.02, high = 3.3;
static const float middle = 1, beside = -25 / 64.0f, diagonal = 6 / 64.0f, beyond = 3 / 64.0f;

/* A pixel's index beyond an edge, mirrored at the pixel there; a picture of one pixel has no other. */
static int mirrored(int i, int n) {
  if (i < 0)
    i = -i;
  if (i >= n)
    i = 2 * n - 2 - i;
  return i < 0 ? 0 : i;
}

/* −A u at a pixel. */
static void pull(const float *rgb, int width, int height, int x, int y, float to[3]) {
  const float *rows[2 * REACH + 1];
  int columns[2 * REACH + 1];

  for (int i = 0; i <= 2 * REACH; i++) {
    rows[i] = rgb + 3 * (size_t)mirrored(y + i - REACH, height) * (size_t)width;
    columns[i] = 3 * mirrored(x + i - REACH, width);
  }
  for (int c = 0; c < 3; c++) {
    const float near = rows[1][columns[2] + c] + rows[3][columns[2] + c] + rows[2][columns[1] + c] +
                       rows[2][columns[3] + c];
    const float across = rows[1][columns[1] + c] + rows[1][columns[3] + c] +
                         rows[3][columns[1] + c] + rows[3][columns[3] + c];
    const float far = rows[0][columns[2] + c] + rows[4][columns[2] + c] + rows[2][columns[0] + c] +
                      rows[2][columns[4] + c];

    to[c] = -(middle * rows[2][columns[2] + c] + beside * near + diagonal * across + beyond * far);
  }
}

size_t rst_relax_scratch(size_t pixels) {
  return 3 * pixels;
}

void rst_relax(float *rgb, const unsigned char *hole, int width, int height,
               const rst_rectangle *box, const rst_cancel *cancel, float *scratch) {
  const double centre = (high + low) / 2, radius = (high - low) / 2;
  double length = 1 / centre, keep = 0;

  for (int round = 0; round < RST_RELAX_ROUNDS && !rst_cancelled(cancel); round++) {
    float *way = scratch; /* of each hole, in the order in which they are met */

    if (round > 0) {
      const double half = radius * length / 2;

      keep = round == 1 ? 2 * half * half : half * half;
      length = 1 / (centre - keep / length);
    }
    for (int y = box->y; y < box->y + box->height; y++)
      for (int x = box->x; x < box->x + box->width; x++)
        if (hole[(size_t)y * (size_t)width + (size_t)x]) {
          float now[3];

          pull(rgb, width, height, x, y, now);
          for (int c = 0; c < 3; c++)
            way[c] = round == 0 ? now[c] : now[c] + (float)keep * way[c];
          way += 3;
        }
    way = scratch;
    for (int y = box->y; y < box->y + box->height; y++)
      for (int x = box->x; x < box->x + box->width; x++)
        if (hole[(size_t)y * (size_t)width + (size_t)x]) {
          float *value = rgb + 3 * ((size_t)y * (size_t)width + (size_t)x);

          for (int c = 0; c < 3; c++)
            value[c] += (float)length * way[c];
          way += 3;
        }
  }
}
