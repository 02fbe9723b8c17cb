/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as Photoshop's resources and as IPTC's records: what is written of them is found again.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "io/iptc.h"

static void check_written(GBytes *resources, GBytes *records) {
  g_autoptr(GBytes) written = iptc_resources(resources, records), found = NULL;
  gsize size = 0;
  const guint8 *bytes = written ? g_bytes_get_data(written, &size) : NULL;
  found = iptc_find(bytes, size);
  if (records && g_bytes_get_size(records) > 0 ? !found || !g_bytes_equal(found, records)
                                               : found != NULL)
    abort();
  g_autoptr(GBytes) again = iptc_resources(written, NULL), others = iptc_resources(resources, NULL);
  if ((again != NULL) != (others != NULL) || (again && !g_bytes_equal(again, others)))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) all = g_bytes_new(data, size);
  g_autoptr(GBytes) found = iptc_find(data, size);
  g_autoptr(GBytes) records = iptc_unturned(g_bytes_ref(found ? found : all));
  if (g_bytes_get_size(records) != g_bytes_get_size(found ? found : all))
    abort();
  check_written(all, NULL);
  check_written(all, records);
  check_written(NULL, records);
  return 0;
}
