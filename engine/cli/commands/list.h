/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists on standard output of what is found by id.
 */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include <glib.h>

#include "restorator.h"

bool list_models(GError **error);
bool list_presets(GError **error);

#endif
