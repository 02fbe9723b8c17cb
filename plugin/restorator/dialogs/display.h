/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What dialogs need before they are made.
 */
#ifndef DISPLAY_H
#define DISPLAY_H

#include <glib.h>

/* FALSE with an error where there is none: gimp_ui_init() would end the program. */
gboolean display_open(GError **error);

#endif
