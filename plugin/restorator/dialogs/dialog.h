/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restore Selection…: the editor on a layer, in a dialog of GIMP's.
 *
 * The image is not locked meanwhile. What differs from what the preview was made of when people
 * press OK is shown to them first: only what they saw is written, and only where they saw it.
 */
#ifndef DIALOG_H
#define DIALOG_H

#include <libgimp/gimp.h>

/* Runs until the result is written: TRUE; or until people close it: FALSE without an error. FALSE
 * with an error where it could not be opened. What they set is in `config` then. */
gboolean dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                    GimpDrawable *drawable, GError **error);

#endif
