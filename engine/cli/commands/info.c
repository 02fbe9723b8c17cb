/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * info [MODEL|PICTURE]: what a model's file says of it, and what its author says; or what was done
 * to a picture.
 */
#include <glib.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <yyjson.h>

#include "card_text.h"
#include "commands/commands.h"
#include "base/error.h"
#include "base/fields.h"
#include "io/file.h"
#include "commands/info_picture.h"

static void print_key(const char *label, yyjson_val *card, const char *key) {
  yyjson_val *value = yyjson_obj_get(card, key), *one;
  size_t i, count;
  if (!yyjson_is_arr(value)) {
    g_autofree char *text = card_words_of_value(value);
    print_field(label, text);
    return;
  }
  yyjson_arr_foreach(value, i, count, one) {
    g_autofree char *text = card_words_of_value(one);
    print_field(i == 0 ? label : "", text);
  }
}

/* A list of what was measured, a line each. */
static void print_figures(const char *label, yyjson_val *card, const char *key) {
  yyjson_val *one;
  size_t i, count;
  yyjson_arr_foreach(yyjson_obj_get(card, key), i, count, one) {
    g_autofree char *text = card_words_of_figure(one, yyjson_get_str(yyjson_obj_get(one, "setup")));
    print_field(i == 0 ? label : "", text);
  }
}

/* A list of numbers as "32, 32, 32". */
static char *numbers_text(yyjson_val *list) {
  GString *text = g_string_new(NULL);
  yyjson_val *one;
  size_t i, count;
  yyjson_arr_foreach(list, i, count, one)
    g_string_append_printf(text, "%s%" PRIu64, i == 0 ? "" : ", ", yyjson_get_uint(one));
  return g_string_free(text, FALSE);
}

static void print_network(const rst_model_info *info, yyjson_val *description) {
  yyjson_val *encoder = yyjson_obj_get(description, "encoder");
  yyjson_val *decoder = yyjson_obj_get(description, "decoder");
  yyjson_val *position = yyjson_obj_get(description, "position");
  g_autofree char *process =
    info->process == RST_SINGLE_PASS
      ? g_strdup(_("single pass"))
      : g_strdup_printf(_("diffusion, %s schedule of %d steps"), info->schedule, info->steps);
  g_autofree char *count = g_strdup_printf("%" PRId64, info->parameters);
  g_autofree char *input = g_strdup_printf(_("%d × %d, luma"), info->input_size, info->input_size);
  g_autofree char *stages = numbers_text(yyjson_obj_get(encoder, "stages"));
  g_autofree char *stages_text =
    g_strdup_printf(_("stages of %s channels, latent vectors of %" PRIu64), stages,
                    yyjson_get_uint(yyjson_obj_get(encoder, "latent")));
  g_autofree char *dense = numbers_text(yyjson_obj_get(decoder, "dense"));
  g_autofree char *decoder_text =
    g_strdup_printf(_("%" PRIu64 " blocks of dense layers of %s"),
                    yyjson_get_uint(yyjson_obj_get(decoder, "blocks")), dense);
  g_autofree char *position_text =
    g_strdup_printf(_("%s encoding of %s"), yyjson_get_str(yyjson_obj_get(position, "kind")),
                    yyjson_get_str(yyjson_obj_get(position, "axes")));
  print_field(_("name"), info->name);
  print_field(_("process"), process);
  print_field(_("parameters"), count);
  print_field(_("input"), input);
  print_field(_("encoder"), stages_text);
  print_field(_("position"), position_text);
  print_field(_("decoder"), decoder_text);
}

static void print_card(yyjson_val *card) {
  print_key(_("title"), card, "title");
  print_key(_("summary"), card, "summary");
  print_key(_("use"), card, "use");
  print_key(_("limits"), card, "limits");
  print_key(_("licence"), card, "licence");
  print_key(_("data"), card, "data");
  print_key(_("minutes"), card, "minutes");
  print_figures(_("figures"), card, "figures");
  print_figures(_("recommended"), card, "recommended");
  print_figures(_("discouraged"), card, "discouraged");
}

static bool print_model(const char *name, GError **error) {
  char path[4096];
  rst_error cause = RST_ERROR_INIT;
  rst_model *model = NULL;
  if (rst_find(RST_KIND_MODEL, name, path, sizeof path, &cause) != RST_OK ||
      rst_model_read(path, &model, &cause) != RST_OK)
    return cli_fail_engine(error, &cause);
  rst_model_info info = {.size = sizeof info};
  rst_model_get_info(model, &info);
  yyjson_doc *description = yyjson_read(info.description, strlen(info.description), 0);
  yyjson_doc *card = yyjson_read(info.card, strlen(info.card), 0);
  print_card(yyjson_doc_get_root(card));
  print_network(&info, yyjson_doc_get_root(description));
  print_field(_("file"), path);
  yyjson_doc_free(description);
  yyjson_doc_free(card);
  rst_model_unref(model);
  return true;
}

int info_command(int argc, char **argv) {
  g_auto(GStrv) names = NULL;
  const GOptionEntry entries[] = {
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &names, NULL, NULL},
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new("[MODEL|PICTURE]");
  g_option_context_set_summary(context, _("Describes a model: an id, or a path with a “/”. Without "
                                          "one, the default model.\nOr shows what was done to a "
                                          "picture, by its own record: a file whose name ends as "
                                          "pictures' do."));
  g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
  GError *error = NULL;
  bool good = g_option_context_parse(context, &argc, &argv, &error);
  g_option_context_free(context);
  if (good && names && names[1]) {
    g_set_error_literal(&error, CLI_ERROR, CLI_WRONG_USAGE, _("one model or picture at a time"));
    good = false;
  }
  if (good && names && file_is_picture_name(names[0])) {
    good = file_init(0, &error) && info_picture(names[0], &error);
    vips_shutdown();
  } else if (good) {
    rst_parameters defaults;
    rst_parameters_init(&defaults);
    good = print_model(names ? names[0] : defaults.model, &error);
  }
  return good ? CLI_DONE : cli_report(error);
}
