/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people are told: the engine's errors as sentences of their language, by code and fields.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <glib.h>

#include "engine.h"

/* Errors of this domain have the engine's status as their code; the plug-in's own refusals have
 * RST_BAD_CALL where what was asked for is at fault, and RST_HOST_FAILED where GIMP did not do its
 * part. */
#define RESTORATOR_ERROR (restorator_error_quark())
GQuark restorator_error_quark(void);

/* Sets `error` to the engine's error, translated. Always FALSE, to be returned. */
gboolean messages_fail(const rst_error *why, GError **error);

/* Whether the caller could have known: a bad argument, not a failure on the way. */
gboolean messages_is_callers_fault(const GError *error);

#endif
