/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The faces of a photograph in the preview and in the panel: drawn, switched, added, undone, by
 * mouse and by keyboard.
 */
#include <gdk/gdkkeysyms.h>
#include <math.h>
#include <string.h>

#include "fixture.h"

enum { SIDE = 420 }; /* of the photograph */

static RestoratorFaces *faces_of(Fixture *b) {
  return restorator_panel_get_faces(b->panel);
}

static gboolean are_found(gpointer data) {
  return restorator_faces_get_count(faces_of(data)) > 0;
}

/* A group of boys, with a window at each face that is found. */
static Fixture *open_boys(void) {
  g_autoptr(GdkPixbuf) boys = gdk_pixbuf_new_from_file_at_size(BOYS, SIDE, SIDE, NULL);
  g_autofree char *path = g_build_filename(folder, "boys.png", NULL);
  Fixture *b;

  g_assert_nonnull(boys);
  g_assert_true(gdk_pixbuf_save(boys, path, "png", NULL, NULL));
  b = fixture_open(path, "tiny-single");
  restorator_view_set_compare(b->view, RESTORATOR_COMPARE_AFTER);
  g_object_set(b->settings, "window", "faces", NULL);
  finish(b);
  run_until(are_found, b);
  return b;
}

static char *get_faces(Fixture *b) {
  char *faces = NULL;

  settle();
  g_object_get(b->settings, "faces", &faces, NULL);
  return faces;
}

static void assert_faces(Fixture *b, const char *expected) {
  g_autofree char *faces = get_faces(b);

  g_assert_cmpstr(faces, ==, expected);
}

/* How many windows beside the whole's the setting asks for. */
static int count_set(Fixture *b) {
  g_autofree char *faces = get_faces(b);
  int count = 0;

  g_assert_cmpint(rst_faces_parse(faces, NULL, &count, NULL), ==, RST_OK);
  return count;
}

static void undo(Fixture *b) {
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  settle();
}

/* Half way down its left rim. */
static void rim_of(Fixture *b, int index, double *x, double *y) {
  const rst_face *face = restorator_faces_get(faces_of(b), index);

  restorator_view_from_picture(b->view, face->x, face->y + face->height / 2.0, x, y);
}

static void click_rim(Fixture *b, int index) {
  double x, y;

  rim_of(b, index, &x, &y);
  click_mouse(GTK_WIDGET(b->view), GDK_BUTTON_PRIMARY, x, y);
  settle();
}

static GtkWidget *switch_of(Fixture *b, int index) {
  g_autofree char *name = restorator_faces_describe(faces_of(b), index);

  return find_named(b, name);
}

/* A click on a rim leaves the face out and takes it back; that is what is restored and undone. */
static void test_click(void) {
  Fixture *b = open_boys();
  const int count = restorator_faces_get_count(faces_of(b));
  g_autofree char *planned = g_new0(char, RST_FACES_TEXT), *less = NULL;

  g_assert_cmpint(count, >=, 2);
  assert_faces(b, "auto");
  g_assert_nonnull(find_text(b->window, "Faces ("));
  click_rim(b, 1);
  g_assert_false(restorator_faces_is_on(faces_of(b), 1));
  g_assert_true(restorator_faces_is_on(faces_of(b), 0));
  g_assert_cmpint(restorator_faces_get_count(faces_of(b)), ==, count);
  g_assert_cmpint(count_set(b), ==, count - 1);
  finish(b);
  less = get_faces(b);
  g_assert_true(preview_get_faces(restorator_editor_get_preview(b->editor), planned));
  g_assert_cmpstr(planned, ==, less);
  undo(b);
  assert_faces(b, "auto");
  g_assert_true(restorator_faces_is_on(faces_of(b), 1));
  press_key(GTK_WIDGET(b->editor), GDK_KEY_y, GDK_CONTROL_MASK, TRUE);
  assert_faces(b, less);
  click_rim(b, 1); /* all that are found again */
  assert_faces(b, "auto");
  for (int i = 0; i < count; i++)
    click_rim(b, i);
  assert_faces(b, "");
  finish(b);
  fixture_free(b);
}

/* Inside a face a click asks about the pixel, as elsewhere; and so it does where none is shown. */
static void test_no_click(void) {
  Fixture *b = open_boys();
  const rst_face *face = restorator_faces_get(faces_of(b), 0);
  double x, y;

  restorator_view_from_picture(b->view, face->x + face->width / 2.0, face->y + face->height / 2.0,
                               &x, &y);
  click_mouse(GTK_WIDGET(b->view), GDK_BUTTON_PRIMARY, x, y);
  assert_faces(b, "auto");
  press_key(GTK_WIDGET(b->view), GDK_KEY_f, 0, TRUE);
  g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(find_named(b, "Show the faces"))));
  click_rim(b, 0);
  assert_faces(b, "auto");
  press_key(GTK_WIDGET(b->view), GDK_KEY_f, 0, TRUE);
  g_object_set(b->settings, "window", "auto", NULL);
  finish(b);
  click_rim(b, 0);
  assert_faces(b, "auto");
  g_assert_false(gtk_widget_is_sensitive(find_named(b, "Add a face")));
  g_assert_nonnull(find_text(b->window, "Not used: the window"));
  fixture_free(b);
}

/* What is drawn: rims, bold where the focus is, dashed where a face is off. */
static void test_drawn(void) {
  Fixture *b = open_boys();
  double x, y;
  guint32 rim, beside;

  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "faces")), TRUE);
  settle();
  rim_of(b, 0, &x, &y);
  g_autoptr(GdkPixbuf) shown = shoot(b);
  rim = colour_at(b, shown, floor(x), floor(y));
  g_assert_cmphex(rim, ==, 0xffffff);
  press_key(GTK_WIDGET(b->view), GDK_KEY_f, 0, TRUE);
  settle();
  g_autoptr(GdkPixbuf) hidden = shoot(b);
  g_assert_cmphex(colour_at(b, hidden, floor(x), floor(y)), !=, rim);
  press_key(GTK_WIDGET(b->view), GDK_KEY_f, 0, TRUE);
  beside = colour_at(b, shown, floor(x) + 1, floor(y));
  gtk_widget_grab_focus(switch_of(b, 0));
  settle();
  g_assert_cmpint(restorator_faces_get_selected(faces_of(b)), ==, 0);
  g_autoptr(GdkPixbuf) bold = shoot(b);
  g_assert_cmphex(colour_at(b, bold, floor(x) + 1, floor(y)), !=, beside);
  click_rim(b, 1);
  finish(b);
  keep_shot(b, "faces");
  fixture_free(b);
}

/* The list does the same by keyboard, and says what each is. */
static void test_list(void) {
  Fixture *b = open_boys();
  const int count = restorator_faces_get_count(faces_of(b));

  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "faces")), TRUE);
  settle();
  for (int i = 0; i < count; i++)
    g_assert_true(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(switch_of(b, i))));
  gtk_widget_grab_focus(switch_of(b, 0));
  gtk_widget_activate(switch_of(b, 0));
  run_for(500); /* it goes down and up again */
  g_assert_false(restorator_faces_is_on(faces_of(b), 0));
  g_assert_cmpint(count_set(b), ==, count - 1);
  g_assert_nonnull(find_text(b->window, " of "));
  gtk_button_clicked(GTK_BUTTON(find_named(b, "Faces as found")));
  assert_faces(b, "auto");
  g_assert_true(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(switch_of(b, 0))));
  g_assert_false(gtk_widget_is_sensitive(find_named(b, "Faces as found")));
  undo(b);
  g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(switch_of(b, 0))));
  fixture_free(b);
}

/* Dragged, or by Return; undone; gone when it is switched off. */
static void test_add(void) {
  Fixture *b = open_boys();
  const int count = restorator_faces_get_count(faces_of(b));
  GtkWidget *add = find_named(b, "Add a face");
  g_autofree char *name = NULL;
  double x, y, u, v;

  gtk_button_clicked(GTK_BUTTON(add));
  settle();
  restorator_view_from_picture(b->view, 30, 40, &x, &y);
  restorator_view_from_picture(b->view, 70, 70, &u, &v);
  drag(GTK_WIDGET(b->view), x, y, u, v);
  settle();
  g_assert_cmpint(restorator_faces_get_count(faces_of(b)), ==, count + 1);
  g_assert_cmpint(count_set(b), ==, count + 1);
  g_assert_true(restorator_faces_is_added(faces_of(b), count));
  g_assert_cmpint(abs(restorator_faces_get(faces_of(b), count)->x - 30), <=, 1);
  g_assert_cmpint(abs(restorator_faces_get(faces_of(b), count)->width - 40), <=, 1);
  g_assert_cmpint(restorator_faces_get(faces_of(b), count)->width, ==,
                  restorator_faces_get(faces_of(b), count)->height);
  g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(add)));
  finish(b);
  click_rim(b, count);
  g_assert_cmpint(restorator_faces_get_count(faces_of(b)), ==, count);
  assert_faces(b, "auto");
  undo(b);
  g_assert_cmpint(restorator_faces_get_count(faces_of(b)), ==, count + 1);
  undo(b);
  assert_faces(b, "auto");

  gtk_button_clicked(GTK_BUTTON(add));
  settle();
  keep_shot(b, "faces-add");
  press_key(GTK_WIDGET(b->view), GDK_KEY_Escape, 0, TRUE);
  assert_faces(b, "auto");
  g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(add)));
  gtk_button_clicked(GTK_BUTTON(add));
  press_key(GTK_WIDGET(b->view), GDK_KEY_Return, 0, TRUE);
  g_assert_cmpint(count_set(b), ==, count + 1);
  finish(b);
  fixture_free(b);
}

/* The window's words are people's; what is typed is understood in either form. */
static void test_window(void) {
  static const char *const words[][2] = {
    {"auto", "Automatic"}, {"picture", "Whole picture"}, {"faces", "With faces"}};
  Fixture *b = fixture_new("tiny-single");
  GtkEntry *entry = GTK_ENTRY(gtk_bin_get_child(GTK_BIN(control(b, "window"))));

  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    for (int k = 0; k < 2; k++) {
      g_autofree char *window = NULL;

      gtk_entry_set_text(entry, words[i][k]);
      g_object_get(b->settings, "window", &window, NULL);
      g_assert_cmpstr(window, ==, words[i][0]);
      g_object_set(b->settings, "window", "10,20,30", NULL);
      g_assert_cmpstr(gtk_entry_get_text(entry), ==, "10,20,30");
      g_object_set(b->settings, "window", words[i][0], NULL);
      g_assert_cmpstr(gtk_entry_get_text(entry), ==, words[i][1]);
    }
  fixture_free(b);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/faces/click", test_click);
  g_test_add_func("/ui/faces/no-click", test_no_click);
  g_test_add_func("/ui/faces/drawn", test_drawn);
  g_test_add_func("/ui/faces/list", test_list);
  g_test_add_func("/ui/faces/add", test_add);
  g_test_add_func("/ui/faces/window", test_window);
  return fixture_run();
}
