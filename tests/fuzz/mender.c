/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the file of a mender: refused, or one that fills holes of a picture with colours, and
 * nothing else.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "restorator.h"

enum { SIDE = 40 };

static float pixels[4 * SIDE * SIDE];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static unsigned char mask[SIDE * SIDE];
  static float mended_pixels[4 * SIDE * SIDE];
  static rst_session *session;
  rst_pixels all = {SIDE, SIDE, pixels, NULL, NULL};
  rst_error error = RST_ERROR_INIT;
  rst_picture picture;
  rst_mender *mender;
  rst_mended *mended;

  if (!session && rst_session_new(1, &session, NULL) != RST_OK)
    abort();
  if (rst_mender_parse(data, size, &mender, &error) != RST_OK) {
    if (error.code == RST_OK || error.message[0] == '\0')
      abort();
    return 0;
  }
  for (int i = 0; i < SIDE * SIDE; i++) {
    const int x = i % SIDE, y = i / SIDE;

    for (int c = 0; c < 4; c++)
      pixels[4 * i + c] = c == 3 ? 1 : (float)(x * y * (c + 3) % 17) / 16;
    mask[i] = x == 5 || (y > 20 && y < 33 && x > 12) || (x * y + (int)(size % 7)) % 61 == 0;
  }
  rst_picture_from_memory(&picture, &all);
  if (rst_mend(session, mender, &picture, NULL, mask, NULL, &mended, NULL) != RST_OK)
    abort();
  memcpy(mended_pixels, pixels, sizeof pixels);
  rst_mended_apply(mended, 0, 0, SIDE, SIDE, mended_pixels);
  for (int i = 0; i < 4 * SIDE * SIDE; i++)
    if (!(mended_pixels[i] >= 0 && mended_pixels[i] <= 1) ||
        (!mask[i / 4] && mended_pixels[i] != pixels[i]))
      abort();
  rst_mended_free(mended);
  rst_mender_unref(mender);
  return 0;
}
