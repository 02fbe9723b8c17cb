/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models and presets by id or path, and what tells one file from another.
 */
#ifndef CLI_LOOKUP_H
#define CLI_LOOKUP_H

#include <glib.h>

#include "restorator.h"

/* Free it with rst_preset_free(). NULL and an error on failure. */
rst_preset *lookup_preset(const char *name, GError **error);
/* The model that the parameters name, once it fits them and the preset (NULL: none). Unref it.
 * `sha256` (NULL: not wanted) is its file's sum, to be freed. NULL and an error on failure. */
rst_model *lookup_model(const rst_parameters *parameters, const rst_preset *preset, char **sha256,
                        GError **error);
/* The SHA-256 of a file, hexadecimal, to be freed. */
bool lookup_sum(const char *path, char **sha256, GError **error);
/* The same of what a model computes with, its description and its tensors: whatever else its file
 * tells, such as the card, does not count. `name` is an id or a path. */
bool lookup_network_sum(const char *name, char **sha256, GError **error);

#endif
