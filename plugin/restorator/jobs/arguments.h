/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedures' arguments: the engine's table of parameters, and `preset`, `output`,
 * `index`.
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <libgimp/gimp.h>

#include "layers/engine.h"
#include "layers/layer.h"

#define ARGUMENT_PRESET "preset"
#define ARGUMENT_INDEX "index"
#define ARGUMENT_HINTS_LAYER "hints-layer"
#define ARGUMENT_DAMAGE "damage"
#define ARGUMENT_SENSITIVITY "sensitivity"
#define ARGUMENT_TONE "tone"
#define ARGUMENT_TONE_STRENGTH "tone-strength"
#define ARGUMENT_COLOUR "colour"
#define ARGUMENT_DAMAGED "damaged"
#define ARGUMENT_SOUND "sound"
#define ARGUMENT_RUN_MODE "run-mode"
#define ARGUMENT_INPUT "input"
#define ARGUMENT_FOLDER "output-folder"
#define ARGUMENT_FORMAT "format"
#define ARGUMENT_MASK "mask"
#define ARGUMENT_REGION "region"
#define ARGUMENT_OVERWRITE "overwrite"

typedef struct Arguments {
  rst_picture_kind pictures; /* whose they are, which `auto` asks for */
  rst_parameters parameters;
  rst_preset *preset; /* that took part, NULL for none */
  char *preset_name;  /* as given; or without `preset`, what the parameters are called */
} Arguments;

/* Adds an argument for each parameter of the table, with its range and default, and `preset` with
 * that default. */
void arguments_add(GimpProcedure *procedure, const char *preset);
/* Adds `output`. */
void arguments_add_output(GimpProcedure *procedure);
/* Adds what is done to an old photograph: damage, tone, colour. */
void arguments_add_photo(GimpProcedure *procedure);
/* Adds `sensitivity` alone. */
void arguments_add_damage(GimpProcedure *procedure);
/* Adds the masks of what is damage and what is not. */
void arguments_add_marks(GimpProcedure *procedure);
/* Adds `output`, whose new layer is a group of them. */
void arguments_add_photo_output(GimpProcedure *procedure);
/* Adds `hints-layer`. */
void arguments_add_hints_layer(GimpProcedure *procedure);
/* Adds what a batch takes beside the parameters, the run mode first. */
void arguments_add_files(GimpProcedure *procedure);
/* The names of `format`; NULL after the last. */
const char *const *arguments_formats(void);
/* Adds `index`: which of the times that an image was restored. */
void arguments_add_index(GimpProcedure *procedure);

/* Fills `arguments`, all zero before but for `pictures`, from a run's: the preset sets every
 * parameter it holds, and an argument that differs from its default beats it; a preset `auto` that
 * is the default gives way to a model. Fails with a sentence for people where a value or the preset
 * is bad. */
gboolean arguments_read(GimpProcedureConfig *config, Arguments *arguments, GError **error);
/* Whether model or preset are `auto`: `pictures` has to be set before arguments are read. */
gboolean arguments_are_automatic(GimpProcedureConfig *config);
/* Whether the preset is `auto`, as where nothing is given. */
gboolean arguments_are_by_content(GimpProcedureConfig *config);
/* Whether neither a preset nor a parameter is given. */
gboolean arguments_are_defaults(GimpProcedureConfig *config);
/* Says what the layer shows where the network would look at it: the selection and its window. */
gboolean arguments_look(GimpProcedureConfig *config, GimpImage *image, GimpDrawable *drawable,
                        rst_picture_kind *kind, GError **error);
void arguments_clear(Arguments *arguments);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* Turns the preset into values of the arguments: after that they alone are what is set. */
void arguments_unfold(GimpProcedureConfig *config, const Arguments *arguments);

/* Adds what is painted on `hints-layer`, where one is given, to the hints for the drawable. */
gboolean arguments_read_hints_layer(GimpProcedureConfig *config, GimpDrawable *drawable,
                                    Arguments *arguments, GError **error);
gboolean arguments_read_output(GimpProcedureConfig *config, Output *output, GError **error);
/* Gives the format's name, which is the ending of its files. */
gboolean arguments_read_format(GimpProcedureConfig *config, const char **format, GError **error);

#endif
