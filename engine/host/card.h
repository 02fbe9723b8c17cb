/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's card: what its author says of it, and what was measured.
 */
#ifndef CARD_H
#define CARD_H

#include <glib.h>
#include <restorator.h>

#include "presets.h"

/* The card as Pango markup, with what the file itself tells, and setups by the titles of `presets`
 * (of preset_file). Free it. */
char *card_markup(const rst_model *model, const GPtrArray *presets);

/* A setup that a card names: the parameters, with the sampler's of the card, and the preset that
 * has these, NULL where none has. */
typedef struct card_setup {
  const preset_file *preset;
  rst_parameters parameters;
} card_setup;

/* Whether a setup was measured to be worse than bicubic enlargement, with the errors; and the
 * recommended setup that differs from it in the fewest parameters, where there is one. `presets`,
 * of preset_file, outlive the warning. */
typedef struct card_warning {
  card_setup setup, better;
  bool has_better;
  double mse, bicubic;
} card_warning;
gboolean card_warns(const rst_model *model, const rst_parameters *parameters,
                    const GPtrArray *presets, card_warning *warning);
/* What a setup is called, to be freed: by the preset's title, or in words. */
char *card_setup_name(const card_setup *setup, const rst_model *model);

#endif
