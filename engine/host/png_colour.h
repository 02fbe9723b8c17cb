/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a PNG file says beside its pixels that libvips and GIMP leave out or garble: texts, and colour
 * told without a profile.
 */
#ifndef PNG_COLOUR_H
#define PNG_COLOUR_H

#include <glib.h>
#include <stdbool.h>

#include "png_chunks.h"

typedef struct png_head {
  int frames;            /* of an animation, else 1 */
  GByteArray *texts;     /* the chunks with texts, whole, but XMP's */
  GByteArray *gamma;     /* gAMA and cHRM, whole */
  bool profile, srgb;    /* there is iCCP, sRGB */
  bool cicp;             /* there is one: */
  guint8 code_points[4]; /* primaries, transfer, matrix, range (ITU-T H.273) */
  guint32 exponent;      /* gAMA's × 100000; 0 without */
  bool chromaticities;   /* there is cHRM: */
  double xy[8];          /* of white, red, green, blue */
} png_head;

/* Reads what can be read. Clear it in any case. */
void png_read(const cli_bytes *bytes, png_head *head);
void png_clear(png_head *head);

typedef enum png_colour {
  PNG_COLOUR_KEPT,    /* the profile in the file, or sRGB */
  PNG_COLOUR_SRGB,    /* sRGB, whatever profile is in the file */
  PNG_COLOUR_PROFILE, /* by a profile made of what is said */
  PNG_COLOUR_UNKNOWN, /* by code points that are not known here */
} png_colour;
/* What the file's chunks say of its colours; cICP is above iCCP, that above sRGB, that above gAMA
 * with cHRM. The profile goes into `profile`. */
png_colour png_get_colour(const png_head *head, bool grey, GBytes **profile);

#endif
