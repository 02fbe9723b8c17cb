/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/hint_list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "widgets/accessible.h"
#include "widgets/hint_marks.h"
#include "widgets/widget_util.h"

enum { LIST_HEIGHT = 132 }; /* beyond it the list scrolls */

struct _RestoratorHintList {
  GtkExpander parent;
  RestoratorHints *hints;
  GtkWidget *rows, *scrolled, *note, *place, *add;
  GtkWidget *grid, *x, *y, *reach, *colour, *pin; /* of the selected one */
  int count;         /* as shown */
  gboolean scrolling; /* the selected one is to be seen */
  gboolean updating; /* the controls follow: nobody uses them */
};

G_DEFINE_FINAL_TYPE(RestoratorHintList, restorator_hint_list, GTK_TYPE_EXPANDER)

static guint chosen, wanted;

/* ---- what is shown ---- */

static int get_selected(RestoratorHintList *list) {
  return restorator_hints_get_selected(list->hints);
}

static void remove_hint(RestoratorHintList *list, int index) {
  restorator_hints_begin(list->hints);
  restorator_hints_remove(list->hints, index);
}

static void remove_row(RestoratorHintList *list, GtkWidget *button) {
  GtkWidget *row = gtk_widget_get_ancestor(button, GTK_TYPE_LIST_BOX_ROW);

  remove_hint(list, gtk_list_box_row_get_index(GTK_LIST_BOX_ROW(row)));
}

/* A row's widgets, from the left. */
typedef struct {
  GtkWidget *disc, *place, *reach, *outside, *remove;
} Cells;

static Cells get_cells(GtkListBoxRow *row) {
  g_autoptr(GList) all = gtk_container_get_children(GTK_CONTAINER(gtk_bin_get_child(GTK_BIN(row))));

  return (Cells){g_list_nth_data(all, 0), g_list_nth_data(all, 1), g_list_nth_data(all, 2),
                 g_list_nth_data(all, 3), g_list_nth_data(all, 4)};
}

static GtkWidget *make_row(RestoratorHintList *list) {
  GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *place = gtk_label_new(NULL), *reach = gtk_label_new(NULL);
  GtkWidget *outside = gtk_image_new_from_icon_name("dialog-warning-symbolic", GTK_ICON_SIZE_MENU);
  GtkWidget *remove = widget_icon_button("edit-delete-symbolic", _("Remove the hint"),
                                         _("Removes this hint (Delete)"));

  gtk_label_set_xalign(GTK_LABEL(place), 0);
  gtk_style_context_add_class(gtk_widget_get_style_context(reach), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_button_set_relief(GTK_BUTTON(remove), GTK_RELIEF_NONE);
  g_signal_connect_swapped(remove, "clicked", G_CALLBACK(remove_row), list);
  gtk_container_add(GTK_CONTAINER(box), gtk_image_new());
  gtk_box_pack_start(GTK_BOX(box), place, TRUE, TRUE, 0);
  gtk_container_add(GTK_CONTAINER(box), reach);
  gtk_widget_set_no_show_all(outside, TRUE);
  gtk_container_add(GTK_CONTAINER(box), outside);
  gtk_container_add(GTK_CONTAINER(box), remove);
  gtk_container_add(GTK_CONTAINER(row), box);
  gtk_widget_show_all(row);
  return row;
}

static void show_row(RestoratorHintList *list, int index) {
  GtkListBoxRow *row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(list->rows), index);
  const rst_hint *hint = restorator_hints_get(list->hints, index);
  const char *outside =
    restorator_hints_describe_place(restorator_hints_locate(list->hints, index));
  const Cells cells = get_cells(row);
  cairo_surface_t *disc = hint_marks_new_disc(cells.disc, hint);
  g_autofree char *place = g_strdup_printf("%d, %d", hint->x, hint->y);
  g_autofree char *reach = g_strdup_printf(_("reach %.2f"), hint->reach);
  g_autofree char *name = restorator_hints_describe(hint);
  g_autofree char *whole = g_strjoin(". ", name, outside, NULL);

  gtk_image_set_from_surface(GTK_IMAGE(cells.disc), disc);
  cairo_surface_destroy(disc);
  gtk_label_set_text(GTK_LABEL(cells.place), place);
  gtk_label_set_text(GTK_LABEL(cells.reach), reach);
  gtk_widget_set_visible(cells.outside, outside != NULL);
  accessible_describe(GTK_WIDGET(row), whole, whole);
}

static void show_rows(RestoratorHintList *list) {
  const int count = restorator_hints_get_count(list->hints);
  GtkListBoxRow *row;
  int height;

  for (; list->count < count; list->count++)
    gtk_container_add(GTK_CONTAINER(list->rows), make_row(list));
  for (; list->count > count; list->count--) {
    row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(list->rows), list->count - 1);
    gtk_widget_destroy(GTK_WIDGET(row));
  }
  for (int i = 0; i < count; i++)
    show_row(list, i);
  gtk_widget_get_preferred_height(list->rows, NULL, &height);
  gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(list->scrolled),
                                             MIN(height, LIST_HEIGHT));
  gtk_widget_set_visible(list->scrolled, count > 0);
  gtk_widget_set_sensitive(list->add, count < RST_HINTS_MAX);
}

/* Rows have their places only now. */
static void scroll_to_selected(RestoratorHintList *list) {
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(list->scrolled));
  GtkListBoxRow *row = gtk_list_box_get_selected_row(GTK_LIST_BOX(list->rows));
  GtkAllocation place;

  if (!row || !list->scrolling)
    return;
  list->scrolling = FALSE;
  gtk_widget_get_allocation(GTK_WIDGET(row), &place);
  gtk_adjustment_clamp_page(adjustment, place.y, place.y + place.height);
}

static void show_selected(RestoratorHintList *list) {
  const int selected = get_selected(list);
  GtkListBoxRow *row =
    selected < 0 ? NULL : gtk_list_box_get_row_at_index(GTK_LIST_BOX(list->rows), selected);
  const char *outside = NULL;

  if (row && !gtk_list_box_row_is_selected(row)) {
    gtk_list_box_select_row(GTK_LIST_BOX(list->rows), row);
    list->scrolling = TRUE;
    gtk_widget_queue_resize(list->rows);
  }
  if (!row)
    gtk_list_box_unselect_all(GTK_LIST_BOX(list->rows));
  gtk_widget_set_visible(list->grid, row != NULL);
  if (row) {
    const rst_hint *hint = restorator_hints_get(list->hints, selected);

    gtk_spin_button_set_value(GTK_SPIN_BUTTON(list->x), hint->x);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(list->y), hint->y);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(list->reach), hint->reach);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(list->pin), hint->keep);
    outside = restorator_hints_describe_place(restorator_hints_locate(list->hints, selected));
  }
  widget_set_note(list->place, outside ? outside : "");
}

static void show(RestoratorHintList *list) {
  const int before = list->count, count = restorator_hints_get_count(list->hints);
  g_autofree char *title =
    count > 0 ? g_strdup_printf(_("Colour hints (%d)"), count) : g_strdup(_("Colour hints"));

  if (list->updating)
    return;
  list->updating = TRUE;
  show_rows(list);
  show_selected(list);
  gtk_expander_set_label(GTK_EXPANDER(list), title);
  if (before == 0 && count > 0)
    gtk_expander_set_expanded(GTK_EXPANDER(list), TRUE);
  list->updating = FALSE;
}

void restorator_hint_list_set_used(RestoratorHintList *list, gboolean used) {
  widget_set_note(list->note,
                  used || restorator_hints_get_count(list->hints) == 0
                    ? ""
                    : _("Not used: the mode “Detail only” keeps the picture's colours"));
}

/* ---- what people do ---- */

static void select_row(RestoratorHintList *list, GtkListBoxRow *row) {
  if (!list->updating)
    restorator_hints_select(list->hints, row ? gtk_list_box_row_get_index(row) : -1);
}

/* The selected hint as the controls have it. */
static void take_controls(RestoratorHintList *list) {
  const int selected = get_selected(list);
  rst_hint hint;

  if (list->updating || selected < 0)
    return;
  hint = *restorator_hints_get(list->hints, selected);
  hint.x = gtk_spin_button_get_value_as_int(GTK_SPIN_BUTTON(list->x));
  hint.y = gtk_spin_button_get_value_as_int(GTK_SPIN_BUTTON(list->y));
  hint.reach = gtk_spin_button_get_value(GTK_SPIN_BUTTON(list->reach));
  restorator_hints_set(list->hints, selected, &hint);
}

/* A pin that is let go becomes a hint whose colour is to be chosen. */
static void take_pin(RestoratorHintList *list) {
  const int selected = get_selected(list);
  rst_hint hint;

  if (list->updating || selected < 0)
    return;
  hint = *restorator_hints_get(list->hints, selected);
  if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(list->pin))) {
    hint.keep = TRUE;
    memset(hint.rgb, 0, sizeof hint.rgb);
    restorator_hints_begin(list->hints);
    restorator_hints_set(list->hints, selected, &hint);
  } else {
    show(list);
    g_signal_emit(list, chosen, 0, selected, list->colour);
  }
}

static void choose_colour(RestoratorHintList *list) {
  if (get_selected(list) >= 0)
    g_signal_emit(list, chosen, 0, get_selected(list), list->colour);
}

static void add_hint(RestoratorHintList *list) {
  g_signal_emit(list, wanted, 0);
}

static gboolean press_key(RestoratorHintList *list, GdkEventKey *event) {
  if ((event->keyval != GDK_KEY_Delete && event->keyval != GDK_KEY_KP_Delete) ||
      get_selected(list) < 0)
    return GDK_EVENT_PROPAGATE;
  remove_hint(list, get_selected(list));
  return GDK_EVENT_STOP;
}

/* ---- building ---- */

static GtkWidget *make_spin(RestoratorHintList *list, double low, double high, double step,
                            int digits, const char *name, const char *text) {
  GtkWidget *spin = gtk_spin_button_new_with_range(low, high, step);

  gtk_spin_button_set_digits(GTK_SPIN_BUTTON(spin), (guint)digits);
  gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(spin), TRUE);
  gtk_entry_set_width_chars(GTK_ENTRY(spin), 5);
  accessible_describe(spin, name, text);
  g_signal_connect_swapped(spin, "value-changed", G_CALLBACK(take_controls), list);
  return spin;
}

static void attach(RestoratorHintList *list, const char *label, GtkWidget *control, int row) {
  GtkWidget *widget = gtk_label_new(label);

  gtk_label_set_xalign(GTK_LABEL(widget), 0);
  gtk_grid_attach(GTK_GRID(list->grid), widget, 0, row, 1, 1);
  gtk_grid_attach(GTK_GRID(list->grid), control, 1, row, 1, 1);
}

static void make_controls(RestoratorHintList *list) {
  GtkWidget *place = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *colour = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

  list->grid = gtk_grid_new();
  gtk_grid_set_row_spacing(GTK_GRID(list->grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(list->grid), 12);
  list->x = make_spin(list, -RST_SIDE_MAX, RST_SIDE_MAX, 1, 0, _("The hint's column"),
                      _("The pixel of the picture, from the left"));
  list->y = make_spin(list, -RST_SIDE_MAX, RST_SIDE_MAX, 1, 0, _("The hint's row"),
                      _("The pixel of the picture, from the top"));
  list->reach =
    make_spin(list, RST_HINT_REACH_MIN, RST_HINT_REACH_MAX, 0.05, 2, _("The hint's reach"),
              _("How far the colour reaches, as a share of the window's side; what "
                "looks like another thing ends it sooner"));
  list->colour = gtk_button_new_with_label(_("Colour…"));
  accessible_describe(
    list->colour, _("The hint's colour"),
    _("Chooses the colour: what the model proposes, those used last, or any other"));
  list->pin = gtk_toggle_button_new_with_label(_("Pin"));
  accessible_describe(list->pin, _("Pin"),
                      _("The restored colour stays there, whatever other hints say"));
  g_signal_connect_swapped(list->colour, "clicked", G_CALLBACK(choose_colour), list);
  g_signal_connect_swapped(list->pin, "toggled", G_CALLBACK(take_pin), list);
  gtk_container_add(GTK_CONTAINER(place), list->x);
  gtk_container_add(GTK_CONTAINER(place), list->y);
  gtk_container_add(GTK_CONTAINER(colour), list->colour);
  gtk_container_add(GTK_CONTAINER(colour), list->pin);
  attach(list, _("Place"), place, 0);
  attach(list, _("Reach"), list->reach, 1);
  attach(list, _("Colour"), colour, 2);
  gtk_widget_show_all(list->grid);
  gtk_widget_set_no_show_all(list->grid, TRUE);
}

static void make_list(RestoratorHintList *list) {
  list->rows = gtk_list_box_new();
  list->scrolled = gtk_scrolled_window_new(NULL, NULL);
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(list->rows), GTK_SELECTION_SINGLE);
  accessible_describe(list->rows, _("Colour hints"), _("The places whose colours are known"));
  g_signal_connect_swapped(list->rows, "row-selected", G_CALLBACK(select_row), list);
  g_signal_connect_swapped(list->rows, "size-allocate", G_CALLBACK(scroll_to_selected), list);
  g_signal_connect_swapped(list->rows, "key-press-event", G_CALLBACK(press_key), list);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(list->scrolled), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(list->scrolled), GTK_SHADOW_IN);
  gtk_container_add(GTK_CONTAINER(list->scrolled), list->rows);
  gtk_widget_show_all(list->scrolled);
  gtk_widget_set_no_show_all(list->scrolled, TRUE);
}

static void build(RestoratorHintList *list) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

  make_list(list);
  make_controls(list);
  list->note = widget_note("dim-label");
  list->place = widget_note("dim-label");
  list->add = gtk_button_new_with_label(_("Add a hint"));
  accessible_describe(
    list->add, _("Add a hint"),
    _("Adds a hint in the middle of the view and lets you choose its colour (Insert in the "
      "picture)"));
  g_signal_connect_swapped(list->add, "clicked", G_CALLBACK(add_hint), list);
  gtk_widget_set_margin_top(box, 6);
  gtk_container_add(GTK_CONTAINER(box), list->note);
  gtk_container_add(GTK_CONTAINER(box), list->scrolled);
  gtk_container_add(GTK_CONTAINER(box), list->grid);
  gtk_container_add(GTK_CONTAINER(box), list->place);
  gtk_container_add(GTK_CONTAINER(box), list->add);
  gtk_container_add(GTK_CONTAINER(list), box);
}

/* ---- the class ---- */

static void restorator_hint_list_dispose(GObject *object) {
  RestoratorHintList *list = RESTORATOR_HINT_LIST(object);

  list->updating = TRUE; /* rows that go select nothing */
  if (list->hints)
    g_signal_handlers_disconnect_by_data(list->hints, list);
  g_clear_object(&list->hints);
  G_OBJECT_CLASS(restorator_hint_list_parent_class)->dispose(object);
}

static void restorator_hint_list_class_init(RestoratorHintListClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_hint_list_dispose;
  chosen = g_signal_new("chosen", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 2, G_TYPE_INT, GTK_TYPE_WIDGET);
  wanted = g_signal_new("wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 0);
}

static void restorator_hint_list_init(RestoratorHintList *list) {
  accessible_describe(
    GTK_WIDGET(list), _("Colour hints"),
    _("Places of the picture whose colours you know; they spread over what looks like one "
      "thing"));
}

GtkWidget *restorator_hint_list_new(RestoratorHints *hints) {
  RestoratorHintList *list = g_object_new(RESTORATOR_TYPE_HINT_LIST, NULL);

  list->hints = g_object_ref(hints);
  build(list);
  show(list);
  g_signal_connect_swapped(hints, "changed", G_CALLBACK(show), list);
  return GTK_WIDGET(list);
}
