/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is to be done to an old photograph as properties of an object: damage, tone, colour (boolean),
 * sensitivity, tone-strength and strength (0…1). It knows no toolkit.
 */
#ifndef PHOTO_SETTINGS_H
#define PHOTO_SETTINGS_H

#include <glib-object.h>
#include <restorator.h>

/* Thread: the object's, as for both. */
void photo_settings_read(GObject *from, rst_photo_settings *settings);
/* Sets the properties, and tells of those that have changed when all are set. */
void photo_settings_write(GObject *to, const rst_photo_settings *settings);

#endif
