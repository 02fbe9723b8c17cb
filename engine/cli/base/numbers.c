/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/numbers.h"

#include <glib/gi18n.h>

#include "base/error.h"

bool numbers_parse(const char *text, const char *separators, int count, int *numbers) {
  for (int i = 0; i < count; i++) {
    char *end;
    gint64 number = g_ascii_strtoll(text, &end, 10);
    if (end == text || *end != separators[i] || number < -RST_SIDE_MAX || number > RST_SIDE_MAX)
      return false;
    numbers[i] = (int)number;
    text = end + 1;
  }
  return true;
}

bool numbers_parse_region(const char *option, const char *value, rst_rectangle *region,
                          GError **error) {
  int numbers[4];
  if (!numbers_parse(value, ",,x", 4, numbers) || numbers[2] < 1 || numbers[3] < 1) {
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                _("%s is “%s”, must be X,Y,WxH in pixels, such as 10,20,300x400"), option, value);
    return false;
  }
  *region = (rst_rectangle){numbers[0], numbers[1], numbers[2], numbers[3]};
  return true;
}
