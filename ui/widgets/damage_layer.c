/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/damage_layer.h"

#include <math.h>

enum { FLASH_SECONDS = 3 };

struct damage_layer {
  RestoratorView *view;
  GtkToggleButton *toggle;
  photo_found *found;
  guint flash; /* timer */
  /* What is seen of the mask, in the screen's pixels: made anew where the view has moved. */
  cairo_surface_t *seen;
  double x, y, zoom;
  int width, height;
};

static void forget(damage_layer *l) {
  g_clear_pointer(&l->seen, cairo_surface_destroy);
}

static void redraw(damage_layer *l) {
  gtk_widget_queue_draw(GTK_WIDGET(l->view));
}

/* The mask's columns, or rows, that each of the screen's shows: `from` (count + 1). */
static int *find_edges(double begin, double zoom, int count, int origin, int size) {
  int *from = g_new(int, (gsize)count + 1);

  for (int i = 0; i <= count; i++)
    from[i] = (int)CLAMP(floor(begin + i / zoom) - origin, 0, size);
  return from;
}

/* Thin damage stays to be seen, however small the picture is shown. */
static void draw_row(const photo_found *f, const int *columns, int top, int bottom, int count,
                     guchar *to) {
  const int width = f->info.box.width;

  for (int y = top; y < MAX(bottom, MIN(top + 1, f->info.box.height)); y++) {
    const guchar *row = f->mask + (gsize)y * (gsize)width;

    for (int i = 0; i < count; i++)
      for (int x = columns[i]; x < MAX(columns[i + 1], MIN(columns[i] + 1, width)) && !to[i]; x++)
        to[i] = row[x];
  }
}

static void make_seen(damage_layer *l, const GdkRectangle *pane, int scale) {
  const rst_rectangle *box = &l->found->info.box;
  g_autofree int *columns = NULL, *rows = NULL;
  double x, y, zoom = restorator_view_get_zoom(l->view);

  restorator_view_to_picture(l->view, 0, 0, &x, &y);
  if (l->seen && l->x == x && l->y == y && l->zoom == zoom && l->width == pane->width * scale &&
      l->height == pane->height * scale)
    return;
  forget(l);
  l->x = x;
  l->y = y;
  l->zoom = zoom;
  l->width = pane->width * scale;
  l->height = pane->height * scale;
  l->seen = cairo_image_surface_create(CAIRO_FORMAT_A8, l->width, l->height);
  if (cairo_surface_status(l->seen) != CAIRO_STATUS_SUCCESS)
    return;
  columns = find_edges(x, zoom, l->width, box->x, box->width);
  rows = find_edges(y, zoom, l->height, box->y, box->height);
  for (int j = 0; j < l->height; j++) {
    const double at = y + j / zoom;

    if (at + 1 / zoom > box->y && at < box->y + box->height)
      draw_row(l->found, columns, rows[j], rows[j + 1], l->width,
               cairo_image_surface_get_data(l->seen) + j * cairo_image_surface_get_stride(l->seen));
  }
  cairo_surface_mark_dirty(l->seen);
}

static gboolean draw(damage_layer *l, cairo_t *cr) {
  const int scale = gtk_widget_get_scale_factor(GTK_WIDGET(l->view));
  GdkRectangle panes[2];
  const int count = restorator_view_get_panes(l->view, panes);
  const rst_rectangle *box;

  if (!l->found || !l->found->mask || !(l->flash || gtk_toggle_button_get_active(l->toggle)))
    return GDK_EVENT_PROPAGATE;
  box = &l->found->info.box;
  make_seen(l, &panes[0], scale);
  for (int k = 0; k < count; k++) {
    double left, top, right, bottom;

    restorator_view_from_picture(l->view, box->x, box->y, &left, &top);
    restorator_view_from_picture(l->view, box->x + box->width, box->y + box->height, &right,
                                 &bottom);
    cairo_save(cr);
    gdk_cairo_rectangle(cr, &panes[k]);
    cairo_clip(cr);
    cairo_translate(cr, panes[k].x, panes[k].y);
    cairo_rectangle(cr, left, top, right - left, bottom - top);
    cairo_clip(cr);
    cairo_scale(cr, 1.0 / scale, 1.0 / scale);
    cairo_set_source_rgba(cr, 1, 0.05, 0.1, 0.75);
    cairo_mask_surface(cr, l->seen, 0, 0);
    cairo_restore(cr);
  }
  return GDK_EVENT_PROPAGATE;
}

damage_layer *damage_layer_new(RestoratorView *view, GtkToggleButton *toggle) {
  static const RestoratorViewLayer taken = {.draw = G_CALLBACK(draw)};
  damage_layer *l = g_new0(damage_layer, 1);

  l->view = view;
  l->toggle = toggle;
  restorator_view_add_layer(view, &taken, l);
  g_signal_connect_swapped(toggle, "toggled", G_CALLBACK(redraw), l);
  return l;
}

void damage_layer_free(damage_layer *l) {
  if (!l)
    return;
  g_signal_handlers_disconnect_by_data(l->view, l);
  g_signal_handlers_disconnect_by_data(l->toggle, l);
  g_clear_handle_id(&l->flash, g_source_remove);
  photo_found_unref(l->found);
  forget(l);
  g_free(l);
}

void damage_layer_set_found(damage_layer *l, const photo_found *found) {
  if (found == l->found)
    return;
  photo_found_unref(l->found);
  l->found = found ? photo_found_ref((photo_found *)found) : NULL;
  forget(l);
  redraw(l);
}

static gboolean end_flash(gpointer data) {
  damage_layer *l = data;

  l->flash = 0;
  redraw(l);
  return G_SOURCE_REMOVE;
}

void damage_layer_flash(damage_layer *l) {
  g_clear_handle_id(&l->flash, g_source_remove);
  l->flash = g_timeout_add_seconds(FLASH_SECONDS, end_flash, l);
  redraw(l);
}
