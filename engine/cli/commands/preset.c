/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preset check FILE…, preset list, preset show ID.
 */
#include <glib.h>
#include <glib/gi18n.h>
#include <string.h>

#include "messages.h"
#include "commands/commands.h"
#include "base/error.h"
#include "base/fields.h"
#include "commands/list.h"
#include "base/lookup.h"

static bool list(char **arguments, GError **error) {
  (void)arguments;
  return list_presets(error);
}

static bool show(char **arguments, GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_preset *preset = lookup_preset(arguments[0], error);
  if (!preset)
    return false;
  rst_parameters parameters;
  rst_parameters_init(&parameters);
  rst_preset_apply(preset, &parameters);
  print_field(_("title"), messages_words(rst_preset_title(preset)));
  print_field(_("note"), messages_words(rst_preset_note(preset)));
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++) {
    char text[RST_TEXT_MAX];
    if (rst_preset_has(preset, table[i].name) &&
        rst_parameters_get(&parameters, table[i].name, text, sizeof text, &cause) == RST_OK)
      print_field(table[i].name, text);
  }
  if (rst_find(RST_KIND_PRESET, arguments[0], path, sizeof path, &cause) == RST_OK)
    print_field(_("file"), path);
  rst_preset_free(preset);
  return true;
}

/* Some messages name the file. */
static void name_file(const char *path, GError **error) {
  if (!strstr((*error)->message, path))
    g_prefix_error(error, "%s: ", path);
}

/* A preset that names a model must fit it. */
static bool check_file(const char *path, GError **error) {
  rst_error cause = RST_ERROR_INIT;
  rst_preset *preset = NULL;
  if (rst_preset_read(path, &preset, &cause) != RST_OK) {
    cli_fail_engine(error, &cause);
    name_file(path, error);
    return false;
  }
  rst_parameters parameters;
  rst_parameters_init(&parameters);
  rst_preset_apply(preset, &parameters);
  rst_model *model = NULL;
  bool good =
    !rst_preset_has(preset, "model") || (model = lookup_model(&parameters, preset, NULL, error));
  if (!good)
    name_file(path, error);
  else
    g_print(_("%s: good, “%s”\n"), path, messages_words(rst_preset_title(preset)));
  rst_model_unref(model);
  rst_preset_free(preset);
  return good;
}

/* Says of each bad file what is wrong with it; the last one's fault is the error. */
static bool check(char **arguments, GError **error) {
  for (; *arguments; arguments++) {
    g_autoptr(GError) fault = NULL;
    if (check_file(*arguments, &fault))
      continue;
    if (*error)
      cli_report(g_steal_pointer(error));
    *error = g_error_new_literal(CLI_ERROR, CLI_FAILED, fault->message);
  }
  return !*error;
}

static const struct {
  const char *name;
  int least, most; /* arguments */
  bool (*run)(char **arguments, GError **error);
} actions[] = {
  {"check", 1, G_MAXINT, check},
  {"list", 0, 0, list},
  {"show", 1, 1, show},
};

static bool run(int argc, char **argv, GError **error) {
  for (size_t i = 0; i < G_N_ELEMENTS(actions) && argc > 1; i++)
    if (strcmp(argv[1], actions[i].name) == 0 && argc - 2 >= actions[i].least &&
        argc - 2 <= actions[i].most)
      return actions[i].run(argv + 2, error);
  g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE,
                      _("one of these: preset check FILE…, preset list, preset show ID"));
  return false;
}

int preset_command(int argc, char **argv) {
  g_autoptr(GOptionContext) context = g_option_context_new("check FILE… | list | show ID");
  g_option_context_set_summary(
    context, _("check  says whether a preset's file is good, and if not, what is wrong with it\n"
               "list   lists the presets that are found by id\n"
               "show   shows what a preset sets: an id, or a path with a “/”"));
  GError *error = NULL;
  bool good = g_option_context_parse(context, &argc, &argv, &error) && run(argc, argv, &error);
  return good ? CLI_DONE : cli_report(error);
}
