/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a picture file shows in colours, by a small version of it.
 */
#ifndef CLI_PICTURE_KIND_H
#define CLI_PICTURE_KIND_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"

/* The picture's size as displayed: turned by what EXIF says. */
void picture_kind_size(VipsImage *image, int *width, int *height);

/* As rst_classify() tells it of a box (as displayed, inside the picture; NULL: all) of the picture,
 * which is read once, from top to bottom, and not held. */
bool picture_kind_read(VipsImage *image, const rst_rectangle *box, rst_picture_kind *kind,
                       double *sure, GError **error);

/* "monochrome" …, in the language of people. */
const char *picture_kind_name(rst_picture_kind kind);

#endif
