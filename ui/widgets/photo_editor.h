/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that a host shows of an old photograph that is restored in one step: the view, few controls and
 * the status, round one preview. A host gives the picture (read on the main thread) and an object with
 * the properties of the parameters and of photo_panel.h, packs the widget, and writes the result when
 * it is exact.
 *
 * Keys: Ctrl+Z takes back the last change of a setting or of the marks, Ctrl+Shift+Z or Ctrl+Y makes
 * it again.
 */
#ifndef PHOTO_EDITOR_H
#define PHOTO_EDITOR_H

#include <gtk/gtk.h>

#include "widgets/photo_panel.h"
#include "widgets/view.h"

#define RESTORATOR_TYPE_PHOTO_EDITOR (restorator_photo_editor_get_type())
G_DECLARE_FINAL_TYPE(RestoratorPhotoEditor, restorator_photo_editor, RESTORATOR, PHOTO_EDITOR,
                     GtkBox)

/* `picture` and `box`: as preview_new() has them; `grey`: as the panel has it. Signals: "progressed"
 * with every report of the preview; "marked" (int) and "more" as the panel has them. NULL where the
 * preview could not be made: `error` says why. */
GtkWidget *restorator_photo_editor_new(GObject *settings, const rst_picture *picture,
                                       const rst_rectangle *box, gboolean grey, rst_error *error);
/* The picture has changed; marks are gone, and nothing before it can be undone. Errors: as
 * preview_set_picture(). */
rst_status restorator_photo_editor_set_picture(RestoratorPhotoEditor *editor,
                                               const rst_picture *picture, const rst_rectangle *box,
                                               gboolean grey, rst_error *error);
/* What people say of the damage: an rst_edit for each pixel of the box; NULL: nothing. */
void restorator_photo_editor_set_edits(RestoratorPhotoEditor *editor, GBytes *edits);
GBytes *restorator_photo_editor_get_edits(RestoratorPhotoEditor *editor);

/* Why there will be no result of what is set now; RST_OK while there may be one. */
rst_status restorator_photo_editor_check(RestoratorPhotoEditor *editor, rst_error *why);
/* Whether the preview has become the result of what is set now. */
gboolean restorator_photo_editor_is_finished(RestoratorPhotoEditor *editor);

/* Shows people a message until they change something. NULL: no message. */
void restorator_photo_editor_say(RestoratorPhotoEditor *editor, GtkMessageType type,
                                 const char *text);
const char *restorator_photo_editor_get_message(RestoratorPhotoEditor *editor);
const char *restorator_photo_editor_get_status(RestoratorPhotoEditor *editor);

/* The editor's own. */
preview *restorator_photo_editor_get_preview(RestoratorPhotoEditor *editor);
RestoratorView *restorator_photo_editor_get_view(RestoratorPhotoEditor *editor);
RestoratorPhotoPanel *restorator_photo_editor_get_panel(RestoratorPhotoEditor *editor);

#endif
