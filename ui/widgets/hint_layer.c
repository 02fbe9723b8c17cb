/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/hint_layer.h"

#include <math.h>
#include <string.h>

#include "widgets/hint_marks.h"
#include "widgets/hint_popover.h"
#include "widgets/widget_util.h"

enum {
  NEAR = HINT_RADIUS + 3, /* how near a hint is taken */
  SLACK = 3,              /* a hand may move by in a click */
  CONTOUR_SECONDS = 2     /* a contour stays that long after the last change */
};

static const double reach_step = 1.1; /* of the wheel */
/* Of a new hint. What it does is seen at once: so it may fill a coat, where one in a text, which
 * nobody looks at, takes care not to run over. */
static const double new_reach = 0.9;

struct hint_layer {
  RestoratorView *view;
  RestoratorPanel *panel;
  RestoratorHints *hints;
  preview *preview;
  GtkToggleButton *toggle;
  hint_popover *popover;
  int width, height; /* of the picture */
  gboolean picking;  /* the next click gives a colour */

  gboolean dragging, moved;
  double press_x, press_y;
  gboolean waiting;    /* until the preview has shown a hint where it was last moved to … */
  gboolean pending;    /* … and `place` is where it is by now */
  int place_x, place_y;

  int changing;        /* the hint whose reach is being changed; −1: none */
  guint contour_timer;
  contour *contour_of; /* that `contour` was drawn from */
  cairo_surface_t *contour;
  rst_hint last[RST_HINTS_MAX]; /* as they were before a change */
  int last_count;
};

static gboolean is_on(const hint_layer *l) {
  return gtk_toggle_button_get_active(l->toggle);
}

static void redraw(hint_layer *l) {
  gtk_widget_queue_draw(GTK_WIDGET(l->view));
}

/* ---- where hints are ---- */

/* The middle of its pixel, in a pane. */
static void place_of(const hint_layer *l, const rst_hint *hint, const GdkRectangle *pane, double *x,
                     double *y) {
  restorator_view_from_picture(l->view, hint->x + 0.5, hint->y + 0.5, x, y);
  *x += pane->x;
  *y += pane->y;
}

/* The hint under a place of the view, the topmost; −1 for none. */
static int find_hint(const hint_layer *l, double x, double y) {
  GdkRectangle panes[2];
  const int count = restorator_view_get_panes(l->view, panes);

  for (int i = restorator_hints_get_count(l->hints) - 1; i >= 0; i--)
    for (int k = 0; k < count; k++) {
      double u, v;

      place_of(l, restorator_hints_get(l->hints, i), &panes[k], &u, &v);
      if (hypot(u - x, v - y) <= NEAR && x >= panes[k].x && x < panes[k].x + panes[k].width)
        return i;
    }
  return -1;
}

/* ---- drawing ---- */

static void draw_contour(hint_layer *l, cairo_t *cr, const GdkRectangle *pane) {
  static const double tones[][2] = {{0, 0.7}, {1, 1}}; /* grey, alpha: light on dark */
  const contour *c = l->contour_of;
  double x, y, right, bottom;

  if (!l->contour)
    return;
  restorator_view_from_picture(l->view, c->area.x, c->area.y, &x, &y);
  restorator_view_from_picture(l->view, c->area.x + c->area.width, c->area.y + c->area.height,
                               &right, &bottom);
  for (guint k = 0; k < G_N_ELEMENTS(tones); k++) {
    cairo_save(cr);
    cairo_translate(cr, pane->x + x + (k == 0 ? 1 : 0), pane->y + y + (k == 0 ? 1 : 0));
    cairo_scale(cr, (right - x) / cairo_image_surface_get_width(l->contour),
                (bottom - y) / cairo_image_surface_get_height(l->contour));
    cairo_set_source_rgba(cr, tones[k][0], tones[k][0], tones[k][0], tones[k][1]);
    cairo_mask_surface(cr, l->contour, 0, 0);
    cairo_restore(cr);
  }
}

static void draw_pane(hint_layer *l, cairo_t *cr, const GdkRectangle *pane) {
  const int selected = restorator_hints_get_selected(l->hints);

  cairo_save(cr);
  gdk_cairo_rectangle(cr, pane);
  cairo_clip(cr);
  draw_contour(l, cr, pane);
  for (int i = 0; i < restorator_hints_get_count(l->hints); i++) {
    rst_hint hint = *restorator_hints_get(l->hints, i);
    double x, y;

    if (i == selected && l->pending) { /* the disc is never behind the hand */
      hint.x = l->place_x;
      hint.y = l->place_y;
    }
    place_of(l, &hint, pane, &x, &y);
    hint_marks_draw(cr, x, y, &hint, i == selected,
                    restorator_hints_locate(l->hints, i) == HINT_NOWHERE);
  }
  cairo_restore(cr);
}

static gboolean draw(hint_layer *l, cairo_t *cr) {
  GdkRectangle panes[2];
  const int count = restorator_view_get_panes(l->view, panes);

  if (is_on(l))
    for (int k = 0; k < count; k++)
      draw_pane(l, cr, &panes[k]);
  return GDK_EVENT_PROPAGATE;
}

/* ---- the contour ---- */

static void forget_contour(hint_layer *l) {
  g_clear_pointer(&l->contour, cairo_surface_destroy);
  g_clear_pointer(&l->contour_of, contour_unref);
}

static gboolean end_contour(gpointer data) {
  hint_layer *l = data;

  l->contour_timer = 0;
  l->changing = -1;
  preview_set_contour(l->preview, NULL);
  forget_contour(l);
  redraw(l);
  return G_SOURCE_REMOVE;
}

static void show_contour(hint_layer *l, int index) {
  if (!is_on(l))
    return;
  l->changing = index;
  preview_set_contour(l->preview, restorator_hints_get(l->hints, index));
  g_clear_handle_id(&l->contour_timer, g_source_remove);
  l->contour_timer = g_timeout_add_seconds(CONTOUR_SECONDS, end_contour, l);
}

static void take_contour(hint_layer *l) {
  contour *c = l->changing < 0 ? NULL : preview_get_contour(l->preview);

  if (c && c != l->contour_of) {
    forget_contour(l);
    l->contour_of = contour_ref(c);
    /* a pixel of it is about one of the screen */
    l->contour = hint_marks_new_contour(
      c->weights, c->width, c->height,
      CLAMP(restorator_view_get_zoom(l->view) * c->area.width / c->width, 0.5, 6));
  }
  contour_unref(c);
}

/* ---- what follows the list ---- */

/* The one hint whose reach alone has changed; −1 for none. */
static int find_reach_changed(const hint_layer *l) {
  int found = -1;

  if (restorator_hints_get_count(l->hints) != l->last_count)
    return -1;
  for (int i = 0; i < l->last_count; i++)
    if (restorator_hints_get(l->hints, i)->reach != l->last[i].reach)
      found = found < 0 ? i : l->last_count;
  return found < l->last_count ? found : -1;
}

static void take_change(hint_layer *l) {
  const int changed = find_reach_changed(l);

  if (changed >= 0)
    show_contour(l, changed);
  l->last_count = restorator_hints_get_count(l->hints);
  for (int i = 0; i < l->last_count; i++)
    l->last[i] = *restorator_hints_get(l->hints, i);
  redraw(l);
}

/* ---- changes ---- */

static void open_popover(hint_layer *l, int index, gboolean fresh) {
  GdkRectangle panes[2], at = {0, 0, 1, 1};
  double x, y;

  restorator_view_get_panes(l->view, panes);
  place_of(l, restorator_hints_get(l->hints, index), &panes[0], &x, &y);
  at.x = CLAMP((int)x, 0, panes[0].width - 1);
  at.y = CLAMP((int)y, 0, panes[0].height - 1);
  hint_popover_open(l->popover, index, fresh, GTK_WIDGET(l->view), &at);
}

/* Until its colour is chosen a new hint keeps the network's. */
static int add_pin(hint_layer *l, int x, int y) {
  const rst_hint pin = {.x = x, .y = y, .keep = true, .reach = new_reach};

  return restorator_hints_add(l->hints, &pin);
}

static void add_hint(hint_layer *l, int x, int y) {
  int index;

  restorator_hints_hold(l->hints, TRUE);
  index = add_pin(l, x, y);
  if (index >= 0)
    open_popover(l, index, TRUE);
  else
    restorator_hints_hold(l->hints, FALSE);
}

static void toggle_pin(hint_layer *l, int index) {
  rst_hint hint = *restorator_hints_get(l->hints, index);

  restorator_hints_select(l->hints, index);
  if (hint.keep) {
    open_popover(l, index, FALSE);
    return;
  }
  hint.keep = true;
  memset(hint.rgb, 0, sizeof hint.rgb);
  restorator_hints_begin(l->hints);
  restorator_hints_set(l->hints, index, &hint);
}

static void remove_hint(hint_layer *l, int index) {
  restorator_hints_begin(l->hints);
  restorator_hints_remove(l->hints, index);
}

static void set_place(hint_layer *l, int index, int x, int y) {
  rst_hint hint = *restorator_hints_get(l->hints, index);

  hint.x = CLAMP(x, 0, l->width - 1);
  hint.y = CLAMP(y, 0, l->height - 1);
  restorator_hints_set(l->hints, index, &hint);
}

static void scale_reach(hint_layer *l, int index, double factor) {
  rst_hint hint = *restorator_hints_get(l->hints, index);

  /* written with two digits, as the list shows it */
  hint.reach =
    CLAMP(round(100 * hint.reach * factor) / 100, RST_HINT_REACH_MIN, RST_HINT_REACH_MAX);
  if (hint.reach == restorator_hints_get(l->hints, index)->reach)
    hint.reach += factor > 1 ? 0.01 : hint.reach > RST_HINT_REACH_MIN ? -0.01 : 0;
  restorator_hints_set(l->hints, index, &hint);
}

/* ---- moving ----
 *
 * Each place would cancel what is computed for the one before it: the next is set when the last has
 * been shown. */

static void move_now(hint_layer *l) {
  l->pending = FALSE;
  l->waiting = TRUE;
  set_place(l, restorator_hints_get_selected(l->hints), l->place_x, l->place_y);
  restorator_panel_settle(l->panel);
}

static void move_to(hint_layer *l, double x, double y) {
  double px, py;

  restorator_view_to_picture(l->view, x, y, &px, &py);
  l->place_x = CLAMP((int)floor(px), 0, l->width - 1);
  l->place_y = CLAMP((int)floor(py), 0, l->height - 1);
  l->pending = TRUE;
  if (!l->waiting)
    move_now(l);
  redraw(l);
}

static void end_drag(hint_layer *l) {
  if (!l->dragging)
    return;
  l->dragging = FALSE;
  if (l->pending)
    move_now(l);
  restorator_hints_hold(l->hints, FALSE);
}

void hint_layer_update(hint_layer *l) {
  preview_status status;

  preview_get_status(l->preview, &status);
  if (l->waiting && (status.first > 0 || status.phase == PREVIEW_FAILED ||
                     status.phase == PREVIEW_STOPPED || status.phase == PREVIEW_WAITING)) {
    l->waiting = FALSE;
    if (l->pending && restorator_hints_get_selected(l->hints) >= 0)
      move_now(l);
  }
  take_contour(l);
  hint_popover_update(l->popover);
}

/* ---- a colour from the picture ---- */

static void begin_picking(gpointer data) {
  hint_layer *l = data;

  l->picking = TRUE;
  gtk_widget_grab_focus(GTK_WIDGET(l->view));
  widget_set_cursor(GTK_WIDGET(l->view), "crosshair");
}

static void end_picking(hint_layer *l) {
  l->picking = FALSE;
  widget_set_cursor(GTK_WIDGET(l->view), NULL);
}

static void pick_colour(hint_layer *l, double x, double y) {
  float rgb[3];

  if (!restorator_view_get_colour(l->view, x, y, rgb))
    return;
  end_picking(l);
  hint_popover_choose(l->popover, rgb);
}

static void cancel_picking(hint_layer *l) {
  end_picking(l);
  hint_popover_cancel(l->popover);
}

/* ---- the mouse ---- */

static gboolean press(hint_layer *l, GdkEventButton *event) {
  const int index = find_hint(l, event->x, event->y);

  if (event->type != GDK_BUTTON_PRESS || (!is_on(l) && !l->picking))
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus(GTK_WIDGET(l->view));
  if (l->picking && event->button == GDK_BUTTON_PRIMARY)
    pick_colour(l, event->x, event->y);
  else if (l->picking)
    cancel_picking(l);
  else if (event->button == GDK_BUTTON_PRIMARY && index >= 0) {
    restorator_hints_select(l->hints, index);
    restorator_hints_hold(l->hints, TRUE);
    l->dragging = TRUE;
    l->moved = l->waiting = l->pending = FALSE;
    l->press_x = event->x;
    l->press_y = event->y;
  } else if (event->button == GDK_BUTTON_SECONDARY && index >= 0) {
    toggle_pin(l, index);
  } else if (event->button == GDK_BUTTON_SECONDARY) {
    double x, y;

    restorator_view_to_picture(l->view, event->x, event->y, &x, &y);
    if (x < 0 || y < 0 || x >= l->width || y >= l->height)
      return GDK_EVENT_STOP;
    restorator_hints_begin(l->hints);
    add_pin(l, (int)x, (int)y);
  } else {
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static gboolean motion(hint_layer *l, GdkEventMotion *event) {
  if (l->dragging) {
    l->moved = l->moved || hypot(event->x - l->press_x, event->y - l->press_y) >= SLACK;
    if (l->moved)
      move_to(l, event->x, event->y);
    return GDK_EVENT_STOP;
  }
  if (!l->picking && (!is_on(l) || find_hint(l, event->x, event->y) < 0))
    return GDK_EVENT_PROPAGATE;
  widget_set_cursor(GTK_WIDGET(l->view), l->picking ? "crosshair" : "pointer");
  return GDK_EVENT_STOP;
}

static gboolean release(hint_layer *l) {
  const int selected = restorator_hints_get_selected(l->hints);
  const gboolean dragging = l->dragging;

  end_drag(l);
  if (dragging && !l->moved && selected >= 0)
    open_popover(l, selected, FALSE);
  return dragging;
}

/* On nothing else that is on the picture. */
static gboolean clicked(hint_layer *l, int x, int y) {
  if (!is_on(l))
    return FALSE;
  add_hint(l, x, y);
  return TRUE;
}

static gboolean scroll(hint_layer *l, GdkEventScroll *event) {
  const int under = find_hint(l, event->x, event->y);
  const int index = under >= 0 ? under : restorator_hints_get_selected(l->hints);
  double steps;

  if (!is_on(l) || index < 0 ||
      (event->state & gtk_accelerator_get_default_mod_mask()) != GDK_CONTROL_MASK)
    return GDK_EVENT_PROPAGATE;
  steps = widget_scrolled(event);
  if (steps != 0 && index != l->changing)
    restorator_hints_begin(l->hints);
  restorator_hints_select(l->hints, index);
  if (steps != 0)
    scale_reach(l, index, pow(reach_step, steps));
  return GDK_EVENT_STOP;
}

/* ---- keys ---- */

static void add_in_middle(hint_layer *l) {
  GdkRectangle panes[2];
  double x, y;

  restorator_view_get_panes(l->view, panes);
  restorator_view_to_picture(l->view, panes[0].width / 2.0, panes[0].height / 2.0, &x, &y);
  gtk_toggle_button_set_active(l->toggle, TRUE);
  add_hint(l, CLAMP((int)x, 0, l->width - 1), CLAMP((int)y, 0, l->height - 1));
}

static void select_next(hint_layer *l, int step) {
  const int count = restorator_hints_get_count(l->hints);
  const int selected = restorator_hints_get_selected(l->hints);

  if (count > 0)
    restorator_hints_select(
      l->hints, selected < 0 ? (step > 0 ? 0 : count - 1) : (selected + step + count) % count);
}

/* Keys of the selected hint. */
static gboolean press_hint_key(hint_layer *l, guint key, int index) {
  const rst_hint hint = *restorator_hints_get(l->hints, index);

  switch (key) {
    case GDK_KEY_Left:
      set_place(l, index, hint.x - 1, hint.y);
      break;
    case GDK_KEY_Right:
      set_place(l, index, hint.x + 1, hint.y);
      break;
    case GDK_KEY_Up:
      set_place(l, index, hint.x, hint.y - 1);
      break;
    case GDK_KEY_Down:
      set_place(l, index, hint.x, hint.y + 1);
      break;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      open_popover(l, index, FALSE);
      break;
    case GDK_KEY_p:
    case GDK_KEY_P:
      toggle_pin(l, index);
      break;
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      remove_hint(l, index);
      break;
    case GDK_KEY_Escape:
      restorator_hints_select(l->hints, -1);
      break;
    default:
      return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static gboolean press_key(hint_layer *l, GdkEventKey *event) {
  const int selected = restorator_hints_get_selected(l->hints);

  if (l->picking && event->keyval == GDK_KEY_Escape) {
    cancel_picking(l);
    return GDK_EVENT_STOP;
  }
  if (!widget_is_plain_key(event))
    return GDK_EVENT_PROPAGATE;
  if (event->keyval == GDK_KEY_h || event->keyval == GDK_KEY_H) {
    gtk_toggle_button_set_active(l->toggle, !is_on(l));
    return GDK_EVENT_STOP;
  }
  if (!is_on(l) || (event->state & GDK_SHIFT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (event->keyval) {
    case GDK_KEY_Insert:
    case GDK_KEY_KP_Insert:
      add_in_middle(l);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
      select_next(l, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
      select_next(l, -1);
      return GDK_EVENT_STOP;
    default:
      return selected < 0 ? GDK_EVENT_PROPAGATE : press_hint_key(l, event->keyval, selected);
  }
}

/* ---- building ---- */

static void switch_over(hint_layer *l) {
  if (!is_on(l)) {
    end_drag(l);
    if (l->picking)
      end_picking(l);
    hint_popover_cancel(l->popover);
    if (l->contour_timer)
      g_source_remove(l->contour_timer);
    end_contour(l);
  }
  redraw(l);
}

/* From the panel's list, which may want it while the layer is off. */
static void choose_beside(hint_layer *l, int index, GtkWidget *beside) {
  hint_popover_open(l->popover, index, FALSE, beside, NULL);
}

hint_layer *hint_layer_new(RestoratorView *view, RestoratorPanel *panel, preview *p,
                           GtkToggleButton *toggle) {
  static const RestoratorViewLayer taken = {.draw = G_CALLBACK(draw),
                                            .press = G_CALLBACK(press),
                                            .release = G_CALLBACK(release),
                                            .motion = G_CALLBACK(motion),
                                            .scroll = G_CALLBACK(scroll),
                                            .key = G_CALLBACK(press_key)};
  hint_layer *l = g_new0(hint_layer, 1);

  l->view = view;
  l->panel = panel;
  l->hints = restorator_panel_get_hints(panel);
  l->preview = p;
  l->toggle = toggle;
  l->changing = -1;
  l->popover = hint_popover_new(l->hints, p, begin_picking, l);
  restorator_view_add_layer(view, &taken, l);
  g_signal_connect_swapped(view, "pixel-clicked", G_CALLBACK(clicked), l);
  g_signal_connect_swapped(toggle, "toggled", G_CALLBACK(switch_over), l);
  g_signal_connect_swapped(panel, "hint-chosen", G_CALLBACK(choose_beside), l);
  g_signal_connect_swapped(panel, "hint-wanted", G_CALLBACK(add_in_middle), l);
  g_signal_connect_swapped(l->hints, "changed", G_CALLBACK(take_change), l);
  take_change(l);
  return l;
}

void hint_layer_free(hint_layer *l) {
  if (!l)
    return;
  g_signal_handlers_disconnect_by_data(l->view, l);
  g_signal_handlers_disconnect_by_data(l->toggle, l);
  g_signal_handlers_disconnect_by_data(l->panel, l);
  g_signal_handlers_disconnect_by_data(l->hints, l);
  g_clear_handle_id(&l->contour_timer, g_source_remove);
  hint_popover_free(l->popover);
  forget_contour(l);
  g_free(l);
}

void hint_layer_set_size(hint_layer *l, int width, int height) {
  l->width = width;
  l->height = height;
}

GtkWidget *hint_layer_get_popover(const hint_layer *l) {
  return hint_popover_get_widget(l->popover);
}
