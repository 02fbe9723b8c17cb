/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that a host shows of a restoration: the view, the panel and the status, round one preview.
 * A host gives the picture (read on the main thread) and an object with the parameters' properties,
 * packs the widget, and writes the result when it is exact.
 */
#ifndef EDITOR_H
#define EDITOR_H

#include <gtk/gtk.h>

#include "widgets/panel.h"
#include "widgets/view.h"

#define RESTORATOR_TYPE_EDITOR (restorator_editor_get_type())
G_DECLARE_FINAL_TYPE(RestoratorEditor, restorator_editor, RESTORATOR, EDITOR, GtkBox)

/* `picture` and `box`: as preview_new() has them; the picture's callbacks are called as long as
 * the widget lives. The signal "progressed" comes with every report of the preview. NULL where the
 * preview could not be made: `error` says why. */
GtkWidget *restorator_editor_new(GObject *settings, const rst_picture *picture,
                                 const rst_rectangle *box, rst_error *error);
/* The selection has changed. */
void restorator_editor_set_region(RestoratorEditor *editor, const rst_rectangle *box);
/* The picture has changed, or is another one. Errors: as preview_set_picture(). */
rst_status restorator_editor_set_picture(RestoratorEditor *editor, const rst_picture *picture,
                                         const rst_rectangle *box, rst_error *error);

/* Why there will be no result of what is set now; RST_OK while there may be one. */
rst_status restorator_editor_check(RestoratorEditor *editor, rst_error *why);
/* Whether the preview has become the result of what is set now. */
gboolean restorator_editor_is_finished(RestoratorEditor *editor);
/* Seconds until then, 0 where that is not known. */
double restorator_editor_get_rest(RestoratorEditor *editor);

/* Shows people a message until they change the setup. NULL: no message. */
void restorator_editor_say(RestoratorEditor *editor, GtkMessageType type, const char *text);
/* What is said now, errors too; "" for nothing. */
const char *restorator_editor_get_message(RestoratorEditor *editor);

/* The editor's own. */
preview *restorator_editor_get_preview(RestoratorEditor *editor);
RestoratorView *restorator_editor_get_view(RestoratorEditor *editor);
RestoratorPanel *restorator_editor_get_panel(RestoratorEditor *editor);
/* Whether colour hints are shown, and take what is done in the picture. */
gboolean restorator_editor_takes_hints(RestoratorEditor *editor);
/* The popover in which a hint's colour is chosen; NULL while there is none. */
GtkWidget *restorator_editor_get_popover(RestoratorEditor *editor);
/* What the status line says. */
const char *restorator_editor_get_status(RestoratorEditor *editor);

#endif
