/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels and texts on standard output, for people.
 */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

/* One field; its text wraps at words beside the label. Nothing where the text is empty or NULL. */
void print_field(const char *label, const char *text);

#endif
