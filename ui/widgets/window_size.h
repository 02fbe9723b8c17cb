/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window is as large as it was when it was last closed, in whatever way: sizes are kept in
 * $XDG_STATE_HOME/restorator/windows, a key file with a group for each window.
 */
#ifndef WINDOW_SIZE_H
#define WINDOW_SIZE_H

#include <gtk/gtk.h>

/* Before the window is shown: gives it its size of last time, else that one, but none that the
 * screen has no room for; and keeps what it has become when it is destroyed. `name`: static. What
 * cannot be read or written is no reason to complain. */
void window_size_remember(GtkWindow *window, const char *name, int width, int height);

#endif
