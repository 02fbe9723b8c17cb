/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints painted on a layer of their own.
 */
#ifndef STROKES_H
#define STROKES_H

#include <libgimp/gimp.h>

#include "restorator.h"

/* Adds what is painted on `strokes`, its mask counted in, to the parameters' hints for `drawable`.
 * The layers may lie and be as large as they like; `strokes` is not changed and need not be
 * visible. */
gboolean strokes_add(GimpLayer *strokes, GimpDrawable *drawable, rst_parameters *parameters,
                     GError **error);

#endif
