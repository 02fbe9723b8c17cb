/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a picture's XMP packet: malformed, or one that keeps a history.
 */
#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "io/xmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char history[] = "[{\"a\": \"<&>\\\"'\"}]";
  const char *packet = (const char *)data;
  char *before = xmp_get_history(packet, size), *with = xmp_set_history(packet, size, history);
  char *upright = xmp_set_upright(packet, size);

  if (with) {
    char *after = xmp_get_history(with, strlen(with));

    if (g_strcmp0(after, history) != 0)
      abort();
    g_free(after);
  } else if (before) {
    abort(); /* what could be read is not malformed */
  }
  g_free(before);
  g_free(with);
  g_free(upright);
  return 0;
}
