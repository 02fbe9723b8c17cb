/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogs/photo_dialog.h"

#include <glib/gi18n.h>

#include "dialogs/dialog.h"
#include "dialogs/display.h"
#include "dialogs/layer_dialog.h"
#include "jobs/arguments.h"
#include "jobs/photo_job.h"
#include "layers/selection.h"
#include "messages.h"
#include "widgets/photo_editor.h"

enum { WIDTH = 1100, HEIGHT = 690 };

/* -------------------------------------------------------------------------------------------
 * The editor
 */

static void say(GtkWidget *editor, GtkMessageType type, const char *text) {
  restorator_photo_editor_say(RESTORATOR_PHOTO_EDITOR(editor), type, text);
}

static rst_status check(GtkWidget *editor, rst_error *why) {
  return restorator_photo_editor_check(RESTORATOR_PHOTO_EDITOR(editor), why);
}

static gboolean is_finished(GtkWidget *editor) {
  return restorator_photo_editor_is_finished(RESTORATOR_PHOTO_EDITOR(editor));
}

static preview *get_preview(GtkWidget *editor) {
  return restorator_photo_editor_get_preview(RESTORATOR_PHOTO_EDITOR(editor));
}

static GtkWidget *get_controls(GtkWidget *editor) {
  return GTK_WIDGET(restorator_photo_editor_get_panel(RESTORATOR_PHOTO_EDITOR(editor)));
}

/* What is selected is what shall be restored, until something is marked. */
typedef struct Selected {
  float *values; /* of the image's size; NULL: nothing is selected */
  int width, height;
} Selected;

static void selected_clear(Selected *selected) {
  g_clear_pointer(&selected->values, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selected, selected_clear)

static void selected_read(Selected *selected, GimpImage *image) {
  selected_clear(selected);
  selected->values = selection_read(image);
  selected->width = gimp_image_get_width(image);
  selected->height = gimp_image_get_height(image);
}

static rst_status set_layer(LayerDialog *dialog, Layer *layer, rst_error *error) {
  rst_picture picture;
  rst_rectangle box;
  rst_status status;

  layer_get_picture(layer, &picture);
  layer_get_box(layer, &box);
  status = restorator_photo_editor_set_picture(RESTORATOR_PHOTO_EDITOR(dialog->editor), &picture,
                                               &box, layer_is_grey(layer), error);
  if (status == RST_OK)
    selected_read(dialog->owner, dialog->image);
  return status;
}

static gboolean write_result(LayerDialog *dialog, GError **error) {
  g_auto(Arguments) arguments = {0};
  g_auto(Job) job = {0};
  Output output;

  return arguments_read(dialog->config, &arguments, error) &&
         arguments_read_output(dialog->config, &output, error) &&
         job_open(&job, &arguments, error) &&
         photo_job_write(&job, dialog->layer, get_preview(dialog->editor), output, error);
}

static const LayerEditor editor_kind = {say,          check,     is_finished, get_preview,
                                        get_controls, set_layer, write_result};

/* -------------------------------------------------------------------------------------------
 * Marks by the selection
 */

/* The selection was made to mark with: then it becomes again what shall be restored. */
static void restore_selection(LayerDialog *dialog) {
  const Selected *before = dialog->owner;

  selection_replace(dialog->image, before->values, before->width, before->height);
  gimp_displays_flush();
}

/* What is selected marks pixels of the layer only where both lie as they did. */
static gboolean is_in_place(const LayerDialog *dialog) {
  const Selected *before = dialog->owner;

  return layer_is_in_place(dialog->layer) && gimp_image_get_width(dialog->image) == before->width &&
         gimp_image_get_height(dialog->image) == before->height;
}

static void mark(LayerDialog *dialog, int edit) {
  RestoratorPhotoEditor *editor = RESTORATOR_PHOTO_EDITOR(dialog->editor);
  g_autoptr(GBytes) edits = NULL;

  if (edit != RST_EDIT_NONE && !is_in_place(dialog)) {
    layer_dialog_show_change(dialog);
    return;
  }
  if (edit != RST_EDIT_NONE && gimp_selection_is_empty(dialog->image)) {
    layer_dialog_say(dialog, GTK_MESSAGE_INFO,
                     _("Nothing is selected: select what you mean in the image first, with any of "
                       "its tools, then press this again"));
    return;
  }
  if (edit != RST_EDIT_NONE)
    edits =
      photo_marks_add(restorator_photo_editor_get_edits(editor), dialog->layer, (rst_edit)edit);
  restorator_photo_editor_set_edits(editor, edits);
  if (edit != RST_EDIT_NONE)
    restore_selection(dialog);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static gboolean make_editor(LayerDialog *dialog, GError **error) {
  rst_error why = RST_ERROR_INIT;
  rst_picture picture;
  rst_rectangle box;

  layer_get_picture(dialog->layer, &picture);
  layer_get_box(dialog->layer, &box);
  dialog->editor = restorator_photo_editor_new(G_OBJECT(dialog->config), &picture, &box,
                                               layer_is_grey(dialog->layer), &why);
  return dialog->editor || messages_fail(&why, error);
}

static gboolean run_on_layer(LayerDialog *dialog, GimpProcedure *procedure, PhotoWishes *wishes,
                             GError **error) {
  GBytes *edits;
  gboolean written;

  if (!make_editor(dialog, error))
    return FALSE;
  g_object_ref_sink(dialog->editor);
  layer_dialog_build(dialog, procedure, _("Restore Old Photograph"), "restorator-photo", "photo",
                     WIDTH, HEIGHT);
  g_signal_connect_swapped(dialog->editor, "marked", G_CALLBACK(mark), dialog);
  g_signal_connect_swapped(dialog->editor, "more", G_CALLBACK(layer_dialog_leave), dialog);
  if (wishes->edits)
    restorator_photo_editor_set_edits(RESTORATOR_PHOTO_EDITOR(dialog->editor), wishes->edits);
  written = layer_dialog_run(dialog);
  edits = restorator_photo_editor_get_edits(RESTORATOR_PHOTO_EDITOR(dialog->editor));
  g_clear_pointer(&wishes->edits, g_bytes_unref);
  wishes->edits = edits ? g_bytes_ref(edits) : NULL;
  g_object_unref(dialog->editor);
  return written;
}

/* All parameters, beside what is done before. That dialog has no switch for the colour: meanwhile a
 * strength of 0 stands for it. */
static gboolean run_more(LayerDialog *dialog, GimpProcedure *procedure, PhotoWishes *wishes,
                         GError **error) {
  g_auto(PhotoWishes) now = {0};
  gboolean written;
  double strength;

  photo_wishes_read(&now, dialog->config, dialog->layer);
  wishes->settings = now.settings;
  wishes->settings.colour = true;
  if (!now.settings.colour)
    g_object_set(dialog->config, "strength", 0.0, NULL);
  written = dialog_run(procedure, dialog->config, dialog->image, dialog->drawable, wishes, error);
  g_object_get(dialog->config, "strength", &strength, NULL);
  g_object_set(dialog->config, ARGUMENT_COLOUR, strength > 0, "strength",
               strength > 0 ? strength : now.settings.colour_strength, NULL);
  return written;
}

gboolean photo_dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                          GimpDrawable *drawable, GError **error) {
  g_auto(Arguments) arguments = {0};
  g_auto(PhotoWishes) wishes = {0};
  g_auto(Selected) selected = {0};
  LayerDialog dialog = {.config = config,
                        .image = image,
                        .drawable = drawable,
                        .kind = &editor_kind,
                        .owner = &selected};
  Output output;
  gboolean written;

  if (!display_open(error))
    return FALSE;
  selected_read(&selected, image);
  dialog_forget_places_of_others(config, image);
  if (!arguments_read(config, &arguments, error) || !arguments_read_output(config, &output, error))
    return FALSE;
  arguments_unfold(config, &arguments);
  dialog.layer = layer_open(image, drawable, error);
  if (!dialog.layer)
    return FALSE;
  photo_wishes_read(&wishes, config, dialog.layer);
  written = run_on_layer(&dialog, procedure, &wishes, error);
  if (dialog.left)
    written = run_more(&dialog, procedure, &wishes, error);
  layer_close(dialog.layer);
  return written;
}
