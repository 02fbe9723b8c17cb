/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/view_bar.h"

#include <glib/gi18n.h>

#include "widgets/accessible.h"
#include "widgets/widget_util.h"

static void fit(RestoratorView *view) {
  restorator_view_fit(view);
}

static void actual_size(RestoratorView *view) {
  restorator_view_set_zoom(view, 1);
}

static void zoom_by(RestoratorView *view, double factor) {
  restorator_view_set_zoom(view, restorator_view_get_zoom(view) * factor);
}

static void zoom_in(RestoratorView *view) {
  zoom_by(view, 1.25);
}

static void zoom_out(RestoratorView *view) {
  zoom_by(view, 1 / 1.25);
}

static void compare(RestoratorView *view, GtkComboBox *combo) {
  restorator_view_set_compare(view, (RestoratorCompare)gtk_combo_box_get_active(combo));
}

static void hold_before(RestoratorView *view) {
  restorator_view_hold_before(view, TRUE);
}

static void let_before_go(RestoratorView *view) {
  restorator_view_hold_before(view, FALSE);
}

static void show_zoom(GtkLabel *label, RestoratorView *view) {
  g_autofree char *text = g_strdup_printf(_("%.0f %%"), restorator_view_get_zoom(view) * 100);

  gtk_label_set_text(label, text);
}

static void add(RestoratorView *view, GtkWidget *bar, GtkWidget *control, const char *signal,
                GCallback callback) {
  g_signal_connect_object(control, signal, callback, view, G_CONNECT_SWAPPED);
  gtk_container_add(GTK_CONTAINER(bar), control);
}

GtkWidget *view_bar_new_zooms(RestoratorView *view) {
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4), *zoom = gtk_label_new(NULL);

  add(view, bar,
      widget_icon_button("zoom-fit-best-symbolic", _("Fit"),
                         _("Shows the selection with its surroundings")),
      "clicked", G_CALLBACK(fit));
  add(view, bar,
      widget_icon_button("zoom-original-symbolic", _("Actual size"),
                         _("Shows each pixel of the picture as one of the screen")),
      "clicked", G_CALLBACK(actual_size));
  add(view, bar,
      widget_icon_button("zoom-out-symbolic", _("Zoom out"), _("Shows more of the picture")),
      "clicked", G_CALLBACK(zoom_out));
  gtk_label_set_width_chars(GTK_LABEL(zoom), 6);
  gtk_container_add(GTK_CONTAINER(bar), zoom);
  add(view, bar,
      widget_icon_button("zoom-in-symbolic", _("Zoom in"), _("Shows the picture larger")),
      "clicked", G_CALLBACK(zoom_in));
  g_signal_connect_object(view, "zoom-changed", G_CALLBACK(show_zoom), zoom, G_CONNECT_SWAPPED);
  show_zoom(GTK_LABEL(zoom), view);
  return bar;
}

GtkWidget *view_bar_new_comparisons(RestoratorView *view, GtkWidget *between) {
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *modes = gtk_combo_box_text_new(), *before = gtk_button_new_with_label(_("Before"));

  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(modes), NULL, _("Split"));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(modes), NULL, _("Side by side"));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(modes), NULL, _("Only after"));
  gtk_combo_box_set_active(GTK_COMBO_BOX(modes), RESTORATOR_COMPARE_SPLIT);
  accessible_describe(modes, _("Compare"), _("How before and after are shown"));
  add(view, bar, modes, "changed", G_CALLBACK(compare));
  if (between)
    gtk_container_add(GTK_CONTAINER(bar), between);
  accessible_describe(
    before, _("Before"),
    _("Shows what was before while it is held; the key B does the same in the view"));
  add(view, bar, before, "pressed", G_CALLBACK(hold_before));
  g_signal_connect_object(before, "released", G_CALLBACK(let_before_go), view, G_CONNECT_SWAPPED);
  return bar;
}

GtkWidget *view_bar_new(GtkWidget *const *groups, guint count) {
  GtkWidget *bar = gtk_flow_box_new();

  gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(bar), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line(GTK_FLOW_BOX(bar), count);
  gtk_flow_box_set_column_spacing(GTK_FLOW_BOX(bar), 12);
  for (guint i = 0; i < count; i++) {
    gtk_container_add(GTK_CONTAINER(bar), groups[i]);
    /* The controls take the focus, not what holds them. */
    gtk_widget_set_can_focus(gtk_widget_get_parent(groups[i]), FALSE);
  }
  return bar;
}
