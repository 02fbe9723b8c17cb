/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All pixels come finished from the preview's worker: drawing only copies them. A frame of an
 * older viewport is moved and stretched until the new one is there, so panning never waits.
 */
#include "widgets/view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "widgets/overlays.h"
#include "widgets/widget_util.h"

#define ZOOM_MIN (1.0 / 64)
#define ZOOM_MAX 64.0
#define ZOOM_STEP 1.25

enum {
  GRIP = 8,        /* how near the split is taken */
  INPUT_SIDE = 96, /* of the network's input, shown */
  MARGIN = 8,
  SLACK = 4,       /* a hand may move by in a click */
  PAN = 48
};

typedef enum { DRAG_NOTHING, DRAG_PAN, DRAG_SPLIT } Drag;

struct _RestoratorView {
  GtkDrawingArea parent;
  preview *preview;
  frame *frame;
  int width, height; /* of the picture */
  rst_rectangle home;
  double x, y, zoom; /* the viewport's, but in the widget's own pixels */
  gboolean fitted;   /* follows the widget's size */
  RestoratorCompare compare;
  double split;
  gboolean before, show_windows, show_input;
  gboolean marked;
  int marked_x, marked_y; /* the picture's pixel */
  Drag drag;
  double drag_x, drag_y;
  gboolean clicked; /* what is held down has not moved yet */
  cairo_surface_t *input; /* of `input_of` */
  rst_encoding *input_of;
};

G_DEFINE_FINAL_TYPE(RestoratorView, restorator_view, GTK_TYPE_DRAWING_AREA)

static guint zoom_changed, pixel_clicked, pixel_picked;

/* -------------------------------------------------------------------------------------------
 * Where things are
 */

/* One shown area's width: there are two side by side. */
static double pane_width(RestoratorView *view) {
  const int width = gtk_widget_get_allocated_width(GTK_WIDGET(view));

  return view->compare == RESTORATOR_COMPARE_SIDES ? floor(width / 2.0) : width;
}

static double pane_height(RestoratorView *view) {
  return gtk_widget_get_allocated_height(GTK_WIDGET(view));
}

static viewport current_viewport(RestoratorView *view) {
  const int scale = gtk_widget_get_scale_factor(GTK_WIDGET(view));

  return (viewport){(int)pane_width(view) * scale, (int)pane_height(view) * scale, view->x, view->y,
                    view->zoom * scale};
}

/* Keeps a part of the picture in sight. */
static void keep_in_sight(RestoratorView *view) {
  const double w = pane_width(view) / view->zoom, h = pane_height(view) / view->zoom;

  view->x = CLAMP(view->x, -w / 2, view->width - w / 2);
  view->y = CLAMP(view->y, -h / 2, view->height - h / 2);
}

static void moved(RestoratorView *view) {
  keep_in_sight(view);
  if (view->preview && gtk_widget_get_realized(GTK_WIDGET(view))) {
    const viewport v = current_viewport(view);

    preview_set_viewport(view->preview, &v);
  }
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

static void fit(RestoratorView *view) {
  const double w = pane_width(view), h = pane_height(view);

  if (rect_is_empty(&view->home) || w < 1 || h < 1)
    return;
  view->zoom = CLAMP(fmin(w / view->home.width, h / view->home.height), ZOOM_MIN, ZOOM_MAX);
  view->x = view->home.x + view->home.width / 2.0 - w / view->zoom / 2;
  view->y = view->home.y + view->home.height / 2.0 - h / view->zoom / 2;
  view->fitted = TRUE;
  moved(view);
  g_signal_emit(view, zoom_changed, 0);
}

/* Zooms so that what lies at (x, y) of a pane stays there. */
static void zoom_about(RestoratorView *view, double zoom, double x, double y) {
  const double px = view->x + x / view->zoom, py = view->y + y / view->zoom;

  view->zoom = CLAMP(zoom, ZOOM_MIN, ZOOM_MAX);
  view->x = px - x / view->zoom;
  view->y = py - y / view->zoom;
  view->fitted = FALSE;
  moved(view);
  g_signal_emit(view, zoom_changed, 0);
}

static void pan(RestoratorView *view, double dx, double dy) {
  view->x += dx / view->zoom;
  view->y += dy / view->zoom;
  view->fitted = FALSE;
  moved(view);
}

static double split_x(RestoratorView *view) {
  return floor(view->split * pane_width(view)) + 0.5;
}

static gboolean on_split(RestoratorView *view, double x) {
  return view->compare == RESTORATOR_COMPARE_SPLIT && !view->before &&
         fabs(x - split_x(view)) <= GRIP;
}

/* -------------------------------------------------------------------------------------------
 * Drawing
 */

static void paint(cairo_t *cr, const frame *f, const guint32 *pixels) {
  cairo_surface_t *surface = cairo_image_surface_create_for_data(
    (guchar *)(guint32 *)pixels, CAIRO_FORMAT_ARGB32, f->viewport.width, f->viewport.height,
    4 * f->viewport.width);

  cairo_set_source_surface(cr, surface, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_paint(cr);
  cairo_surface_destroy(surface);
}

/* One pane's pixels, clipped to (left, width) of the pane. */
static void draw_pixels(RestoratorView *view, cairo_t *cr, double origin, double left, double width,
                        gboolean before) {
  const frame *f = view->frame;
  const viewport now = current_viewport(view);
  const int scale = gtk_widget_get_scale_factor(GTK_WIDGET(view));

  if (!f || width <= 0)
    return;
  cairo_save(cr);
  cairo_rectangle(cr, origin + left, 0, width, pane_height(view));
  cairo_clip(cr);
  cairo_translate(cr, origin, 0);
  cairo_scale(cr, 1.0 / scale, 1.0 / scale);
  cairo_translate(cr, (f->viewport.x - now.x) * now.zoom, (f->viewport.y - now.y) * now.zoom);
  cairo_scale(cr, now.zoom / f->viewport.zoom, now.zoom / f->viewport.zoom);
  paint(cr, f, before ? f->before : f->after);
  if (!before && f->overlay)
    paint(cr, f, f->overlay);
  cairo_restore(cr);
}

static void draw_marks(RestoratorView *view, cairo_t *cr, double origin) {
  rst_plan *plan = g_new0(rst_plan, 1);

  cairo_save(cr);
  cairo_rectangle(cr, origin, 0, pane_width(view), pane_height(view));
  cairo_clip(cr);
  cairo_translate(cr, origin, 0);
  if (view->preview && view->show_windows && preview_get_plan(view->preview, plan))
    marks_draw_windows(cr, plan, view->x, view->y, view->zoom);
  if (view->marked)
    marks_draw_pixel(cr, (view->marked_x - view->x) * view->zoom,
                     (view->marked_y - view->y) * view->zoom, view->zoom);
  cairo_restore(cr);
  g_free(plan);
}

/* The part nearest to the middle of the view. */
static int middle_part(RestoratorView *view) {
  const double x = view->x + pane_width(view) / view->zoom / 2;
  const double y = view->y + pane_height(view) / view->zoom / 2;
  rst_plan *plan = g_new0(rst_plan, 1);
  double best = G_MAXDOUBLE;
  int found = -1;

  if (preview_get_plan(view->preview, plan))
    for (int i = 0; i < plan->count; i++) {
      const rst_rectangle *box = &plan->parts[i].box;
      const double distance = hypot(box->x + box->width / 2.0 - x, box->y + box->height / 2.0 - y);

      if (distance < best) {
        best = distance;
        found = i;
      }
    }
  g_free(plan);
  return found;
}

static void take_input(RestoratorView *view) {
  rst_encoding *encoding = preview_get_encoding(view->preview, middle_part(view));

  if (encoding == view->input_of) {
    rst_encoding_unref(encoding);
    return;
  }
  g_clear_pointer(&view->input, cairo_surface_destroy);
  rst_encoding_unref(view->input_of);
  view->input_of = encoding;
  view->input = encoding ? marks_new_input(encoding) : NULL;
}

static void draw_input(RestoratorView *view, cairo_t *cr) {
  take_input(view);
  if (view->input)
    marks_draw_input(GTK_WIDGET(view), cr, view->input,
                     gtk_widget_get_allocated_width(GTK_WIDGET(view)) - MARGIN,
                     pane_height(view) - MARGIN, INPUT_SIDE);
}

/* Beside what the network sees, or in its place. */
static void draw_legend(RestoratorView *view, cairo_t *cr) {
  const double right = gtk_widget_get_allocated_width(GTK_WIDGET(view)) - MARGIN -
                       (view->show_input ? INPUT_SIDE + 2 * MARGIN : 0);
  preview_status status;

  preview_get_status(view->preview, &status);
  marks_draw_legend(GTK_WIDGET(view), cr, right, pane_height(view) - MARGIN, status.seeds,
                    view->frame->range);
}

static void draw_panes(RestoratorView *view, cairo_t *cr) {
  const double width = pane_width(view), line = split_x(view);

  if (view->compare == RESTORATOR_COMPARE_SIDES) {
    draw_pixels(view, cr, 0, 0, width, TRUE);
    draw_pixels(view, cr, width, 0, width, view->before);
    cairo_move_to(cr, width - 0.5, 0);
    cairo_line_to(cr, width - 0.5, pane_height(view));
    marks_stroke(cr, 1);
  } else if (view->before || view->compare == RESTORATOR_COMPARE_AFTER) {
    draw_pixels(view, cr, 0, 0, width, view->before);
  } else {
    draw_pixels(view, cr, 0, 0, line, TRUE);
    draw_pixels(view, cr, 0, line, width - line, FALSE);
    /* its grip off the middle of the picture */
    marks_draw_split(cr, line, pane_height(view), 0.85);
  }
}

static void draw_labels(RestoratorView *view, cairo_t *cr) {
  const int width = gtk_widget_get_allocated_width(GTK_WIDGET(view));

  if (view->before || view->compare != RESTORATOR_COMPARE_AFTER)
    marks_draw_label(GTK_WIDGET(view), cr, MARGIN + 4, MARGIN, 0, 0, _("Before"));
  if (!view->before)
    marks_draw_label(GTK_WIDGET(view), cr, width - MARGIN - 4, MARGIN, 1, 0, _("After"));
}

static gboolean restorator_view_draw(GtkWidget *widget, cairo_t *cr) {
  RestoratorView *view = RESTORATOR_VIEW(widget);
  GtkStyleContext *style = gtk_widget_get_style_context(widget);
  const int width = gtk_widget_get_allocated_width(widget);
  const int height = gtk_widget_get_allocated_height(widget);

  gtk_render_background(style, cr, 0, 0, width, height);
  draw_panes(view, cr);
  draw_marks(view, cr, 0);
  if (view->compare == RESTORATOR_COMPARE_SIDES)
    draw_marks(view, cr, pane_width(view));
  if (view->frame)
    draw_labels(view, cr);
  if (view->frame && view->frame->overlay)
    draw_legend(view, cr);
  if (view->preview && view->show_input)
    draw_input(view, cr);
  if (gtk_widget_has_visible_focus(widget))
    gtk_render_focus(style, cr, 0, 0, width, height);
  return GDK_EVENT_PROPAGATE;
}

/* -------------------------------------------------------------------------------------------
 * Mouse and keys
 */

/* In side by side both panes answer as one. */
static double in_pane(RestoratorView *view, double x) {
  const double width = pane_width(view);

  return view->compare == RESTORATOR_COMPARE_SIDES && x >= width ? x - width : x;
}

/* A place of the picture was clicked: whoever wants it takes it, else it is asked about. */
static gboolean click(RestoratorView *view, double x, double y) {
  gboolean taken = FALSE;

  if (x >= 0 && y >= 0 && x < view->width && y < view->height)
    g_signal_emit(view, pixel_clicked, 0, (int)x, (int)y, &taken);
  return taken;
}

/* What lies at a place of the picture. */
static void pick(RestoratorView *view, double x, double y) {
  if (x >= 0 && y >= 0 && x < view->width && y < view->height)
    g_signal_emit(view, pixel_picked, 0, (int)x, (int)y);
}

/* From the marked pixel to a neighbour; without one, what is in the middle. */
static void pick_beside(RestoratorView *view, int dx, int dy) {
  if (view->marked)
    pick(view, view->marked_x + dx, view->marked_y + dy);
  else
    pick(view, view->x + pane_width(view) / view->zoom / 2,
         view->y + pane_height(view) / view->zoom / 2);
}

static gboolean restorator_view_button_press(GtkWidget *widget, GdkEventButton *event) {
  RestoratorView *view = RESTORATOR_VIEW(widget);

  gtk_widget_grab_focus(widget);
  if (event->type != GDK_BUTTON_PRESS ||
      (event->button != GDK_BUTTON_PRIMARY && event->button != GDK_BUTTON_MIDDLE))
    return GDK_EVENT_PROPAGATE;
  view->drag =
    event->button == GDK_BUTTON_PRIMARY && on_split(view, event->x) ? DRAG_SPLIT : DRAG_PAN;
  view->drag_x = event->x;
  view->drag_y = event->y;
  view->clicked = view->drag == DRAG_PAN && event->button == GDK_BUTTON_PRIMARY;
  widget_set_cursor(GTK_WIDGET(view), view->drag == DRAG_SPLIT ? "col-resize" : "grabbing");
  return GDK_EVENT_STOP;
}

static gboolean restorator_view_button_release(GtkWidget *widget, GdkEventButton *event) {
  RestoratorView *view = RESTORATOR_VIEW(widget);

  if (view->drag == DRAG_NOTHING)
    return GDK_EVENT_PROPAGATE;
  view->drag = DRAG_NOTHING;
  widget_set_cursor(GTK_WIDGET(view), on_split(view, event->x) ? "col-resize" : NULL);
  if (view->clicked) {
    const double x = view->x + in_pane(view, event->x) / view->zoom;
    const double y = view->y + event->y / view->zoom;

    if (!click(view, x, y))
      pick(view, x, y);
  }
  return GDK_EVENT_STOP;
}

static gboolean restorator_view_motion(GtkWidget *widget, GdkEventMotion *event) {
  RestoratorView *view = RESTORATOR_VIEW(widget);

  switch (view->drag) {
    case DRAG_NOTHING:
      widget_set_cursor(GTK_WIDGET(view), on_split(view, event->x) ? "col-resize" : NULL);
      return GDK_EVENT_PROPAGATE;
    case DRAG_SPLIT:
      restorator_view_set_split(view, event->x / pane_width(view));
      break;
    case DRAG_PAN:
      if (view->clicked && hypot(view->drag_x - event->x, view->drag_y - event->y) < SLACK)
        break;
      view->clicked = FALSE;
      pan(view, view->drag_x - event->x, view->drag_y - event->y);
      view->drag_x = event->x;
      view->drag_y = event->y;
      break;
  }
  return GDK_EVENT_STOP;
}

static gboolean restorator_view_scroll(GtkWidget *widget, GdkEventScroll *event) {
  RestoratorView *view = RESTORATOR_VIEW(widget);
  const double steps = widget_scrolled(event);

  if (steps == 0)
    return GDK_EVENT_PROPAGATE;
  zoom_about(view, view->zoom * pow(ZOOM_STEP, steps), in_pane(view, event->x), event->y);
  return GDK_EVENT_STOP;
}

/* Alt and an arrow: hosts may want the other modifiers for what is selected. */
static gboolean pick_by_key(RestoratorView *view, GdkEventKey *event) {
  if ((event->state & gtk_accelerator_get_default_mod_mask()) != GDK_MOD1_MASK)
    return FALSE;
  switch (event->keyval) {
    case GDK_KEY_Left:
      pick_beside(view, -1, 0);
      return TRUE;
    case GDK_KEY_Right:
      pick_beside(view, 1, 0);
      return TRUE;
    case GDK_KEY_Up:
      pick_beside(view, 0, -1);
      return TRUE;
    case GDK_KEY_Down:
      pick_beside(view, 0, 1);
      return TRUE;
    default:
      return FALSE;
  }
}

static gboolean restorator_view_key_press(GtkWidget *widget, GdkEventKey *event) {
  RestoratorView *view = RESTORATOR_VIEW(widget);

  if (pick_by_key(view, event))
    return GDK_EVENT_STOP;
  /* Shift belongs to some layouts' + and brackets. */
  if (!widget_is_plain_key(event))
    return GDK_EVENT_PROPAGATE;
  switch (event->keyval) {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      restorator_view_set_zoom(view, restorator_view_get_zoom(view) * ZOOM_STEP);
      break;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      restorator_view_set_zoom(view, restorator_view_get_zoom(view) / ZOOM_STEP);
      break;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      fit(view);
      break;
    case GDK_KEY_1:
    case GDK_KEY_KP_1:
      restorator_view_set_zoom(view, 1);
      break;
    case GDK_KEY_Left:
      pan(view, -PAN, 0);
      break;
    case GDK_KEY_Right:
      pan(view, PAN, 0);
      break;
    case GDK_KEY_Up:
      pan(view, 0, -PAN);
      break;
    case GDK_KEY_Down:
      pan(view, 0, PAN);
      break;
    case GDK_KEY_bracketleft:
      restorator_view_set_split(view, view->split - 0.05);
      break;
    case GDK_KEY_bracketright:
      restorator_view_set_split(view, view->split + 0.05);
      break;
    case GDK_KEY_t:
    case GDK_KEY_T:
      pick_beside(view, 0, 0);
      break;
    case GDK_KEY_b:
    case GDK_KEY_B:
      restorator_view_hold_before(view, TRUE);
      break;
    default:
      return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static gboolean restorator_view_key_release(GtkWidget *widget, GdkEventKey *event) {
  if (event->keyval != GDK_KEY_b && event->keyval != GDK_KEY_B)
    return GDK_EVENT_PROPAGATE;
  restorator_view_hold_before(RESTORATOR_VIEW(widget), FALSE);
  return GDK_EVENT_STOP;
}

/* The release of a held key goes elsewhere then. */
static gboolean restorator_view_focus_out(GtkWidget *widget, GdkEventFocus *event) {
  restorator_view_hold_before(RESTORATOR_VIEW(widget), FALSE);
  return GTK_WIDGET_CLASS(restorator_view_parent_class)->focus_out_event(widget, event);
}

/* -------------------------------------------------------------------------------------------
 * The class
 */

static void restorator_view_size_allocate(GtkWidget *widget, GtkAllocation *allocation) {
  RestoratorView *view = RESTORATOR_VIEW(widget);

  GTK_WIDGET_CLASS(restorator_view_parent_class)->size_allocate(widget, allocation);
  if (view->fitted)
    fit(view);
  else
    moved(view);
}

static void restorator_view_realize(GtkWidget *widget) {
  GTK_WIDGET_CLASS(restorator_view_parent_class)->realize(widget);
  moved(RESTORATOR_VIEW(widget));
}

static void restorator_view_dispose(GObject *object) {
  RestoratorView *view = RESTORATOR_VIEW(object);

  view->preview = NULL;
  g_clear_pointer(&view->frame, frame_unref);
  g_clear_pointer(&view->input, cairo_surface_destroy);
  g_clear_pointer(&view->input_of, rst_encoding_unref);
  G_OBJECT_CLASS(restorator_view_parent_class)->dispose(object);
}

static void restorator_view_class_init(RestoratorViewClass *class) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

  G_OBJECT_CLASS(class)->dispose = restorator_view_dispose;
  widget->draw = restorator_view_draw;
  widget->button_press_event = restorator_view_button_press;
  widget->button_release_event = restorator_view_button_release;
  widget->motion_notify_event = restorator_view_motion;
  widget->scroll_event = restorator_view_scroll;
  widget->key_press_event = restorator_view_key_press;
  widget->key_release_event = restorator_view_key_release;
  widget->focus_out_event = restorator_view_focus_out;
  widget->size_allocate = restorator_view_size_allocate;
  widget->realize = restorator_view_realize;
  zoom_changed = g_signal_new("zoom-changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 0);
  pixel_clicked = g_signal_new("pixel-clicked", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0,
                               g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 2,
                               G_TYPE_INT, G_TYPE_INT);
  pixel_picked = g_signal_new("pixel-picked", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_accessible_role(widget, ATK_ROLE_IMAGE);
}

static void restorator_view_init(RestoratorView *view) {
  GtkWidget *widget = GTK_WIDGET(view);
  AtkObject *accessible = gtk_widget_get_accessible(widget);

  view->zoom = 1;
  view->split = 0.5;
  view->fitted = TRUE;
  view->show_windows = view->show_input = TRUE;
  gtk_widget_set_can_focus(widget, TRUE);
  gtk_widget_set_size_request(widget, 320, 150);
  gtk_widget_add_events(
    widget, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK |
              GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK | GDK_KEY_PRESS_MASK | GDK_KEY_RELEASE_MASK);
  atk_object_set_name(accessible, _("Preview"));
  atk_object_set_description(accessible,
                             _("The picture before and after. Plus and minus zoom, 0 fits, 1 "
                               "shows pixels, arrows pan, brackets move the split, B held shows "
                               "what was before, T shows a pixel's trajectory and Alt with an "
                               "arrow the next one's"));
}

/* -------------------------------------------------------------------------------------------
 * Public
 */

GtkWidget *restorator_view_new(void) {
  return g_object_new(RESTORATOR_TYPE_VIEW, NULL);
}

void restorator_view_set_preview(RestoratorView *view, preview *p) {
  view->preview = p;
  g_clear_pointer(&view->frame, frame_unref);
  moved(view);
}

void restorator_view_set_picture(RestoratorView *view, int width, int height,
                                 const rst_rectangle *home) {
  const gboolean first = rect_is_empty(&view->home);

  view->width = width;
  view->height = height;
  view->home = *home;
  if (first)
    fit(view);
}

void restorator_view_update(RestoratorView *view) {
  if (!view->preview)
    return;
  frame_unref(view->frame);
  view->frame = preview_get_frame(view->preview);
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

void restorator_view_fit(RestoratorView *view) {
  fit(view);
}

void restorator_view_set_zoom(RestoratorView *view, double zoom) {
  zoom_about(view, zoom / gtk_widget_get_scale_factor(GTK_WIDGET(view)), pane_width(view) / 2,
             pane_height(view) / 2);
}

double restorator_view_get_zoom(RestoratorView *view) {
  return view->zoom * gtk_widget_get_scale_factor(GTK_WIDGET(view));
}

void restorator_view_set_compare(RestoratorView *view, RestoratorCompare compare) {
  const double before = pane_width(view);

  view->compare = compare;
  if (view->fitted) {
    fit(view);
  } else { /* the same middle */
    view->x += (before - pane_width(view)) / 2 / view->zoom;
    moved(view);
  }
}

void restorator_view_set_split(RestoratorView *view, double split) {
  view->split = CLAMP(split, 0, 1);
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

double restorator_view_get_split(RestoratorView *view) {
  return view->split;
}

void restorator_view_hold_before(RestoratorView *view, gboolean held) {
  view->before = held;
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

void restorator_view_set_show_windows(RestoratorView *view, gboolean shown) {
  view->show_windows = shown;
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

void restorator_view_set_show_input(RestoratorView *view, gboolean shown) {
  view->show_input = shown;
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

void restorator_view_set_mark(RestoratorView *view, gboolean shown, int x, int y) {
  view->marked = shown;
  view->marked_x = x;
  view->marked_y = y;
  gtk_widget_queue_draw(GTK_WIDGET(view));
}

void restorator_view_to_picture(RestoratorView *view, double x, double y, double *px, double *py) {
  *px = view->x + in_pane(view, x) / view->zoom;
  *py = view->y + y / view->zoom;
}

void restorator_view_from_picture(RestoratorView *view, double px, double py, double *x,
                                  double *y) {
  *x = (px - view->x) * view->zoom;
  *y = (py - view->y) * view->zoom;
}

int restorator_view_get_panes(RestoratorView *view, GdkRectangle panes[2]) {
  const int width = (int)pane_width(view), height = (int)pane_height(view);

  panes[0] = (GdkRectangle){0, 0, width, height};
  panes[1] = (GdkRectangle){width, 0, width, height};
  return view->compare == RESTORATOR_COMPARE_SIDES ? 2 : 1;
}

gboolean restorator_view_is_on_split(RestoratorView *view, double x) {
  return on_split(view, x);
}

/* Whether a place of the widget shows what was before. */
static gboolean is_before(RestoratorView *view, double x) {
  if (view->compare == RESTORATOR_COMPARE_SIDES)
    return x < pane_width(view) || view->before;
  return view->before || (view->compare == RESTORATOR_COMPARE_SPLIT && x < split_x(view));
}

gboolean restorator_view_get_colour(RestoratorView *view, double x, double y, float rgb[3]) {
  const frame *f = view->frame;
  double px, py;
  guint32 pixel;
  int column, row;

  if (!f)
    return FALSE;
  restorator_view_to_picture(view, x, y, &px, &py);
  column = (int)floor((px - f->viewport.x) * f->viewport.zoom);
  row = (int)floor((py - f->viewport.y) * f->viewport.zoom);
  if (px < 0 || py < 0 || px >= view->width || py >= view->height || column < 0 || row < 0 ||
      column >= f->viewport.width || row >= f->viewport.height)
    return FALSE;
  pixel = (is_before(view, x) ? f->before
                              : f->after)[(gsize)row * (gsize)f->viewport.width + (gsize)column];
  for (int c = 0; c < 3; c++)
    rgb[c] = (float)(pixel >> (16 - 8 * c) & 255) / 255;
  return TRUE;
}

void restorator_view_add_layer(RestoratorView *view, const RestoratorViewLayer *taken,
                               gpointer layer) {
  const struct {
    const char *signal;
    GCallback callback;
  } all[] = {{"button-press-event", taken->press},
             {"button-release-event", taken->release},
             {"motion-notify-event", taken->motion},
             {"scroll-event", taken->scroll},
             {"key-press-event", taken->key}};

  for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
    if (all[i].callback)
      g_signal_connect_swapped(view, all[i].signal, all[i].callback, layer);
  if (taken->draw)
    g_signal_connect_data(view, "draw", taken->draw, layer, NULL,
                          G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
