/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A dialog of GIMP's round an editor that shows a layer: what all of them do.
 *
 * The image is not locked meanwhile. What differs from what the preview was made of when people
 * press OK is shown to them first: only what they saw is written, and only where they saw it.
 */
#ifndef LAYER_DIALOG_H
#define LAYER_DIALOG_H

#include <libgimp/gimpui.h>

#include "layers/layer.h"
#include "preview/preview.h"

typedef struct LayerDialog LayerDialog;

/* What a kind of editor does, each with the editor. */
typedef struct LayerEditor {
  void (*say)(GtkWidget *editor, GtkMessageType type, const char *text);
  rst_status (*check)(GtkWidget *editor, rst_error *why);
  gboolean (*is_finished)(GtkWidget *editor);
  preview *(*get_preview)(GtkWidget *editor);
  GtkWidget *(*get_controls)(GtkWidget *editor); /* not to be used while it finishes */
  /* Shows the layer as it was opened anew. */
  rst_status (*set_layer)(LayerDialog *dialog, Layer *layer, rst_error *error);
  /* Writes the finished result into the image. */
  gboolean (*write)(LayerDialog *dialog, GError **error);
} LayerEditor;

struct LayerDialog {
  GimpProcedureConfig *config;
  GimpImage *image;
  GimpDrawable *drawable;
  Layer *layer; /* as the preview shows it */
  GtkWidget *window, *editor;
  const LayerEditor *kind;
  gpointer owner;
  gboolean finishing; /* OK was pressed: it is written as soon as it is finished */
  gboolean gone;      /* the layer */
  gboolean left;      /* by layer_dialog_leave() */
};

/* Makes the window of that title round the editor, which has the signal "progressed". `role`: of the
 * window, whose size is remembered by `name`. */
void layer_dialog_build(LayerDialog *dialog, GimpProcedure *procedure, const char *title,
                        const char *role, const char *name, int width, int height);
/* Runs until the result is written: TRUE; or until people close it, or leave it: FALSE. The window is
 * destroyed then. */
gboolean layer_dialog_run(LayerDialog *dialog);
/* Shows the layer as it is now, and says that it has changed. */
void layer_dialog_show_change(LayerDialog *dialog);
/* Ends the run, for another dialog, where the layer is still there. */
void layer_dialog_leave(LayerDialog *dialog);
void layer_dialog_say(LayerDialog *dialog, GtkMessageType type, const char *text);

#endif
