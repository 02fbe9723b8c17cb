/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colour hints in the panel, for those who use no mouse or know the numbers: a list with each
 * one's place, colour and reach, and controls of the selected one.
 */
#ifndef HINT_LIST_H
#define HINT_LIST_H

#include <gtk/gtk.h>

#include "widgets/hints.h"

#define RESTORATOR_TYPE_HINT_LIST (restorator_hint_list_get_type())
G_DECLARE_FINAL_TYPE(RestoratorHintList, restorator_hint_list, RESTORATOR, HINT_LIST, GtkExpander)

/* Signals: "chosen" (int index, widget beside which) where a hint's colour is to be chosen,
 * "wanted" where another hint is. */
GtkWidget *restorator_hint_list_new(RestoratorHints *hints);
/* Whether hints count with the mode that is set. */
void restorator_hint_list_set_used(RestoratorHintList *list, gboolean used);

#endif
