/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tool.h"

#include <glib/gi18n.h>
#include <vips/vips.h>

#include "base/error.h"
#include "io/file.h"

int tool_main(const cli_tool *tool, int argc, char **argv) {
  GError *error = NULL;
  g_autofree void *options = g_malloc0(tool->size);
  const int *threads = G_STRUCT_MEMBER_P(options, tool->threads);
  bool good = tool->parse(options, argc, argv, &error) && file_init(*threads, &error);
  if (good) {
    good = tool->run(options, &error);
    vips_shutdown();
  }
  tool->clear(options);
  return good ? CLI_DONE : cli_report(error);
}

bool tool_parse(const GOptionEntry *entries, const char *synopsis, const char *summary, int argc,
                char **argv, GError **error) {
  g_autoptr(GOptionContext) context = g_option_context_new(synopsis);
  g_option_context_set_summary(context, summary);
  g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse(context, &argc, &argv, error);
}

bool tool_check(const char *fault, GError **error) {
  if (fault)
    g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE, fault);
  return !fault;
}
