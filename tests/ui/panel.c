/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panel on a screen, in the viewer.
 */
#include <card.h>
#include <widgets/preset_bar.h>
#include <string.h>
#include <properties.h>

#include "fixture.h"

static void test_bindings(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  g_autofree char *mode = NULL, *window = NULL;
  gboolean hide;
  double strength;
  int skip;

  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "mode")), "detail");
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "strength")), 0.25);
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "step-skip")), 25);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(control(b, "hide-region")), TRUE);
  gtk_entry_set_text(GTK_ENTRY(gtk_bin_get_child(GTK_BIN(control(b, "window")))), "0,0,160");
  g_object_get(b->settings, "mode", &mode, "strength", &strength, "step-skip", &skip, "hide-region",
               &hide, "window", &window, NULL);
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
  fixture_free(b);
}

static void check_use(Fixture *b, const char *name, const char *why) {
  GtkWidget *widget = control(b, name);
  g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);

  g_assert_nonnull(tooltip);
  g_assert_cmpint(gtk_widget_get_sensitive(widget), ==, !why);
  if (why)
    g_assert_nonnull(strstr(tooltip, why));
}

static void test_unused(void) {
  Fixture *b = fixture_new("tiny-diffusion");

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
  g_object_set(b->settings, "sampler", "ddim", "stochasticity", 0.0, NULL);
  settle();
  check_use(b, "noise-stddev", "no step adds noise");
  check_use(b, "project", "no step adds noise");
  g_object_set(b->settings, "stochasticity", 0.5, "noise-stddev", "zero", NULL);
  settle();
  check_use(b, "noise-stddev", NULL);
  check_use(b, "stochasticity", NULL);
  check_use(b, "project", "no step adds noise");
  check_use(b, "context", NULL);
  g_object_set(b->settings, "window", "picture", NULL);
  settle();
  check_use(b, "context", "the window is given");
  g_object_set(b->settings, "model", "tiny-single", NULL);
  settle();
  check_use(b, "seed", "single pass");
  check_use(b, "sampler", "single pass");
  check_use(b, "strength", NULL);
  finish(b);
  fixture_free(b);
}

/* Each of the sampler's parameters says whose formula it is, and what it does besides. */
static void test_sources(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  rst_parameters any;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_parameters_init(&any);
  for (size_t i = 0; i < count; i++) {
    if (strcmp(table[i].name, "hints") == 0 ||
        strcmp(table[i].name, "faces") == 0) /* the panel has no control for them */
      continue;
    g_autofree char *tooltip = gtk_widget_get_tooltip_text(control(b, table[i].name));

    g_assert_nonnull(strstr(tooltip, table[i].blurb));
    if (rst_parameter_use(&table[i], &any, &single_pass) == RST_UNUSED_SINGLE_PASS &&
        !g_regex_match_simple("[12][09][0-9]{2}", tooltip, 0, 0))
      g_error("%s: %s", table[i].name, tooltip);
  }
  fixture_free(b);
}

/* What a single pass does not read stands together, but for the seed. */
static void test_columns(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  const rst_model_info single_pass = {.size = sizeof single_pass, .process = RST_SINGLE_PASS};
  GtkWidget *sampling = gtk_widget_get_ancestor(control(b, "sampler"), GTK_TYPE_GRID);
  rst_parameters any;
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  rst_parameters_init(&any);
  for (size_t i = 0; i < count; i++) {
    const gboolean unread =
      rst_parameter_use(&table[i], &any, &single_pass) == RST_UNUSED_SINGLE_PASS;

    if (strcmp(table[i].name, "hints") == 0 || strcmp(table[i].name, "faces") == 0)
      continue;
    g_test_message("%s", table[i].name);
    g_assert_cmpint(gtk_widget_is_ancestor(control(b, table[i].name), sampling), ==,
                    unread && strcmp(table[i].name, "seed") != 0);
  }
  fixture_free(b);
}

static void test_undo(void) {
  Fixture *b = fixture_new("tiny-diffusion");
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
  fixture_free(b);
}

/* Only what the model can do is offered. */
static void test_ranges(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  double low, high;

  gtk_spin_button_get_range(GTK_SPIN_BUTTON(control(b, "step-skip")), &low, &high);
  g_assert_cmpfloat(high, ==, 100);
  g_object_set(b->settings, "start", 40, NULL);
  settle();
  gtk_spin_button_get_range(GTK_SPIN_BUTTON(control(b, "end")), &low, &high);
  g_assert_cmpfloat(high, ==, 39);
  finish(b);
  fixture_free(b);
}

static void test_presets(void) {
  Fixture *b = fixture_new("tiny-diffusion");
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
  fixture_free(b);
}

static GtkWidget *menu_item(Fixture *b, const char *label) {
  GtkMenu *menu = gtk_menu_button_get_popup(GTK_MENU_BUTTON(control(b, "preset-menu")));
  GtkWidget *found = NULL;
  g_autoptr(GList) items = gtk_container_get_children(GTK_CONTAINER(menu));

  for (GList *item = items; item; item = item->next)
    if (strcmp(gtk_menu_item_get_label(item->data), label) == 0)
      found = item->data;
  g_assert_nonnull(found);
  return found;
}

static void choose_item(Fixture *b, const char *label) {
  GtkWidget *item = menu_item(b, label);

  g_assert_true(gtk_widget_get_sensitive(item));
  gtk_menu_item_activate(GTK_MENU_ITEM(item));
  settle();
}

static GtkWidget *form_text(Fixture *b, const char *text) {
  return find_text(gtk_widget_get_ancestor(find_named(b, "Title"), GTK_TYPE_POPOVER), text);
}

static void search_button(GtkWidget *widget, gpointer found) {
  if (GTK_IS_BUTTON(widget))
    *(GtkWidget **)found = widget;
  else if (GTK_IS_CONTAINER(widget))
    gtk_container_foreach(GTK_CONTAINER(widget), search_button, found);
}

/* The form's one button, which has to be called that. */
static void press_button(Fixture *b, const char *label) {
  GtkWidget *button = NULL;

  search_button(gtk_widget_get_ancestor(find_named(b, "Title"), GTK_TYPE_POPOVER), &button);
  g_assert_nonnull(button);
  g_assert_cmpstr(gtk_button_get_label(GTK_BUTTON(button)), ==, label);
  gtk_button_clicked(GTK_BUTTON(button));
  settle();
}

static void enter(Fixture *b, const char *name, const char *text) {
  gtk_entry_set_text(GTK_ENTRY(find_named(b, name)), text);
}

static const char *preset_shown(Fixture *b) {
  return gtk_combo_box_get_active_id(GTK_COMBO_BOX(control(b, "preset")));
}

static guint count_presets(Fixture *b) {
  GtkTreeModel *rows = gtk_combo_box_get_model(GTK_COMBO_BOX(control(b, "preset")));

  return (guint)gtk_tree_model_iter_n_children(rows, NULL);
}

/* Saved, chosen again, replaced, renamed and deleted, as people do it. */
static void test_own_presets(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  const guint before = count_presets(b);
  double strength;

  g_assert_false(gtk_widget_get_sensitive(menu_item(b, "_Rename…"))); /* b ships */
  g_assert_false(gtk_widget_get_sensitive(menu_item(b, "_Delete…")));
  g_assert_true(gtk_widget_get_sensitive(menu_item(b, "_Export…")));
  g_object_set(b->settings, "strength", 0.5, NULL);
  settle();

  choose_item(b, "_Save as…");
  press_button(b, "Save");
  g_assert_nonnull(form_text(b, "needs a title"));
  enter(b, "Title", "Half & half");
  enter(b, "Note", "Half of it.");
  press_button(b, "Save");
  g_assert_cmpstr(preset_shown(b), ==, "half-half");
  g_assert_cmpuint(count_presets(b), ==, before + 2); /* a separator too */
  g_assert_nonnull(find_text(GTK_WIDGET(b->panel), "Half of it."));

  g_object_set(b->settings, "strength", 0.25, NULL);
  settle();
  g_assert_cmpstr(preset_shown(b), !=, "half-half");
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "preset")), "half-half");
  g_object_get(b->settings, "strength", &strength, NULL);
  g_assert_cmpfloat(strength, ==, 0.5);
  settle();

  g_object_set(b->settings, "strength", 0.75, NULL);
  settle();
  choose_item(b, "_Save as…");
  enter(b, "Title", "half & HALF");
  press_button(b, "Save");
  g_assert_nonnull(form_text(b, "Replace it?"));
  g_assert_cmpuint(count_presets(b), ==, before + 2);
  press_button(b, "Replace");
  g_assert_cmpstr(preset_shown(b), ==, "half-half");

  choose_item(b, "_Rename…");
  enter(b, "Title", "ddim");
  press_button(b, "Rename");
  g_assert_nonnull(form_text(b, "comes with"));
  enter(b, "Title", "Three quarters");
  press_button(b, "Rename");
  g_assert_cmpstr(preset_shown(b), ==, "three-quarters");
  g_assert_cmpuint(count_presets(b), ==, before + 2);

  choose_item(b, "_Delete…");
  press_button(b, "Delete");
  g_assert_cmpuint(count_presets(b), ==, before);
  g_object_get(b->settings, "strength", &strength, NULL);
  g_assert_cmpfloat(strength, ==, 0.75); /* the settings stay */
  finish(b);
  fixture_free(b);
}

/* A good file is applied, a bad one changes nothing and is said. */
static void test_imports(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  RestoratorPresetBar *bar = RESTORATOR_PRESET_BAR(
    gtk_widget_get_ancestor(control(b, "preset"), RESTORATOR_TYPE_PRESET_BAR));
  g_autofree char *path = g_build_filename(folder, "mine.json", NULL);
  g_autofree char *out = g_build_filename(folder, "out.json", NULL), *text = NULL;
  const guint before = count_presets(b);
  double strength;

  g_assert_true(
    g_file_set_contents(path, "{\"format\": 1, \"strength\": 0.5, \"context\": 9}", -1, NULL));
  restorator_preset_bar_import(bar, path);
  settle();
  g_assert_nonnull(find_text(GTK_WIDGET(b->panel), "mine.json"));
  g_assert_cmpuint(count_presets(b), ==, before);
  g_object_get(b->settings, "strength", &strength, NULL);
  g_assert_cmpfloat(strength, ==, 1);

  g_assert_true(g_file_set_contents(path, "{\"format\": 1, \"strength\": 0.5}", -1, NULL));
  restorator_preset_bar_import(bar, path);
  settle();
  g_assert_null(find_text(GTK_WIDGET(b->panel), "mine.json"));
  g_assert_cmpstr(preset_shown(b), ==, "mine");
  g_object_get(b->settings, "strength", &strength, NULL);
  g_assert_cmpfloat(strength, ==, 0.5);

  restorator_preset_bar_export(bar, out);
  g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
  g_assert_nonnull(strstr(text, "0.5"));
  choose_item(b, "_Delete…");
  press_button(b, "Delete");
  finish(b);
  fixture_free(b);
}

/* A locked seed stays, but for what is typed. */
static void test_lock(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  g_autofree char *why = NULL;
  int seed;

  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "seed")), 7);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(control(b, "lock")), TRUE);
  settle();
  g_assert_false(gtk_widget_get_sensitive(control(b, "die")));
  why = gtk_widget_get_tooltip_text(control(b, "die"));
  g_assert_nonnull(strstr(why, "locked"));
  g_object_set(b->settings, "strength", 0.5, NULL);
  gtk_button_clicked(GTK_BUTTON(control(b, "defaults")));
  g_object_get(b->settings, "seed", &seed, NULL);
  g_assert_cmpint(seed, ==, 7);
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(control(b, "seed")), 8);
  settle();
  g_assert_false(gtk_widget_get_sensitive(control(b, "die")));

  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(control(b, "lock")), FALSE);
  g_assert_true(gtk_widget_get_sensitive(control(b, "die")));
  gtk_button_clicked(GTK_BUTTON(control(b, "defaults")));
  g_object_get(b->settings, "seed", &seed, NULL);
  g_assert_cmpint(seed, ==, 0);
  settle();
  gtk_button_clicked(GTK_BUTTON(control(b, "undo"))); /* the defaults are one change */
  g_object_get(b->settings, "seed", &seed, NULL);
  g_assert_cmpint(seed, ==, 8);
  for (int throws = 0; seed == 8; throws++) {
    g_assert_cmpint(throws, <, 10);
    gtk_button_clicked(GTK_BUTTON(control(b, "die")));
    g_object_get(b->settings, "seed", &seed, NULL);
  }
  g_assert_cmpint(seed, <, 100000); /* room for its digits */

  g_object_set(b->settings, "model", "tiny-single", NULL);
  settle();
  check_use(b, "die", "single pass");
  check_use(b, "lock", "single pass");
  finish(b);
  fixture_free(b);
}

static void test_warning(void) {
  Fixture *b = fixture_new(write_judged_model());
  GtkWidget *text, *button;
  gboolean project;
  int skip;

  g_assert_null(find_text(GTK_WIDGET(b->panel), "0.0123"));
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(control(b, "preset")), "ddim");
  finish(b);
  text = find_text(GTK_WIDGET(b->panel), "0.0123");
  g_assert_nonnull(text);
  g_assert_nonnull(strstr(gtk_label_get_text(GTK_LABEL(text)), "0.0045"));
  g_assert_nonnull(strstr(gtk_label_get_text(GTK_LABEL(text)), "DDIM"));
  /* From ddim it is nearer to a than to b. */
  button = gtk_widget_get_ancestor(find_text(GTK_WIDGET(b->panel), "“A: "), GTK_TYPE_BUTTON);
  g_assert_nonnull(button);
  gtk_button_clicked(GTK_BUTTON(button));
  g_object_get(b->settings, "step-skip", &skip, "project", &project, NULL);
  g_assert_cmpint(skip, ==, 1);
  g_assert_true(project);
  finish(b);
  g_assert_null(find_text(GTK_WIDGET(b->panel), "0.0123"));
  fixture_free(b);
}

/* Setups by their titles or in words, never by the card's own keys. */
static void test_card(void) {
  Fixture *b = fixture_new(write_judged_model());
  rst_parameters parameters;
  rst_model *model;
  g_autofree char *markup = NULL;

  g_assert_cmpint(restorator_panel_get_setup(b->panel, &parameters, &model, NULL), ==, RST_OK);
  markup = card_markup(model, restorator_panel_get_presets(b->panel));
  g_test_message("%s", markup);
  g_assert_nonnull(strstr(markup, "A &lt;tiny&gt; &amp; random network"));
  g_assert_nonnull(strstr(markup, ": error 0.0123, bicubic enlargement 0.0045\n"));
  g_assert_nonnull(strstr(markup, "\n• DDIM, 7 of 100 steps, η 0: error 0.0101"));
  g_assert_nonnull(strstr(markup, "\n• DDIM, 7 of 100 steps, η 0.5, projected"));
  g_assert_nonnull(strstr(markup, "\n• B"));
  g_assert_nonnull(strstr(markup, "missing 7: error 9.0000, bicubic enlargement 1.0000"));
  g_assert_null(strstr(markup, "setup"));
  g_assert_null(strstr(markup, "mse"));
  g_assert_null(strstr(markup, "step-skip"));
  fixture_free(b);
}

static void find_label(GtkWidget *widget, gpointer to) {
  GtkWidget **found = to;

  if (GTK_IS_LABEL(widget))
    *found = widget;
  else if (GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), find_label, to);
}

/* Opened, the card can be read: it is not narrow, and nothing of it is selected. */
static void test_card_opened(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  GtkWidget *button = find_named(b, "Model card"), *label = NULL;
  int start, end;

  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), TRUE);
  find_label(GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(button))), &label);
  g_assert_true(GTK_IS_LABEL(label));
  gtk_test_widget_wait_for_draw(label);
  gtk_widget_grab_focus(label);
  g_assert_true(gtk_label_get_selectable(GTK_LABEL(label)));
  g_assert_false(gtk_label_get_selection_bounds(GTK_LABEL(label), &start, &end));
  g_assert_cmpint(gtk_widget_get_allocated_width(label), >, 250);
  fixture_free(b);
}

/* A sweep's setups go by their parameters: whatever gives the same picture is the same setup. */
static void test_warning_of_sweep(void) {
  static const struct {
    const char *name, *value;
    gboolean warned;
  } changes[] = {
    {"stochasticity", "0", FALSE},
    {"step-skip", "20", TRUE},
    {"noise-stddev", "squared", TRUE},
    {"project", "false", TRUE},
    {"seed", "3", TRUE},
    {"start", "100", TRUE},
    {"start", "99", FALSE},
    {"start", "0", TRUE},
    {"sampler", "ddpm", FALSE},
    {"sampler", "auto", TRUE},
    {"sequence", "quadratic", FALSE},
    {"sequence", "uniform", TRUE},
    {"clip", "true", FALSE},
    {"clip", "false", TRUE},
    {"strength", "0.5", TRUE},
    {"stochasticity", "0.1", FALSE},
    {"stochasticity", "0", TRUE},
  };
  Fixture *b = fixture_new(write_judged_model());
  rst_parameters parameters;
  GtkWidget *button;

  for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
    g_assert_cmpint(values_read(b->settings, &parameters, NULL), ==, RST_OK);
    g_assert_cmpint(rst_parameters_set(&parameters, changes[i].name, changes[i].value, NULL), ==,
                    RST_OK);
    values_write(b->settings, &parameters);
    settle();
    if ((find_text(GTK_WIDGET(b->panel), "0.0101") != NULL) != changes[i].warned)
      g_error("%s %s, change %d", changes[i].name, changes[i].value, (int)i);
  }
  g_assert_nonnull(find_text(GTK_WIDGET(b->panel), "(DDIM, 7 of 100 steps, η 0)"));
  button = gtk_widget_get_ancestor(
    find_text(GTK_WIDGET(b->panel), "“DDIM, 7 of 100 steps, η 0.5, projected”"), GTK_TYPE_BUTTON);
  g_assert_nonnull(button);
  gtk_button_clicked(GTK_BUTTON(button));
  settle();
  g_assert_null(find_text(GTK_WIDGET(b->panel), "0.0101"));
  g_assert_cmpint(values_read(b->settings, &parameters, NULL), ==, RST_OK);
  g_assert_cmpfloat(parameters.stochasticity, ==, 0.5);
  g_assert_cmpint(parameters.step_skip, ==, 20);
  g_assert_true(parameters.project);
  g_assert_cmpint(parameters.noise_stddev, ==, RST_STDDEV_NORMAL);
  g_assert_cmpint(parameters.seed, ==, 3);
  g_assert_cmpfloat(parameters.strength, ==, 0.5);
  finish(b);
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * A host whose settings know an output
 */

typedef struct {
  GObject parent;
  GValue values[64]; /* the parameters', then the output's */
} Host;
typedef GObjectClass HostClass;

GType host_get_type(void);
G_DEFINE_TYPE(Host, host, G_TYPE_OBJECT)

static void host_get(GObject *object, guint id, GValue *value, GParamSpec *spec) {
  (void)spec;
  g_value_copy(&((Host *)object)->values[id], value);
}

static void host_set(GObject *object, guint id, const GValue *value, GParamSpec *spec) {
  (void)spec;
  g_value_copy(value, &((Host *)object)->values[id]);
}

static GParamSpec *host_spec(const rst_parameter *p) {
  switch (p->type) {
    case RST_TYPE_BOOL:
      return g_param_spec_boolean(p->name, NULL, NULL, strcmp(p->initial, "true") == 0,
                                  G_PARAM_READWRITE);
    case RST_TYPE_INT:
      return g_param_spec_int(p->name, NULL, NULL, (int)p->low, (int)p->high,
                              (int)g_ascii_strtoll(p->initial, NULL, 10), G_PARAM_READWRITE);
    case RST_TYPE_REAL:
      return g_param_spec_double(p->name, NULL, NULL, p->low, p->high,
                                 g_ascii_strtod(p->initial, NULL), G_PARAM_READWRITE);
    default:
      return g_param_spec_string(p->name, NULL, NULL, p->initial, G_PARAM_READWRITE);
  }
}

static void host_finalize(GObject *object) {
  Host *host = (Host *)object;

  for (size_t i = 0; i < G_N_ELEMENTS(host->values); i++)
    g_value_unset(&host->values[i]);
  G_OBJECT_CLASS(host_parent_class)->finalize(object);
}

static void host_class_init(HostClass *class) {
  size_t count;
  const rst_parameter *table = rst_parameter_table(&count);

  class->finalize = host_finalize;
  class->get_property = host_get;
  class->set_property = host_set;
  for (size_t i = 0; i < count; i++)
    g_object_class_install_property(class, (guint)i + 1, host_spec(&table[i]));
  g_object_class_install_property(
    class, (guint)count + 1,
    g_param_spec_string("output", NULL, NULL, "in-place", G_PARAM_READWRITE));
}

static void host_init(Host *host) {
  g_autofree GParamSpec **specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(host), NULL);

  for (guint i = 0; specs[i]; i++) {
    GValue *value = &host->values[specs[i]->param_id];

    g_value_init(value, G_PARAM_SPEC_VALUE_TYPE(specs[i]));
    g_param_value_set_default(specs[i], value);
  }
}

static void test_output(void) {
  GObject *settings = g_object_new(host_get_type(), "model", "tiny-diffusion", NULL);
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  GtkWidget *panel = restorator_panel_new(settings);
  GtkWidget *combo = restorator_panel_get_control(RESTORATOR_PANEL(panel), "output");
  g_autofree char *chosen = NULL, *back = NULL, *again = NULL;
  Fixture *b;

  gtk_container_add(GTK_CONTAINER(window), panel);
  gtk_widget_show(window);
  settle();
  g_assert_true(gtk_widget_is_visible(combo));
  g_assert_cmpstr(gtk_combo_box_get_active_id(GTK_COMBO_BOX(combo)), ==, "in-place");
  gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), "new-layer");
  g_object_get(settings, "output", &chosen, NULL);
  g_assert_cmpstr(chosen, ==, "new-layer");
  settle();
  gtk_button_clicked(GTK_BUTTON(restorator_panel_get_control(RESTORATOR_PANEL(panel), "defaults")));
  g_object_get(settings, "output", &back, NULL);
  g_assert_cmpstr(back, ==, "in-place");
  settle();
  restorator_panel_undo(RESTORATOR_PANEL(panel));
  g_object_get(settings, "output", &again, NULL);
  g_assert_cmpstr(again, ==, "new-layer");
  settle();
  gtk_widget_destroy(window);
  g_object_unref(settings);

  b = fixture_new("tiny-single"); /* which writes files */
  g_assert_null(restorator_panel_get_control(b->panel, "output"));
  fixture_free(b);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/panel/undo", test_undo);
  g_test_add_func("/ui/panel/bindings", test_bindings);
  g_test_add_func("/ui/panel/unused", test_unused);
  g_test_add_func("/ui/panel/sources", test_sources);
  g_test_add_func("/ui/panel/columns", test_columns);
  g_test_add_func("/ui/panel/ranges", test_ranges);
  g_test_add_func("/ui/panel/presets", test_presets);
  g_test_add_func("/ui/panel/own-presets", test_own_presets);
  g_test_add_func("/ui/panel/imports", test_imports);
  g_test_add_func("/ui/panel/lock", test_lock);
  g_test_add_func("/ui/panel/card", test_card);
  g_test_add_func("/ui/panel/card-opened", test_card_opened);
  g_test_add_func("/ui/panel/warning", test_warning);
  g_test_add_func("/ui/panel/warning-of-sweep", test_warning_of_sweep);
  g_test_add_func("/ui/panel/output", test_output);
  return fixture_run();
}
