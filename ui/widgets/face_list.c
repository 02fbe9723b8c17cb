/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/face_list.h"

#include <glib/gi18n.h>

#include "widgets/accessible.h"
#include "widgets/widget_util.h"

enum { COLUMNS = 3, LIST_HEIGHT = 108 }; /* beyond it the list scrolls */

struct _RestoratorFaceList {
  GtkExpander parent;
  RestoratorFaces *faces;
  GtkWidget *grid, *scrolled, *note, *add, *find;
  GPtrArray *switches;
  gboolean used;
  gboolean updating; /* the controls follow: nobody uses them */
};

G_DEFINE_FINAL_TYPE(RestoratorFaceList, restorator_face_list, GTK_TYPE_EXPANDER)

static guint wanted;

/* ---- what people do ---- */

static int index_of(const RestoratorFaceList *list, GtkWidget *button) {
  guint index;

  return g_ptr_array_find(list->switches, button, &index) ? (int)index : -1;
}

static void take_switch(RestoratorFaceList *list, GtkToggleButton *button) {
  const int index = index_of(list, GTK_WIDGET(button));

  if (!list->updating && index >= 0)
    restorator_faces_switch(list->faces, index, gtk_toggle_button_get_active(button));
}

static gboolean select_face(RestoratorFaceList *list, GdkEvent *event, GtkWidget *button) {
  (void)event;
  restorator_faces_select(list->faces, index_of(list, button));
  return GDK_EVENT_PROPAGATE;
}

static gboolean let_face_go(RestoratorFaceList *list) {
  restorator_faces_select(list->faces, -1);
  return GDK_EVENT_PROPAGATE;
}

static void want_face(RestoratorFaceList *list) {
  if (!list->updating)
    g_signal_emit(list, wanted, 0, gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(list->add)));
}

static void find_faces(RestoratorFaceList *list) {
  restorator_faces_find(list->faces);
}

/* ---- what is shown ---- */

static GtkWidget *make_switch(RestoratorFaceList *list, int index) {
  GtkWidget *button = gtk_check_button_new();

  g_signal_connect_swapped(button, "toggled", G_CALLBACK(take_switch), list);
  g_signal_connect_data(button, "focus-in-event", G_CALLBACK(select_face), list, NULL,
                        G_CONNECT_SWAPPED);
  g_signal_connect_data(button, "enter-notify-event", G_CALLBACK(select_face), list, NULL,
                        G_CONNECT_SWAPPED);
  g_signal_connect_swapped(button, "focus-out-event", G_CALLBACK(let_face_go), list);
  g_signal_connect_swapped(button, "leave-notify-event", G_CALLBACK(let_face_go), list);
  gtk_grid_attach(GTK_GRID(list->grid), button, index % COLUMNS, index / COLUMNS, 1, 1);
  gtk_widget_show(button);
  return button;
}

static void show_switch(RestoratorFaceList *list, int index) {
  GtkWidget *button = g_ptr_array_index(list->switches, (guint)index);
  g_autofree char *label = g_strdup_printf(_("Face %d"), index + 1);
  g_autofree char *name = restorator_faces_describe(list->faces, index);
  g_autofree char *text = g_strdup_printf(
    "%s. %s", name,
    restorator_faces_is_added(list->faces, index)
      ? _("Seen from near; switched off it is gone")
      : _("Whether it is seen from near. A click on its rim in the picture does the "
          "same"));

  gtk_button_set_label(GTK_BUTTON(button), label);
  accessible_describe(button, name, text);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button),
                               restorator_faces_is_on(list->faces, index));
}

static void show_switches(RestoratorFaceList *list) {
  const int count = restorator_faces_get_count(list->faces);
  int height;

  while ((int)list->switches->len < count)
    g_ptr_array_add(list->switches, make_switch(list, (int)list->switches->len));
  while ((int)list->switches->len > count) {
    GtkWidget *last = g_ptr_array_index(list->switches, list->switches->len - 1);

    g_ptr_array_set_size(list->switches, (int)list->switches->len - 1);
    gtk_widget_destroy(last);
  }
  for (int i = 0; i < count; i++)
    show_switch(list, i);
  gtk_widget_get_preferred_height(list->grid, NULL, &height);
  /* A scroll bar that is not needed takes no room. */
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(list->scrolled), GTK_POLICY_NEVER,
                                 height > LIST_HEIGHT ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
  gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(list->scrolled),
                                             MIN(height, LIST_HEIGHT));
  gtk_widget_set_visible(list->scrolled, count > 0);
}

static char *make_title(RestoratorFaceList *list) {
  const int count = restorator_faces_get_count(list->faces);
  int on = 0;

  for (int i = 0; i < count; i++)
    on += restorator_faces_is_on(list->faces, i) ? 1 : 0;
  if (!list->used || count == 0)
    return g_strdup(_("Faces"));
  /* Translators: faces: how many of how many are switched on. */
  return on == count ? g_strdup_printf(_("Faces (%d)"), count)
                     : g_strdup_printf(_("Faces (%d of %d)"), on, count);
}

static void show(RestoratorFaceList *list) {
  const gboolean known = restorator_faces_are_known(list->faces);
  const gboolean none = restorator_faces_get_count(list->faces) == 0;
  g_autofree char *title = make_title(list);

  if (list->updating)
    return;
  list->updating = TRUE;
  show_switches(list);
  gtk_expander_set_label(GTK_EXPANDER(list), title);
  widget_set_note(list->note, !list->used ? _("Not used: the window is not “With faces”")
                              : none      ? _("No face was found")
                                          : "");
  gtk_widget_set_sensitive(list->scrolled, list->used);
  gtk_widget_set_sensitive(list->add, list->used);
  gtk_widget_set_sensitive(list->find, list->used && !restorator_faces_are_automatic(list->faces));
  gtk_widget_set_visible(GTK_WIDGET(list), known);
  list->updating = FALSE;
}

RestoratorFaces *restorator_face_list_get_faces(RestoratorFaceList *list) {
  return list->faces;
}

void restorator_face_list_set_used(RestoratorFaceList *list, gboolean used) {
  list->used = used;
  if (!used)
    restorator_face_list_set_wanted(list, FALSE);
  show(list);
}

void restorator_face_list_set_wanted(RestoratorFaceList *list, gboolean is_wanted) {
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(list->add), is_wanted);
}

/* ---- building ---- */

static void make_list(RestoratorFaceList *list) {
  list->grid = gtk_grid_new();
  gtk_grid_set_column_spacing(GTK_GRID(list->grid), 12);
  list->scrolled = gtk_scrolled_window_new(NULL, NULL);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(list->scrolled), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_container_add(GTK_CONTAINER(list->scrolled), list->grid);
  gtk_widget_show_all(list->scrolled);
  gtk_widget_set_no_show_all(list->scrolled, TRUE);
}

static GtkWidget *make_buttons(RestoratorFaceList *list) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

  list->add = gtk_toggle_button_new_with_label(_("Add a face"));
  accessible_describe(list->add, _("Add a face"),
                      _("Then drag a square over a face that was not found, or press Return in "
                        "the picture to take the square in its middle"));
  g_signal_connect_swapped(list->add, "toggled", G_CALLBACK(want_face), list);
  list->find = gtk_button_new_with_label(_("As found"));
  accessible_describe(list->find, _("Faces as found"),
                      _("Takes all faces that are found, and none that was added"));
  g_signal_connect_swapped(list->find, "clicked", G_CALLBACK(find_faces), list);
  gtk_box_pack_start(GTK_BOX(box), list->add, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), list->find, TRUE, TRUE, 0);
  return box;
}

static void build(RestoratorFaceList *list) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

  make_list(list);
  list->note = widget_note("dim-label");
  gtk_widget_set_margin_top(box, 6);
  gtk_container_add(GTK_CONTAINER(box), list->note);
  gtk_container_add(GTK_CONTAINER(box), list->scrolled);
  gtk_container_add(GTK_CONTAINER(box), make_buttons(list));
  gtk_widget_show_all(box);
  gtk_container_add(GTK_CONTAINER(list), box);
  gtk_widget_set_no_show_all(GTK_WIDGET(list), TRUE);
}

/* ---- the class ---- */

static void restorator_face_list_dispose(GObject *object) {
  RestoratorFaceList *list = RESTORATOR_FACE_LIST(object);

  list->updating = TRUE; /* switches that go switch nothing, … */
  if (list->faces)
    g_signal_handlers_disconnect_by_data(list->faces, list);
  G_OBJECT_CLASS(restorator_face_list_parent_class)->dispose(object); /* … and lose the focus */
  g_clear_object(&list->faces);
  g_clear_pointer(&list->switches, g_ptr_array_unref);
}

static void restorator_face_list_class_init(RestoratorFaceListClass *class) {
  G_OBJECT_CLASS(class)->dispose = restorator_face_list_dispose;
  wanted = g_signal_new("wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void restorator_face_list_init(RestoratorFaceList *list) {
  list->switches = g_ptr_array_new();
  accessible_describe(GTK_WIDGET(list), _("Faces"),
                      _("Which of the faces the network sees from near, beside the whole"));
}

GtkWidget *restorator_face_list_new(RestoratorFaces *faces) {
  RestoratorFaceList *list = g_object_new(RESTORATOR_TYPE_FACE_LIST, NULL);

  list->faces = g_object_ref(faces);
  build(list);
  show(list);
  g_signal_connect_swapped(faces, "changed", G_CALLBACK(show), list);
  return GTK_WIDGET(list);
}
