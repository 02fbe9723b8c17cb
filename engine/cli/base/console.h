/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the program prints. Much of it comes from files: a title, a mask's name, a decoder's words.
 */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

/* From now on all that g_print() and g_printerr() are given goes through visible_text(). Where not all
 * of the results can be printed, the program says so at its end, and fails. */
void console_init(void);

#endif
