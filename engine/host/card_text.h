/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model's card says by keys and numbers (docs/model-file.md), in the words of people.
 */
#ifndef CARD_WORDS_H
#define CARD_WORDS_H

#include <glib.h>
#include <yyjson.h>

/* A value: a string translated where it is one of a shipped card, a list's elements side by side,
 * anything else as JSON. "" for NULL or null. To be freed. */
char *card_words_of_value(yyjson_val *value);
/* What was measured, as one line: on what, by which protocol, with which setup, and the errors.
 * What it has beyond the keys that are known is appended as it is. `setup`: what its setup is
 * called, or NULL. To be freed. */
char *card_words_of_figure(yyjson_val *figure, const char *setup);

#endif
