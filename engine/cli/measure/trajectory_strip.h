/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region at some steps of the sampler, side by side: the values above, the x̂₀ that the network
 * predicts from them below.
 */
#ifndef CLI_TRAJECTORY_STRIP_H
#define CLI_TRAJECTORY_STRIP_H

#include <glib.h>
#include <stdbool.h>

#include "measure/raster.h"
#include "restorator.h"

typedef struct cli_trajectory_strip {
  rst_session *session;
  rst_model *model;
  const rst_encoding *encoding;
  const rst_parameters *parameters;
  const cli_raster *raster; /* the picture */
  rst_rectangle region;
  int cell; /* pictures show every nth pixel, so that they fit into squares of that side */
  const char *steps; /* "0,3,15": 0 is the noise, the number of passes the result; NULL: six */
  rst_cancel *cancel;
} cli_trajectory_strip;

bool trajectory_strip_write(const cli_trajectory_strip *strip, const char *path, GError **error);

#endif
