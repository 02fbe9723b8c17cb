/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parameters were: undo and redo. It knows no toolkit.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <glib.h>
#include <restorator.h>

typedef struct history history;

history *history_new(const rst_parameters *now);
void history_free(history *h); /* NULL is allowed */

/* The parameters have become `now` at `time` (microseconds). A change of the same single
 * parameter soon after the last one, as a slider makes many of, goes into the same entry. */
void history_note(history *h, const rst_parameters *now, gint64 time);

bool history_can_undo(const history *h);
bool history_can_redo(const history *h);
/* One entry back or forth, where there is one: what the parameters are to become. */
const rst_parameters *history_undo(history *h);
const rst_parameters *history_redo(history *h);

#endif
