/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card_text.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "messages.h"

static void append_value(GString *text, yyjson_val *value) {
  yyjson_val *key, *one;
  size_t i, count;

  if (yyjson_is_str(value)) {
    g_string_append(text, messages_words(yyjson_get_str(value)));
  } else if (yyjson_is_arr(value)) {
    yyjson_arr_foreach(value, i, count, one) {
      g_string_append(text, i == 0 ? "" : "; ");
      append_value(text, one);
    }
  } else if (yyjson_is_obj(value)) {
    yyjson_obj_foreach(value, i, count, key, one) {
      g_string_append_printf(text, "%s%s ", i == 0 ? "" : ", ", yyjson_get_str(key));
      append_value(text, one);
    }
  } else if (value && !yyjson_is_null(value)) {
    char *json = yyjson_val_write(value, 0, NULL);

    g_string_append(text, json ? json : "");
    free(json);
  }
}

char *card_words_of_value(yyjson_val *value) {
  GString *text = g_string_new(NULL);

  append_value(text, value);
  return g_string_free(text, FALSE);
}

static G_GNUC_PRINTF(2, 3) void append_part(GString *line, const char *format, ...) {
  va_list values;

  va_start(values, format);
  /* Translators: between the parts of what was measured. */
  g_string_append(line, line->len == 0 ? "" : _(", "));
  g_string_append_vprintf(line, format, values);
  va_end(values);
}

/* Whether the figure has all of these keys with numbers. */
static G_GNUC_NULL_TERMINATED gboolean has(yyjson_val *figure, ...) {
  gboolean all = TRUE;
  const char *key;
  va_list keys;

  va_start(keys, figure);
  while (all && (key = va_arg(keys, const char *)))
    all = yyjson_is_num(yyjson_obj_get(figure, key));
  va_end(keys);
  return all;
}

static double number(yyjson_val *figure, const char *key) {
  return yyjson_get_num(yyjson_obj_get(figure, key));
}

static int count(yyjson_val *figure, const char *key) {
  return (int)CLAMP(number(figure, key), 0, G_MAXINT);
}

static gboolean is_protocol(yyjson_val *figure, const char *name) {
  return yyjson_equals_str(yyjson_obj_get(figure, "protocol"), name);
}

static void append_protocol(GString *line, yyjson_val *figure) {
  const int input = count(figure, "input"), output = count(figure, "output");

  if (is_protocol(figure, "reference"))
    append_part(line, _("%d × %d grey to %d × %d RGB"), input, input, output, output);
  else if (is_protocol(figure, "aged"))
    append_part(line, _("made old, %d × %d grey to %d × %d RGB"), input, input, output, output);
  else if (is_protocol(figure, "user"))
    append_part(line, _("grey of %d × %d pixels in mode colour"), output, output);
  else if (is_protocol(figure, "historic"))
    append_part(line, _("windows of %.1f face widths in mode colour"), number(figure, "window"));
  else if (yyjson_is_str(yyjson_obj_get(figure, "protocol")))
    append_part(line, "%s", yyjson_get_str(yyjson_obj_get(figure, "protocol")));
}

/* On what it was measured, and how. */
static char *conditions(yyjson_val *figure, const char *setup) {
  const char *set = yyjson_get_str(yyjson_obj_get(figure, "set"));
  const char *model = yyjson_get_str(yyjson_obj_get(figure, "model"));
  GString *line = g_string_new(set);

  if (set && has(figure, "pictures", NULL))
    g_string_append_printf(line, " (%d)", count(figure, "pictures"));
  append_protocol(line, figure);
  if (has(figure, "hidden", "grid", NULL))
    append_part(line, _("%.0f %% of the cells of a %d × %d grid hidden"),
                100 * number(figure, "hidden"), count(figure, "grid"), count(figure, "grid"));
  if (has(figure, "pixels", NULL))
    append_part(line, _("%d random pixels of each"), count(figure, "pixels"));
  if (model)
    /* Translators: %s is another model, beside which this one is measured. */
    append_part(line, _("by %s, which was trained without that"), model);
  if (setup)
    append_part(line, "%s", setup);
  return g_string_free(line, FALSE);
}

/* The measured numbers behind `what`, and the keys that are told then; `what` alone where there are
 * none that are known. To be freed. */
static char *with_numbers(const char *what, yyjson_val *figure, const char *const **told) {
  static const char *const nothing[] = {NULL};
  static const char *const errors[] = {"mse", "bicubic", "ratio", NULL};
  static const char *const colours[] = {"ciede2000", "grey", "ratio", "chroma", NULL};
  static const char *const faces[] = {"skin_like", "faces", NULL};
  static const char *const heads[] = {"white", "heads", NULL};

  *told = nothing;
  if (has(figure, "mse", "bicubic", NULL)) {
    *told = errors;
    return g_strdup_printf(is_protocol(figure, "aged")
                             /* Translators: what was measured, and its mean squared errors. */
                             ? _("%s: error %.4f, the old print enlarged %.4f")
                             /* Translators: what was measured, and its mean squared errors. */
                             : _("%s: error %.4f, bicubic enlargement %.4f"),
                           what, number(figure, "mse"), number(figure, "bicubic"));
  }
  if (has(figure, "ciede2000", "grey", "chroma", NULL)) {
    *told = colours;
    /* Translators: what was measured, mean distances from the true colours, and how strong the
     * colours are beside the true ones. */
    return g_strdup_printf(_("%s: colours off by %.2f (CIEDE2000), grey by %.2f, chroma %.0f %%"),
                           what, number(figure, "ciede2000"), number(figure, "grey"),
                           100 * number(figure, "chroma"));
  }
  if (has(figure, "skin_like", "faces", NULL)) {
    *told = faces;
    return g_strdup_printf(
      is_protocol(figure, "old")
        ? _("%s: %d of %d faces like skin (median hue 25° to 80°, chroma 7 to 40)")
        : _("%s: %d of %d faces like skin (median hue 25° to 75°, chroma at least 8)"),
      what, count(figure, "skin_like"), count(figure, "faces"));
  }
  if (has(figure, "white", "heads", NULL)) {
    *told = heads;
    return g_strdup_printf(
      _("%s: %d of %d heads white (under half of the chroma of the face beside the hair)"), what,
      count(figure, "white"), count(figure, "heads"));
  }
  return g_strdup(what);
}

char *card_words_of_figure(yyjson_val *figure, const char *setup) {
  static const char *const conditional[] = {"set",    "pictures", "protocol", "input",
                                            "output", "window",   "hidden",   "grid",
                                            "pixels", "model",    "setup",    NULL};
  const char *const *told;
  g_autofree char *what = conditions(figure, setup);
  g_autofree char *measured = with_numbers(what, figure, &told);
  GString *line = g_string_new(measured);
  yyjson_val *key, *value;
  size_t i, keys;

  yyjson_obj_foreach(figure, i, keys, key, value) {
    const char *name = yyjson_get_str(key);

    if (g_strv_contains(conditional, name) || g_strv_contains(told, name))
      continue;
    append_part(line, "%s ", name);
    append_value(line, value);
  }
  return g_string_free(line, FALSE);
}
