/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file on its way: written in a folder of its own beside the one that it becomes, which appears
 * complete or not at all. GIMP writes it by its name, and other libraries put others in its place:
 * the folder is what this program holds a lock on, and what a killed one has left is cleared by the
 * next that writes there.
 */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include <glib.h>

typedef struct Temporary {
  char *path; /* NULL: none */
  char *folder;
  int lock; /* the folder, open */
} Temporary;

/* Each returns FALSE, and errno, on failure. */

/* Makes an empty file for the place of `target`, which is no link, with an ending that tells GIMP the
 * format. Drop it in any case. */
gboolean temporary_open(Temporary *temporary, const char *target, const char *ending);
/* Puts it, once it is on the disc, in the place of `target`; a file there leaves it its owner and
 * permissions, as far as the system allows. */
gboolean temporary_finish(Temporary *temporary, const char *target);
/* Removes what is not finished, and the folder. */
void temporary_drop(Temporary *temporary);

#endif
