/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was done to an image stays with it: a parasite, kept in XCF files and undone with the step
 * that added to it, whose text is the engine's list of records.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <libgimp/gimp.h>

#include "layers/engine.h"

/* The image's list, NULL where it has none. Fails where it is not text. */
gboolean history_read(GimpImage *image, char **text, GError **error);

/* The image's list with a record more. A list that cannot be read is not added to: then the new one
 * holds that record alone, and `damaged` is set. */
gboolean history_extend(GimpImage *image, const rst_record *record, char **text, gboolean *damaged,
                        GError **error);
/* Gives the image that list. One that was damaged is kept under a name of its own. To be called
 * inside an undo group. */
gboolean history_attach(GimpImage *image, const char *text, gboolean damaged);

#endif
