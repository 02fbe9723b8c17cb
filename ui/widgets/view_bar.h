/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The controls above a view: how large, and how before and after are compared.
 */
#ifndef VIEW_BAR_H
#define VIEW_BAR_H

#include "widgets/view.h"

/* Fit, actual size, out, in, and the zoom as it is. The view outlives it. */
GtkWidget *view_bar_new_zooms(RestoratorView *view);
/* Split, side by side or only after; what was before, while it is held. `between`: what stands
 * between them, or NULL. */
GtkWidget *view_bar_new_comparisons(RestoratorView *view, GtkWidget *between);
/* Groups in one line, or in several where the space is too small. */
GtkWidget *view_bar_new(GtkWidget *const *groups, guint count);

#endif
