/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record of what was restored, kept in a picture's XMP.
 */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include <glib.h>
#include <vips/vips.h>

#include "restorator.h"

/* The history in a picture, for rst_record_read(); NULL without one. Free it with g_free(). */
char *record_read(VipsImage *image);
/* Adds a record at the end of the picture's history. `limit`: the largest XMP that its file can
 * hold, in bytes. Where false is returned, the picture is as it was and the error says why. */
bool record_add(VipsImage *image, const rst_record *record, size_t limit, GError **error);

/* Reads the newest record of the picture file at `path`, once this version can repeat it, and its
 * parameters, at which it points. */
bool record_open(const char *path, rst_record *record, rst_parameters *parameters, GError **error);

#endif
