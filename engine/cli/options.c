/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "error.h"

/* What values a parameter takes, for the help. */
static char *values_text(const rst_parameter *parameter) {
  switch (parameter->type) {
  case RST_TYPE_INT:
  case RST_TYPE_REAL:
    return g_strdup_printf("%.10g..%.10g", parameter->low, parameter->high);
  case RST_TYPE_CHOICE:
    return g_strjoinv("|", (char **) parameter->choices);
  default:
    return g_ascii_strup(parameter->name, -1);
  }
}

/* `--name VALUE`, and for a bool `--name` and `--no-name`. */
static gboolean on_parameter(const char *option, const char *value, void *data, GError **error) {
  cli_options *o = data;
  const char *name = option + strlen("--");
  if (rst_parameter_find(name) == NULL) {
    name += strlen("no-");
    value = "false";
  } else if (value == NULL) {
    value = "true";
  }
  rst_parameters checked;
  rst_error cause = RST_ERROR_INIT;
  rst_parameters_init(&checked);
  if (rst_parameters_set(&checked, name, value, &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  g_hash_table_replace(o->given, g_strdup(name), g_strdup(value));
  return TRUE;
}

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
  o->size[0] = (int) width;
  o->size[1] = (int) height;
  return TRUE;
}

static gboolean on_region(const char *option, const char *value, void *data, GError **error) {
  static const char separators[] = {',', ',', 'x', '\0'};
  cli_options *o = data;
  const char *rest = value;
  for (int i = 0; i < 4; i++) {
    char *end;
    gint64 number = g_ascii_strtoll(rest, &end, 10);
    if (end == rest || *end != separators[i] || ABS(number) > RST_SIDE_MAX ||
        (i >= 2 && number < 1)) {
      g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE,
                  _("%s is “%s”, must be X,Y,WxH in pixels, such as 10,20,300x400"), option, value);
      return FALSE;
    }
    o->region[i] = (int) number;
    rest = end + 1;
  }
  o->has_region = true;
  return TRUE;
}

static gboolean on_format(const char *option, const char *value, void *data, GError **error) {
  cli_options *o = data;
  (void) option;
  o->format = file_format_named(value, error);
  return o->format != NULL;
}

static void add_entry(GArray *entries, const char *name, int flags, char *help, char *values) {
  GOptionEntry entry = {name, 0, flags, G_OPTION_ARG_CALLBACK, on_parameter, help, values};
  g_array_append_val(entries, entry);
}

/* Strings that the entries point at are made here and kept by `strings`. */
static GArray *parameter_entries(GPtrArray *strings) {
  GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    const rst_parameter *p = &table[i];
    char *help = g_strdup_printf("%s [%s]", _(p->blurb), p->initial);
    g_ptr_array_add(strings, help);
    if (p->type == RST_TYPE_BOOL) {
      char *opposite = g_strdup_printf("no-%s", p->name);
      char *opposite_help = g_strdup_printf(_("The opposite of --%s"), p->name);
      g_ptr_array_add(strings, opposite);
      g_ptr_array_add(strings, opposite_help);
      add_entry(entries, p->name, G_OPTION_FLAG_NO_ARG, help, NULL);
      add_entry(entries, opposite, G_OPTION_FLAG_NO_ARG, opposite_help, NULL);
    } else {
      char *values = values_text(p);
      g_ptr_array_add(strings, values);
      /* A model may be a path, whose bytes stay as they are. */
      add_entry(entries, p->name, p->type == RST_TYPE_TEXT ? G_OPTION_FLAG_FILENAME : 0, help,
                values);
    }
  }
  return entries;
}

/* GOption takes `--clip=false` for `--clip`: a value where none belongs is refused here. */
static bool check_values(const GOptionEntry *entries, char **arguments, GError **error) {
  for (; *arguments != NULL && strcmp(*arguments, "--") != 0; arguments++)
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
      size_t length = strlen(entry->long_name);
      if ((entry->arg == G_OPTION_ARG_NONE || (entry->flags & G_OPTION_FLAG_NO_ARG) != 0) &&
          g_str_has_prefix(*arguments, "--") &&
          strncmp(*arguments + 2, entry->long_name, length) == 0 &&
          (*arguments)[2 + length] == '=') {
        g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE, _("--%s takes no value"), entry->long_name);
        return false;
      }
    }
  return true;
}

/* Sorts the arguments that are no options. */
static bool take_files(cli_options *o, GError **error) {
  guint count = o->inputs == NULL ? 0 : g_strv_length(o->inputs);
  const char *fault = NULL;
  if (o->output_dir == NULL && count != 2)
    fault = _("two files are needed: the picture and the one to write; or, for many pictures, "
              "--output-dir");
  else if (o->output_dir == NULL && (o->format != NULL || o->overwrite))
    fault = _("--format and --overwrite belong to --output-dir");
  else if (o->repeat != NULL && o->preset != NULL)
    fault = _("--repeat and --preset exclude each other");
  else if (count == 0)
    fault = _("--output-dir needs at least one picture");
  if (fault != NULL) {
    g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE, fault);
    return false;
  }
  if (o->output_dir == NULL)
    o->output = g_steal_pointer(&o->inputs[1]);
  return true;
}

bool options_parse(cli_options *o, int argc, char **argv, GError **error) {
  *o = (cli_options) {.given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
  const GOptionEntry own[] = {
    {"preset", 'p', 0, G_OPTION_ARG_FILENAME, &o->preset,
     N_("Preset whose parameters to take; parameters given beside it win"), N_("ID|PATH")},
    {"repeat", 0, 0, G_OPTION_ARG_FILENAME, &o->repeat,
     N_("Do what was done last to this picture, by its own record; parameters and a region given "
        "beside it win, and a mask or a size must be given again"), N_("PICTURE")},
    {"region", 'r', 0, G_OPTION_ARG_CALLBACK, on_region,
     N_("Restore this rectangle of the picture as displayed [all of it]"), "X,Y,WxH"},
    {"size", 's', 0, G_OPTION_ARG_CALLBACK, on_size,
     N_("Write the region alone, restored at this size; stretched where the shapes differ"), "WxH"},
    {"mask", 'm', 0, G_OPTION_ARG_FILENAME, &o->mask,
     N_("Restore where this picture of the same size is white, partly where it is grey"),
     N_("FILE")},
    {"threads", 't', 0, G_OPTION_ARG_INT, &o->threads,
     N_("Threads to work with [as many as there are processors]"), "1..256"},
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
    {"force", 0, 0, G_OPTION_ARG_NONE, &o->force,
     N_("Write a file that cannot hold the picture's depth or transparency"), NULL},
    {"progress", 0, 0, G_OPTION_ARG_NONE, &o->progress,
     N_("Report progress even where standard error is no terminal"), NULL},
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, N_("Print errors only"), NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->inputs, NULL, NULL},
    G_OPTION_ENTRY_NULL,
  };
  GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);
  GArray *array = parameter_entries(strings);
  const GOptionEntry *parameters = (const GOptionEntry *) array->data;

  GOptionContext *context = g_option_context_new("IN OUT | --output-dir DIR IN…");
  g_option_context_set_summary(context,
    _("Restores a region of the picture IN and writes the picture OUT: PNG, JPEG, TIFF or WebP\n"
      "(lossless), of the depth and with the profile and metadata of IN. IN and OUT may be the\n"
      "same file. With --output-dir, any number of pictures; a bad one does not stop the others,\n"
      "and what an earlier run has finished is skipped."));
  GOptionGroup *group = g_option_group_new(NULL, NULL, NULL, o, NULL);
  g_option_group_set_translation_domain(group, GETTEXT_PACKAGE);
  g_option_group_add_entries(group, own);
  g_option_group_add_entries(group, parameters);
  g_option_context_set_main_group(context, group);
  bool good = check_values(own, argv, error) && check_values(parameters, argv, error) &&
              g_option_context_parse(context, &argc, &argv, error);
  g_option_context_free(context);
  g_array_free(array, TRUE);
  g_ptr_array_free(strings, TRUE);
  if (!good)
    return false;

  return take_files(o, error);
}

void options_clear(cli_options *o) {
  g_free(o->preset);
  g_free(o->repeat);
  g_free(o->mask);
  g_strfreev(o->inputs);
  g_free(o->output);
  g_free(o->output_dir);
  g_hash_table_unref(o->given);
}

bool options_apply(const cli_options *o, rst_parameters *parameters, GError **error) {
  GHashTableIter iterator;
  void *name, *text;
  g_hash_table_iter_init(&iterator, o->given);
  while (g_hash_table_iter_next(&iterator, &name, &text)) {
    rst_error cause = RST_ERROR_INIT;
    if (rst_parameters_set(parameters, name, text, &cause) != RST_OK)
      return cli_fail_engine(error, &cause);
  }
  return true;
}
