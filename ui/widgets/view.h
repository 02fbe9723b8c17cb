/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview on the screen: the picture before and after, to zoom, pan and compare.
 *
 * Mouse: the wheel zooms, a drag pans or moves the split, a click picks a pixel. Keys: + and −
 * zoom, 0 fits, 1 shows pixels, arrows pan, [ and ] move the split, B held shows what was before, T
 * picks the marked pixel, or the one in the middle, Alt and an arrow the one beside it.
 */
#ifndef VIEW_H
#define VIEW_H

#include <gtk/gtk.h>

#include "preview/preview.h"

#define RESTORATOR_TYPE_VIEW (restorator_view_get_type())
G_DECLARE_FINAL_TYPE(RestoratorView, restorator_view, RESTORATOR, VIEW, GtkDrawingArea)

typedef enum RestoratorCompare {
  RESTORATOR_COMPARE_SPLIT, /* before left of a line, after right of it */
  RESTORATOR_COMPARE_SIDES, /* the same area twice */
  RESTORATOR_COMPARE_AFTER
} RestoratorCompare;

/* `preview` has to outlive the widget or be taken away with NULL. The signal "zoom-changed" tells
 * of another zoom, "pixel-picked" (int x, int y) of the picture's pixel that someone asks about. A
 * click is first offered as "pixel-clicked" (int x, int y), whose handler returns whether it has
 * taken it. */
GtkWidget *restorator_view_new(void);
void restorator_view_set_preview(RestoratorView *view, preview *p);
/* The picture's size, and the rectangle that fitting shows; it is fitted at first, and not under
 * the pointer of someone who changes it. */
void restorator_view_set_picture(RestoratorView *view, int width, int height,
                                 const rst_rectangle *home);
/* There is something new: to be called by the preview's notice. */
void restorator_view_update(RestoratorView *view);

void restorator_view_fit(RestoratorView *view);
/* Screen pixels a picture's pixel, about the middle of the view. */
void restorator_view_set_zoom(RestoratorView *view, double zoom);
double restorator_view_get_zoom(RestoratorView *view);
void restorator_view_set_compare(RestoratorView *view, RestoratorCompare compare);
/* The line's place, 0…1 from the left. */
void restorator_view_set_split(RestoratorView *view, double split);
double restorator_view_get_split(RestoratorView *view);
/* Shows what was before while it is held. */
void restorator_view_hold_before(RestoratorView *view, gboolean held);
void restorator_view_set_show_windows(RestoratorView *view, gboolean shown);
void restorator_view_set_show_input(RestoratorView *view, gboolean shown);

/* Marks a pixel of the picture. */
void restorator_view_set_mark(RestoratorView *view, gboolean shown, int x, int y);

/* From the widget's coordinates to the picture's and back. */
void restorator_view_to_picture(RestoratorView *view, double x, double y, double *px, double *py);
void restorator_view_from_picture(RestoratorView *view, double px, double py, double *x, double *y);

/* What a layer over the view takes of its events, each called with the layer first, `draw` after the
 * view has drawn itself; NULL: nothing. */
typedef struct RestoratorViewLayer {
  GCallback draw, press, release, motion, scroll, key;
} RestoratorViewLayer;

/* Until the layer's handlers are disconnected by its data. */
void restorator_view_add_layer(RestoratorView *view, const RestoratorViewLayer *taken,
                               gpointer layer);

/* The areas that show the picture: 1, or 2 side by side. */
int restorator_view_get_panes(RestoratorView *view, GdkRectangle panes[2]);
/* Whether a press there takes the split. */
gboolean restorator_view_is_on_split(RestoratorView *view, double x);
/* The colour shown at a place of the widget, before or after; FALSE beyond the picture. */
gboolean restorator_view_get_colour(RestoratorView *view, double x, double y, float rgb[3]);

#endif
