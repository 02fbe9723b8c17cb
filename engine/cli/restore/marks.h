/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What someone says of a picture's damage, as pictures of the same size.
 */
#ifndef CLI_MARKS_H
#define CLI_MARKS_H

#include <glib.h>
#include <stdbool.h>

#include "io/image_source.h"
#include "restorator.h"

/* Reads the marks of a box of a picture: it is damaged where the picture at `damaged` is white (half
 * or more), sound where that at `sound` is, which wins; each path may be NULL. `alone`: what is not
 * marked as damaged is sound. `edits` becomes (height, width) of the box, each an rst_edit, to be
 * freed with g_free(), or NULL where there are no marks and none are asked for. */
bool marks_read(const char *damaged, const char *sound, bool alone, const cli_image_source *picture,
                const rst_rectangle *box, rst_cancel *cancel, guint8 **edits, GError **error);

#endif
