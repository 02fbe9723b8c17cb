/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "properties.h"

#include <string.h>

#include "parameter_use.h"

/* -------------------------------------------------------------------------------------------
 * To and from text, as the engine reads and writes it
 */

static char *to_text(const GValue *value) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  switch (G_VALUE_TYPE(value)) {
    case G_TYPE_BOOLEAN:
      return g_strdup(g_value_get_boolean(value) ? "true" : "false");
    case G_TYPE_INT:
      return g_strdup_printf("%d", g_value_get_int(value));
    case G_TYPE_DOUBLE:
      return g_strdup(g_ascii_dtostr(number, sizeof number, g_value_get_double(value)));
    default:
      return g_value_dup_string(value);
  }
}

static void from_text(GValue *value, const char *text) {
  switch (G_VALUE_TYPE(value)) {
    case G_TYPE_BOOLEAN:
      g_value_set_boolean(value, strcmp(text, "true") == 0);
      break;
    case G_TYPE_INT:
      g_value_set_int(value, (int)g_ascii_strtoll(text, NULL, 10));
      break;
    case G_TYPE_DOUBLE:
      g_value_set_double(value, g_ascii_strtod(text, NULL));
      break;
    default:
      g_value_set_string(value, text);
  }
}

rst_status values_overlay(GObject *object, rst_parameters *parameters, rst_error *error) {
  rst_status status = RST_OK;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count && status == RST_OK; i++) {
    GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), table[i].name);
    g_auto(GValue) value = G_VALUE_INIT;

    g_object_get_property(object, table[i].name, &value);
    g_autofree char *text = to_text(&value);

    /* A string that was never set stands for the default. */
    if (text && !g_param_value_defaults(spec, &value))
      status = rst_parameters_set(parameters, table[i].name, text, error);
  }
  return status;
}

rst_status values_read(GObject *object, rst_parameters *parameters, rst_error *error) {
  g_autofree rst_parameters *read = g_new(rst_parameters, 1);
  rst_status status;

  rst_parameters_init(read);
  status = values_overlay(object, read, error);
  if (status == RST_OK)
    *parameters = *read;
  return status;
}

void values_write(GObject *object, const rst_parameters *parameters) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  g_object_freeze_notify(object);
  for (size_t i = 0; i < count; i++) {
    g_auto(GValue) value = G_VALUE_INIT;

    g_object_get_property(object, table[i].name, &value);
    g_autofree char *old = to_text(&value), *text = parameter_text(parameters, table[i].name);

    if (!text)
      continue;
    g_value_reset(&value);
    from_text(&value, text);
    g_autofree char *new = to_text(&value);

    if (g_strcmp0(old, new) != 0)
      g_object_set_property(object, table[i].name, &value);
  }
  g_object_thaw_notify(object);
}

/* -------------------------------------------------------------------------------------------
 * Settings
 */

struct _RestoratorSettings {
  GObject parent;
  GValue *values; /* in the table's order */
};

G_DEFINE_FINAL_TYPE(RestoratorSettings, restorator_settings, G_TYPE_OBJECT)

static GParamSpec *make_spec(const rst_parameter *p) {
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  switch (p->type) {
    case RST_TYPE_BOOL:
      return g_param_spec_boolean(p->name, p->title, p->blurb, strcmp(p->initial, "true") == 0,
                                  flags);
    case RST_TYPE_INT:
      return g_param_spec_int(p->name, p->title, p->blurb, (int)p->low, (int)p->high,
                              (int)g_ascii_strtoll(p->initial, NULL, 10), flags);
    case RST_TYPE_REAL:
      return g_param_spec_double(p->name, p->title, p->blurb, p->low, p->high,
                                 g_ascii_strtod(p->initial, NULL), flags);
    default:
      return g_param_spec_string(p->name, p->title, p->blurb, p->initial, flags);
  }
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec) {
  (void)spec;
  g_value_copy(&RESTORATOR_SETTINGS(object)->values[id - 1], value);
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec) {
  GValue *to = &RESTORATOR_SETTINGS(object)->values[id - 1];

  if (g_param_values_cmp(spec, value, to) == 0)
    return;
  g_value_copy(value, to);
  g_object_notify_by_pspec(object, spec);
}

static void finalize(GObject *object) {
  RestoratorSettings *settings = RESTORATOR_SETTINGS(object);
  size_t count;

  rst_parameter_table(&count);
  for (size_t i = 0; i < count; i++)
    g_value_unset(&settings->values[i]);
  g_free(settings->values);
  G_OBJECT_CLASS(restorator_settings_parent_class)->finalize(object);
}

static void restorator_settings_class_init(RestoratorSettingsClass *class) {
  GObjectClass *object = G_OBJECT_CLASS(class);
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  object->get_property = get_property;
  object->set_property = set_property;
  object->finalize = finalize;
  for (size_t i = 0; i < count; i++)
    g_object_class_install_property(object, (guint)i + 1, make_spec(&table[i]));
}

static void restorator_settings_init(RestoratorSettings *settings) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  settings->values = g_new0(GValue, count);
  for (size_t i = 0; i < count; i++)
    g_value_copy(
      g_param_spec_get_default_value(
        g_object_class_find_property(G_OBJECT_GET_CLASS(settings), table[i].name)),
      g_value_init(&settings->values[i], G_PARAM_SPEC_VALUE_TYPE(g_object_class_find_property(
                                           G_OBJECT_GET_CLASS(settings), table[i].name))));
}

GObject *restorator_settings_new(void) {
  return g_object_new(RESTORATOR_TYPE_SETTINGS, NULL);
}
