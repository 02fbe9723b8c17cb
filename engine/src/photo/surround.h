/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Surround suppression: in grass, hair or cloth much looks a little like damage, a scratch lies alone.
 */
#ifndef RST_SURROUND_H
#define RST_SURROUND_H

#include "restorator.h"

/* The samples that decide about `wanted` ones, in a map of `width` × `height`. */
void rst_surround(const rst_rectangle *wanted, int width, int height, rst_rectangle *around);

/* Raises `sure`, of the `wanted` samples, to how sure it is of `found`, of those of rst_surround(),
 * less the more that is found round them; 0 where `found` is. Bytes as rst_sureness() makes them. Errors:
 * RST_NO_MEMORY, RST_CANCELLED. Thread: any. */
rst_status rst_suppress(const unsigned char *found, const rst_rectangle *around,
                        const rst_rectangle *wanted, const rst_cancel *cancel, unsigned char *sure,
                        rst_error *error);

#endif
