/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colour hints painted in a picture file of their own.
 */
#ifndef CLI_STROKES_H
#define CLI_STROKES_H

#include <glib.h>
#include <stdbool.h>

#include "restorator.h"

/* The file's strokes as hints, text to be freed, and the size of its picture. Its transparent pixels
 * say nothing; without transparency it is refused. NULL and an error on failure. */
char *strokes_read(const char *path, rst_cancel *cancel, int size[2], GError **error);

#endif
