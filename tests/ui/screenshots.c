/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The viewer as people see it, for those who look after how it looks; it fits their screens.
 */
#include <widgets/variant_strip.h>

#include "bench.h"

enum { SMALL_WIDTH = 1280, SMALL_HEIGHT = 720, NORMAL = 96 * 1024, LARGE = 192 * 1024 };

static void set_look(const char *property, int value) {
  g_object_set(gtk_settings_get_default(), property, value, NULL);
  settle();
}

/* An old portrait, small enough to be restored soon, its head selected. */
static Bench *open_portrait(const char *model) {
  g_autoptr(GdkPixbuf) portrait = gdk_pixbuf_new_from_file_at_size(PORTRAIT, 240, 300, NULL);
  g_autofree char *path = g_build_filename(folder, "portrait.png", NULL);
  Bench *b;
  rect box;

  g_assert_nonnull(portrait);
  g_assert_true(gdk_pixbuf_save(portrait, path, "png", NULL, NULL));
  b = bench_open(path, model);
  photo_select(b->photo, PHOTO_ELLIPSE, 60, 20, 125, 165, 15);
  photo_get_box(b->photo, &box);
  restorator_editor_set_region(b->editor, &box);
  restorator_view_fit(b->view);
  finish(b);
  return b;
}

static void expand(Bench *b) {
  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "expander")), TRUE);
  settle();
}

static void keep_fitting_shot(Bench *b, const char *name) {
  int width, height;

  finish(b);
  keep_shot(b, name);
  gtk_window_get_size(GTK_WINDOW(b->window), &width, &height);
  g_assert_cmpint(width, <=, SMALL_WIDTH);
  g_assert_cmpint(height, <=, SMALL_HEIGHT);
}

static void test_comparisons(void) {
  Bench *b = open_portrait("portrait");

  keep_fitting_shot(b, "split");
  gtk_combo_box_set_active(GTK_COMBO_BOX(find_named(b, "Compare")), RESTORATOR_COMPARE_SIDES);
  keep_fitting_shot(b, "light");
  bench_free(b);
}

static void test_dark(void) {
  Bench *b;

  set_look("gtk-application-prefer-dark-theme", TRUE);
  b = open_portrait("portrait");
  expand(b);
  keep_fitting_shot(b, "dark");
  bench_free(b);
  set_look("gtk-application-prefer-dark-theme", FALSE);
}

static void test_large_text(void) {
  Bench *b;

  set_look("gtk-xft-dpi", LARGE);
  b = open_portrait("portrait");
  expand(b);
  keep_fitting_shot(b, "large-text");
  bench_free(b);
  set_look("gtk-xft-dpi", NORMAL);
}

static gboolean is_small(gpointer data) {
  GtkWidget *window = ((Bench *)data)->window;

  return gtk_widget_get_allocated_width(window) == SMALL_WIDTH &&
         gtk_widget_get_allocated_height(window) == SMALL_HEIGHT;
}

static gboolean are_thumbnails_finished(gpointer strip) {
  return restorator_strip_is_finished(strip);
}

/* A small screen with all that there is on it. */
static void test_small(void) {
  Bench *b = open_portrait("portrait");

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
  bench_free(b);
}

static void test_warning(void) {
  Bench *b = open_portrait(write_judged_model());

  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "preset")), "ddim");
  finish(b);
  g_assert_nonnull(find_text(GTK_WIDGET(b->panel), "0.0123"));
  keep_fitting_shot(b, "warning");
  bench_free(b);
}

static gboolean has_failed(gpointer data) {
  preview_status status;

  preview_get_status(restorator_editor_get_preview(((Bench *)data)->editor), &status);
  return status.phase == PREVIEW_FAILED;
}

static void test_error(void) {
  Bench *b = open_portrait("portrait");

  g_object_set(b->settings, "window", "0,0,20", NULL);
  settle();
  run_until(has_failed, b);
  settle();
  g_assert_nonnull(find_text(GTK_WIDGET(b->editor), "does not hold"));
  keep_shot(b, "error");
  bench_free(b);
}

int main(int argc, char **argv) {
  bench_init(&argc, &argv);
  g_test_add_func("/ui/screenshots/comparisons", test_comparisons);
  g_test_add_func("/ui/screenshots/dark", test_dark);
  g_test_add_func("/ui/screenshots/large-text", test_large_text);
  g_test_add_func("/ui/screenshots/small", test_small);
  g_test_add_func("/ui/screenshots/warning", test_warning);
  g_test_add_func("/ui/screenshots/error", test_error);
  return bench_run();
}
