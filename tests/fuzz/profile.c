/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as an ICC profile: refused with a sentence, or a space that colours go into and out of.
 */
#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>

#include "io/colour_space.h"

enum { COUNT = 4 };

static void use(const cli_colour_space *space) {
  static const float coverage[COUNT] = {0, 0.3f, 0.7f, 1};
  float native[3 * COUNT], rgb[3 * COUNT], back[3 * COUNT];

  for (int i = 0; i < 3 * COUNT; i++)
    native[i] = (float)(i * 5 % 12) / 11;
  colour_space_to_srgb(space, COUNT, native, rgb);
  colour_space_from_srgb(space, COUNT, rgb, back);
  colour_space_blend(space, COUNT, coverage, native, back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  for (int channels = 1; channels <= 3; channels += 2) {
    GError *error = NULL;
    cli_colour_space *space = colour_space_new(size == 0 ? NULL : data, size, channels, &error);

    if (!space == !error || (error && *error->message == '\0'))
      abort();
    if (space)
      use(space);
    colour_space_free(space);
    g_clear_error(&error);
  }
  return 0;
}
