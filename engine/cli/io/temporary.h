/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file on its way: written beside the one that it becomes, which appears complete or not at all.
 * Where the file system can, it has no name until then and a killed program leaves nothing; else
 * its name is short and its own, and the next run clears what a killed one has left.
 */
#ifndef CLI_TEMPORARY_H
#define CLI_TEMPORARY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cli_temporary {
  char *path; /* NULL where it has no name yet */
  int fd; /* open for reading and writing; −1: none */
} cli_temporary;

/* Each returns false, and errno, on failure. */

/* Begins a file in the folder of `target`. Drop it in any case. */
bool temporary_open(cli_temporary *temporary, const char *target);
/* Writes all of the bytes, whatever interrupts it. */
bool temporary_write(int fd, const void *bytes, size_t size);
/* Puts it, once it is on the disc, in the place of `target`; a file there leaves it its owner and
 * permissions, as far as the system allows. */
bool temporary_finish(cli_temporary *temporary, const char *target);
/* Removes what is not finished. */
void temporary_drop(cli_temporary *temporary);

#endif
