/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as a picture's record of what was restored: refused, or entries that can be appended.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "restorator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *history = malloc(size + 1), *longer;
  rst_record record = {.size = sizeof record};
  rst_parameters parameters;
  rst_error error = RST_ERROR_INIT;
  int count, after;

  memcpy(history, data, size);
  history[size] = '\0';
  rst_parameters_init(&parameters);
  if (rst_record_read(history, -1, &record, &parameters, &count, &error) == RST_OK) {
    if (rst_record_append(history, &record, &longer, NULL) != RST_OK)
      abort();
    if (rst_record_read(longer, -1, &record, &parameters, &after, NULL) != RST_OK ||
        after != count + 1)
      abort();
    free(longer);
  } else if (error.message[0] == '\0') {
    abort();
  }
  free(history);
  return 0;
}
