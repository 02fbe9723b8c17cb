/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The few controls of an old photograph: what it is in a sentence, damage, tone and colour each with
 * a switch and how much of it, and the faces.
 *
 * The settings have the properties damage, tone, colour (boolean), sensitivity, tone-strength,
 * strength (0…1) and faces; and may have output, "in-place" or "new-layer".
 */
#ifndef PHOTO_PANEL_H
#define PHOTO_PANEL_H

#include <gtk/gtk.h>

#include "preview/photo_found.h"
#include "widgets/faces.h"

#define RESTORATOR_TYPE_PHOTO_PANEL (restorator_photo_panel_get_type())
G_DECLARE_FINAL_TYPE(RestoratorPhotoPanel, restorator_photo_panel, RESTORATOR, PHOTO_PANEL, GtkBox)

/* Signals: "marked" (int, an rst_edit) where what is selected is to count as damage, or not, or all
 * marks are to go (RST_EDIT_NONE); "more" where all parameters are wanted. `grey`: the host's picture
 * becomes RGB with colour. */
GtkWidget *restorator_photo_panel_new(GObject *settings, gboolean grey);

/* Of another picture of the host's; what was found in it has yet to be said. */
void restorator_photo_panel_set_grey(RestoratorPhotoPanel *panel, gboolean grey);
/* What is to be done: as the settings have it, without what the picture does not take. */
void restorator_photo_panel_get_settings(RestoratorPhotoPanel *panel, rst_photo_settings *settings);
/* What was found: it says what the picture is, and which controls count. */
void restorator_photo_panel_set_found(RestoratorPhotoPanel *panel, const photo_found *found);
/* Whether there are marks. */
void restorator_photo_panel_set_marked(RestoratorPhotoPanel *panel, gboolean marked);
/* The controls: "damage", "sensitivity", "tone", "tone-strength", "colour", "strength", "add",
 * "remove", "none", "faces", "output", "more"; NULL for other names. */
GtkWidget *restorator_photo_panel_get_control(RestoratorPhotoPanel *panel, const char *name);
/* What it says of the picture. */
const char *restorator_photo_panel_get_sentence(RestoratorPhotoPanel *panel);

#endif
