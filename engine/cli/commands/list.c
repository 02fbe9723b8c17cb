/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * list: the models and presets that are found by id.
 */
#include "commands/list.h"

#include <glib/gi18n.h>
#include <string.h>
#include <yyjson.h>

#include "messages.h"
#include "commands/commands.h"
#include "base/error.h"
#include "base/fields.h"

static void print_entry(const char *id, const char *kind, const char *title, const char *path) {
  g_print("  %-20s %-12s %s\n  %-20s %s\n", id, kind, title, "", path);
}

/* A file that cannot be read is listed with the reason: it hides others of its id. */
static void print_unreadable(const char *id, const rst_error *cause, const char *path) {
  g_autofree char *text = messages_text(cause);
  print_entry(id, _("unreadable"), text, path);
}

static bool print_model(void *user, const char *id, const char *path) {
  (void)user;
  rst_model *model = NULL;
  rst_error cause = RST_ERROR_INIT;
  if (rst_model_read(path, &model, &cause) != RST_OK) {
    print_unreadable(id, &cause, path);
    return true;
  }
  rst_model_info info = {.size = sizeof info};
  rst_model_get_info(model, &info);
  yyjson_doc *card = yyjson_read(info.card, strlen(info.card), 0);
  const char *title = yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(card), "title"));
  print_entry(id, info.process == RST_SINGLE_PASS ? _("single pass") : _("diffusion"),
              title ? messages_words(title) : info.name, path);
  yyjson_doc_free(card);
  rst_model_unref(model);
  return true;
}

static bool print_preset(void *user, const char *id, const char *path) {
  (void)user;
  rst_preset *preset = NULL;
  rst_error cause = RST_ERROR_INIT;
  if (rst_preset_read(path, &preset, &cause) != RST_OK) {
    print_unreadable(id, &cause, path);
    return true;
  }
  print_entry(id, _("preset"), messages_words(rst_preset_title(preset)), path);
  rst_preset_free(preset);
  return true;
}

bool list_models(GError **error) {
  rst_error cause = RST_ERROR_INIT;
  return rst_list(RST_KIND_MODEL, print_model, NULL, &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

bool list_presets(GError **error) {
  rst_error cause = RST_ERROR_INIT;
  return rst_list(RST_KIND_PRESET, print_preset, NULL, &cause) == RST_OK ||
         cli_fail_engine(error, &cause);
}

int list_command(int argc, char **argv) {
  GOptionContext *context = g_option_context_new(NULL);
  g_option_context_set_summary(context, _("Lists models and presets with their ids, kinds, titles "
                                          "and files."));
  GError *error = NULL;
  bool good = g_option_context_parse(context, &argc, &argv, &error);
  g_option_context_free(context);
  if (good && argc > 1) {
    g_set_error_literal(&error, CLI_ERROR, CLI_WRONG_USAGE, _("list takes no arguments"));
    good = false;
  }
  if (good) {
    g_print("%s\n", _("Models"));
    good = list_models(&error);
  }
  if (good) {
    g_print("%s\n", _("Presets"));
    good = list_presets(&error);
  }
  return good ? CLI_DONE : cli_report(error);
}
