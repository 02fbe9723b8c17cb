/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One message to people below a preview: its icon says what kind it is. Hidden while there is none.
 */
#ifndef MESSAGE_BAR_H
#define MESSAGE_BAR_H

#include <gtk/gtk.h>

#define RESTORATOR_TYPE_MESSAGE_BAR (restorator_message_bar_get_type())
G_DECLARE_FINAL_TYPE(RestoratorMessageBar, restorator_message_bar, RESTORATOR, MESSAGE_BAR,
                     GtkInfoBar)

GtkWidget *restorator_message_bar_new(void);
/* NULL: no message. */
void restorator_message_bar_say(RestoratorMessageBar *bar, GtkMessageType type, const char *text);
/* What is said now; "" for nothing. */
const char *restorator_message_bar_get_text(RestoratorMessageBar *bar);

#endif
