/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NAME=TEXT, any bytes: refused and nothing changed, or written and read back to the same.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "restorator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rst_error error = RST_ERROR_INIT;
  rst_parameters first, second;
  char *text = malloc(size + 1), *value, written[RST_TEXT_MAX];

  memcpy(text, data, size);
  text[size] = '\0';
  value = strchr(text, '=');
  if (!value) {
    free(text);
    return 0;
  }
  *value++ = '\0';
  rst_parameters_init(&first);
  rst_parameters_init(&second);
  if (rst_parameters_set(&first, text, value, &error) != RST_OK) {
    if (error.message[0] == '\0' || memcmp(&first, &second, sizeof first) != 0)
      abort();
  } else if (rst_parameters_get(&first, text, written, sizeof written, NULL) != RST_OK ||
             rst_parameters_set(&second, text, written, NULL) != RST_OK ||
             memcmp(&first, &second, sizeof first) != 0) {
    abort();
  }
  free(text);
  return 0;
}
