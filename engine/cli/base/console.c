/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/console.h"

#include <glib.h>
#include <stdio.h>

#include "visible.h"

/* As GLib prints by itself: in the locale's letters. */
static void put(FILE *stream, const char *text) {
  const char *charset;
  g_autofree char *visible = visible_text(text), *converted = NULL;
  if (!g_get_charset(&charset))
    converted = g_convert_with_fallback(visible, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  fputs(converted ? converted : visible, stream);
  fflush(stream);
}

static void print(const char *text) {
  put(stdout, text);
}

static void print_error(const char *text) {
  put(stderr, text);
}

void console_init(void) {
  g_set_print_handler(print);
  g_set_printerr_handler(print_error);
}
