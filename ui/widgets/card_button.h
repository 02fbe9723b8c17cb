/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A button that shows a model's card.
 */
#ifndef CARD_BUTTON_H
#define CARD_BUTTON_H

#include <gtk/gtk.h>
#include <restorator.h>

GtkWidget *card_button_new(void);
/* NULL: there is none to be shown. The model has to outlive the button. `presets`, of preset_file,
 * name its setups. */
void card_button_set_model(GtkWidget *button, const rst_model *model, const GPtrArray *presets);

#endif
