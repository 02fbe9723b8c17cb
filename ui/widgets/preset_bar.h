/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of presets with what can be done to them: saved, renamed, deleted, imported, exported.
 * Nothing opens a window of its own but the choice of a file.
 */
#ifndef PRESET_BAR_H
#define PRESET_BAR_H

#include <gtk/gtk.h>

#include "presets.h"

#define RESTORATOR_TYPE_PRESET_BAR (restorator_preset_bar_get_type())
G_DECLARE_FINAL_TYPE(RestoratorPresetBar, restorator_preset_bar, RESTORATOR, PRESET_BAR, GtkBox)

/* The signal "chosen" comes with a preset_file that is to be applied. */
GtkWidget *restorator_preset_bar_new(void);
/* What is to be said of the preset and what goes wrong, to be packed below. */
GtkWidget *restorator_preset_bar_get_notes(RestoratorPresetBar *bar);
/* What is set: the preset that it is becomes the one shown, the last one chosen if it is that
 * too. A model of NULL: nothing that could be saved. */
void restorator_preset_bar_show(RestoratorPresetBar *bar, const rst_parameters *now,
                                rst_model *model);
/* As it was read last. */
const GPtrArray *restorator_preset_bar_get_presets(RestoratorPresetBar *bar);
GtkWidget *restorator_preset_bar_get_combo(RestoratorPresetBar *bar);
/* The button of the menu. */
GtkWidget *restorator_preset_bar_get_button(RestoratorPresetBar *bar);

/* What the choice of a file ends with: what goes wrong is said in the bar. */
void restorator_preset_bar_import(RestoratorPresetBar *bar, const char *path);
void restorator_preset_bar_export(RestoratorPresetBar *bar, const char *path);

#endif
