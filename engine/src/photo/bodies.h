/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What looks like a lost area and is a part of somebody.
 */
#ifndef RST_BODIES_H
#define RST_BODIES_H

#include "restorator.h"

/* Lowers how sure lost areas are below faces: a collar, a shirt, a hand in a dark suit is as white
 * and as plain as paper that shows through. `sure` (height, width): of samples that are `factor` pixels
 * wide, as rst_sureness() has it. Those that are less sure than `least` odds, a logarithm, are taken as
 * not found at all, so that a picture where nothing is found need not be searched for faces. Where
 * there is no finder of faces (rst_find()) nothing is lowered. Errors: but for that, as
 * rst_settle_faces(). Thread: the session's caller. */
rst_status rst_spare_bodies(rst_session *session, const rst_picture *picture, int factor,
                            const rst_rectangle *samples, double least, const rst_hooks *hooks,
                            unsigned char *sure, rst_error *error);

#endif
