/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's parameters and a preset as options of a command, beside options of its own.
 */
#ifndef CLI_GIVEN_H
#define CLI_GIVEN_H

#include <glib.h>
#include <stdbool.h>

#include "restorator.h"

/* What the command line gives of them. */
typedef struct cli_parameter_options {
  GHashTable *values; /* of parameters: name → text */
  char *preset;       /* id or path, NULL without */
} cli_parameter_options;

/* Reads the command line: a preset, the command's `own` options, and every parameter of the
 * engine's table. `given` is the first member of the struct that the callbacks of `own` get as
 * their data, and is all zeros. Prints the help and ends the program where that is asked for.
 * `synopsis` and `summary` are the help's. */
bool parameter_options_parse(cli_parameter_options *given, const char *synopsis,
                             const char *summary, const GOptionEntry *own, int *argc, char ***argv,
                             GError **error);
void parameter_options_clear(cli_parameter_options *given);

/* The parameter that `--hint` adds to. */
#define HINTS "hints"
/* Adds hints to those given. False and an error where one is bad or they are too many. */
bool parameter_options_add_hints(cli_parameter_options *given, const char *hints, GError **error);

/* Applies preset and parameters to `parameters`, and reads the model that they then name, once it
 * fits them; where one of the two is `auto`, what is meant for pictures of that kind. Unref it.
 * `automatic` (NULL: not wanted) tells whether one was. `sha256` (NULL: not wanted) is its file's
 * sum, to be freed. NULL and an error on failure. */
rst_model *parameter_options_open(const cli_parameter_options *given, rst_picture_kind kind,
                                  rst_parameters *parameters, char **sha256, bool *automatic,
                                  GError **error);

#endif
