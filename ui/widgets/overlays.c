/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/overlays.h"

#include <glib/gi18n.h>
#include <math.h>

#include "preview/frame.h"

enum { LEGEND_WIDTH = 200, LEGEND_HEIGHT = 12, GAP = 4 };

void marks_stroke(cairo_t *cr, double width) {
  cairo_set_line_width(cr, width + 2);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.6);
  cairo_stroke_preserve(cr);
  cairo_set_line_width(cr, width);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_stroke(cr);
}

void marks_draw_label(GtkWidget *widget, cairo_t *cr, double x, double y, int across, int down,
                      const char *text) {
  PangoLayout *layout = gtk_widget_create_pango_layout(widget, text);
  int width, height;

  pango_layout_get_pixel_size(layout, &width, &height);
  x -= across * width;
  y -= down * height;
  cairo_rectangle(cr, x - 4, y - 2, width + 8, height + 4);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.6);
  cairo_fill(cr);
  cairo_move_to(cr, x, y);
  cairo_set_source_rgb(cr, 1, 1, 1);
  pango_cairo_show_layout(cr, layout);
  g_object_unref(layout);
}

/* Of a label of one line. */
static int label_height(GtkWidget *widget) {
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, "0");
  int height;

  pango_layout_get_pixel_size(layout, NULL, &height);
  return height + 4;
}

void marks_draw_split(cairo_t *cr, double x, double height, double grip) {
  cairo_move_to(cr, x, 0);
  cairo_line_to(cr, x, height);
  marks_stroke(cr, 1);
  cairo_arc(cr, x, grip * height, 7, 0, 2 * G_PI);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_fill_preserve(cr);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.6);
  cairo_set_line_width(cr, 1.5);
  cairo_stroke(cr);
}

void marks_draw_windows(cairo_t *cr, const rst_plan *plan, double x, double y, double zoom) {
  const double dashes[] = {6, 4};

  cairo_save(cr);
  cairo_set_dash(cr, dashes, G_N_ELEMENTS(dashes), 0);
  for (int i = 0; i < plan->count; i++) {
    const rst_window *w = &plan->parts[i].window;

    cairo_rectangle(cr, floor((w->x - x) * zoom) + 0.5, floor((w->y - y) * zoom) + 0.5,
                    floor(w->side * zoom), floor(w->side * zoom));
    marks_stroke(cr, 1);
  }
  cairo_restore(cr);
}

/* Rays towards it, since a pixel may be too small to be seen, and a frame where it is not. */
void marks_draw_pixel(cairo_t *cr, double x, double y, double side) {
  const double middle_x = x + side / 2, middle_y = y + side / 2, from = fmax(side / 2, 3) + 2;

  for (int i = 0; i < 4; i++) {
    const double dx = i < 2 ? 2 * i - 1 : 0, dy = i < 2 ? 0 : 2 * i - 5;

    cairo_move_to(cr, middle_x + dx * from, middle_y + dy * from);
    cairo_rel_line_to(cr, dx * 9, dy * 9);
  }
  if (side >= 4)
    cairo_rectangle(cr, floor(x) - 0.5, floor(y) - 0.5, ceil(side) + 1, ceil(side) + 1);
  marks_stroke(cr, 1.5);
}

cairo_surface_t *marks_new_input(const rst_encoding *encoding) {
  int size;
  const float *values = rst_encoding_input(encoding, &size);
  cairo_surface_t *input = cairo_image_surface_create(CAIRO_FORMAT_RGB24, size, size);

  for (int y = 0; y < size; y++) {
    guint32 *row = (guint32 *)(void *)(cairo_image_surface_get_data(input) +
                                       y * cairo_image_surface_get_stride(input));

    for (int x = 0; x < size; x++)
      row[x] = (guint32)((CLAMP(values[y * size + x], -1, 1) + 1) * 127.5f + 0.5f) * 0x010101u;
  }
  cairo_surface_mark_dirty(input);
  return input;
}

void marks_draw_input(GtkWidget *widget, cairo_t *cr, cairo_surface_t *input, double right,
                      double bottom, double side) {
  const double left = right - side, top = bottom - side;

  cairo_save(cr);
  cairo_translate(cr, left, top);
  cairo_scale(cr, side / cairo_image_surface_get_width(input),
              side / cairo_image_surface_get_height(input));
  cairo_set_source_surface(cr, input, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_paint(cr);
  cairo_restore(cr);
  cairo_rectangle(cr, left - 0.5, top - 0.5, side + 1, side + 1);
  marks_stroke(cr, 1);
  /* Not over what is called so at the top. */
  if (top > 2.5 * label_height(widget))
    marks_draw_label(widget, cr, right - 4, top - 4, 1, 1, _("What the network sees"));
}

void marks_draw_legend(GtkWidget *widget, cairo_t *cr, double right, double bottom, int seeds,
                       double range) {
  const double left = right - LEGEND_WIDTH, top = bottom - LEGEND_HEIGHT;
  g_autofree char *high = g_strdup_printf("≥ %g", range);
  g_autofree char *title = g_strdup_printf(
    ngettext("Standard deviation over %d seed", "Standard deviation over %d seeds", (gulong)seeds),
    seeds);

  for (int i = 0; i < LEGEND_WIDTH; i++) {
    const guint32 colour = frame_heat(i / (LEGEND_WIDTH - 1.0));

    cairo_rectangle(cr, left + i, top, 1, LEGEND_HEIGHT);
    cairo_set_source_rgb(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0);
    cairo_fill(cr);
  }
  cairo_rectangle(cr, left - 0.5, top - 0.5, LEGEND_WIDTH + 1, LEGEND_HEIGHT + 1);
  marks_stroke(cr, 1);
  marks_draw_label(widget, cr, left + GAP, top - GAP, 0, 1, "0");
  marks_draw_label(widget, cr, right - GAP, top - GAP, 1, 1, high);
  marks_draw_label(widget, cr, right - GAP, top - 2 * GAP - label_height(widget), 1, 1, title);
}
