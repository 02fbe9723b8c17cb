/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may happen to a picture while the plug-in computes.
 */
#ifndef MEDDLE_H
#define MEDDLE_H

#include <libgimp/gimp.h>

/* Does what the word says to the image, its first layer or this process; an empty word nothing. */
void meddle(const char *word, GimpImage *image);

#endif
