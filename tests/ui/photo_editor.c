/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The editor of an old photograph: what its controls ask for, and undo.
 */
#include <gdk/gdkkeysyms.h>
#include <properties.h>
#include <string.h>
#include <widgets/photo_editor.h>

#include "fixture.h"

/* -------------------------------------------------------------------------------------------
 * Settings as a host has them: the engine's parameters, what is done to a photograph, the output
 */

#define TEST_TYPE_SETTINGS (test_settings_get_type())
G_DECLARE_FINAL_TYPE(TestSettings, test_settings, TEST, SETTINGS, GObject)

struct _TestSettings {
  GObject parent;
  GHashTable *values; /* name → GValue */
};

G_DEFINE_FINAL_TYPE(TestSettings, test_settings, G_TYPE_OBJECT)

static GValue *value_of(GObject *object, GParamSpec *spec) {
  GHashTable *values = TEST_SETTINGS(object)->values;
  GValue *value = g_hash_table_lookup(values, spec->name);

  if (value)
    return value;
  value = g_new0(GValue, 1);
  g_value_init(value, spec->value_type);
  g_param_value_set_default(spec, value);
  g_hash_table_insert(values, (char *)spec->name, value);
  return value;
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec) {
  (void)id;
  g_value_copy(value_of(object, spec), value);
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec) {
  (void)id;
  if (g_param_values_cmp(spec, value, value_of(object, spec)) == 0)
    return;
  g_value_copy(value, value_of(object, spec));
  g_object_notify_by_pspec(object, spec);
}

static void free_value(gpointer value) {
  g_value_unset(value);
  g_free(value);
}

static void finalize(GObject *object) {
  g_hash_table_unref(TEST_SETTINGS(object)->values);
  G_OBJECT_CLASS(test_settings_parent_class)->finalize(object);
}

static GParamSpec *spec_of(const char *name, const GValue *initial) {
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY;

  switch (G_VALUE_TYPE(initial)) {
    case G_TYPE_BOOLEAN:
      return g_param_spec_boolean(name, NULL, NULL, g_value_get_boolean(initial), flags);
    case G_TYPE_INT:
      return g_param_spec_int(name, NULL, NULL, G_MININT, G_MAXINT, g_value_get_int(initial),
                              flags);
    case G_TYPE_DOUBLE:
      return g_param_spec_double(name, NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE,
                                 g_value_get_double(initial), flags);
    default:
      return g_param_spec_string(name, NULL, NULL, g_value_get_string(initial), flags);
  }
}

static void test_settings_class_init(TestSettingsClass *class) {
  GObjectClass *object = G_OBJECT_CLASS(class),
               *engine = g_type_class_ref(RESTORATOR_TYPE_SETTINGS);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY;
  static const char *const switches[] = {"damage", "tone", "colour"};
  g_autofree GParamSpec **specs = NULL;
  guint count, id = 0;

  object->get_property = get_property;
  object->set_property = set_property;
  object->finalize = finalize;
  specs = g_object_class_list_properties(engine, &count);
  while (id < count) {
    const GParamSpec *spec = specs[id];

    g_object_class_install_property(
      object, ++id, spec_of(spec->name, g_param_spec_get_default_value((GParamSpec *)spec)));
  }
  for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
    g_object_class_install_property(object, ++id,
                                    g_param_spec_boolean(switches[i], NULL, NULL, TRUE, flags));
  g_object_class_install_property(object, ++id,
                                  g_param_spec_double("sensitivity", NULL, NULL, 0, 1, 0.5, flags));
  g_object_class_install_property(object, ++id,
                                  g_param_spec_double("tone-strength", NULL, NULL, 0, 1, 1, flags));
  g_object_class_install_property(object, ++id,
                                  g_param_spec_string("output", NULL, NULL, "in-place", flags));
  g_type_class_unref(engine);
}

static void test_settings_init(TestSettings *settings) {
  settings->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_value);
}

/* -------------------------------------------------------------------------------------------
 * The editor in a window
 */

typedef struct {
  GObject *settings;
  Photo *photo;
  GtkWidget *window;
  RestoratorPhotoEditor *editor;
  rst_picture picture;
  rst_rectangle box;
} Opened;

/* Greys with a white scratch, which the tests' finder takes for damage. */
static Photo *grey_photo(void) {
  g_autofree char *path = g_build_filename(folder, "old.png", NULL);
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, WIDTH, HEIGHT);
  Photo *photo;

  for (int y = 0; y < HEIGHT; y++)
    memset(gdk_pixbuf_get_pixels(pixbuf) + y * gdk_pixbuf_get_rowstride(pixbuf),
           y >= 60 && y < 62 ? 255 : 60 + y, 3 * WIDTH);
  g_assert_true(gdk_pixbuf_save(pixbuf, path, "png", NULL, NULL));
  photo = photo_read(path, NULL);
  g_assert_nonnull(photo);
  return photo;
}

static gboolean is_finished(gpointer data) {
  return restorator_photo_editor_is_finished(((Opened *)data)->editor);
}

static void finish_editor(Opened *b) {
  settle();
  run_until(is_finished, b);
  settle();
}

static Opened *open_editor(void) {
  Opened *b = g_new0(Opened, 1);
  GtkWidget *editor;

  b->settings = g_object_new(TEST_TYPE_SETTINGS, "model", "tiny-single", "mode", "full", NULL);
  b->photo = grey_photo();
  photo_get_picture(b->photo, &b->picture);
  photo_get_box(b->photo, &b->box);
  editor = restorator_photo_editor_new(b->settings, &b->picture, &b->box, FALSE, NULL);
  g_assert_nonnull(editor);
  b->editor = RESTORATOR_PHOTO_EDITOR(editor);
  b->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  gtk_container_add(GTK_CONTAINER(b->window), editor);
  gtk_widget_show(b->window);
  gtk_test_widget_wait_for_draw(b->window);
  finish_editor(b);
  return b;
}

/* Nothing outlives the window. */
static void close_editor(Opened *b) {
  gpointer editor = b->editor, settings = b->settings;

  g_object_add_weak_pointer(editor, &editor);
  g_object_add_weak_pointer(settings, &settings);
  gtk_widget_destroy(b->window);
  g_object_unref(b->settings);
  settle();
  g_assert_null(editor);
  g_assert_null(settings);
  photo_free(b->photo);
  g_free(b);
}

static void undo(Opened *b) {
  press_key(GTK_WIDGET(b->editor), GDK_KEY_z, GDK_CONTROL_MASK, TRUE);
  settle();
}

static void redo(Opened *b) {
  press_key(GTK_WIDGET(b->editor), GDK_KEY_Z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, TRUE);
  settle();
}

static GtkWidget *control_of(Opened *b, const char *name) {
  return restorator_photo_panel_get_control(restorator_photo_editor_get_panel(b->editor), name);
}

static double amount(Opened *b, const char *name) {
  double value;

  g_object_get(b->settings, name, &value, NULL);
  return value;
}

static gboolean is_on(Opened *b, const char *name) {
  gboolean on;

  g_object_get(b->settings, name, &on, NULL);
  return on;
}

static int64_t damaged(Opened *b) {
  photo_found *found = preview_get_photo(restorator_photo_editor_get_preview(b->editor));
  const int64_t count = found->info.damaged;

  photo_found_unref(found);
  return count;
}

/* -------------------------------------------------------------------------------------------
 * Tests
 */

/* One slider is one step, another setting another; the controls and the preview follow. */
static void test_undo(void) {
  Opened *b = open_editor();
  GtkWidget *sensitivity = control_of(b, "sensitivity"), *colour = control_of(b, "colour");
  g_autofree char *output = NULL;

  undo(b); /* of nothing */
  g_assert_cmpfloat(amount(b, "sensitivity"), ==, 0.5);
  for (int i = 1; i <= 4; i++) {
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(sensitivity), 0.5 + 0.1 * i);
    settle();
  }
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(colour), FALSE);
  settle();
  g_object_set(b->settings, "strength", 0.5, NULL);
  settle();
  g_object_set(b->settings, "output", "new-layer", NULL);
  settle();
  undo(b);
  g_object_get(b->settings, "output", &output, NULL);
  g_assert_cmpstr(output, ==, "in-place");
  undo(b);
  g_assert_cmpfloat(amount(b, "strength"), ==, 1);
  g_assert_false(is_on(b, "colour"));
  undo(b);
  g_assert_true(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(colour)));
  g_assert_cmpfloat_with_epsilon(amount(b, "sensitivity"), 0.9, 1e-6);
  finish_editor(b);
  g_assert_true(preview_is_coloured(restorator_photo_editor_get_preview(b->editor)));
  undo(b);
  g_assert_cmpfloat(gtk_spin_button_get_value(GTK_SPIN_BUTTON(sensitivity)), ==, 0.5);
  redo(b);
  g_assert_cmpfloat_with_epsilon(amount(b, "sensitivity"), 0.9, 1e-6);
  redo(b);
  g_assert_false(is_on(b, "colour"));
  finish_editor(b);
  g_assert_false(preview_is_coloured(restorator_photo_editor_get_preview(b->editor)));
  gtk_widget_set_sensitive(GTK_WIDGET(restorator_photo_editor_get_panel(b->editor)), FALSE);
  undo(b); /* while the host lets nothing be changed */
  g_assert_false(is_on(b, "colour"));
  close_editor(b);
}

/* Marks are taken back as settings are, and stay until then whatever else is undone. */
static void test_undo_marks(void) {
  Opened *b = open_editor();
  const gsize size = (gsize)b->box.width * (gsize)b->box.height;
  guchar *none = g_malloc(size);
  g_autoptr(GBytes) edits = NULL;
  const int64_t found = damaged(b);

  memset(none, RST_EDIT_REMOVE, size);
  edits = g_bytes_new_take(none, size);
  g_assert_cmpint(found, >, 0);
  restorator_photo_editor_set_edits(b->editor, edits);
  g_object_set(b->settings, "tone-strength", 0.5, NULL);
  finish_editor(b);
  g_assert_cmpint(damaged(b), ==, 0);
  undo(b);
  g_assert_cmpfloat(amount(b, "tone-strength"), ==, 1);
  g_assert_true(restorator_photo_editor_get_edits(b->editor) == edits);
  g_assert_true(gtk_widget_get_sensitive(control_of(b, "none")));
  undo(b);
  g_assert_null(restorator_photo_editor_get_edits(b->editor));
  g_assert_false(gtk_widget_get_sensitive(control_of(b, "none")));
  finish_editor(b);
  g_assert_cmpint(damaged(b), ==, found);
  redo(b);
  g_assert_true(restorator_photo_editor_get_edits(b->editor) == edits);
  finish_editor(b);
  g_assert_cmpint(damaged(b), ==, 0);
  /* They are of another picture then. */
  g_assert_cmpint(restorator_photo_editor_set_picture(b->editor, &b->picture, &b->box, FALSE, NULL),
                  ==, RST_OK);
  undo(b);
  g_assert_null(restorator_photo_editor_get_edits(b->editor));
  finish_editor(b);
  close_editor(b);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/photo-editor/undo", test_undo);
  g_test_add_func("/ui/photo-editor/undo-marks", test_undo_marks);
  return fixture_run();
}
