/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program's language: that of its user. The plug-in's is set by GIMP.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

/* To be called first of all, by the main thread. */
void language_init(void);

#endif
