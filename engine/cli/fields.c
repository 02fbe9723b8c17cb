/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fields.h"

#include <glib.h>

enum { LABEL = 14, COLUMNS = 80 };

void print_field(const char *label, const char *text) {
  if (text == NULL || *text == '\0')
    return;
  char **words = g_strsplit_set(text, " \n", -1);
  g_print("%s%*s", label, (int) MAX(1, LABEL - g_utf8_strlen(label, -1)), "");
  glong column = LABEL;
  for (char **word = words; *word != NULL; word++) {
    glong length = g_utf8_strlen(*word, -1);
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
