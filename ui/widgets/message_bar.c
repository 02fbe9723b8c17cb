/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/message_bar.h"

struct _RestoratorMessageBar {
  GtkInfoBar parent;
  GtkWidget *icon, *text;
};

G_DEFINE_FINAL_TYPE(RestoratorMessageBar, restorator_message_bar, GTK_TYPE_INFO_BAR)

static const char *icon_of(GtkMessageType type) {
  switch (type) {
    case GTK_MESSAGE_ERROR:
      return "dialog-error-symbolic";
    case GTK_MESSAGE_WARNING:
      return "dialog-warning-symbolic";
    default:
      return "dialog-information-symbolic";
  }
}

static void restorator_message_bar_class_init(RestoratorMessageBarClass *class) {
  (void)class;
}

static void restorator_message_bar_init(RestoratorMessageBar *bar) {
  GtkWidget *area = gtk_info_bar_get_content_area(GTK_INFO_BAR(bar));

  bar->icon = gtk_image_new();
  bar->text = gtk_label_new(NULL);
  gtk_label_set_line_wrap(GTK_LABEL(bar->text), TRUE);
  gtk_label_set_xalign(GTK_LABEL(bar->text), 0);
  gtk_box_set_spacing(GTK_BOX(area), 6);
  gtk_box_pack_start(GTK_BOX(area), bar->icon, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(area), bar->text, TRUE, TRUE, 0);
  gtk_widget_show(bar->icon);
  gtk_widget_show(bar->text);
  gtk_widget_set_no_show_all(GTK_WIDGET(bar), TRUE);
}

GtkWidget *restorator_message_bar_new(void) {
  return g_object_new(RESTORATOR_TYPE_MESSAGE_BAR, NULL);
}

void restorator_message_bar_say(RestoratorMessageBar *bar, GtkMessageType type, const char *text) {
  gtk_info_bar_set_message_type(GTK_INFO_BAR(bar), type);
  gtk_image_set_from_icon_name(GTK_IMAGE(bar->icon), icon_of(type), GTK_ICON_SIZE_BUTTON);
  gtk_label_set_text(GTK_LABEL(bar->text), text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(bar), text != NULL);
}

const char *restorator_message_bar_get_text(RestoratorMessageBar *bar) {
  return gtk_label_get_text(GTK_LABEL(bar->text));
}
