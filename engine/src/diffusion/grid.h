/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The covered points of a grid through one window's network: asked one by one, or interpolated.
 */
#ifndef RST_GRID_H
#define RST_GRID_H

#include "diffusion/sample.h"

/* Whether a grid's numbers are sound. */
bool rst_good_grid(const rst_grid *grid);

/* rst_sample() of the encoding's own window alone, with an observer (NULL: without) and `colours`
 * NULL where they are not wanted. */
rst_status rst_sample_grid(rst_session *session, const rst_encoding *encoding,
                           const rst_parameters *parameters, const rst_grid *grid,
                           const float *coverage, float *colours, const rst_hooks *hooks,
                           const rst_sample_observer *observer, rst_error *error);

#endif
