/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was set: undo and redo. It knows no toolkit.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <glib.h>
#include <restorator.h>

typedef struct setting {
  rst_parameters parameters;
  rst_photo_settings
    photo; /* all zero where the host has none; its colour strength is a parameter */
  GBytes *edits; /* what people say of the damage; NULL: nothing */
  const char *output; /* where the result goes, interned; NULL where the host has no choice */
} setting;

typedef struct history history;

/* A history holds references of its own to the edits. */
history *history_new(const setting *now);
void history_free(history *h); /* NULL is allowed */

/* What is set has become `now` at `time` (microseconds). A change of the same single
 * parameter soon after the last one, as a slider makes many of, goes into the same entry. */
void history_note(history *h, const setting *now, gint64 time);
/* The next change is an entry of its own, however soon it comes. */
void history_end_entry(history *h);

bool history_can_undo(const history *h);
bool history_can_redo(const history *h);
/* One entry back or forth, where there is one: what is to be set (the history's). */
const setting *history_undo(history *h);
const setting *history_redo(history *h);

#endif
