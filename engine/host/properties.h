/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's parameters as properties of an object: boolean, int, double or string, under the
 * names of rst_parameter_table(). A procedure's configuration is such an object, and settings are.
 */
#ifndef VALUES_H
#define VALUES_H

#include <glib-object.h>
#include <restorator.h>

/* Reads all parameters. Errors: as rst_parameters_set(). */
rst_status values_read(GObject *object, rst_parameters *parameters, rst_error *error);
/* Sets those alone whose properties differ from their defaults. Errors: the same, and what came
 * before the fault is set. */
rst_status values_overlay(GObject *object, rst_parameters *parameters, rst_error *error);
/* Sets the properties that differ, and tells of them when all are set. */
void values_write(GObject *object, const rst_parameters *parameters);

/* An object with these properties, and nothing else. */
#define RESTORATOR_TYPE_SETTINGS (restorator_settings_get_type())
G_DECLARE_FINAL_TYPE(RestoratorSettings, restorator_settings, RESTORATOR, SETTINGS, GObject)
GObject *restorator_settings_new(void);

#endif
