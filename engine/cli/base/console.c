/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/console.h"

#include <errno.h>
#include <glib.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "visible.h"

static int fault; /* errno of what could not be printed; 0: none */

/* As GLib prints by itself: in the locale's letters. */
static void put(FILE *stream, const char *text) {
  const char *charset;
  g_autofree char *visible = visible_text(text), *converted = NULL;
  if (!g_get_charset(&charset))
    converted = g_convert_with_fallback(visible, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  if ((fputs(converted ? converted : visible, stream) < 0 || fflush(stream) != 0) &&
      stream == stdout && fault == 0)
    fault = errno;
}

static void print(const char *text) {
  put(stdout, text);
}

static void print_error(const char *text) {
  put(stderr, text);
}

/* A result that is on no disk is none. */
static void check_printed(void) {
  if (fflush(stdout) != 0 && fault == 0)
    fault = errno;
  if (fault == 0 && ferror(stdout))
    fault = EIO;
  if (fault == 0)
    return;
  /* Translators: where a program prints its results, and why that failed. */
  g_printerr(_("restorator: standard output: %s\n"), g_strerror(fault));
  _exit(CLI_FAILED);
}

void console_init(void) {
  atexit(check_printed); /* --help ends the program by itself */
  g_set_print_handler(print);
  g_set_printerr_handler(print_error);
}
