/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EXIF in TIFF files, which libvips neither reads nor writes. EXIF is laid out as TIFF itself
 * (CIPA DC-008, 4.5): a tag's bytes go from one to the other as they are, but for their order.
 */
#ifndef CLI_EXIF_H
#define CLI_EXIF_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

/* Gives an image that was opened from the TIFF file `path` the file's EXIF as libvips keeps it of
 * other formats: what describes the picture, the camera's settings, and the place. A file without
 * any, or a malformed one, gives what can be read of it. */
void exif_read_tiff(const char *path, VipsImage *image);

/* Whether a TIFF file is a camera's raw file, a DNG: libvips would show what preview is in it. */
bool exif_is_dng(const char *path);

/* Adds the EXIF of an image to the TIFF file at `fd`, just written in this machine's byte order,
 * and open for reading and writing. False where the EXIF is malformed, which leaves the file as it
 * was, or where it cannot be written. */
bool exif_add_to_tiff(int fd, VipsImage *image);

#endif
