/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small panel with a pixel's trajectory: the value and x̂₀ at every step, as a plot.
 */
#ifndef PROBE_H
#define PROBE_H

#include <gtk/gtk.h>

#include "pixel_trajectory.h"

#define RESTORATOR_TYPE_PROBE (restorator_probe_get_type())
G_DECLARE_FINAL_TYPE(RestoratorProbe, restorator_probe, RESTORATOR, PROBE, GtkFrame)

/* The signal "closed" comes when someone wants it away. */
GtkWidget *restorator_probe_new(void);
/* The pixel that is asked about, before there is an answer. */
void restorator_probe_set_pixel(RestoratorProbe *probe, int x, int y);
/* Takes a reference of its own; NULL where there is none: the pixel is not selected. */
void restorator_probe_set_trajectory(RestoratorProbe *probe, trajectory *t);

#endif
