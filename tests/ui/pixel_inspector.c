/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking about a pixel, and the uncertainty over the view.
 */
#include "fixture.h"

#include <math.h>
#include <string.h>

/* A place in the selection, off the split and what is drawn over the picture. */
static void inner_pixel(const Fixture *b, int *x, int *y) {
  *x = b->photo->x + b->photo->w * 7 / 10;
  *y = b->photo->y + b->photo->h * 2 / 5;
}

static void click_pixel(Fixture *b, int x, int y) {
  double u, v;

  restorator_view_from_picture(b->view, x + 0.5, y + 0.5, &u, &v);
  drag(GTK_WIDGET(b->view), u, v, u + 1, v); /* no hand is still */
  finish(b);
}

static const char *plot_text(Fixture *b) {
  return atk_object_get_description(gtk_widget_get_accessible(find_named(b, "Trajectory")));
}

/* The plot says what the preview knows. */
static void check_plot(Fixture *b, int x, int y) {
  trajectory *t = preview_get_trajectory(restorator_editor_get_preview(b->editor));
  g_autofree char *title = g_strdup_printf("Trajectory of the pixel %d, %d", x, y);
  g_autofree char *steps = NULL, *result = NULL;
  const float *last;

  g_assert_nonnull(find_text(b->window, title));
  g_assert_nonnull(t);
  g_assert_cmpint(t->x, ==, x);
  g_assert_cmpint(t->y, ==, y);
  last = t->values + 3 * (t->count - 1);
  steps = g_strdup_printf("%d steps", t->count - 1);
  result = g_strdup_printf("red %.3f, green %.3f, blue %.3f", last[0], last[1], last[2]);
  g_assert_nonnull(strstr(plot_text(b), steps));
  g_assert_nonnull(strstr(plot_text(b), result));
  g_assert_nonnull(find_text(b->window, result));
  trajectory_unref(t);
}

/* Whether the plot shows that much of a colour: red, green or blue far above the others. */
static int count_coloured(Fixture *b, const GdkPixbuf *shot, int channel) {
  GtkWidget *plot = find_named(b, "Trajectory");
  const int stride = gdk_pixbuf_get_rowstride(shot), channels = gdk_pixbuf_get_n_channels(shot);
  const guchar *pixels = gdk_pixbuf_read_pixels(shot);
  int left, top, count = 0;

  gtk_widget_translate_coordinates(plot, b->window, 0, 0, &left, &top);
  for (int y = top; y < top + gtk_widget_get_allocated_height(plot); y++)
    for (int x = left; x < left + gtk_widget_get_allocated_width(plot); x++) {
      const guchar *at = pixels + y * stride + x * channels;

      count += at[channel] > at[(channel + 1) % 3] + 40 && at[channel] > at[(channel + 2) % 3] + 40;
    }
  return count;
}

static void test_click(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  int x, y;

  inner_pixel(b, &x, &y);
  g_assert_null(find_text(b->window, "Trajectory of"));
  click_pixel(b, x, y);
  check_plot(b, x, y);
  g_autoptr(GdkPixbuf) shot = shoot(b);
  for (int channel = 0; channel < 3; channel++)
    g_assert_cmpint(count_coloured(b, shot, channel), >, 50);
  keep_shot(b, "trajectory");

  g_object_set(b->settings, "step-skip", 30, NULL); /* it follows the settings */
  finish(b);
  check_plot(b, x, y);
  click_pixel(b, 1, 1); /* another pixel, not selected */
  g_assert_nonnull(find_text(b->window, "not selected"));
  g_assert_nonnull(strstr(plot_text(b), "not selected"));
  drag(GTK_WIDGET(b->view), 100, 40, 130, 70); /* this is no click */
  g_assert_nonnull(find_text(b->window, "pixel 1, 1"));
  click_pixel(b, x, y);
  gtk_button_clicked(GTK_BUTTON(find_named(b, "Close the trajectory")));
  settle();
  g_assert_null(find_text(b->window, "Trajectory of"));
  g_assert_null(preview_get_trajectory(restorator_editor_get_preview(b->editor)));
  fixture_free(b);
}

static void test_keys(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  GtkWidget *view = GTK_WIDGET(b->view);
  double x, y;

  restorator_view_to_picture(b->view, gtk_widget_get_allocated_width(view) / 2.0,
                             gtk_widget_get_allocated_height(view) / 2.0, &x, &y);
  press_key(view, GDK_KEY_t, 0, TRUE); /* the pixel in the middle, … */
  finish(b);
  check_plot(b, (int)x, (int)y);
  press_key(view, GDK_KEY_Right, GDK_MOD1_MASK, TRUE); /* … and its neighbours */
  press_key(view, GDK_KEY_Down, GDK_MOD1_MASK, TRUE);
  press_key(view, GDK_KEY_Down, GDK_MOD1_MASK, TRUE);
  finish(b);
  check_plot(b, (int)x + 1, (int)y + 2);
  press_key(view, GDK_KEY_Left, GDK_MOD1_MASK, TRUE);
  press_key(view, GDK_KEY_Up, GDK_MOD1_MASK, TRUE);
  finish(b);
  check_plot(b, (int)x, (int)y + 1);
  press_key(GTK_WIDGET(b->editor), GDK_KEY_Escape, 0, TRUE);
  settle();
  g_assert_null(find_text(b->window, "Trajectory of"));
  fixture_free(b);
}

static void test_single_pass(void) {
  Fixture *b = fixture_new("tiny-single");
  GtkWidget *button = find_named(b, "Show the uncertainty");
  int x, y;

  inner_pixel(b, &x, &y);
  click_pixel(b, x, y);
  g_assert_nonnull(strstr(plot_text(b), "single pass"));
  g_assert_nonnull(find_text(b->window, "Result: red"));
  g_assert_false(gtk_widget_get_sensitive(button));
  g_assert_nonnull(
    strstr(atk_object_get_description(gtk_widget_get_accessible(button)), "single-pass"));
  g_object_set(b->settings, "model", "tiny-diffusion", NULL);
  finish(b);
  g_assert_true(gtk_widget_get_sensitive(button));
  g_assert_null(
    strstr(atk_object_get_description(gtk_widget_get_accessible(button)), "single-pass"));
  fixture_free(b);
}

/* ---- uncertainty ---- */

static gboolean is_explored(gpointer data) {
  preview_status status;

  preview_get_status(restorator_editor_get_preview(((Fixture *)data)->editor), &status);
  return status.deviated == 1;
}

/* One colour over the other, by its own alpha. */
static guint32 over(guint32 premultiplied, guint32 below) {
  guint32 colour = 0;

  for (int shift = 16; shift >= 0; shift -= 8)
    colour |= ((premultiplied >> shift & 255) +
               (below >> shift & 255) * (255 - (premultiplied >> 24)) / 255)
              << shift;
  return colour;
}

static void test_uncertainty(void) {
  Fixture *b = fixture_new("tiny-diffusion");
  GtkWidget *button = find_named(b, "Show the uncertainty");
  double u, v;
  int x, y, at;
  frame *f;

  inner_pixel(b, &x, &y);
  restorator_view_from_picture(b->view, x + 0.5, y + 0.5, &u, &v);
  g_autoptr(GdkPixbuf) before = shoot(b);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), TRUE);
  run_until(is_explored, b);
  finish(b);
  g_autoptr(GdkPixbuf) after = shoot(b);
  keep_shot(b, "uncertainty");
  f = preview_get_frame(restorator_editor_get_preview(b->editor));
  g_assert_nonnull(f->overlay);
  at = (int)v * f->viewport.width + (int)u;
  g_assert_cmpuint(f->overlay[at], !=, 0);
  for (int shift = 16; shift >= 0; shift -= 8)
    g_assert_cmpint(ABS((int)(over(f->overlay[at], f->after[at]) >> shift & 255) -
                        (int)(colour_at(b, after, u, v) >> shift & 255)),
                    <=, 2);
  frame_unref(f);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), FALSE);
  finish(b);
  g_autoptr(GdkPixbuf) again = shoot(b);
  g_assert_cmphex(colour_at(b, again, u, v), ==, colour_at(b, before, u, v));
  fixture_free(b);
}

int main(int argc, char **argv) {
  fixture_init(&argc, &argv);
  g_test_add_func("/ui/inspector/click", test_click);
  g_test_add_func("/ui/inspector/keys", test_keys);
  g_test_add_func("/ui/inspector/single-pass", test_single_pass);
  g_test_add_func("/ui/uncertainty", test_uncertainty);
  return fixture_run();
}
