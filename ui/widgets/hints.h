/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colour hints that are set: the property `hints` of the settings as a list, of which one may be
 * selected. It knows no toolkit.
 */
#ifndef HINTS_H
#define HINTS_H

#include <glib-object.h>
#include <restorator.h>

#define RESTORATOR_TYPE_HINTS (restorator_hints_get_type())
G_DECLARE_FINAL_TYPE(RestoratorHints, restorator_hints, RESTORATOR, HINTS, GObject)

/* Where a hint lies. */
typedef enum HintPlace {
  HINT_INSIDE, /* the selection */
  HINT_BESIDE, /* outside of it, in the network's window: what it reaches of the selection counts */
  HINT_NOWHERE /* where it has no effect */
} HintPlace;

/* Signals: "changed" after the list or the selected one has become another; "begun" before a change
 * that is to be undone by itself; "held" (gboolean) before and after changes that are undone
 * together. */
RestoratorHints *restorator_hints_new(GObject *settings);

int restorator_hints_get_count(RestoratorHints *hints);
const rst_hint *restorator_hints_get(RestoratorHints *hints, int index);
/* −1: none. */
int restorator_hints_get_selected(RestoratorHints *hints);
void restorator_hints_select(RestoratorHints *hints, int index);

/* Adds and selects one. Its index; −1 where there are as many as there may be. */
int restorator_hints_add(RestoratorHints *hints, const rst_hint *hint);
void restorator_hints_set(RestoratorHints *hints, int index, const rst_hint *hint);
void restorator_hints_remove(RestoratorHints *hints, int index);

void restorator_hints_begin(RestoratorHints *hints);
void restorator_hints_hold(RestoratorHints *hints, gboolean held);

/* Who knows where a hint lies; until it is set all lie inside. */
void restorator_hints_set_locator(RestoratorHints *hints,
                                  HintPlace (*locate)(gpointer user, const rst_hint *hint),
                                  gpointer user);
/* The selection or the window has changed. */
void restorator_hints_relocate(RestoratorHints *hints);
HintPlace restorator_hints_locate(RestoratorHints *hints, int index);
/* What to say of a place; NULL for those inside. */
const char *restorator_hints_describe_place(HintPlace place);
/* A hint in words: where it is, and its colour or that it is a pin. To be freed. */
char *restorator_hints_describe(const rst_hint *hint);

#endif
