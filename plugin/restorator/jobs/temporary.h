/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file on its way: written beside the one that it becomes, which appears complete or not at all.
 * Its name is short, whatever the other's is, and its own, whoever else writes there.
 */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include <glib.h>

/* Makes an empty file in the folder of `target`, with the same ending, which tells GIMP the format.
 * Its path, to be freed; NULL and errno where that fails. */
char *temporary_make(const char *target);
/* Puts it in the place of `target`, and frees its path. FALSE and errno where that fails: it is
 * removed then. */
gboolean temporary_finish(char *path, const char *target);
/* Removes it, and frees its path. */
void temporary_drop(char *path);

#endif
