/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of libvips' loaders may run. Many of them look at a file's content and open further files
 * by it, or run programs: none does but those that are allowed.
 */
#ifndef CLI_LOADER_H
#define CLI_LOADER_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

/* Blocks all loaders, and all else that libvips takes for unsafe; call it once, after libvips has
 * started. */
void loader_block_all(void);
/* Allows those again whose class has that name or descends from it. */
void loader_allow(const char *loader);

/* The allowed loader that reads what `source` holds, told by its first bytes; NULL without one. */
const char *loader_find(VipsSource *source);

/* The name of a format that is not read, by a file's first bytes; NULL for what is no picture that
 * is known. */
const char *loader_name_refused(VipsSource *source);

/* Opens a camera's raw file by LibRaw, whatever its content looks like; `fd` stays the caller's
 * and open for as long as the image lives. NULL with libvips' error set; `*known` is false where
 * this libvips reads no such files. Not for two threads at once. */
VipsImage *loader_open_raw(int fd, bool *known);

/* Draws a diagram of the program's own; the text has to live as long as the image. As above. */
VipsImage *loader_open_svg(const GString *svg, bool *known);

#endif
