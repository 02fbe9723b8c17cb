/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text out of files, shown to people: a terminal would do what its control characters say.
 */
#ifndef VISIBLE_H
#define VISIBLE_H

/* The text with control characters, those that turn the direction of writing, and bytes that are no
 * UTF-8 written out (\u001b, \xff); lines and tabs stay. To be freed with g_free(). */
char *visible_text(const char *text);

#endif
