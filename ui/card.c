/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "messages.h"

/* -------------------------------------------------------------------------------------------
 * As text
 */

/* A value as people read it: a string as it is, a list's elements and an object's fields side by
 * side, anything else as JSON. */
static void append_value(GString *text, yyjson_val *value) {
  yyjson_val *key, *one;
  size_t i, count;

  if (yyjson_is_str(value)) {
    g_string_append(text, yyjson_get_str(value));
  } else if (yyjson_is_arr(value)) {
    yyjson_arr_foreach(value, i, count, one) {
      g_string_append(text, i == 0 ? "" : yyjson_is_obj(one) ? "\n" : "; ");
      append_value(text, one);
    }
  } else if (yyjson_is_obj(value)) {
    yyjson_obj_foreach(value, i, count, key, one) {
      g_string_append_printf(text, "%s%s ", i == 0 ? "" : ", ", yyjson_get_str(key));
      append_value(text, one);
    }
  } else {
    char *json = yyjson_val_write(value, 0, NULL);

    g_string_append(text, json ? json : "");
    free(json);
  }
}

static void append_field(GString *markup, const char *label, const char *text) {
  g_autofree char *line = NULL;

  if (!*text)
    return;
  line = g_markup_printf_escaped("%s<b>%s</b>  %s", markup->len == 0 ? "" : "\n", label, text);
  g_string_append(markup, line);
}

static void append_key(GString *markup, const char *label, yyjson_val *card, const char *key) {
  yyjson_val *value = yyjson_obj_get(card, key);
  GString *text = g_string_new(NULL);

  if (value && !yyjson_is_null(value))
    append_value(text, value);
  append_field(markup, label, text->str);
  g_string_free(text, TRUE);
}

/* What a shipped card says in sentences is in the catalogues. */
static void append_words(GString *markup, const char *label, yyjson_val *card, const char *key) {
  const char *words = messages_words(yyjson_get_str(yyjson_obj_get(card, key)));

  append_field(markup, label, words ? words : "");
}

static void append_network(GString *markup, const rst_model_info *info) {
  g_autofree char *text =
    info->process == RST_SINGLE_PASS
      ? g_strdup_printf(_("single pass, %" PRId64 " parameters, sees %d × %d pixels"),
                        info->parameters, info->input_size, info->input_size)
      : g_strdup_printf(_("diffusion of %d steps (%s schedule), %" PRId64
                          " parameters, sees %d × %d pixels"),
                        info->steps, info->schedule, info->parameters, info->input_size,
                        info->input_size);

  append_field(markup, _("Network"), text);
}

char *card_markup(const rst_model *model) {
  rst_model_info info = {.size = sizeof info};
  GString *markup = g_string_new(NULL);

  rst_model_get_info(model, &info);

  yyjson_doc *doc = yyjson_read(info.card, strlen(info.card), 0);
  yyjson_val *card = yyjson_doc_get_root(doc);

  append_words(markup, _("Title"), card, "title");
  append_words(markup, _("Summary"), card, "summary");
  append_words(markup, _("Use"), card, "use");
  append_words(markup, _("Limits"), card, "limits");
  append_network(markup, &info);
  append_key(markup, _("Trained on"), card, "data");
  append_key(markup, _("Minutes"), card, "minutes");
  append_key(markup, _("Recommended"), card, "recommended");
  append_key(markup, _("Discouraged"), card, "discouraged");
  append_key(markup, _("Figures"), card, "figures");
  append_key(markup, _("Licence"), card, "licence");
  yyjson_doc_free(doc);
  return g_string_free(markup, FALSE);
}

/* -------------------------------------------------------------------------------------------
 * Warnings
 */

static const preset_file *find_setup(yyjson_val *entry, const GPtrArray *presets) {
  const char *id = yyjson_get_str(yyjson_obj_get(entry, "setup"));

  return id ? presets_find(presets, id) : NULL;
}

/* The recommended setup that changes least. */
static const preset_file *find_nearest(yyjson_val *card, const rst_parameters *parameters,
                                       const GPtrArray *presets) {
  const preset_file *nearest = NULL;
  int least = 0;
  yyjson_val *one;
  size_t i, count;

  yyjson_arr_foreach(yyjson_obj_get(card, "recommended"), i, count, one) {
    const preset_file *file = find_setup(one, presets);
    const int changes = file ? presets_count_changes(file->preset, parameters, TRUE) : -1;

    if (changes > 0 && (!nearest || changes < least)) {
      nearest = file;
      least = changes;
    }
  }
  return nearest;
}

gboolean card_warns(const rst_model *model, const rst_parameters *parameters,
                    const GPtrArray *presets, card_warning *warning) {
  rst_model_info info = {.size = sizeof info};
  gboolean found = FALSE;
  yyjson_val *one;
  size_t i, count;

  rst_model_get_info(model, &info);
  if (info.process != RST_DIFFUSION)
    return FALSE;

  yyjson_doc *doc = yyjson_read(info.card, strlen(info.card), 0);
  yyjson_val *card = yyjson_doc_get_root(doc);

  yyjson_arr_foreach(yyjson_obj_get(card, "discouraged"), i, count, one) {
    const preset_file *file = find_setup(one, presets);

    if (found || !file || presets_count_changes(file->preset, parameters, TRUE) != 0)
      continue;
    found = TRUE;
    *warning = (card_warning){
      .setup = file,
      .better = find_nearest(card, parameters, presets),
      .mse = yyjson_get_num(yyjson_obj_get(one, "mse")),
      .bicubic = yyjson_get_num(yyjson_obj_get(one, "bicubic")),
    };
  }
  yyjson_doc_free(doc);
  return found;
}
