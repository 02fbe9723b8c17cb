/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/widget_util.h"

#include "widgets/accessible.h"

GtkWidget *widget_icon_button(const char *icon, const char *name, const char *text) {
  GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);

  accessible_describe(button, name, text);
  return button;
}

GtkWidget *widget_note(const char *class) {
  GtkWidget *label = gtk_label_new(NULL);

  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 30);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_no_show_all(label, TRUE);
  if (class)
    gtk_style_context_add_class(gtk_widget_get_style_context(label), class);
  return label;
}

void widget_set_note(GtkWidget *note, const char *text) {
  gtk_label_set_text(GTK_LABEL(note), text);
  gtk_widget_set_visible(note, *text != '\0');
}

void widget_shorten(GtkWidget *combo) {
  g_autoptr(GList) cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(combo));

  g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "width-chars", 16, NULL);
}

GtkWidget *widget_scrolled_column(GtkWidget *controls) {
  GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);

  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_container_add(GTK_CONTAINER(scrolled), controls);
  gtk_widget_set_hexpand(scrolled, FALSE); /* whatever its rows do */
  return scrolled;
}

double widget_scrolled(const GdkEventScroll *event) {
  double dx, dy;

  if (gdk_event_get_scroll_deltas((const GdkEvent *)event, &dx, &dy))
    return -dy;
  return event->direction == GDK_SCROLL_UP ? 1 : event->direction == GDK_SCROLL_DOWN ? -1 : 0;
}

int widget_undo_step(const GdkEventKey *event) {
  const guint state = event->state & gtk_accelerator_get_default_mod_mask();
  const guint key = gdk_keyval_to_lower(event->keyval);

  if (key == GDK_KEY_z && state == GDK_CONTROL_MASK)
    return -1;
  return (key == GDK_KEY_z && state == (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) ||
         (key == GDK_KEY_y && state == GDK_CONTROL_MASK);
}

gboolean widget_is_plain_key(const GdkEventKey *event) {
  return (event->state & gtk_accelerator_get_default_mod_mask() & ~(guint)GDK_SHIFT_MASK) == 0;
}

void widget_set_cursor(GtkWidget *widget, const char *name) {
  GdkWindow *window = gtk_widget_get_window(widget);
  g_autoptr(GdkCursor) cursor =
    window && name ? gdk_cursor_new_from_name(gdk_window_get_display(window), name) : NULL;

  if (window)
    gdk_window_set_cursor(window, cursor);
}
