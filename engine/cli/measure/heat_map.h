/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sweep as a diagram: a cell for each setup, blue where it is better than bicubic enlargement
 * and red where it is worse.
 */
#ifndef CLI_TOOLS_HEAT_MAP_H
#define CLI_TOOLS_HEAT_MAP_H

#include <glib.h>
#include <stdbool.h>

#include "restorator.h"
#include "measure/setups.h"

/* `ratios`: each setup's error ÷ bicubic's, above 0. */
bool heat_map_write(const char *path, const char *title, const cli_setup setups[SETUPS],
                    const double ratios[SETUPS], rst_cancel *cancel, GError **error);

#endif
