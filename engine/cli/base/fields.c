/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fields.h"

#include <glib.h>

enum { LABEL = 14, COLUMNS = 80 };

/* Of a terminal: letters of East Asia take two. */
static glong count_columns(const char *text) {
  glong count = 0;
  for (; *text != '\0'; text = g_utf8_next_char(text)) {
    gunichar letter = g_utf8_get_char(text);
    count += g_unichar_iszerowidth(letter) ? 0 : g_unichar_iswide(letter) ? 2 : 1;
  }
  return count;
}

void print_field(const char *label, const char *text) {
  if (!text || *text == '\0')
    return;
  char **words = g_strsplit_set(text, " \n", -1);
  g_print("%s%*s", label, (int)MAX(1, LABEL - count_columns(label)), "");
  glong column = LABEL;
  for (char **word = words; *word; word++) {
    glong length = count_columns(*word);
    if (column > LABEL && column + 1 + length > COLUMNS) {
      g_print("\n%*s", LABEL, "");
      column = LABEL;
    } else if (word != words) {
      g_print(" ");
      column++;
    }
    g_print("%s", *word);
    column += length;
  }
  g_print("\n");
  g_strfreev(words);
}
