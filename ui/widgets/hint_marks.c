/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/hint_marks.h"

#include <math.h>

enum { SWATCH = 24 };

static void ring(cairo_t *cr, double x, double y, double radius, double width, double grey) {
  cairo_arc(cr, x, y, radius, 0, 2 * G_PI);
  cairo_set_line_width(cr, width);
  cairo_set_source_rgb(cr, grey, grey, grey);
  cairo_stroke(cr);
}

void hint_marks_draw(cairo_t *cr, double x, double y, const rst_hint *hint, gboolean selected,
                     gboolean faint) {
  cairo_push_group(cr);
  if (selected) {
    ring(cr, x, y, HINT_RADIUS + 2.5, 3.5, 0);
    ring(cr, x, y, HINT_RADIUS + 2.5, 1.5, 1);
  }
  cairo_arc(cr, x, y, HINT_RADIUS - 2, 0, 2 * G_PI);
  if (hint->keep)
    cairo_set_source_rgb(cr, 1, 1, 1);
  else
    cairo_set_source_rgb(cr, hint->rgb[0], hint->rgb[1], hint->rgb[2]);
  cairo_fill(cr);
  ring(cr, x, y, HINT_RADIUS - 0.5, 1, 0);
  ring(cr, x, y, HINT_RADIUS - 1.75, 1.5, 1);
  if (hint->keep) {
    cairo_arc(cr, x, y, 2, 0, 2 * G_PI);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_fill(cr);
    ring(cr, x, y, HINT_RADIUS - 2.75, 0.75, 0.4);
  } else {
    ring(cr, x, y, HINT_RADIUS - 2.75, 0.75, 0);
  }
  cairo_pop_group_to_source(cr);
  cairo_paint_with_alpha(cr, faint ? 0.5 : 1);
}

/* A surface of a widget's screen. */
static cairo_surface_t *new_surface(GtkWidget *widget, int side) {
  const int scale = gtk_widget_get_scale_factor(widget);
  cairo_surface_t *surface =
    cairo_image_surface_create(CAIRO_FORMAT_ARGB32, side * scale, side * scale);

  cairo_surface_set_device_scale(surface, scale, scale);
  return surface;
}

cairo_surface_t *hint_marks_new_disc(GtkWidget *widget, const rst_hint *hint) {
  cairo_surface_t *surface = new_surface(widget, 2 * HINT_RADIUS + 2);
  cairo_t *cr = cairo_create(surface);

  hint_marks_draw(cr, HINT_RADIUS + 1, HINT_RADIUS + 1, hint, FALSE, FALSE);
  cairo_destroy(cr);
  return surface;
}

cairo_surface_t *hint_marks_new_swatch(GtkWidget *widget, const float rgb[3]) {
  cairo_surface_t *surface = new_surface(widget, SWATCH);
  cairo_t *cr = cairo_create(surface);

  cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
  cairo_paint(cr);
  cairo_rectangle(cr, 0.5, 0.5, SWATCH - 1, SWATCH - 1);
  cairo_set_line_width(cr, 1);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.5);
  cairo_stroke(cr);
  cairo_destroy(cr);
  return surface;
}

/* The weight at a place between samples. */
static double weight_at(const float *weights, int width, int height, double x, double y) {
  const int left = (int)CLAMP(floor(x), 0, width - 1), top = (int)CLAMP(floor(y), 0, height - 1);
  const int right = MIN(left + 1, width - 1), bottom = MIN(top + 1, height - 1);
  const double across = CLAMP(x - left, 0, 1), down = CLAMP(y - top, 0, 1);
  const float *above = weights + top * width, *below = weights + bottom * width;

  return (1 - down) * ((1 - across) * above[left] + across * above[right]) +
         down * ((1 - across) * below[left] + across * below[right]);
}

cairo_surface_t *hint_marks_new_contour(const float *weights, int width, int height, double zoom) {
  const int columns = MAX(1, (int)(width * zoom)), rows = MAX(1, (int)(height * zoom));
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, columns, rows);

  cairo_surface_flush(surface);
  for (int j = 0; j < rows; j++) {
    guint8 *row =
      cairo_image_surface_get_data(surface) + j * cairo_image_surface_get_stride(surface);

    for (int i = 0; i < columns; i++) {
      const double x = (i + 0.5) / zoom - 0.5, y = (j + 0.5) / zoom - 0.5, step = 1 / zoom;
      const double weight = weight_at(weights, width, height, x, y);
      const double across = weight_at(weights, width, height, x + step, y) - weight;
      const double down = weight_at(weights, width, height, x, y + step) - weight;
      /* in pixels, by the slope */
      const double distance = fabs(weight - 0.5) / (hypot(across, down) + 1e-4);

      row[i] = (guint8)(255 * CLAMP(1.5 - distance, 0, 1));
    }
  }
  cairo_surface_mark_dirty(surface);
  return surface;
}
