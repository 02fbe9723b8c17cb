/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The thumbnails on a screen, in the viewer.
 */
#include <widgets/variant_strip.h>
#include <string.h>

#include "fixture.h"

static RestoratorStrip *strip_of(Fixture *b) {
  return RESTORATOR_STRIP(
    gtk_widget_get_ancestor(find_named(b, "What to compare"), RESTORATOR_TYPE_STRIP));
}

static gboolean is_finished(gpointer data) {
  return restorator_strip_is_finished(data);
}

/* Until all four are there. */
static RestoratorStrip *open_strip(Fixture *b) {
  RestoratorStrip *strip;

  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(find_named(b, "Thumbnails")), TRUE);
  strip = strip_of(b);
  g_assert_true(gtk_widget_get_visible(GTK_WIDGET(strip)));
  run_until(is_finished, strip);
  return strip;
}

static const char *name_of(RestoratorStrip *strip, int index) {
  return atk_object_get_name(gtk_widget_get_accessible(restorator_strip_get_tile(strip, index)));
}

static void click_tile(RestoratorStrip *strip, int index) {
  gtk_button_clicked(GTK_BUTTON(restorator_strip_get_tile(strip, index)));
  settle();
}

static int get_seed(Fixture *b) {
  int seed;

  g_object_get(b->settings, "seed", &seed, NULL);
  return seed;
}

static void test_seeds(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  RestoratorStrip *strip;

  g_object_set(b->settings, "seed", 5, NULL);
  settle();
  strip = open_strip(b);
  keep_shot(b, "thumbnails");
  g_assert_cmpstr(name_of(strip, 0), ==, "Seed 5");
  g_assert_cmpstr(name_of(strip, 2), ==, "Seed 7");
  click_tile(strip, 2);
  g_assert_cmpint(get_seed(b), ==, 7);
  g_assert_true(restorator_strip_is_finished(strip)); /* they are the same four */
  g_assert_cmpstr(name_of(strip, 0), ==, "Seed 5");
  finish(b);
  g_assert_nonnull(strstr(restorator_editor_get_status(b->editor), "seed 7"));
  gtk_button_clicked(GTK_BUTTON(control(b, "undo")));
  settle();
  g_assert_cmpint(get_seed(b), ==, 5);

  /* Another setup, other thumbnails; another seed takes the place of the first. */
  g_object_set(b->settings, "strength", 0.5, "seed", 77, NULL);
  settle();
  g_assert_false(restorator_strip_is_finished(strip));
  run_until(is_finished, strip);
  g_assert_cmpstr(name_of(strip, 0), ==, "Seed 77");
  g_assert_cmpstr(name_of(strip, 1), ==, "Seed 6");
  gtk_button_clicked(GTK_BUTTON(find_named(b, "Others")));
  g_assert_cmpstr(name_of(strip, 0), ==, "Seed 77");
  g_assert_cmpstr(name_of(strip, 1), !=, "Seed 6");
  run_until(is_finished, strip);
  finish(b);
  fixture_free(b);
}

static void check_locked(RestoratorStrip *strip, const char *why) {
  for (int i = 0; i < VARIANTS; i++) {
    GtkWidget *tile = restorator_strip_get_tile(strip, i);
    g_autofree char *tooltip = gtk_widget_get_tooltip_text(tile);

    g_assert_cmpint(gtk_widget_get_sensitive(tile), ==, !why);
    if (why)
      g_assert_nonnull(strstr(tooltip, why));
  }
}

static void test_no_seeds(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  RestoratorStrip *strip = open_strip(b);
  GtkToggleButton *lock = GTK_TOGGLE_BUTTON(control(b, "lock"));

  check_locked(strip, NULL);
  gtk_toggle_button_set_active(lock, TRUE);
  check_locked(strip, "locked");
  gtk_toggle_button_set_active(lock, FALSE);
  check_locked(strip, NULL);
  g_object_set(b->settings, "model", "tiny-single", NULL);
  settle();
  check_locked(strip, "single pass");
  finish(b);
  fixture_free(b);
}

/* The tile of that name, whatever other presets there are. */
static int find_tile(Fixture *b, RestoratorStrip *strip, const char *name) {
  for (int round = 0; round < 9; round++) {
    for (int i = 0; i < VARIANTS; i++)
      if (strcmp(name_of(strip, i), name) == 0)
        return i;
    gtk_button_clicked(GTK_BUTTON(find_named(b, "Others")));
  }
  g_error("there is no “%s”", name);
}

static void test_presets(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  RestoratorStrip *strip = open_strip(b);
  int skip;

  gtk_combo_box_set_active(GTK_COMBO_BOX(find_named(b, "What to compare")), 1);
  run_until(is_finished, strip);
  keep_shot(b, "thumbnails-presets");
  g_assert_cmpstr(name_of(strip, 0), ==, "A: every step");
  for (int i = 0; i < VARIANTS; i++) /* its model is not there */
    g_assert_cmpstr(name_of(strip, i), !=, "Of a model that is not there");
  click_tile(strip, find_tile(b, strip, "DDIM"));
  g_object_get(b->settings, "step-skip", &skip, NULL);
  g_assert_cmpint(skip, ==, 1);
  g_assert_cmpstr(gtk_combo_box_get_active_id(GTK_COMBO_BOX(control(b, "preset"))), ==, "ddim");
  gtk_button_clicked(GTK_BUTTON(control(b, "undo")));
  settle();
  g_object_get(b->settings, "step-skip", &skip, NULL);
  g_assert_cmpint(skip, ==, 8);

  /* Out of sight it does nothing. */
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(find_named(b, "Thumbnails")), FALSE);
  g_object_set(b->settings, "strength", 0.5, NULL);
  finish(b);
  g_assert_false(restorator_strip_is_finished(strip));
  fixture_free(b);
}

/* They follow the selection and the view. */
static void test_scene(void) {
  Fixture *b = fixture_new("tiny-single");
  RestoratorStrip *strip;
  double x, y;

  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(find_named(b, "Thumbnails")), TRUE);
  strip = strip_of(b);
  gtk_combo_box_set_active(GTK_COMBO_BOX(find_named(b, "What to compare")), 1);
  run_until(is_finished, strip);
  /* Where the selection is drawn smaller, its middle is another. */
  restorator_view_from_picture(b->view, b->photo->x, b->photo->y, &x, &y);
  drag(GTK_WIDGET(b->view), x, y, x + 60, y + 60);
  g_assert_false(restorator_strip_is_finished(strip));
  finish(b);
  run_until(is_finished, strip);
  fixture_free(b);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/strip/seeds", test_seeds);
  g_test_add_func("/ui/strip/no-seeds", test_no_seeds);
  g_test_add_func("/ui/strip/presets", test_presets);
  g_test_add_func("/ui/strip/scene", test_scene);
  return fixture_run();
}
