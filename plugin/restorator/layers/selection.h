/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An image's selection as plain values.
 */
#ifndef SELECTION_H
#define SELECTION_H

#include <libgimp/gimp.h>

/* All of it, of the image's size, 0…1; to be freed. NULL where nothing is selected. */
float *selection_read(GimpImage *image);
/* Replaces it by values of that size; NULL: nothing is selected. The caller's context, a feather
 * above all, does not bend it. */
gboolean selection_replace(GimpImage *image, const float *values, int width, int height);

#endif
