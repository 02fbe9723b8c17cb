/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/window_size.h"

#define WIDTH "width"
#define HEIGHT "height"

typedef struct {
  const char *name;
  int width, height; /* 0: it was not on the screen */
} Size;

static char *get_path(void) {
  return g_build_filename(g_get_user_state_dir(), "restorator", "windows", NULL);
}

/* What is there of other windows stays. */
static GKeyFile *read_file(const char *path) {
  GKeyFile *file = g_key_file_new();

  g_key_file_load_from_file(file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  return file;
}

/* A size of 0 is none. */
static void read_size(const char *name, int *width, int *height) {
  g_autofree char *path = get_path();
  g_autoptr(GKeyFile) file = read_file(path);
  const int w = g_key_file_get_integer(file, name, WIDTH, NULL);
  const int h = g_key_file_get_integer(file, name, HEIGHT, NULL);

  if (w <= 0 || h <= 0)
    return;
  *width = w;
  *height = h;
}

static void write_size(const Size *size) {
  g_autofree char *path = get_path(), *folder = g_path_get_dirname(path);
  g_autoptr(GKeyFile) file = read_file(path);

  g_key_file_set_integer(file, size->name, WIDTH, size->width);
  g_key_file_set_integer(file, size->name, HEIGHT, size->height);
  if (g_mkdir_with_parents(folder, 0700) == 0)
    g_key_file_save_to_file(file, path, NULL);
}

/* When it is destroyed it is off the screen already. */
static void note_size(Size *size, GtkAllocation *allocation, GtkWindow *window) {
  (void)allocation;
  if (!gtk_window_is_maximized(window))
    gtk_window_get_size(window, &size->width, &size->height);
}

static void keep_size(Size *size) {
  if (size->width > 0)
    write_size(size);
}

static void free_size(gpointer size, GClosure *closure) {
  (void)closure;
  g_free(size);
}

void window_size_remember(GtkWindow *window, const char *name, int width, int height) {
  GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window));
  GdkMonitor *monitor = gdk_display_get_primary_monitor(display);
  Size *size = g_new0(Size, 1);
  GdkRectangle screen;

  size->name = name;
  read_size(name, &width, &height);
  gdk_monitor_get_workarea(monitor ? monitor : gdk_display_get_monitor(display, 0), &screen);
  gtk_window_set_default_size(window, MIN(width, screen.width), MIN(height, screen.height));
  g_signal_connect_swapped(window, "size-allocate", G_CALLBACK(note_size), size);
  g_signal_connect_data(window, "destroy", G_CALLBACK(keep_size), size, free_size,
                        G_CONNECT_SWAPPED);
}
