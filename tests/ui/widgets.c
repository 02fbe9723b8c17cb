/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panel, the view and the viewer on a screen: run under Xvfb, any GTK warning fails.
 */
#include <glib/gstdio.h>
#include <history.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <values.h>
#include <viewer.h>

enum { WIDTH = 160, HEIGHT = 120 };

static char *folder;      /* the tests' own */
static char *screenshots; /* where pictures of windows go */
static char *program;     /* restorator-preview */

/* -------------------------------------------------------------------------------------------
 * Photos, settings, windows
 */

static char *write_photo(void) {
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, WIDTH, HEIGHT);
  char *path = g_build_filename(folder, "photo.png", NULL);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      guint8 *to = gdk_pixbuf_get_pixels(pixbuf) + y * gdk_pixbuf_get_rowstride(pixbuf) + 3 * x;

      to[0] = (guint8)(128 + 90 * sin(x * 0.09) * cos(y * 0.07));
      to[1] = (guint8)(110 + 80 * cos(x * 0.05 + y * 0.11));
      to[2] = (guint8)(100 + 60 * sin(y * 0.13));
    }
  g_assert_true(gdk_pixbuf_save(pixbuf, path, "png", NULL, NULL));
  return path;
}

static GObject *settings_of(const char *model) {
  GObject *settings = restorator_settings_new();

  g_object_set(settings, "model", model, "mode", "colour", NULL);
  return settings;
}

static gboolean tick(gpointer data) {
  (void)data;
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until `done`, or what is still to be done. */
static void run_until(gboolean (*done)(gpointer data), gpointer data) {
  const gint64 end = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
  const guint timer = g_timeout_add(5, tick, NULL);

  while (!done(data)) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_main_context_iteration(NULL, TRUE);
  }
  g_source_remove(timer);
}

static void settle(void) {
  while (g_main_context_pending(NULL))
    g_main_context_iteration(NULL, FALSE);
}

typedef struct {
  GObject *settings;
  GtkWidget *window;
  RestoratorEditor *editor;
  RestoratorView *view;
  RestoratorPanel *panel;
  Photo *photo;
} Bench;

static gboolean is_exact(gpointer data) {
  preview_status status;

  preview_get_status(restorator_editor_get_preview(((Bench *)data)->editor), &status);
  g_assert_cmpint(status.phase, !=, PREVIEW_FAILED);
  return status.phase == PREVIEW_EXACT;
}

static void finish(Bench *b) {
  settle();
  run_until(is_exact, b);
  settle();
}

static Bench *bench_new(const char *model) {
  Bench *b = g_new0(Bench, 1);
  g_autofree char *path = write_photo();
  rst_error error = RST_ERROR_INIT;

  b->settings = settings_of(model);
  b->photo = photo_read(path, NULL);
  g_assert_nonnull(b->photo);
  b->window = restorator_viewer_new(b->photo, b->settings, &error);
  g_assert_nonnull(b->window);
  b->editor = restorator_viewer_get_editor(RESTORATOR_VIEWER(b->window));
  b->view = restorator_editor_get_view(b->editor);
  b->panel = restorator_editor_get_panel(b->editor);
  gtk_window_move(GTK_WINDOW(b->window), 0, 0);
  gtk_widget_show(b->window);
  gtk_test_widget_wait_for_draw(b->window);
  finish(b);
  return b;
}

/* Nothing outlives the window. */
static void bench_free(Bench *b) {
  gpointer view = b->view, panel = b->panel, settings = b->settings;

  g_object_add_weak_pointer(view, &view);
  g_object_add_weak_pointer(panel, &panel);
  g_object_add_weak_pointer(settings, &settings);
  gtk_widget_destroy(b->window);
  g_object_unref(b->settings);
  settle();
  g_assert_null(view);
  g_assert_null(panel);
  g_assert_null(settings);
  g_free(b);
}

static GtkWidget *control(Bench *b, const char *name) {
  GtkWidget *widget = restorator_panel_get_control(b->panel, name);

  g_assert_nonnull(widget);
  return widget;
}

/* The window as it is on the screen. */
static GdkPixbuf *shoot(Bench *b) {
  GdkWindow *window = gtk_widget_get_window(b->window);

  gtk_widget_queue_draw(b->window);
  gtk_test_widget_wait_for_draw(b->window);
  settle();
  return gdk_pixbuf_get_from_window(window, 0, 0, gdk_window_get_width(window),
                                    gdk_window_get_height(window));
}

static void keep_shot(Bench *b, const char *name) {
  g_autoptr(GdkPixbuf) pixbuf = shoot(b);
  g_autofree char *path = g_strdup_printf("%s/%s.png", screenshots, name);

  g_assert_cmpint(g_mkdir_with_parents(screenshots, 0777), ==, 0);
  g_assert_true(gdk_pixbuf_save(pixbuf, path, "png", NULL, NULL));
}

/* The colour at a place of the view, 0xRRGGBB. */
static guint32 colour_at(Bench *b, const GdkPixbuf *shot, double x, double y) {
  int left, top;

  gtk_widget_translate_coordinates(GTK_WIDGET(b->view), b->window, 0, 0, &left, &top);
  const guint8 *at = gdk_pixbuf_read_pixels(shot) +
                     (top + (int)y) * gdk_pixbuf_get_rowstride(shot) +
                     (left + (int)x) * gdk_pixbuf_get_n_channels(shot);

  return (guint32)(at[0] << 16 | at[1] << 8 | at[2]);
}

static void press_key(GtkWidget *widget, guint key, GdkModifierType state, gboolean down) {
  GdkEvent *event = gdk_event_new(down ? GDK_KEY_PRESS : GDK_KEY_RELEASE);

  event->key.window = g_object_ref(gtk_widget_get_window(widget));
  event->key.keyval = key;
  event->key.state = state;
  gdk_event_set_device(event, gdk_seat_get_keyboard(gdk_display_get_default_seat(
                                gtk_widget_get_display(widget))));
  gtk_widget_event(widget, event);
  gdk_event_free(event);
}

static void mouse(GtkWidget *widget, GdkEventType type, double x, double y) {
  GdkEvent *event = gdk_event_new(type);

  event->any.window = g_object_ref(gtk_widget_get_window(widget));
  if (type == GDK_MOTION_NOTIFY) {
    event->motion.x = x;
    event->motion.y = y;
  } else {
    event->button.button = GDK_BUTTON_PRIMARY;
    event->button.x = x;
    event->button.y = y;
  }
  gdk_event_set_device(event, gdk_seat_get_pointer(gdk_display_get_default_seat(
                                gtk_widget_get_display(widget))));
  gtk_widget_event(widget, event);
  gdk_event_free(event);
}

static void drag(GtkWidget *widget, double x, double y, double u, double v) {
  mouse(widget, GDK_BUTTON_PRESS, x, y);
  mouse(widget, GDK_MOTION_NOTIFY, (x + u) / 2, (y + v) / 2);
  mouse(widget, GDK_MOTION_NOTIFY, u, v);
  mouse(widget, GDK_BUTTON_RELEASE, u, v);
}

/* -------------------------------------------------------------------------------------------
 * Values
 */

static void test_values(void) {
  g_autoptr(GObject) settings = restorator_settings_new();
  rst_parameters parameters, back;
  rst_error error = RST_ERROR_INIT;

  rst_parameters_init(&parameters);
  g_assert_cmpint(values_read(settings, &back, &error), ==, RST_OK);
  g_assert_cmpmem(&back, sizeof back, &parameters, sizeof parameters);

  rst_parameters_set(&parameters, "seed", "77", NULL);
  rst_parameters_set(&parameters, "strength", "0.125", NULL);
  rst_parameters_set(&parameters, "clip", "true", NULL);
  rst_parameters_set(&parameters, "window", "-3,4,50", NULL);
  rst_parameters_set(&parameters, "noise-stddev", "squared", NULL);
  values_write(settings, &parameters);
  g_assert_cmpint(values_read(settings, &back, &error), ==, RST_OK);
  g_assert_cmpmem(&back, sizeof back, &parameters, sizeof parameters);

  g_object_set(settings, "sampler", "dpm", NULL);
  g_assert_cmpint(values_read(settings, &back, &error), ==, RST_NOT_A_CHOICE);
  g_assert_cmpstr(error.subject, ==, "sampler");
}

/* -------------------------------------------------------------------------------------------
 * Undo
 */

static rst_parameters with(rst_parameters from, const char *name, const char *value) {
  g_assert_cmpint(rst_parameters_set(&from, name, value, NULL), ==, RST_OK);
  return from;
}

static void test_history(void) {
  const gint64 second = G_USEC_PER_SEC;
  rst_parameters a;

  rst_parameters_init(&a);
  const rst_parameters b = with(a, "strength", "0.5"), c = with(b, "strength", "0.25");
  const rst_parameters d = with(c, "seed", "3"), e = with(d, "seed", "4");
  history *h = history_new(&a);

  g_assert_false(history_can_undo(h));
  g_assert_cmpmem(history_undo(h), sizeof a, &a, sizeof a);
  history_note(h, &a, second);
  g_assert_false(history_can_undo(h));
  history_note(h, &b, second);
  history_note(h, &c, second + second / 10); /* the same slider: one entry */
  history_note(h, &d, second + second / 5);
  history_note(h, &e, 9 * second); /* the same parameter, but later */
  g_assert_cmpmem(history_undo(h), sizeof d, &d, sizeof d);
  g_assert_cmpmem(history_undo(h), sizeof c, &c, sizeof c);
  g_assert_cmpmem(history_undo(h), sizeof a, &a, sizeof a);
  g_assert_false(history_can_undo(h));
  g_assert_cmpmem(history_redo(h), sizeof c, &c, sizeof c);
  g_assert_cmpmem(history_redo(h), sizeof d, &d, sizeof d);
  history_note(h, &d, 9 * second); /* what undo itself brings about */
  g_assert_true(history_can_redo(h));
  history_note(h, &b, 10 * second);
  g_assert_false(history_can_redo(h));
  g_assert_cmpmem(history_undo(h), sizeof d, &d, sizeof d);
  for (int i = 0; i < 1000; i++) {
    g_autofree char *seed = g_strdup_printf("%d", i);
    const rst_parameters next = with(a, "seed", seed);

    history_note(h, &next, (20 + 2 * i) * second);
  }
  for (int i = 0; i < 100; i++)
    history_undo(h);
  g_assert_cmpint(history_undo(h)->seed, ==, 898);
  history_free(h);
}

/* -------------------------------------------------------------------------------------------
 * The panel
 */

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

static GtkWidget *find_text(GtkWidget *widget, const char *text) {
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL(widget) && gtk_widget_is_visible(widget) &&
      strstr(gtk_label_get_text(GTK_LABEL(widget)), text))
    return widget;
  if (GTK_IS_CONTAINER(widget)) {
    g_autoptr(GList) children = NULL;

    children = gtk_container_get_children(GTK_CONTAINER(widget));
    for (GList *child = children; child && !found; child = child->next)
      found = find_text(child->data, text);
  }
  return found;
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

/* -------------------------------------------------------------------------------------------
 * The view
 */

static void test_zoom_and_pan(void) {
  Bench *b = bench_new("tiny-single");
  GtkWidget *view = GTK_WIDGET(b->view);
  double x, y, u, v;

  const double fitted = restorator_view_get_zoom(b->view);

  press_key(view, GDK_KEY_1, 0, TRUE);
  g_assert_cmpfloat(restorator_view_get_zoom(b->view), ==, 1);
  press_key(view, GDK_KEY_plus, 0, TRUE);
  g_assert_cmpfloat(restorator_view_get_zoom(b->view), ==, 1.25);
  restorator_view_to_picture(b->view, 100, 100, &x, &y);
  drag(view, 100, 20, 150, 60);
  restorator_view_to_picture(b->view, 150, 140, &u, &v);
  g_assert_cmpfloat_with_epsilon(u, x, 1e-6);
  g_assert_cmpfloat_with_epsilon(v, y, 1e-6);
  restorator_view_from_picture(b->view, u, v, &x, &y);
  g_assert_cmpfloat_with_epsilon(x, 150, 1e-6);
  press_key(view, GDK_KEY_Right, 0, TRUE);
  restorator_view_to_picture(b->view, 150 - 48, 140, &x, &y);
  g_assert_cmpfloat_with_epsilon(x, u, 1e-6);
  press_key(view, GDK_KEY_0, 0, TRUE);
  g_assert_cmpfloat(restorator_view_get_zoom(b->view), ==, fitted);
  finish(b);
  bench_free(b);
}

/* A place in the middle of the selection, away from what is drawn over it. */
static void inner_place(Bench *b, double *x, double *y) {
  const Photo *p = b->photo;

  restorator_view_from_picture(b->view, p->x + p->w * 0.6, p->y + p->h * 0.35, x, y);
}

static void test_compare(void) {
  Bench *b = bench_new("tiny-single");
  GtkWidget *view = GTK_WIDGET(b->view);
  const double width = gtk_widget_get_allocated_width(view);
  double x, y;

  inner_place(b, &x, &y);
  restorator_view_set_split(b->view, 0.9);
  g_autoptr(GdkPixbuf) left = shoot(b);
  /* The line is taken with the mouse and drawn over to the other side. */
  drag(view, 0.9 * width, 10, 0.1 * width, 30);
  g_assert_cmpfloat_with_epsilon(restorator_view_get_split(b->view), 0.1, 0.01);
  g_autoptr(GdkPixbuf) right = shoot(b);

  const guint32 before = colour_at(b, left, x, y), after = colour_at(b, right, x, y);
  const float *at;
  double px, py;

  g_assert_cmphex(before, !=, after);
  restorator_view_to_picture(b->view, floor(x) + 0.5, floor(y) + 0.5, &px, &py);
  at = b->photo->rgba + 4 * ((gsize)py * WIDTH + (gsize)px);
  g_assert_cmpint(ABS((int)(before >> 16) - (int)(at[0] * 255 + 0.5f)), <=, 1);

  press_key(view, GDK_KEY_b, 0, TRUE);
  g_autoptr(GdkPixbuf) held = shoot(b);
  g_assert_cmphex(colour_at(b, held, x, y), ==, before);
  press_key(view, GDK_KEY_b, 0, FALSE);
  g_autoptr(GdkPixbuf) free = shoot(b);
  g_assert_cmphex(colour_at(b, free, x, y), ==, after);

  restorator_view_set_compare(b->view, RESTORATOR_COMPARE_SIDES);
  restorator_view_set_show_windows(b->view, FALSE);
  restorator_view_set_show_input(b->view, FALSE);
  finish(b);
  inner_place(b, &x, &y);
  g_autoptr(GdkPixbuf) sides = shoot(b);
  g_assert_cmphex(colour_at(b, sides, x, y), !=, colour_at(b, sides, x + floor(width / 2), y));
  bench_free(b);
}

/* Milliseconds of the processor that this thread has had: other programs do not count. */
static double spent(void) {
  struct timespec now;

  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The main loop stays free while the worker restores, whatever is moved meanwhile. */
static void test_stalls(void) {
  Bench *b = bench_new("tiny-diffusion");
  const gint64 begin = g_get_monotonic_time();
  const guint timer = g_timeout_add(5, tick, NULL);
  double longest = 0;
  int changes = 0, rounds = 0;
  gint64 passed;

  g_object_set(b->settings, "step-skip", 1, NULL);
  for (; (passed = g_get_monotonic_time() - begin) < G_USEC_PER_SEC; rounds++) {
    const double before = spent();

    if (passed > changes * (G_USEC_PER_SEC / 10)) {
      g_object_set(b->settings, "seed", ++changes, NULL);
      press_key(GTK_WIDGET(b->view), changes % 2 ? GDK_KEY_plus : GDK_KEY_minus, 0, TRUE);
    }
    g_main_context_iteration(NULL, TRUE);
    longest = MAX(longest, spent() - before);
  }
  g_source_remove(timer);
  g_test_message("%d rounds, %d changes, the longest round took %.1f ms", rounds, changes,
                 longest);
  g_assert_cmpint(changes, >=, 5);
  g_assert_cmpfloat(longest, <, 16);
  finish(b);
  bench_free(b);
}

/* -------------------------------------------------------------------------------------------
 * The viewer
 */

static void test_selection(void) {
  Bench *b = bench_new("tiny-single");
  GtkWidget *view = GTK_WIDGET(b->view);
  const Photo *p = b->photo;
  double x, y;

  const int left = p->x, top = p->y, right = p->x + p->w;

  restorator_view_from_picture(b->view, p->x, p->y, &x, &y);
  drag(view, x, y, x + 10 * restorator_view_get_zoom(b->view), y);
  g_assert_cmpint(p->x, ==, left + 10);
  g_assert_cmpint(p->y, ==, top);
  g_assert_cmpint(p->x + p->w, ==, right);
  press_key(view, GDK_KEY_Down, GDK_SHIFT_MASK, TRUE);
  g_assert_cmpint(p->y, ==, top + 8);
  finish(b);
  g_assert_null(strstr(restorator_editor_get_status(b->editor), "working"));
  bench_free(b);
}

static gboolean is_true(gpointer data) {
  return *(gboolean *)data;
}

static void note_saved(gpointer data, const GError *error) {
  g_assert_no_error(error);
  *(gboolean *)data = TRUE;
}

/* The file is the picture with rst_restore()'s pixels in it. */
static void test_save(void) {
  Bench *b = bench_new("tiny-single");
  g_autofree char *path = g_build_filename(folder, "saved.png", NULL);
  const Photo *p = b->photo;
  gboolean saved = FALSE;
  rst_parameters parameters;
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_model *model = NULL;
  rst_picture picture;
  rst_error error = RST_ERROR_INIT;
  int box[4], changed = 0;

  g_object_set(b->settings, "strength", 0.75, "mode", "detail", NULL);
  settle();
  restorator_viewer_save(RESTORATOR_VIEWER(b->window), path, note_saved, &saved);
  run_until(is_true, &saved);

  g_autoptr(GdkPixbuf) file = gdk_pixbuf_new_from_file(path, NULL);

  memset(p->restored, 0, 3 * WIDTH * HEIGHT * sizeof *p->restored);
  g_assert_cmpint(restorator_panel_get_setup(b->panel, &parameters, &model, &error), ==, RST_OK);
  photo_get_picture(b->photo, &picture);
  photo_get_box(b->photo, box);
  g_assert_cmpint(rst_session_new(0, &session, &error), ==, RST_OK);
  g_assert_cmpint(rst_plan_region(&parameters, &picture, box, &plan, &error), ==, RST_OK);
  g_assert_cmpint(rst_restore(session, model, &parameters, &picture, &plan, NULL, &error), ==,
                  RST_OK);
  rst_session_free(session);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const guint8 *pixel = gdk_pixbuf_read_pixels(file) +
                          i / WIDTH * gdk_pixbuf_get_rowstride(file) +
                          i % WIDTH * gdk_pixbuf_get_n_channels(file);
    float colour[3];

    memcpy(colour, p->rgba + 4 * i, sizeof colour);
    if (p->coverage[i] > 0)
      frame_blend(0.75, p->coverage[i], p->restored + 3 * i, colour);
    for (int c = 0; c < 3; c++)
      g_assert_cmpint(pixel[c], ==, (int)(CLAMP(colour[c], 0, 1) * 255 + 0.5f));
    changed += pixel[0] != (guint8)(p->rgba[4 * i] * 255 + 0.5f);
  }
  g_assert_cmpint(changed, >, 1000);
  bench_free(b);
}

/* What cannot be done is said in the window, and what can be done works again afterwards. */
static void test_errors(void) {
  Bench *b = bench_new("tiny-single");
  GtkWidget *entry = gtk_bin_get_child(GTK_BIN(control(b, "window")));
  preview_status status;

  gtk_entry_set_text(GTK_ENTRY(entry), "not a window");
  settle();
  g_assert_nonnull(find_text(GTK_WIDGET(b->panel), "not a window"));
  preview_get_status(restorator_editor_get_preview(b->editor), &status);
  g_assert_cmpint(status.phase, !=, PREVIEW_EXACT);
  gtk_entry_set_text(GTK_ENTRY(entry), "0,0,20");
  settle();
  for (int i = 0; i < 200 && status.phase != PREVIEW_FAILED; i++) {
    g_usleep(5000);
    settle();
    preview_get_status(restorator_editor_get_preview(b->editor), &status);
  }
  g_assert_nonnull(find_text(GTK_WIDGET(b->editor), "does not hold"));
  keep_shot(b, "error");
  gtk_entry_set_text(GTK_ENTRY(entry), "auto");
  finish(b);
  g_assert_null(find_text(GTK_WIDGET(b->editor), "does not hold"));
  bench_free(b);
}

/* Runs the program itself; NULL ends its arguments. */
static int run_program(const char *first, ...) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  g_autofree char *said = NULL;
  g_autoptr(GError) error = NULL;
  va_list rest;
  int status;

  g_ptr_array_add(arguments, program);
  va_start(rest, first);
  for (const char *one = first; one; one = va_arg(rest, const char *))
    g_ptr_array_add(arguments, (char *)one);
  va_end(rest);
  g_ptr_array_add(arguments, NULL);
  g_assert_true(g_spawn_sync(NULL, (char **)arguments->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                             NULL, &said, &status, &error));
  g_assert_true(WIFEXITED(status));
  g_test_message("%d: %s", WEXITSTATUS(status), said);
  return WEXITSTATUS(status);
}

static void test_program(void) {
  g_autofree char *photo = write_photo();
  g_autofree char *path = g_build_filename(folder, "saved.png", NULL);

  g_unlink(path);
  g_assert_cmpint(run_program(photo, "--model", "tiny-single", "--mode", "colour", "--strength",
                              "0.5", "--save", path, NULL), ==, 0);

  g_autoptr(GdkPixbuf) before = gdk_pixbuf_new_from_file(photo, NULL);
  g_autoptr(GdkPixbuf) after = gdk_pixbuf_new_from_file(path, NULL);
  const guint8 *inside[] = {gdk_pixbuf_read_pixels(before), gdk_pixbuf_read_pixels(after)};

  inside[0] += HEIGHT / 2 * gdk_pixbuf_get_rowstride(before) + WIDTH / 2 * 3;
  inside[1] += HEIGHT / 2 * gdk_pixbuf_get_rowstride(after) + WIDTH / 2 * 4;
  g_assert_cmpint(memcmp(inside[0], inside[1], 3), !=, 0);
  g_assert_cmpint(memcmp(gdk_pixbuf_read_pixels(before), gdk_pixbuf_read_pixels(after), 3), ==, 0);

  g_assert_cmpint(run_program(NULL, NULL), ==, 2);
  g_assert_cmpint(run_program(photo, "--strength", "2", NULL), ==, 2);
  g_assert_cmpint(run_program("/nowhere.png", NULL), ==, 1);
  g_assert_cmpint(run_program(photo, "--model", "tiny-single", "--window", "0,0,9", "--save", path,
                              NULL), ==, 1);
  g_assert_cmpint(run_program(photo, "--model", "missing", "--save", path, NULL), ==, 1);
}

static void test_screenshots(void) {
  GtkSettings *look = gtk_settings_get_default();
  Bench *b = bench_new("tiny-diffusion");
  int width, height;

  keep_shot(b, "split");
  restorator_view_set_compare(b->view, RESTORATOR_COMPARE_SIDES);
  finish(b);
  keep_shot(b, "light");
  gtk_expander_set_expanded(GTK_EXPANDER(control(b, "expander")), TRUE);
  g_object_set(look, "gtk-application-prefer-dark-theme", TRUE, NULL);
  settle();
  keep_shot(b, "dark");
  gtk_window_get_size(GTK_WINDOW(b->window), &width, &height);
  g_assert_cmpint(width, <=, 1280);
  g_assert_cmpint(height, <=, 720);
  g_object_set(look, "gtk-application-prefer-dark-theme", FALSE, "gtk-xft-dpi", 192 * 1024, NULL);
  settle();
  finish(b);
  keep_shot(b, "large-text");
  gtk_window_get_size(GTK_WINDOW(b->window), &width, &height);
  g_assert_cmpint(width, <=, 1280);
  g_assert_cmpint(height, <=, 720);
  g_object_set(look, "gtk-xft-dpi", 96 * 1024, NULL);
  bench_free(b);
}

int main(int argc, char **argv) {
  int status;

  gtk_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 3);
  program = argv[1];
  screenshots = argv[2];
  folder = g_dir_make_tmp("restorator-ui-XXXXXX", NULL);
  g_test_add_func("/ui/values", test_values);
  g_test_add_func("/ui/history", test_history);
  g_test_add_func("/ui/panel/undo", test_undo);
  g_test_add_func("/ui/panel/bindings", test_bindings);
  g_test_add_func("/ui/panel/unused", test_unused);
  g_test_add_func("/ui/panel/ranges", test_ranges);
  g_test_add_func("/ui/panel/presets", test_presets);
  g_test_add_func("/ui/panel/warning", test_warning);
  g_test_add_func("/ui/panel/names", test_names);
  g_test_add_func("/ui/view/zoom-and-pan", test_zoom_and_pan);
  g_test_add_func("/ui/view/compare", test_compare);
  g_test_add_func("/ui/view/stalls", test_stalls);
  g_test_add_func("/ui/viewer/selection", test_selection);
  g_test_add_func("/ui/viewer/save", test_save);
  g_test_add_func("/ui/viewer/errors", test_errors);
  g_test_add_func("/ui/program", test_program);
  g_test_add_func("/ui/screenshots", test_screenshots);
  status = g_test_run();
  for (const char *const *name = (const char *const[]){"photo.png", "saved.png",
                                                       "judged.safetensors", NULL}; *name; name++) {
    g_autofree char *path = g_build_filename(folder, *name, NULL);

    g_unlink(path);
  }
  g_rmdir(folder);
  g_free(folder);
  return status;
}
