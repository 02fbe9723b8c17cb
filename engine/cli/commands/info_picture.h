/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `info` says of a picture.
 */
#ifndef CLI_INFO_PICTURE_H
#define CLI_INFO_PICTURE_H

#include <glib.h>
#include <stdbool.h>

/* Prints what a picture is and each entry of its record, the newest last. */
bool info_picture(const char *path, GError **error);

#endif
