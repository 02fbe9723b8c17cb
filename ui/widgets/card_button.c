/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/card_button.h"

#include <glib/gi18n.h>

#include "card.h"
#include "widgets/accessible.h"

#define MODEL "restorator-model"
#define LABEL "restorator-label"

/* Whoever opens the card wants to read it: a label that gets the focus would select all of it. */
static void on_label_focused(GtkWidget *label, gpointer nothing) {
  (void)nothing;
  gtk_label_select_region(GTK_LABEL(label), 0, 0);
}

GtkWidget *card_button_new(void) {
  GtkWidget *button = gtk_menu_button_new(), *popover = gtk_popover_new(NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL), *label = gtk_label_new(NULL);

  gtk_button_set_image(GTK_BUTTON(button), gtk_image_new_from_icon_name(
                                             "dialog-information-symbolic", GTK_ICON_SIZE_BUTTON));
  accessible_describe(button, _("Model card"),
                      _("What the model is for, what it was trained on, and its measured error"));
  gtk_menu_button_set_popover(GTK_MENU_BUTTON(button), popover);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_selectable(GTK_LABEL(label), TRUE);
  gtk_label_set_width_chars(GTK_LABEL(label), 52);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 52);
  g_signal_connect_after(label, "grab-focus", G_CALLBACK(on_label_focused), NULL);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  g_object_set(label, "margin", 12, NULL);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scrolled), 420);
  gtk_container_add(GTK_CONTAINER(scrolled), label);
  gtk_container_add(GTK_CONTAINER(popover), scrolled);
  gtk_widget_show_all(scrolled);
  g_object_set_data(G_OBJECT(button), LABEL, label);
  return button;
}

void card_button_set_model(GtkWidget *button, const rst_model *model, const GPtrArray *presets) {
  gtk_widget_set_sensitive(button, model != NULL);
  /* A card is long: laying it out at every step of a slider would be felt. */
  if (!model || g_object_get_data(G_OBJECT(button), MODEL) == model)
    return;
  g_autofree char *markup = card_markup(model, presets);

  gtk_label_set_markup(g_object_get_data(G_OBJECT(button), LABEL), markup);
  g_object_set_data(G_OBJECT(button), MODEL, (void *)model);
}
