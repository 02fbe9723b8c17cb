/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that a host shows of a restoration: the view, the panel and the status, round one preview.
 * A host gives the picture (read on the main thread) and an object with the parameters' properties,
 * packs the widget, and writes the result when it is exact.
 */
#ifndef EDITOR_H
#define EDITOR_H

#include <gtk/gtk.h>

#include "panel.h"
#include "view.h"

#define RESTORATOR_TYPE_EDITOR (restorator_editor_get_type())
G_DECLARE_FINAL_TYPE(RestoratorEditor, restorator_editor, RESTORATOR, EDITOR, GtkBox)

/* `picture` and `box`: as preview_new() has them; the picture's callbacks are called as long as
 * the widget lives. The signal "progressed" comes with every news of the preview. NULL where the
 * preview could not be made: `error` says why. */
GtkWidget *restorator_editor_new(GObject *settings, const rst_picture *picture, const int box[4],
                                 rst_error *error);
/* The selection, or the picture too, has changed. */
void restorator_editor_set_region(RestoratorEditor *editor, const int box[4], gboolean pixels);

/* The editor's own. */
preview *restorator_editor_get_preview(RestoratorEditor *editor);
RestoratorView *restorator_editor_get_view(RestoratorEditor *editor);
RestoratorPanel *restorator_editor_get_panel(RestoratorEditor *editor);
/* What the status line says. */
const char *restorator_editor_get_status(RestoratorEditor *editor);

#endif
