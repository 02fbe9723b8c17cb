/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any lines as the arguments of `restorator restore`: wrong usage with a sentence, or options.
 */
#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "restore/options.h"

/* Asks for the help, which ends the program. */
static gboolean asks_for_help(const char *argument) {
  return argument[0] == '-' && (g_str_has_prefix(argument, "--h") || argument[1] == '?' ||
                                (argument[1] != '-' && strpbrk(argument, "h?")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = g_strndup((const char *)data, size), **lines = g_strsplit(text, "\n", 50);
  GPtrArray *arguments = g_ptr_array_new();
  cli_options options;
  GError *error = NULL;

  g_ptr_array_add(arguments, (char *)(size % 2 == 1 ? "photo" : "restore"));
  for (char **line = lines; *line; line++)
    if (!asks_for_help(*line))
      g_ptr_array_add(arguments, *line);
  const int count = (int)arguments->len;

  g_ptr_array_add(arguments, NULL);
  if (options_parse(&options, count, (char **)arguments->pdata, &error) == (error != NULL) ||
      (error && *error->message == '\0'))
    abort();
  options_clear(&options);
  g_clear_error(&error);
  g_ptr_array_free(arguments, TRUE);
  g_strfreev(lines);
  g_free(text);
  return 0;
}
