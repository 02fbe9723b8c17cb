/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The view and the viewer on a screen.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>

#include "base/pool.h"
#include "fixture.h"

/* -------------------------------------------------------------------------------------------
 * The view
 */

static void test_zoom_and_pan(void) {
  Fixture *b = fixture_new("tiny-single");
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
  fixture_free(b);
}

/* A place in the middle of the selection, away from what is drawn over it. */
static void inner_place(Fixture *b, double *x, double *y) {
  const Photo *p = b->photo;

  restorator_view_from_picture(b->view, p->x + p->w * 0.6, p->y + p->h * 0.35, x, y);
}

static void test_compare(void) {
  Fixture *b = fixture_new("tiny-single");
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
  fixture_free(b);
}

/* What encodes and what samples goes through these functions: the linker puts the test's own in
 * their place (--wrap), which can hold them up. */
rst_status __real_rst_encode(rst_session *session, rst_model *model, const rst_input *input,
                             rst_cancel *cancel, rst_encoding **encoding, rst_error *error);
rst_status __wrap_rst_encode(rst_session *session, rst_model *model, const rst_input *input,
                             rst_cancel *cancel, rst_encoding **encoding, rst_error *error);
void __real_rst_pool_run(rst_pool *pool, void (*work)(void *job, int worker), void *job);
void __wrap_rst_pool_run(rst_pool *pool, void (*work)(void *job, int worker), void *job);

static struct {
  GMutex lock;
  GCond changed;
  GThread *main_thread;
  gboolean held;
  int waiting, on_main; /* calls that are held up; calls on the main thread meanwhile */
} gate;

static void pass_gate(void) {
  g_mutex_lock(&gate.lock);
  if (g_thread_self() == gate.main_thread) {
    gate.on_main += gate.held;
  } else {
    gate.waiting++;
    while (gate.held)
      g_cond_wait(&gate.changed, &gate.lock);
    gate.waiting--;
  }
  g_mutex_unlock(&gate.lock);
}

rst_status __wrap_rst_encode(rst_session *session, rst_model *model, const rst_input *input,
                             rst_cancel *cancel, rst_encoding **encoding, rst_error *error) {
  pass_gate();
  return __real_rst_encode(session, model, input, cancel, encoding, error);
}

void __wrap_rst_pool_run(rst_pool *pool, void (*work)(void *job, int worker), void *job) {
  pass_gate();
  __real_rst_pool_run(pool, work, job);
}

static void hold(gboolean held) {
  g_mutex_lock(&gate.lock);
  gate.held = held;
  g_cond_broadcast(&gate.changed);
  g_mutex_unlock(&gate.lock);
}

static gboolean is_held(gpointer data) {
  gboolean held;

  (void)data;
  g_mutex_lock(&gate.lock);
  held = gate.waiting > 0;
  g_mutex_unlock(&gate.lock);
  return held;
}

/* The main loop goes on while the engine does not, whatever is moved meanwhile: nothing on its
 * thread restores or waits for what does. Where something waits, the test runs out of its time. */
static void test_stalls(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  preview_status status;

  gate.main_thread = g_thread_self();
  hold(TRUE);
  for (int change = 1; change <= 20; change++) {
    g_object_set(b->settings, "seed", change, "strength", change / 20.0, NULL);
    press_key(GTK_WIDGET(b->view), change % 2 ? GDK_KEY_plus : GDK_KEY_minus, 0, TRUE);
    restorator_view_set_split(b->view, change / 20.0);
    g_object_unref(shoot(b));
    run_until(is_held, NULL);
    preview_get_status(restorator_editor_get_preview(b->editor), &status);
    g_assert_cmpint(status.phase, ==, PREVIEW_REFINING);
  }
  g_assert_cmpint(gate.on_main, ==, 0);
  hold(FALSE);
  finish(b);
  fixture_free(b);
}

/* -------------------------------------------------------------------------------------------
 * The viewer
 */

static void test_selection(void) {
  Fixture *b = fixture_new("tiny-single");
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
  fixture_free(b);
}

static gboolean is_large(gpointer data) {
  GtkWidget *window = ((Fixture *)data)->window;

  return gtk_widget_get_allocated_width(window) == 1111 &&
         gtk_widget_get_allocated_height(window) == 699;
}

/* The window is as large as it was when it was closed. */
static void test_size(void) {
  Fixture *b = fixture_new("tiny-single");

  g_assert_false(is_large(b));
  gtk_window_resize(GTK_WINDOW(b->window), 1111, 699);
  run_until(is_large, b);
  fixture_free(b);
  b = fixture_new("tiny-single");
  g_assert_true(is_large(b));
  gtk_window_resize(GTK_WINDOW(b->window), 1200, 680);
  settle();
  fixture_free(b);
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
  Fixture *b = fixture_new("tiny-single");
  g_autofree char *path = g_build_filename(folder, "saved.png", NULL);
  const Photo *p = b->photo;
  gboolean saved = FALSE;
  rst_parameters parameters;
  rst_plan plan = {.size = sizeof plan};
  rst_session *session = NULL;
  rst_model *model = NULL;
  rst_picture picture;
  rst_error error = RST_ERROR_INIT;
  rst_rectangle box;
  int changed = 0;

  g_object_set(b->settings, "strength", 0.75, "mode", "detail", NULL);
  settle();
  restorator_viewer_save(RESTORATOR_VIEWER(b->window), path, note_saved, &saved);
  run_until(is_true, &saved);

  g_autoptr(GdkPixbuf) file = gdk_pixbuf_new_from_file(path, NULL);

  memset(p->restored, 0, 3 * WIDTH * HEIGHT * sizeof *p->restored);
  g_assert_cmpint(restorator_panel_get_setup(b->panel, &parameters, &model, &error), ==, RST_OK);
  photo_get_picture(b->photo, &picture);
  photo_get_box(b->photo, &box);
  g_assert_cmpint(rst_session_new(0, &session, &error), ==, RST_OK);
  g_assert_cmpint(rst_plan_region(&parameters, &picture, &box, &plan, &error), ==, RST_OK);
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
  fixture_free(b);
}

/* What cannot be done is said in the window, and what can be done works again afterwards. */
static void test_errors(void) {
  Fixture *b = fixture_new("tiny-single");
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
  gtk_entry_set_text(GTK_ENTRY(entry), "auto");
  finish(b);
  g_assert_null(find_text(GTK_WIDGET(b->editor), "does not hold"));
  fixture_free(b);
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
                              "0.5", "--save", path, NULL),
                  ==, 0);

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
  g_assert_cmpint(
    run_program(photo, "--model", "tiny-single", "--window", "0,0,9", "--save", path, NULL), ==, 1);
  g_assert_cmpint(run_program(photo, "--model", "missing", "--save", path, NULL), ==, 1);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/view/zoom-and-pan", test_zoom_and_pan);
  g_test_add_func("/ui/view/compare", test_compare);
  g_test_add_func("/ui/view/stalls", test_stalls);
  g_test_add_func("/ui/viewer/selection", test_selection);
  g_test_add_func("/ui/viewer/size", test_size);
  g_test_add_func("/ui/viewer/save", test_save);
  g_test_add_func("/ui/viewer/errors", test_errors);
  g_test_add_func("/ui/program", test_program);
  return fixture_run();
}
