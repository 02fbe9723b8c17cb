/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that selects: white is selected, black is not.
 */
#ifndef CLI_MASK_H
#define CLI_MASK_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "io/image_source.h"

/* Reads the mask at `path` of a picture. `box` is what is to be selected
 * from, and with `shrink` what of it the mask selects at all afterwards: one pixel of the box
 * where that is none. One channel of 8 or 16 bits, of the box's size. Unref it. NULL and an error
 * on failure. */
VipsImage *mask_read(const char *path, const cli_image_source *picture, bool shrink,
                     rst_rectangle *box, rst_cancel *cancel, GError **error);

#endif
