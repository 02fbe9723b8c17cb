/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A single pass in large windows: the network is asked at the nodes of a bilateral grid (Chen, Paris
 * and Durand 2007), whose axes are column, row and tone, and pixels are interpolated between them. Its
 * nodes lie at the centres and the edges of the input's samples, where what the network sees bends, so
 * that hardly anything is lost (engine/bench/RESULTS.md) and a picture of 24 megapixels costs little more than
 * one of 2. A node's place does not depend on the call: the same bits in any cut.
 */
#ifndef RST_BILATERAL_H
#define RST_BILATERAL_H

#include "diffusion/sample.h"

/* Whether a window's colours are interpolated: where a single pass sees the pixel's own luma, and a
 * cell of the grid has as many pixels as are worth its nodes. */
bool rst_bilateral_serves(const rst_encoding *encoding);

/* rst_sample_points() of such a window. Points whose luma is not known, or beyond −1…1, are asked one
 * by one. Errors: RST_OUT_OF_RANGE, RST_NO_MEMORY, RST_CANCELLED. */
rst_status rst_bilateral_points(rst_session *session, const rst_encoding *encoding,
                                const rst_parameters *parameters, const rst_point_set *set,
                                float *colours, const rst_hooks *hooks, rst_error *error);

#endif
