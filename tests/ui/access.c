/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The viewer for those who do not see it, do without a mouse, or need large letters.
 */
#include <gdk/gdkkeysyms.h>
#include <string.h>

#include "fixture.h"

/* All there is to be seen. */
static Fixture *open_all(void) {
  Fixture *b = fixture_new("tiny-diffusion");

  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "expander")), TRUE);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(find_named(b, "Thumbnails")), TRUE);
  settle();
  return b;
}

/* -------------------------------------------------------------------------------------------
 * Names and descriptions
 */

static gboolean is_control(GtkWidget *widget) {
  GtkWidget *combo = gtk_widget_get_ancestor(widget, GTK_TYPE_COMBO_BOX);

  /* A combo's own button is part of it. */
  return gtk_widget_get_can_focus(widget) && gtk_widget_is_visible(widget) &&
         !GTK_IS_SCROLLED_WINDOW(widget) && !GTK_IS_LABEL(widget) && !GTK_IS_WINDOW(widget) &&
         (!combo || combo == widget || GTK_IS_ENTRY(widget));
}

static void check_control(GtkWidget *widget, gpointer bad) {
  AtkObject *accessible = gtk_widget_get_accessible(widget);
  const char *name = atk_object_get_name(accessible);
  const char *text = atk_object_get_description(accessible);

  if (is_control(widget) && (!name || !*name || !text || !*text)) {
    g_test_message("%s: name “%s”, description “%s”", G_OBJECT_TYPE_NAME(widget), name, text);
    (*(int *)bad)++;
  }
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), check_control, bad);
}

static void test_names(void) {
  static const char *const names[] = {
    "Fit",
    "Actual size",
    "Zoom in",
    "Zoom out",
    "Compare",
    "Thumbnails",
    "Before",
    "Preview",
    "Preset",
    "Presets of your own",
    "Model card",
    "Throw the die",
    "Lock the seed",
    "Undo",
    "Redo",
    "Back to the defaults",
    "Fine control of the sampler",
    "What to compare",
    "Others",
    "Seed 0",
    "Title",
    "Note",
  };
  Fixture *b = open_all();
  int bad = 0;

  check_control(b->window, &bad);
  g_assert_cmpint(bad, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    find_named(b, names[i]);
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * Keys
 */

/* `keys`: of those seen so far. */
static void check_mnemonic(GtkWidget *widget, gpointer keys) {
  if (GTK_IS_LABEL(widget) && gtk_widget_get_mapped(widget)) {
    const guint key = gdk_keyval_to_lower(gtk_label_get_mnemonic_keyval(GTK_LABEL(widget)));

    if (key != GDK_KEY_VoidSymbol && !g_hash_table_add(keys, GUINT_TO_POINTER(key)))
      g_error("there are two of “%s”", gtk_label_get_label(GTK_LABEL(widget)));
  }
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), check_mnemonic, keys);
}

static void test_mnemonics(void) {
  static const char *const with[] = {
    "preset",   "model",       "mode",         "strength", "context",       "window",
    "match",    "hide-region", "seed",         "sampler",  "stochasticity", "step-skip",
    "sequence", "start",       "noise-stddev", "project",  "expander",      "defaults"};
  g_autoptr(GHashTable) all = g_hash_table_new(NULL, NULL), own = g_hash_table_new(NULL, NULL);
  Fixture *b = open_all();

  check_mnemonic(b->window, all);
  check_mnemonic(GTK_WIDGET(b->editor), own);
  /* These are of the buttons of a dialog round it. */
  for (const char *taken = "rclsho"; *taken; taken++)
    g_assert_false(g_hash_table_contains(own, GUINT_TO_POINTER((guint)*taken)));
  g_assert_cmpuint(g_hash_table_size(own), ==, G_N_ELEMENTS(with));
  fixture_free(b);
}

/* Tab leads to every control that can be used. */
static void test_tab(void) {
  static const char *const names[] = {
    "Fit",
    "Zoom in",
    "Compare",
    "Thumbnails",
    "Before",
    "Show the window",
    "Show the faces",
    "Preview",
    "What to compare",
    "Others",
    "Seed 0",
    "Seed 3",
    "Preset",
    "Presets of your own",
    "Model",
    "Model card",
    "Mode",
    "Strength",
    "Match the surroundings",
    "Hide the region",
    "Seed",
    "Throw the die",
    "Lock the seed",
    "Fine control of the sampler",
    "Sampler",
    "Step skipping (K)",
    "Clipping",
    "Back to the defaults",
    "Selection",
    "Feather",
    "Save",
  };
  g_autoptr(GHashTable) reached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Fixture *b = open_all();

  for (int i = 0; i < 200; i++) {
    GtkWidget *focus;

    gtk_widget_child_focus(b->window, GTK_DIR_TAB_FORWARD);
    focus = gtk_window_get_focus(GTK_WINDOW(b->window));
    for (GtkWidget *w = focus; w; w = gtk_widget_get_parent(w)) { /* a combo's button … */
      const char *name = atk_object_get_name(gtk_widget_get_accessible(w));

      if (name)
        g_hash_table_add(reached, g_strdup(name));
    }
  }
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (!g_hash_table_contains(reached, names[i]))
      g_error("Tab does not lead to “%s”", names[i]);
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * Room
 */

static void check_room(Fixture *b) {
  GtkRequisition least;

  gtk_widget_get_preferred_size(b->window, &least, NULL);
  g_test_message("at least %d × %d", least.width, least.height);
  g_assert_cmpint(least.width, <=, 1280);
  g_assert_cmpint(least.height, <=, 720);
}

/* What is cut says all of it in its tooltip. */
static void check_cut(GtkWidget *widget, gpointer cut) {
  if (GTK_IS_LABEL(widget) && gtk_widget_get_mapped(widget) &&
      pango_layout_is_ellipsized(gtk_label_get_layout(GTK_LABEL(widget)))) {
    g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);

    g_assert_cmpstr(tooltip, ==, gtk_label_get_text(GTK_LABEL(widget)));
    ++*(int *)cut;
  }
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), check_cut, cut);
}

static void check_preset(Fixture *b) {
  GtkWidget *combo = restorator_panel_get_control(b->panel, "preset");
  g_autofree char *title = NULL, *tooltip = NULL;

  gtk_combo_box_set_active(GTK_COMBO_BOX(combo), 1);
  settle();
  title = gtk_combo_box_text_get_active_text(GTK_COMBO_BOX_TEXT(combo));
  tooltip = gtk_widget_get_tooltip_text(combo);
  g_assert_true(g_str_has_suffix(tooltip, title));
  g_assert_cmpstr(atk_object_get_description(gtk_widget_get_accessible(combo)), ==, tooltip);
}

static void test_room(void) {
  GtkSettings *look = gtk_settings_get_default();
  Fixture *b = open_all();
  int cut = 0;

  restorator_editor_say(b->editor, GTK_MESSAGE_ERROR,
                        "A sentence that is so long that it has to be broken into several lines "
                        "where there is no room for it in one, as there is at large letters");
  settle();
  check_room(b);
  g_object_set(look, "gtk-xft-dpi", 192 * 1024, NULL);
  settle();
  check_room(b);
  finish(b);
  keep_shot(b, "large-text-all");
  check_cut(b->window, &cut);
  g_assert_cmpint(cut, >=, 1); /* the status line */
  check_preset(b);
  g_object_set(look, "gtk-xft-dpi", 96 * 1024, NULL);
  fixture_free(b);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/access/names", test_names);
  g_test_add_func("/ui/access/mnemonics", test_mnemonics);
  g_test_add_func("/ui/access/tab", test_tab);
  g_test_add_func("/ui/access/room", test_room);
  return fixture_run();
}
