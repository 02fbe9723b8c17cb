/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that GIMP writes of an image, with what describes the picture, and the record of what was
 * done to it as the program writes it: a property of XMP.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include <libgimp/gimp.h>

/* Writes the image into a file whose ending says the format, with its profile, its colours where it
 * is transparent, and of the metadata what the user's preferences say. FALSE where GIMP fails. */
gboolean export_image(GimpImage *image, const char *path);

/* The record in a file; NULL without one. Free it. */
char *export_read_record(const char *path);
/* Gives a file that record, and what GIMP left out of the EXIF of the file `from` that the picture
 * came from. FALSE where its format, or what is in it, does not allow that. */
gboolean export_write_record(const char *path, const char *record, const char *from);

/* Gives a file the texts of the PNG file `from` that GIMP left out, where both are PNG and the user's
 * preferences have comments kept. What is lost, in words, NULL where nothing is; free it. */
char *export_copy_texts(const char *path, const char *from);

#endif
