/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restore Old Photograph…: the few controls of photo_editor.h on a layer, in a dialog of GIMP's.
 */
#ifndef PHOTO_DIALOG_H
#define PHOTO_DIALOG_H

#include <libgimp/gimp.h>

/* As dialog_run(). People who want more go on in that dialog, with the settings taken over. */
gboolean photo_dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                          GimpDrawable *drawable, GError **error);

#endif
