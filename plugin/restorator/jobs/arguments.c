/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/arguments.h"

#include <glib/gi18n.h>

#include "layers/strokes.h"
#include "messages.h"
#include "parameter_use.h"
#include "properties.h"

#define OUTPUT "output"
#define AUTO "auto" /* of model and preset */

static const char *const outputs[] = {
  [OUTPUT_IN_PLACE] = "in-place", [OUTPUT_NEW_LAYER] = "new-layer", NULL};
/* Each is a file's ending too; the last are other names of formats that come before. */
static const char *const formats[] = {"png", "tiff", "jpeg", "xcf", "tif", "jpg", NULL};

/* Choices are plain strings, since GIMP silently turns a misspelt value of its own choice type into
 * the default; the help says what is allowed. */
static void add_choice(GimpProcedure *procedure, const char *name, const char *title,
                       const char *blurb, const char *const *choices, const char *initial) {
  g_autofree char *list = g_strjoinv(", ", (char **)choices);
  /* Translators: a parameter's description, then the values it takes. */
  g_autofree char *with_choices = g_strdup_printf(_("%s (one of: %s)"), blurb, list);

  gimp_procedure_add_string_argument(procedure, name, title, with_choices, initial,
                                     G_PARAM_READWRITE);
}

static void add_argument(GimpProcedure *procedure, const rst_parameter *parameter) {
  const char *name = parameter->name;
  const char *title = _(parameter->title);
  const char *blurb = _(parameter->blurb);
  const char *initial = parameter->initial;

  switch (parameter->type) {
    case RST_TYPE_BOOL:
      gimp_procedure_add_boolean_argument(procedure, name, title, blurb,
                                          strcmp(initial, "true") == 0, G_PARAM_READWRITE);
      break;
    case RST_TYPE_INT:
      gimp_procedure_add_int_argument(procedure, name, title, blurb, (int)parameter->low,
                                      (int)parameter->high, (int)g_ascii_strtoll(initial, NULL, 10),
                                      G_PARAM_READWRITE);
      break;
    case RST_TYPE_REAL:
      gimp_procedure_add_double_argument(procedure, name, title, blurb, parameter->low,
                                         parameter->high, g_ascii_strtod(initial, NULL),
                                         G_PARAM_READWRITE);
      break;
    case RST_TYPE_CHOICE:
      add_choice(procedure, name, title, blurb, parameter->choices, initial);
      break;
    case RST_TYPE_TEXT:
      gimp_procedure_add_string_argument(procedure, name, title, blurb, initial, G_PARAM_READWRITE);
      break;
  }
}

void arguments_add(GimpProcedure *procedure, const char *preset) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  for (size_t i = 0; i < count; i++)
    add_argument(procedure, &table[i]);
  gimp_procedure_add_string_argument(
    procedure, ARGUMENT_PRESET, _("Preset"),
    _("Named set of parameters (id or path); an argument that differs from its default beats it; "
      "empty for none; auto for photo on monochrome and toned pictures and none on others"),
    preset, G_PARAM_READWRITE);
}

void arguments_add_output(GimpProcedure *procedure) {
  add_choice(procedure, OUTPUT, _("Output"),
             _("Where the restored pixels go: into the layer, or into a new layer above it whose "
               "alpha is the selection"),
             outputs, outputs[OUTPUT_IN_PLACE]);
}

void arguments_add_photo_output(GimpProcedure *procedure) {
  add_choice(procedure, OUTPUT, _("Output"),
             _("Where the restored pixels go: into the layer, or into a group of new layers above "
               "it, tone, damage and colour, which can be dimmed and masked"),
             outputs, outputs[OUTPUT_IN_PLACE]);
}

static void add_share(GimpProcedure *procedure, const char *name, const char *title,
                      const char *blurb, double initial) {
  gimp_procedure_add_double_argument(procedure, name, title, blurb, 0, 1, initial,
                                     G_PARAM_READWRITE);
}

void arguments_add_damage(GimpProcedure *procedure) {
  add_share(procedure, ARGUMENT_SENSITIVITY, _("Sensitivity"),
            _("How much counts as damage: more towards 1"), 0.5);
}

void arguments_add_photo(GimpProcedure *procedure) {
  gimp_procedure_add_boolean_argument(
    procedure, ARGUMENT_DAMAGE, _("Damage"),
    _("Whether dust, hair, scratches, creases and spots are found and mended"), TRUE,
    G_PARAM_READWRITE);
  arguments_add_damage(procedure);
  gimp_procedure_add_boolean_argument(procedure, ARGUMENT_TONE, _("Tone"),
                                      _("Whether fading and casts are corrected"), TRUE,
                                      G_PARAM_READWRITE);
  add_share(procedure, ARGUMENT_TONE_STRENGTH, _("Strength of the tone"),
            _("How much of that correction is applied"), 1);
  gimp_procedure_add_boolean_argument(
    procedure, ARGUMENT_COLOUR, _("Colour"),
    _("Whether a monochrome or toned photograph gets colour; one that has colours keeps them"),
    TRUE, G_PARAM_READWRITE);
}

void arguments_add_marks(GimpProcedure *procedure) {
  gimp_procedure_add_drawable_argument(
    procedure, ARGUMENT_DAMAGED, _("Damaged"),
    _("A channel or a layer that is white where there is damage, whatever is found; none for no "
      "more than that"),
    TRUE, G_PARAM_READWRITE);
  gimp_procedure_add_drawable_argument(
    procedure, ARGUMENT_SOUND, _("Sound"),
    _("A channel or a layer that is white where there is no damage, whatever is found; none for "
      "nowhere"),
    TRUE, G_PARAM_READWRITE);
}

void arguments_add_hints_layer(GimpProcedure *procedure) {
  gimp_procedure_add_layer_argument(
    procedure, ARGUMENT_HINTS_LAYER, _("Layer of hints"),
    _("A layer on which colour hints are painted: its opaque pixels are strokes, grey is a colour "
      "too; it is not changed and need not be visible; none for no more than the others"),
    TRUE, G_PARAM_READWRITE);
}

void arguments_add_index(GimpProcedure *procedure) {
  gimp_procedure_add_int_argument(
    procedure, ARGUMENT_INDEX, _("Index"),
    _("Which restoration of the image: 0 is the first, 1 the second …; −1 the last, −2 the one "
      "before it …"),
    G_MININT, G_MAXINT, -1, G_PARAM_READWRITE);
}

const char *const *arguments_formats(void) {
  return formats;
}

void arguments_add_files(GimpProcedure *procedure) {
  gimp_procedure_add_enum_argument(procedure, ARGUMENT_RUN_MODE, _("Run mode"),
                                   _("Interactive: with a dialog"), GIMP_TYPE_RUN_MODE,
                                   GIMP_RUN_NONINTERACTIVE, G_PARAM_READWRITE);
  gimp_procedure_add_string_argument(procedure, ARGUMENT_INPUT, _("Input"),
                                     _("The files to restore, as a pattern: /home/me/scans/*.jpg"),
                                     "", G_PARAM_READWRITE);
  gimp_procedure_add_string_argument(
    procedure, ARGUMENT_FOLDER, _("Output folder"),
    _("Where the restored files go, under their names; made where it is missing"), "",
    G_PARAM_READWRITE);
  add_choice(procedure, ARGUMENT_FORMAT, _("Format"), _("The restored files' format"), formats,
             formats[0]);
  gimp_procedure_add_string_argument(
    procedure, ARGUMENT_MASK, _("Mask"),
    _("A picture of the same size as each of the files, white where they are restored; empty for "
      "none"),
    "", G_PARAM_READWRITE);
  gimp_procedure_add_string_argument(
    procedure, ARGUMENT_REGION, _("Region"),
    _("The rectangle to restore in each of the files, X,Y,WxH in pixels; empty for all"), "",
    G_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument(
    procedure, ARGUMENT_OVERWRITE, _("Overwrite"),
    _("Whether files that are there already are made anew; else they are skipped"), FALSE,
    G_PARAM_READWRITE);
}

/* The preset that is asked for; of the default, where it is `auto`, that is nothing where a model is
 * named. */
static char *get_preset(GimpProcedureConfig *config) {
  g_autofree char *preset = NULL, *model = NULL;
  GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(config), ARGUMENT_PRESET);

  g_object_get(config, ARGUMENT_PRESET, &preset, "model", &model, NULL);
  if (g_strcmp0(preset, AUTO) == 0 && model &&
      strcmp(model, rst_parameter_find("model")->initial) != 0 &&
      strcmp(g_value_get_string(g_param_spec_get_default_value(spec)), AUTO) == 0)
    return NULL;
  return g_steal_pointer(&preset);
}

gboolean arguments_are_automatic(GimpProcedureConfig *config) {
  g_autofree char *model = NULL, *preset = get_preset(config);

  g_object_get(config, "model", &model, NULL);
  return g_strcmp0(model, AUTO) == 0 || g_strcmp0(preset, AUTO) == 0;
}

gboolean arguments_are_by_content(GimpProcedureConfig *config) {
  g_autofree char *preset = get_preset(config);

  return g_strcmp0(preset, AUTO) == 0;
}

gboolean arguments_are_defaults(GimpProcedureConfig *config) {
  g_autofree char *preset = get_preset(config);
  g_autofree rst_parameters *initial = g_new(rst_parameters, 1), *now = g_new(rst_parameters, 1);
  gboolean same = !preset || !*preset;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_parameters_init(initial);
  rst_parameters_init(now);
  same = same && values_overlay(G_OBJECT(config), now, NULL) == RST_OK;
  for (size_t i = 0; i < count && same; i++)
    same = parameter_is_same(initial, now, table[i].name);
  return same;
}

gboolean arguments_look(GimpProcedureConfig *config, GimpImage *image, GimpDrawable *drawable,
                        rst_picture_kind *kind, GError **error) {
  rst_error why = RST_ERROR_INIT;
  rst_parameters parameters;

  rst_parameters_init(&parameters);
  if (values_overlay(G_OBJECT(config), &parameters, &why) != RST_OK)
    return messages_fail(&why, error);
  return layer_look(image, drawable, &parameters, kind, error);
}

static gboolean read_preset(GimpProcedureConfig *config, Arguments *arguments, GError **error) {
  g_autofree char *given = get_preset(config);
  rst_error why = RST_ERROR_INIT;
  char path[4096];

  arguments->preset_name = g_strdup(given ? rst_settle_preset(given, arguments->pictures) : NULL);
  if (!arguments->preset_name || !*arguments->preset_name)
    return TRUE;
  if (rst_find(RST_KIND_PRESET, arguments->preset_name, path, sizeof path, &why) != RST_OK ||
      rst_preset_read(path, &arguments->preset, &why) != RST_OK)
    return messages_fail(&why, error);
  rst_preset_apply(arguments->preset, &arguments->parameters);
  return TRUE;
}

/* A procedure cannot see which arguments were given, only which differ from the default. */
gboolean arguments_read(GimpProcedureConfig *config, Arguments *arguments, GError **error) {
  rst_error why = RST_ERROR_INIT;

  rst_parameters_init(&arguments->parameters);
  if (!read_preset(config, arguments, error))
    return FALSE;
  if (values_overlay(G_OBJECT(config), &arguments->parameters, &why) != RST_OK)
    return messages_fail(&why, error);
  rst_settle_model(&arguments->parameters, arguments->pictures);
  return TRUE;
}

void arguments_unfold(GimpProcedureConfig *config, const Arguments *arguments) {
  g_object_set(config, ARGUMENT_PRESET, "", NULL);
  values_write(G_OBJECT(config), &arguments->parameters);
}

void arguments_clear(Arguments *arguments) {
  g_clear_pointer(&arguments->preset, rst_preset_free);
  g_clear_pointer(&arguments->preset_name, g_free);
}

/* Gives the index of the value of an argument that is a choice; that of NULL is 0. */
static gboolean read_choice(GimpProcedureConfig *config, const char *argument,
                            const char *const *choices, int *index, GError **error) {
  g_autofree char *name = NULL;
  g_autofree char *list = g_strjoinv(", ", (char **)choices);
  rst_error why = RST_ERROR_INIT;

  g_object_get(config, argument, &name, NULL);
  for (int i = 0; choices[i]; i++)
    if (!name || strcmp(name, choices[i]) == 0) {
      *index = i;
      return TRUE;
    }
  why.code = RST_NOT_A_CHOICE;
  g_strlcpy(why.subject, argument, sizeof why.subject);
  g_strlcpy(why.value, name, sizeof why.value);
  g_strlcpy(why.choices, list, sizeof why.choices);
  return messages_fail(&why, error);
}

gboolean arguments_read_hints_layer(GimpProcedureConfig *config, GimpDrawable *drawable,
                                    Arguments *arguments, GError **error) {
  g_autoptr(GimpLayer) layer = NULL;

  g_object_get(config, ARGUMENT_HINTS_LAYER, &layer, NULL);
  return !layer || strokes_add(layer, drawable, &arguments->parameters, error);
}

gboolean arguments_read_output(GimpProcedureConfig *config, Output *output, GError **error) {
  int index;

  if (!read_choice(config, OUTPUT, outputs, &index, error))
    return FALSE;
  *output = (Output)index;
  return TRUE;
}

gboolean arguments_read_format(GimpProcedureConfig *config, const char **format, GError **error) {
  int index;

  if (!read_choice(config, ARGUMENT_FORMAT, formats, &index, error))
    return FALSE;
  *format = formats[index];
  return TRUE;
}
