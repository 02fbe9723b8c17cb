/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sheets and diagrams: pictures, boxes and texts on white, in 8 bits sRGB.
 */
#ifndef CLI_DRAWING_H
#define CLI_DRAWING_H

#include <glib.h>
#include <stdbool.h>
#include <vips/vips.h>

#include "restorator.h"

typedef struct cli_drawing {
  int width, height;
  guint8 *rgb;       /* (height, width, 3) */
  VipsImage *pixels; /* whose these are; NULL: the drawing's own */
} cli_drawing;

/* Where a text lies about its x. Its middle is at y. */
typedef enum cli_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } cli_align;

void drawing_init(cli_drawing *drawing, int width, int height);
/* Begins with a picture, any that drawing_srgb() takes. */
bool drawing_init_over(cli_drawing *drawing, VipsImage *image, GError **error);
void drawing_clear(cli_drawing *drawing);
/* What reaches beyond the drawing is cut off. Colours are 0xRRGGBB. */
void drawing_fill(cli_drawing *drawing, int x, int y, int width, int height, guint32 colour);
/* An outline, `thickness` pixels wide, within the box. */
void drawing_outline(cli_drawing *drawing, int x, int y, int width, int height, int thickness,
                     guint32 colour);
/* A text of fonts `size` pixels high. `wrap`: pixels after which it wraps, 0: never. */
bool drawing_text(cli_drawing *drawing, const char *text, int size, int wrap, int x, int y,
                  cli_align align, guint32 colour, GError **error);
/* Any image as 8 bits sRGB in memory, alpha laid on white. Unref it. NULL and an error on
 * failure. */
VipsImage *drawing_srgb(VipsImage *image, GError **error);
/* Draws any image that drawing_srgb() takes. */
bool drawing_image(cli_drawing *drawing, VipsImage *image, int x, int y, GError **error);
/* To a file whose suffix says the format. */
bool drawing_write(const cli_drawing *drawing, const char *path, rst_cancel *cancel,
                   GError **error);

#endif
