/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <properties.h>

char *folder, *program;
static char *screenshots;

#define JUDGED "judged"

void fixture_init(int *argc, char ***argv) {
  g_autofree char *models = NULL;

  folder = g_dir_make_tmp("restorator-ui-XXXXXX", NULL);
  g_assert_true(g_setenv("XDG_CONFIG_HOME", folder, TRUE));
  g_assert_true(g_setenv("XDG_STATE_HOME", folder, TRUE));
  models = g_strjoin(":", g_getenv("RESTORATOR_MODELS"), folder, NULL);
  g_assert_true(g_setenv("RESTORATOR_MODELS", models, TRUE));
  gtk_test_init(argc, argv, NULL);
  g_assert_cmpint(*argc, ==, 3);
  program = (*argv)[1];
  screenshots = (*argv)[2];
}

static void remove_all(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *inside = g_build_filename(path, name, NULL);

    remove_all(inside);
  }
  g_remove(path);
}

int fixture_run(void) {
  const int status = g_test_run();

  remove_all(folder);
  g_free(folder);
  return status;
}

/* -------------------------------------------------------------------------------------------
 * Photos, settings, windows
 */

char *write_photo(void) {
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

const char *write_judged_model(void) {
  static const char card[] =
    "\"card\": \"{\\\"title\\\": \\\"A <tiny> & random network\\\", \\\"discouraged\\\": "
    "[{\\\"setup\\\": \\\"missing 7\\\", \\\"mse\\\": 9, \\\"bicubic\\\": 1}, "
    "{\\\"setup\\\": \\\"ddim\\\", \\\"mse\\\": 0.0123, \\\"bicubic\\\": 0.0045}, "
    "{\\\"setup\\\": \\\"noise-stddev squared, stochasticity 0.0, step-skip 20, project true, "
    "clip false\\\", \\\"mse\\\": 0.0101, \\\"bicubic\\\": 0.0092}], "
    "\\\"recommended\\\": [{\\\"setup\\\": \\\"missing\\\"}, {\\\"setup\\\": \\\"b\\\"}, "
    "{\\\"setup\\\": \\\"a\\\"}, {\\\"setup\\\": \\\"noise-stddev normal, stochasticity 0.5, "
    "step-skip 20, project true, clip false\\\"}]}\", ";
  static const char key[] = "\"__metadata__\": {";
  g_autofree char *path = g_build_filename(folder, JUDGED ".safetensors", NULL);
  char from[4096];
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
  return JUDGED;
}

static GObject *settings_of(const char *model) {
  GObject *settings = restorator_settings_new();

  g_object_set(settings, "model", model, "mode", "colour", NULL);
  return settings;
}

gboolean tick(gpointer data) {
  (void)data;
  return G_SOURCE_CONTINUE;
}

/* Seconds. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { PATIENCE = 600 };
#else
enum { PATIENCE = 60 };
#endif

/* Runs the main loop until `done`, or what is still to be done. */
void run_until(gboolean (*done)(gpointer data), gpointer data) {
  const gint64 end = g_get_monotonic_time() + (gint64)PATIENCE * G_USEC_PER_SEC;
  const guint timer = g_timeout_add(5, tick, NULL);

  while (!done(data)) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_main_context_iteration(NULL, TRUE);
  }
  g_source_remove(timer);
}

static gboolean is_over(gpointer data) {
  return g_get_monotonic_time() > *(gint64 *)data;
}

void run_for(int milliseconds) {
  gint64 end = g_get_monotonic_time() + (gint64)milliseconds * 1000;

  run_until(is_over, &end);
}

void settle(void) {
  while (g_main_context_pending(NULL))
    g_main_context_iteration(NULL, FALSE);
}

static gboolean is_exact(gpointer data) {
  preview_status status;

  preview_get_status(restorator_editor_get_preview(((Fixture *)data)->editor), &status);
  g_assert_cmpint(status.phase, !=, PREVIEW_FAILED);
  return status.phase == PREVIEW_EXACT;
}

void finish(Fixture *b) {
  settle();
  run_until(is_exact, b);
  settle();
}

Fixture *fixture_new(const char *model) {
  g_autofree char *path = write_photo();

  return fixture_open(path, model);
}

Fixture *fixture_open(const char *path, const char *model) {
  Fixture *b = g_new0(Fixture, 1);
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
void fixture_free(Fixture *b) {
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

GtkWidget *control(Fixture *b, const char *name) {
  GtkWidget *widget = restorator_panel_get_control(b->panel, name);

  g_assert_nonnull(widget);
  return widget;
}

/* The window as it is on the screen. */
GdkPixbuf *shoot(Fixture *b) {
  GdkWindow *window = gtk_widget_get_window(b->window);
  GdkSeat *seat = gdk_display_get_default_seat(gtk_widget_get_display(b->window));

  /* in the corner: no tooltip is part of the picture */
  gdk_device_warp(gdk_seat_get_pointer(seat), gtk_widget_get_screen(b->window), 0, 0);

  gtk_widget_queue_draw(b->window);
  gtk_test_widget_wait_for_draw(b->window);
  settle();
  return gdk_pixbuf_get_from_window(window, 0, 0, gdk_window_get_width(window),
                                    gdk_window_get_height(window));
}

void keep_shot(Fixture *b, const char *name) {
  g_autoptr(GdkPixbuf) pixbuf = shoot(b);
  g_autofree char *path = g_strdup_printf("%s/%s.png", screenshots, name);

  g_assert_cmpint(g_mkdir_with_parents(screenshots, 0777), ==, 0);
  g_assert_true(gdk_pixbuf_save(pixbuf, path, "png", NULL, NULL));
}

void keep_sheet(GdkPixbuf **pictures, int count, int columns, const char *name) {
  enum { GAP = 6 };
  const int width = gdk_pixbuf_get_width(pictures[0]), height = gdk_pixbuf_get_height(pictures[0]);
  const int rows = (count + columns - 1) / columns;
  g_autofree char *path = g_strdup_printf("%s/%s.jpg", screenshots, name);
  g_autoptr(GdkPixbuf) sheet = gdk_pixbuf_new(
    GDK_COLORSPACE_RGB, FALSE, 8, columns * (width + GAP) - GAP, rows * (height + GAP) - GAP);

  gdk_pixbuf_fill(sheet, 0xffffffff);
  for (int i = 0; i < count; i++)
    gdk_pixbuf_copy_area(pictures[i], 0, 0, width, height, sheet, i % columns * (width + GAP),
                         i / columns * (height + GAP));
  g_assert_cmpint(g_mkdir_with_parents(screenshots, 0777), ==, 0);
  g_assert_true(gdk_pixbuf_save(sheet, path, "jpeg", NULL, "quality", "88", NULL));
}

/* The colour at a place of the view, 0xRRGGBB. */
guint32 colour_at(Fixture *b, const GdkPixbuf *shot, double x, double y) {
  int left, top;

  gtk_widget_translate_coordinates(GTK_WIDGET(b->view), b->window, 0, 0, &left, &top);
  const guint8 *at = gdk_pixbuf_read_pixels(shot) +
                     (top + (int)y) * gdk_pixbuf_get_rowstride(shot) +
                     (left + (int)x) * gdk_pixbuf_get_n_channels(shot);

  return (guint32)(at[0] << 16 | at[1] << 8 | at[2]);
}

/* Takes over the event. */
static void send_event(GtkWidget *widget, GdkEvent *event, GdkDevice *(*from)(GdkSeat *seat)) {
  event->any.window = g_object_ref(gtk_widget_get_window(widget));
  gdk_event_set_device(event, from(gdk_display_get_default_seat(gtk_widget_get_display(widget))));
  gtk_widget_event(widget, event);
  gdk_event_free(event);
}

void press_key(GtkWidget *widget, guint key, GdkModifierType state, gboolean down) {
  GdkEvent *event = gdk_event_new(down ? GDK_KEY_PRESS : GDK_KEY_RELEASE);

  event->key.keyval = key;
  event->key.state = state;
  send_event(widget, event, gdk_seat_get_keyboard);
}

void use_mouse(GtkWidget *widget, GdkEventType type, guint button, GdkModifierType state, double x,
               double y) {
  GdkEvent *event = gdk_event_new(type);

  if (type == GDK_MOTION_NOTIFY) {
    event->motion.x = x;
    event->motion.y = y;
  } else if (type == GDK_SCROLL) {
    event->scroll.direction = button ? GDK_SCROLL_UP : GDK_SCROLL_DOWN;
    event->scroll.state = state;
    event->scroll.x = x;
    event->scroll.y = y;
  } else {
    event->button.button = button;
    event->button.state = state;
    event->button.x = x;
    event->button.y = y;
  }
  send_event(widget, event, gdk_seat_get_pointer);
}

static void mouse(GtkWidget *widget, GdkEventType type, double x, double y) {
  use_mouse(widget, type, GDK_BUTTON_PRIMARY, 0, x, y);
}

void click_mouse(GtkWidget *widget, guint button, double x, double y) {
  use_mouse(widget, GDK_BUTTON_PRESS, button, 0, x, y);
  use_mouse(widget, GDK_BUTTON_RELEASE, button, 0, x, y);
  settle();
}

void drag(GtkWidget *widget, double x, double y, double u, double v) {
  mouse(widget, GDK_BUTTON_PRESS, x, y);
  mouse(widget, GDK_MOTION_NOTIFY, (x + u) / 2, (y + v) / 2);
  mouse(widget, GDK_MOTION_NOTIFY, u, v);
  mouse(widget, GDK_BUTTON_RELEASE, u, v);
}

typedef struct {
  const char *name;
  GtkWidget *found;
} Search;

static void search_name(GtkWidget *widget, gpointer data) {
  Search *search = data;

  if (g_strcmp0(atk_object_get_name(gtk_widget_get_accessible(widget)), search->name) == 0)
    search->found = widget;
  else if (!search->found && GTK_IS_CONTAINER(widget))
    gtk_container_forall(GTK_CONTAINER(widget), search_name, search);
}

GtkWidget *find_named_in(GtkWidget *widget, const char *name) {
  Search search = {name, NULL};

  search_name(widget, &search);
  g_assert_nonnull(search.found);
  return search.found;
}

GtkWidget *find_named(Fixture *b, const char *name) {
  return find_named_in(b->window, name);
}

GtkWidget *find_text(GtkWidget *widget, const char *text) {
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
