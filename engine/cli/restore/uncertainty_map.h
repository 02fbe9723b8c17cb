/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much a region varies with the seed, as a picture.
 */
#ifndef CLI_UNCERTAINTY_H
#define CLI_UNCERTAINTY_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"

typedef struct cli_uncertainty {
  rst_rectangle box; /* of the region */
  float *deviations; /* (height, width): each pixel's, its largest channel's; 0 where nothing
                            * is restored. NULL: not measured */
  double white; /* the standard deviation that is shown white */
} cli_uncertainty;

/* Measures over `seeds` seeds. `view` is the picture, whose `write` is not called; `box` holds all
 * that the plan does. `white` 0: the first of 0.002, 0.005, 0.01 … that all but a hundredth of
 * the pixels are within. */
bool uncertainty_measure(cli_uncertainty *uncertainty, rst_session *session, rst_model *model,
                         const rst_parameters *parameters, const rst_picture *view,
                         const rst_plan *plan, const rst_rectangle *box, int seeds, double white,
                         const rst_hooks *hooks, GError **error);
/* All zeros are allowed. */
void uncertainty_clear(cli_uncertainty *uncertainty);
/* A grey picture of 16 bits, `width` × `height` as the whole one has them: black is 0, and outside
 * the region. Unref it. NULL and an error on failure. */
VipsImage *uncertainty_picture(const cli_uncertainty *uncertainty, int width, int height,
                               GError **error);

#endif
