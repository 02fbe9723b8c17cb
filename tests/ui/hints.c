/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints on the picture and in the panel, by mouse and by keyboard.
 */
#include <math.h>
#include <string.h>

#include "fixture.h"

static GtkWidget *view_of(Fixture *b) {
  return GTK_WIDGET(b->view);
}

static void place_of(Fixture *b, int x, int y, double *u, double *v) {
  restorator_view_from_picture(b->view, x + 0.5, y + 0.5, u, v);
}

static void click_at(Fixture *b, guint button, int x, int y) {
  double u, v;

  place_of(b, x, y, &u, &v);
  click_mouse(view_of(b), button, u, v);
}

static void drag_from(Fixture *b, int x, int y, int to_x, int to_y) {
  double u, v, s, t;

  place_of(b, x, y, &u, &v);
  place_of(b, to_x, to_y, &s, &t);
  drag(view_of(b), u, v, s, t);
}

static void key(Fixture *b, guint keyval) {
  press_key(view_of(b), keyval, 0, TRUE);
  settle();
}

static void assert_hints(Fixture *b, const char *expected) {
  g_autofree char *hints = NULL;

  settle();
  g_object_get(b->settings, "hints", &hints, NULL);
  g_assert_cmpstr(hints, ==, expected);
}

static GtkWidget *popover(Fixture *b) {
  GtkWidget *widget = restorator_editor_get_popover(b->editor);

  g_assert_nonnull(widget);
  return widget;
}

static void press_in_popover(Fixture *b, const char *name) {
  gtk_button_clicked(GTK_BUTTON(find_named_in(popover(b), name)));
  settle();
}

static Fixture *open_hints(void) {
  Fixture *b = fixture_new("tiny-diffusion");

  /* the split beside the picture: all is after */
  restorator_view_set_compare(b->view, RESTORATOR_COMPARE_AFTER);
  gtk_widget_grab_focus(view_of(b));
  key(b, GDK_KEY_h);
  g_assert_true(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(find_named(b, "Colour hints"))));
  finish(b);
  return b;
}

/* The first proposed colour's button. */
static GtkWidget *first_proposal(Fixture *b) {
  GtkWidget *label = find_text(popover(b), "Proposed");
  GtkWidget *grid = gtk_widget_get_parent(label);
  g_autoptr(GList) swatches =
    gtk_container_get_children(GTK_CONTAINER(gtk_grid_get_child_at(GTK_GRID(grid), 1, 0)));

  for (GList *one = swatches; one; one = one->next)
    if (GTK_IS_BUTTON(one->data))
      return one->data;
  return NULL;
}

static gboolean has_proposals(gpointer data) {
  return first_proposal(data) != NULL;
}

static gboolean has_no_popover(gpointer data) {
  return !restorator_editor_get_popover(((Fixture *)data)->editor);
}

/* A click adds a hint whose colour is chosen from the proposals; that is one step to undo. */
static void test_add(void) {
  Fixture *b = open_hints();
  g_autofree char *expected = NULL;
  GtkWidget *swatch;

  click_at(b, GDK_BUTTON_PRIMARY, 80, 60);
  assert_hints(b, "80,60,keep,0.9");
  run_until(has_proposals, b);
  swatch = first_proposal(b);
  g_assert_nonnull(swatch);
  g_assert_nonnull(strstr(gtk_widget_get_tooltip_text(swatch), "proposes"));
  expected =
    g_strdup_printf("80,60,%s,0.9", atk_object_get_name(gtk_widget_get_accessible(swatch)));
  gtk_button_clicked(GTK_BUTTON(swatch));
  assert_hints(b, expected);
  g_assert_null(restorator_editor_get_popover(b->editor));
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  assert_hints(b, "");
  press_key(GTK_WIDGET(b->editor), GDK_KEY_y, GDK_CONTROL_MASK, TRUE);
  assert_hints(b, expected);
  /* It is among those used last from now on. */
  click_at(b, GDK_BUTTON_PRIMARY, 60, 60);
  g_assert_nonnull(find_text(popover(b), "Used last"));
  gtk_popover_popdown(GTK_POPOVER(popover(b)));
  run_until(has_no_popover, b);
  assert_hints(b, expected); /* nothing was chosen: nothing is added */
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  assert_hints(b, "");
  fixture_free(b);
}

/* What is drawn and what is written follow a hint that is dragged, undone in one step. */
static void test_move(void) {
  Fixture *b = open_hints();
  double u, v;

  g_object_set(b->settings, "hints", "70,60,#ff0000", NULL);
  finish(b);
  place_of(b, 70, 60, &u, &v);
  g_autoptr(GdkPixbuf) before = shoot(b);
  const guint32 disc = colour_at(b, before, u, v);
  g_assert_cmphex(disc, ==, 0xff0000);
  drag_from(b, 70, 60, 90, 64);
  assert_hints(b, "90,64,#ff0000");
  finish(b);
  g_autoptr(GdkPixbuf) after = shoot(b);
  g_assert_cmphex(colour_at(b, after, u, v), !=, disc);
  place_of(b, 90, 64, &u, &v);
  g_assert_cmphex(colour_at(b, after, u, v), ==, disc);
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  assert_hints(b, "70,60,#ff0000");
  /* Off: neither is it drawn nor does the mouse take it. */
  key(b, GDK_KEY_h);
  finish(b);
  place_of(b, 70, 60, &u, &v);
  g_autoptr(GdkPixbuf) off = shoot(b);
  g_assert_cmphex(colour_at(b, off, u, v), !=, disc);
  drag_from(b, 70, 60, 90, 64);
  assert_hints(b, "70,60,#ff0000");
  fixture_free(b);
}

/* The right button pins; Delete removes. */
static void test_pin(void) {
  Fixture *b = open_hints();

  click_at(b, GDK_BUTTON_SECONDARY, 80, 50);
  assert_hints(b, "80,50,keep,0.9");
  g_object_set(b->settings, "hints", "80,50,#102030", NULL);
  settle();
  click_at(b, GDK_BUTTON_SECONDARY, 80, 50);
  assert_hints(b, "80,50,keep");
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  assert_hints(b, "80,50,#102030");
  click_at(b, GDK_BUTTON_PRIMARY, 80, 50); /* opens its colour */
  press_in_popover(b, "Pin");
  assert_hints(b, "80,50,keep");
  key(b, GDK_KEY_Delete);
  assert_hints(b, "");
  fixture_free(b);
}

/* Control and the wheel change the reach, and how far it goes is drawn for a while. */
static void test_reach(void) {
  Fixture *b = open_hints();
  GtkWidget *view = view_of(b);
  const double zoom = restorator_view_get_zoom(b->view);
  double u, v;

  g_object_set(b->settings, "hints", "80,60,#405060", NULL);
  finish(b);
  g_autoptr(GdkPixbuf) before = shoot(b);
  place_of(b, 80, 60, &u, &v);
  for (int i = 0; i < 4; i++)
    use_mouse(view, GDK_SCROLL, 0, GDK_CONTROL_MASK, u, v);
  assert_hints(b, "80,60,#405060,0.35");
  g_assert_cmpfloat(restorator_view_get_zoom(b->view), ==, zoom);
  finish(b);
  g_autoptr(GdkPixbuf) shown = shoot(b);
  int lighter = 0;
  for (int x = 0; x < 60; x++) /* somewhere to the right it passes one half */
    lighter += (colour_at(b, shown, u + x * zoom / 2, v) >> 8 & 255) >
               (colour_at(b, before, u + x * zoom / 2, v) >> 8 & 255) + 40;
  g_assert_cmpint(lighter, >, 0);
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  assert_hints(b, "80,60,#405060"); /* all turns of the wheel */
  use_mouse(view, GDK_SCROLL, 0, 0, u, v); /* without Control it zooms */
  g_assert_cmpfloat(restorator_view_get_zoom(b->view), <, zoom);
  fixture_free(b);
}

/* All of it without a mouse: in the picture, … */
static void test_keys(void) {
  Fixture *b = open_hints();

  key(b, GDK_KEY_Insert);
  run_until(has_proposals, b);
  press_in_popover(b, "Pin");
  g_object_set(b->settings, "hints", "50,40,keep; 80,60,#405060", NULL);
  settle();
  key(b, GDK_KEY_Escape);
  key(b, GDK_KEY_Page_Down);
  key(b, GDK_KEY_Left);
  key(b, GDK_KEY_Down);
  assert_hints(b, "49,41,keep; 80,60,#405060");
  key(b, GDK_KEY_Page_Down);
  key(b, GDK_KEY_p);
  assert_hints(b, "49,41,keep; 80,60,keep");
  key(b, GDK_KEY_Return);
  press_in_popover(b, "Remove");
  assert_hints(b, "49,41,keep");
  key(b, GDK_KEY_Page_Up);
  key(b, GDK_KEY_Delete);
  assert_hints(b, "");
  key(b, GDK_KEY_Delete); /* nothing is selected */
  fixture_free(b);
}

/* … and in the panel's list. */
static void test_list(void) {
  Fixture *b = open_hints();
  GtkWidget *list = control(b, "hints"), *rows;

  g_object_set(b->settings, "hints", "50,40,keep; 80,60,#405060; 145,60,#203040", NULL);
  finish(b);
  g_assert_true(gtk_expander_get_expanded(GTK_EXPANDER(list)));
  rows = find_named_in(list, "Hint at 80, 60: colour #405060");
  find_named_in(list, "Pin at 50, 40: the colour there stays");
  gtk_list_box_select_row(GTK_LIST_BOX(gtk_widget_get_parent(rows)), GTK_LIST_BOX_ROW(rows));
  settle();
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(find_named_in(list, "The hint's column")), 81);
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(find_named_in(list, "The hint's reach")), 0.2);
  assert_hints(b, "50,40,keep; 81,60,#405060,0.2; 145,60,#203040");
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(find_named_in(list, "Pin")), TRUE);
  assert_hints(b, "50,40,keep; 81,60,keep,0.2; 145,60,#203040");
  gtk_button_clicked(GTK_BUTTON(find_named_in(list, "The hint's colour")));
  settle();
  press_in_popover(b, "Remove");
  assert_hints(b, "50,40,keep; 145,60,#203040");
  /* Where it lies is said. */
  find_named_in(list,
                "Hint at 145, 60: colour #203040. Outside the selection: it colours what it "
                "reaches inside");
  gtk_entry_set_text(GTK_ENTRY(gtk_bin_get_child(GTK_BIN(control(b, "window")))), "30,20,100");
  finish(b);
  find_named_in(list, "Hint at 145, 60: colour #203040. Outside the window: it has no effect");
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "mode")), "detail");
  settle();
  g_assert_nonnull(find_text(list, "Not used"));
  gtk_button_clicked(GTK_BUTTON(find_named_in(list, "Add a hint")));
  settle();
  press_in_popover(b, "Pin");
  g_assert_nonnull(find_text(list, "Colour hints (3)"));
  gtk_button_clicked(GTK_BUTTON(control(b, "defaults")));
  assert_hints(b, "");
  fixture_free(b);
}

/* A colour from any place of the picture, before or after. */
static void test_eyedropper(void) {
  Fixture *b = open_hints();
  g_autofree char *expected = NULL;
  double u, v;

  g_object_set(b->settings, "hints", "80,60,#405060", NULL);
  restorator_view_hold_before(b->view, TRUE);
  finish(b);
  place_of(b, 20, 30, &u, &v);
  g_autoptr(GdkPixbuf) shot = shoot(b);
  expected = g_strdup_printf("80,60,#%06x", colour_at(b, shot, u, v));
  click_at(b, GDK_BUTTON_PRIMARY, 80, 60);
  press_in_popover(b, "From the picture");
  restorator_view_hold_before(b->view, TRUE); /* the focus came back, and let it go */
  click_at(b, GDK_BUTTON_PRIMARY, 20, 30);
  assert_hints(b, expected);
  click_at(b, GDK_BUTTON_PRIMARY, 100, 70); /* a new one … */
  press_in_popover(b, "From the picture");
  key(b, GDK_KEY_Escape); /* … without a colour is none */
  assert_hints(b, expected);
  fixture_free(b);
}

/* The program takes hints and writes them. */
static void test_program(void) {
  g_autofree char *photo = write_photo(), *said = NULL;
  g_autofree char *path = g_build_filename(folder, "hinted.png", NULL);
  const char *const words[] = {program,  photo, "--model", "tiny-single",       "--mode", "colour",
                               "--save", path,  "--hints", "80,60,#ff0000,0.2", NULL};
  int status;

  g_assert_true(g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &said,
                             &status, NULL));
  g_test_message("%s", said);
  g_assert_cmpint(status, ==, 0);

  g_autoptr(GdkPixbuf) after = gdk_pixbuf_new_from_file(path, NULL);
  const guint8 *pixel = gdk_pixbuf_read_pixels(after) + 60 * gdk_pixbuf_get_rowstride(after) +
                        80 * gdk_pixbuf_get_n_channels(after);

  g_assert_cmpint(pixel[0], >, pixel[1] + 40);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/hints/add", test_add);
  g_test_add_func("/ui/hints/move", test_move);
  g_test_add_func("/ui/hints/pin", test_pin);
  g_test_add_func("/ui/hints/reach", test_reach);
  g_test_add_func("/ui/hints/keys", test_keys);
  g_test_add_func("/ui/hints/list", test_list);
  g_test_add_func("/ui/hints/eyedropper", test_eyedropper);
  g_test_add_func("/ui/hints/program", test_program);
  return fixture_run();
}
