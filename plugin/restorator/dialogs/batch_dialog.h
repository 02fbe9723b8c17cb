/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restore Many Files…: which files, where to, and every parameter, in a dialog of GIMP's.
 */
#ifndef BATCH_DIALOG_H
#define BATCH_DIALOG_H

#include <libgimp/gimp.h>

/* Whether people want what they set, which is in `config` then. FALSE with an error where the
 * dialog could not be opened. */
gboolean batch_dialog_run(GimpProcedure *procedure, GimpProcedureConfig *config, GError **error);

#endif
