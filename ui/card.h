/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's card: what its author says of it, and what was measured.
 */
#ifndef CARD_H
#define CARD_H

#include <glib.h>
#include <restorator.h>

#include "presets.h"

/* The card as Pango markup, with what the file itself tells. Free it. */
char *card_markup(const rst_model *model);

/* Whether a setup was measured to be worse than bicubic enlargement, with the errors; and the
 * recommended setup that differs from it in the fewest parameters, NULL where there is none. Both
 * are among `presets`, of preset_file. */
typedef struct card_warning {
  const preset_file *setup, *better;
  double mse, bicubic;
} card_warning;
gboolean card_warns(const rst_model *model, const rst_parameters *parameters,
                    const GPtrArray *presets, card_warning *warning);

#endif
