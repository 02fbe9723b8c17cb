/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The viewer as people see it, for those who look after how it looks; it fits their screens.
 */
#include <string.h>
#include <widgets/hint_colours.h>
#include <widgets/variant_strip.h>

#include "fixture.h"

enum { SMALL_WIDTH = 1280, SMALL_HEIGHT = 720, NORMAL = 96 * 1024, LARGE = 192 * 1024 };

static void set_look(const char *property, int value) {
  g_object_set(gtk_settings_get_default(), property, value, NULL);
  settle();
}

/* An old portrait, small enough to be restored soon, its head selected. */
static Fixture *open_portrait(const char *model) {
  g_autoptr(GdkPixbuf) portrait = gdk_pixbuf_new_from_file_at_size(PORTRAIT, 240, 300, NULL);
  g_autofree char *path = g_build_filename(folder, "portrait.png", NULL);
  Fixture *b;
  rst_rectangle box;

  g_assert_nonnull(portrait);
  g_assert_true(gdk_pixbuf_save(portrait, path, "png", NULL, NULL));
  b = fixture_open(path, model);
  photo_select(b->photo, PHOTO_ELLIPSE, 60, 20, 125, 165, 15);
  photo_get_box(b->photo, &box);
  restorator_editor_set_region(b->editor, &box);
  restorator_view_fit(b->view);
  finish(b);
  return b;
}

static void expand(Fixture *b) {
  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "expander")), TRUE);
  settle();
}

static void keep_fitting_shot(Fixture *b, const char *name) {
  int width, height;

  finish(b);
  keep_shot(b, name);
  gtk_window_get_size(GTK_WINDOW(b->window), &width, &height);
  g_assert_cmpint(width, <=, SMALL_WIDTH);
  g_assert_cmpint(height, <=, SMALL_HEIGHT);
}

static void test_comparisons(void) {
  Fixture *b = open_portrait("portrait");

  keep_fitting_shot(b, "split");
  gtk_combo_box_set_active(GTK_COMBO_BOX(find_named(b, "Compare")), RESTORATOR_COMPARE_SIDES);
  keep_fitting_shot(b, "light");
  fixture_free(b);
}

static void test_dark(void) {
  Fixture *b;

  set_look("gtk-application-prefer-dark-theme", TRUE);
  b = open_portrait("portrait");
  expand(b);
  keep_fitting_shot(b, "dark");
  fixture_free(b);
  set_look("gtk-application-prefer-dark-theme", FALSE);
}

static void test_large_text(void) {
  Fixture *b;

  set_look("gtk-xft-dpi", LARGE);
  b = open_portrait("portrait");
  expand(b);
  keep_fitting_shot(b, "large-text");
  fixture_free(b);
  set_look("gtk-xft-dpi", NORMAL);
}

static gboolean is_small(gpointer data) {
  GtkWidget *window = ((Fixture *)data)->window;

  return gtk_widget_get_allocated_width(window) == SMALL_WIDTH &&
         gtk_widget_get_allocated_height(window) == SMALL_HEIGHT;
}

static gboolean are_thumbnails_finished(gpointer strip) {
  return restorator_strip_is_finished(strip);
}

/* A small screen with all that there is on it. */
static void test_small(void) {
  Fixture *b = open_portrait("portrait");

  gtk_window_resize(GTK_WINDOW(b->window), SMALL_WIDTH, SMALL_HEIGHT);
  run_until(is_small, b);
  expand(b);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(find_named(b, "Thumbnails")), TRUE);
  settle();
  run_until(are_thumbnails_finished,
            gtk_widget_get_ancestor(find_named(b, "Others"), RESTORATOR_TYPE_STRIP));
  keep_fitting_shot(b, "small");
  gtk_window_resize(GTK_WINDOW(b->window), 1200, 680);
  settle();
  fixture_free(b);
}

static void test_warning(void) {
  Fixture *b = open_portrait(write_judged_model());

  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "preset")), "ddim");
  finish(b);
  g_assert_nonnull(find_text(GTK_WIDGET(b->panel), "0.0123"));
  keep_fitting_shot(b, "warning");
  fixture_free(b);
}

static gboolean has_failed(gpointer data) {
  preview_status status;

  preview_get_status(restorator_editor_get_preview(((Fixture *)data)->editor), &status);
  return status.phase == PREVIEW_FAILED;
}

static void test_error(void) {
  Fixture *b = open_portrait("portrait");

  g_object_set(b->settings, "window", "0,0,20", NULL);
  settle();
  run_until(has_failed, b);
  settle();
  g_assert_nonnull(find_text(GTK_WIDGET(b->editor), "does not hold"));
  keep_shot(b, "error");
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * Colour hints, step by step
 */

enum { STEP_WIDTH = 500, STEP_HEIGHT = 400, STEPS = 6 };

/* The view with what lies over it, as large as a step of the sheet. */
static GdkPixbuf *shoot_step(Fixture *b) {
  g_autoptr(GdkPixbuf) shot = shoot(b);
  const int width = gtk_widget_get_allocated_width(GTK_WIDGET(b->view));
  const int height = gtk_widget_get_allocated_height(GTK_WIDGET(b->view));
  const int part_width = height * STEP_WIDTH / STEP_HEIGHT;
  int left, top;

  gtk_widget_translate_coordinates(GTK_WIDGET(b->view), b->window, 0, 0, &left, &top);
  g_autoptr(GdkPixbuf) part =
    gdk_pixbuf_new_subpixbuf(shot, left + (width - part_width) / 2, top, part_width, height);

  return gdk_pixbuf_scale_simple(part, STEP_WIDTH, STEP_HEIGHT, GDK_INTERP_BILINEAR);
}

static void place_of(Fixture *b, int x, int y, double *u, double *v) {
  restorator_view_from_picture(b->view, x + 0.5, y + 0.5, u, v);
}

static void click_at(Fixture *b, guint button, int x, int y) {
  double u, v;

  place_of(b, x, y, &u, &v);
  click_mouse(GTK_WIDGET(b->view), button, u, v);
  finish(b);
}

static gboolean has_proposals(gpointer data) {
  GtkWidget *popover = restorator_editor_get_popover(((Fixture *)data)->editor);
  GtkWidget *waiting = find_text(popover, "…");

  return !waiting || strcmp(gtk_label_get_text(GTK_LABEL(waiting)), "…") != 0;
}

static Fixture *open_hinted(void) {
  static const float used[][3] = {{0.23f, 0.29f, 0.45f}, {0.36f, 0.4f, 0.27f}};
  Fixture *b = open_portrait("photo");

  for (gsize i = 0; i < G_N_ELEMENTS(used); i++)
    hint_colours_note(used[i]);
  photo_select(b->photo, PHOTO_RECTANGLE, 0, 0, b->photo->width, b->photo->height, 0);
  restorator_editor_set_region(b->editor,
                               &(rst_rectangle){0, 0, b->photo->width, b->photo->height});
  g_object_set(b->settings, "mode", "colour", NULL);
  restorator_view_set_compare(b->view, RESTORATOR_COMPARE_AFTER);
  restorator_view_set_show_input(b->view, FALSE);
  restorator_view_set_show_windows(b->view, FALSE);
  restorator_view_fit(b->view);
  gtk_widget_grab_focus(GTK_WIDGET(b->view));
  press_key(GTK_WIDGET(b->view), GDK_KEY_h, 0, TRUE);
  finish(b);
  return b;
}

/* A hint on the coat, in green: added, its colour chosen, moved, made to reach less far, the face
 * pinned, and another on the tie. */
static void test_hints(void) {
  Fixture *b = open_hinted();
  GdkPixbuf *steps[STEPS];
  double u, v, s, t;

  click_at(b, GDK_BUTTON_PRIMARY, 160, 240);
  run_until(has_proposals, b);
  run_for(500); /* the popover fades in */
  steps[0] = shoot_step(b);
  keep_shot(b, "hints");
  gtk_button_clicked(
    GTK_BUTTON(find_named_in(restorator_editor_get_popover(b->editor), "#5c6645")));
  finish(b);
  run_for(500);
  steps[1] = shoot_step(b);
  place_of(b, 160, 240, &u, &v);
  place_of(b, 190, 262, &s, &t);
  drag(GTK_WIDGET(b->view), u, v, s, t);
  finish(b);
  steps[2] = shoot_step(b);
  for (int i = 0; i < 5; i++)
    use_mouse(GTK_WIDGET(b->view), GDK_SCROLL, 0, GDK_CONTROL_MASK, s, t);
  finish(b);
  steps[3] = shoot_step(b);
  run_for(2500); /* the contour goes */
  for (int i = 0; i < 5; i++)
    use_mouse(GTK_WIDGET(b->view), GDK_SCROLL, 1, GDK_CONTROL_MASK, s, t);
  click_at(b, GDK_BUTTON_SECONDARY, 122, 120);
  run_for(2500);
  steps[4] = shoot_step(b);
  click_at(b, GDK_BUTTON_PRIMARY, 74, 224);
  run_until(has_proposals, b);
  gtk_button_clicked(
    GTK_BUTTON(find_named_in(restorator_editor_get_popover(b->editor), "#3b4a73")));
  place_of(b, 74, 224, &u, &v);
  for (int i = 0; i < 10; i++)
    use_mouse(GTK_WIDGET(b->view), GDK_SCROLL, 0, GDK_CONTROL_MASK, u, v);
  finish(b);
  run_for(2500);
  steps[5] = shoot_step(b);
  keep_fitting_shot(b, "hints-list");
  keep_sheet(steps, STEPS, 3, "hints");
  for (int i = 0; i < STEPS; i++)
    g_object_unref(steps[i]);
  fixture_free(b);
}

static void test_dark_hints(void) {
  Fixture *b;

  set_look("gtk-application-prefer-dark-theme", TRUE);
  b = open_hinted();
  g_object_set(b->settings, "hints", "160,240,#5c6645; 122,120,keep; 74,224,#3b4a73", NULL);
  finish(b);
  click_at(b, GDK_BUTTON_PRIMARY, 160, 240);
  run_until(has_proposals, b);
  run_for(500);
  keep_fitting_shot(b, "hints-dark");
  fixture_free(b);
  set_look("gtk-application-prefer-dark-theme", FALSE);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/screenshots/comparisons", test_comparisons);
  g_test_add_func("/ui/screenshots/dark", test_dark);
  g_test_add_func("/ui/screenshots/large-text", test_large_text);
  g_test_add_func("/ui/screenshots/small", test_small);
  g_test_add_func("/ui/screenshots/warning", test_warning);
  g_test_add_func("/ui/screenshots/error", test_error);
  g_test_add_func("/ui/screenshots/hints", test_hints);
  g_test_add_func("/ui/screenshots/dark hints", test_dark_hints);
  return fixture_run();
}
