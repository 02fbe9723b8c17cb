/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The restored pixels in the layer itself.
 */
#ifndef IN_PLACE_H
#define IN_PLACE_H

#include "layers/layer.h"

/* Replaces the colours of what was restored, mixed with the original by coverage in linear light;
 * all other bytes stay. The same pixels give the same bytes in every session. To be called inside
 * an undo group. */
gboolean in_place_write(const Layer *layer);

#endif
