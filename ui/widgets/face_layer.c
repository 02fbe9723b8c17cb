/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/face_layer.h"

#include <glib/gi18n.h>
#include <math.h>

#include "widgets/accessible.h"
#include "widgets/overlays.h"
#include "widgets/widget_util.h"

enum {
  NEAR = 6,        /* how near a rim is taken */
  SIDE_MIN = 8,    /* of a face that is added, in pixels of the picture */
  MARK = 7,        /* half the side of what shows whether it is on */
  MIDDLE_SHARE = 5 /* of the view that the square in the middle has */
};

struct face_layer {
  RestoratorView *view;
  preview *preview;
  RestoratorFaceList *list;
  RestoratorFaces *faces; /* the list's */
  GtkToggleButton *toggle, *busy;
  int width, height; /* of the picture */
  gboolean used, adding, dragging;
  double press_x, press_y, hand_x, hand_y; /* of the picture */
};

static gboolean is_on(const face_layer *l) {
  return l->used && gtk_toggle_button_get_active(l->toggle);
}

static gboolean takes_clicks(const face_layer *l) {
  return is_on(l) && !(l->busy && gtk_toggle_button_get_active(l->busy));
}

static void redraw(face_layer *l) {
  gtk_widget_queue_draw(GTK_WIDGET(l->view));
}

/* ---- where faces are ---- */

typedef struct Square {
  double x, y, width, height;
} Square;

/* Of a face, in the view. */
static Square square_of(const face_layer *l, const rst_face *face, const GdkRectangle *pane) {
  double left, top, right, bottom;

  restorator_view_from_picture(l->view, face->x, face->y, &left, &top);
  restorator_view_from_picture(l->view, face->x + face->width, face->y + face->height, &right,
                               &bottom);
  left = floor(left + pane->x) + 0.5;
  top = floor(top + pane->y) + 0.5;
  return (Square){left, top, floor(right + pane->x) + 0.5 - left,
                  floor(bottom + pane->y) + 0.5 - top};
}

static gboolean is_within(const Square *s, double x, double y, double margin) {
  return x >= s->x - margin && y >= s->y - margin && x <= s->x + s->width + margin &&
         y <= s->y + s->height + margin;
}

/* On the rim, or on the mark at its corner. */
static gboolean is_on_rim(const Square *s, double x, double y) {
  return (is_within(s, x, y, NEAR) && !is_within(s, x, y, -NEAR)) ||
         hypot(x - s->x - s->width, y - s->y) <= MARK + 2;
}

/* The face whose rim is under a place of the view, the smallest; −1 for none. */
static int find_face(const face_layer *l, double x, double y) {
  GdkRectangle panes[2];
  const int count = restorator_view_get_panes(l->view, panes);
  double best = G_MAXDOUBLE;
  int found = -1;

  for (int i = 0; i < restorator_faces_get_count(l->faces); i++)
    for (int k = 0; k < count; k++) {
      const Square s = square_of(l, restorator_faces_get(l->faces, i), &panes[k]);

      if (x >= panes[k].x && x < panes[k].x + panes[k].width && is_on_rim(&s, x, y) &&
          s.width * s.height < best) {
        best = s.width * s.height;
        found = i;
      }
    }
  return found;
}

/* ---- drawing ---- */

static void trace_square(cairo_t *cr, const Square *s) {
  const double round = MIN(8, MIN(s->width, s->height) / 4);

  cairo_new_sub_path(cr);
  cairo_arc(cr, s->x + s->width - round, s->y + round, round, -G_PI / 2, 0);
  cairo_arc(cr, s->x + s->width - round, s->y + s->height - round, round, 0, G_PI / 2);
  cairo_arc(cr, s->x + round, s->y + s->height - round, round, G_PI / 2, G_PI);
  cairo_arc(cr, s->x + round, s->y + round, round, G_PI, 3 * G_PI / 2);
  cairo_close_path(cr);
}

/* A box with a tick, or an empty one, at the corner: a colour alone would not be seen by all. */
static void draw_mark(cairo_t *cr, const Square *s, gboolean on) {
  const double x = s->x + s->width, y = s->y;

  cairo_rectangle(cr, x - MARK, y - MARK, 2 * MARK, 2 * MARK);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_fill_preserve(cr);
  cairo_set_line_width(cr, 1);
  cairo_set_source_rgb(cr, 0, 0, 0);
  cairo_stroke(cr);
  if (!on)
    return;
  cairo_move_to(cr, x - 4, y);
  cairo_line_to(cr, x - 1, y + 3.5);
  cairo_line_to(cr, x + 4, y - 4);
  cairo_set_line_width(cr, 2);
  cairo_stroke(cr);
}

static void draw_face(face_layer *l, cairo_t *cr, const GdkRectangle *pane, int index) {
  static const double dashes[] = {3, 4};
  const Square s = square_of(l, restorator_faces_get(l->faces, index), pane);
  const gboolean on = restorator_faces_is_on(l->faces, index);
  const gboolean selected = index == restorator_faces_get_selected(l->faces);
  g_autofree char *number = g_strdup_printf("%d", index + 1);

  cairo_save(cr);
  if (!on)
    cairo_set_dash(cr, dashes, G_N_ELEMENTS(dashes), 0);
  trace_square(cr, &s);
  marks_stroke(cr, selected ? 3 : 1.5);
  cairo_restore(cr);
  draw_mark(cr, &s, on);
  if (selected)
    marks_draw_label(GTK_WIDGET(l->view), cr, s.x + 4, s.y - 4, 0, 1, number);
}

/* From where the hand went down to where it is, in the picture; else the square in the middle of
 * what is seen. */
static rst_face added_face(const face_layer *l) {
  double x, y, right, bottom, side;

  if (l->dragging) {
    side = fmax(fabs(l->hand_x - l->press_x), fabs(l->hand_y - l->press_y));
    x = l->hand_x < l->press_x ? l->press_x - side : l->press_x;
    y = l->hand_y < l->press_y ? l->press_y - side : l->press_y;
  } else {
    GdkRectangle panes[2];

    restorator_view_get_panes(l->view, panes);
    restorator_view_to_picture(l->view, 0, 0, &x, &y);
    restorator_view_to_picture(l->view, panes[0].width - 1, panes[0].height, &right, &bottom);
    side = fmax(SIDE_MIN, fmin(right - x, bottom - y) / MIDDLE_SHARE);
    x = (x + right - side) / 2;
    y = (y + bottom - side) / 2;
  }
  return (rst_face){.x = (int)lround(x),
                    .y = (int)lround(y),
                    .width = (int)lround(side),
                    .height = (int)lround(side),
                    .sure = 1};
}

static void draw_added(face_layer *l, cairo_t *cr, const GdkRectangle *pane) {
  static const double dashes[] = {6, 4};
  const rst_face face = added_face(l);
  const Square s = square_of(l, &face, pane);

  cairo_save(cr);
  cairo_set_dash(cr, dashes, G_N_ELEMENTS(dashes), 0);
  trace_square(cr, &s);
  marks_stroke(cr, 1.5);
  cairo_restore(cr);
  if (!l->dragging)
    marks_draw_label(GTK_WIDGET(l->view), cr, pane->x + 12, pane->y + pane->height - 12, 0, 1,
                     _("Drag a square over the face. Return takes the middle, Escape none"));
}

static gboolean draw(face_layer *l, cairo_t *cr) {
  GdkRectangle panes[2];
  const int count = restorator_view_get_panes(l->view, panes);

  if (!is_on(l))
    return GDK_EVENT_PROPAGATE;
  for (int k = 0; k < count; k++) {
    cairo_save(cr);
    gdk_cairo_rectangle(cr, &panes[k]);
    cairo_clip(cr);
    for (int i = 0; i < restorator_faces_get_count(l->faces); i++)
      draw_face(l, cr, &panes[k], i);
    if (l->adding)
      draw_added(l, cr, &panes[k]);
    cairo_restore(cr);
  }
  return GDK_EVENT_PROPAGATE;
}

/* ---- adding ---- */

static void set_adding(face_layer *l, gboolean adding) {
  if (l->adding == adding)
    return;
  l->adding = adding;
  l->dragging = FALSE;
  if (adding) {
    gtk_toggle_button_set_active(l->toggle, TRUE);
    gtk_widget_grab_focus(GTK_WIDGET(l->view));
  }
  widget_set_cursor(GTK_WIDGET(l->view), adding ? "crosshair" : NULL);
  redraw(l);
  restorator_face_list_set_wanted(l->list, adding);
}

/* One that shows nothing of the picture is none. */
static void add_face(face_layer *l) {
  const rst_face face = added_face(l);

  if (face.width >= SIDE_MIN && face.x < l->width && face.y < l->height &&
      face.x + face.width > 0 && face.y + face.height > 0)
    restorator_faces_add(l->faces, &face);
  set_adding(l, FALSE);
}

/* ---- the mouse ---- */

static gboolean press(face_layer *l, GdkEventButton *event) {
  int index;

  if (event->type != GDK_BUTTON_PRESS || event->button != GDK_BUTTON_PRIMARY || !is_on(l))
    return GDK_EVENT_PROPAGATE;
  if (l->adding) {
    gtk_widget_grab_focus(GTK_WIDGET(l->view));
    restorator_view_to_picture(l->view, event->x, event->y, &l->press_x, &l->press_y);
    l->hand_x = l->press_x;
    l->hand_y = l->press_y;
    l->dragging = TRUE;
    redraw(l);
    return GDK_EVENT_STOP;
  }
  index = takes_clicks(l) && !restorator_view_is_on_split(l->view, event->x)
            ? find_face(l, event->x, event->y)
            : -1;
  if (index < 0)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus(GTK_WIDGET(l->view));
  restorator_faces_switch(l->faces, index, !restorator_faces_is_on(l->faces, index));
  return GDK_EVENT_STOP;
}

static gboolean motion(face_layer *l, GdkEventMotion *event) {
  int index;

  if (l->dragging) {
    restorator_view_to_picture(l->view, event->x, event->y, &l->hand_x, &l->hand_y);
    redraw(l);
    return GDK_EVENT_STOP;
  }
  if (l->adding) {
    widget_set_cursor(GTK_WIDGET(l->view), "crosshair");
    return GDK_EVENT_STOP;
  }
  if (!takes_clicks(l) || restorator_view_is_on_split(l->view, event->x))
    return GDK_EVENT_PROPAGATE;
  index = find_face(l, event->x, event->y);
  restorator_faces_select(l->faces, index);
  if (index < 0)
    return GDK_EVENT_PROPAGATE;
  widget_set_cursor(GTK_WIDGET(l->view), "pointer");
  return GDK_EVENT_STOP;
}

static gboolean release(face_layer *l, GdkEventButton *event) {
  if (!l->dragging || event->button != GDK_BUTTON_PRIMARY)
    return GDK_EVENT_PROPAGATE;
  add_face(l);
  return GDK_EVENT_STOP;
}

static gboolean say(GtkWidget *view, int x, int y, gboolean by_key, GtkTooltip *tooltip,
                    gpointer data) {
  face_layer *l = data;
  const int index = by_key || !takes_clicks(l) || l->adding ? -1 : find_face(l, x, y);
  g_autofree char *name = NULL, *text = NULL;

  (void)view;
  if (index < 0)
    return FALSE;
  name = restorator_faces_describe(l->faces, index);
  text = g_strdup_printf("%s. %s", name,
                         restorator_faces_is_on(l->faces, index)
                           ? _("It is seen from near: a click ends that")
                           : _("It is not seen from near: a click begins that"));
  gtk_tooltip_set_text(tooltip, text);
  return TRUE;
}

/* ---- keys ---- */

static gboolean press_key(face_layer *l, GdkEventKey *event) {
  if (!widget_is_plain_key(event))
    return GDK_EVENT_PROPAGATE;
  switch (event->keyval) {
    case GDK_KEY_f:
    case GDK_KEY_F:
      gtk_toggle_button_set_active(l->toggle, !gtk_toggle_button_get_active(l->toggle));
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (!l->adding)
        return GDK_EVENT_PROPAGATE;
      add_face(l);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (!l->adding)
        return GDK_EVENT_PROPAGATE;
      set_adding(l, FALSE);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
  }
}

/* ---- building ---- */

static void switch_over(face_layer *l) {
  if (!is_on(l))
    set_adding(l, FALSE);
  redraw(l);
}

GtkWidget *face_layer_new_toggle(void) {
  GtkWidget *toggle = gtk_check_button_new_with_label(_("Faces"));

  accessible_describe(
    toggle, _("Show the faces"),
    _("Shows the faces that are seen from near: a click on a rim switches one off "
      "or on; the key F does the same as this in the view"));
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(toggle), TRUE);
  return toggle;
}

face_layer *face_layer_new(RestoratorView *view, preview *p, RestoratorFaceList *list,
                           GtkToggleButton *toggle, GtkToggleButton *busy) {
  static const RestoratorViewLayer taken = {.draw = G_CALLBACK(draw),
                                            .press = G_CALLBACK(press),
                                            .release = G_CALLBACK(release),
                                            .motion = G_CALLBACK(motion),
                                            .key = G_CALLBACK(press_key)};
  face_layer *l = g_new0(face_layer, 1);

  l->view = view;
  l->preview = p;
  l->list = list;
  l->faces = restorator_face_list_get_faces(list);
  l->toggle = toggle;
  l->busy = busy;
  restorator_view_add_layer(view, &taken, l);
  g_signal_connect(view, "query-tooltip", G_CALLBACK(say), l);
  gtk_widget_set_has_tooltip(GTK_WIDGET(view), TRUE);
  g_signal_connect_swapped(toggle, "toggled", G_CALLBACK(switch_over), l);
  g_signal_connect_swapped(list, "wanted", G_CALLBACK(set_adding), l);
  g_signal_connect_swapped(l->faces, "changed", G_CALLBACK(redraw), l);
  return l;
}

void face_layer_free(face_layer *l) {
  if (!l)
    return;
  g_signal_handlers_disconnect_by_data(l->view, l);
  g_signal_handlers_disconnect_by_data(l->toggle, l);
  g_signal_handlers_disconnect_by_data(l->list, l);
  g_signal_handlers_disconnect_by_data(l->faces, l);
  g_free(l);
}

void face_layer_update(face_layer *l) {
  g_autofree char *found = g_new(char, RST_FACES_TEXT);

  if (preview_get_found_faces(l->preview, found))
    restorator_faces_set_found(l->faces, found);
}

void face_layer_set_size(face_layer *l, int width, int height) {
  l->width = width;
  l->height = height;
}

void face_layer_set_used(face_layer *l, gboolean used) {
  l->used = used;
  switch_over(l);
}
