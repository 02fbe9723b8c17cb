/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a preset file: refused, or values that are written and read back to the same.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "restorator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rst_error error = RST_ERROR_INIT;
  rst_parameters first, second;
  rst_preset *preset;
  char *text;

  if (rst_preset_parse("fuzz", data, size, &preset, &error) != RST_OK) {
    if (error.code != RST_BAD_PRESET || error.message[0] == '\0')
      abort();
    return 0;
  }
  rst_parameters_init(&first);
  rst_parameters_init(&second);
  rst_preset_apply(preset, &first);
  if (rst_preset_write(&first, NULL, rst_preset_title(preset), rst_preset_note(preset), &text,
                       NULL) != RST_OK)
    abort();
  rst_preset_free(preset);
  if (rst_preset_parse("again", text, strlen(text), &preset, NULL) != RST_OK)
    abort();
  rst_preset_apply(preset, &second);
  if (memcmp(&first, &second, sizeof first) != 0)
    abort();
  rst_preset_free(preset);
  free(text);
  return 0;
}
