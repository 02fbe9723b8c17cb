/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/pixel_inspector.h"

#include <glib/gi18n.h>
#include <math.h>

#include "widgets/accessible.h"

enum { PLOT_WIDTH = 300, PLOT_HEIGHT = 150, LEFT = 30, RIGHT = 8, TOP = 6, BOTTOM = 18, DOT = 2 };

struct _RestoratorPixelInspector {
  GtkFrame parent;
  GtkWidget *title, *plot, *result;
  trajectory *trajectory;
};

G_DEFINE_FINAL_TYPE(RestoratorPixelInspector, restorator_pixel_inspector, GTK_TYPE_FRAME)

static guint closed;

/* Red, green, blue that are seen on light and on dark. */
static const double colours[3][3] = {{0.88, 0.26, 0.22}, {0.16, 0.64, 0.28}, {0.27, 0.48, 0.95}};

/* -------------------------------------------------------------------------------------------
 * The plot
 */

typedef struct {
  const trajectory *t;
  double width, height, low, high;
} axes;

static double x_of(const axes *a, int state) {
  const double inner = a->width - LEFT - RIGHT;

  return a->t->count < 2 ? LEFT + inner / 2 : LEFT + inner * state / (a->t->count - 1);
}

static double y_of(const axes *a, double value) {
  return TOP + (a->height - TOP - BOTTOM) * (a->high - value) / (a->high - a->low);
}

static void draw_text(GtkWidget *widget, cairo_t *cr, double x, double y, double across,
                      double down, const char *text) {
  PangoLayout *layout = gtk_widget_create_pango_layout(widget, NULL);
  g_autofree char *markup = g_markup_printf_escaped("<small>%s</small>", text);
  int width, height;

  pango_layout_set_markup(layout, markup, -1);
  pango_layout_get_pixel_size(layout, &width, &height);
  cairo_move_to(cr, x - across * width, y - down * height);
  pango_cairo_show_layout(cr, layout);
  g_object_unref(layout);
}

/* Lines at whole and half values, 0 and 1 being black and white; timesteps below. */
static void draw_axes(GtkWidget *widget, cairo_t *cr, const axes *a) {
  const int every = 1 + (a->t->count - 1) / 8;
  const double unit = a->high - a->low > 4 ? 1 : 0.5;

  cairo_set_line_width(cr, 1);
  for (double value = a->low; value <= a->high; value += unit) {
    g_autofree char *text = g_strdup_printf("%g", value);
    const double y = floor(y_of(a, value)) + 0.5;

    cairo_move_to(cr, LEFT, y);
    cairo_line_to(cr, a->width - RIGHT, y);
    cairo_save(cr);
    cairo_push_group(cr);
    cairo_stroke(cr);
    cairo_pop_group_to_source(cr);
    cairo_paint_with_alpha(cr, value == 0 || value == 1 ? 0.6 : 0.2);
    cairo_restore(cr);
    draw_text(widget, cr, LEFT - 4, y, 1, 0.5, text);
  }
  for (int i = 0; i < a->t->count; i++) {
    const bool last = i == a->t->count - 1;
    g_autofree char *text = last && a->t->timesteps[i] < 0
                              ? g_strdup(_("result"))
                              : g_strdup_printf("%d", a->t->timesteps[i]);

    if (last || (i % every == 0 && i + every / 2 + 1 < a->t->count))
      draw_text(widget, cr, x_of(a, i), a->height, last && i > 0 ? 0.8 : 0.5, 1, text);
  }
}

/* One channel of the values or of x̂₀, as far as it is known. */
static void draw_line(cairo_t *cr, const axes *a, const float *values, int channel) {
  for (int i = 0; i < a->t->count && !isnan(values[3 * i + channel]); i++)
    /* far beyond the plot is beyond it, and cairo's numbers are small */
    cairo_line_to(cr, x_of(a, i),
                  y_of(a, CLAMP((double)values[3 * i + channel], a->low - 99, a->high + 99)));
  cairo_stroke(cr);
}

static void draw_lines(cairo_t *cr, const axes *a) {
  const double dashes[] = {3, 3};
  const int last = a->t->count - 1;

  cairo_save(cr);
  cairo_rectangle(cr, LEFT, TOP - DOT, a->width - LEFT, a->height - TOP - BOTTOM + 2 * DOT);
  cairo_clip(cr);
  for (int c = 0; c < 3; c++) {
    cairo_set_source_rgb(cr, colours[c][0], colours[c][1], colours[c][2]);
    cairo_set_line_width(cr, 1.25);
    cairo_set_dash(cr, dashes, G_N_ELEMENTS(dashes), 0);
    draw_line(cr, a, a->t->clean, c);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_line_width(cr, 1.75);
    draw_line(cr, a, a->t->values, c);
    cairo_arc(cr, x_of(a, last), y_of(a, a->t->values[3 * last + c]), DOT + 1, 0, 2 * G_PI);
    cairo_fill(cr);
  }
  cairo_restore(cr);
}

static gboolean draw_plot(GtkWidget *widget, cairo_t *cr, gpointer data) {
  const RestoratorPixelInspector *inspector = data;
  GtkStyleContext *style = gtk_widget_get_style_context(widget);
  axes a = {inspector->trajectory, gtk_widget_get_allocated_width(widget),
            gtk_widget_get_allocated_height(widget), 0, 1};
  GdkRGBA foreground;

  if (!a.t)
    return GDK_EVENT_PROPAGATE;
  trajectory_get_range(a.t, &a.low, &a.high);
  gtk_style_context_get_color(style, gtk_style_context_get_state(style), &foreground);
  gdk_cairo_set_source_rgba(cr, &foreground);
  draw_axes(widget, cr, &a);
  draw_lines(cr, &a);
  return GDK_EVENT_PROPAGATE;
}

/* -------------------------------------------------------------------------------------------
 * The panel
 */

static void close_it(RestoratorPixelInspector *inspector) {
  g_signal_emit(inspector, closed, 0);
}

static GtkWidget *make_header(RestoratorPixelInspector *inspector) {
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *button = gtk_button_new_from_icon_name("window-close-symbolic", GTK_ICON_SIZE_MENU);

  inspector->title = gtk_label_new(NULL);
  gtk_label_set_xalign(GTK_LABEL(inspector->title), 0);
  gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
  accessible_describe(button, _("Close the trajectory"), _("Shows no pixel's trajectory any more"));
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(close_it), inspector);
  gtk_box_pack_start(GTK_BOX(bar), inspector->title, TRUE, TRUE, 0);
  gtk_box_pack_end(GTK_BOX(bar), button, FALSE, FALSE, 0);
  return bar;
}

static char *result_text(const trajectory *t) {
  const float *at = t ? t->values + 3 * (t->count - 1) : NULL;

  return t ? g_strdup_printf(_("Result: red %.3f, green %.3f, blue %.3f"), at[0], at[1], at[2])
           : g_strdup(_("This pixel is not selected"));
}

/* What the plot says, in words. */
static char *plot_text(const trajectory *t, const char *result) {
  if (!t)
    return g_strdup(result);
  if (t->count < 2)
    return g_strdup_printf(_("A single pass: it has no steps. %s"), result);
  return g_strdup_printf(ngettext("%d step from noise to the colour. %s",
                                  "%d steps from noise to the colour. %s", (gulong)t->count - 1),
                         t->count - 1, result);
}

static void show_result(RestoratorPixelInspector *inspector) {
  g_autofree char *result = result_text(inspector->trajectory);
  g_autofree char *text = plot_text(inspector->trajectory, result);

  atk_object_set_description(gtk_widget_get_accessible(inspector->plot), text);
  gtk_label_set_text(GTK_LABEL(inspector->result), result);
}

static void restorator_pixel_inspector_finalize(GObject *object) {
  trajectory_unref(RESTORATOR_PIXEL_INSPECTOR(object)->trajectory);
  G_OBJECT_CLASS(restorator_pixel_inspector_parent_class)->finalize(object);
}

static void restorator_pixel_inspector_class_init(RestoratorPixelInspectorClass *class) {
  G_OBJECT_CLASS(class)->finalize = restorator_pixel_inspector_finalize;
  closed = g_signal_new("closed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 0);
}

static void restorator_pixel_inspector_init(RestoratorPixelInspector *inspector) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4), *key;

  inspector->plot = gtk_drawing_area_new();
  gtk_widget_set_size_request(inspector->plot, PLOT_WIDTH, PLOT_HEIGHT);
  accessible_describe(inspector->plot, _("Trajectory"),
                      _("A pixel's red, green and blue at every step of the sampler"));
  g_signal_connect(inspector->plot, "draw", G_CALLBACK(draw_plot), inspector);
  inspector->result = gtk_label_new(NULL);
  gtk_label_set_xalign(GTK_LABEL(inspector->result), 0);
  key = gtk_label_new(_("— value   - - predicted clean value x̂₀"));
  gtk_label_set_xalign(GTK_LABEL(key), 0);
  gtk_style_context_add_class(gtk_widget_get_style_context(key), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_container_set_border_width(GTK_CONTAINER(box), 6);
  gtk_container_add(GTK_CONTAINER(box), make_header(inspector));
  gtk_container_add(GTK_CONTAINER(box), inspector->plot);
  gtk_container_add(GTK_CONTAINER(box), key);
  gtk_container_add(GTK_CONTAINER(box), inspector->result);
  gtk_container_add(GTK_CONTAINER(inspector), box);
  gtk_frame_set_shadow_type(GTK_FRAME(inspector), GTK_SHADOW_NONE);
  gtk_style_context_add_class(gtk_widget_get_style_context(GTK_WIDGET(inspector)),
                              GTK_STYLE_CLASS_BACKGROUND);
  gtk_widget_show_all(box);
}

GtkWidget *restorator_pixel_inspector_new(void) {
  return g_object_new(RESTORATOR_TYPE_PIXEL_INSPECTOR, NULL);
}

void restorator_pixel_inspector_set_pixel(RestoratorPixelInspector *inspector, int x, int y) {
  g_autofree char *title = g_strdup_printf(_("Trajectory of the pixel %d, %d"), x, y);

  gtk_label_set_text(GTK_LABEL(inspector->title), title);
}

void restorator_pixel_inspector_set_trajectory(RestoratorPixelInspector *inspector, trajectory *t) {
  trajectory *old = inspector->trajectory;

  inspector->trajectory = t ? trajectory_ref(t) : NULL;
  trajectory_unref(old);
  show_result(inspector);
  gtk_widget_queue_draw(inspector->plot);
}
