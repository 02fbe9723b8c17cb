/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/viewer.h"

#include <glib/gi18n.h>
#include <math.h>

#include "widgets/accessible.h"
#include "messages.h"
#include "properties.h"
#include "widgets/window_size.h"

enum { WIDTH = 1200, HEIGHT = 680, HANDLE = 5, REACH = 10, STEP = 8 };

/* The selection's handles: its corners, and its middle to move it. */
typedef enum { HANDLE_NONE = -1, HANDLE_MIDDLE = 4, HANDLES } Handle;

struct _RestoratorViewer {
  GtkWindow parent;
  GObject *settings;
  Photo *photo;
  GtkWidget *editor, *shape, *feather, *save;
  Handle held;
  double hold_x, hold_y; /* from the handle to the pointer, in the picture */
  char *path;            /* to be saved when it is exact */
  void (*saved)(gpointer user, const GError *error);
  gpointer user;
};

G_DEFINE_FINAL_TYPE(RestoratorViewer, restorator_viewer, GTK_TYPE_WINDOW)

/* -------------------------------------------------------------------------------------------
 * The selection
 */

static RestoratorView *view_of(RestoratorViewer *viewer) {
  return restorator_editor_get_view(RESTORATOR_EDITOR(viewer->editor));
}

static void select_box(RestoratorViewer *viewer, int x, int y, int w, int h) {
  rst_rectangle box;

  photo_select(viewer->photo, (PhotoShape)gtk_combo_box_get_active(GTK_COMBO_BOX(viewer->shape)), x,
               y, w, h, gtk_spin_button_get_value(GTK_SPIN_BUTTON(viewer->feather)));
  photo_get_box(viewer->photo, &box);
  restorator_editor_set_region(RESTORATOR_EDITOR(viewer->editor), &box);
  gtk_widget_queue_draw(GTK_WIDGET(view_of(viewer)));
}

static void change_shape(RestoratorViewer *viewer) {
  const Photo *p = viewer->photo;

  select_box(viewer, p->x, p->y, p->w, p->h);
}

static void handle_at(const Photo *p, Handle handle, double *x, double *y) {
  *x = p->x + (handle == HANDLE_MIDDLE ? p->w / 2.0 : handle % 2 == 0 ? 0 : p->w);
  *y = p->y + (handle == HANDLE_MIDDLE ? p->h / 2.0 : handle / 2 == 0 ? 0 : p->h);
}

static Handle find_handle(RestoratorViewer *viewer, double x, double y) {
  for (int i = 0; i < HANDLES; i++) {
    double px, py, hx, hy;

    handle_at(viewer->photo, (Handle)i, &px, &py);
    restorator_view_from_picture(view_of(viewer), px, py, &hx, &hy);
    if (fabs(hx - x) <= REACH && fabs(hy - y) <= REACH)
      return (Handle)i;
  }
  return HANDLE_NONE;
}

static gboolean press(RestoratorViewer *viewer, GdkEventButton *event) {
  double px, py, x, y;

  if (event->type != GDK_BUTTON_PRESS || event->button != GDK_BUTTON_PRIMARY ||
      restorator_editor_takes_hints(RESTORATOR_EDITOR(viewer->editor)))
    return GDK_EVENT_PROPAGATE;
  viewer->held = find_handle(viewer, event->x, event->y);
  if (viewer->held == HANDLE_NONE)
    return GDK_EVENT_PROPAGATE;
  handle_at(viewer->photo, viewer->held, &px, &py);
  restorator_view_to_picture(view_of(viewer), event->x, event->y, &x, &y);
  viewer->hold_x = x - px;
  viewer->hold_y = y - py;
  return GDK_EVENT_STOP;
}

static gboolean drag(RestoratorViewer *viewer, GdkEventMotion *event) {
  const Photo *p = viewer->photo;
  double x, y;

  if (viewer->held == HANDLE_NONE)
    return GDK_EVENT_PROPAGATE;
  restorator_view_to_picture(view_of(viewer), event->x, event->y, &x, &y);
  x -= viewer->hold_x;
  y -= viewer->hold_y;
  if (viewer->held == HANDLE_MIDDLE) {
    select_box(viewer, (int)(x - p->w / 2.0), (int)(y - p->h / 2.0), p->w, p->h);
  } else { /* the opposite corner stays */
    const int left = viewer->held % 2 == 0, top = viewer->held / 2 == 0;
    const int u = CLAMP((int)x, 0, p->width), v = CLAMP((int)y, 0, p->height);

    select_box(viewer, left ? MIN(u, p->x + p->w - 2) : p->x, top ? MIN(v, p->y + p->h - 2) : p->y,
               left ? p->x + p->w - u : u - p->x, top ? p->y + p->h - v : v - p->y);
  }
  return GDK_EVENT_STOP;
}

static gboolean release(RestoratorViewer *viewer) {
  const gboolean held = viewer->held != HANDLE_NONE;

  viewer->held = HANDLE_NONE;
  return held;
}

/* Shift and an arrow move the selection, Control and an arrow change its size. */
static gboolean press_key(RestoratorViewer *viewer, GdkEventKey *event) {
  const guint state = event->state & gtk_accelerator_get_default_mod_mask();
  const Photo *p = viewer->photo;
  int dx = 0, dy = 0;

  if (event->keyval == GDK_KEY_Left || event->keyval == GDK_KEY_Right)
    dx = event->keyval == GDK_KEY_Left ? -STEP : STEP;
  else if (event->keyval == GDK_KEY_Up || event->keyval == GDK_KEY_Down)
    dy = event->keyval == GDK_KEY_Up ? -STEP : STEP;
  if ((dx == 0 && dy == 0) || (state != GDK_SHIFT_MASK && state != GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  if (state == GDK_SHIFT_MASK)
    select_box(viewer, p->x + dx, p->y + dy, p->w, p->h);
  else
    select_box(viewer, p->x, p->y, p->w + dx, p->h + dy);
  return GDK_EVENT_STOP;
}

static gboolean draw_selection(RestoratorViewer *viewer, cairo_t *cr) {
  const gboolean shown = !restorator_editor_takes_hints(RESTORATOR_EDITOR(viewer->editor));

  for (int i = 0; i < HANDLES && shown; i++) {
    double px, py, x, y;

    handle_at(viewer->photo, (Handle)i, &px, &py);
    restorator_view_from_picture(view_of(viewer), px, py, &x, &y);
    cairo_rectangle(cr, floor(x) - HANDLE + 0.5, floor(y) - HANDLE + 0.5, 2 * HANDLE, 2 * HANDLE);
    cairo_set_source_rgba(cr, 1, 1, 1, 0.9);
    cairo_fill_preserve(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
  }
  return GDK_EVENT_PROPAGATE;
}

/* -------------------------------------------------------------------------------------------
 * Saving
 */

static void show_failure(RestoratorViewer *viewer, const GError *error) {
  GtkWidget *dialog =
    gtk_message_dialog_new(GTK_WINDOW(viewer), GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_ERROR,
                           GTK_BUTTONS_CLOSE, "%s", error->message);

  g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
  gtk_window_present(GTK_WINDOW(dialog));
}

static void save_if_exact(RestoratorViewer *viewer) {
  RestoratorEditor *editor = RESTORATOR_EDITOR(viewer->editor);
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  rst_error why = RST_ERROR_INIT;
  rst_status result;
  double strength;

  if (!viewer->path)
    return;
  result = restorator_editor_check(editor, &why);
  if (result == RST_OK && !restorator_editor_is_finished(editor))
    return;
  if (result == RST_OK)
    result = preview_write(restorator_editor_get_preview(editor), &why);
  path = g_steal_pointer(&viewer->path);
  gtk_widget_set_sensitive(viewer->save, TRUE);
  g_object_get(viewer->settings, "strength", &strength, NULL);
  if (result == RST_OK)
    photo_save(viewer->photo, strength, path, &error);
  else
    messages_fail(&why, &error);
  if (viewer->saved)
    viewer->saved(viewer->user, error);
  else if (error)
    show_failure(viewer, error);
}

void restorator_viewer_save(RestoratorViewer *viewer, const char *path,
                            void (*saved)(gpointer user, const GError *error), gpointer user) {
  g_free(viewer->path);
  viewer->path = g_strdup(path);
  viewer->saved = saved;
  viewer->user = user;
  gtk_widget_set_sensitive(viewer->save, FALSE);
  save_if_exact(viewer);
}

static void choose_file(RestoratorViewer *viewer) {
  g_autoptr(GtkFileChooserNative) chooser = gtk_file_chooser_native_new(
    _("Save the restored picture"), GTK_WINDOW(viewer), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_do_overwrite_confirmation(GTK_FILE_CHOOSER(chooser), TRUE);
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(chooser), _("restored.png"));
  if (gtk_native_dialog_run(GTK_NATIVE_DIALOG(chooser)) != GTK_RESPONSE_ACCEPT)
    return;
  g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(chooser));

  restorator_viewer_save(viewer, path, NULL, NULL);
}

/* -------------------------------------------------------------------------------------------
 * Building
 */

static void add_labelled(GtkWidget *bar, const char *label, GtkWidget *control, const char *name,
                         const char *text) {
  GtkWidget *widget = gtk_label_new_with_mnemonic(label);

  gtk_label_set_mnemonic_widget(GTK_LABEL(widget), control);
  accessible_describe(control, name, text);
  gtk_box_pack_start(GTK_BOX(bar), widget, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), control, FALSE, FALSE, 0);
}

static GtkWidget *make_bar(RestoratorViewer *viewer) {
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  const double longest = MAX(viewer->photo->width, viewer->photo->height);

  viewer->shape = gtk_combo_box_text_new();
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(viewer->shape), NULL, _("Ellipse"));
  gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(viewer->shape), NULL, _("Rectangle"));
  gtk_combo_box_set_active(GTK_COMBO_BOX(viewer->shape), (int)viewer->photo->shape);
  viewer->feather = gtk_spin_button_new_with_range(0, longest, 1);
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(viewer->feather), viewer->photo->feather);
  viewer->save = gtk_button_new_with_mnemonic(_("_Save…"));
  add_labelled(bar, _("Se_lection"), viewer->shape, _("Selection"),
               _("The shape of the selection. Its handles can be dragged; in the picture, Shift "
                 "and an arrow move it, Control and an arrow change its size"));
  add_labelled(bar, _("Feat_her"), viewer->feather, _("Feather"),
               _("Pixels over which the selection's edge falls off"));
  accessible_describe(viewer->save, _("Save"),
                      _("Saves the picture as soon as the result is finished"));
  gtk_box_pack_end(GTK_BOX(bar), viewer->save, FALSE, FALSE, 0);
  g_signal_connect_swapped(viewer->shape, "changed", G_CALLBACK(change_shape), viewer);
  g_signal_connect_swapped(viewer->feather, "value-changed", G_CALLBACK(change_shape), viewer);
  g_signal_connect_swapped(viewer->save, "clicked", G_CALLBACK(choose_file), viewer);
  return bar;
}

static void build(RestoratorViewer *viewer) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *view = GTK_WIDGET(view_of(viewer));

  gtk_container_set_border_width(GTK_CONTAINER(viewer), 12);
  window_size_remember(GTK_WINDOW(viewer), "viewer", WIDTH, HEIGHT);
  gtk_window_set_title(GTK_WINDOW(viewer), _("Restorator"));
  gtk_box_pack_start(GTK_BOX(box), viewer->editor, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), make_bar(viewer), FALSE, FALSE, 0);
  gtk_container_add(GTK_CONTAINER(viewer), box);
  g_signal_connect_swapped(viewer->editor, "progressed", G_CALLBACK(save_if_exact), viewer);
  g_signal_connect_object(view, "button-press-event", G_CALLBACK(press), viewer, G_CONNECT_SWAPPED);
  g_signal_connect_object(view, "motion-notify-event", G_CALLBACK(drag), viewer, G_CONNECT_SWAPPED);
  g_signal_connect_object(view, "button-release-event", G_CALLBACK(release), viewer,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(view, "key-press-event", G_CALLBACK(press_key), viewer,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(view, "draw", G_CALLBACK(draw_selection), viewer,
                          G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_widget_show_all(box);
}

/* -------------------------------------------------------------------------------------------
 * The class
 */

static void restorator_viewer_finalize(GObject *object) {
  RestoratorViewer *viewer = RESTORATOR_VIEWER(object);

  photo_free(viewer->photo);
  g_clear_object(&viewer->settings);
  g_free(viewer->path);
  G_OBJECT_CLASS(restorator_viewer_parent_class)->finalize(object);
}

static void restorator_viewer_class_init(RestoratorViewerClass *class) {
  G_OBJECT_CLASS(class)->finalize = restorator_viewer_finalize;
}

static void restorator_viewer_init(RestoratorViewer *viewer) {
  viewer->held = HANDLE_NONE;
}

GtkWidget *restorator_viewer_new(Photo *photo, GObject *settings, rst_error *error) {
  RestoratorViewer *viewer = g_object_new(RESTORATOR_TYPE_VIEWER, NULL);
  rst_picture picture;
  rst_rectangle box;

  viewer->photo = photo;
  viewer->settings = g_object_ref(settings);
  photo_get_picture(photo, &picture);
  photo_get_box(photo, &box);
  viewer->editor = restorator_editor_new(settings, &picture, &box, error);
  if (!viewer->editor) {
    gtk_widget_destroy(GTK_WIDGET(viewer));
    return NULL;
  }
  build(viewer);
  return GTK_WIDGET(viewer);
}

RestoratorEditor *restorator_viewer_get_editor(RestoratorViewer *viewer) {
  return RESTORATOR_EDITOR(viewer->editor);
}
