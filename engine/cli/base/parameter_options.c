/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/parameter_options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"

static const char hint_help[] = N_(
  "A colour that is known, at a pixel of the picture, or keep where the restored one is right; "
  "it spreads over what looks like one thing, REACH times the window's side at most [0.52]; may "
  "be given again for others");

/* What values a parameter takes, for the help. */
static char *values_text(const rst_parameter *parameter) {
  switch (parameter->type) {
    case RST_TYPE_INT:
    case RST_TYPE_REAL:
      return g_strdup_printf("%.10g..%.10g", parameter->low, parameter->high);
    case RST_TYPE_CHOICE:
      return g_strjoinv("|", (char **)parameter->choices);
    default:
      return g_ascii_strup(parameter->name, -1);
  }
}

/* `--name VALUE`, and for a bool `--name` and `--no-name`. */
static gboolean on_parameter(const char *option, const char *value, void *data, GError **error) {
  cli_parameter_options *given = data;
  const char *name = option + strlen("--");
  if (!rst_parameter_find(name)) {
    name += strlen("no-");
    value = "false";
  } else if (!value) {
    value = "true";
  }
  rst_parameters checked;
  rst_error cause = RST_ERROR_INIT;
  rst_parameters_init(&checked);
  if (rst_parameters_set(&checked, name, value, &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  g_hash_table_replace(given->values, g_strdup(name), g_strdup(value));
  return TRUE;
}

/* `--hint X,Y,COLOUR`, any number of times: together they are the parameter `hints`. */
static gboolean on_hint(const char *option, const char *value, void *data, GError **error) {
  cli_parameter_options *given = data;
  (void)option;
  return parameter_options_add_hints(given, value, error);
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
    if (strcmp(p->name, HINTS) == 0) {
      const GOptionEntry hint = {
        "hint",  0,         G_OPTION_FLAG_FILENAME,    G_OPTION_ARG_CALLBACK,
        on_hint, hint_help, "X,Y,#RRGGBB|keep[,REACH]"};
      g_array_append_val(entries, hint);
      continue;
    }
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
  for (; *arguments && strcmp(*arguments, "--") != 0; arguments++)
    for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
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

bool parameter_options_add_hints(cli_parameter_options *given, const char *hints, GError **error) {
  const char *before = g_hash_table_lookup(given->values, HINTS);
  g_autofree char *all = before ? g_strdup_printf("%s; %s", before, hints) : g_strdup(hints);
  rst_error cause = RST_ERROR_INIT;
  int count;
  bool good =
    rst_hints_parse(all, NULL, &count, &cause) == RST_OK || cli_fail_engine(error, &cause);
  if (good)
    g_hash_table_replace(given->values, g_strdup(HINTS), g_steal_pointer(&all));
  return good;
}

bool parameter_options_parse(cli_parameter_options *given, const char *synopsis,
                             const char *summary, const GOptionEntry *own, int *argc, char ***argv,
                             GError **error) {
  given->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const GOptionEntry preset[] = {
    {"preset", 'p', 0, G_OPTION_ARG_FILENAME, &given->preset,
     N_("Preset whose parameters to take; parameters given beside it win"), N_("ID|PATH")},
    G_OPTION_ENTRY_NULL,
  };
  GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);
  GArray *array = parameter_entries(strings);
  const GOptionEntry *parameters = (const GOptionEntry *)array->data;
  const GOptionEntry *all[] = {preset, own, parameters};

  GOptionContext *context = g_option_context_new(synopsis);
  g_option_context_set_summary(context, summary);
  GOptionGroup *group = g_option_group_new(NULL, NULL, NULL, given, NULL);
  g_option_group_set_translation_domain(group, GETTEXT_PACKAGE);
  bool good = true;
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
    g_option_group_add_entries(group, all[i]);
    good = good && check_values(all[i], *argv, error);
  }
  g_option_context_set_main_group(context, group);
  good = good && g_option_context_parse(context, argc, argv, error);
  g_option_context_free(context);
  g_array_free(array, TRUE);
  g_ptr_array_free(strings, TRUE);
  return good;
}

void parameter_options_clear(cli_parameter_options *given) {
  g_clear_pointer(&given->values, g_hash_table_unref);
  g_clear_pointer(&given->preset, g_free);
}

static bool apply_values(const cli_parameter_options *given, rst_parameters *parameters,
                         GError **error) {
  GHashTableIter iterator;
  void *name, *text;
  g_hash_table_iter_init(&iterator, given->values);
  while (g_hash_table_iter_next(&iterator, &name, &text)) {
    rst_error cause = RST_ERROR_INIT;
    if (rst_parameters_set(parameters, name, text, &cause) != RST_OK)
      return cli_fail_engine(error, &cause);
  }
  return true;
}

rst_model *parameter_options_open(const cli_parameter_options *given, rst_picture_kind kind,
                                  rst_parameters *parameters, char **sha256, bool *automatic,
                                  GError **error) {
  const char *name = given->preset ? rst_settle_preset(given->preset, kind) : NULL;
  rst_preset *preset = NULL;
  rst_model *model = NULL;
  if (name) {
    preset = lookup_preset(name, error);
    if (!preset)
      return NULL;
    rst_preset_apply(preset, parameters);
  }
  if (apply_values(given, parameters, error)) {
    g_autofree char *before = g_strdup(parameters->model);
    if (automatic)
      *automatic = g_strcmp0(given->preset, name) != 0 || strcmp(before, "auto") == 0;
    if (rst_settle_model(parameters, kind))
      cli_say(_("the model %s is called %s today"), before, parameters->model);
    model = lookup_model(parameters, preset, sha256, error);
  }
  rst_preset_free(preset);
  return model;
}
