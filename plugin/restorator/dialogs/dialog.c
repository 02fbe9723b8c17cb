/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogs/dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "dialogs/display.h"
#include "dialogs/layer_dialog.h"
#include "jobs/arguments.h"
#include "jobs/job.h"
#include "jobs/photo_job.h"
#include "layers/history.h"
#include "messages.h"
#include "widgets/editor.h"

enum { WIDTH = 1200, HEIGHT = 660 };

/* -------------------------------------------------------------------------------------------
 * The editor
 */

static void say(GtkWidget *editor, GtkMessageType type, const char *text) {
  restorator_editor_say(RESTORATOR_EDITOR(editor), type, text);
}

static rst_status check(GtkWidget *editor, rst_error *why) {
  return restorator_editor_check(RESTORATOR_EDITOR(editor), why);
}

static gboolean is_finished(GtkWidget *editor) {
  return restorator_editor_is_finished(RESTORATOR_EDITOR(editor));
}

static preview *get_preview(GtkWidget *editor) {
  return restorator_editor_get_preview(RESTORATOR_EDITOR(editor));
}

static GtkWidget *get_controls(GtkWidget *editor) {
  return GTK_WIDGET(restorator_editor_get_panel(RESTORATOR_EDITOR(editor)));
}

static rst_status set_layer(LayerDialog *dialog, Layer *layer, rst_error *error) {
  rst_picture picture;
  rst_rectangle box;

  layer_get_picture(layer, &picture);
  layer_get_box(layer, &box);
  return restorator_editor_set_picture(RESTORATOR_EDITOR(dialog->editor), &picture, &box, error);
}

static const char *preset_shown(const LayerDialog *dialog) {
  RestoratorPanel *panel = restorator_editor_get_panel(RESTORATOR_EDITOR(dialog->editor));

  return gtk_combo_box_get_active_id(
    GTK_COMBO_BOX(restorator_panel_get_control(panel, ARGUMENT_PRESET)));
}

static gboolean write_result(LayerDialog *dialog, GError **error) {
  const PhotoWishes *photo = dialog->owner;
  g_auto(Arguments) arguments = {0};
  g_auto(Job) job = {0};
  Output output;

  if (!arguments_read(dialog->config, &arguments, error) ||
      !arguments_read_output(dialog->config, &output, error))
    return FALSE;
  g_free(arguments.preset_name);
  arguments.preset_name = g_strdup(preset_shown(dialog));
  if (!job_open(&job, &arguments, error))
    return FALSE;
  if (photo)
    return photo_job_write(&job, dialog->layer, get_preview(dialog->editor), output, error);
  return job_write(&job, dialog->layer, get_preview(dialog->editor), output, error);
}

static const LayerEditor editor_kind = {say,          check,     is_finished, get_preview,
                                        get_controls, set_layer, write_result};

/* -------------------------------------------------------------------------------------------
 * Building
 */

static gboolean make_editor(LayerDialog *dialog, GError **error) {
  const PhotoWishes *photo = dialog->owner;
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;

  layer_get_picture(dialog->layer, &picture);
  layer_get_box(dialog->layer, &box);
  dialog->editor = restorator_editor_new(G_OBJECT(dialog->config), &picture, &box, &why);
  if (!dialog->editor)
    return messages_fail(&why, error);
  if (photo)
    preview_set_photo(get_preview(dialog->editor), &photo->settings, photo->edits);
  return TRUE;
}

static const char *describe_photo(const rst_parameters *parameters) {
  if (!(parameters->strength > 0))
    return _(
      "Colour was switched off, which is a strength of 0 here: raise it to get colour. Damage and "
      "tone are restored as they were set");
  return _("Damage and tone are restored as they were set: here you set the rest");
}

static void tell_what_it_is(LayerDialog *dialog, const Arguments *arguments) {
  if (dialog->owner)
    layer_dialog_say(dialog, GTK_MESSAGE_INFO, describe_photo(&arguments->parameters));
  else if (layer_is_grey(dialog->layer))
    layer_dialog_say(
      dialog, GTK_MESSAGE_INFO,
      _("The layer is grey, so that its tone alone is restored: convert the image with Image ▸ "
        "Mode ▸ RGB to get colour"));
  else if (arguments->pictures == RST_PICTURE_COLOURED &&
           arguments->parameters.mode != RST_MODE_DETAIL)
    layer_dialog_say(
      dialog, GTK_MESSAGE_INFO,
      _("The picture has colours of its own, which the restored ones replace: the mode “Detail "
        "only” keeps them"));
}

/* Where nothing is given, what the picture is says how to begin. A grey layer cannot take colours. */
static void begin(GimpProcedureConfig *config, GimpDrawable *drawable) {
  if (arguments_are_defaults(config) && !gimp_drawable_is_gray(drawable))
    g_object_set(config, ARGUMENT_PRESET, "auto", NULL);
}

/* Whether the image's newest record has that value of a parameter. */
static gboolean is_recorded(GimpImage *image, const char *name, const char *value) {
  g_autofree rst_parameters *parameters = g_new0(rst_parameters, 1);
  g_autofree char *history = NULL;
  rst_record record = {.size = sizeof record};
  char recorded[RST_TEXT_MAX];

  rst_parameters_init(parameters);
  return history_read(image, &history, NULL) && history &&
         rst_record_read(history, -1, &record, parameters, NULL, NULL) == RST_OK &&
         rst_parameters_get(parameters, name, recorded, sizeof recorded, NULL) == RST_OK &&
         strcmp(recorded, value) == 0;
}

void dialog_forget_places_of_others(GimpProcedureConfig *config, GimpImage *image) {
  static const char *const names[] = {"hints", "faces"};

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *initial = rst_parameter_find(names[i])->initial;
    g_autofree char *value = NULL;

    g_object_get(config, names[i], &value, NULL);
    if (value && strcmp(value, initial) != 0 && !is_recorded(image, names[i], value))
      g_object_set(config, names[i], initial, NULL);
  }
}

static gboolean run_on_layer(LayerDialog *dialog, GimpProcedure *procedure,
                             const Arguments *arguments, GError **error) {
  if (!make_editor(dialog, error))
    return FALSE;
  layer_dialog_build(dialog, procedure,
                     dialog->owner ? _("Restore Old Photograph") : _("Restore Selection"),
                     "restorator", "dialog", WIDTH, HEIGHT);
  tell_what_it_is(dialog, arguments);
  return layer_dialog_run(dialog);
}

gboolean dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                    GimpDrawable *drawable, const PhotoWishes *photo, GError **error) {
  g_auto(Arguments) arguments = {0};
  LayerDialog dialog = {.config = config,
                        .image = image,
                        .drawable = drawable,
                        .kind = &editor_kind,
                        .owner = (gpointer)photo};
  Output output;
  gboolean written;

  if (!display_open(error) || !arguments_look(config, image, drawable, &arguments.pictures, error))
    return FALSE;
  if (!photo) {
    dialog_forget_places_of_others(config, image);
    begin(config, drawable);
  }
  if (!arguments_read(config, &arguments, error) || !arguments_read_output(config, &output, error))
    return FALSE;
  arguments_unfold(config, &arguments);
  dialog.layer = layer_open(image, drawable, error);
  if (!dialog.layer)
    return FALSE;
  written = run_on_layer(&dialog, procedure, &arguments, error);
  layer_close(dialog.layer);
  return written;
}
