/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options of `restore`: what is given of the engine's parameters, and its own.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <glib.h>

#include "io/file.h"
#include "base/parameter_options.h"
#include "restorator.h"

typedef struct cli_options {
  cli_parameter_options given;
  char **inputs;      /* NULL-terminated, at least one */
  char *output;       /* of the one input; NULL where there is output_dir */
  char *output_dir;   /* NULL without */
  const cli_format *format; /* of files in output_dir; NULL: as each name says */
  char *repeat;      /* path, NULL without */
  char *mask;        /* path, NULL without */
  char *damaged, *sound; /* paths of marks of damage, NULL without */
  char *hints;       /* path of a picture of strokes, NULL without … */
  int hints_size[2]; /* … and its width and height */
  bool has_region;
  rst_rectangle region;
  int size[2];       /* width and height of the output, 0: the picture's own */
  int uncertainty;   /* seeds to measure it over; 0: the result is written */
  double white;      /* of its picture; 0: chosen */
  bool photo;        /* pictures are prepared as old photographs first … */
  gboolean no_damage, no_tone, no_colour; /* … but for what is not wanted of that */
  double sensitivity, tone_strength;      /* below 0: not given */
  int threads;
  gboolean progress, quiet, overwrite, reduce, force, json, no_record;
} cli_options;

/* Reads the command line, which begins with the command: photo, or another name for restore. Prints
 * the help and ends the program where that is asked for. */
bool options_parse(cli_options *options, int argc, char **argv, GError **error);
/* Adds what is painted in the file of hints, if there is one, to the hints given. */
bool options_read_hints(cli_options *options, rst_cancel *cancel, GError **error);
void options_clear(cli_options *options);

#endif
