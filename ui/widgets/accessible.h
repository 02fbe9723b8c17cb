/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a control is, for those who see it and those who do not.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <gtk/gtk.h>

/* The accessible name, and a sentence that is the tooltip too. */
void accessible_describe(GtkWidget *widget, const char *name, const char *text);

#endif
