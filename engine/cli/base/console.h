/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the program prints. Much of it comes from files: a title, a mask's name, a decoder's words.
 */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

/* From now on all that g_print() and g_printerr() are given goes through console_visible(). */
void console_init(void);

/* A text whose control characters do nothing to a terminal: each is written as \uXXXX, but for line
 * ends and tabs, and so is what turns the direction of writing; bytes that are no UTF-8 as \xXX.
 * Free it with g_free(). */
char *console_visible(const char *text);

#endif
