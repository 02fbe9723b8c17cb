/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restorator: restores regions of pictures from the command line.
 */
#include <glib.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "commands/commands.h"
#include "base/console.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/stack.h"
#include "language.h"
#include "restorator.h"

typedef struct command {
  const char *name;
  const char *synopsis;
  const char *blurb;
  int (*run)(int argc, char **argv);
  const cli_tool *tool; /* where there is no `run` */
} command;

static const command commands[] = {
  {"restore", "IN OUT", N_("Restore a region of a picture, or of many"), restore_command},
  {"photo", "IN OUT", N_("Restore an old photograph, or many"), restore_command},
  {"info", "[MODEL|PICTURE]", N_("Describe a model, or what was done to a picture"), info_command},
  {"list", "", N_("List models and presets"), list_command},
  {"preset", "ACTION", N_("Check, list or show presets"), preset_command},
  {"evaluate", "DIR", N_("Measure a model and a setup on colour pictures"), .tool = &evaluate_tool},
  {"sweep", "DIR", N_("Measure a diffusion model in 465 setups"), .tool = &sweep_tool},
  {"faces", "PICTURE…", N_("Find the faces in pictures"), .tool = &faces_tool},
  {"damage", "PICTURE…", N_("Find the damage in pictures"), .tool = &damage_tool},
  {"compare", "PICTURE…", N_("Show pictures under several models and setups"),
   .tool = &compare_tool},
  {"regions", "RESULT…", N_("Find where several results differ most"), .tool = &regions_tool},
  {"trajectory", "PICTURE", N_("Show pixels at every step of the sampler"),
   .tool = &trajectory_tool},
  {"uncertainty", "IN OUT", N_("Show how much a result varies with the seed"), uncertainty_command},
};

static char *commands_text(void) {
  GString *text = g_string_new(_("Commands:"));
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_autofree char *usage = g_strdup_printf("%s %s", commands[i].name, commands[i].synopsis);
    g_string_append_printf(text, "\n  %-22s %s", usage, _(commands[i].blurb));
  }
  g_string_append(text, "\n\n");
  g_string_append(text, _("restorator COMMAND --help explains a command.\n"
                          "Exit status: 0 done, 1 failed, 2 wrong usage."));
  return g_string_free(text, FALSE);
}

int main(int argc, char **argv) {
  language_init();
  setlocale(LC_NUMERIC, "C"); /* numbers read and written alike everywhere */
  g_set_prgname("restorator");
  console_init();
  interrupt_catch_abort();
  if (!stack_is_enough())
    return CLI_FAILED;

  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Show the version and the arithmetic"), NULL},
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new("COMMAND …");
  char *text = commands_text();
  g_option_context_set_summary(context, _("Restores regions of pictures with a small diffusion "
                                          "network."));
  g_option_context_set_description(context, text);
  g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
  g_option_context_set_strict_posix(context, TRUE); /* what follows the command is its own */
  GError *error = NULL;
  bool parsed = g_option_context_parse(context, &argc, &argv, &error);
  g_option_context_free(context);
  g_free(text);
  if (!parsed)
    return cli_report(error);
  if (version) {
    g_print("restorator %s\n%s\n", rst_version(), rst_arithmetic());
    return CLI_DONE;
  }

  if (argc < 2) {
    cli_say(_("no command given; restorator --help lists them"));
    return CLI_WRONG_USAGE;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    if (strcmp(argv[1], commands[i].name) == 0) {
      /* GOption's usage line is made of the program's name. */
      g_autofree char *name = g_strdup_printf("restorator %s", argv[1]);
      g_set_prgname(name);
      return commands[i].tool ? tool_main(commands[i].tool, argc - 1, argv + 1)
                              : commands[i].run(argc - 1, argv + 1);
    }
  }
  cli_say(_("unknown command “%s”; restorator --help lists them"), argv[1]);
  return CLI_WRONG_USAGE;
}
