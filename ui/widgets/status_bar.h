/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a preview is: as a bar, and in words below it.
 */
#ifndef STATUS_BAR_H
#define STATUS_BAR_H

#include <gtk/gtk.h>

#include "preview/status.h"

#define RESTORATOR_TYPE_STATUS_BAR (restorator_status_bar_get_type())
G_DECLARE_FINAL_TYPE(RestoratorStatusBar, restorator_status_bar, RESTORATOR, STATUS_BAR, GtkBox)

/* `what`: what the bar tells people who do not see it. Thread: the main one, as for all of these. */
GtkWidget *restorator_status_bar_new(const char *what);
/* Shows that status; `more`: what the words end with, or NULL. */
void restorator_status_bar_show(RestoratorStatusBar *bar, const preview_status *s,
                                const char *more);
/* The words (the bar's). */
const char *restorator_status_bar_get_text(RestoratorStatusBar *bar);

#endif
