/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's card: what its author says of it, and what was measured.
 */
#ifndef CARD_H
#define CARD_H

#include <glib.h>
#include <restorator.h>

/* The card as Pango markup, with what the file itself tells. Free it. */
char *card_markup(const rst_model *model);

/* Whether a setup was measured to be worse than bicubic enlargement: the name of its preset and
 * the errors, and the name of a recommended setup ("" where there is none). */
typedef struct card_warning {
  char setup[64], better[64];
  double mse, bicubic;
} card_warning;
gboolean card_warns(const rst_model *model, const rst_parameters *parameters,
                    card_warning *warning);

#endif
