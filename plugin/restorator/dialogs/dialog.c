/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogs/dialog.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>
#include <string.h>

#include "dialogs/display.h"
#include "jobs/arguments.h"
#include "jobs/job.h"
#include "layers/history.h"
#include "messages.h"
#include "setup_text.h"
#include "widgets/editor.h"
#include "widgets/window_size.h"

enum { WIDTH = 1200, HEIGHT = 660, LOOK_SECONDS = 1 };

typedef struct Dialog {
  GimpProcedureConfig *config;
  GimpImage *image;
  GimpDrawable *drawable;
  Layer *layer;        /* as the preview shows it */
  rst_picture_kind pictures; /* what it shows */
  GtkWidget *window;
  RestoratorEditor *editor;
  gboolean finishing;  /* OK was pressed: it is written as soon as it is finished */
  gboolean gone;       /* the layer */
} Dialog;

static void say(Dialog *dialog, GtkMessageType type, const char *text) {
  restorator_editor_say(dialog->editor, type, text);
}

/* -------------------------------------------------------------------------------------------
 * What can be done now
 */

static void update_buttons(Dialog *dialog) {
  rst_error why = RST_ERROR_INIT;
  const gboolean possible = restorator_editor_check(dialog->editor, &why) == RST_OK;

  dialog->finishing = dialog->finishing && possible && !dialog->gone;
  gtk_dialog_set_response_sensitive(GTK_DIALOG(dialog->window), GTK_RESPONSE_OK,
                                    possible && !dialog->gone && !dialog->finishing);
  gtk_widget_set_sensitive(GTK_WIDGET(restorator_editor_get_panel(dialog->editor)),
                           !dialog->finishing);
}

static void tell_rest(Dialog *dialog) {
  const double rest = restorator_editor_get_rest(dialog->editor);
  g_autofree char *duration = words_of_duration(rest), *text = NULL;

  if (rest > 0)
    text = g_strdup_printf(_("The rest is restored, then all is written: about %s to go. Cancel "
                             "leaves the image as it is."),
                           duration);
  else
    text =
      g_strdup(_("The rest is restored, then all is written. Cancel leaves the image as it "
                 "is."));
  say(dialog, GTK_MESSAGE_INFO, text);
}

static void take_news(Dialog *dialog) {
  update_buttons(dialog);
  if (!dialog->finishing)
    return;
  if (restorator_editor_is_finished(dialog->editor))
    gtk_dialog_response(GTK_DIALOG(dialog->window), GTK_RESPONSE_OK);
  else
    tell_rest(dialog);
}

/* A layer that was deleted may come back by undo. */
static gboolean look_for_layer(gpointer data) {
  Dialog *dialog = data;
  const gboolean gone = !gimp_item_is_valid(GIMP_ITEM(dialog->drawable));

  if (gone == dialog->gone)
    return G_SOURCE_CONTINUE;
  dialog->gone = gone;
  say(dialog, GTK_MESSAGE_WARNING,
      gone ? _("The layer is no longer there: nothing can be written.") : NULL);
  update_buttons(dialog);
  return G_SOURCE_CONTINUE;
}

/* -------------------------------------------------------------------------------------------
 * OK
 */

/* Shows the layer as it is now. */
static gboolean renew(Dialog *dialog, GError **error) {
  Layer *now = layer_open(dialog->image, dialog->drawable, error);
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;

  if (!now)
    return FALSE;
  layer_get_picture(now, &picture);
  layer_get_box(now, &box);
  if (restorator_editor_set_picture(dialog->editor, &picture, &box, &why) != RST_OK) {
    layer_close(now);
    return messages_fail(&why, error);
  }
  layer_close(dialog->layer);
  dialog->layer = now;
  return TRUE;
}

static void show_change(Dialog *dialog) {
  g_autoptr(GError) error = NULL;

  look_for_layer(dialog);
  if (dialog->gone)
    return;
  if (renew(dialog, &error))
    say(dialog, GTK_MESSAGE_WARNING,
        _("The layer or the selection has changed in the meantime, and nothing was written. The "
          "preview is made anew: OK writes what it shows now."));
  else
    say(dialog, GTK_MESSAGE_ERROR, error->message);
}

static const char *preset_shown(const Dialog *dialog) {
  RestoratorPanel *panel = restorator_editor_get_panel(dialog->editor);

  return gtk_combo_box_get_active_id(
    GTK_COMBO_BOX(restorator_panel_get_control(panel, ARGUMENT_PRESET)));
}

static gboolean write_result(Dialog *dialog, GError **error) {
  g_auto(Arguments) arguments = {0};
  g_auto(Job) job = {0};
  Output output;

  if (!arguments_read(dialog->config, &arguments, error) ||
      !arguments_read_output(dialog->config, &output, error))
    return FALSE;
  g_free(arguments.preset_name);
  arguments.preset_name = g_strdup(preset_shown(dialog));
  return job_open(&job, &arguments, error) &&
         job_write(&job, dialog->layer, restorator_editor_get_preview(dialog->editor), output,
                   error);
}

/* Whether all is written. */
static gboolean accept(Dialog *dialog) {
  g_autoptr(GError) error = NULL;
  gboolean written;

  look_for_layer(dialog);
  dialog->finishing = !dialog->gone && !restorator_editor_is_finished(dialog->editor);
  update_buttons(dialog);
  if (dialog->finishing)
    tell_rest(dialog);
  if (dialog->finishing || dialog->gone)
    return FALSE;
  written = write_result(dialog, &error);
  if (!written && !layer_is_unchanged(dialog->layer))
    show_change(dialog);
  else if (!written)
    say(dialog, GTK_MESSAGE_ERROR, error->message);
  update_buttons(dialog);
  return written;
}

/* Whether the dialog is to be closed. */
static gboolean reject(Dialog *dialog) {
  if (!dialog->finishing)
    return TRUE;
  dialog->finishing = FALSE;
  update_buttons(dialog);
  say(dialog, GTK_MESSAGE_INFO, _("Nothing was written."));
  return FALSE;
}

static gboolean run(Dialog *dialog) {
  for (;;)
    if (gimp_procedure_dialog_run(GIMP_PROCEDURE_DIALOG(dialog->window))) {
      if (accept(dialog))
        return TRUE;
    } else if (reject(dialog)) {
      return FALSE;
    }
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static gboolean make_editor(Dialog *dialog, GError **error) {
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;
  GtkWidget *editor;

  layer_get_picture(dialog->layer, &picture);
  layer_get_box(dialog->layer, &box);
  editor = restorator_editor_new(G_OBJECT(dialog->config), &picture, &box, &why);
  if (!editor)
    return messages_fail(&why, error);
  dialog->editor = RESTORATOR_EDITOR(editor);
  return TRUE;
}

static void build(Dialog *dialog, GimpProcedure *procedure, rst_mode mode) {
  GtkWidget *area;

  dialog->window = gimp_procedure_dialog_new(procedure, dialog->config, _("Restore Selection"));
  gtk_window_set_role(GTK_WINDOW(dialog->window), "restorator");
  gimp_window_set_transient(GTK_WINDOW(dialog->window));
  window_size_remember(GTK_WINDOW(dialog->window), "dialog", WIDTH, HEIGHT);
  area = gtk_dialog_get_content_area(GTK_DIALOG(dialog->window));
  gtk_box_pack_start(GTK_BOX(area), GTK_WIDGET(dialog->editor), TRUE, TRUE, 0);
  g_signal_connect_swapped(dialog->editor, "progressed", G_CALLBACK(take_news), dialog);
  if (layer_is_grey(dialog->layer))
    say(dialog, GTK_MESSAGE_INFO,
        _("The layer is grey, so that its tone alone is restored: convert the image with Image ▸ "
          "Mode ▸ RGB to get colour"));
  else if (dialog->pictures == RST_PICTURE_COLOURED && mode != RST_MODE_DETAIL)
    say(dialog, GTK_MESSAGE_INFO,
        _("The picture has colours of its own, which the restored ones replace: the mode “Detail "
          "only” keeps them"));
}

static gboolean run_on_layer(Dialog *dialog, GimpProcedure *procedure, rst_mode mode,
                             GError **error) {
  gboolean written;
  guint looking;

  if (!make_editor(dialog, error))
    return FALSE;
  build(dialog, procedure, mode);
  looking = g_timeout_add_seconds(LOOK_SECONDS, look_for_layer, dialog);
  written = run(dialog);
  g_source_remove(looking);
  gtk_widget_destroy(dialog->window);
  return written;
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

/* GIMP remembers the last hints and faces, whatever picture they were for. */
static void forget_places_of_others(GimpProcedureConfig *config, GimpImage *image) {
  static const char *const names[] = {"hints", "faces"};

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *initial = rst_parameter_find(names[i])->initial;
    g_autofree char *value = NULL;

    g_object_get(config, names[i], &value, NULL);
    if (value && strcmp(value, initial) != 0 && !is_recorded(image, names[i], value))
      g_object_set(config, names[i], initial, NULL);
  }
}

gboolean dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                    GimpDrawable *drawable, GError **error) {
  g_auto(Arguments) arguments = {0};
  Dialog dialog = {.config = config, .image = image, .drawable = drawable};
  Output output;
  gboolean written;

  if (!display_open(error) || !arguments_look(config, image, drawable, &dialog.pictures, error))
    return FALSE;
  arguments.pictures = dialog.pictures;
  forget_places_of_others(config, image);
  begin(config, drawable);
  if (!arguments_read(config, &arguments, error) || !arguments_read_output(config, &output, error))
    return FALSE;
  arguments_unfold(config, &arguments);
  dialog.layer = layer_open(image, drawable, error);
  if (!dialog.layer)
    return FALSE;
  written = run_on_layer(&dialog, procedure, arguments.parameters.mode, error);
  layer_close(dialog.layer);
  return written;
}
