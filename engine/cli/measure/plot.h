/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trajectories as a diagram, in SVG: for each pixel a panel with the value and x̂₀ at every step.
 */
#ifndef CLI_TOOLS_PLOT_H
#define CLI_TOOLS_PLOT_H

#include <glib.h>
#include <stdbool.h>

#include "pixel_trajectory.h"

/* To a file in SVG, or, where its suffix says another picture's format and libvips reads SVG, in
 * that. `ways`: of trajectory. */
bool plot_write(const char *path, const char *title, const GPtrArray *ways, rst_cancel *cancel,
                GError **error);

#endif
