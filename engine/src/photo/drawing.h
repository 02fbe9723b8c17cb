/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a picture is a drawing: ink on paper, without tones between.
 */
#ifndef RST_DRAWING_H
#define RST_DRAWING_H

#include "restorator.h"

/* Looks at small patches of a box, whatever its size. Errors: RST_HOST_FAILED, RST_CANCELLED,
 * RST_NO_MEMORY. */
rst_status rst_is_drawing(const rst_picture *picture, const rst_rectangle *box, bool *drawing,
                          rst_error *error);

#endif
