/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visible.h"

#include <glib.h>
#include <stdbool.h>

static bool is_control(gunichar letter) {
  if (letter == '\n' || letter == '\t')
    return false;
  return g_unichar_iscntrl(letter) || (letter >= 0x202a && letter <= 0x202e) ||
         (letter >= 0x2066 && letter <= 0x2069);
}

char *visible_text(const char *text) {
  GString *visible = g_string_new(NULL);
  while (*text != '\0') {
    gunichar letter = g_utf8_get_char_validated(text, -1);
    if (letter == (gunichar)-1 || letter == (gunichar)-2) {
      g_string_append_printf(visible, "\\x%02x", (guchar)*text++);
      continue;
    }
    const char *next = g_utf8_next_char(text);
    if (is_control(letter))
      g_string_append_printf(visible, "\\u%04x", letter);
    else
      g_string_append_len(visible, text, next - text);
    text = next;
  }
  return g_string_free(visible, FALSE);
}
