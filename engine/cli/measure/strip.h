/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region at some steps of the sampler, side by side: the values above, the x̂₀ that the network
 * predicts from them below.
 */
#ifndef CLI_TOOLS_STRIP_H
#define CLI_TOOLS_STRIP_H

#include <glib.h>
#include <stdbool.h>

#include "measure/frame.h"
#include "restorator.h"

typedef struct cli_strip {
  rst_session *session;
  rst_model *model;
  const rst_encoding *encoding;
  const rst_parameters *parameters;
  const cli_frame *frame; /* the picture */
  rst_rectangle region;
  int cell; /* pictures show every nth pixel, so that they fit into squares of that side */
  const char *steps; /* "0,3,15": 0 is the noise, the number of passes the result; NULL: six */
  rst_cancel *cancel;
} cli_strip;

bool strip_write(const cli_strip *strip, const char *path, GError **error);

#endif
