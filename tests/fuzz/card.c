/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as the card of a small model: refused, or markup that can be shown, and warnings that have
 * their words.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "card.h"

static const char preset_text[] = "{\"format\": 1, \"title\": \"B\", \"stochasticity\": 0.5}";

/* The text as JSON writes it; NULL where it is none. */
static char *quote(const uint8_t *data, size_t size) {
  yyjson_mut_doc *document = yyjson_mut_doc_new(NULL);
  yyjson_mut_doc_set_root(document, yyjson_mut_strn(document, (const char *)data, size));
  char *text = yyjson_mut_write(document, 0, NULL);
  yyjson_mut_doc_free(document);
  return text;
}

/* The small model's file with that card in its head. */
static GByteArray *with_card(const char *quoted) {
  static const char before[] = "{\"__metadata__\": {";
  static char *file;
  static gsize size;
  guint64 length;
  if (!file && !g_file_get_contents(SMALL_MODEL, &file, &size, NULL))
    abort();
  memcpy(&length, file, 8);
  const char *rest = file + 8 + strlen(before);
  g_autofree char *head =
    g_strdup_printf("%s\"card\": %s, %.*s", before, quoted, (int)(length - strlen(before)), rest);
  const guint64 padded = (strlen(head) + 7) / 8 * 8;
  GByteArray *made = g_byte_array_new();
  g_byte_array_append(made, (const guint8 *)&padded, 8);
  g_byte_array_append(made, (const guint8 *)head, (guint)strlen(head));
  while (made->len < 8 + padded)
    g_byte_array_append(made, (const guint8 *)" ", 1);
  g_byte_array_append(made, (const guint8 *)file + 8 + length, (guint)(size - 8 - length));
  return made;
}

static void check_markup(const rst_model *model, const GPtrArray *presets) {
  static const GMarkupParser parser;
  g_autofree char *markup = card_markup(model, presets);
  g_autofree char *whole = g_strconcat("<markup>", markup, "</markup>", NULL);
  GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
  if (!g_markup_parse_context_parse(context, whole, -1, NULL) ||
      !g_markup_parse_context_end_parse(context, NULL))
    abort();
  g_markup_parse_context_free(context);
}

static void check_warning(const rst_model *model, const GPtrArray *presets,
                          const rst_parameters *parameters) {
  static card_warning warning;
  if (!card_warns(model, parameters, presets, &warning))
    return;
  g_autofree char *setup = card_setup_name(&warning.setup, model);
  g_autofree char *better = warning.has_better ? card_setup_name(&warning.better, model) : NULL;
  if (!*setup || (better && !*better))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static preset_file file = {
    .id = (char *)"b", .path = (char *)"", .title = (char *)"B", .note = (char *)""};
  static rst_parameters parameters;
  g_autoptr(GPtrArray) presets = g_ptr_array_new();
  rst_error error = RST_ERROR_INIT;
  rst_model *model;
  char *quoted = quote(data, size);
  if (!quoted)
    return 0;
  g_autoptr(GByteArray) bytes = with_card(quoted);
  free(quoted);
  if (!file.preset &&
      rst_preset_parse("b", preset_text, strlen(preset_text), &file.preset, NULL) != RST_OK)
    abort();
  if (rst_model_parse(bytes->data, bytes->len, &model, &error) != RST_OK) {
    if (error.message[0] == '\0')
      abort();
    return 0;
  }
  g_ptr_array_add(presets, &file);
  check_markup(model, presets);
  rst_parameters_init(&parameters);
  check_warning(model, presets, &parameters);
  rst_preset_apply(file.preset, &parameters);
  check_warning(model, presets, &parameters);
  rst_model_unref(model);
  return 0;
}
