/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What settings ask for, as the engine takes it: parameters and the model that they name, each model
 * read once. It knows no toolkit.
 */
#ifndef SETUP_READER_H
#define SETUP_READER_H

#include <glib-object.h>
#include <restorator.h>

typedef struct setup_reader setup_reader;

/* `settings`: an object with the parameters as properties (properties.h). Thread: one at a time, as
 * for all of these. */
setup_reader *setup_reader_new(GObject *settings);
void setup_reader_free(setup_reader *r); /* NULL is allowed */

/* A model by its name (the reader's); NULL with the error of rst_find() or rst_model_read(). */
rst_model *setup_reader_get_model(setup_reader *r, const char *name, rst_error *error);
/* What is set, and the model that it names (the reader's). `error` may be NULL. Errors: as
 * rst_parameters_set(), rst_find(), rst_model_read() and rst_parameters_check(); `parameters` are
 * what was set where only the model is wrong. */
rst_status setup_reader_read(setup_reader *r, rst_parameters *parameters, rst_model **model,
                             rst_error *error);

#endif
