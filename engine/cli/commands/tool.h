/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The course of a command that works on pictures.
 */
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include <glib.h>
#include <stdbool.h>

typedef struct cli_tool {
  /* Reads the command line into the options, which are all zeros before. */
  bool (*parse)(void *options, int argc, char **argv, GError **error);
  bool (*run)(const void *options, GError **error); /* with libvips started */
  void (*clear)(void *options);                     /* whatever parse() came to */
} cli_tool;

/* The whole of a command; `threads` is among the options. Returns the exit status. */
int tool_main(const cli_tool *tool, void *options, const int *threads, int argc, char **argv);

#endif
