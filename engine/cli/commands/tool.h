/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The course of a command that works on pictures.
 */
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include <glib.h>
#include <stdbool.h>

typedef struct cli_tool {
  gsize size, threads; /* bytes of its options, and where among them the number of threads is */
  /* Reads the command line into the options, which are all zeros before. */
  bool (*parse)(void *options, int argc, char **argv, GError **error);
  bool (*run)(const void *options, GError **error); /* with libvips started */
  void (*clear)(void *options);                     /* whatever parse() came to */
} cli_tool;

/* The whole of a command. Returns the exit status. */
int tool_main(const cli_tool *tool, int argc, char **argv);

/* For parse(): reads a command line of these options. */
bool tool_parse(const GOptionEntry *entries, const char *synopsis, const char *summary, int argc,
                char **argv, GError **error);
/* The same: a fault of usage, NULL for none, becomes the error. Returns whether there is none. */
bool tool_check(const char *fault, GError **error);

#endif
