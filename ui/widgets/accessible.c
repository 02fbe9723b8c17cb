/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/accessible.h"

void accessible_describe(GtkWidget *widget, const char *name, const char *text) {
  AtkObject *accessible = gtk_widget_get_accessible(widget);

  gtk_widget_set_tooltip_text(widget, text);
  atk_object_set_name(accessible, name);
  atk_object_set_description(accessible, text);
}
