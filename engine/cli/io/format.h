/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formats of picture files: what each is called, holds, and is written by.
 */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <vips/vips.h>

#include "io/metadata.h"
#include "restorator.h"

typedef struct cli_format {
  const char *name;
  const char *suffixes[5]; /* NULL-terminated */
  const char *loader;      /* the class of libvips' loaders, whose descendants' names begin so */
  metadata_format metadata;
  bool lossy;
  bool alpha, grey;        /* what it holds */
  VipsBandFormat depth;    /* the deepest values that it holds */
  int side;                /* the most pixels a side */
  size_t xmp;              /* the most bytes of XMP */
  int (*encode)(VipsImage *image, VipsTarget *target); /* NULL: it is read and not written */
} cli_format;

/* The format that a file's name ends for; NULL for none. */
const cli_format *format_of_suffix(const char *path);
/* Allows libvips the formats' loaders. */
void format_allow_loaders(void);
/* Whether WebP keeps the colours of transparent pixels, which depends on libvips. */
bool format_webp_is_exact(void);
/* Whether a file's name is that of a camera's raw file. */
bool format_is_raw_name(const char *path);

#endif
