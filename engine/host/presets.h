/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Presets as files: those that ship, and people's own, to be saved, renamed, deleted, imported and
 * exported. Files appear whole or not at all. It knows no toolkit.
 *
 * Errors are sentences for people. Thread: one at a time.
 */
#ifndef PRESETS_H
#define PRESETS_H

#include <glib.h>
#include <restorator.h>

typedef struct preset_file {
  char *id, *path;
  char *title, *note; /* for people: translated where the preset ships; the note may be "" */
  gboolean own;       /* in the user's folder: else it cannot be changed */
  rst_preset *preset;
} preset_file;

/* All presets that can be read, of preset_file: those that ship in the order of their ids, then
 * the user's own in that of their titles. `unread` (NULL allowed): why the first of the user's own
 * that cannot be read cannot; nothing where there is none. */
GPtrArray *presets_read(GError **unread);
/* NULL where there is none. */
const preset_file *presets_find(const GPtrArray *presets, const char *id);
/* By title, whatever its case. */
const preset_file *presets_find_title(const GPtrArray *presets, const char *title);

/* Whether a preset would change nothing of what is set, the sampler auto being ddim. */
bool presets_is_set(const rst_preset *preset, const rst_parameters *now);

/* The functions below take the list as it was read, which is to be read anew after them, and give
 * the id under which the preset is then to be found, to be freed. */

/* Saves parameters and model under a title, in the place of the own preset of that title where
 * there is one. A note of "" is left out. Fails where a preset of that title ships. */
gboolean presets_save(const GPtrArray *presets, const char *title, const char *note,
                      const rst_parameters *parameters, const rst_model *model, char **id,
                      GError **error);
/* Gives an own preset another title, and an id that goes with it. Fails where another preset has
 * that title. */
gboolean presets_rename(const GPtrArray *presets, const preset_file *file, const char *title,
                        char **id, GError **error);
/* Adds a preset file to the user's own. Where its title is taken it gets a number. */
gboolean presets_import(const GPtrArray *presets, const char *path, char **id, GError **error);
gboolean presets_delete(const preset_file *file, GError **error);
/* Replaces what is at that path. */
gboolean presets_export(const preset_file *file, const char *path, GError **error);

#endif
