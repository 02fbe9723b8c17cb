/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure/column.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"

static void column_free(void *data) {
  g_autofree cli_column *column = data;
  job_close(&column->job);
  options_clear(&column->options);
  g_free(column->caption);
}

/* "--preset b --mode full" → "preset b, mode full" */
static char *describe(char **words) {
  GString *text = g_string_new(NULL);
  for (; *words; words++) {
    bool option = **words == '-';
    const char *word = *words + strspn(*words, "-");
    if (text->len > 0)
      g_string_append(text, option ? ", " : " ");
    for (; *word != '\0'; word++)
      g_string_append_c(text, option && *word == '=' ? ' ' : *word);
  }
  return g_string_free(text, FALSE);
}

/* What comes before the options, as far as a colon; NULL without. `options` is the rest. */
static char *split_caption(const char *text, const char **options) {
  text += strspn(text, " ");
  const char *colon = *text == '-' ? NULL : strchr(text, ':');
  *options = colon ? colon + 1 : text;
  return colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
}

/* A command line in which later words beat earlier ones. The files are stand-ins. */
static bool parse(cli_column *column, char **common, char **own, GError **error) {
  static const char *const last[] = {"--quiet",     "--no-record", "--force", "--",
                                     "picture.png", "result.png",  NULL};
  GStrvBuilder *builder = g_strv_builder_new();
  g_strv_builder_add(builder, "restore");
  if (common)
    g_strv_builder_addv(builder, (const char **)common);
  g_strv_builder_addv(builder, (const char **)own);
  g_strv_builder_addv(builder, (const char **)last);
  g_auto(GStrv) words = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  int count = (int)g_strv_length(words);
  char **arguments = g_memdup2(words, sizeof *words * ((gsize)count + 1));
  bool good = options_parse(&column->options, count, arguments, error);
  g_free(arguments); /* of which GOption takes words out */
  if (good && column->options.output_dir) {
    g_set_error_literal(error, CLI_ERROR, CLI_WRONG_USAGE,
                        _("--output-dir has no place in a sheet"));
    good = false;
  }
  return good;
}

static cli_column *column_open(const char *text, char **common, int threads, rst_cancel *cancel,
                               GError **error) {
  cli_column *column = g_new0(cli_column, 1);
  const char *rest;
  char **own = NULL;
  GError *fault = NULL;
  column->caption = split_caption(text, &rest);
  bool good = *rest == '\0' || g_shell_parse_argv(rest, NULL, &own, &fault) ||
              g_error_matches(fault, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING);
  if (!own)
    own = g_new0(char *, 1);
  if (!good) {
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE, "--with “%s”: %s", text, fault->message);
  } else {
    good = parse(column, common, own, error);
    column->options.threads = threads;
    good = good && job_open(&column->job, &column->options, RST_PICTURE_MONOCHROME, cancel, error);
    if (!good)
      g_prefix_error(error, "--with “%s”: ", text);
  }
  if (good && !column->caption) {
    g_autofree char *words = describe(own);
    if (g_str_has_prefix(words, "model "))
      column->caption = g_strdup(words + strlen("model "));
    else
      column->caption =
        g_strdup_printf("%s%s%s", column->job.parameters.model, *words == '\0' ? "" : ", ", words);
  }
  g_clear_error(&fault);
  g_strfreev(own);
  if (good)
    return column;
  column_free(column);
  return NULL;
}

static bool add_model(void *user, const char *id, const char *path) {
  GStrvBuilder *builder = user;
  g_autofree char *quoted = g_shell_quote(id);
  g_autofree char *text = g_strdup_printf("%s: --model %s", id, quoted);
  (void)path;
  g_strv_builder_add(builder, text);
  return true;
}

static char **every_model(GError **error) {
  GStrvBuilder *builder = g_strv_builder_new();
  rst_error cause = RST_ERROR_INIT;
  bool good = rst_list(RST_KIND_MODEL, add_model, builder, &cause) == RST_OK;
  if (!good)
    cli_fail_engine(error, &cause);
  char **texts = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  if (good)
    return texts;
  g_strfreev(texts);
  return NULL;
}

GPtrArray *columns_open(char *const *with, const char *common, int threads, rst_cancel *cancel,
                        GError **error) {
  char **models = with ? NULL : every_model(error);
  char **words = NULL;
  GError *fault = NULL;
  char *const *texts = with ? with : models;
  if (!texts)
    return NULL;
  GPtrArray *columns = g_ptr_array_new_with_free_func(column_free);
  bool good = !common || g_shell_parse_argv(common, NULL, &words, &fault);
  if (!good)
    g_set_error(error, CLI_ERROR, CLI_WRONG_USAGE, "--options “%s”: %s", common, fault->message);
  g_clear_error(&fault);
  for (; *texts && good; texts++) {
    cli_column *column = column_open(*texts, words, threads, cancel, error);
    good = column;
    if (good)
      g_ptr_array_add(columns, column);
  }
  g_strfreev(words);
  g_strfreev(models);
  if (good)
    return columns;
  g_ptr_array_unref(columns);
  return NULL;
}

/* In memory, so that the item may go. */
static VipsImage *take_picture(const cli_item *item, GError **error) {
  VipsImage *shown = item_picture(item, error), *pixels = NULL;
  if (shown && !(pixels = vips_image_copy_memory(shown)))
    cli_fail_vips(error, item->input);
  g_clear_object(&shown);
  return pixels;
}

VipsImage *column_restore(const cli_column *column, const char *path, VipsImage **before,
                          rst_plan *plan, GError **error) {
  cli_item *item = g_new0(cli_item, 1);
  VipsImage *original = NULL, *result = NULL;
  item->input = g_strdup(path);
  item->output = g_strdup(column->options.output);
  item->format = file_format_named("png", &item->error);
  item_read(&column->job, item);
  if (!item->error && before)
    original = take_picture(item, &item->error);
  item_restore(&column->job, item);
  if (!item->error)
    result = take_picture(item, &item->error);
  if (item->error)
    g_propagate_error(error, g_steal_pointer(&item->error));
  else if (plan)
    *plan = *item->plan;
  item_free(item);
  if (!result)
    g_clear_object(&original);
  else if (before)
    *before = original;
  return result;
}
