/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A single pass whose colours follow the picture's tones: a guided filter (He, Sun and Tang 2010) of the
 * network's chroma, by the luma that it saw. The network is asked once for each sample of its
 * input; round each sample, chroma is the linear function of luma that fits these answers best; a
 * pixel's own luma is put into the function of its place (on the shrunk picture, as He and Sun 2015
 * have it). So flat tones have calm colours, edges stay where the picture has them, and a window of
 * 24 megapixels asks the network no more than a small one. Functions do not depend on the call: the
 * same bits in any cut.
 */
#ifndef RST_GUIDED_H
#define RST_GUIDED_H

#include "diffusion/sample.h"

/* What rst_sample_points() is for other models, for one that says `luma.guided`: the set's colours, 0…1,
 * red first, at the places of its points in (rows, columns, 3). Points whose luma is not known (NaN,
 * or a set without) are asked one by one; luma beyond −1…1 counts as −1 or 1. Hooks: progress, batch
 * and cancel. Errors: RST_OUT_OF_RANGE, RST_NO_MEMORY, RST_CANCELLED. Thread: the session's
 * caller; several sessions may share an encoding. */
rst_status rst_guided_points(rst_session *session, const rst_encoding *encoding,
                             const rst_parameters *parameters, const rst_point_set *set,
                             float *colours, const rst_hooks *hooks, rst_error *error);

#endif
