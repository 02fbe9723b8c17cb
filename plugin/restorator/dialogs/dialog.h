/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restore Selection…: the editor with all parameters on a layer, in a dialog of GIMP's.
 */
#ifndef DIALOG_H
#define DIALOG_H

#include <libgimp/gimp.h>

#include "jobs/photo_job.h"

/* Runs until the result is written: TRUE; or until people close it: FALSE without an error. FALSE
 * with an error where it could not be opened. What they set is in `config` then. `photo`: what is done
 * to an old photograph before, and in its settings whether it may get colour, which it does where the
 * strength is above 0; NULL: it is restored as it is. */
gboolean dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                    GimpDrawable *drawable, const PhotoWishes *photo, GError **error);
/* GIMP remembers the last hints and faces, whatever picture they were for: those that the image's
 * newest record does not have are taken away. */
void dialog_forget_places_of_others(GimpProcedureConfig *config, GimpImage *image);

#endif
