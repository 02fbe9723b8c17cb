/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are no pictures: tables, JSON, drawings in SVG.
 */
#ifndef CLI_TEXT_FILE_H
#define CLI_TEXT_FILE_H

#include <glib.h>
#include <stdbool.h>

/* Writes it as file_write() does a picture: the file appears complete or not at all, a link stays
 * one, and what is no file is refused. `text`: `size` bytes, NULL where memory ran out for them. */
bool text_file_write(const char *path, const char *text, gsize size, GError **error);

#endif
