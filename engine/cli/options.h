/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options of `restore`: the engine's parameters, from its one table, and the program's own.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <glib.h>

#include "file.h"
#include "restorator.h"

typedef struct cli_options {
  char **inputs;      /* NULL-terminated, at least one */
  char *output;       /* of the one input; NULL where there is output_dir */
  char *output_dir;   /* NULL without */
  const cli_format *format; /* of files in output_dir; NULL: as each name says */
  char *preset;      /* id or path, NULL without */
  char *repeat;      /* path, NULL without */
  char *mask;        /* path, NULL without */
  bool has_region;
  int region[4];     /* x, y, width, height */
  int size[2];       /* width and height of the output, 0: the picture's own */
  int threads;
  gboolean progress, quiet, force, overwrite, json, no_record;
  GHashTable *given; /* parameters on the command line: name → text */
} cli_options;

/* Reads the command line. Prints the help and ends the program where that is asked for. */
bool options_parse(cli_options *options, int argc, char **argv, GError **error);
void options_clear(cli_options *options);

/* Sets the parameters that were given. */
bool options_apply(const cli_options *options, rst_parameters *parameters, GError **error);

#endif
