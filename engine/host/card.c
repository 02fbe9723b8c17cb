/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <yyjson.h>

#include "card_text.h"
#include "parameter_use.h"
#include "setup_text.h"

/* -------------------------------------------------------------------------------------------
 * Setups
 */

/* What a card and its readers agree on. */
typedef struct {
  const rst_model_info *info;
  const rst_parameters *now;
  const GPtrArray *presets;
} reader;

/* "stochasticity 0.5, step-skip 6, project false": a sweep's setup that is no preset. What it does
 * not name is at its default. */
static bool parse_setup(const char *text, rst_parameters *parameters) {
  g_auto(GStrv) pairs = g_strsplit(text, ", ", -1);
  bool good = pairs[0] != NULL;

  rst_parameters_init(parameters);
  for (char **pair = pairs; *pair && good; pair++) {
    char *space = strchr(*pair, ' ');

    if (space)
      *space = '\0';
    good = space && rst_parameters_set(parameters, *pair, space + 1, NULL) == RST_OK;
  }
  return good;
}

/* A preset of the sampler's parameters. */
static bool has_sampling(const rst_preset *preset) {
  bool has = false;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++)
    has = has || (setup_has(&table[i]) && rst_preset_has(preset, table[i].name));
  return has;
}

static void take_sampling(const rst_parameters *from, rst_parameters *to) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++) {
    g_autofree char *text = setup_has(&table[i]) ? parameter_text(from, table[i].name) : NULL;

    if (text)
      rst_parameters_set(to, table[i].name, text, NULL);
  }
}

static void apply_sampling(const rst_preset *preset, rst_parameters *to) {
  g_autofree rst_parameters *applied = g_memdup2(to, sizeof *to);

  rst_preset_apply(preset, applied);
  take_sampling(applied, to);
}

/* The first preset that has these parameters. */
static const preset_file *find_preset(const reader *r, const rst_parameters *parameters) {
  for (guint i = 0; i < r->presets->len; i++) {
    const preset_file *file = g_ptr_array_index(r->presets, i);
    g_autofree rst_parameters *its = g_memdup2(r->now, sizeof *r->now);

    if (!has_sampling(file->preset))
      continue;
    apply_sampling(file->preset, its);
    if (setup_count_changes(its, parameters, r->info) == 0)
      return file;
  }
  return NULL;
}

/* A setup goes by a preset's id, or by its parameters. */
static bool read_setup(const reader *r, yyjson_val *entry, card_setup *setup) {
  const char *text = yyjson_get_str(yyjson_obj_get(entry, "setup"));
  const preset_file *file = text ? presets_find(r->presets, text) : NULL;
  g_autofree rst_parameters *parsed = g_new(rst_parameters, 1);

  setup->preset = file;
  setup->parameters = *r->now;
  if (file) {
    apply_sampling(file->preset, &setup->parameters);
    return has_sampling(file->preset);
  }
  if (!text || !parse_setup(text, parsed))
    return false;
  take_sampling(parsed, &setup->parameters);
  setup->preset = find_preset(r, &setup->parameters);
  return true;
}

char *card_setup_name(const card_setup *setup, const rst_model *model) {
  return setup->preset ? g_strdup(setup->preset->title) : words_of_setup(&setup->parameters, model);
}

/* What an entry's setup is called; as it stands there where it says nothing here; NULL for none. */
static char *setup_name(const reader *r, const rst_model *model, yyjson_val *entry) {
  g_autofree card_setup *setup = g_new(card_setup, 1);
  const bool known = read_setup(r, entry, setup);

  return known || setup->preset ? card_setup_name(setup, model)
                                : g_strdup(yyjson_get_str(yyjson_obj_get(entry, "setup")));
}

/* -------------------------------------------------------------------------------------------
 * As text
 */

static void append_field(GString *markup, const char *label, const char *text) {
  g_autofree char *line = NULL;

  if (!*text)
    return;
  line = g_markup_printf_escaped("%s<b>%s</b>  %s", markup->len == 0 ? "" : "\n", label, text);
  g_string_append(markup, line);
}

static void append_key(GString *markup, const char *label, yyjson_val *card, const char *key) {
  g_autofree char *text = card_words_of_value(yyjson_obj_get(card, key));

  append_field(markup, label, text);
}

static void append_measured(GString *markup, const char *label, const reader *r,
                            const rst_model *model, yyjson_val *card, const char *list) {
  GString *text = g_string_new(NULL);
  yyjson_val *one;
  size_t i, count;

  yyjson_arr_foreach(yyjson_obj_get(card, list), i, count, one) {
    g_autofree char *setup = setup_name(r, model, one);
    g_autofree char *line = card_words_of_figure(one, setup);

    g_string_append_printf(text, "\n• %s", line);
  }
  append_field(markup, label, text->str);
  g_string_free(text, TRUE);
}

static void append_network(GString *markup, const rst_model_info *info) {
  g_autofree char *text =
    info->process == RST_SINGLE_PASS
      ? g_strdup_printf(_("single pass, %" PRId64 " parameters, sees %d × %d pixels"),
                        info->parameters, info->input_size, info->input_size)
      : g_strdup_printf(
          _("diffusion of %d steps (%s schedule), %" PRId64 " parameters, sees %d × %d pixels"),
          info->steps, info->schedule, info->parameters, info->input_size, info->input_size);

  append_field(markup, _("Network"), text);
}

char *card_markup(const rst_model *model, const GPtrArray *presets) {
  rst_model_info info = {.size = sizeof info};
  g_autofree rst_parameters *defaults = g_new(rst_parameters, 1);
  const reader r = {&info, defaults, presets};
  GString *markup = g_string_new(NULL);

  rst_parameters_init(defaults);
  rst_model_get_info(model, &info);

  yyjson_doc *doc = yyjson_read(info.card, strlen(info.card), 0);
  yyjson_val *card = yyjson_doc_get_root(doc);

  append_key(markup, _("Title"), card, "title");
  append_key(markup, _("Summary"), card, "summary");
  append_key(markup, _("Use"), card, "use");
  append_key(markup, _("Limits"), card, "limits");
  append_network(markup, &info);
  append_key(markup, _("Trained on"), card, "data");
  append_key(markup, _("Minutes"), card, "minutes");
  append_measured(markup, _("Recommended"), &r, model, card, "recommended");
  append_measured(markup, _("Discouraged"), &r, model, card, "discouraged");
  append_measured(markup, _("Figures"), &r, model, card, "figures");
  append_key(markup, _("Licence"), card, "licence");
  yyjson_doc_free(doc);
  return g_string_free(markup, FALSE);
}

/* -------------------------------------------------------------------------------------------
 * Warnings
 */

/* The recommended setup that changes least. */
static bool find_nearest(const reader *r, yyjson_val *card, card_setup *nearest) {
  g_autofree card_setup *setup = g_new(card_setup, 1);
  int least = 0;
  yyjson_val *one;
  size_t i, count;

  yyjson_arr_foreach(yyjson_obj_get(card, "recommended"), i, count, one) {
    const int changes =
      read_setup(r, one, setup) ? setup_count_changes(&setup->parameters, r->now, r->info) : 0;

    if (changes > 0 && (least == 0 || changes < least)) {
      *nearest = *setup;
      least = changes;
    }
  }
  return least > 0;
}

gboolean card_warns(const rst_model *model, const rst_parameters *parameters,
                    const GPtrArray *presets, card_warning *warning) {
  rst_model_info info = {.size = sizeof info};
  const reader r = {&info, parameters, presets};
  gboolean found = FALSE;
  yyjson_val *one;
  size_t i, count;

  rst_model_get_info(model, &info);
  if (info.process != RST_DIFFUSION)
    return FALSE;

  yyjson_doc *doc = yyjson_read(info.card, strlen(info.card), 0);
  yyjson_val *card = yyjson_doc_get_root(doc);

  yyjson_arr_foreach(yyjson_obj_get(card, "discouraged"), i, count, one) {
    if (found || !read_setup(&r, one, &warning->setup) ||
        setup_count_changes(&warning->setup.parameters, parameters, &info) != 0)
      continue;
    found = TRUE;
    warning->mse = yyjson_get_num(yyjson_obj_get(one, "mse"));
    warning->bicubic = yyjson_get_num(yyjson_obj_get(one, "bicubic"));
    warning->has_better = find_nearest(&r, card, &warning->better);
  }
  yyjson_doc_free(doc);
  return found;
}
