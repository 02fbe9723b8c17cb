/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "restore/options.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base/common_options.h"
#include "base/error.h"
#include "base/numbers.h"
#include "io/image_source.h"
#include "io/strokes.h"

#define NOT_GIVEN (-1.0)

static gboolean on_size(const char *option, const char *value, void *data, GError **error) {
  cli_options *o = data;
  char *middle, *end;
  gint64 width = g_ascii_strtoll(value, &middle, 10);
  gint64 height = *middle == 'x' ? g_ascii_strtoll(middle + 1, &end, 10) : 0;
  if (width < 1 || height < 1 || width > RST_SIDE_MAX || height > RST_SIDE_MAX || *end != '\0' ||
      width * height > G_MAXINT32) {
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                _("%s is “%s”, must be WxH in pixels, such as 1024x1024"), option, value);
    return FALSE;
  }
  o->size[0] = (int)width;
  o->size[1] = (int)height;
  return TRUE;
}

static gboolean on_region(const char *option, const char *value, void *data, GError **error) {
  cli_options *o = data;
  o->has_region = numbers_parse_region(option, value, &o->region, error);
  return o->has_region;
}

static gboolean on_format(const char *option, const char *value, void *data, GError **error) {
  cli_options *o = data;
  (void)option;
  o->format = file_format_named(value, error);
  return o->format ? TRUE : FALSE;
}

/* Or not given. */
static bool is_share(double value) {
  return value == NOT_GIVEN || (value >= 0 && value <= 1);
}

/* Sorts the arguments that are no options. */
static bool take_files(cli_options *o, GError **error) {
  guint count = o->inputs ? g_strv_length(o->inputs) : 0;
  const char *fault = NULL;
  if (!o->output_dir && count != 2)
    fault =
      _("two files are needed: the picture and the one to write; or, for many pictures, "
        "--output-dir");
  else if (!o->output_dir && (o->format || o->overwrite))
    fault = _("--format and --overwrite belong to --output-dir");
  else if (o->repeat && o->given.preset)
    fault = _("--repeat and --preset exclude each other");
  else if (o->uncertainty != 0 && (o->uncertainty < 2 || o->uncertainty > RST_SEEDS_MAX))
    fault = _("the number of seeds must be 2..10000");
  else if (o->uncertainty > 0 && o->size[0] > 0)
    fault = _("--uncertainty and --size exclude each other");
  else if (o->white < 0 || o->white > 1 || (o->white > 0 && o->uncertainty == 0))
    fault = _("--white must be above 0 and at most 1, and belongs to --uncertainty");
  else if (!is_share(o->sensitivity))
    fault = _("--sensitivity must be 0..1");
  else if (!is_share(o->tone_strength))
    fault = _("--tone-strength must be 0..1");
  else if (count == 0)
    fault = _("--output-dir needs at least one picture");
  if (fault) {
    g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE, fault);
    return false;
  }
  if (!o->output_dir)
    o->output = g_steal_pointer(&o->inputs[1]);
  return true;
}

/* What a picture is says how to begin, where nothing else does. Seeds say nothing of what a single
 * pass makes. */
static void begin_automatically(cli_options *o) {
  if (!o->given.preset && !g_hash_table_contains(o->given.values, "model") && !o->repeat &&
      o->uncertainty == 0)
    o->given.preset = g_strdup("auto");
}

/* Options of one of both commands alone. */
static bool is_missing(const GOptionEntry *entry, bool photo) {
  static const char *const of_photo[] = {"no-damage", "sensitivity",   "damaged",   "sound",
                                         "no-tone",   "tone-strength", "no-colour", NULL};
  static const char *const of_restore[] = {"size", "uncertainty", "white", NULL};
  return entry->long_name && g_strv_contains(photo ? of_restore : of_photo, entry->long_name);
}

bool options_parse(cli_options *o, int argc, char **argv, GError **error) {
  const bool photo = argc > 0 && strcmp(argv[0], "photo") == 0;
  *o = (cli_options){.photo = photo, .sensitivity = NOT_GIVEN, .tone_strength = NOT_GIVEN};
  GOptionEntry own[] = {
    {"no-damage", 0, 0, G_OPTION_ARG_NONE, &o->no_damage,
     N_("Look for no dust, hairs, scratches, creases or spots"), NULL},
    {"sensitivity", 0, 0, G_OPTION_ARG_DOUBLE, &o->sensitivity,
     N_("How much counts as damage: less towards 0, more towards 1 [0.5]"), "0..1"},
    {"damaged", 0, 0, G_OPTION_ARG_FILENAME, &o->damaged,
     N_("Mend also where this picture of the same size is white; with --no-damage, there alone"),
     N_("FILE")},
    {"sound", 0, 0, G_OPTION_ARG_FILENAME, &o->sound,
     N_("Mend nothing where this picture of the same size is white"), N_("FILE")},
    {"no-tone", 0, 0, G_OPTION_ARG_NONE, &o->no_tone, N_("Leave faded tones as they are"), NULL},
    {"tone-strength", 0, 0, G_OPTION_ARG_DOUBLE, &o->tone_strength,
     N_("How much of the fading is corrected [1]"), "0..1"},
    {"no-colour", 0, 0, G_OPTION_ARG_NONE, &o->no_colour, N_("Give no colour"), NULL},
    {"repeat", 0, 0, G_OPTION_ARG_FILENAME, &o->repeat,
     N_("Do what was done last to this picture, by its own record; parameters and a region given "
        "beside it win, and a mask must be given again"),
     N_("PICTURE")},
    {"region", 'r', 0, G_OPTION_ARG_CALLBACK, on_region,
     N_("Restore this rectangle of the picture as displayed [all of it]"), "X,Y,WxH"},
    {"size", 's', 0, G_OPTION_ARG_CALLBACK, on_size,
     N_("Write the region alone, restored at this size; stretched where the shapes differ"), "WxH"},
    {"mask", 'm', 0, G_OPTION_ARG_FILENAME, &o->mask,
     N_("Restore where this picture of the same size is white, partly where it is grey"),
     N_("FILE")},
    {"hints", 0, 0, G_OPTION_ARG_FILENAME, &o->hints,
     N_("Colours that are known, as strokes on a picture of the same size: its transparent pixels "
        "say nothing, pixels of one colour that touch are one stroke, grey is a colour too"),
     N_("FILE")},
    {"uncertainty", 'u', 0, G_OPTION_ARG_INT, &o->uncertainty,
     N_(
       "Write, in place of the result, how much each pixel of it varies over so many seeds: a grey "
       "picture of 16 bits with the largest channel's standard deviation, black 0"),
     "2..10000"},
    {"white", 0, 0, G_OPTION_ARG_DOUBLE, &o->white,
     N_("The standard deviation that is white there, of values 0..1 [the first of 0.002, 0.005, "
        "0.01 … that all but a hundredth of the pixels are within; it is told]"),
     "SIGMA"},
    OPTION_MEGAPIXELS,
    OPTION_THREADS(&o->threads),
    {"output-dir", 'd', 0, G_OPTION_ARG_FILENAME, &o->output_dir,
     N_("Write into this folder, each picture under its own name; it is made where it is missing"),
     N_("DIR")},
    {"format", 'f', 0, G_OPTION_ARG_CALLBACK, on_format,
     N_("Format of the files in that folder [as their names say]"), "png|jpg|tif|webp"},
    {"overwrite", 0, 0, G_OPTION_ARG_NONE, &o->overwrite,
     N_("Restore again what is in that folder already [skipped]"), NULL},
    {"json", 0, 0, G_OPTION_ARG_NONE, &o->json,
     N_("Print a line of JSON on standard output for each picture"), NULL},
    {"no-record", 0, 0, G_OPTION_ARG_NONE, &o->no_record,
     N_("Do not add to the picture's XMP what was done"), NULL},
    {"reduce", 0, 0, G_OPTION_ARG_NONE, &o->reduce,
     N_("Write a file that cannot hold the picture's depth or transparency"), NULL},
    {"force", 0, 0, G_OPTION_ARG_NONE, &o->force,
     N_("--reduce, in a folder --overwrite, and replace a file that must not be written to"), NULL},
    OPTION_PROGRESS(&o->progress),
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_("Print errors only"), NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->inputs, NULL, NULL},
    G_OPTION_ENTRY_NULL,
  };
  GOptionEntry *to = own;
  for (const GOptionEntry *from = own; from < own + G_N_ELEMENTS(own); from++)
    if (!is_missing(from, photo))
      *to++ = *from;
  const char *summary = photo ? _("Restores an old photograph: finds its damage and mends it, "
                                  "corrects tones that have faded,\n"
                                  "and gives it colour, each face seen from near. Coloured "
                                  "pictures are mended and their tone\n"
                                  "corrected, drawings mended. Where nothing is wrong nothing "
                                  "changes. Files as restore has\n"
                                  "them; the parameters are those of the colour. With "
                                  "--output-dir, any number of pictures.")
                              : _("Restores a region of the picture IN and writes the picture OUT: "
                                  "PNG, JPEG, TIFF or WebP\n"
                                  "(lossless), of the depth and with the profile and metadata of "
                                  "IN, which may be HEIF, AVIF\n"
                                  "or a camera's raw file too. IN and OUT may be the same file. "
                                  "With --output-dir, any number\n"
                                  "of pictures; a bad one does not stop the others, and what an "
                                  "earlier run has finished is\n"
                                  "skipped.");
  if (!parameter_options_parse(&o->given, "IN OUT | --output-dir DIR IN…", summary, own, &argc,
                               &argv, error))
    return false;
  if (o->json)
    setlocale(LC_MESSAGES, "C"); /* machines read the same everywhere */
  if (!take_files(o, error))
    return false;
  begin_automatically(o);
  o->overwrite |= o->force;
  o->reduce |= o->force;
  return true;
}

bool options_read_hints(cli_options *o, rst_cancel *cancel, GError **error) {
  g_autofree char *text = o->hints ? strokes_read(o->hints, cancel, o->hints_size, error) : NULL;
  return !o->hints || (text && parameter_options_add_hints(&o->given, text, error));
}

void options_clear(cli_options *o) {
  parameter_options_clear(&o->given);
  g_free(o->repeat);
  g_free(o->mask);
  g_free(o->damaged);
  g_free(o->sound);
  g_free(o->hints);
  g_strfreev(o->inputs);
  g_free(o->output);
  g_free(o->output_dir);
}
