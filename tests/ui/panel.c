/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panel on a screen, in the viewer.
 */
#include <string.h>

#include "bench.h"

static void test_bindings(void) {
  Bench *b = bench_new("tiny-diffusion");
  g_autofree char *mode = NULL, *window = NULL;
  gboolean hide;
  double strength;
  int skip;

  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "mode")), "detail");
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "strength")), 0.25);
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "step-skip")), 25);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(control(b, "hide-region")), TRUE);
  gtk_entry_set_text(GTK_ENTRY(gtk_bin_get_child(GTK_BIN(control(b, "window")))), "0,0,160");
  g_object_get(b->settings, "mode", &mode, "strength", &strength, "step-skip", &skip,
               "hide-region", &hide, "window", &window, NULL);
  g_assert_cmpstr(mode, ==, "detail");
  g_assert_cmpfloat(strength, ==, 0.25);
  g_assert_cmpint(skip, ==, 25);
  g_assert_true(hide);
  g_assert_cmpstr(window, ==, "0,0,160");
  finish(b);

  /* The way back, and to what the engine is told. */
  g_object_set(b->settings, "mode", "colour", "seed", 12, "project", FALSE, "hide-region", FALSE,
               NULL);
  g_assert_cmpstr(gtk_combo_box_get_active_id(GTK_COMBO_BOX(control(b, "mode"))), ==, "colour");
  g_assert_cmpfloat(gtk_spin_button_get_value(GTK_SPIN_BUTTON(control(b, "seed"))), ==, 12);
  g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(control(b, "project"))));
  finish(b);
  g_assert_nonnull(strstr(restorator_editor_get_status(b->editor), "seed 12"));
  g_assert_nonnull(strstr(restorator_editor_get_status(b->editor), " of 100 steps"));

  gtk_button_clicked(GTK_BUTTON(control(b, "defaults")));
  g_object_get(b->settings, "step-skip", &skip, NULL);
  g_assert_cmpint(skip, ==, 8);
  bench_free(b);
}

static void check_use(Bench *b, const char *name, const char *why) {
  GtkWidget *widget = control(b, name);
  g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);

  g_assert_nonnull(tooltip);
  g_assert_cmpint(gtk_widget_get_sensitive(widget), ==, why == NULL);
  if (why)
    g_assert_nonnull(strstr(tooltip, why));
}

static void test_unused(void) {
  Bench *b = bench_new("tiny-diffusion");

  check_use(b, "stochasticity", NULL);
  check_use(b, "step-skip", NULL);
  g_object_set(b->settings, "sequence", "quadratic", NULL);
  settle();
  check_use(b, "step-skip", "quadratic");
  g_object_set(b->settings, "sampler", "ddpm", NULL);
  settle();
  check_use(b, "stochasticity", "DDPM");
  check_use(b, "noise-stddev", NULL);
  check_use(b, "seed", NULL);
  g_object_set(b->settings, "model", "tiny-single", NULL);
  settle();
  check_use(b, "seed", "single pass");
  check_use(b, "sampler", "single pass");
  check_use(b, "strength", NULL);
  finish(b);
  bench_free(b);
}

static void test_undo(void) {
  Bench *b = bench_new("tiny-diffusion");
  int seed;

  g_assert_false(gtk_widget_get_sensitive(control(b, "undo")));
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "seed")), 7);
  settle();
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "preset")), "ddim");
  settle();
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  settle();
  g_assert_cmpfloat(gtk_spin_button_get_value(GTK_SPIN_BUTTON(control(b, "step-skip"))), ==, 8);
  gtk_button_clicked(GTK_BUTTON(control(b, "undo")));
  settle();
  g_object_get(b->settings, "seed", &seed, NULL);
  g_assert_cmpint(seed, ==, 0);
  g_assert_false(gtk_widget_get_sensitive(control(b, "undo")));
  gtk_button_clicked(GTK_BUTTON(control(b, "redo")));
  settle();
  g_object_get(b->settings, "seed", &seed, NULL);
  g_assert_cmpint(seed, ==, 7);
  finish(b);
  bench_free(b);
}

/* Only what the model can do is offered. */
static void test_ranges(void) {
  Bench *b = bench_new("tiny-diffusion");
  double low, high;

  gtk_spin_button_get_range(GTK_SPIN_BUTTON(control(b, "step-skip")), &low, &high);
  g_assert_cmpfloat(high, ==, 100);
  g_object_set(b->settings, "start", 40, NULL);
  settle();
  gtk_spin_button_get_range(GTK_SPIN_BUTTON(control(b, "end")), &low, &high);
  g_assert_cmpfloat(high, ==, 39);
  finish(b);
  bench_free(b);
}

static void test_presets(void) {
  Bench *b = bench_new("tiny-diffusion");
  GtkComboBox *combo = GTK_COMBO_BOX(control(b, "preset"));
  g_autofree char *sampler = NULL, *again = NULL, *model = NULL;
  int skip;

  g_assert_cmpstr(gtk_combo_box_get_active_id(combo), ==, "b"); /* the defaults are */
  gtk_combo_box_set_active_id(combo, "ddim");
  g_object_get(b->settings, "sampler", &sampler, "step-skip", &skip, NULL);
  g_assert_cmpstr(sampler, ==, "ddim");
  g_assert_cmpint(skip, ==, 1);
  settle();
  g_assert_cmpstr(gtk_combo_box_get_active_id(combo), ==, "ddim");
  g_object_set(b->settings, "step-skip", 9, NULL);
  settle();
  g_assert_cmpstr(gtk_combo_box_get_active_id(combo), ==, "");

  /* A misfit, and one whose model is not there, change nothing. */
  g_object_set(b->settings, "model", "tiny-single", NULL);
  settle();
  gtk_combo_box_set_active_id(combo, "ddpm");
  g_object_get(b->settings, "sampler", &again, NULL);
  g_assert_cmpstr(again, ==, "ddim");
  g_assert_true(gtk_combo_box_set_active_id(combo, "nowhere"));
  g_object_get(b->settings, "model", &model, NULL);
  g_assert_cmpstr(model, ==, "tiny-single");
  settle();
  g_assert_cmpstr(gtk_combo_box_get_active_id(combo), ==, "");
  finish(b);
  bench_free(b);
}

/* A model whose card holds measured figures. */
static char *write_judged_model(void) {
  static const char card[] =
    "\"card\": \"{\\\"title\\\": \\\"A <tiny> & random network\\\", \\\"discouraged\\\": "
    "[{\\\"setup\\\": \\\"ddim\\\", \\\"mse\\\": 0.0123, \\\"bicubic\\\": 0.0045}], "
    "\\\"recommended\\\": [{\\\"setup\\\": \\\"b\\\", \\\"mse\\\": 0.001, \\\"bicubic\\\": "
    "0.0045}]}\", ";
  static const char key[] = "\"__metadata__\": {";
  char from[4096], *path = g_build_filename(folder, "judged.safetensors", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr(GByteArray) made = g_byte_array_new();
  guint64 length;
  gsize size;

  g_assert_cmpint(rst_find(RST_KIND_MODEL, "tiny-diffusion", from, sizeof from, NULL), ==, RST_OK);
  g_assert_true(g_file_get_contents(from, &bytes, &size, NULL));
  memcpy(&length, bytes, sizeof length);
  length = GUINT64_FROM_LE(length);

  const char *place = g_strstr_len(bytes + 8, (gssize)length, key);

  g_assert_nonnull(place);
  place += strlen(key);

  const guint64 longer = GUINT64_TO_LE(length + strlen(card));

  g_byte_array_append(made, (const guint8 *)&longer, 8);
  g_byte_array_append(made, (const guint8 *)bytes + 8, (guint)(place - bytes - 8));
  g_byte_array_append(made, (const guint8 *)card, (guint)strlen(card));
  g_byte_array_append(made, (const guint8 *)place, (guint)(size - (gsize)(place - bytes)));
  g_assert_true(g_file_set_contents(path, (const char *)made->data, made->len, NULL));
  return path;
}

static void test_warning(void) {
  g_autofree char *path = write_judged_model();
  Bench *b = bench_new(path);
  GtkWidget *text, *button;
  int skip;

  g_assert_null(find_text(GTK_WIDGET(b->panel), "0.0123"));
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "preset")), "ddim");
  finish(b);
  text = find_text(GTK_WIDGET(b->panel), "0.0123");
  g_assert_nonnull(text);
  g_assert_nonnull(strstr(gtk_label_get_text(GTK_LABEL(text)), "0.0045"));
  keep_shot(b, "warning");
  button = gtk_widget_get_ancestor(find_text(GTK_WIDGET(b->panel), "“b”"), GTK_TYPE_BUTTON);
  g_assert_nonnull(button);
  gtk_button_clicked(GTK_BUTTON(button));
  g_object_get(b->settings, "step-skip", &skip, NULL);
  g_assert_cmpint(skip, ==, 8);
  finish(b);
  g_assert_null(find_text(GTK_WIDGET(b->panel), "0.0123"));
  bench_free(b);
}

/* Everything that takes the focus says what it is; everything with a value has a mnemonic. */
static int nameless;

/* `names`: all of them. */
static void check_name(GtkWidget *widget, gpointer names) {
  if (gtk_widget_get_can_focus(widget) && gtk_widget_is_visible(widget) &&
      !GTK_IS_SCROLLED_WINDOW(widget) && !GTK_IS_LABEL(widget) && !GTK_IS_WINDOW(widget)) {
    AtkObject *accessible = gtk_widget_get_accessible(widget);
    const char *name = atk_object_get_name(accessible);
    GtkWidget *parent = gtk_widget_get_ancestor(widget, GTK_TYPE_COMBO_BOX);

    /* A combo's own button is part of it. */
    if ((!name || !*name) && (!parent || parent == widget)) {
      g_test_message("%s has no accessible name", G_OBJECT_TYPE_NAME(widget));
      nameless++;
    }
  }
  if (atk_object_get_name(gtk_widget_get_accessible(widget)))
    g_hash_table_add(names, g_strdup(atk_object_get_name(gtk_widget_get_accessible(widget))));
  if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), check_name, names);
}

static void test_names(void) {
  static const char *const names[] = {"preset", "model", "mode", "strength", "seed", "window",
                                      "sampler", "step-skip", "noise-stddev"};
  static const char *const icons[] = {"Fit", "Actual size", "Zoom in", "Zoom out", "Compare",
                                      "Preview", "Throw the die", "Model card"};
  g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Bench *b = bench_new("tiny-diffusion");

  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "expander")), TRUE);
  settle();
  nameless = 0;
  check_name(b->window, found);
  g_assert_cmpint(nameless, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(icons); i++)
    if (!g_hash_table_contains(found, icons[i]))
      g_error("nothing is called “%s”", icons[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    GtkWidget *widget = control(b, names[i]);
    g_autoptr(GList) labels = gtk_widget_list_mnemonic_labels(widget);

    g_assert_nonnull(labels);
    g_assert_cmpuint(gtk_label_get_mnemonic_keyval(labels->data), !=, GDK_KEY_VoidSymbol);
    g_assert_nonnull(atk_object_get_description(gtk_widget_get_accessible(widget)));
  }
  bench_free(b);
}

int main(int argc, char **argv) {
  bench_init(&argc, &argv);
  g_test_add_func("/ui/panel/undo", test_undo);
  g_test_add_func("/ui/panel/bindings", test_bindings);
  g_test_add_func("/ui/panel/unused", test_unused);
  g_test_add_func("/ui/panel/ranges", test_ranges);
  g_test_add_func("/ui/panel/presets", test_presets);
  g_test_add_func("/ui/panel/warning", test_warning);
  g_test_add_func("/ui/panel/names", test_names);
  return bench_run();
}
