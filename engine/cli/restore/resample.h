/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The region alone, at a size of its own: the network restores points between the pixels.
 */
#ifndef CLI_SIZED_H
#define CLI_SIZED_H

#include <glib.h>

#include "io/picture.h"
#include "restorator.h"

/* Restores `sized`, which picture_sample() made from `picture`, after picture_begin() of both. The
 * plan is of one part. `points`: samples restored. */
bool resample_restore(rst_session *session, rst_model *model, const rst_parameters *parameters,
                      cli_picture *picture, cli_picture *sized, const rst_plan *plan,
                      const rst_hooks *hooks, int64_t *points, GError **error);

#endif
