/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small panel with a pixel's trajectory: the value and x̂₀ at every step, as a plot.
 */
#ifndef PROBE_H
#define PROBE_H

#include <gtk/gtk.h>

#include "pixel_trajectory.h"

#define RESTORATOR_TYPE_PIXEL_INSPECTOR (restorator_pixel_inspector_get_type())
G_DECLARE_FINAL_TYPE(RestoratorPixelInspector, restorator_pixel_inspector, RESTORATOR,
                     PIXEL_INSPECTOR, GtkFrame)

/* The signal "closed" comes when someone wants it away. */
GtkWidget *restorator_pixel_inspector_new(void);
/* The pixel that is asked about, before there is an answer. */
void restorator_pixel_inspector_set_pixel(RestoratorPixelInspector *inspector, int x, int y);
/* Takes a reference of its own; NULL where there is none: the pixel is not selected. */
void restorator_pixel_inspector_set_trajectory(RestoratorPixelInspector *inspector, trajectory *t);

#endif
