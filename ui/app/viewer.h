/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The editor on a file: a window with a selection to drag, and Save. What GIMP's dialog shows,
 * without GIMP.
 */
#ifndef VIEWER_H
#define VIEWER_H

#include "widgets/editor.h"
#include "app/photo.h"

#define RESTORATOR_TYPE_VIEWER (restorator_viewer_get_type())
G_DECLARE_FINAL_TYPE(RestoratorViewer, restorator_viewer, RESTORATOR, VIEWER, GtkWindow)

/* Takes over the photo, also where it fails: NULL, and `error` says why. */
GtkWidget *restorator_viewer_new(Photo *photo, GObject *settings, rst_error *error);
/* Saves when the result is exact, and calls `saved` then (NULL: nobody), once. */
void restorator_viewer_save(RestoratorViewer *viewer, const char *path,
                            void (*saved)(gpointer user, const GError *error), gpointer user);
RestoratorEditor *restorator_viewer_get_editor(RestoratorViewer *viewer);

#endif
