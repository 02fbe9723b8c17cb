/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One control a parameter, bound to an object's properties (values.h). What does not apply is
 * insensitive, and its tooltip says why.
 */
#ifndef CONTROLS_H
#define CONTROLS_H

#include <gtk/gtk.h>
#include <restorator.h>

typedef struct controls controls;

/* `labels`: the group of what stands before controls. Where the object has a property "output",
 * "in-place" or "new-layer", that has a control too. */
controls *controls_new(GObject *settings, GtkSizeGroup *labels);
/* Puts something before the basic ones, with a text below. */
void controls_add_first(controls *c, const char *label, GtkWidget *control, GtkWidget *mnemonic,
                        GtkWidget *below);
void controls_free(controls *c); /* NULL is allowed; the widgets live on */

/* Those that everyone needs, and the sampler's. */
GtkWidget *controls_get_basic(const controls *c);
GtkWidget *controls_get_sampling(const controls *c);
/* The widget with the value of a parameter, "output", "die" or "lock"; NULL where there is none. */
GtkWidget *controls_get(const controls *c, const char *name);

/* What follows a setup and its model. A model of NULL: the setup is not known. `presets`, of
 * preset_file, name the setups of its card. */
void controls_update(controls *c, const rst_parameters *now, const rst_model *model,
                     const GPtrArray *presets);
/* The value of "output", interned; NULL where there is none. Setting NULL sets its default. */
const char *controls_get_output(const controls *c);
void controls_set_output(controls *c, const char *output);
/* Whether the seed is to stay. */
gboolean controls_is_locked(const controls *c);
/* A seed by chance, of few enough digits to be read, told and typed. */
int controls_throw_die(void);

#endif
