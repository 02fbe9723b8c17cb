/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-po-window PROGRAM SCREENSHOTS LANGUAGE: the viewer's window in the locale's language. "en"
 * has no catalogue: there the mnemonics and the room for texts are looked at.
 */
#include <fixture.h>
#include <glib/gi18n.h>
#include "language.h"
#include <string.h>

static const char *language;
static gboolean english;

/* Calls `look` for a widget and all that is inside, on the screen or not. */
typedef struct {
  void (*look)(GtkWidget *widget, void *user);
  void *user;
} Walk;

static void walk(GtkWidget *widget, gpointer data) {
  const Walk *w = data;

  w->look(widget, w->user);
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), walk, data);
}

static void look_at_all(GtkWidget *widget, void (*look)(GtkWidget *widget, void *user),
                        void *user) {
  walk(widget, &(Walk){look, user});
}

/* The sampler's parameters, too. */
static void expand(GtkWidget *widget, void *user) {
  (void)user;
  if (GTK_IS_EXPANDER(widget))
    gtk_expander_set_expanded(GTK_EXPANDER(widget), TRUE);
}

static void expand_all(Fixture *b) {
  look_at_all(b->window, expand, NULL);
  settle();
  gtk_test_widget_wait_for_draw(b->window);
}

static Fixture *open_window(void) {
  Fixture *b = fixture_new("tiny-diffusion");

  expand_all(b);
  return b;
}

/* -------------------------------------------------------------------------------------------
 * Translated
 */

/* Written alike in every language: names. */
static gboolean is_name(const char *text) {
  static const char *const names[] = {"Restorator", "DDPM", "DDIM", NULL};

  return g_strv_contains(names, text) ||
         rst_find(RST_KIND_MODEL, text, (char[4096]){""}, 4096, NULL) == RST_OK;
}

/* Words in Latin letters alone, in a language that is written in others. */
static gboolean is_foreign(const char *text) {
  static const char *const languages[] = {"ja", "uk", "zh_CN", NULL};

  return g_strv_contains(languages, language) && g_str_is_ascii(text) &&
         g_regex_match_simple("[A-Za-z]{3}", text, 0, 0);
}

/* A text that the catalogue knows in English, and has another for, was not looked up. */
static void expect_translated(const char *text, int *count) {
  if (!text || !*text || is_name(text))
    return;
  if (strcmp(gettext(text), text) != 0 || is_foreign(text)) {
    g_test_message("in English: %s", text);
    g_test_fail();
  }
  ++*count;
}

static gboolean look_at_row(GtkTreeModel *model, GtkTreePath *path, GtkTreeIter *row,
                            gpointer count) {
  g_autofree char *text = NULL;

  (void)path;
  gtk_tree_model_get(model, row, 0, &text, -1);
  expect_translated(text, count);
  return FALSE;
}

static void look_at_texts(GtkWidget *widget, void *count) {
  AtkObject *accessible = gtk_widget_get_accessible(widget);
  g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);

  expect_translated(tooltip, count);
  expect_translated(atk_object_get_name(accessible), count);
  expect_translated(atk_object_get_description(accessible), count);
  if (GTK_IS_LABEL(widget))
    expect_translated(gtk_label_get_label(GTK_LABEL(widget)), count);
  if (GTK_IS_COMBO_BOX_TEXT(widget))
    gtk_tree_model_foreach(gtk_combo_box_get_model(GTK_COMBO_BOX(widget)), look_at_row, count);
}

static void test_translated(void) {
  Fixture *b;
  int count = 0;

  if (english) {
    g_test_skip("English is what is written in the sources");
    return;
  }
  g_assert_cmpstr(gettext("_Model"), !=, "_Model");
  b = open_window();
  look_at_all(b->window, look_at_texts, &count);
  g_assert_cmpint(count, >, 100);
  g_assert_nonnull(find_text(b->window, gettext("Strength")));
  keep_shot(b, language);
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * Not cut off
 */

/* Without a font for the language there would be boxes, in the dialog's pictures too. */
static void look_at_glyphs(GtkWidget *widget, void *user) {
  (void)user;
  if (!GTK_IS_LABEL(widget) ||
      pango_layout_get_unknown_glyphs_count(gtk_label_get_layout(GTK_LABEL(widget))) == 0)
    return;
  g_test_message("no font has all characters of: %s", gtk_label_get_text(GTK_LABEL(widget)));
  g_test_fail();
}

static void expect_room(GtkWidget *widget, const char *text, int wanted, int got) {
  if (wanted > got) {
    g_test_message("%s: %d of %d pixels for: %s", G_OBJECT_TYPE_NAME(widget), got, wanted, text);
    g_test_fail();
  }
}

/* A list of long names has all of them in its menu. */
static void look_at_choice(GtkWidget *combo) {
  g_autoptr(GList) cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(combo));
  GtkWidget *view = gtk_bin_get_child(GTK_BIN(combo));
  PangoEllipsizeMode mode;
  int width;

  g_object_get(cells->data, "ellipsize", &mode, NULL);
  if (mode != PANGO_ELLIPSIZE_NONE)
    return;
  gtk_widget_get_preferred_width(view, NULL, &width);
  expect_room(view, gtk_combo_box_get_active_id(GTK_COMBO_BOX(combo)), width,
              gtk_widget_get_allocated_width(view));
}

/* What may be cut says all of it in its tooltip. */
static void look_at_room(GtkWidget *widget, void *user) {
  g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);
  int width, height;

  (void)user;
  if (!gtk_widget_get_mapped(widget) || gtk_widget_get_allocated_height(widget) <= 1)
    return; /* or folded away */
  if (GTK_IS_LABEL(widget)) {
    PangoLayout *layout = gtk_label_get_layout(GTK_LABEL(widget));
    const char *text = gtk_label_get_text(GTK_LABEL(widget));

    if (pango_layout_is_ellipsized(layout)) {
      if (g_strcmp0(tooltip, text) != 0) {
        g_test_message("cut off: %s", text);
        g_test_fail();
      }
      return;
    }
    if (gtk_label_get_mnemonic_keyval(GTK_LABEL(widget)) != GDK_KEY_VoidSymbol &&
        pango_layout_get_line_count(layout) > 2) {
      g_test_message("in %d lines: %s", pango_layout_get_line_count(layout), text);
      g_test_fail();
    }
    pango_layout_get_pixel_size(layout, &width, &height);
    expect_room(widget, text, width, gtk_widget_get_allocated_width(widget));
    expect_room(widget, text, height, gtk_widget_get_allocated_height(widget));
  } else if (GTK_IS_COMBO_BOX(widget)) {
    look_at_choice(widget);
  }
}

static void test_room(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  int width, height;

  gtk_window_get_size(GTK_WINDOW(b->window), &width, &height);
  g_assert_cmpint(width, <=, 1280);
  g_assert_cmpint(height, <=, 720);
  look_at_all(b->window, look_at_room, NULL);
  expand_all(b);
  look_at_all(b->window, look_at_room, NULL);
  look_at_all(b->window, look_at_glyphs, NULL);
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * Mnemonics
 */

static void look_at_mnemonic(GtkWidget *widget, void *user) {
  GHashTable *seen = user;
  const char *text;
  guint key;

  if (!GTK_IS_LABEL(widget) || !gtk_widget_get_visible(widget))
    return;
  key = gtk_label_get_mnemonic_keyval(GTK_LABEL(widget));
  text = gtk_label_get_label(GTK_LABEL(widget));
  if (key == GDK_KEY_VoidSymbol)
    return;
  if (g_hash_table_contains(seen, GUINT_TO_POINTER(key))) {
    g_test_message("one mnemonic twice: %s, %s",
                   (char *)g_hash_table_lookup(seen, GUINT_TO_POINTER(key)), text);
    g_test_fail();
  }
  g_hash_table_insert(seen, GUINT_TO_POINTER(key), (gpointer)text);
}

static void test_mnemonics(void) {
  Fixture *b = open_window();
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

  look_at_all(GTK_WIDGET(b->panel), look_at_mnemonic, seen);
  g_assert_cmpuint(g_hash_table_size(seen), >, 10);
  fixture_free(b);
}

int main(int argc, char **argv) {
  language = argv[--argc];
  english = strcmp(language, "en") == 0;
  fixture_init(&argc, &argv);
  language_init();
  g_test_add_func("/po/window/translated", test_translated);
  g_test_add_func("/po/window/room", test_room);
  g_test_add_func("/po/window/mnemonics", test_mnemonics);
  return fixture_run();
}
