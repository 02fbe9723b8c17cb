/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people are told: the engine's errors as sentences of their language, by code and fields.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <glib.h>
#include <restorator.h>

/* Errors of this domain have the engine's status as their code; a host's own refusals have
 * RST_BAD_CALL where what was asked for is at fault, and RST_HOST_FAILED where the host did not do
 * its part. */
#define RESTORATOR_ERROR (restorator_error_quark())
GQuark restorator_error_quark(void);

/* What the engine, a shipped preset or a shipped model's card says, translated; NULL is NULL. */
const char *messages_words(const char *text);
/* The engine's error as a sentence, to be freed. */
char *messages_text(const rst_error *why);
/* Sets `error` to the engine's error, translated. Always FALSE, to be returned. */
gboolean messages_fail(const rst_error *why, GError **error);

#endif
