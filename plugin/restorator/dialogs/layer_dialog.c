/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogs/layer_dialog.h"

#include <glib/gi18n.h>

#include "messages.h"
#include "setup_text.h"
#include "widgets/window_size.h"

enum { LOOK_SECONDS = 1 };

void layer_dialog_say(LayerDialog *dialog, GtkMessageType type, const char *text) {
  dialog->kind->say(dialog->editor, type, text);
}

/* -------------------------------------------------------------------------------------------
 * What can be done now
 */

static void update_buttons(LayerDialog *dialog) {
  rst_error why = RST_ERROR_INIT;
  const gboolean possible = dialog->kind->check(dialog->editor, &why) == RST_OK;

  dialog->finishing = dialog->finishing && possible && !dialog->gone;
  gtk_dialog_set_response_sensitive(GTK_DIALOG(dialog->window), GTK_RESPONSE_OK,
                                    possible && !dialog->gone && !dialog->finishing);
  gtk_widget_set_sensitive(dialog->kind->get_controls(dialog->editor), !dialog->finishing);
}

static void tell_rest(LayerDialog *dialog) {
  preview_status status;
  g_autofree char *duration = NULL, *text = NULL;

  preview_get_status(dialog->kind->get_preview(dialog->editor), &status);
  duration = words_of_duration(status.rest);
  if (status.rest > 0)
    text = g_strdup_printf(_("The rest is restored, then all is written: about %s to go. Cancel "
                             "leaves the image as it is."),
                           duration);
  else
    text =
      g_strdup(_("The rest is restored, then all is written. Cancel leaves the image as it "
                 "is."));
  layer_dialog_say(dialog, GTK_MESSAGE_INFO, text);
}

static void take_news(LayerDialog *dialog) {
  update_buttons(dialog);
  if (!dialog->finishing)
    return;
  if (dialog->kind->is_finished(dialog->editor))
    gtk_dialog_response(GTK_DIALOG(dialog->window), GTK_RESPONSE_OK);
  else
    tell_rest(dialog);
}

static void tell_gone(LayerDialog *dialog) {
  layer_dialog_say(
    dialog, GTK_MESSAGE_WARNING,
    dialog->gone ? _("The layer is no longer there: nothing can be written.") : NULL);
}

/* A layer that was deleted may come back by undo. */
static void look_for_layer(LayerDialog *dialog) {
  const gboolean gone = !gimp_item_is_valid(GIMP_ITEM(dialog->drawable));

  if (gone == dialog->gone)
    return;
  dialog->gone = gone;
  tell_gone(dialog);
  update_buttons(dialog);
}

/* -------------------------------------------------------------------------------------------
 * OK
 */

/* Shows the layer as it is now. */
static gboolean renew(LayerDialog *dialog, GError **error) {
  Layer *now = layer_open(dialog->image, dialog->drawable, error);
  rst_error why = RST_ERROR_INIT;

  if (!now)
    return FALSE;
  if (dialog->kind->set_layer(dialog, now, &why) != RST_OK) {
    layer_close(now);
    return messages_fail(&why, error);
  }
  layer_close(dialog->layer);
  dialog->layer = now;
  return TRUE;
}

void layer_dialog_show_change(LayerDialog *dialog) {
  g_autoptr(GError) error = NULL;

  dialog->finishing = FALSE;
  look_for_layer(dialog);
  if (dialog->gone) {
    tell_gone(dialog);
    return;
  }
  if (renew(dialog, &error))
    layer_dialog_say(dialog, GTK_MESSAGE_WARNING,
                     _("The layer or the selection has changed in the meantime, and nothing was "
                       "written. The preview is made anew: OK writes what it shows now."));
  else
    layer_dialog_say(dialog, GTK_MESSAGE_ERROR, error->message);
}

/* What takes minutes to finish would be refused then. */
static gboolean look(gpointer data) {
  LayerDialog *dialog = data;

  look_for_layer(dialog);
  if (dialog->finishing && !layer_is_in_place(dialog->layer)) {
    layer_dialog_show_change(dialog);
    update_buttons(dialog);
  }
  return G_SOURCE_CONTINUE;
}

/* Whether all is written. */
static gboolean accept(LayerDialog *dialog) {
  g_autoptr(GError) error = NULL;
  gboolean written;

  look_for_layer(dialog);
  dialog->finishing = !dialog->gone && !dialog->kind->is_finished(dialog->editor);
  update_buttons(dialog);
  if (dialog->finishing)
    tell_rest(dialog);
  if (dialog->finishing || dialog->gone)
    return FALSE;
  written = dialog->kind->write(dialog, &error);
  if (!written && !layer_is_unchanged(dialog->layer))
    layer_dialog_show_change(dialog);
  else if (!written)
    layer_dialog_say(dialog, GTK_MESSAGE_ERROR, error->message);
  update_buttons(dialog);
  return written;
}

/* Whether the dialog is to be closed. */
static gboolean reject(LayerDialog *dialog) {
  if (!dialog->finishing)
    return TRUE;
  dialog->finishing = FALSE;
  update_buttons(dialog);
  layer_dialog_say(dialog, GTK_MESSAGE_INFO, _("Nothing was written."));
  return FALSE;
}

static gboolean run(LayerDialog *dialog) {
  for (;;) {
    const gboolean confirmed = gimp_procedure_dialog_run(GIMP_PROCEDURE_DIALOG(dialog->window));

    if (dialog->left)
      return FALSE;
    if (confirmed ? accept(dialog) : reject(dialog))
      return confirmed;
  }
}

gboolean layer_dialog_run(LayerDialog *dialog) {
  const guint looking = g_timeout_add_seconds(LOOK_SECONDS, look, dialog);
  const gboolean written = run(dialog);

  g_source_remove(looking);
  gtk_widget_destroy(dialog->window);
  return written;
}

void layer_dialog_leave(LayerDialog *dialog) {
  look_for_layer(dialog);
  if (dialog->gone) {
    tell_gone(dialog);
    return;
  }
  dialog->left = TRUE;
  gtk_dialog_response(GTK_DIALOG(dialog->window), GTK_RESPONSE_CANCEL);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

void layer_dialog_build(LayerDialog *dialog, GimpProcedure *procedure, const char *title,
                        const char *role, const char *name, int width, int height) {
  GtkWidget *area;

  dialog->window = gimp_procedure_dialog_new(procedure, dialog->config, title);
  gtk_window_set_role(GTK_WINDOW(dialog->window), role);
  gimp_window_set_transient(GTK_WINDOW(dialog->window));
  window_size_remember(GTK_WINDOW(dialog->window), name, width, height);
  area = gtk_dialog_get_content_area(GTK_DIALOG(dialog->window));
  gtk_box_pack_start(GTK_BOX(area), dialog->editor, TRUE, TRUE, 0);
  g_signal_connect_swapped(dialog->editor, "progressed", G_CALLBACK(take_news), dialog);
}
