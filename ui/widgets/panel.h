/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The controls of all parameters, bound to an object's properties (values.h): presets and models
 * first, the sampler's own parameters in an expander. What does not apply is insensitive, and its
 * tooltip says why.
 */
#ifndef PANEL_H
#define PANEL_H

#include <gtk/gtk.h>
#include <restorator.h>

#include "presets.h"
#include "widgets/faces.h"
#include "widgets/hints.h"

#define RESTORATOR_TYPE_PANEL (restorator_panel_get_type())
G_DECLARE_FINAL_TYPE(RestoratorPanel, restorator_panel, RESTORATOR, PANEL, GtkBox)

/* Signals: "setup-changed" comes once for all properties changed together, "hint-chosen" (int
 * index, widget beside which) where someone wants to choose a hint's colour in the list,
 * "hint-wanted" where they want a new one. */
GtkWidget *restorator_panel_new(GObject *settings);

/* What is set, and the model that it names (the panel's). Errors: as rst_parameters_set(),
 * rst_find(), rst_model_read() and rst_parameters_check(). */
rst_status restorator_panel_get_setup(RestoratorPanel *panel, rst_parameters *parameters,
                                      rst_model **model, rst_error *error);
/* A model by its name (the panel's). Errors: as rst_find() and rst_model_read(). */
rst_model *restorator_panel_get_model(RestoratorPanel *panel, const char *name, rst_error *error);
/* The presets, of preset_file, as they were read last. */
const GPtrArray *restorator_panel_get_presets(RestoratorPanel *panel);
/* All of the preset or nothing; the panel says what is wrong. */
void restorator_panel_apply(RestoratorPanel *panel, const preset_file *file);
/* The colour hints set (the panel's). */
RestoratorHints *restorator_panel_get_hints(RestoratorPanel *panel);
/* The faces found, and those set (the panel's). */
RestoratorFaces *restorator_panel_get_faces(RestoratorPanel *panel);
/* A locked seed stays. */
void restorator_panel_set_seed(RestoratorPanel *panel, int seed);
gboolean restorator_panel_is_locked(RestoratorPanel *panel);
/* Notifies of the setup that the settings hold at once, where that is still to come. */
void restorator_panel_settle(RestoratorPanel *panel);
/* One change of the settings back, or forth again. */
void restorator_panel_undo(RestoratorPanel *panel);
void restorator_panel_redo(RestoratorPanel *panel);
/* The control of a parameter, "output", "die", "lock", "preset", "preset-menu", "expander", "undo",
 * "redo", "defaults", "faces" or "hints"; NULL where there is none of that name. */
GtkWidget *restorator_panel_get_control(RestoratorPanel *panel, const char *name);

#endif
