/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file in whose place another one is put, and what of it stays.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

/* Where a path leads through links, whether a file is there or not: a link stays a link. Free it
 * with g_free(). NULL, and errno, where they lead nowhere. */
char *target_follow(const char *path);
/* Whether something else than a file is there, such as a device, a pipe or a folder. */
bool target_is_special(const char *target);
/* Whether nobody may write to the file that is there, or not this user. */
bool target_is_closed(const char *target);
/* Gives the open file `fd`, which is on its way there, the owner and the permissions of the one that
 * is there, as far as the system allows. False, and errno, on failure. */
bool target_take_over(int fd, const char *target);

#endif
